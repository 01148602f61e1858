"""What a fact lets a sentence say: figures with unit and role, names, dates, direction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from agent.profiles.groups import GroupRole, group_figures, is_group, without_rival
from agent.profiles.names import Tokens, folded, needs_quotes, shown, stem
from agent.profiles.pieces_worth import attribute_words
from agent.profiles.rounding import MONTHS, iso_date
from agent.records import Fact

Role = Literal["own", "population", "before", "after", "limit"] | GroupRole

FIGURES: dict[str, dict[str, tuple[str, Role]]] = {
    "totals": {"events": ("events", "own"), "visits": ("visits", "own")},
    "cadence": {"median_gap_days": ("days", "own"), "population": ("days", "population")},
    "daypart": {"share": ("percent", "own"), "population": ("percent", "population")},
    "weekpart": {"share": ("percent", "own"), "population": ("percent", "population")},
    "season": {"share": ("percent", "own"), "population": ("percent", "population")},
    "category": {
        **{"share": ("percent", "own"), "population": ("percent", "population")},
        **{"lift": ("lift", "own"), "count": ("events", "own")},
    },
    "opinion": {
        **{"mean": ("rating", "own"), "own": ("rating", "population")},
        "count": ("events", "own"),
    },
    "items": {
        **{f"count{i}": ("visits", "own") for i in (1, 2, 3)},
        **{f"rating{i}": ("rating", "own") for i in (1, 2, 3)},
    },
    "trend": {"before": ("measure", "before"), "after": ("measure", "after")},
    "shift": {"before": ("percent", "before"), "after": ("percent", "after")},
    "spend": {"spend": ("money", "own"), "top": ("top", "own")},
    "basket": {"median": ("money", "own"), "population": ("money", "population")},
    "quantity": {"median": ("pieces", "own"), "population": ("pieces", "population")},
    "price": {"median": ("money", "own"), "population": ("money", "population")},
    "breadth": {"items": ("items", "own"), "events": ("events", "own")},
    "repeat": {"share": ("percent", "own"), "population": ("percent", "population")},
    "tail": {
        **{"share": ("percent", "own"), "population": ("percent", "population")},
        "limit": ("people", "limit"),
    },
    "returns": {"lines": ("events", "own")},
    "rating": {
        **{"mean": ("rating", "own"), "population": ("rating", "population")},
        "count": ("events", "own"),
    },
    "channel": {"share": ("percent", "own"), "population": ("percent", "population")},
    "action": {"share": ("percent", "own"), "population": ("percent", "population")},
    "words": {f"count{i}": ("uses", "own") for i in (1, 2, 3)},
    "ties": {
        **{"people": ("people", "own"), "top": ("events", "own")},
        "total": ("events", "own"),
    },
    "audience": {"people": ("people", "own"), "population": ("people", "population")},
    "attribute": {"population": ("percent", "population")},
}
"""Kind → key of `numbers` → its unit and whose it is. `measure` is what the text begins with."""

_MEASURES = {"spend": "money", "pieces": "pieces"}
_DATE_ROLES = {"first", "last", "middle", "end"}
_PLAIN_ROLES = {"side", "hours", "daypart", "weekpart", "season"}
"""Roles whose words are ordinary prose: they are judged as words, never hidden as names."""
_WORD = re.compile(r"[^\W\d_]+")


class Figure(NamedTuple):
    """One number of a fact. `place` is 1–3 for the figures of a list's entries, else 0."""

    value: float
    unit: str
    role: Role
    kind: str
    fact: int
    place: int


class Name(NamedTuple):
    """One name of a fact, by the tokens it is recognised by."""

    form: Tokens
    quoted: bool
    kind: str
    """The fact's, or `rival` for the name of a segment that its segment is compared with."""
    fact: int
    place: int
    cased: str = ""
    """How it must be written, capitals included, where it is made of ordinary words."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything one fact supports."""

    index: int
    """By which its figures and names point back to it."""
    fact: Fact
    figures: tuple[Figure, ...]
    names: tuple[Name, ...]
    dates: tuple[tuple[str, date], ...]
    words: frozenset[str]
    """Stems of all words of its text and names."""

    @property
    def group(self) -> bool:
        """Whether the fact is about a group, whose sentences tell sides apart."""
        return is_group(self.fact)

    @property
    def rule(self) -> bool:
        """Whether the fact is a condition of a rule, which says who is meant, not how many."""
        return self.group and self.fact.id.startswith("R")

    def compared(self, role: Role = "population") -> int:
        """+1 if the own figure is above the one it is compared with, -1 below, 0 neither."""
        own = [f.value for f in self.figures if f.role == "own" and f.place == 0]
        other = [f.value for f in self.figures if f.role == role]
        return (own[0] > other[0]) - (own[0] < other[0]) if own and other else 0


def standing(fact: Fact, index: int = 0) -> Standing:
    """Reads off a fact what it supports; `index` tells it from others read beside it."""
    figures = [
        Figure(value, unit, role, fact.kind, index, place)
        for value, unit, role, place in _figures(fact)
    ]
    names, dates = [], []
    words = {stem(word.casefold()) for word in _WORD.findall(without_rival(fact))}
    for role_name, name in fact.names.items():
        if role_name == "rival":
            names.append(Name(folded(name), False, "rival", index, 0, cased=name))
            continue
        words |= _stems(name)
        if role_name in _DATE_ROLES:
            day = iso_date(name)
            if day is not None:
                dates.append((role_name, day))
                words.add(stem(MONTHS[day.month - 1].casefold()))
        elif role_name not in _PLAIN_ROLES:
            place = int(role_name[-1]) if role_name[-1].isdigit() else 0
            quoted = needs_quotes(shown(name))
            for form in _forms(name):
                names.append(Name(form, quoted, fact.kind, index, place))
    for phrase in _phrases(fact):
        names.append(Name(folded(phrase), False, fact.kind, index, 0))
    return Standing(index, fact, tuple(figures), tuple(names), tuple(dates), frozenset(words))


@lru_cache(maxsize=65_536)
def _stems(name: str) -> frozenset[str]:
    """Of the words of a name, which many users' facts share."""
    return frozenset(stem(word.casefold()) for word in _WORD.findall(name))


@lru_cache(maxsize=65_536)
def _forms(name: str) -> tuple[Tokens, ...]:
    """The tokens of a name as it is and as it is shown, where they differ."""
    return tuple(dict.fromkeys(form for form in (folded(name), folded(shown(name))) if form))


def _figures(fact: Fact) -> Iterator[tuple[float, str, Role, int]]:
    """Every number as value, unit, whose it is, and its place in a list of entries."""
    if is_group(fact):
        yield from group_figures(fact)
        return
    for key, value in fact.numbers.items():
        unit, role = FIGURES[fact.kind].get(key, ("", "own"))
        if unit == "measure":
            unit = _MEASURES.get(fact.text.partition(" ")[0].casefold(), "events")
        if unit:
            yield value, unit, role, int(key[-1]) if key[-1].isdigit() else 0


def _phrases(fact: Fact) -> list[str]:
    """Names that a word beside them tells from figures: `signup year 2019`, `user 444`."""
    if fact.kind == "attribute":
        name, value = attribute_words(fact.names)
        return [f"{name} {value}", f"{name}: {value}", f"{value} {name}"]
    if fact.kind == "ties" and "person" in fact.names:
        return [f"user {shown(fact.names['person'])}"]
    return []


def standings(facts: Sequence[Fact]) -> list[Standing]:
    """`standing` of each fact, in order."""
    return [standing(fact, i) for i, fact in enumerate(facts)]
