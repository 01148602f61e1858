"""What a model may say of a fact: its names, and its figures as phrases that hold when read alone.

Each phrase carries its unit, whose figure it is and, where it compares or points a way, the guard
that makes it true (`agent.profiles.slots`). So whatever ordinary words a model puts around them,
the figures still say what the fact says.
"""

from __future__ import annotations

from agent.profiles.names import shown, written
from agent.profiles.pieces import count_of, day
from agent.profiles.rounding import number
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
    "all of {of}{all}",
    "everything{all}",
)
_BESIDE = ("against the usual {pop}", "against {pop} overall", "where {pop} is usual")
"""The population's figure alone, said after a comma."""
_WITH_OTHERS = frozenset(
    [
        *("category", "repeat", "tail", "daypart", "weekpart", "season", "basket", "quantity"),
        *("price", "rating", "channel", "action", "audience"),
    ]
)

_FIGURES: dict[str, tuple[str, ...]] = {
    "category": (
        "{count} in all",
        *_SHARE,
        "{count}",
        "about {lift} the usual share",
        "about {lift} as much as usual",
    ),
    "opinion": (
        "little patience for {name}{below}",
        "against their own {own}",
        "against {own} overall",
        "{mean}",
        "above their own {own}{above}",
        "{mean} on average",
        "{mean} on average over {count}",
        "{mean} against {own} overall",
        "{mean} against their own {own}",
        "{mean} over {count} against {own} overall",
        "above their own {own}{above}",
        "below their own {own}{below}",
    ),
    "items": (
        "{mark} each",
        "at {mark} each",
        "most often{often}",
        "thinks most of{rated}",
        "high marks{rated}",
        "top marks{rated}",
        "most of all{often}",
        "{first} above all{often}",
        "above all {first}",
        "then {rest}{often}",
        "again and again{often}",
        "{inline}{often}",
        "{on_visit} {n1}{often}",
        "most often {counts}",
        "most often {names}{often}",
        "high marks for {names}{rated}",
        "{mark} each for {names}",
        "{mark} for {names}",
        "at {mark}",
        "full marks for {names}{top}",
        "{n1} of it{often}",
        "{counts}",
        "{ratings}",
        "again and again{often}",
        "time and again{often}",
        "with a {mark} for {names}",
    ),
    "shift": (
        "{before} of {of} until {month}",
        "{after} after",
        "rising from {before} of {of} to {after}{rising}",
        "falling from {before} of {of} to {after}{falling}",
        "growing since {month}{rising}",
        "fading since {month}{falling}",
        "on the rise{rising}",
        "fading{falling}",
        "{name} rising from {before} of {of} to {after}{rising}",
        "{name} falling from {before} of {of} to {after}{falling}",
        "{name} growing since {month}{rising}",
        "{name} fading since {month}{falling}",
        "from {before} of {of} to {after}",
        "since {month}",
    ),
    "breadth": (
        "over {different}",
        "the list is short{narrow}",
        "only {different} in all{narrow}",
        "from just {n} {items}{narrow}",
        "{different}",
        "{different} in {events}",
        "{different} in all",
        "only {different}{narrow}",
        "just {n} {items}{narrow}",
        "{events}",
    ),
    "repeat": (
        "repeat an earlier one",
        "repeated",
        "repeat {a_item} from before",
        "seldom goes back{less}",
        "the new{less}",
        *_SHARE,
        "{share} of {of} again",
        "the same {items} again{more}",
        "repeats for {share} of {of} against the usual {pop}",
    ),
    "tail": (
        "{share} of {of}",
        "the obscure{more}",
        "fewer than {limit} users",
        "{share} of {of} on {items} that fewer than {limit} users touched",
        "{items} that fewer than {limit} users touched",
        "{items} with fewer than {limit} users",
        "rare {items}{more}",
        "{share} of {of} against {pop} overall",
    ),
    "words": ("{counts}", "{first} {n1}"),
    "totals": (
        "since {from}",
        "last here in {to}",
        "all in {in}{many}",
        "all on {on}{several}",
        "one day is all there is{single}",
        "everything happened on {on}{single}",
        "there is little to go on{few}",
        "all of it{many}",
        "everything{many}",
        "{on}",
        "between {first} and {last}",
        "{visits} {over}{many}",
        "{events} {spread} {over}{many}",
        "{over}{many}",
        "over {visits}{many}",
        "{events} and no dates{undated}",
        "in {from}",
        "in {to}",
        "until {to}",
        "one day{single}",
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
        "the log last has them on {last}",
        "seen on {last}",
        "away since {month}",
        "quiet since {month}",
        "last seen in {month}",
        "silent since",
        "nothing more came after {last}",
        "after {last}",
        "after {month}",
        "was quiet",
        "quiet since",
        "nothing",
        "has been silent since {month}",
        "has been quiet since {month}",
        "went quiet after {last}",
        "nothing more",
        "nothing more after {last}",
        "has not been back since {month}",
        "has not been back since {last}",
        "though the log runs to {end}",
        "no word since {last}",
        "nobody has seen them since {month}",
        "then it stops",
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
        "{gap} to come back on the median",
        "{gap} apart",
        "on the median",
        "{gap} on the median",
        "where {pop} is usual",
        "against the usual {pop}",
        "where {pop} days are usual",
        "where others take {pop}",
        "longer than the usual {pop}{more}",
        "sooner than the usual {pop}{less}",
        "against {pop} for others",
        "{gap} between {visits} on the median",
        "{word}",
        "every {days} on the median",
        "{gap} apart on the median",
        "about every {rough}",
        "about {rough} apart",
        "every {days} against the usual {pop}",
        "{gap} apart where {pop} days are usual",
    ),
    "daypart": (
        "mostly comes {when}{mostly}",
        "{part} of {of}",
        "{tenths} {of}",
        "{names}",
        "{share} of {of}",
        "{when}",
        "mostly {when}{mostly}",
        "{share} of {of} {when}",
        "{tenths} {of} {when}",
        "{share} of {of} {when} against {pop} overall",
        "between {hours}",
    ),
    "weekpart": (
        "mostly comes {when}{mostly}",
        "{names} are the days",
        "{part} of {of}",
        "{tenths} {of}",
        "{names}",
        "{share} of {of}",
        "{when}",
        "mostly {when}{mostly}",
        "{share} of {of} {when}",
        "{tenths} {of} {when}",
        "{share} of {of} {when} against {pop} overall",
    ),
    "season": (
        "all of {of} {comes} in {name}{all}",
        "mostly comes in {name}{mostly}",
        "the year is {name}{mostly}",
        "{part} of {of}",
        "{name}",
        "{share} of {of}",
        "in {name}",
        "mostly in {name}{mostly}",
        "{share} of {of} in {name}",
        "{part} of {of} in {name}",
        "{share} of {of} in {name} against {pop} overall",
    ),
    "trend": (
        "{what} fell from {before} a month to {after}{falling}",
        "{what} rose from {before} a month to {after}{rising}",
        "{what} {is} steady{steady}",
        "falling from {before} a month to {after}{falling}",
        "rising from {before} a month to {after}{rising}",
        "{before} a month until {month}",
        "{after} a month since",
        "down to {after} a month{falling}",
        "up to {after} a month{rising}",
        "from {before} before {month}",
        "on the rise{rising}",
        "cooling off{falling}",
        "steady at about {after} a month{steady}",
        "{what} {has} halved since {month}{halved}",
        "{what} {has} doubled since {month}{doubled}",
        "{what} {has} tripled since {month}{tripled}",
        "{before} a month until {month} and {after} a month since",
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
        "add up to {total}",
        "spent {bare} in all",
        "a spend of {bare} in all",
        "top {top} of users",
        "the top {top} of users",
        "{total}",
        "{total} in all",
        "{total} spent",
        "{bare} spent in all",
        "a spend of {bare}",
        "among the top {top} of users",
        "{total} in all and among the top {top} of users",
    ),
    "basket": (
        "{median} on the median",
        "large orders of {median}{more}",
        "large orders{more}",
        "small orders{less}",
        "{median} an order",
        "{median} an order on the median",
        "a median order of {median}",
        "{median} an order against the usual {pop}",
        "a median order of {median} against {pop} overall",
        "large orders of {median} on the median{more}",
        "small orders of {median} on the median{less}",
    ),
    "quantity": (
        "small lots{less}",
        "small lots of {pieces}{less}",
        "{pieces} at a time",
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
        "does not mind the price{more}",
        "{median} a piece",
        "{median} a piece on the median",
        "{median} a piece against the usual {pop}",
        "{median} a piece where {pop} is usual",
        "cheap pieces at {median} each{less}",
        "dear pieces at {median} each{more}",
    ),
    "returns": (
        "not all of it stays",
        "{lines} sent back",
        "{lines} returned",
        "{lines}",
    ),
    "rating": (
        "strict hand{below}",
        "generous hand{above}",
        "is hard to please{below}",
        "is easy to please{above}",
        "{mean} over {count}",
        "{mean} on average",
        "{mean} on average over {count}",
        "{mean} on average against {pop} overall",
        "{mean} on average where {pop} is usual",
        "a strict hand{below}",
        "a generous hand{above}",
    ),
    "channel": (
        "mostly comes through {name}{mostly}",
        "everything goes through {name}{all}",
        "{part} of {of}",
        "{share} of {of}",
        "everything through {name}{all}",
        "through {name}",
        "mostly through {name}{mostly}",
        "{share} of {of} through {name}",
        "{share} of {of} through {name} against {pop} overall",
    ),
    "action": (
        "all {names}{all}",
        "{names}",
        "mostly {names}{mostly}",
        "{share} of {of}",
        "{share} of {of} against the usual {pop}",
    ),
    "ties": (
        "{person} above all ({top} of {total})",
        "nobody else{alone}",
        "{person} above all",
        "{person} and nobody else{alone}",
        "{person} alone{alone}",
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
    "attribute": (
        "which {pop} of users share",
        "with {pop} of users",
        "{pair}",
        "{pair} like {pop} of users",
        "in {place}",
        "like {pop} of users",
    ),
}
"""Kind → phrases that end a clause. In words a name is not bound to, so are figures of lists."""

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


_FIGURE_FRAMES, _NAME_FRAMES = _parsed(_FIGURES), _parsed(_PHRASED_NAMES)
_BESIDE_FRAMES = tuple(parse_frame(text) for text in _BESIDE)


def figure_phrases(fact: Fact, vocabulary: Vocabulary) -> tuple[str, ...]:
    """What may be said of `fact` at the end of a clause, figures with their units."""
    found = _filled(_FIGURE_FRAMES[fact.kind], fact, vocabulary)
    if fact.kind == "totals" and fact.numbers.get("events", 9) <= FEW_EVENTS:
        found += REMARKS
    if fact.kind in _WITH_OTHERS:
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
    return [frame.fill([slots], common) for frame in frames if frame.fits([slots], common)]
