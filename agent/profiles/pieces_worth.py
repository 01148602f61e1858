"""Pieces of the facts about worth and people: money, quantities, ratings, ties, attributes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from agent.profiles.names import needs_quotes, shown, written
from agent.profiles.pieces import Slots, count_of, guards, percent, share_pieces
from agent.profiles.rounding import money, number
from agent.records import Fact, Vocabulary

_ACTION_NOUN = re.compile(r"% of events are ([^()]+?) \(")
_PLACES = frozenset({"country", "region", "location", "city", "state", "county"})


def spend_pieces(fact: Fact, v: Vocabulary) -> Slots:
    total = money(fact.numbers["spend"], v.currency)
    # Without a currency a bare figure needs the word "spend" beside it.
    slots = {"total": total} if v.currency else {"bare": total}
    if "top" in fact.numbers:
        slots["top"] = percent(fact.numbers["top"])
    return slots


def median_pieces(fact: Fact, v: Vocabulary) -> Slots:
    slots = {"median": money(fact.numbers["median"], v.currency), **guards(fact, "median")}
    if "population" in fact.numbers:
        slots["pop"] = money(fact.numbers["population"], v.currency)
    return slots


def quantity_pieces(fact: Fact, v: Vocabulary) -> Slots:
    median = fact.numbers["median"]
    slots = {**guards(fact, "median"), "median": number(median)}
    slots["pieces"] = f"{number(median)} {'piece' if median == 1 else 'pieces'}"
    if "population" in fact.numbers:
        slots["pop"] = number(fact.numbers["population"])
        if median >= 12 and median >= 2 * fact.numbers["population"]:
            slots["bulk"] = ""
    if median == 1:
        slots["single"] = ""
    return slots


def returns_pieces(fact: Fact, v: Vocabulary) -> Slots:
    return {"lines": count_of(fact.numbers["lines"], v.event, v.events)}


def rating_pieces(fact: Fact, v: Vocabulary) -> Slots:
    slots = {"mean": number(fact.numbers["mean"]), **guards(fact, "mean")}
    if "population" in fact.numbers:
        slots["pop"] = number(fact.numbers["population"])
    if "count" in fact.numbers:
        slots["count"] = count_of(fact.numbers["count"], "rating", "ratings")
    return slots | ({fact.names["side"]: ""} if "side" in fact.names else {})


def channel_pieces(fact: Fact, v: Vocabulary) -> Slots:
    return {**share_pieces(fact), "name": written(fact.names["channel"])}


def action_pieces(fact: Fact, v: Vocabulary) -> Slots:
    told = _ACTION_NOUN.search(fact.text)
    return {**share_pieces(fact), "names": told.group(1) if told else written(fact.names["action"])}


def ties_pieces(fact: Fact, v: Vocabulary) -> Slots:
    n = fact.numbers
    slots = {"people": count_of(n["people"], "person", "people")}
    slots["several" if n["people"] > 1 else "alone"] = ""
    if "person" in fact.names:
        person = shown(fact.names["person"])
        slots["person"] = f"user {person}" if needs_quotes(person) else person
    if "top" in n and "total" in n:
        slots["top"] = number(n["top"])
        slots["total"] = number(n["total"])
    return slots


def audience_pieces(fact: Fact, v: Vocabulary) -> Slots:
    slots = {"people": count_of(fact.numbers["people"], "person", "people")}
    slots |= guards(fact, "people")
    if "population" in fact.numbers:
        slots["pop"] = number(fact.numbers["population"])
    return slots | {"alone" if fact.numbers["people"] == 1 else "several": ""}


def attribute_words(names: Mapping[str, str]) -> tuple[str, str]:
    """An attribute's name and value as prose writes them: `signup_year` → `signup year`."""
    return shown(names["attribute"]).replace("_", " "), shown(names["value"])


def attribute_pieces(fact: Fact, v: Vocabulary) -> Slots:
    name, value = attribute_words(fact.names)
    slots = {"pair": f"{name} {value}"}
    if not needs_quotes(value):
        slots["value"] = value
        if name.casefold() in _PLACES:
            slots["place"] = value
    if "population" in fact.numbers:
        slots["pop"] = percent(fact.numbers["population"])
    return slots
