"""What a fact about a group lets a sentence say: shares of members, bounds, a sibling's figure.

A segment's facts (`S2`) and the conditions of its rule (`R1`) hold more than one side: the
members' own figure, everybody else's, that of a sibling called by its name, and a bound that so
many members keep. A sentence must not mix them up.
"""

from __future__ import annotations

import re
from typing import Literal

from agent.records import Fact

GroupRole = Literal["own", "population", "rival", "at least", "at most", "more than", "less than"]

BOUNDS = frozenset({"at least", "at most", "more than", "less than"})

OF_PEOPLE = "people share"
"""The unit of a share of members or others, which a share of spend must not pass for."""

_UNITS = {
    **{"share": "percent", "top_share": "percent", "reciprocity": "percent"},
    **{"visits": "visits", "events": "events", "items": "items", "people": "people"},
    **{"span_days": "days", "median_gap_days": "days", "silent_days": "days"},
    **{"mean": "rating", "spread": "rating", "spend": "money", "median": "money"},
    "users": "people",
}
_OWN_KEYS = frozenset(_UNITS)
_BOUND_KEY = re.compile(r"(\w+)_(at_least|at_most|more_than|less_than)")
_ENTRY_KEY = re.compile(r"(members|others)(\d)")


def is_group(fact: Fact) -> bool:
    """Whether the fact is one of a segment's (`S2`) or of its rule's (`R1`)."""
    return fact.id[:1] in ("S", "R") and fact.id[1:].isdecimal()


def group_figures(fact: Fact) -> list[tuple[float, str, GroupRole, int]]:
    """Every number of the fact as value, unit, whose it is, and its place in a list of entries.

    `population` and `rival` are in the unit of the members' own figure; a key such as
    `share_at_least` holds a bound in the unit of `share`.
    """
    found: list[tuple[float, str, GroupRole, int]] = []
    own = next((_unit(fact, key) for key in fact.numbers if key in _OWN_KEYS), ())
    for key, value in fact.numbers.items():
        bound, entry = _BOUND_KEY.fullmatch(key), _ENTRY_KEY.fullmatch(key)
        if key in ("population", "rival"):
            role: GroupRole = "population" if key == "population" else "rival"
            found += [(value, unit, role, 0) for unit in own]
        elif key == "covered":
            found.append((value, OF_PEOPLE, "own", 0))
        elif bound:
            limit: GroupRole = bound[2].replace("_", " ")  # type: ignore[assignment]
            found += [(value, unit, limit, 0) for unit in _unit(fact, bound[1])]
        elif entry:
            role = "own" if entry[1] == "members" else "population"
            found.append((value, OF_PEOPLE, role, int(entry[2])))
        elif key in _OWN_KEYS:
            found += [(value, unit, "own", 0) for unit in _unit(fact, key)]
    return found


def _unit(fact: Fact, key: str) -> tuple[str, ...]:
    if key == "median" and fact.kind == "quantity":
        return ("pieces",)
    if key == "share" and fact.kind in ("attribute", "totals"):
        return (OF_PEOPLE,)
    return (_UNITS[key],)


def without_rival(fact: Fact) -> str:
    """The fact's text less the sibling's name, whose words are not said of the members."""
    rival = fact.names.get("rival", "")
    return fact.text.replace(f"{rival}: ", " ") if rival else fact.text
