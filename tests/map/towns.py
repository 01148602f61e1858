"""Small made-up runs to draw: people on rings around the middle of their segment."""

from __future__ import annotations

import numpy as np
import polars as pl

from agent.map.scene import Scene, make_scene
from agent.records import Label, Membership, Profile, Segment, Sentence, Verification, Weight

CHECKED = Verification(sentences=1, passed=1)


def profile(user: str, headline: str) -> Profile:
    return Profile(
        user_id=user, headline=headline, sentences=(Sentence(text=headline, facts=("E1",)),),
        interests=(), facts=(), writer="extractive", verification=CHECKED,
    )  # fmt: skip


def membership(user: str, segment: str | None, weights: dict[str, float]) -> Membership:
    return Membership(
        user_id=user, label=segment, noise=segment is None, outlier=0.5,
        weights=tuple(Weight(segment=name, weight=weight) for name, weight in weights.items()),
    )  # fmt: skip


def segment(name: str, size: int, *, parent: str | None = None, level: int = 1) -> Segment:
    return Segment(
        id=name, level=level, parent=parent, size=size, share=0.1, facts=(), exemplars=()
    )


def label(of: str, name: str, why: str) -> Label:
    return Label(
        segment=of, name=name, description=f"People of {name}.", rule=(), precision=None,
        recall=None, writer="extractive", why=(Sentence(text=why, facts=("S1",)),),
    )  # fmt: skip


def town(
    sizes: dict[str, int],
    *,
    noise: int = 0,
    parents: dict[str, str] | None = None,
    names: dict[str, str] | None = None,
    whys: dict[str, str] | None = None,
    headline: str = "Mostly at night, baking 59 %",
    unseen: int = 0,
) -> Scene:
    """A scene of segments of these sizes; `unseen` people more have no place on the map."""
    of_leaf, named, said = parents or {}, names or {}, whys or {}
    homes = [home for home, size in sizes.items() for _ in range(size)] + [None] * noise
    users = [f"u{n:05d}" for n in range(len(homes))]
    angle = np.arange(len(homes)) * 2.4
    middle = np.array([list(sizes).index(home) / len(sizes) if home else 0.5 for home in homes])
    places = pl.DataFrame(
        {
            "user_id": users,
            "x": np.clip(middle + 0.1 + 0.05 * np.cos(angle), 0, 1),
            "y": np.clip(0.5 + 0.3 * np.sin(angle), 0, 1),
        }
    )
    first = next(iter(sizes))
    memberships = [
        membership(user, home, {home: 0.8} if home else {first: 0.41})
        for user, home in zip(users, homes, strict=True)
    ] + [membership(f"v{n}", None, {}) for n in range(unseen)]
    segments = [segment(leaf, size, parent=of_leaf.get(leaf)) for leaf, size in sizes.items()]
    for parent in sorted(set(of_leaf.values())):
        size = sum(sizes[leaf] for leaf in of_leaf if of_leaf[leaf] == parent)
        segments.append(segment(parent, size, level=0))
    return make_scene(
        places,
        [profile(user, headline) for user in users],
        memberships,
        segments,
        [
            label(s.id, named.get(s.id, f"The {s.id}"), said.get(s.id, f"{s.id} bake more."))
            for s in segments
        ],
    )
