"""The loop of a training: steps, the state on disk, the log.

One step is a batch of some thousand tokens, in bfloat16 where the machine is fast at it; weights
and optimisers stay float32.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile, which

import torch
from torch import Tensor
from torch.nn import functional

from agent.gpt.batches import Batch
from agent.gpt.card import write_card
from agent.gpt.checkpoint import save_weights
from agent.gpt.course import Course
from agent.gpt.model import GPT
from agent.gpt.optimiser import fast_in_bfloat16, optimisers
from agent.gpt.shards import CONTEXT
from agent.gpt.tokenizer import Coder, save_tokenizer

MATRIX_LR, LR = 0.02, 3e-3
GOOD_AT = frozenset({"profile"})
"""What the card names; labels and rationales are learnt too, and not well enough (LOG.md)."""
WARM_UP = 30
ROUND = 128
"""Tokens that losses are computed of come in multiples of this."""
SAVE_EVERY_S = 110.0
SCORE_EVERY_S = 120.0


@dataclass
class Progress:
    """Where a training stands; kept beside the weights."""

    stage: str = "copy"
    step: int = 0
    seconds: float = 0.0
    tokens: int = 0
    level: int = 0
    """Of the tasks' course."""
    copied: float = 0.0
    """Share of what is copied that is right, smoothed."""


def filled(counts: Tensor) -> Tensor:
    """(rows, length) what counts, and as much of the rest as makes a multiple of `ROUND`.

    oneDNN makes kernels for every size it meets: with sizes that never come again a step takes
    half as long again.
    """
    missing = -int(counts.sum()) % ROUND
    asked = counts.flatten().clone()
    asked[(~asked).nonzero().flatten()[:missing]] = True
    return asked.view_as(counts)


