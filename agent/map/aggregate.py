"""A map without persons: for those who may know of groups and of nobody in them.

Dots have no id and no headline and come in the order of their places; there is no segment of fewer
than `min_group`; each has as many dots as a multiple of `min_group` allows, so that not even
counting dots gives a count; and totals are sums of what is shown, so that nothing hidden follows
from a difference.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from agent.map.scene import NONE, Scene, find_heart
from agent.segments.embedding import draw


def without_persons(scene: Scene, min_group: int) -> Scene:
    """The scene for the scope `aggregate`, of one for analysts."""

    def rounded(size: int) -> int:
        return size - size % min_group

    shown = [group for group in scene.leaves if group.size >= min_group]
    numbers = {group.leaf: number for number, group in enumerate(shown)} | {NONE: NONE}
    dots: list[int] = []
    for number in numbers:
        inside = np.flatnonzero(scene.leaf == number)
        by_lot = sorted(inside, key=lambda at: draw(scene.users[at], 0, "aggregate"))
        dots += by_lot[: rounded(len(inside))]
    # In the order of their places: the order of ids would tell whose dot is whose.
    chosen = np.array(dots, dtype=np.int64)
    chosen = chosen[np.lexsort(scene.places[chosen].T)]
    leaf = np.array([numbers[int(number)] for number in scene.leaf[chosen]], dtype=np.int64)
    places = scene.places[chosen]

    sizes = {group.id: rounded(group.size) for group in shown}
    for place, group in enumerate(scene.groups):
        inside_it = [sizes[one.id] for one in shown if one.parent == place]
        if group.leaf is None and inside_it:
            sizes[group.id] = sum(inside_it)
    hidden = [group.name for group in scene.groups if group.id not in sizes]
    kept = [place for place, group in enumerate(scene.groups) if group.id in sizes]
    groups = []
    for place in kept:
        group = scene.groups[place]
        number = numbers.get(group.leaf) if group.leaf is not None else None
        groups.append(
            replace(
                group,
                why="" if any(name in group.why for name in hidden) else group.why,
                size=sizes[group.id],
                parent=kept.index(group.parent) if group.parent in kept else None,
                leaf=number,
                heart=None if number is None else find_heart(places[leaf == number]),
            )
        )
    noise = rounded(scene.noise)
    return Scene(
        scope="aggregate",
        people=noise + sum(group.size for group in groups if group.leaf is not None),
        noise=noise,
        rounded=min_group,
        groups=groups,
        places=places,
        leaf=leaf,
        strongest=np.full(len(chosen), NONE, dtype=np.int64),
        weight=np.zeros(len(chosen)),
        users=[],
        headlines=[],
    )
