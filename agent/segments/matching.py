"""Pairs the groups of one build with those of the last, by the members they share.

Leaves are `s1`, `s2` …, parents `g1`, `g2` …. The first build numbers them by size, largest
first, then by their smallest user id. A later build gives a group the id of the earlier group it
shares most members with; what is left gets a number that was never used before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

import numpy as np
from scipy.optimize import linear_sum_assignment

OVERLAP = 0.3
"""Jaccard overlap from which a group counts as the same one."""


def match_segments(
    previous: Mapping[str, Set[str]] | None,
    current: Sequence[Set[str]],
    *,
    prefix: str = "s",
    used: Set[str] = frozenset(),
) -> list[str]:
    """An id for each group of members in `current`.

    `previous` maps the ids of the last build to their members; `used` holds all ids ever given.
    Groups are matched one to one so that the total Jaccard overlap is largest (Hungarian method);
    a pair under `OVERLAP` is no match. Users in no earlier group say nothing of identity and are
    left out, so that growth alone never costs a segment its id.
    """
    previous = previous or {}
    ids: dict[int, str] = {}
    names = sorted(previous, key=_number)
    if names and current:
        known = set().union(*previous.values())
        overlap = np.array(
            [[_jaccard(previous[name], now & known) for now in current] for name in names]
        )
        for i, j in zip(*linear_sum_assignment(-overlap), strict=True):
            if overlap[i, j] >= OVERLAP:
                ids[int(j)] = names[i]
    highest = max((_number(name) for name in [*used, *names]), default=0)
    waiting = [j for j in range(len(current)) if j not in ids]
    for j in sorted(waiting, key=lambda j: (-len(current[j]), min(current[j], default=""))):
        highest += 1
        ids[j] = f"{prefix}{highest}"
    return [ids[j] for j in range(len(current))]


def _jaccard(one: Set[str], other: Set[str]) -> float:
    either = len(one | other)
    return len(one & other) / either if either else 0.0


def _number(segment: str) -> int:
    return int(segment[1:])
