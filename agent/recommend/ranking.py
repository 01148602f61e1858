"""The order: best scores first, seen and hidden items out, more varied or less usual on request."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from agent.errors import SettingsError
from agent.recommend.scoring import Scored, Scorer, unseen

POOL = 100
"""How many of the best a varied list is picked from."""


@dataclass(frozen=True)
class Wish:
    """What a list should be like; both options are 0 (off) to 1."""

    diversity: float = 0.0
    """Maximal marginal relevance (Carbonell & Goldstein 1998): how much being unlike what is
    already on the list counts against the score."""
    long_tail: float = 0.0
    """How much popularity counts against an item: at 1 the most popular item is moved from the
    tenth best place down to the middle."""

    def __post_init__(self) -> None:
        for name, value in (("diversity", self.diversity), ("long tail", self.long_tail)):
            if not 0 <= value <= 1:
                raise SettingsError(f"{name} {value:g} is out of range: 0 (off) to 1")


def wished(scorer: Scorer, scored: Scored, wish: Wish) -> Scored:
    """The scores with the long-tail penalty as a share of their own."""
    if wish.long_tail == 0:
        return scored
    popularity = scorer.model.affinity.popularity.astype(np.float64)
    order = np.argsort(np.argsort(popularity, kind="stable"), kind="stable")
    rank = order / max(1, len(order) - 1)
    return replace(scored, penalty=-wish.long_tail * scorer.spread(scored) * rank)


def best(scored: Scored, k: int) -> np.ndarray:
    """Places of the k best items that may be recommended; equal scores in the items' order."""
    total = scored.total
    free = np.flatnonzero(unseen(scored.person, len(total)))
    return np.asarray(free[np.lexsort((free, -total[free]))[:k]])


def rank_of(scored: Scored, item: int) -> int | None:
    """The place of an item in the list, from 1; None when it is seen or hidden."""
    total = scored.total
    free = unseen(scored.person, len(total))
    if not free[item]:
        return None
    ahead = total > total[item]
    ahead[:item] |= total[:item] == total[item]
    return 1 + int((ahead & free).sum())


def pick(scorer: Scorer, scored: Scored, k: int, wish: Wish) -> np.ndarray:
    """Places of the items to recommend, in order; `scored` from `wished`.

    Diversity changes the order and the choice, never a score.
    """
    if wish.diversity == 0:
        return best(scored, k)
    pool = list(best(scored, max(k, POOL)))
    if not pool:
        return np.array([], dtype=np.int64)
    total = scored.total[pool]
    width = float(total.max() - total.min())
    relevance = (total - total.min()) / width if width > 0 else np.zeros(len(pool))
    nearest = np.zeros(len(pool))
    chosen: list[int] = []
    left = np.ones(len(pool), dtype=bool)
    while len(chosen) < min(k, len(pool)):
        worth = (1 - wish.diversity) * relevance - wish.diversity * nearest
        at = int(np.where(left, worth, -np.inf).argmax())
        chosen.append(at)
        left[at] = False
        nearest = np.maximum(nearest, scorer.model.texts.alike(pool[at], np.array(pool)))
    return np.array([pool[at] for at in chosen], dtype=np.int64)
