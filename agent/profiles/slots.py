"""The printable pieces of a fact: what the frames of sentences and headlines may fill in.

A piece that is not true of a fact is left out, and a frame that asks for it cannot be used: a
frame with the (empty) piece `{halved}` is only ever told of a halving.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from agent.profiles.names import shown, written
from agent.profiles.rounding import (
    CADENCES,
    CHANGES,
    FRACTIONS,
    MONTHS,
    counted,
    iso_date,
    money,
    number,
    tenths,
    words_for,
)
from agent.records import Fact, Vocabulary

Slots = dict[str, str]

_PRESENT = {"bought": "buys", "rated": "rates", "wrote in": "writes in", "used": "uses"}
_SHARE_NOUN = re.compile(r"% of ([^\W\d_]+)")
_PLURAL_VERBS = {"goes": "go", "comes": "come", "is": "are"}
_WORD = re.compile(r"[^\W\d_]+")
_TREND_NOUN = re.compile(r"^([^\W\d_]+) ")
_ACTION_NOUN = re.compile(r"% of events are ([^()]+?) \(")
_WHEN = {"night": "at night", "weekend": "at the weekend"}


def common_slots(v: Vocabulary) -> Slots:
    """Words every frame may use: the vocabulary's nouns and verbs, and the domain as a guard."""
    slots = {
        **{"did": v.did, "doing": v.doing, "item": v.item, "items": v.items},
        **{"event": v.event, "events": v.events, "visit": v.visit, "visits": v.visits},
        **{"a_visit": _a(v.visit), "a_item": _a(v.item), "of": v.share_of},
        **{"on_visit": "on" if v.visit == "day" else "in", },
    }
    if v.domain != "events":
        slots[v.domain] = ""
    if v.did in _PRESENT:
        slots["does"] = _PRESENT[v.did]
    return slots


def slots_of(fact: Fact, v: Vocabulary) -> Slots:
    """The pieces of one fact; empty if it lacks what it takes to tell it."""
    return _PIECES[fact.kind](fact, v)


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


