"""Siblings as a writer meets them: each with its facts and possible names, a few at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agent.records import Fact, Predicate, Vocabulary
from agent.segments.choosing import Name
from agent.segments.portraits import Portrait

MOST_TOGETHER = 3
"""Siblings in one request: with the facts of more a context of 2,048 tokens would overflow."""


@dataclass(frozen=True)
class Subject:
    """One segment to be labelled. The first of `names` is what the others know it by meanwhile."""

    portrait: Portrait
    names: tuple[Name, ...]
    facts: tuple[Fact, ...]
    cited: Mapping[str, str]
    """Feature → the id of the fact that tells it."""
    rule: tuple[Predicate, ...]

    @property
    def id(self) -> str:
        return self.portrait.id


@dataclass(frozen=True)
class Family:
    """Siblings that are labelled together."""

    subjects: tuple[Subject, ...]
    called: Mapping[str, str]
    """Working names of all segments of their level, by id."""
    vocabulary: Vocabulary


def families_of(
    subjects: Sequence[Subject],
    parents: Mapping[str, str | None],
    called: Mapping[str, str],
    vocabulary: Vocabulary,
) -> list[Family]:
    """Children of one parent together, and together those that stand alone; in even groups.

    In the order of their ids; a group has at most `MOST_TOGETHER` members.
    """
    by_parent: dict[str, list[Subject]] = {}
    for subject in sorted(subjects, key=lambda s: s.id):
        by_parent.setdefault(parents.get(subject.id) or "", []).append(subject)
    return [
        Family(tuple(group), called, vocabulary)
        for _, siblings in sorted(by_parent.items())
        for group in _even(siblings)
    ]


def _even(siblings: Sequence[Subject]) -> list[Sequence[Subject]]:
    """Four as two and two rather than three and one."""
    count = -(-len(siblings) // MOST_TOGETHER)
    bounds = [round(i * len(siblings) / count) for i in range(count + 1)]
    return [siblings[a:b] for a, b in pairwise(bounds)]
