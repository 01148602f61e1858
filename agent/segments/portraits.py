"""Everything found out about the groups of one level before they have names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from agent.behaviour.measures import Measures
from agent.segments.contrast import (
    Contrast,
    Group,
    TypicalItem,
    contrasts,
    find_groups,
    separating_ranks,
    typical_items,
)
from agent.segments.embedding import draw
from agent.segments.readable import Readable
from agent.segments.rules import Rule, learn_rule
from agent.settings import LabelSettings

EXEMPLARS = 5
LEARNT_ON = 20_000
"""Users whom rules are learnt and tested on, at most: more would only take longer."""


@dataclass(frozen=True)
class Portrait:
    """One group: what tells it from others, what it shares, its rule and its firmest members."""

    group: Group
    size: int
    contrasts: tuple[Contrast, ...]
    items: tuple[TypicalItem, ...]
    rule: Rule
    exemplars: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.group.id


def portray(
    members: Mapping[str, set[str]],
    measures: Measures,
    table: Readable,
    probabilities: Mapping[str, float],
    settings: LabelSettings,
    seed: int,
) -> list[Portrait]:
    """A portrait of each group of `members` (id → users) against its siblings and everybody else.

    `probabilities` says how firmly each user belongs, for exemplars.
    """
    groups = find_groups(table, members)
    masks = {group.id: group.members for group in groups}
    space = separating_ranks(table, list(masks.values()))
    seen = seen_users(table, seed)
    part = table if len(seen) == len(table.users) else table.rows(seen)
    found = []
    for group in groups:
        rule = learn_rule(
            part,
            group.members[seen],
            space=space[seen],
            seed=seed,
            share=settings.held_out,
            min_group=settings.min_group,
        )
        users = members[group.id]
        found.append(
            Portrait(
                group=group,
                size=len(users),
                contrasts=tuple(contrasts(table, group, masks)),
                items=tuple(typical_items(measures, users, min_group=settings.min_group)),
                rule=rule,
                exemplars=_exemplars(table, group, rule, probabilities),
            )
        )
    return found


def seen_users(table: Readable, seed: int) -> npt.NDArray[np.intp]:
    """Places of the users that rules are learnt and tested on, drawn by their ids, in order."""
    if len(table.users) <= LEARNT_ON:
        return np.arange(len(table.users))
    draws = np.array([draw(user, seed, "rules") for user in table.users])
    return np.sort(np.argsort(draws, kind="stable")[:LEARNT_ON])


def _exemplars(
    table: Readable, group: Group, rule: Rule, probabilities: Mapping[str, float]
) -> tuple[str, ...]:
    """Members at the heart of the segment; of equals, those the rule finds."""
    held = rule.holds(table)
    order = sorted(
        (-round(probabilities.get(table.users[i], 0.0), 6), not held[i], table.users[i])
        for i in np.flatnonzero(group.members)
    )
    return tuple(user for _, _, user in order[:EXEMPLARS])
