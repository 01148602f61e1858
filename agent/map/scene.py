"""People, segments and places → what a map shows to whom; the page and the picture draw this.

`make_scene` shows everybody, with id and headline: the scope `analyst`. `agent.map.aggregate` makes
of it what may be shown where no person may be known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from agent.map.layout import Places
from agent.map.palette import Shade, choose_colours
from agent.records import Label, Membership, Profile, Scope, Segment

Whole = npt.NDArray[np.int64]

NONE = -1
"""In place of a leaf's number: in no segment."""
HEART = 1_000
"""Members of a segment that are looked at to find where they are densest, at most."""


@dataclass(frozen=True)
class Group:
    """A segment as it is drawn. A parent has leaves and no dots of its own."""

    id: str
    name: str
    description: str
    why: str
    """Why it is one, in a sentence; empty where it cannot be said in this scope."""
    size: int
    parent: int | None
    """Place of the parent in `Scene.groups`."""
    leaf: int | None
    """Number of the leaf, as in `Scene.leaf`; None for a parent."""
    shade: Shade
    heart: tuple[float, float] | None
    """Where its people stand densest; None for a parent, and where nobody of it is drawn."""


@dataclass(frozen=True)
class Scene:
    """Everything a map shows. Arrays have a row for each dot."""

    scope: Scope
    people: int
    """How many there are; of them `len(places)` are drawn."""
    noise: int
    """How many of all people are in no segment."""
    rounded: int
    """1 where counts are exact; else they are rounded down to multiples of this."""
    groups: list[Group]
    """Parents, each followed by its leaves, then leaves that stand alone; larger ones first."""
    places: Places
    leaf: Whole
    """Number of the leaf each is in, or NONE."""
    strongest: Whole
    """Number of the leaf with the largest weight, or NONE where there is no weight to show."""
    weight: npt.NDArray[np.float64]
    users: list[str]
    """Ids and headlines; both empty in the scope `aggregate`."""
    headlines: list[str]

    @property
    def leaves(self) -> list[Group]:
        """By number."""
        return [group for group in self.groups if group.leaf is not None]


class Grouped(Protocol):
    """A segment as far as its place among the others goes."""

    @property
    def id(self) -> str: ...

    @property
    def level(self) -> int: ...

    @property
    def parent(self) -> str | None: ...

    @property
    def size(self) -> int: ...


G = TypeVar("G", bound=Grouped)


def make_scene(
    places: pl.DataFrame,
    profiles: Iterable[Profile],
    memberships: Iterable[Membership],
    segments: Sequence[Segment],
    labels: Sequence[Label],
) -> Scene:
    """The scene, for analysts, of those people of a run who have a place.

    `places` is as `lay_out` makes it. Profiles and memberships may come in any order and hold more
    users. A user whose segment is not among `segments` counts as being in none.
    """
    ordered = _ordered(segments)
    leaves = {s.id: n for n, s in enumerate(s for s in ordered if s.level == 1)}
    row = {user: n for n, user in enumerate(places["user_id"])}
    leaf = np.full(len(row), NONE, dtype=np.int64)
    strongest, weight = leaf.copy(), np.zeros(len(row))
    people = noise = 0
    for one in memberships:
        people += 1
        number = leaves.get(one.label or "", NONE)
        noise += number == NONE
        at = row.get(one.user_id)
        if at is None:
            continue
        leaf[at] = number
        first = next((w for w in one.weights if w.segment in leaves), None)
        if first is not None:
            strongest[at], weight[at] = leaves[first.segment], first.weight
    headlines = [""] * len(row)
    for profile in profiles:
        if (at := row.get(profile.user_id)) is not None:
            headlines[at] = profile.headline
    where = places.select("x", "y").to_numpy()
    return Scene(
        scope="analyst",
        people=people,
        noise=noise,
        rounded=1,
        groups=_groups(ordered, {label.segment: label for label in labels}, leaf, where),
        places=where,
        leaf=leaf,
        strongest=strongest,
        weight=weight,
        users=list(row),
        headlines=headlines,
    )


def segment_colours(segments: Sequence[Grouped]) -> dict[str, Shade]:
    """Segment → its colour on the map, parents having that of their first leaf."""
    return _shades(_ordered(segments))


def _ordered(segments: Sequence[G]) -> list[G]:
    """Parents with their leaves after them, then leaves that stand alone, larger ones first."""
    by_size = sorted(segments, key=lambda s: (-s.size, s.id))
    parents = [s for s in by_size if s.level == 0]
    known = {parent.id for parent in parents}
    found = []
    for parent in parents:
        found += [parent, *(s for s in by_size if s.parent == parent.id)]
    return found + [s for s in by_size if s.level == 1 and s.parent not in known]


def _groups(
    ordered: Sequence[Segment], labels: dict[str, Label], leaf: Whole, places: Places
) -> list[Group]:
    shades = _shades(ordered)
    index = {segment.id: n for n, segment in enumerate(ordered)}
    groups: list[Group] = []
    numbers = count()
    for segment in ordered:
        label = labels[segment.id]
        number = next(numbers) if segment.level == 1 else None
        groups.append(
            Group(
                id=segment.id,
                name=label.name,
                description=label.description,
                why=label.why[0].text if label.why else "",
                size=segment.size,
                parent=index.get(segment.parent or ""),
                leaf=number,
                shade=shades[segment.id],
                heart=None if number is None else find_heart(places[leaf == number]),
            )
        )
    return groups


def _shades(ordered: Sequence[Grouped]) -> dict[str, Shade]:
    families: dict[str, list[str]] = {}
    for segment in ordered:
        if segment.level == 1:
            families.setdefault(segment.parent or segment.id, []).append(segment.id)
    shades: dict[str, Shade] = {}
    colours = choose_colours([len(family) for family in families.values()])
    for (first, family), of_family in zip(families.items(), colours, strict=True):
        shades |= {first: of_family[0], **dict(zip(family, of_family, strict=True))}
    return shades


def find_heart(places: Places) -> tuple[float, float] | None:
    """The place among these around which most of the others are; None where there is nobody."""
    if not len(places):
        return None
    some = places[:: -(-len(places) // HEART)]
    width = max(float(some.std(axis=0).mean()) / 3, 1e-6)
    apart = ((some[:, None] - some[None]) ** 2).sum(axis=-1) / width**2
    x, y = some[int(np.exp(-apart / 2).sum(axis=1).argmax())]
    return float(x), float(y)
