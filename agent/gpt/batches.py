"""Examples on disk as tokens, and batches of them: rows of like length, so that little is padding.

A shard is one `.npz` file of some thousand examples. Shards that arrive while a training runs are
taken up with the next round, so that text can be made on one core and learnt on the other.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from agent.gpt.corpus.records import Example
from agent.gpt.tokenizer import Coder

POOL = 64
"""Batches that are cut from one sorted pool of examples."""
STEP = 16
"""Row lengths are multiples of this."""


@dataclass(frozen=True)
class Batch:
    """Rows of prompt and answer; what counts is the answer."""

    tokens: npt.NDArray[np.int64]
    """(rows, length), padded at the end."""
    weights: npt.NDArray[np.float32]
    """(rows, length): how much it counts that the token is told from those before it; 0 for a
    prompt, 1 for what must be right."""


@dataclass(frozen=True)
class Coded:
    """One example as tokens."""

    tokens: npt.NDArray[np.uint16]
    answer_at: int
    """Where the answer begins."""


def code(example: Example, coder: Coder, *, context: int) -> Coded | None:
    """One example as tokens; None for one that is longer than the context."""
    prompt = coder.prompt([("system", example.system), ("user", example.user)])
    tokens = [*prompt, *coder.answer(example.answer)]
    if len(tokens) > context:
        return None
    return Coded(np.array(tokens, np.uint16), len(prompt))


def write_shard(path: Path, coded: Iterable[Coded]) -> int:
    """Write a shard in one step; how many examples it holds."""
    kept = list(coded)
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".part")
    with scratch.open("wb") as file:
        np.savez(
            file,
            tokens=np.concatenate([one.tokens for one in kept]),
            ends=np.cumsum([len(one.tokens) for one in kept]),
            answers=np.array([one.answer_at for one in kept]),
        )
    os.replace(scratch, path)
    return len(kept)


def read_shard(path: Path) -> list[Coded]:
    with np.load(path) as held:
        tokens, ends, answers = held["tokens"], held["ends"], held["answers"]
    starts = np.concatenate([[0], ends[:-1]])
    return [
        Coded(tokens[start:end], int(at))
        for start, end, at in zip(starts, ends, answers, strict=True)
    ]


def rounds(
    folder: Path,
    *,
    size: int,
    rng: np.random.Generator,
    pad: int,
    weigh: Callable[[Coded], npt.NDArray[np.float32]] | None = None,
) -> Iterator[Batch]:
    """Endless batches of about `size` tokens; what is new is seen before anything is seen twice."""
    seen: set[Path] = set()
    while True:
        new = [path for path in sorted(folder.glob("*.npz")) if path not in seen]
        if not new:
            new = sorted(folder.glob("*.npz"))
            if not new:
                raise FileNotFoundError(f"{folder} holds no examples")
        seen |= {*new}
        examples = [one for path in new for one in read_shard(path)]
        yield from batches(examples, size=size, rng=rng, pad=pad, weigh=weigh)


def batches(
    examples: list[Coded],
    *,
    size: int,
    rng: np.random.Generator,
    pad: int,
    weigh: Callable[[Coded], npt.NDArray[np.float32]] | None = None,
) -> Iterator[Batch]:
    """Every example once."""
    order = rng.permutation(len(examples))
    pool = max(1, POOL * size // 350)
    for start in range(0, len(order), pool):
        some = sorted((examples[at] for at in order[start : start + pool]), key=_length)
        cut: list[list[Coded]] = [[]]
        for one in some:
            if cut[-1] and (len(cut[-1]) + 1) * _room(one) > size:
                cut.append([])
            cut[-1].append(one)
        for at in rng.permutation(len(cut)):
            yield padded(cut[at], pad=pad, weigh=weigh)


def padded(
    examples: list[Coded],
    *,
    pad: int,
    weigh: Callable[[Coded], npt.NDArray[np.float32]] | None = None,
) -> Batch:
    """One batch; without `weigh` every token of an answer counts alike."""
    length = max(map(_room, examples))
    tokens = np.full((len(examples), length), pad, np.int64)
    weights = np.zeros((len(examples), length), np.float32)
    for row, one in enumerate(examples):
        tokens[row, : _length(one)] = one.tokens
        weights[row, one.answer_at : _length(one)] = 1.0 if weigh is None else weigh(one)
    return Batch(tokens, weights)


def _length(one: Coded) -> int:
    return len(one.tokens)


def _room(one: Coded) -> int:
    return -(-len(one.tokens) // STEP) * STEP
