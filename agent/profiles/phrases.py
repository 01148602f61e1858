"""What a model may say of a fact: its names, and its figures as phrases that hold when read alone.

Each phrase carries its unit, whose figure it is and, where it compares or points a way, the guard
that makes it true (`agent.profiles.slots`). So whatever ordinary words a model puts around them,
the figures still say what the fact says.
"""

from __future__ import annotations

from agent.profiles.names import shown, written
from agent.profiles.pieces import count_of, day
from agent.profiles.slots import common_slots, slots_of
from agent.profiles.telling import OWN_FIELDS, Frame, parse_frame
from agent.records import Fact, Vocabulary

LONGEST = 12
"""Words of the longest phrase that is offered; lists of long titles are told one by one."""

_SHARE = (
    "{share} of {of}",
    "{part} of {of}",
    "{share} of {of} against {pop} overall",
    "{share} of {of} against the usual {pop}",
    "{share} of {of} where {pop} is usual",
)

_FIGURES: dict[str, tuple[str, ...]] = {
    "category": (
        *_SHARE,
        "{count}",
        "about {lift} the usual share",
        "about {lift} as much as usual",
    ),
    "opinion": (
        "{mean} on average",
        "{mean} on average over {count}",
        "{mean} against {own} overall",
        "{mean} against their own {own}",
        "{mean} over {count} against {own} overall",
        "above their own {own}{above}",
        "below their own {own}{below}",
    ),
    "items": (
        "{counts}",
        "{ratings}",
        "again and again{often}",
        "time and again{often}",
        "with a {mark} for {names}",
    ),
    "shift": (
        "{name} rising from {before} of {of} to {after}{rising}",
        "{name} falling from {before} of {of} to {after}{falling}",
        "{name} growing since {month}{rising}",
        "{name} fading since {month}{falling}",
        "from {before} of {of} to {after}",
        "since {month}",
    ),
    "breadth": (
        "{different}",
        "{different} in {events}",
        "{different} in all",
        "only {different}{narrow}",
        "just {n} {items}{narrow}",
        "{events}",
    ),
    "repeat": (
        *_SHARE,
        "{share} of {of} again",
        "the same {items} again{more}",
        "repeats for {share} of {of} against the usual {pop}",
    ),
    "tail": (
        "{share} of {of} on {items} that fewer than {limit} users touched",
        "{items} that fewer than {limit} users touched",
        "{items} with fewer than {limit} users",
        "rare {items}{more}",
        "{share} of {of} against {pop} overall",
    ),
    "words": ("{counts}", "{first} {n1}"),
    "totals": (
        "{visits}{many}",
        "{visits} in all{many}",
        "{visits} from {from} to {to}{many}",
        "{visits} since {from}{many}",
        "{events}",
        "{events} in all",
        "{events} on {on}",
        "{events} {spread}{many}",
        "from {from} to {to}",
        "from {first} to {last}",
        "between {from} and {to}",
        "since {from}{many}",
        "on {on}",
        "in {in}",
        "too few {items} to call it a taste{few}",
        "too little to call it a taste{few}",
        "too short a history to call it a taste{few}",
    ),
    "recency": (
        "nothing since {last}",
        "nothing since {month}",
        "silent since {last}",
        "silent since {month}",
        "gone quiet since {month}",
        "last seen on {last}",
        "nothing since",
        "then silence",
        "with the log running to {end}",
    ),
    "cadence": (
        "{word}",
        "every {days} on the median",
        "{gap} apart on the median",
        "about every {rough}",
        "about {rough} apart",
        "every {days} against the usual {pop}",
        "{gap} apart where {pop} days are usual",
    ),
    "daypart": (
        "{when}",
        "mostly {when}{mostly}",
        "{share} of {of} {when}",
        "{tenths} {of} {when}",
        "{share} of {of} {when} against {pop} overall",
        "between {hours}",
    ),
    "weekpart": (
        "{when}",
        "mostly {when}{mostly}",
        "{share} of {of} {when}",
        "{tenths} {of} {when}",
        "{share} of {of} {when} against {pop} overall",
    ),
    "season": (
        "in {name}",
        "mostly in {name}{mostly}",
        "{share} of {of} in {name}",
        "{part} of {of} in {name}",
        "{share} of {of} in {name} against {pop} overall",
    ),
    "trend": (
        "{what} rising from {before} a month to {after}{rising}",
        "{what} falling from {before} a month to {after}{falling}",
        "{what} steady at about {after} a month{steady}",
        "{what} halved since {month}{halved}",
        "{what} doubled since {month}{doubled}",
        "{what} tripled since {month}{tripled}",
        "halved since {month}{halved}",
        "doubled since {month}{doubled}",
        "tripled since {month}{tripled}",
        "rising since {month}{rising}",
        "growing{rising}",
        "falling since {month}{falling}",
        "fading{falling}",
        "from {before} a month to {after}",
        "since {month}",
    ),
    "spend": (
        "{total}",
        "{total} in all",
        "{total} spent",
        "{bare} spent in all",
        "a spend of {bare}",
        "among the top {top} of users",
        "{total} in all and among the top {top} of users",
    ),
    "basket": (
        "{median} an order on the median",
        "a median order of {median}",
        "{median} an order against the usual {pop}",
        "a median order of {median} against {pop} overall",
        "large orders of {median} on the median{more}",
        "small orders of {median} on the median{less}",
    ),
    "quantity": (
        "{pieces} a {event}",
        "{pieces} a {event} on the median",
        "{pieces} a {event} against the usual {pop}",
        "in lots of {median}{bulk}",
        "{pieces} at a time where {pop} is usual",
        "in large lots{more}",
        "in small lots{less}",
        "one piece at a time{single}",
    ),
    "price": (
        "{median} a piece",
        "{median} a piece on the median",
        "{median} a piece against the usual {pop}",
        "{median} a piece where {pop} is usual",
        "cheap pieces at {median} each{less}",
        "dear pieces at {median} each{more}",
    ),
    "returns": ("{lines} sent back", "{lines} returned"),
    "rating": (
        "{mean} on average",
        "{mean} on average over {count}",
        "{mean} on average against {pop} overall",
        "{mean} on average where {pop} is usual",
        "a strict hand{below}",
        "a generous hand{above}",
    ),
    "channel": (
        "through {name}",
        "mostly through {name}{mostly}",
        "{share} of {of} through {name}",
        "{share} of {of} through {name} against {pop} overall",
    ),
    "action": (
        "{names}",
        "mostly {names}{mostly}",
        "{share} of {of}",
        "{share} of {of} against the usual {pop}",
    ),
    "ties": (
        "{people}",
        "to {people}",
        "most to {person} ({top} of {total})",
        "{top} of {total} to {person}",
    ),
    "audience": (
        "{people}",
        "from {people}",
        "{people} against the usual {pop}",
        "{people} where {pop} is usual",
    ),
    "attribute": ("{pair}", "{pair} like {pop} of users", "in {place}", "like {pop} of users"),
}
"""Kind → phrases that end a clause. In words a name is not bound to, so are figures of lists."""

