"""The network as it decodes: a cache of fixed size, a slot for each answer under way.

The same mathematics as `agent.gpt.model`, with what belongs together multiplied at once and the
scales of the norms folded into the matrices behind them. An answer's first token stands in column 0
of its slot, whatever else is under way, so answers of any age are carried on in one step.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from agent.gpt.model import EPSILON, GPT, HEAD_DIM, rotated


@dataclass(frozen=True)
class _Layer:
    qkv: Tensor
    """((heads + 2 × groups) × 64, width)"""
    out: Tensor
    gate_up: Tensor
    """(2 × inner, width)"""
    down: Tensor
    q_norm: Tensor
    k_norm: Tensor


class Runtime:
    """One network and the keys and values of up to `slots` answers. For one thread at a time."""

    def __init__(self, network: GPT, *, slots: int) -> None:
        shape = self.shape = network.shape
        self.slots = slots
        with torch.no_grad():
            self._layers = [_layer(layer) for layer in network.model.layers]
            self._embedding = network.model.embed_tokens.weight.detach()
            self._head = (self._embedding * network.model.norm.weight).contiguous()
        self._cos, self._sin = network.cos, network.sin
        room = (shape.layers, slots, shape.groups, shape.context, HEAD_DIM)
        self._keys, self._values = torch.zeros(room), torch.zeros(room)
        self._columns = torch.arange(shape.context)

    @torch.inference_mode()
    def read(self, tokens: list[int], slot: int) -> Tensor:
        """Read a prompt into a slot; logits (vocabulary,) of what follows it."""
        length = len(tokens)
        x = functional.embedding(torch.tensor(tokens), self._embedding)  # (length, width)
        turn = self._cos[:length], self._sin[:length]
        for number, layer in enumerate(self._layers):
            q, k, v = self._qkv(layer, x, turn)  # (heads or groups, length, 64)
            self._keys[number, slot, :, :length] = k
            self._values[number, slot, :, :length] = v
            if number == self.shape.layers - 1:  # only its last token is asked about
                x, q = x[-1:], q[:, -1:]
            mixed = functional.scaled_dot_product_attention(
                q[None], k[None], v[None], is_causal=q.shape[1] > 1, enable_gqa=True
            )
            x = self._onwards(layer, x, mixed[0].transpose(0, 1))
        return self._logits(x)[0]

    @torch.inference_mode()
    def step(self, tokens: Tensor, lengths: Tensor) -> Tensor:
        """One more token in each of the first n slots; logits (n, vocabulary) of what follows.

        `tokens` (n,) come after `lengths` (n,) others in their slots.
        """
        n, end = len(tokens), int(lengths.max()) + 1
        groups, per_group = self.shape.groups, self.shape.heads // self.shape.groups
        x = functional.embedding(tokens, self._embedding)
        turn = self._cos[lengths], self._sin[lengths]
        seen = (self._columns[:end] <= lengths[:, None])[:, None, None]  # (n, 1, 1, end)
        rows = torch.arange(n)
        for number, layer in enumerate(self._layers):
            q, k, v = self._qkv(layer, x, turn)
            self._keys[number, rows, :, lengths] = k.transpose(0, 1)
            self._values[number, rows, :, lengths] = v.transpose(0, 1)
            # The heads of a group ask the same keys: they stand as so many questions of one head.
            asked = q.view(groups, per_group, n, HEAD_DIM).permute(2, 0, 1, 3)
            keys, values = self._keys[number, :n, :, :end], self._values[number, :n, :, :end]
            mixed = functional.scaled_dot_product_attention(asked, keys, values, attn_mask=seen)
            x = self._onwards(layer, x, mixed)
        return self._logits(x)

    def move(self, source: int, target: int, length: int) -> None:
        """Copy the first `length` columns of a slot to another."""
        for held in (self._keys, self._values):
            held[:, target, :, :length] = held[:, source, :, :length]

    def _qkv(
        self, layer: _Layer, x: Tensor, turn: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """(n, width) → queries, keys, values, each (heads or groups, n, 64)."""
        heads, groups = self.shape.heads, self.shape.groups
        mixed = functional.linear(_normal(x), layer.qkv).view(len(x), -1, HEAD_DIM).transpose(0, 1)
        q, k, v = mixed.split((heads, groups, groups))
        return rotated(_normal(q) * layer.q_norm, turn), rotated(_normal(k) * layer.k_norm, turn), v

    def _onwards(self, layer: _Layer, x: Tensor, mixed: Tensor) -> Tensor:
        x = x + functional.linear(mixed.reshape(len(x), -1), layer.out)
        gate, up = functional.linear(_normal(x), layer.gate_up).chunk(2, dim=-1)
        return x + functional.linear(functional.silu(gate) * up, layer.down)

    def _logits(self, x: Tensor) -> Tensor:
        return functional.linear(_normal(x), self._head)


def _normal(x: Tensor) -> Tensor:
    return functional.rms_norm(x, x.shape[-1:], eps=EPSILON)


def _layer(layer: torch.nn.Module) -> _Layer:
    held = dict(layer.named_parameters())
    before, between = held["input_layernorm.weight"], held["post_attention_layernorm.weight"]
    qkv = torch.cat([held[f"self_attn.{name}_proj.weight"] for name in "qkv"])
    gate_up = torch.cat([held[f"mlp.{name}_proj.weight"] for name in ("gate", "up")])
    return _Layer(
        qkv=(qkv * before).contiguous(),
        out=held["self_attn.o_proj.weight"].detach(),
        gate_up=(gate_up * between).contiguous(),
        down=held["mlp.down_proj.weight"].detach(),
        q_norm=held["self_attn.q_norm.weight"].detach(),
        k_norm=held["self_attn.k_norm.weight"].detach(),
    )
