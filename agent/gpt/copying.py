"""Practice in copying: spans of random tokens, each behind a name, to be said again by their names.

A network of this size that is trained on facts and profiles alone learns the sentences first and
for a long time guesses at the names; one that has learnt to copy before copies from the start.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agent.gpt.batches import Batch

LENGTHS = (32, 64, 128, 224)
"""Tokens of a row: short ones first, where little can be meant, until these are mastered."""
LONG = (96, 224)
"""Tokens of a row of the practice that is mixed into the tasks."""
SPANS = (2, 8)
"""How many spans a row has, from and to."""
AGAIN = 2
"""How often all of them are said again."""
NARROW = 0.5
"""Share of rows, in practice beside the tasks, of which all spans are made of a few tokens."""
FEW = (5, 14)
"""How many tokens these are, from and to: among them are figures, as in dates."""


def copying_batch(
    rng: np.random.Generator,
    *,
    rows: int,
    length: int,
    vocabulary: int,
    first: int,
    names: Sequence[int],
    mark: int,
    figures: Sequence[int] = (),
) -> Batch:
    """One batch: named spans, `mark`, and the spans in other orders, each behind its name again.

    The names are tokens such as the ids of facts: what stands behind one is found again through
    it, as a profile tells the facts it cites. `first` is the first token that is no marker. With
    `figures`, a share `NARROW` of the rows has few different tokens, and what follows one is found
    by more than the token itself: a year is not copied by its `19`.
    """
    tokens = np.zeros((rows, length), np.int64)
    weights = np.zeros((rows, length), np.float32)
    for row in range(rows):
        room = length // (1 + AGAIN) - 1
        number = int(rng.integers(SPANS[0], min(SPANS[1], room // 4) + 1))
        longest = room // number - 1
        sizes = rng.integers(2, longest + 1, number)
        if figures and rng.random() < NARROW:
            few = int(rng.integers(FEW[0], FEW[1] + 1))
            mixed = [*rng.permutation(figures)[: few // 2], *rng.integers(first, vocabulary, few)]
            spans = [rng.choice(mixed[:few], size) for size in sizes]
        else:
            spans = [rng.integers(first, vocabulary, size) for size in sizes]
        called = rng.choice(names, number, replace=False)
        at = 0
        for again in range(1 + AGAIN):
            for which in rng.permutation(number):
                end = at + 1 + len(spans[which])
                tokens[row, at:end] = [called[which], *spans[which]]
                weights[row, at + 1 : end] = again > 0
                at = end
            tokens[row, at] = mark
            at += 1
    return Batch(tokens, weights)
