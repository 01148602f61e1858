"""What all tellers of facts share: counts, shares, sides, dates and changes as printable pieces."""

from __future__ import annotations

import re

from agent.profiles.rounding import (
    CHANGES,
    FRACTIONS,
    MONTHS,
    counted,
    iso_date,
    number,
    tenths,
    words_for,
)
from agent.records import Fact, Vocabulary

Slots = dict[str, str]
"""Piece → its text; an empty text is a guard, there only to say that something is true."""

_SHARE_NOUN = re.compile(r"% of ([^\W\d_]+)")
_PLURAL_VERBS = {"goes": "go", "comes": "come", "is": "are"}
_WORD = re.compile(r"[^\W\d_]+")


def day(iso: str) -> str:
    """`2010-12-05` → `5 December 2010`."""
    date = iso_date(iso)
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}" if date else iso


def month(iso: str) -> str:
    """`2010-12-05` → `December 2010`."""
    date = iso_date(iso)
    return f"{MONTHS[date.month - 1]} {date.year}" if date else iso


def listed(parts: list[str]) -> str:
    """`a, b and c`."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def count_of(value: float, one: str, many: str) -> str:
    return f"{counted(value)} {one if value == 1 else many}"


def rows_of(fact: Fact, v: Vocabulary) -> tuple[str, str]:
    """What the fact calls its rows: a buyer's `line`, or `event` of somebody who only looks."""
    words = set(_WORD.findall(fact.text))
    return (v.event, v.events) if words & {v.event, v.events} else ("event", "events")


def percent(value: float) -> str:
    return f"{number(value)} %"


def guards(fact: Fact, own: str) -> Slots:
    """Empty slots that say on which side of the population a figure stands."""
    figure, other = fact.numbers.get(own), fact.numbers.get("population")
    if figure is None or other is None:
        return {}
    sides = {"more": figure > other, "less": figure < other}
    return {side: "" for side, true in sides.items() if true}


def share_pieces(fact: Fact) -> Slots:
    """Pieces of a share with its population; the noun it is a share of is the fact's own."""
    share, population = fact.numbers["share"], fact.numbers.get("population")
    noun = _SHARE_NOUN.search(fact.text)
    slots = {"share": percent(share), **guards(fact, "share")}
    if population is not None:
        slots["pop"] = percent(population)
    if noun:
        of = noun.group(1)
        slots["of"] = of
        single = of in ("spend", "activity")
        slots |= {"goes": "goes", "comes": "comes", "is": "is"} if single else _PLURAL_VERBS
    # Frames go on with `of`: `half of lines` reads well, `nearly all of lines` does not.
    fractions = [word for word in words_for(share, FRACTIONS) if not word.endswith("all")]
    if fractions:
        slots["part"] = fractions[0]
    tenth = tenths(share)
    if tenth:
        slots["tenths"] = f"{counted(tenth)} in ten"
    if share >= 50:
        slots["mostly"] = ""
    if share == 100:
        slots["all"] = ""
    return slots


def moving_pieces(fact: Fact, slots: Slots) -> Slots:
    before, after = fact.numbers["before"], fact.numbers["after"]
    if fact.direction:
        slots[fact.direction] = ""
    if before > 0 and fact.direction in ("rising", "falling"):
        for word in words_for(after / before, CHANGES):
            slots[word] = ""
    if "middle" in fact.names:
        slots |= {"middle": day(fact.names["middle"]), "month": month(fact.names["middle"])}
    return slots
