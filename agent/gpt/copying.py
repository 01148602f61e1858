"""Practice in copying: spans of random tokens, to be said again in another order.

A network of this size that is trained on facts and profiles alone learns the sentences first and
for a long time guesses at the names; one that has learnt to copy before copies from the start.
"""

from __future__ import annotations

import numpy as np

from agent.gpt.batches import Batch

LENGTHS = (32, 64, 112, 192)
"""Tokens of a row: short ones first, where little can be meant, until these are mastered."""
SPANS = (2, 8)
"""How many spans a row has, from and to."""
AGAIN = 2
"""How often all of them are said again."""


def copying_batch(
    rng: np.random.Generator,
    *,
    rows: int,
    length: int,
    vocabulary: int,
    first: int,
    marks: tuple[int, int],
) -> Batch:
    """One batch: spans with a mark before each, another mark, then the spans in other orders.

    `first` is the first token that is no marker. The first token of a span said again cannot be
    known and does not count.
    """
    tokens = np.zeros((rows, length), np.int64)
    counts = np.zeros((rows, length), bool)
    for row in range(rows):
        room = length // (1 + AGAIN) - 1
        number = int(rng.integers(SPANS[0], min(SPANS[1], room // 4) + 1))
        longest = room // number - 1
        sizes = rng.integers(2, longest + 1, number)
        spans = [rng.integers(first, vocabulary, size) for size in sizes]
        at = 0
        for again in range(1 + AGAIN):
            for span in [spans[i] for i in rng.permutation(number)]:
                end = at + 1 + len(span)
                tokens[row, at:end] = [marks[0], *span]
                counts[row, at + 2 : end] = again > 0
                at = end
            tokens[row, at] = marks[1]
            at += 1
    return Batch(tokens, counts)