def _a(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def _count(value: float, one: str, many: str) -> str:
    return f"{counted(value)} {one if value == 1 else many}"


def _rows(fact: Fact, v: Vocabulary) -> tuple[str, str]:
    """What the fact calls its rows: a buyer's `line`, or `event` of somebody who only looks."""
    words = set(_WORD.findall(fact.text))
    return (v.event, v.events) if words & {v.event, v.events} else ("event", "events")


def _percent(value: float) -> str:
    return f"{number(value)} %"


def _guards(fact: Fact, own: str) -> Slots:
    """Empty slots that say on which side of the population a figure stands."""
    figure, other = fact.numbers.get(own), fact.numbers.get("population")
    if figure is None or other is None:
        return {}
    sides = {"more": figure > other, "less": figure < other}
    return {side: "" for side, true in sides.items() if true}


def _share(fact: Fact) -> Slots:
    """Pieces of a share with its population; the noun it is a share of is the fact's own."""
    share, population = fact.numbers["share"], fact.numbers.get("population")
    noun = _SHARE_NOUN.search(fact.text)
    slots = {"share": _percent(share), **_guards(fact, "share")}
    if population is not None:
        slots["pop"] = _percent(population)
    if noun:
        of = noun.group(1)
        slots["of"] = of
        single = of in ("spend", "activity")
        slots |= {"goes": "goes", "comes": "comes", "is": "is"} if single else _PLURAL_VERBS
    fractions = words_for(share, FRACTIONS)
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


def _totals(fact: Fact, v: Vocabulary) -> Slots:
    events, visits = fact.numbers.get("events"), fact.numbers.get("visits")
    slots: Slots = {}
    if events is not None:
        slots["events"] = _count(events, *_rows(fact, v))
        slots["few" if events <= 3 else "several"] = ""
        if events == 1:
            slots["one"] = ""
    if visits is not None:
        slots["visits"] = _count(visits, v.visit, v.visits)
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
    return slots


def _recency(fact: Fact, v: Vocabulary) -> Slots:
    last, end = fact.names.get("last", ""), fact.names.get("end", "")
    slots = {"last": day(last), "month": month(last), "end": day(end)}
    if month(last) != month(end):
        slots["tomonth"] = month(end)
    return slots


def _cadence(fact: Fact, v: Vocabulary) -> Slots:
    gap = fact.numbers["median_gap_days"]
    if gap < 1:
        return {"same": ""}
    slots = {
        **{"gap": _count(gap, "day", "days"), "days": "day" if gap == 1 else f"{number(gap)} days"},
        **_guards(fact, "median_gap_days"),
    }
    words = [word for word in words_for(gap, CADENCES) if " " in word]
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


def _daypart(fact: Fact, v: Vocabulary) -> Slots:
    part = fact.names["daypart"]
    slots = {**_share(fact), "name": part, "names": part + "s"}
    slots["when"] = _WHEN.get(part, f"in the {part}")
    if "hours" in fact.names:
        slots["hours"] = fact.names["hours"]
    return slots


def _weekpart(fact: Fact, v: Vocabulary) -> Slots:
    part = fact.names["weekpart"]
    return {**_share(fact), "names": part + "s", "when": _WHEN.get(part, f"on {part}s")}


def _season(fact: Fact, v: Vocabulary) -> Slots:
    return {**_share(fact), "name": fact.names["season"]}


def _category(fact: Fact, v: Vocabulary) -> Slots:
    slots = {**_share(fact), "name": written(fact.names["category"])}
    if "lift" in fact.numbers:
        lift = fact.numbers["lift"]
        slots["lift"] = "twice" if lift == 2 else f"{number(lift)} times"
    if "count" in fact.numbers:
        slots["count"] = _count(fact.numbers["count"], *_rows(fact, v))
    return slots


def _opinion(fact: Fact, v: Vocabulary) -> Slots:
    n = fact.numbers
    slots = {"name": written(fact.names["category"]), "mean": number(n["mean"])}
    if "own" in n:
        slots["own"] = number(n["own"])
    if "count" in n:
        slots["count"] = _count(n["count"], v.event, v.events)
    return slots | ({fact.names["side"]: ""} if "side" in fact.names else {})


def _items(fact: Fact, v: Vocabulary) -> Slots:
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
            first = _count(known[0], v.visit, v.visits)
            texts = [number(n) for n in known]
            slots["n1"] = first
            if known[0] > 1 and len(names) > 1:
                pairs = zip(names, [first, *texts[1:]], strict=True)
                slots["counts"] = listed([f"{name} ({n})" for name, n in pairs])
                on = "on" if v.visit == "day" else "in"
                inline = [f"{names[0]} {on} {number(known[0])} {v.visits}"]
                inline += [f"{m} {on} {n}" for m, n in zip(names[1:], texts[1:], strict=True)]
                slots["inline"] = listed(inline)
        else:
            pairs = zip(names, known, strict=True)
            slots["rated"] = ""
            slots["ratings"] = listed([f"{name} ({number(r)})" for name, r in pairs])
            if len(set(known)) == 1:
                slots["mark"] = number(known[0])
    if "n1" not in slots and "ratings" not in slots:
        slots |= {"among": slots["names"], "oneoff": ""}
    return slots


def _moving(fact: Fact, slots: Slots) -> Slots:
    before, after = fact.numbers["before"], fact.numbers["after"]
    if fact.direction:
        slots[fact.direction] = ""
    if before > 0 and fact.direction in ("rising", "falling"):
        for word in words_for(after / before, CHANGES):
            slots[word] = ""
    if "middle" in fact.names:
        slots |= {"middle": day(fact.names["middle"]), "month": month(fact.names["middle"])}
    return slots


def _trend(fact: Fact, v: Vocabulary) -> Slots:
    noun = _TREND_NOUN.search(fact.text)
    what = noun.group(1).casefold() if noun else v.share_of

    def amount(value: float) -> str:
        return money(value, v.currency) if what == "spend" else number(value)

    slots = {"what": what, "is": "is" if what == "spend" else "are"}
    slots["has"] = "has" if what == "spend" else "have"
    slots |= {key: amount(fact.numbers[key]) for key in ("before", "after")}
    slots["rate"] = slots["before"] if what == "spend" else f"{slots['before']} {what}"
    return _moving(fact, slots)


def _shift(fact: Fact, v: Vocabulary) -> Slots:
    noun = _SHARE_NOUN.search(fact.text)
    slots = {key: _percent(fact.numbers[key]) for key in ("before", "after")}
    slots["name"] = written(fact.names["category"])
    if noun:
        slots["of"] = noun.group(1)
    return _moving(fact, slots)


def _spend(fact: Fact, v: Vocabulary) -> Slots:
    slots = {"total": money(fact.numbers["spend"], v.currency)}
    if "top" in fact.numbers:
        slots["top"] = _percent(fact.numbers["top"])
    return slots


def _median(fact: Fact, v: Vocabulary) -> Slots:
    slots = {"median": money(fact.numbers["median"], v.currency), **_guards(fact, "median")}
    if "population" in fact.numbers:
        slots["pop"] = money(fact.numbers["population"], v.currency)
    return slots


def _quantity(fact: Fact, v: Vocabulary) -> Slots:
    median = fact.numbers["median"]
    slots = {**_guards(fact, "median"), "median": number(median)}
    slots["pieces"] = f"{number(median)} {'piece' if median == 1 else 'pieces'}"
    if "population" in fact.numbers:
        slots["pop"] = number(fact.numbers["population"])
        if median >= 12 and median >= 2 * fact.numbers["population"]:
            slots["bulk"] = ""
    if median == 1:
        slots["single"] = ""
    return slots


def _breadth(fact: Fact, v: Vocabulary) -> Slots:
    items, events = fact.numbers["items"], fact.numbers.get("events")
    slots = {"n": number(items)}
    slots["different"] = f"{counted(items)} different {v.item if items == 1 else v.items}"
    if events is not None:
        slots["events"] = _count(events, *_rows(fact, v))
        if events >= 4 * items:
            slots["narrow"] = ""
    return slots


def _tail(fact: Fact, v: Vocabulary) -> Slots:
    limit = fact.numbers.get("limit")
    return {**_share(fact), **({"limit": number(limit)} if limit is not None else {})}


def _returns(fact: Fact, v: Vocabulary) -> Slots:
    return {"lines": _count(fact.numbers["lines"], v.event, v.events)}


def _rating(fact: Fact, v: Vocabulary) -> Slots:
    slots = {"mean": number(fact.numbers["mean"]), **_guards(fact, "mean")}
    if "population" in fact.numbers:
        slots["pop"] = number(fact.numbers["population"])
    if "count" in fact.numbers:
        slots["count"] = _count(fact.numbers["count"], *_rows(fact, v))
    return slots | ({fact.names["side"]: ""} if "side" in fact.names else {})


def _channel(fact: Fact, v: Vocabulary) -> Slots:
    return {**_share(fact), "name": written(fact.names["channel"])}


def _action(fact: Fact, v: Vocabulary) -> Slots:
    told = _ACTION_NOUN.search(fact.text)
    return {**_share(fact), "names": told.group(1) if told else written(fact.names["action"])}


def _words(fact: Fact, v: Vocabulary) -> Slots:
    words = [shown(fact.names[k]) for k in ("word1", "word2", "word3") if k in fact.names]
    counts = [fact.numbers.get(f"count{i + 1}") for i in range(len(words))]
    slots = {"names": listed([f"“{word}”" for word in words]), "first": f"“{words[0]}”"}
    known = [c for c in counts if c is not None]
    if len(known) == len(words):
        pairs = zip(words, known, strict=True)
        slots["counts"] = listed([f"“{w}” ({number(c)})" for w, c in pairs])
        slots["n1"] = "once" if known[0] == 1 else f"{number(known[0])} times"
    return slots


def _ties(fact: Fact, v: Vocabulary) -> Slots:
    n = fact.numbers
    slots = {"people": _count(n["people"], "person", "people")}
    slots["several" if n["people"] > 1 else "alone"] = ""
    if "person" in fact.names:
        slots["person"] = written(fact.names["person"])
    if "top" in n and "total" in n:
        slots["top"] = number(n["top"])
        slots["total"] = number(n["total"])
    return slots


def _audience(fact: Fact, v: Vocabulary) -> Slots:
    slots = {"people": _count(fact.numbers["people"], "person", "people")}
    slots |= _guards(fact, "people")
    if "population" in fact.numbers:
        slots["pop"] = number(fact.numbers["population"])
    return slots | {"one" if fact.numbers["people"] == 1 else "several": ""}


def _attribute(fact: Fact, v: Vocabulary) -> Slots:
    slots = {
        "name": shown(fact.names["attribute"]).replace("_", " "),
        "value": written(fact.names["value"]),
    }
    if "population" in fact.numbers:
        slots["pop"] = _percent(fact.numbers["population"])
    return slots


_PIECES: Mapping[str, Callable[[Fact, Vocabulary], Slots]] = {
    **{"totals": _totals, "recency": _recency, "cadence": _cadence, "daypart": _daypart},
    **{"weekpart": _weekpart, "season": _season, "category": _category, "opinion": _opinion},
    **{"items": _items, "trend": _trend, "shift": _shift, "spend": _spend, "basket": _median},
    **{"quantity": _quantity, "price": _median, "breadth": _breadth, "tail": _tail},
    "repeat": lambda fact, v: _share(fact),
    **{"returns": _returns, "rating": _rating, "channel": _channel},
    **{"action": _action, "words": _words, "ties": _ties},
    **{"audience": _audience, "attribute": _attribute},
}
