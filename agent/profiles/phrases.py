"""What a model may say of a fact: its names, and its figures as phrases that hold when read alone.

Each phrase carries its unit, whose figure it is and, where it compares or points a way, the guard
that makes it true (`agent.profiles.slots`). So whatever ordinary words a model puts around them,
the figures still say what the fact says.
"""

from __future__ import annotations

from agent.profiles.figure_phrases import BESIDE, FIGURES, WITH_OTHERS
from agent.profiles.names import shown, written
from agent.profiles.pieces import count_of, day
from agent.profiles.rounding import number
from agent.profiles.slots import common_slots, slots_of
from agent.profiles.telling import OWN_FIELDS, Frame, fitting, parse_frame
from agent.records import Fact, Vocabulary

LONGEST = 12
"""Words of the longest phrase that is offered; lists of long titles are told one by one."""


FEW_EVENTS = 3
"""Up to this many events are too few to tell a taste by."""
REMARKS = (
    "that is too little to call it a taste",
    "too little to call it a taste",
    "too short a history to call it a taste",
    "that is too short a history to call it a taste",
    "it may be a taste or a single errand",
    "what they are after, the log cannot say yet",
    "what they are after cannot be said yet",
    "who this is, so short a record cannot say",
    "more than that the log does not say",
    "nothing more can be read from it",
    "so little says nothing of habits",
    "there is not enough here to speak of habits",
    "one should not read a taste into it yet",
    "it is too early to speak of a taste",
    "not enough to go on",
    "that is all the log has",
    "no taste can be read from so little",
    "there is nothing yet to build a picture on",
    "whether they will be back is anybody's guess",
)
"""What may be said of so few."""

_NAME_ROLES = frozenset({"category", "item1", "item2", "item3", "channel", "person"})
_PHRASED_NAMES = {
    "opinion": ("warm to {name}{above}", "hard on {name}{below}"),
    "category": (
        "{name} and nothing else{all}",
        "{name} regular{posts}",
        "mostly {name}{mostly}",
        "{name} above all{more}",
        "{name} first of all{more}",
    ),
    "words": ("{names}", "{first}"),
    "attribute": ("{value}",),
    "ties": ("{person}",),
}
"""Further ways to name what a fact is about; more words may follow a name in its clause."""


def _parsed(table: dict[str, tuple[str, ...]]) -> dict[str, tuple[Frame, ...]]:
    return {
        kind: tuple(parse_frame(text, OWN_FIELDS.get(kind, frozenset())) for text in texts)
        for kind, texts in table.items()
    }


_FIGURE_FRAMES, _NAME_FRAMES = _parsed(FIGURES), _parsed(_PHRASED_NAMES)
_BESIDE_FRAMES = tuple(parse_frame(text) for text in BESIDE)


def figure_phrases(fact: Fact, vocabulary: Vocabulary) -> tuple[str, ...]:
    """What may be said of `fact` at the end of a clause, figures with their units."""
    found = _filled(_FIGURE_FRAMES[fact.kind], fact, vocabulary)
    if fact.kind == "totals" and fact.numbers.get("events", 9) <= FEW_EVENTS:
        found += REMARKS
    if fact.kind in WITH_OTHERS:
        found += _filled(_BESIDE_FRAMES, fact, vocabulary)
    if fact.kind == "items":
        found += _item_counts(fact, vocabulary)
    if fact.kind == "words":
        found += _word_counts(fact)
    short = [phrase for phrase in found if len(phrase.split()) <= LONGEST]
    return tuple(dict.fromkeys(short or found[:1] or ([] if fact.names else [fact.text])))


def name_phrases(fact: Fact, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The names `fact` mentions, as prose writes them: items, categories, people, own words."""
    found = [written(name) for role, name in fact.names.items() if role in _NAME_ROLES]
    if fact.kind == "ties":
        found = []  # a person called 444 is `user 444` there
    return tuple(dict.fromkeys(found + _filled(_NAME_FRAMES.get(fact.kind, ()), fact, vocabulary)))


def told(fact: Fact) -> str:
    """A fact's text with its names and dates in the form the phrases have them."""
    text = fact.text
    for role, name in fact.names.items():
        if role in _NAME_ROLES:
            text = text.replace(name, written(name), 1)
        elif role.startswith("word"):
            text = text.replace(f"\u2018{name}\u2019", f"“{shown(name)}”", 1)
    for role in ("first", "last", "middle", "end"):
        if role in fact.names:
            text = text.replace(fact.names[role], day(fact.names[role]))
    return text


def _item_counts(fact: Fact, vocabulary: Vocabulary) -> list[str]:
    """Each item of a list with its own figure, so that lists of any length can be made of them."""
    on = "on" if vocabulary.visit == "day" else "in"
    found = []
    for i in (1, 2, 3):
        name, count = fact.names.get(f"item{i}"), fact.numbers.get(f"count{i}")
        if name is None:
            continue
        if count is not None:
            visits = count_of(count, vocabulary.visit, vocabulary.visits)
            found += [f"{written(name)} {on} {visits}", f"{written(name)} {on} {number(count)}"]
            found += [f"{written(name)} ({visits})", f"{written(name)} ({number(count)})"]
        elif f"rating{i}" in fact.numbers:
            found.append(f"{written(name)} ({number(fact.numbers[f'rating{i}'])})")
    return found


def _word_counts(fact: Fact) -> list[str]:
    """Each of a user's own words with how often it came."""
    return [
        f"“{shown(fact.names[f'word{i}'])}” ({number(fact.numbers[f'count{i}'])})"
        for i in (1, 2, 3)
        if f"word{i}" in fact.names and f"count{i}" in fact.numbers
    ]


def _filled(frames: tuple[Frame, ...], fact: Fact, vocabulary: Vocabulary) -> list[str]:
    slots, common = slots_of(fact, vocabulary), common_slots(vocabulary)
    return [frame.fill([slots], common) for frame in fitting(frames, [slots], common)]
