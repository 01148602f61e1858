"""Pieces of the facts about time: totals, silence, cadence, hours, days, seasons, trends."""

from __future__ import annotations

import re

from agent.profiles.pieces import (
    Slots,
    count_of,
    day,
    guards,
    month,
    moving_pieces,
    rows_of,
    share_pieces,
)
from agent.profiles.rounding import CADENCES, counted, iso_date, money, number, words_for
from agent.records import Fact, Vocabulary

_TREND_NOUN = re.compile(r"^([^\W\d_]+) ")
_WHEN = {"night": "at night", "weekend": "at the weekend"}


def totals_pieces(fact: Fact, v: Vocabulary) -> Slots:
    events, visits = fact.numbers.get("events"), fact.numbers.get("visits")
    slots: Slots = {}
    if events is not None:
        slots["events"] = count_of(events, *rows_of(fact, v))
        slots["few" if events <= 3 else "several"] = ""
        slots["count"] = slots["events"]
        if events > 1:
            slots["plural"] = ""
    over = _span(fact)
    if over:
        slots["over"] = over
    if visits is not None:
        slots["visits"] = count_of(visits, v.visit, v.visits)
        slots["spread"] = f"{'on' if v.visit == 'day' else 'in'} {slots['visits']}"
        if visits > 1 and (events or 0) > 3:
            slots["many"] = ""
    first, last = fact.names.get("first"), fact.names.get("last")
    if first and last:
        slots |= {"first": day(first), "last": day(last)}
        if month(first) != month(last):
            slots |= {"from": month(first), "to": month(last)}
        elif day(first) != day(last):
            slots["in"] = month(first)
        else:
            slots["on"] = day(first)
    elif first or last:
        slots["on"] = day(first or last or "")
    else:
        slots["undated"] = ""
    if "on" in slots:
        slots["single"] = ""
    return slots


def _span(fact: Fact) -> str:
    """How long the user has been seen: `across eleven months`; nothing where it is not clear."""
    first, last = (iso_date(fact.names.get(role, "")) for role in ("first", "last"))
    if first is None or last is None:
        return ""
    days = (last - first).days
    years = round(days / 365.25)
    if years >= 2 and abs(days - 365.25 * years) <= 45:
        return f"across {counted(years)} years"
    months = round(days / 30.44)
    if 2 <= months <= 18 and abs(days - 30.44 * months) <= 8:
        return f"across {counted(months)} months"
    return ""


def recency_pieces(fact: Fact, v: Vocabulary) -> Slots:
    last, end = fact.names.get("last", ""), fact.names.get("end", "")
    slots = {"last": day(last), "month": month(last), "end": day(end)}
    if month(last) != month(end):
        slots["tomonth"] = month(end)
    return slots


def cadence_pieces(fact: Fact, v: Vocabulary) -> Slots:
    gap = fact.numbers["median_gap_days"]
    if gap < 1:
        return {"same": ""}
    slots = {
        **{
            "gap": count_of(gap, "day", "days"),
            "days": "day" if gap == 1 else f"{number(gap)} days",
        },
        **guards(fact, "median_gap_days"),
    }
    # A median of a day comes from bursts as well: hardly anybody comes every day.
    words = [word for word in words_for(gap, CADENCES) if " " in word and word != "every day"]
    if words:
        slots["word"] = words[0]
    weeks, months = round(gap / 7), round(gap / 30.44)
    if 3 <= weeks <= 7 and abs(weeks * 7 - gap) <= 0.1 * gap:
        slots["rough"] = f"{counted(weeks)} weeks"
    elif 2 <= months <= 11 and abs(months * 30.44 - gap) <= 0.1 * gap:
        slots["rough"] = f"{counted(months)} months"
    if "population" in fact.numbers:
        slots["pop"] = number(fact.numbers["population"])
    return slots


def daypart_pieces(fact: Fact, v: Vocabulary) -> Slots:
    part = fact.names["daypart"]
    slots = {**share_pieces(fact), "name": part, "names": part + "s"}
    slots["when"] = _WHEN.get(part, f"in the {part}")
    if "hours" in fact.names:
        slots["hours"] = fact.names["hours"]
    return slots


def weekpart_pieces(fact: Fact, v: Vocabulary) -> Slots:
    part = fact.names["weekpart"]
    return {**share_pieces(fact), "names": part + "s", "when": _WHEN.get(part, f"on {part}s")}


def season_pieces(fact: Fact, v: Vocabulary) -> Slots:
    return {**share_pieces(fact), "name": fact.names["season"]}


def trend_pieces(fact: Fact, v: Vocabulary) -> Slots:
    noun = _TREND_NOUN.search(fact.text)
    what = noun.group(1).casefold() if noun else v.share_of

    def amount(value: float) -> str:
        return money(value, v.currency) if what == "spend" else number(value)

    slots = {"what": what, "is": "is" if what == "spend" else "are"}
    slots["has"] = "has" if what == "spend" else "have"
    slots |= {key: amount(fact.numbers[key]) for key in ("before", "after")}
    slots["rate"] = f"{slots['before']} {what}"
    if what == "spend":
        slots["rate"] = slots["before"] if v.currency else f"a spend of {slots['before']}"
    return moving_pieces(fact, slots)