_NAME_ROLES = frozenset({"category", "item1", "item2", "item3", "channel", "person"})
_PHRASED_NAMES = {
    "opinion": ("warm to {name}{above}", "hard on {name}{below}"),
    "category": ("mostly {name}{mostly}", "{name} above all{more}", "{name} first of all{more}"),
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


_FIGURE_FRAMES, _NAME_FRAMES = _parsed(_FIGURES), _parsed(_PHRASED_NAMES)


def figure_phrases(fact: Fact, vocabulary: Vocabulary) -> tuple[str, ...]:
    """What may be said of `fact` at the end of a clause, figures with their units."""
    found = _filled(_FIGURE_FRAMES[fact.kind], fact, vocabulary)
    if fact.kind == "items":
        found += _item_counts(fact, vocabulary)
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
    on = "on" if vocabulary.visit == "day" else "in"
    return [
        f"{written(fact.names[f'item{i}'])} {on} "
        + count_of(fact.numbers[f"count{i}"], vocabulary.visit, vocabulary.visits)
        for i in (1, 2, 3)
        if f"item{i}" in fact.names and f"count{i}" in fact.numbers
    ]


def _filled(frames: tuple[Frame, ...], fact: Fact, vocabulary: Vocabulary) -> list[str]:
    slots, common = slots_of(fact, vocabulary), common_slots(vocabulary)
    return [frame.fill([slots], common) for frame in frames if frame.fits([slots], common)]
