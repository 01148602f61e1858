"""What tells a segment from everybody else and from its nearest siblings, feature by feature.

Effects are Cliff's delta (Cliff 1993): the chance that a member is above somebody else minus the
chance of the reverse, from -1 to 1, whatever the unit and however long the tail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from agent.behaviour.measures import Measures
from agent.segments.readable import (
    Mask,
    Matrix,
    Readable,
    average_ranks,
)

NEAREST = 2
"""Siblings a segment is contrasted with by name."""

OTHERS_WEIGHT = 0.6
"""Weight of "against everybody" in a contrast's score; the rest is "against the nearest"."""

FULL_GAP = 0.25
"""Difference of mean shares from which a share counts in full: 2 % against 1 % is no reason."""

MIN_TOUCHED = 0.25
"""Share of members who must have touched an item before it is called typical of them."""

TYPICAL_LIFT = 1.5

TELLING = {"action": 0.5, "span_days": 0.6, "silent_days": 0.9, "events": 0.9}
"""What a feature's effect is worth to a reader, where it is less than it measures."""


@dataclass(frozen=True)
class Contrast:
    """One feature of one group. `members` and `others` are means of shares, else medians."""

    feature: str
    members: float
    others: float
    delta: float
    """Cliff's delta against everybody else."""
    rival: str | None
    """The nearest sibling this feature tells the group from most clearly."""
    rival_value: float
    rival_delta: float
    threshold: float
    """Where "usual" ends: `coverage` is the share of members beyond it."""
    coverage: float
    score: float
    """How distinguishing, 0..1."""

    @property
    def above(self) -> bool:
        return self.delta >= 0


@dataclass(frozen=True)
class TypicalItem:
    item_id: str
    title: str
    members: float
    """Share of members who touched it."""
    others: float


@dataclass(frozen=True)
class Group:
    """A segment as a mask over users, with the siblings nearest to it, nearest first."""

    id: str
    members: Mask
    nearest: tuple[str, ...]


def find_groups(table: Readable, members: Mapping[str, set[str]]) -> list[Group]:
    """Masks in the order of `members`, each with its nearest siblings."""
    masks = {segment: table.mask(users) for segment, users in members.items()}
    centres = {s: separating_ranks(table, list(masks.values()))[m].mean(0)
               for s, m in masks.items() if m.any()}  # fmt: skip
    groups = []
    for segment, mask in masks.items():
        near = sorted(
            (round(float(np.linalg.norm(centres[segment] - centre)), 9), other)
            for other, centre in centres.items()
            if other != segment
        )
        groups.append(Group(segment, mask, tuple(other for _, other in near[:NEAREST])))
    return groups


def separating_ranks(table: Readable, masks: list[Mask]) -> Matrix:
    """(users, features) Ranks, weighted by how much of a feature's variance lies between segments.

    Distances in this space say who is near whom *in what the segments differ in*: of hundreds of
    features most are noise to any one question, and unweighted they would decide it.
    """
    ranks = table.ranks
    total = np.maximum(ranks.var(axis=0), 1e-12)
    mean = ranks.mean(axis=0)
    between = sum((m.sum() * (ranks[m].mean(axis=0) - mean) ** 2 for m in masks if m.any()),
                  start=np.zeros(ranks.shape[1])) / len(ranks)  # fmt: skip
    weighted: Matrix = (ranks - mean) / np.sqrt(total) * np.sqrt(np.clip(between / total, 0, 1))
    return weighted


def deltas(ranks: Matrix, inside: Mask) -> Matrix:
    """(features,) Cliff's delta of the rows `inside` against the other rows; 0 where unknown.

    `ranks` (rows, features) are average ranks within each column over exactly these rows, NaN
    where a value is unknown.
    """
    known = ~np.isnan(ranks)
    n_in = known[inside].sum(axis=0)
    pairs = n_in * known[~inside].sum(axis=0)
    above = np.nansum(ranks[inside], axis=0) - n_in * (n_in + 1) / 2
    return np.where(pairs > 0, 2 * above / np.maximum(pairs, 1) - 1, 0.0)


