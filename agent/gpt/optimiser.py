"""Muon for the matrices, Adam for the rest.

Muon (Jordan et al. 2024) takes the momentum of a matrix to the nearest orthogonal one, so that all
its directions learn at one pace. torch's own does that in bfloat16 always, which a CPU without the
instructions for it computes fifty times slower than float32: ours only where it is fast.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

MOMENTUM = 0.95
STEPS = 5
COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of the quintic iteration, chosen by its authors to converge fast near zero."""
DECAY = 0.01


class Muon(Optimizer):
    """For matrices only."""

    def __init__(self, matrices: list[nn.Parameter], *, lr: float) -> None:
        super().__init__(matrices, {"lr": lr})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One step along Nesterov's momentum, made orthogonal."""
        del closure
        for group in self.param_groups:
            for matrix in group["params"]:
                if matrix.grad is None:
                    continue
                state = self.state[matrix]
                if not state:
                    state["momentum"] = torch.zeros_like(matrix)
                momentum: Tensor = state["momentum"]
                momentum.lerp_(matrix.grad, 1 - MOMENTUM)
                update = orthogonal(
                    matrix.grad.lerp(momentum, MOMENTUM), halved=fast_in_bfloat16(matrix.device)
                )
                scale = max(1.0, matrix.shape[0] / matrix.shape[1]) ** 0.5
                matrix.mul_(1 - group["lr"] * DECAY)
                matrix.add_(update, alpha=-group["lr"] * scale)


def fast_in_bfloat16(device: torch.device) -> bool:
    """Whether this machine multiplies in bfloat16 faster than in float32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return bool(torch.cpu.get_capabilities().get("amx_bf16"))


def orthogonal(matrix: Tensor, *, halved: bool = False) -> Tensor:
    """About the orthogonal matrix nearest to one, by Newton and Schulz's iteration.

    `halved`: in bfloat16, which the iteration bears.
    """
    a, b, c = COEFFICIENTS
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    if halved:
        x = x.bfloat16()
    for _ in range(STEPS):
        square = x @ x.T
        x = torch.addmm(x, torch.addmm(square, square, square, beta=b, alpha=c), x, beta=a)
    return (x.T if tall else x).to(matrix.dtype)


def optimisers(network: nn.Module, *, matrix_lr: float, lr: float) -> list[Optimizer]:
    """Muon for the layers' matrices, Adam for the embedding and the norms."""
    matrices: list[nn.Parameter] = []
    rest: list[nn.Parameter] = []
    for name, parameter in network.named_parameters():
        (matrices if parameter.ndim == 2 and "embed" not in name else rest).append(parameter)
    return [Muon(matrices, lr=matrix_lr), AdamW(rest, lr=lr, betas=(0.9, 0.95), weight_decay=0.0)]
