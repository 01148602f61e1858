"""The rule behind a name: at most three predicates, learnt on some members and tested on others.

A segment comes out of distances nobody can recite; its rule is what a person can check. It is
learnt by beam search over human thresholds and judged where it is hardest: against the non-members
nearest to the segment, one for each member. There a rule that says nothing has precision .5.

    four fifths of members + nearest non-members   learnt on
    one fifth of both                              tested on, once, whatever comes out
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from agent.segments.contrast import Group, contrasts
from agent.segments.readable import Mask, Matrix, Readable, share_family, unit

MAX_PREDICATES = 3
BEAM = 16
BETA = 0.8
"""Precision counts a little more than recall (F-beta): at one non-member for each member, F1 gives
.67 to the rule that everybody satisfies, which is more than an honest rule may reach."""

COST = 0.02
"""Score a further predicate has to bring, against overfitting and for the reader's sake."""

UNTELLING_COST = 0.05
"""Score that a predicate on a feature that tells nobody apart costs over one on the most
distinguishing feature: the rule should speak of what the segment is known for."""

TRIVIAL = 0.97
"""Share of all users of whom a predicate may hold at most; `1 or more orders` is no predicate."""

DENIAL_COST = 0.03
"""Score that "at most x % at weekends" costs more than a predicate that says what people do."""

GENERAL_WEIGHT = 0.5
"""Weight of all other users together in learning, where the nearest non-members have 1."""

MATCHED = 1000
"""Members for whom a near non-member is looked up, at most; thousands would say the same."""

MATCHED_ON = 64
"""Dimensions of `space` that decide who is near: those it stretches most."""

GENERAL_USERS = 1000
"""Of each of the three groups weighed in learning at least so many are looked at, evenly spread."""

_SHARES = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9)
_COUNTS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 20, 24, 30, 36, 40, 48, 60, 72, 80, 96, 100)
_DAYS = (1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 150, 180, 240, 300, 365)
_LARGE = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)


@dataclass(frozen=True)
class Condition:
    """`feature op value`; `==` is for declared attributes, whose value is 1."""

    feature: str
    op: str
    value: float

    def holds(self, table: Readable) -> Mask:
        """(users,) Unknown values satisfy nothing."""
        with np.errstate(invalid="ignore"):
            values = table.of(self.feature)
            held: Mask = values <= self.value if self.op == "<=" else values >= self.value
        return held


@dataclass(frozen=True)
class Rule:
    """`precision` and `recall` are on `tested` held-out members and as many near non-members.

    They are None when fewer than `min_group` of either could be held out.
    """

    conditions: tuple[Condition, ...]
    precision: float | None
    recall: float | None
    tested: int

    def holds(self, table: Readable) -> Mask:
        held = np.ones(len(table.users), dtype=np.bool_)
        for condition in self.conditions:
            held &= condition.holds(table)
        return held


