"""What would be otherwise: the fewest likes an item's place rests on, and what would bring one in.

Memberships, the blend's weights and the likes' ages are held as they are, and items taken away are
not offered again: then a score is linear in the history and taking a like away is exact. Every
answer is checked by scoring the changed history anew. Sets of one and of two are all tried, so a
set of up to three is proven smallest; beyond that the search is greedy and pruned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agent.recommend.affinity import Matrix
from agent.recommend.ranking import rank_of
from agent.recommend.scoring import TOP, Scored, Scorer, unseen

MOST_AWAY = 40
"""Larger sets are no explanation."""
MOST_MORE = 5
TRIED = 40
"""Items tried for bringing another in, those that do most for it first."""
TOLD = 3


@dataclass(frozen=True)
class Change:
    """A changed history and what it does to one item's rank; None: not on the list at all."""

    items: tuple[int, ...]
    before: int | None
    after: int | None
    smallest: bool


def drop(scorer: Scorer, scored: Scored, item: int, *, top: int = TOP) -> Change | None:
    """The smallest set of likes found without which the item leaves the first `top`.

    None when it is not among them, or when no set that was tried suffices: all of one and two
    likes, and what hurts most, one after the other, up to `MOST_AWAY` (its place then rests on
    segments, popularity or statements, or on a larger set that was not found).
    """
    before = rank_of(scored, item)
    history = scored.person.history
    if before is None or before > top or len(history) == 0:
        return None
    margins, gains = _rivals(scorer, scored, item)
    if len(margins) < top:
        return None
    found = _one(margins, gains, top) or _two(margins, gains, top)
    proven = found is not None
    if found is None:
        found = _greedy(margins, gains, top)
        proven = found is not None and len(found) == 3
    if found is None:
        return None
    items = tuple(int(history[h]) for h in sorted(found))
    after = rank_of(without(scorer, scored, np.array(items)), item)
    if after is None or after <= top:
        return None  # rounding on the edge: what does not hold is not told
    return Change(items, before, after, smallest=proven)


def without(scorer: Scorer, scored: Scored, items: np.ndarray) -> Scored:
    """The scores had these never been liked, with all else held."""
    return scorer.score(scored.person.without(items), level=scored.level, moved=scored.moved)


def bring(scorer: Scorer, scored: Scored, item: int, *, top: int = TOP) -> list[Change]:
    """Items that would bring this one into the first `top` if they were liked too.

    Up to three single ones, those that lift it highest first; when no single one suffices, one
    set of up to five. Empty when it is seen, hidden or there already, or when none was found.
    """
    before = rank_of(scored, item)
    if before is None or before <= top:
        return []
    free = np.flatnonzero(unseen(scored.person, len(scored.words)))
    others = free[free != item]
    offered = scorer.of_likes(scored, others, np.array([item]))[:, 0]
    order = np.lexsort((others, -offered))[:TRIED]
    candidates = others[order][offered[order] > 0]
    effects = scorer.of_likes(scored, candidates, free)
    lead = scored.total[free] - scored.total[item]
    effects -= effects[:, free == item]
    # A like is an item seen: it leaves the list as it lifts others.
    effects[candidates[:, None] == free] = -np.inf
    chosen: list[int] = []
    now = lead
    for _ in range(MOST_MORE):
        ahead = (now + effects > 0).sum(axis=1)
        ahead[chosen] = len(free)
        enough = [int(c) for c in np.argsort(ahead, kind="stable") if ahead[c] < top]
        sets = [(*chosen, c) for c in enough[: 1 if chosen else TOLD]]
        found = [_checked(scorer, scored, item, candidates[list(one)], top) for one in sets]
        if any(found):
            return [change for change in found if change]
        if len(chosen) == len(candidates):
            break
        chosen.append(int(ahead.argmin()))
        now = now + effects[chosen[-1]]
    return []


def _checked(
    scorer: Scorer, scored: Scored, item: int, more: np.ndarray, top: int
) -> Change | None:
    """The change, if scoring the longer history anew bears it out."""
    person = scored.person.plus(more)
    rank = rank_of(scorer.score(person, level=scored.level, moved=scored.moved), item)
    if rank is None or rank > top:
        return None
    items = tuple(int(one) for one in more)
    return Change(items, rank_of(scored, item), rank, smallest=len(items) == 1)


def _rivals(scorer: Scorer, scored: Scored, item: int) -> tuple[Matrix, Matrix]:
    """Margins (rivals,) over the item, and gains (history, rivals) on it as each like goes.

    Only rivals that could ever be ahead: those whose gains can close the gap.
    """
    total = scored.total
    free = np.flatnonzero(unseen(scored.person, len(total)))
    free = free[free != item]
    # In two steps, so that no (history, all items) table is made for a catalogue of any size.
    lead = total[item] - total[free]
    kept: list[np.ndarray] = []
    gained: list[Matrix] = []
    own = scorer.of_history(scored, np.array([item]))
    for start in range(0, len(free), 1_000):
        part = slice(start, start + 1_000)
        gains = own - scorer.of_history(scored, free[part])
        able = np.maximum(gains, 0).sum(axis=0) > lead[part]
        kept.append(-lead[part][able])
        gained.append(gains[:, able])
    if not kept:
        return np.zeros(0), np.zeros((len(own), 0))
    return np.concatenate(kept), np.concatenate(gained, axis=1)


def _tenth(margins: Matrix, top: int) -> Matrix:
    """The margin of the `top`-th best rival in each row: above 0, the item is out."""
    return np.asarray(np.partition(margins, -top, axis=-1)[..., -top])


def _one(margins: Matrix, gains: Matrix, top: int) -> list[int] | None:
    left = _tenth(margins + gains, top)
    best = int(left.argmax())
    return [best] if left[best] > 0 else None


def _two(margins: Matrix, gains: Matrix, top: int) -> list[int] | None:
    """The pair that takes it furthest down, if any pair takes it out."""
    best, pair = 0.0, None
    # Only rivals that two likes can bring ahead.
    strongest = np.sort(gains, axis=0)[-2:].sum(axis=0)
    able = margins + strongest > 0
    if able.sum() < top:
        return None
    margins, gains = margins[able], gains[:, able]
    for first in range(len(gains) - 1):
        left = _tenth(margins + gains[first] + gains[first + 1 :], top)
        second = int(left.argmax())
        if left[second] > best:
            best, pair = float(left[second]), [first, first + 1 + second]
    return pair


def _greedy(margins: Matrix, gains: Matrix, top: int) -> list[int] | None:
    """Takes away what hurts most until the item is out, then puts back what was not needed."""
    chosen: list[int] = []
    now = margins.copy()
    while float(_tenth(now, top)) <= 0:
        left = _tenth(now + gains, top)
        left[chosen] = -np.inf
        best = int(left.argmax())
        if not np.isfinite(left[best]) or len(chosen) >= MOST_AWAY:
            return None
        chosen.append(best)
        now = now + gains[best]
    for h in list(chosen):
        if len(chosen) > 1 and float(_tenth(now - gains[h], top)) > 0:
            chosen.remove(h)
            now = now - gains[h]
    return chosen