class Training:
    """The loop, its state on disk, its log."""

    def __init__(self, network: GPT, coder: Coder, out: Path, *, compiled: bool) -> None:
        self.network, self.coder, self.out = network, coder, out
        self.progress = Progress()
        self._begin()
        self.device = next(network.parameters()).device
        self._halved = fast_in_bfloat16(self.device)
        # Compiled for a CPU it needs a compiler, and is half as fast again (LOG.md).
        able = self.device.type == "cuda" or which("g++") is not None
        self._forward: Callable[[Tensor, Tensor], Tensor] = (
            torch.compile(network, dynamic=True) if compiled and able else network
        )

    def _begin(self) -> None:
        self.optimisers = optimisers(self.network, matrix_lr=MATRIX_LR, lr=LR)
        self._rates = [[group["lr"] for group in o.param_groups] for o in self.optimisers]

    @property
    def state(self) -> Path:
        return self.out / "state.pt"

    def resume(self) -> None:
        if self.state.exists():
            held = torch.load(self.state, weights_only=True)
            self.network.load_state_dict(held["network"])
            for optimiser, state in zip(self.optimisers, held["optimisers"], strict=True):
                optimiser.load_state_dict(state)
            self.progress = Progress(**held["progress"])

    def next_stage(self, stage: str) -> None:
        self.progress = Progress(stage)
        self._begin()
        self.save()

    def save(self) -> None:
        held = {
            "network": self.network.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "progress": vars(self.progress),
        }
        scratch = self.state.with_suffix(".part")
        torch.save(held, scratch)
        scratch.replace(self.state)
        folder = self.out / "checkpoint"
        save_tokenizer(self.coder.tokenizer, folder, context=CONTEXT)
        write_card(folder, GOOD_AT)
        save_weights(self.network, folder, end=self.coder.end, pad=self.coder.pad)

    def run(
        self,
        made: Iterator[Batch],
        seconds: float,
        *,
        held_out: Callable[[], dict[str, Batch]] | None = None,
        course: Course | None = None,
        enough: float = math.inf,
        fall: float,
        peak: float = 1.0,
    ) -> None:
        """Steps until the time is up, or until so large a share of what counts is right."""
        p = self.progress
        if course is not None:
            course.level, course.copied = p.level, p.copied
        saved = scored = p.seconds
        falling = False
        loss, right = math.inf, 0.0
        while p.seconds < seconds:
            begun = time.monotonic()
            left = 1 - p.seconds / seconds
            if fall and left < fall and not falling:
                falling = True
                self.save()
                # Another training may go on from here, with rates that have not fallen yet.
                before = self.out / "state-at-full-rates.pt"
                if not before.exists():
                    copyfile(self.state, before)
            self._set_rates(peak * min(1.0, (p.step + 1) / WARM_UP, left / fall if fall else 1.0))
            batch = next(made)
            now, hit = self.step(batch)
            if not math.isfinite(now):
                raise FloatingPointError(f"the loss is {now} at step {p.step}")
            keep = 0.9 if math.isfinite(loss) else 0.0
            loss = keep * loss + (1 - keep) * now if keep else now
            right = keep * right + (1 - keep) * hit
            p.step += 1
            p.tokens += batch.tokens.size
            p.seconds += time.monotonic() - begun
            if right >= enough:
                break
            if course is not None:
                risen = course.heard(hit, p.seconds / seconds)
                p.level, p.copied = course.level, course.copied
                if risen:
                    self.note(loss, right, held_out)
            if p.seconds - scored >= SCORE_EVERY_S:
                begun, scored = time.monotonic(), p.seconds
                self.note(loss, right, held_out)
                if p.seconds - saved >= SAVE_EVERY_S:
                    saved = p.seconds
                    self.save()
                p.seconds += time.monotonic() - begun
        self.note(loss, right, held_out)
        self.save()

    def _set_rates(self, share: float) -> None:
        for optimiser, rates in zip(self.optimisers, self._rates, strict=True):
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * share

    def step(self, batch: Batch) -> tuple[float, float]:
        """One step; the mean loss of what counts, and the share of it that was foremost."""
        losses, right, weights = self.measure(batch, self._forward)
        loss = (losses * weights).sum() / weights.sum()
        for optimiser in self.optimisers:
            optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        for optimiser in self.optimisers:
            optimiser.step()
        return float(loss.detach()), float(right[weights >= 1].float().mean())

    def measure(
        self, batch: Batch, forward: Callable[[Tensor, Tensor], Tensor]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Loss, whether foremost, and weight of the tokens that count, and of some that weigh 0."""
        tokens = torch.from_numpy(batch.tokens).to(self.device)
        weights = torch.from_numpy(batch.weights).to(self.device)[:, 1:]
        asked = filled(weights > 0)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self._halved):
            logits = self.network.logits(forward(tokens, functional.pad(asked, (0, 1))))
        logits = logits.float()
        wanted = tokens[:, 1:][asked]
        losses = functional.cross_entropy(logits, wanted, reduction="none")
        return losses, logits.detach().argmax(-1) == wanted, weights[asked]

    @torch.no_grad()
    def scores(self, held_out: Batch) -> dict[str, float]:
        """Loss and share of tokens right, of all and of those that are looked up."""
        losses, right, weights = self.measure(held_out, self.network)
        looked_up, counts = weights >= 1, weights > 0
        return {
            "loss": round(float(losses[counts].mean()), 4),
            "right": round(float(right[counts].float().mean()), 4),
            "looked_up_loss": round(float(losses[looked_up].mean()), 4),
            "looked_up_right": round(float(right[looked_up].float().mean()), 4),
        }

    def note(
        self, loss: float, right: float, held_out: Callable[[], dict[str, Batch]] | None
    ) -> None:
        p = self.progress
        line: dict[str, object] = {
            "stage": p.stage,
            "level": p.level,
            "copied": round(p.copied, 4),
            "step": p.step,
            "minutes": round(p.seconds / 60, 2),
            "tokens": p.tokens,
            "tokens_per_s": round(p.tokens / max(1.0, p.seconds)),
            "loss": round(loss, 4),
            "training_right": round(right, 4),
        }
        if held_out:
            line |= {task: self.scores(batch) for task, batch in held_out().items()}
        with (self.out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
        print(json.dumps(line), flush=True)
