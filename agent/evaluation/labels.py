"""Whether the labels of segments say something true, of their own segment and of no other.

A rule is judged on members it was not learnt from, against as many of the non-members nearest to
them: there a rule that says nothing has precision .5, and one that finds nobody 0. The swap test
gives every segment the rule of the next: it should then find members and neighbours alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from agent.evaluation.bench import Bench
from agent.evaluation.measure import Drawn
from agent.evaluation.task import NotMeasurableError, Scores, Task
from agent.records import Label
from agent.segments.contrast import find_groups, separating_ranks
from agent.segments.portraits import seen_users
from agent.segments.readable import Mask, Matrix, Readable, readable
from agent.segments.rules import Condition, score, set_aside

DRAWS = 1_000


@dataclass(frozen=True)
class Named:
    """A labelled segment, its members, and whom its label is tested on."""

    label: Label
    members: Mask
    near: Mask
    """The non-members nearest to them."""
    tested: Mask
    """Of both, who was held out when the rule was learnt."""


@dataclass(frozen=True)
class Labelled:
    table: Readable
    segments: list[Named]


def _labelled(bench: Bench) -> Labelled:
    built = bench.build(until="labels")
    settings = built.settings.labels
    table = readable(built.measures, min_group=settings.min_group)
    leaves = [(s, label) for s, label in built.labels() if s.level == 1 and label.rule]
    if len(leaves) < 2:
        raise NotMeasurableError("the training part has fewer than two labelled segments")
    members: dict[str, set[str]] = {segment.id: set() for segment, _ in leaves}
    for one in built.memberships:
        if one.label in members:
            members[one.label].add(one.user_id)
    groups = find_groups(table, members)
    space = separating_ranks(table, [group.members for group in groups])
    masks = {group.id: group.members for group in groups}
    seed, seen = built.settings.seed, seen_users(table, built.settings.seed)
    part, found = table.rows(seen), []
    for segment, label in leaves:
        own = masks[segment.id][seen]
        near, tested = set_aside(
            part, own, space=space[seen], seed=seed, share=settings.held_out,
            min_group=settings.min_group,
        )  # fmt: skip
        found.append(Named(label, own, near, tested))
    return Labelled(part, found)


def _holds(table: Readable, label: Label) -> Mask:
    held = np.ones(len(table.users), dtype=np.bool_)
    for one in label.rule:
        value = float(one.value) if one.op != "==" else 1.0
        held &= Condition(one.feature, one.op, value).holds(table)
    return held


def _rules(_: Bench, data: Labelled) -> Mapping[str, Callable[[], list[Label]]]:
    own = [one.label for one in data.segments]
    return {"rules": lambda: own, "swapped": lambda: own[1:] + own[:1]}


def _judge(data: Labelled, labels: list[Label]) -> Mapping[str, Scores]:
    """Of each segment, how the label it is given does on those held out."""
    pairs = list(zip(data.segments, labels, strict=True))
    held = [_holds(data.table, label) for _, label in pairs]
    tested = np.array(
        [
            score(h, one.members & one.tested, one.near & one.tested)
            for h, (one, _) in zip(held, pairs, strict=True)
        ]
    )
    alarms = [h[one.near & one.tested].mean() for h, (one, _) in zip(held, pairs, strict=True)]
    found: dict[str, Matrix | Drawn] = {
        "precision": tested[:, 0],
        "recall": tested[:, 1],
        "beyond chance": tested[:, 1] - np.array(alarms),
        "coverage": np.array(
            [h[one.members].mean() for h, (one, _) in zip(held, pairs, strict=True)]
        ),
    }
    if all(one.label is label for one, label in pairs):
        names = [label.name.casefold() for label in labels]
        found["unique names"] = np.array([float(names.count(name) == 1) for name in names])
    for name, column in (("precision", 0), ("recall", 1)):
        known = tested[:, column]
        drawn = np.random.default_rng(0).choice(known, (DRAWS, len(known)))
        found[f"median {name}"] = Drawn(
            float(np.median(known)), np.median(drawn, axis=1), len(known)
        )
    return found


TASKS: tuple[Task[Labelled, list[Label]], ...] = (
    Task(
        name="labels",
        question="Does a segment's rule find its members and leave out their neighbours?",
        data=_labelled,
        solvers=_rules,
        scorer=_judge,
        about={
            "precision": "of a rule, on held-out members against as many nearest non-members",
            "recall": "share of held-out members that the rule finds",
            "beyond chance": "share of held-out members found less that of their neighbours",
            "coverage": "share of all members whom the rule is true of",
            "unique names": "share of names that only one segment has",
            "median precision": "of the segments' rules",
            "median recall": "of the segments' rules",
        },
        unit="segments",
    ),
)
