"""why somebody is where they are: the distances that place them, what would change that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from agent.chat.figures import typical_of
from agent.chat.world import World
from agent.segments.memberships import Contribution
from agent.segments.vectors import Vectors
from agent.settings import Block

MOST_CHANGES = 4
"""A person who would have to change in more than this many things would be somebody else."""


@dataclass(frozen=True)
class Deciding:
    """A feature people can check, and how much it adds to the difference of the distances."""

    feature: str
    block: Block
    amount: float
    """Positive: speaks for the segment."""
    own: float
    typical: float
    """Of the segment's members; `rival` of the other's."""
    rival: float


@dataclass(frozen=True)
class Placing:
    """A user and a segment, against the other one that matters (their own, or the next nearest)."""

    user: str
    segment: str
    other: str | None
    inside: bool
    noise: bool
    weight: float
    distance: float
    other_distance: float
    blocks: tuple[tuple[Block, float], ...]
    """d² to the other less d² to the segment, by block, largest first."""
    deciding: tuple[Deciding, ...]
    reach: float
    change: tuple[tuple[str, float], ...]
    """Features and values with which the user would be nearer to the one they are not in."""

    @property
    def beyond(self) -> bool:
        """Whether they are too far from the nearest core for any segment."""
        return min(self.distance, self.other_distance) > self.reach


def place(world: World, user: str, segment: str | None) -> Placing:
    """Where a user stands to a leaf (their own, or the nearest, when none is named)."""
    vectors, cores = world.vectors, world.cores
    row = world.vector_row[user]
    one = vectors.rows(np.array([row]))
    placed = cores.distances(one)
    distances, alpha = placed[0], cores.alpha_at(placed)[0]
    membership = world.memberships.get(user)
    label = membership.label if membership else None
    nearest = [cores.segments[k] for k in np.argsort(-alpha, kind="stable")]
    segment = segment or label or nearest[0]
    inside = segment == label
    others = [s for s in ([label] if label and not inside else nearest) if s and s != segment]
    other = others[0] if others else None
    at = {s: k for k, s in enumerate(cores.segments)}
    if other is None:
        return Placing(
            user,
            segment,
            None,
            inside,
            label is None,
            float(alpha[at[segment]]),
            float(distances[at[segment]]),
            float("inf"),
            (),
            (),
            cores.reach,
            (),
        )
    said = cores.explain(vectors, row, segment, other)
    blocks = sorted(said.blocks.items(), key=lambda pair: -abs(pair[1]))
    deciding = tuple(_checkable(world, user, segment, other, said.features))
    return Placing(
        user,
        segment,
        other,
        inside,
        label is None,
        weight=float(alpha[at[segment]]),
        distance=float(distances[at[segment]]),
        other_distance=float(distances[at[other]]),
        blocks=tuple(blocks),
        deciding=deciding,
        reach=cores.reach,
        change=_change(world, one, *((segment, other) if inside else (other, segment)), deciding),
    )


def _checkable(
    world: World, user: str, segment: str, other: str, features: Iterable[Contribution]
) -> Iterable[Deciding]:
    """Contributions of readable features, with the user's value beside the two segments'."""
    table, row = world.table, world.row[user]
    for one in features:
        feature, block, amount = one.feature, one.block, one.amount
        if feature not in table.column or abs(amount) < 0.05:
            continue
        own = float(table.of(feature)[row])
        here, there = (typical_of(world, feature, s) for s in (segment, other))
        if not np.isnan([own, here, there]).any():
            yield Deciding(feature, block, amount, own, here, there)


def _change(
    world: World, one: Vectors, own: str, goal: str, deciding: tuple[Deciding, ...]
) -> tuple[tuple[str, float], ...]:
    """The fewest checkable features that, at the goal's core, make the goal the nearer one.

    Greedy by what each brings, and computed: the distances are taken again after each.
    """
    cores = world.cores
    k, m = cores.segments.index(goal), cores.segments.index(own)
    moved: list[tuple[str, float]] = []
    vectors, before = one, cores.distances(one)[0]
    for step in sorted(deciding, key=lambda d: -abs(d.amount)):
        if len(moved) == MOST_CHANGES:
            break
        column = cores.columns[step.block].index(step.feature)
        values = vectors.blocks[step.block].copy()
        values[0, column] = cores.centres[step.block][k, column]
        tried = replace(vectors, blocks={**vectors.blocks, step.block: values})
        after = cores.distances(tried)[0]
        if after[k] - after[m] >= before[k] - before[m] - 1e-9:
            continue
        vectors, before = tried, after
        moved.append((step.feature, typical_of(world, step.feature, goal)))
        if after[k] < after[m]:
            return tuple(moved)
    return ()
