"""Pieces of the facts about tastes: categories, opinions, items, shifts, breadth, words."""

from __future__ import annotations

import re

from agent.profiles.names import shown, written
from agent.profiles.pieces import (
    Slots,
    count_of,
    listed,
    moving_pieces,
    percent,
    rows_of,
    share_pieces,
)
from agent.profiles.rounding import counted, number
from agent.records import Fact, Vocabulary

_SHARE_NOUN = re.compile(r"% of ([^\W\d_]+)")


def category_pieces(fact: Fact, v: Vocabulary) -> Slots:
    slots = {**share_pieces(fact), "name": written(fact.names["category"])}
    if "lift" in fact.numbers:
        lift = fact.numbers["lift"]
        slots["lift"] = "twice" if lift == 2 else f"{number(lift)} times"
    if "count" in fact.numbers:
        slots["count"] = count_of(fact.numbers["count"], *rows_of(fact, v))
    return slots


def opinion_pieces(fact: Fact, v: Vocabulary) -> Slots:
    n = fact.numbers
    slots = {"name": written(fact.names["category"]), "mean": number(n["mean"])}
    if "own" in n:
        slots["own"] = number(n["own"])
    if "count" in n:
        slots["count"] = count_of(n["count"], "rating", "ratings")
    return slots | ({fact.names["side"]: ""} if "side" in fact.names else {})


def items_pieces(fact: Fact, v: Vocabulary) -> Slots:
    names = [written(fact.names[k]) for k in ("item1", "item2", "item3") if k in fact.names]
    if not names:
        return {}
    slots = {"names": listed(names), "first": names[0], "two": listed(names[:2])}
    if len(names) > 1:
        slots["rest"] = listed(names[1:])
    for key in ("count", "rating"):
        figures = [fact.numbers.get(f"{key}{i + 1}") for i in range(len(names))]
        known = [f for f in figures if f is not None]
        if len(known) < len(names):
            continue
        if key == "count":
            first = count_of(known[0], v.visit, v.visits)
            texts = [number(n) for n in known]
            slots |= {"n1": first, "often": ""}
            if known[0] > 1 and len(names) > 1:
                pairs = zip(names, [first, *texts[1:]], strict=True)
                slots["counts"] = listed([f"{name} ({n})" for name, n in pairs])
                on = "on" if v.visit == "day" else "in"
                inline = [f"{names[0]} {on} {number(known[0])} {v.visits}"]
                inline += [f"{m} {on} {n}" for m, n in zip(names[1:], texts[1:], strict=True)]
                slots["inline"] = listed(inline)
        else:
            rated = zip(names, known, strict=True)
            slots["rated"] = ""
            slots["ratings"] = listed([f"{name} ({number(r)})" for name, r in rated])
            if len(set(known)) == 1:
                slots["mark"] = number(known[0])
    if "n1" not in slots and "ratings" not in slots:
        slots |= {"among": slots["names"], "oneoff": ""}
        if fact.text.startswith("among"):
            slots["partly"] = ""
    return slots


def shift_pieces(fact: Fact, v: Vocabulary) -> Slots:
    noun = _SHARE_NOUN.search(fact.text)
    slots = {key: percent(fact.numbers[key]) for key in ("before", "after")}
    slots["name"] = written(fact.names["category"])
    if noun:
        slots["of"] = noun.group(1)
    return moving_pieces(fact, slots)


def breadth_pieces(fact: Fact, v: Vocabulary) -> Slots:
    items, events = fact.numbers["items"], fact.numbers.get("events")
    slots = {"n": number(items)}
    slots["different"] = f"{counted(items)} different {v.item if items == 1 else v.items}"
    if events is not None:
        slots["events"] = count_of(events, *rows_of(fact, v))
        if events >= 4 * items:
            slots["narrow"] = ""
    return slots


def tail_pieces(fact: Fact, v: Vocabulary) -> Slots:
    limit = fact.numbers.get("limit")
    return {**share_pieces(fact), **({"limit": number(limit)} if limit is not None else {})}


def words_pieces(fact: Fact, v: Vocabulary) -> Slots:
    words = [shown(fact.names[k]) for k in ("word1", "word2", "word3") if k in fact.names]
    counts = [fact.numbers.get(f"count{i + 1}") for i in range(len(words))]
    slots = {"names": listed([f"“{word}”" for word in words]), "first": f"“{words[0]}”"}
    known = [c for c in counts if c is not None]
    if len(known) == len(words):
        pairs = zip(words, known, strict=True)
        slots["counts"] = listed([f"“{w}” ({number(c)})" for w, c in pairs])
        slots["n1"] = "once" if known[0] == 1 else f"{number(known[0])} times"
    # Which frames fit: what somebody looked for is not what they wrote.
    slots["searched" if fact.text.startswith("searched") else "typed"] = ""
    return slots
