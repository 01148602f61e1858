"""Whether the labels of segments say something true, of their own segment and of no other.

A rule is judged on members it was not learnt from, against as many of the non-members nearest to
them: there a rule that says nothing has precision .5, and one that finds nobody 0. A fifth of a
small segment is a handful of people, so what is judged is the mean of `HOLD_OUTS` draws of them:
the label's own, and others for which its rule is learnt again. The swap test gives every segment
the rules of the next: they should then find members and neighbours alike.
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
from agent.segments.rules import Condition, Rule, learn_rule, score, set_aside
from agent.settings import LabelSettings

DRAWS = 1_000
HOLD_OUTS = 5


@dataclass(frozen=True)
class HoldOut:
    """A rule, and whom it is tested on."""

    rule: Rule
    near: Mask
    """The non-members nearest to the segment's members."""
    tested: Mask
    """Of both, who was held out when the rule was learnt."""


@dataclass(frozen=True)
class Named:
    """A labelled segment, its members, and the tests of its rule: the label's own first."""

    label: Label
    members: Mask
    tests: tuple[HoldOut, ...]


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
    masks = {group.id: group.members for group in groups}
    seed, seen = built.settings.seed, seen_users(table, built.settings.seed)
    space = separating_ranks(table, list(masks.values()))[seen]
    part, found = table.rows(seen), []
    for segment, label in leaves:
        own = masks[segment.id][seen]
        tests = [hold_out(part, own, space, settings, seed, _told(label))]
        tests += [hold_out(part, own, space, settings, seed + n) for n in range(1, HOLD_OUTS)]
        found.append(Named(label, own, tuple(tests)))
    return Labelled(part, found)


def hold_out(
    table: Readable, members: Mask, space: Matrix, settings: LabelSettings, seed: int,
    rule: Rule | None = None,
) -> HoldOut:  # fmt: skip
    """This rule, or one learnt anew, on the users that this seed holds out."""
    near, tested = set_aside(
        table, members, space=space, seed=seed, share=settings.held_out,
        min_group=settings.min_group,
    )  # fmt: skip
    if rule is None:
        rule = learn_rule(
            table, members, space=space, seed=seed, share=settings.held_out,
            min_group=settings.min_group,
        )  # fmt: skip
    return HoldOut(rule, near, tested)


def _told(label: Label) -> Rule:
    """The rule as the label tells it."""
    conditions = tuple(
        Condition(one.feature, one.op, float(one.value) if one.op != "==" else 1.0)
        for one in label.rule
    )
    return Rule(conditions, label.precision, label.recall, 0)


def _rules(_: Bench, data: Labelled) -> Mapping[str, Callable[[], list[int]]]:
    """Solver → whose rules each segment is given."""
    own = list(range(len(data.segments)))
    return {"rules": lambda: own, "swapped": lambda: own[1:] + own[:1]}


def judge(data: Labelled, whose: list[int]) -> Mapping[str, Scores]:
    """Of each segment, how the rules it is given do on those held out."""
    pairs = [(one, data.segments[other]) for one, other in zip(data.segments, whose, strict=True)]
    judged = np.array([_means(data.table, one, given) for one, given in pairs])
    found: dict[str, Matrix | Drawn] = {
        "precision": judged[:, 0],
        "recall": judged[:, 1],
        "beyond chance": judged[:, 1] - judged[:, 2],
        "coverage": judged[:, 3],
    }
    if all(one is given for one, given in pairs):
        names = [one.label.name.casefold() for one in data.segments]
        found["unique names"] = np.array([float(names.count(name) == 1) for name in names])
    for name, column in (("precision", 0), ("recall", 1)):
        known = judged[:, column]
        drawn = np.random.default_rng(0).choice(known, (DRAWS, len(known)))
        found[f"median {name}"] = Drawn(
            float(np.median(known)), np.median(drawn, axis=1), len(known)
        )
    return found


def _means(table: Readable, segment: Named, given: Named) -> list[float]:
    """Precision, recall, neighbours found and members found, over the hold-outs."""
    rows = []
    for test, other in zip(segment.tests, given.tests, strict=True):
        held = other.rule.holds(table)
        members, near = segment.members & test.tested, test.near & test.tested
        alarms = held[near].mean() if near.any() else 0.0
        rows.append([*score(held, members, near), alarms, held[segment.members].mean()])
    return [float(mean) for mean in np.mean(rows, axis=0)]


TASKS: tuple[Task[Labelled, list[int]], ...] = (
    Task(
        name="labels",
        question="Does a segment's rule find its members and leave out their neighbours?",
        data=_labelled,
        solvers=_rules,
        scorer=judge,
        about={
            "precision": "of a rule, on held-out members against as many nearest non-members, "
            f"mean of {HOLD_OUTS} draws of who is held out",
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