def held_out(users: Iterable[str], *, seed: int, share: float, least: int = 0) -> set[str]:
    """A share of `users` picked by hash, so that order and other users do not matter.

    `least` users at the least, but never more than half of them.
    """
    ordered = sorted(users, key=lambda user: _hash(seed, user))
    wanted = max(round(share * len(ordered)), least)
    return set(ordered[: min(wanted, len(ordered) // 2)])


def _hash(seed: int, user: str) -> str:
    return hashlib.sha256(f"{seed}\x00{user}".encode()).hexdigest()


def nearest_outside(space: Matrix, members: Mask, *, seed: int, users: tuple[str, ...]) -> Mask:
    """For each member the nearest non-member in `space` (users, dimensions) not yet taken.

    Siblings' members and noise alike: whoever is hardest to tell apart. Matching member by member
    (in the order of their hashes) gives non-members spread as the members are; those nearest to
    the members' centre would all be average users, from whom even random members are easy to tell.
    """
    spread = np.argsort(-space.var(axis=0), kind="stable")[:MATCHED_ON]
    points = np.round(space[:, spread], 6)
    outside = np.flatnonzero(~members)
    rest, squares = points[outside], (points[outside] ** 2).sum(axis=1)
    free = np.zeros(len(outside))
    order = sorted(np.flatnonzero(members).tolist(), key=lambda i: _hash(seed, users[i]))
    for i in order[: min(len(outside), MATCHED)]:
        distance = np.round(squares - 2 * rest @ points[i], 6) + free
        free[int(np.argmin(distance))] = np.inf
    near = np.zeros(len(members), dtype=np.bool_)
    near[outside[free > 0]] = True
    return near


def learn_rule(
    table: Readable,
    members: Mask,
    *,
    space: Matrix,
    seed: int,
    share: float,
    min_group: int,
) -> Rule:
    """Learn one segment's rule and test it on the members held out.

    `space` (users, dimensions) says who is near; `share` of members is held out, of whose measures
    nothing reaches the rule. Figures are None with fewer than `min_group` held out.
    """
    near, tested = set_aside(
        table, members, space=space, seed=seed, share=share, min_group=min_group
    )
    learnt = ~tested
    conditions = _search(
        table, _telling(table, members, learnt), members, _weights(members, near, learnt)
    )
    count = int((tested & members).sum())
    if min(count, int((tested & near).sum())) < min_group or not conditions:
        return Rule(conditions, None, None, count)
    precision, recall = score(_all(table, conditions), members & tested, near & tested)
    return Rule(conditions, round(precision, 4), round(recall, 4), count)


def set_aside(
    table: Readable, members: Mask, *, space: Matrix, seed: int, share: float, min_group: int
) -> tuple[Mask, Mask]:
    """The non-members nearest to a segment, and who of both it is tested on."""
    near = nearest_outside(space, members, seed=seed, users=table.users)
    tested = _split(table, members, seed=seed, share=share, least=min_group)
    return near, tested | _split(table, near, seed=seed, share=share, least=min_group)


def score(held: Mask, members: Mask, near: Mask) -> tuple[float, float]:
    """Precision and recall of `held`, with as many non-members as members; 0 when nothing is found.

    Where a segment is so large that there are fewer non-members, each of them counts for more.
    """
    recall = float(held[members].mean()) if members.any() else 0.0
    alarms = float(held[near].mean()) if near.any() else 0.0
    return recall / (recall + alarms) if recall else 0.0, recall


def _telling(table: Readable, members: Mask, learnt: Mask) -> dict[str, float]:
    """Feature → how distinguishing (0..1) among those learnt from, the most so first."""
    kept = np.flatnonzero(learnt)
    found = contrasts(table.rows(kept), Group("", members[kept], ()), {})
    return {contrast.feature: contrast.score for contrast in found}


def _split(table: Readable, users: Mask, *, seed: int, share: float, least: int) -> Mask:
    names = [table.users[i] for i in np.flatnonzero(users)]
    return table.mask(held_out(names, seed=seed, share=share, least=least))


def _weights(members: Mask, near: Mask, learnt: Mask) -> Matrix:
    """(users,) Members, near non-members and everybody else weigh 1 : 1 : GENERAL_WEIGHT."""
    weights = np.zeros(len(members))
    n = float((members & learnt).sum())
    for group, total in ((members, n), (near, n), (~members & ~near, GENERAL_WEIGHT * n)):
        kept = group & learnt
        places = np.flatnonzero(kept)
        places = places[:: max(1, len(places) // GENERAL_USERS)]
        if len(places):
            weights[places] = total / len(places)
    return weights


def _all(table: Readable, conditions: tuple[Condition, ...]) -> Mask:
    return Rule(conditions, None, None, 0).holds(table)


def _search(
    table: Readable, telling: Mapping[str, float], members: Mask, weights: Matrix
) -> tuple[Condition, ...]:
    """Beam search for the conjunction with the best weighted F-beta, less what its length costs."""
    conditions = [
        condition
        for feature in telling
        for condition in thresholds(feature, table.of(feature)[members & (weights > 0)])
        if condition.holds(table).mean() <= TRIVIAL
    ]
    if not conditions:
        return ()
    used = weights > 0
    held = np.array([c.holds(table)[used] for c in conditions], dtype=np.float64)
    inside, outside = (weights * members)[used], (weights * ~members)[used]
    total = float(inside.sum())
    top = max(telling.values(), default=0.0) or 1.0
    cost = np.array(
        [
            DENIAL_COST * _denies(c) + UNTELLING_COST * (1 - telling[c.feature] / top)
            for c in conditions
        ]
    )
    beam: list[tuple[int, ...]] = [()]
    best: tuple[float, tuple[int, ...]] = (-1.0, ())
    for length in range(1, MAX_PREDICATES + 1):
        grown: dict[tuple[int, ...], float] = {}
        so_far = np.array([held[list(rule)].prod(axis=0) for rule in beam])
        true, false = (so_far * inside) @ held.T, (so_far * outside) @ held.T
        score = (1 + BETA**2) * true / (true + false + BETA**2 * total)
        for rule, gain in zip(beam, score, strict=True):
            value = np.round(gain - cost - cost[list(rule)].sum() - COST * length, 6)
            taken = {conditions[i].feature for i in rule}
            for i in np.argsort(-value, kind="stable")[: BEAM * 4]:
                if conditions[i].feature not in taken:
                    grown[tuple(sorted((*rule, int(i))))] = float(value[i])
        beam = sorted(grown, key=lambda rule: (-grown[rule], rule))[:BEAM]
        if beam and grown[beam[0]] > best[0]:
            best = (grown[beam[0]], beam[0])
    return tuple(conditions[i] for i in best[1])


def _denies(condition: Condition) -> bool:
    return condition.op == "<=" and unit(condition.feature) == "share"


def _undeniable(feature: str) -> bool:
    """Whether only having it says anything: "at most 5 % on vintage" fits nearly everybody."""
    return share_family(feature) in ("category", "channel", "action")


def thresholds(feature: str, values: Matrix) -> list[Condition]:
    """Predicates at human numbers that keep between 40 % and all but a few of `values`."""
    known = values[~np.isnan(values)]
    if not len(known):
        return []
    if feature.startswith("attribute:"):
        return [Condition(feature, "==", 1.0)]
    grid = _grid(feature, known)
    low, low_end = np.quantile(known, [0.02, 0.6])
    high_end, high = np.quantile(known, [0.4, 0.98])
    # One step beyond the members' range: a bound all members keep may still leave others out.
    floor = max((x for x in grid if x <= low), default=low)
    ceiling = min((x for x in grid if x >= high), default=high)
    up = [Condition(feature, ">=", x) for x in grid if floor <= x <= low_end and x > 0]
    down = [Condition(feature, "<=", x) for x in grid if high_end <= x <= ceiling]
    return up if _undeniable(feature) else up + down


def _grid(feature: str, values: npt.NDArray[np.float64]) -> list[float]:
    match unit(feature):
        case "share":
            return list(_SHARES)
        case "days":
            return [float(x) for x in _DAYS]
        case "rating":
            return [x / 4 for x in range(21)] if values.max() <= 5 else _powers(values)
        case "count" | "pieces":
            return [*map(float, _COUNTS), *(x for x in _powers(values) if x > _COUNTS[-1])]
        case "money":
            return _powers(values)


def _powers(values: npt.NDArray[np.float64]) -> list[float]:
    """1, 1.5, 2, 2.5 … times powers of ten, over the range of `values`."""
    top = float(np.abs(values).max())
    if top <= 0:
        return []
    last = int(np.ceil(np.log10(top)))
    return [round(x * 10.0**e, 6) for e in range(last - 6, last + 1) for x in _LARGE]
