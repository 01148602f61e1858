"""a tool call in the making: whom a question speaks of, how many it wants, by what it measures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from agent.chat import patterns as p
from agent.chat.criteria import criteria
from agent.chat.demonyms import PLACES, plural
from agent.chat.desk import Desk
from agent.chat.question import Question
from agent.chat.world import NOWHERE
from agent.profiles.names import folded, stem


@dataclass(frozen=True)
class Call:
    """A tool and what it is to be called with."""

    tool: str
    arguments: dict[str, Any]


def read_audience(q: Question, desk: Desk) -> dict[str, Any]:
    """The segment and conditions of an audience."""
    segment = whom(q)
    asked = criteria(q, desk)
    if segment in q.meant:
        # The words that mean a segment ask for nothing more of its members.
        name = {stem(word) for word in folded(desk.world.segments[segment].name)}
        asked = [one for one in asked if not _in_name(one.feature, name)]
    return {"segment": segment, "conditions": [one.model_dump() for one in asked]}


def _in_name(feature: str, name: set[str]) -> bool:
    kind, _, category = feature.partition(":")
    return kind == "category" and {stem(word) for word in folded(category)} <= name


def whom(q: Question) -> str | None:
    """The segment that is named or meant, or the users of none."""
    return meant_segment(q) or (NOWHERE if q.has(p.NOISE) else None)


def asked_attributes(q: Question, desk: Desk) -> list[str]:
    """Declared attributes that are named as such: `per region`, `which plan`."""
    names = desk.names.attributes()
    asked = [name for name in names if _named(name, q)]
    places = [name for name in names if name in PLACES]
    if (
        not asked
        and len(places) == 1
        and (_LIVING.search(q.bare) or any(_named(w, q) for w in PLACES))
    ):
        asked = places  # `which market` asks for the one attribute that says where people are
    left_out = _EXCEPT.search(q.bare) is not None
    return [
        name
        for name in asked
        if left_out or not any(f.startswith(f"attribute:{name}=") for f in q.values)
    ]


_SUPERLATIVE = re.compile(r"\b(largest|biggest|smallest) (?:segment|group)\b(?! by\b)")
_LIVING = re.compile(r"^(?:and )?where\b.{0,40}\b(?:live|based|from|located|come from)\b")
_EXCEPT = re.compile(
    r"\b(?:outside|besides?|except|excluding|other than|apart from|after|without|not counting)\b"
)


def _named(name: str, q: Question) -> bool:
    pattern = rf"\b(?:{re.escape(name)}|{re.escape(plural(name))})\b"
    return p.compiled(pattern).search(q.bare) is not None


def meant_segment(q: Question) -> str | None:
    """The segment that is named, or meant by `the dog food people`."""
    return next(iter((*q.segments, *q.meant)), None)


def ranked_segment(q: Question, desk: Desk) -> str | None:
    """`the largest segment`, `our second smallest group`, where something is asked of just that."""
    found = _SUPERLATIVE.search(q.bare)
    if found is None:
        return None
    order = 1 if found[1] == "smallest" else -1
    leaves = desk.world.leaves
    ranked = sorted(leaves, key=lambda one: (order * leaves[one].size, one))
    place = (q.ordinal or 1) - 1
    return ranked[place] if place < len(ranked) else None


def asked_count(q: Question) -> dict[str, int]:
    """The argument `count`, where a number is asked for."""
    return {"count": q.count} if q.count else {}


def known_features(q: Question, desk: Desk) -> list[str]:
    """Measures, categories and declared values that are named and that the run has."""
    return [f for f in (*q.features, *q.values) if f in desk.world.table.column]
