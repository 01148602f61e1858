"""Segments and their labels: facts, names chosen jointly, rules tested, reasons cited.

`label_segments` is the whole stage. Leaves are described against each other and everybody else,
then parents against each other, by what their leaves share.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from agent.behaviour.measures import Measures
from agent.records import Label, Segment, Sentence
from agent.segments.contrast import (
    Group,
    contrasts,
    find_groups,
    separating_ranks,
    typical_items,
)
from agent.segments.naming import Naming, name_segments
from agent.segments.phrasing import (
    people,
    predicate,
    size_fact,
)
from agent.segments.readable import Readable, readable
from agent.segments.reasons import Portrait, describe, give_reasons, tell_facts
from agent.segments.rules import Rule, learn_rule
from agent.settings import LabelSettings

EXEMPLARS = 5
WRITER = "extractive"
EVERYONE = "Everyone"


def label_segments(
    measures: Measures,
    assignment: Mapping[str, str | None],
    parents: Mapping[str, str | None],
    *,
    probabilities: Mapping[str, float],
    settings: LabelSettings,
    seed: int,
) -> tuple[list[Segment], list[Label]]:
    """Describe, name and test every segment.

    `assignment` has each user's leaf (None: noise), `parents` each leaf's parent or None,
    `probabilities` how firmly each user belongs (HDBSCAN's), for exemplars. Segments smaller than
    `settings.min_group` are left out entirely. Segments come parents first, each level by size.
    """
    table = readable(measures, min_group=settings.min_group)
    leaves: dict[str, set[str]] = {}
    for user in table.users:
        leaf = assignment.get(user)
        if leaf is not None:
            leaves.setdefault(leaf, set()).add(user)
    only = len(leaves) == 1
    leaves = {s: leaves[s] for s in sorted(leaves) if len(leaves[s]) >= settings.min_group}
    if only and leaves:
        return _everyone(table, *next(iter(leaves.items())), probabilities)
    above: dict[str, set[str]] = {}
    for leaf in leaves:
        parent = parents.get(leaf)
        if parent is not None:
            above.setdefault(parent, set()).add(leaf)
    unions = {p: set().union(*(leaves[s] for s in above[p])) for p in sorted(above)}
    common = (measures, table, probabilities, settings, seed)
    low = _portraits(leaves, *common)
    high = _portraits(unions, *common)
    leaf_names = name_segments(table, [_naming(p, (p.group.members,)) for p in low])
    parent_names = name_segments(
        table,
        [_naming(p, tuple(table.mask(leaves[s]) for s in sorted(above[p.group.id]))) for p in high],
        taken=[name.text for name in leaf_names.values()],
    )
    # A parent of which nothing can be said is no group to a reader: its leaves stand alone.
    high = [portrait for portrait in high if parent_names[portrait.group.id].claims]
    told = {portrait.group.id for portrait in high}
    above_of = {leaf: parent if parent in told else None for leaf, parent in parents.items()}
    segments, labels = [], []
    for level, portraits, names in ((0, high, parent_names), (1, low, leaf_names)):
        called = {p.group.id: names[p.group.id].text for p in portraits}
        for portrait in sorted(portraits, key=lambda p: (-p.size, p.group.id)):
            segment_id = portrait.group.id
            facts, cited = tell_facts(portrait, names[segment_id], called, table)
            segments.append(
                Segment(
                    id=segment_id,
                    level=level,
                    parent=above_of.get(segment_id) if level else None,
                    size=portrait.size,
                    share=round(portrait.size / len(table.users), 6),
                    facts=facts,
                    exemplars=portrait.exemplars,
                )
            )
            labels.append(
                Label(
                    segment=segment_id,
                    name=names[segment_id].text,
                    description=describe(portrait, table.vocabulary),
                    why=give_reasons(portrait, facts, cited, called, table.vocabulary),
                    rule=tuple(predicate(c, table.vocabulary) for c in portrait.rule.conditions),
                    precision=portrait.rule.precision,
                    recall=portrait.rule.recall,
                    writer=WRITER,
                )
            )
    return segments, labels


def _portraits(
    members: Mapping[str, set[str]],
    measures: Measures,
    table: Readable,
    probabilities: Mapping[str, float],
    settings: LabelSettings,
    seed: int,
) -> list[Portrait]:
    groups = find_groups(table, members)
    masks = {group.id: group.members for group in groups}
    space = separating_ranks(table, list(masks.values()))
    found = []
    for group in groups:
        told = contrasts(table, group, masks)
        rule = learn_rule(
            table,
            group.members,
            space=space,
            seed=seed,
            share=settings.held_out,
            min_group=settings.min_group,
        )
        items = typical_items(measures, members[group.id], min_group=settings.min_group)
        chosen = _exemplars(table, group, rule, probabilities)
        found.append(
            Portrait(group, len(members[group.id]), tuple(told), tuple(items), rule, chosen)
        )
    return found


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


def _naming(portrait: Portrait, parts: tuple[np.ndarray, ...]) -> Naming:
    return Naming(
        id=portrait.group.id,
        members=portrait.group.members,
        parts=parts,
        nearest=portrait.group.nearest,
        rule_features=frozenset(c.feature for c in portrait.rule.conditions),
    )


def _everyone(
    table: Readable, segment: str, members: set[str], probabilities: Mapping[str, float]
) -> tuple[list[Segment], list[Label]]:
    """One segment and nobody to contrast it with, which is all that is said of it."""
    fact = size_fact(len(members), len(table.users), table.vocabulary)
    order = sorted((-round(probabilities.get(u, 0.0), 6), u) for u in members)
    who = people(table.vocabulary)
    everyone = Segment(
        id=segment,
        level=1,
        parent=None,
        size=len(members),
        share=round(len(members) / len(table.users), 6),
        facts=(fact,),
        exemplars=tuple(user for _, user in order[:EXEMPLARS]),
    )
    label = Label(
        segment=segment,
        name=EVERYONE,
        description=f"{len(members):,} {who}, among whom no groups could be told apart.",
        why=(Sentence(text=f"{fact.text}.", facts=(fact.id,)),),
        rule=(),
        precision=None,
        recall=None,
        writer=WRITER,
    )
    return [everyone], [label]