def middles(values: Matrix, shares: Mask) -> Matrix:
    """(features,) The mean of a share, the median of anything else; NaN where nobody has any."""
    middle = np.full(values.shape[1], np.nan)
    usable = ~np.isnan(values).all(axis=0)
    for wanted, summary in ((shares & usable, np.nanmean), (~shares & usable, np.nanmedian)):
        if wanted.any():
            middle[wanted] = summary(values[:, wanted], axis=0)
    return middle


def contrasts(table: Readable, group: Group, siblings: Mapping[str, Mask]) -> list[Contrast]:
    """Every feature of one group, the most distinguishing first (ties by name)."""
    inside, shares = table.values[group.members], table.shares
    members, others = middles(inside, shares), middles(table.values[~group.members], shares)
    delta = deltas(table.raw_ranks, group.members)
    near = [siblings[s] for s in group.nearest]
    near_deltas = np.array([_between(table, group.members, s) for s in near])
    near_middles = np.array([middles(table.values[s], shares) for s in near])
    found = []
    for i, feature in enumerate(table.names):
        if np.isnan(members[i]) or np.isnan(inside[:, i]).mean() > 0.5:
            continue
        sign = 1.0 if delta[i] >= 0 else -1.0
        usual = others[i] if not np.isnan(others[i]) else members[i]
        threshold = usual
        if feature.startswith("category:") and sign > 0:
            threshold = table.theirs(feature)
        column = inside[:, i]
        beyond = (column >= threshold if threshold > usual else column > usual) if sign > 0 else (
            column < usual
        )  # fmt: skip
        rival, rival_value, rival_delta = None, float("nan"), 0.0
        if near:
            best = int(np.argmax(sign * near_deltas[:, i]))
            rival, rival_value = group.nearest[best], float(near_middles[best, i])
            rival_delta = float(near_deltas[best, i])
        against = np.mean(sign * near_deltas[:, i]) if near else sign * delta[i]
        effect = OTHERS_WEIGHT * abs(delta[i]) + (1 - OTHERS_WEIGHT) * max(float(against), 0.0)
        if shares[i]:
            effect *= min(1.0, abs(float(members[i] - usual)) / FULL_GAP) ** 0.5
        effect *= TELLING.get(feature.partition(":")[0], 1.0)
        found.append(
            Contrast(
                feature=feature,
                members=float(members[i]),
                others=float(others[i]),
                delta=float(delta[i]),
                rival=rival,
                rival_value=rival_value,
                rival_delta=rival_delta,
                threshold=float(threshold),
                coverage=float(np.mean(beyond)),
                score=round(float(effect), 9),
            )
        )
    return sorted(found, key=lambda c: (-c.score, c.feature))


def _between(table: Readable, members: Mask, sibling: Mask) -> Matrix:
    """(features,) Cliff's delta of members against one sibling's."""
    either = members | sibling
    return deltas(average_ranks(table.values[either]), members[either])


def typical_items(
    measures: Measures, members: set[str], *, min_group: int, most: int = 3
) -> list[TypicalItem]:
    """Items that many members and few others touched, most telling first.

    An item that under a quarter of the members (or fewer than `min_group`) touched says nothing
    about them; one that others touch as often is merely popular.
    """
    total = measures.table.height
    if not members:
        return []
    touched = measures.items.filter(pl.col("weight") > 0)
    inside = pl.col("user_id").is_in(sorted(members))
    rest = max(total - len(members), 1)
    counted = touched.group_by("item_id").agg(
        (inside.sum() / len(members)).alias("members"),
        ((~inside).sum() / rest).alias("others"),
    )
    # One imaginary touch on each side: two buyers of nothing anybody else buys prove little.
    lift = (pl.col("members") + 1 / len(members)) / (pl.col("others") + 1 / len(members))
    kept = (
        counted.filter(
            (pl.col("members") >= max(MIN_TOUCHED, min_group / len(members)))
            & (lift >= TYPICAL_LIFT)
        )
        .with_columns((pl.col("members") - pl.col("others")).round(9).alias("gap"))
        .join(measures.catalogue.select("item_id", "title"), on="item_id", how="left")
        .sort(["gap", "item_id"], descending=[True, False])
        .head(most)
    )
    return [
        TypicalItem(row["item_id"], row["title"] or row["item_id"], row["members"], row["others"])
        for row in kept.iter_rows(named=True)
    ]
