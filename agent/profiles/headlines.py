"""Headlines: who this is in at most twelve words, the most distinguishing thing first."""

from __future__ import annotations

from collections.abc import Sequence

from agent.profiles.pieces import Slots
from agent.profiles.slots import common_slots, slots_of
from agent.profiles.telling import OWN_FIELDS, Dice, Frame, finish, fitting, parse_frame
from agent.records import Fact, Vocabulary

MOST_WORDS = 12
COMMON_ATTRIBUTE = 3.0
"""Percent of users from which an attribute is no news."""

_CORES: dict[str, tuple[str, ...]] = {
    "category": (
        "{name} buyer{purchases}",
        "buyer of {name}{purchases}",
        "{name} first, {share} of {of}{mostly}",
        "{name} for {share} of {of}",
        "{name} at {lift} the usual rate",
        "{name} for {part} of the {of}",
        "drawn to {name}",
        "{name} follower{ratings}",
        "viewer of {name}{ratings}",
        "{name} regular{posts}",
        "mostly {name}{mostly}",
        "{doing} {name} above all{mostly}",
    ),
    "opinion": (
        "{name} over everything else{above}",
        "warm to {name}{above}",
        "kind to {name}{above}",
        "{name} at {mean} against {own} overall",
        "hard on {name}{below}",
        "cool about {name}{below}",
    ),
    "items": (
        "back for {first}",
        "{first}, {on_visit} {n1}",
        "{first} time and again{often}",
        "{first} and {rest}{oneoff}",
        "{doing} {first}{oneoff}",
        "{first} among the favourites{rated}",
        "high marks for {first}{rated}",
    ),
    "shift": (
        "turning to {name} since {month}{rising}",
        "growing taste for {name}{rising}",
        "turning away from {name} since {month}{falling}",
        "fading taste for {name}{falling}",
    ),
    "totals": (
        "{visits} from {from} to {to}{many}",
        "{events} {spread}{many}",
        "{events} on {on}",
        "{events} from {first} to {last}{few}",
        "{events} in {in}",
        "a single day, {on}",
        "{events}, undated{undated}",
    ),
    "quantity": (
        "trade buyer in lots of {median}{bulk}",
        "buyer in lots of {median}{more}",
        "{pieces} at a time{more}",
        "buyer of single pieces{single}{less}",
        "small lots, {pieces} a {event}{less}",
    ),
    "ties": (
        "writer to {people}{posts}",
        "one voice to {people}{posts}{several}",
        "correspondent of {person}{posts}",
        "tied to {people}",
    ),
    "audience": (
        "read and answered by {people}{posts}",
        "hears from {people}{posts}",
        "known to {people}",
    ),
    "rating": (
        "strict hand, {mean} on average{below}",
        "generous hand, {mean} on average{above}",
        "averages {mean} over {count}",
        "rates low at {mean}{below}",
        "rates high at {mean}{above}",
    ),
    "spend": ("{total} account", "{total} in all, top {top}", "{total} spent", "{bare} spent"),
    "basket": ("orders of {median}", "{median} an order"),
    "price": ("pieces at {median}", "{median} a piece"),
    "tail": ("digger for rare {items}{more}", "after {items} few others touch{more}"),
    "words": ("writes {first}", "types {first}"),
    "attribute": ("{pair}", "in {place}"),
    "channel": ("by {name}, {share} of {of}",),
    "action": ("mostly {names}{mostly}", "{share} {names}"),
    "recency": ("silent since {month}", "gone since {month}", "last seen on {last}"),
    "cadence": ("here {word}", "back every {days}", "back about every {rough}"),
    "daypart": ("{share} of {of} {when}", "mostly {when}{mostly}", "{name} regular{mostly}"),
    "weekpart": ("{share} of {of} {when}", "mostly {when}{mostly}"),
    "season": ("{share} of {of} in {name}", "mostly in {name}{mostly}"),
    "trend": (
        "{what} halved{halved}",
        "{what} doubled{doubled}",
        "{what} rising since {month}{rising}",
        "{what} falling since {month}{falling}",
        "steady {what}{steady}",
    ),
    "breadth": ("{different}", "{n} {items}, {events}"),
    "repeat": ("repeats {share} of {of}{more}", "{part} of {of} repeated"),
    "returns": ("{lines} sent back",),
}

