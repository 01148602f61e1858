"""Tokens and money: what a build is going to ask for, and what it has asked for."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agent.errors import ModelError, RefusedError

if TYPE_CHECKING:
    from agent.models.asking import LanguageModel
    from agent.progress import Reporter

BYTES_PER_TOKEN = 3.5
"""Of UTF-8, for prompts such as ours. Tokenizers differ; between 2.5 and 4.5 is usual."""
MILLION = 1_000_000


@dataclass
class Usage:
    """What was asked and what it cost, counted as answers come in; for any number of threads."""

    price_in: float = 0.0
    """Of a million tokens read, in the currency of the bill."""
    price_out: float = 0.0
    calls: int = 0
    """Requests that a model answered in this process."""
    cached: int = 0
    """Requests answered by what was kept on disk; they cost nothing and are no calls."""
    tokens_in: int = 0
    tokens_out: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """Requests that came to nothing, by reason."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @property
    def cost(self) -> float:
        """Of the calls, in the currency of the prices; 0 when no price was given."""
        return (self.tokens_in * self.price_in + self.tokens_out * self.price_out) / MILLION

    def called(self, tokens_in: int, tokens_out: int) -> None:
        """Count one answered request."""
        with self._lock:
            self.calls += 1
            self.tokens_in += tokens_in
            self.tokens_out += tokens_out

    def found(self) -> None:
        """Count one answer that was kept on disk."""
        with self._lock:
            self.cached += 1

    def refuse(self, reason: str) -> None:
        """Count one request that came to nothing."""
        with self._lock:
            self.refused[reason] += 1

    def settle(self) -> dict[str, Any]:
        """The counts since the last time, for a stage's notes, as JSON."""
        with self._lock:
            told = {
                "calls": self.calls,
                "cached": self.cached,
                "tokens_in": self.tokens_in,
                "tokens_out": self.tokens_out,
                "cost": round(self.cost, 4),
                "refused": dict(sorted(self.refused.items())),
            }
            self.calls = self.cached = self.tokens_in = self.tokens_out = 0
            self.refused.clear()
        return told


@dataclass(frozen=True)
class Estimate:
    """What a build is about to ask for. Every figure is an upper middle, not a bound."""

    requests: int
    tokens_in: int
    tokens_out: int
    cost: float | None
    """None when no price was given."""
    kept: int
    """Answers on disk; those to the same questions cost nothing again."""

    def __str__(self) -> str:
        told = (
            f"about {self.requests:,} requests, {_tokens(self.tokens_in)} tokens in and "
            f"{_tokens(self.tokens_out)} out"
        )
        if self.cost is not None:
            told += f", {self.cost:,.2f} at the prices given"
        if self.kept:
            told += f"; {self.kept:,} answers are kept already, and cost nothing where they fit"
        return told


def reason_of(error: RefusedError) -> str:
    """The words before the colon: the same for all requests that are refused alike."""
    return str(error).partition(":")[0]


def estimate_tokens(text: str) -> int:
    """Roughly how many tokens a model reads in `text`, without its tokenizer."""
    return round(len(text.encode("utf-8", "replace")) / BYTES_PER_TOKEN) + 4


def estimate(
    prompts: Sequence[str],
    *,
    requests: int,
    tokens_out: int,
    price_in: float,
    price_out: float,
    kept: int = 0,
) -> Estimate:
    """Estimate `requests` like the sample `prompts`, each answered with about `tokens_out`."""
    mean = sum(map(estimate_tokens, prompts)) / max(1, len(prompts))
    read, written = round(requests * mean), requests * tokens_out
    priced = price_in > 0 or price_out > 0
    cost = (read * price_in + written * price_out) / MILLION if priced else None
    return Estimate(requests, read, written, cost, kept)


def announce(
    model: LanguageModel,
    prompts: Sequence[str],
    *,
    requests: int,
    tokens_out: int,
    reporter: Reporter,
) -> None:
    """Say what `requests` like the sample `prompts` will take, where asking may cost money.

    Raises ModelError when somebody at the terminal would rather not.
    """
    if not model.paid:
        return
    expected = estimate(
        prompts,
        requests=requests,
        tokens_out=tokens_out,
        price_in=model.settings.price_in,
        price_out=model.settings.price_out,
        kept=len(model.answers),
    )
    if not reporter.agree(f"{model.name}: {expected}"):
        raise ModelError("stopped before anything was spent; --yes goes on without asking")


def _tokens(count: int) -> str:
    if count >= MILLION:
        return f"{count / MILLION:.1f} million"
    return f"{count:,}"
