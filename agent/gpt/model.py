"""The network: a small decoder of Qwen3's architecture, as it is trained.

Its parameters carry the names that transformers gives them, so a checkpoint of ours is an ordinary
one: `Qwen3ForCausalLM` and vLLM load it unchanged, and a test compares the logits. Here it is in
one piece because training wants logits of the answer's tokens only; `agent.gpt.runtime` decodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

HEAD_DIM = 64
"""vLLM's kernels for CPUs have none smaller that a network of this size could use."""
ROPE_THETA = 10_000.0
EPSILON = 1e-6


@dataclass(frozen=True)
class Shape:
    """The size of a network. One dial sets it: the number of layers."""

    layers: int
    width: int
    heads: int
    """Of queries; keys and values have half as many."""
    inner: int
    """Width of the feed-forward layer."""
    vocabulary: int
    context: int
    """Tokens of prompt and answer together."""

    @classmethod
    def of(cls, dial: int, *, vocabulary: int, context: int) -> Shape:
        """`dial` layers of 64 × dial: 4 is 3 million parameters, 12 is 50 million."""
        width = HEAD_DIM * dial
        return cls(dial, width, dial, 3 * width // 2, vocabulary, context)

    @classmethod
    def read(cls, config: dict[str, Any]) -> Shape:
        """From a `config.json`. Raises KeyError where it says too little."""
        return cls(
            layers=config["num_hidden_layers"],
            width=config["hidden_size"],
            heads=config["num_attention_heads"],
            inner=config["intermediate_size"],
            vocabulary=config["vocab_size"],
            context=config["max_position_embeddings"],
        )

    @property
    def groups(self) -> int:
        """Heads of keys and values."""
        return max(1, self.heads // 2)

    def config(self, *, end: int, pad: int) -> dict[str, Any]:
        """The `config.json` with which transformers and vLLM build the same network."""
        return {
            "architectures": ["Qwen3ForCausalLM"],
            "model_type": "qwen3",
            "vocab_size": self.vocabulary,
            "hidden_size": self.width,
            "intermediate_size": self.inner,
            "num_hidden_layers": self.layers,
            "num_attention_heads": self.heads,
            "num_key_value_heads": self.groups,
            "head_dim": HEAD_DIM,
            "max_position_embeddings": self.context,
            "rope_theta": ROPE_THETA,
            "rms_norm_eps": EPSILON,
            "hidden_act": "silu",
            "attention_bias": False,
            "tie_word_embeddings": True,
            "bos_token_id": None,
            "eos_token_id": end,
            "pad_token_id": pad,
            "torch_dtype": "float32",
        }


class Norm(nn.Module):
    """Root mean square normalisation (Zhang and Sennrich 2019)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return functional.rms_norm(x, self.weight.shape, self.weight.to(x.dtype), EPSILON)


class Attention(nn.Module):
    """Grouped-query attention with normalised queries and keys, and rotary positions."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads, self.groups = shape.heads, shape.groups
        self.q_proj = nn.Linear(shape.width, shape.heads * HEAD_DIM, bias=False)
        self.k_proj = nn.Linear(shape.width, shape.groups * HEAD_DIM, bias=False)
        self.v_proj = nn.Linear(shape.width, shape.groups * HEAD_DIM, bias=False)
        self.o_proj = nn.Linear(shape.heads * HEAD_DIM, shape.width, bias=False)
        self.q_norm, self.k_norm = Norm(HEAD_DIM), Norm(HEAD_DIM)

    def forward(
        self, x: Tensor, turn: tuple[Tensor, Tensor], asked: Tensor | None = None
    ) -> Tensor:
        rows, length, _ = x.shape  # x: (rows, length, width)
        q = self.q_proj(x).view(rows, length, self.heads, HEAD_DIM)
        k = self.k_proj(x).view(rows, length, self.groups, HEAD_DIM)
        v = self.v_proj(x).view(rows, length, self.groups, HEAD_DIM).transpose(1, 2)
        q = rotated(self.q_norm(q).transpose(1, 2), turn)  # (rows, heads, length, 64)
        k = rotated(self.k_norm(k).transpose(1, 2), turn)
        out = functional.scaled_dot_product_attention(
            q, k, v, is_causal=True, enable_gqa=self.heads != self.groups
        )
        out = out.transpose(1, 2).reshape(rows, length, -1)
        mixed: Tensor = self.o_proj(out if asked is None else out[asked])
        return mixed


class FeedForward(nn.Module):
    """Gated feed-forward layer (Shazeer 2020)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(shape.width, shape.inner, bias=False)
        self.up_proj = nn.Linear(shape.width, shape.inner, bias=False)
        self.down_proj = nn.Linear(shape.inner, shape.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.down_proj(functional.silu(self.gate_proj(x)) * self.up_proj(x))
        return out


class Layer(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.self_attn, self.mlp = Attention(shape), FeedForward(shape)
        self.input_layernorm = Norm(shape.width)
        self.post_attention_layernorm = Norm(shape.width)

    def forward(
        self, x: Tensor, turn: tuple[Tensor, Tensor], asked: Tensor | None = None
    ) -> Tensor:
        mixed = self.self_attn(self.input_layernorm(x), turn, asked)
        x = mixed + (x if asked is None else x[asked])
        out: Tensor = x + self.mlp(self.post_attention_layernorm(x))
        return out


class Body(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(shape.vocabulary, shape.width)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = Norm(shape.width)


class GPT(nn.Module):
    """The network; `model` holds all parameters, under the names transformers gives them."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.model = Body(shape)
        cos, sin = turns(shape.context)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        self.cos: Tensor
        self.sin: Tensor

    def start(self, seed: int) -> None:
        """Fresh parameters: small normal ones, and layers that at first pass on what they get."""
        generator = torch.Generator().manual_seed(seed)
        for name, parameter in self.named_parameters():
            if parameter.ndim < 2:
                continue
            if name.endswith(("o_proj.weight", "down_proj.weight")):
                nn.init.zeros_(parameter)
            else:
                deviation = 0.05 if "embed" in name else parameter.shape[1] ** -0.5
                nn.init.normal_(parameter, std=deviation, generator=generator)

    def forward(self, tokens: Tensor, asked: Tensor | None = None) -> Tensor:
        """(rows, length) tokens → (rows, length, width), what `logits` takes.

        With `asked` (rows, length), (n, width) of these positions alone: the last layer is then
        computed for no others, an eighth less work where answers are half of the tokens.
        """
        length = tokens.shape[1]
        turn = self.cos[:length], self.sin[:length]
        x = self.model.embed_tokens(tokens)
        *layers, last = self.model.layers
        for layer in layers:
            x = layer(x, turn)
        x = last(x, turn, asked)
        out: Tensor = self.model.norm(x)
        return out

    def logits(self, hidden: Tensor) -> Tensor:
        """(…, width) → (…, vocabulary): the embedding read backwards."""
        return functional.linear(hidden, self.model.embed_tokens.weight)


def turns(length: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines of the rotary embedding (Su et al. 2021), each (length, 64)."""
    speed = ROPE_THETA ** (-torch.arange(0, HEAD_DIM, 2, dtype=torch.float32) / HEAD_DIM)
    angle = torch.outer(torch.arange(length, dtype=torch.float32), speed).repeat(1, 2)
    return angle.cos(), angle.sin()


def rotated(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """(rows, heads, length, 64), each turned by its position."""
    first, second = x.chunk(2, dim=-1)
    return x * turn[0] + torch.cat((-second, first), dim=-1) * turn[1]