_CLAUSES: dict[str, tuple[str, ...]] = {
    "cadence": ("{word}", "every {days}", "about every {rough}"),
    "quantity": (
        "in lots of {median}{bulk}",
        "{median} at a time{more}",
        "one piece at a time{single}",
    ),
    "recency": (
        "silent since {month}",
        "then silence",
        "nothing since {month}",
        "last seen {month}",
    ),
    "trend": (
        "{what} falling{falling}",
        "{what} rising{rising}",
        "{what} halved{halved}",
        "{what} doubled{doubled}",
        "growing{rising}",
        "fading{falling}",
    ),
    "daypart": (
        "{when}{mostly}",
        "mostly {when}{mostly}",
        "{tenths} {of} {when}",
        "{share} {when}",
    ),
    "weekpart": ("{when}{mostly}", "mostly {when}{mostly}", "{share} {when}"),
    "season": ("mostly {name}{mostly}", "{share} in {name}"),
    "category": ("mostly {name}{mostly}", "{name} {share}", "{name} at {lift} the usual"),
    "opinion": ("warm to {name}{above}", "hard on {name}{below}"),
    "shift": ("{name} rising{rising}", "{name} fading{falling}"),
    "items": ("{first} among the {items}", "{first} {on_visit} {n1}"),
    "spend": ("{total} in all", "{bare} spent", "top {top} of users"),
    "basket": ("{median} an order",),
    "price": ("{median} a piece",),
    "repeat": ("{share} repeats{more}",),
    "breadth": ("{different}", "just {n} {items}{narrow}"),
    "ties": ("to {people}{posts}",),
    "audience": ("hears from {people}{posts}",),
    "rating": ("a strict hand{below}", "a generous hand{above}", "{mean} on average"),
    "totals": ("{visits}{many}", "{events} in all", "from {from} to {to}{many}"),
    "channel": ("through {name}{mostly}",),
    "attribute": ("{pair}", "in {place}"),
    "words": ("writes {first}",),
}

_TASTES = ("category", "items", "opinion", "shift", "ties")


def _parsed(table: dict[str, tuple[str, ...]]) -> dict[str, tuple[Frame, ...]]:
    return {
        kind: tuple(parse_frame(text, OWN_FIELDS.get(kind, frozenset())) for text in texts)
        for kind, texts in table.items()
    }


_CORE_FRAMES, _CLAUSE_FRAMES = _parsed(_CORES), _parsed(_CLAUSES)


def write_headline(facts: Sequence[Fact], vocabulary: Vocabulary, dice: Dice) -> str:
    """A headline from the leading facts; it says what the user is after if any fact does.

    Without a fact that can be told it is the first fact's own text.
    """
    common = common_slots(vocabulary)
    slots = {fact.id: slots_of(fact, vocabulary) for fact in facts[:8]}
    leading = [fact for fact in facts[:8] if not is_common_attribute(fact)] or list(facts[:8])
    if any(f.kind == "totals" and f.numbers.get("events", 9) <= 3 for f in facts):
        leading.sort(key=lambda fact: fact.kind != "totals")
    core, rest = "", leading
    for at, fact in enumerate(leading):
        core = _pick(_CORE_FRAMES.get(fact.kind, ()), slots[fact.id], common, dice, MOST_WORDS)
        if core:
            told, rest = fact, leading[:at] + leading[at + 1 :]
            break
    if not core:
        return facts[0].text
    if told.kind not in _TASTES:
        rest.sort(key=lambda fact: fact.kind not in _TASTES)
    kinds = {told.kind}
    for fact in rest[:4]:
        room = MOST_WORDS - len(core.split())
        # A second list of what somebody likes makes a list of the headline.
        if fact.kind in kinds or room < 2 or len(kinds) == 3:
            continue
        if fact.kind in _TASTES and kinds & set(_TASTES):
            continue
        clause = _pick(_CLAUSE_FRAMES.get(fact.kind, ()), slots[fact.id], common, dice, room)
        if clause:
            core += ", " + clause
            kinds.add(fact.kind)
    return finish(core).removesuffix(".")


def is_common_attribute(fact: Fact) -> bool:
    """Whether a fact is a declared attribute that too many share for it to be news."""
    return fact.kind == "attribute" and fact.numbers.get("population", 0.0) > COMMON_ATTRIBUTE


def _pick(frames: Sequence[Frame], slots: Slots, common: Slots, dice: Dice, room: int) -> str:
    options = [frame.fill([slots], common) for frame in fitting(frames, [slots], common)]
    options = [option for option in options if len(option.split()) <= room]
    return options[dice.below(len(options))] if options else ""
