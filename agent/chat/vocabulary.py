"""the words people use for what is measured: phrase → feature, quantity and direction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from agent.chat.patterns import compiled
from agent.records import Vocabulary
from agent.segments.readable import Readable

_PHRASES: tuple[tuple[str, str], ...] = (
    ("weekend_share", r"week-?ends?|saturdays?|sundays?"),
    ("night_share", r"(?:late )?(?:at )?nights?|late-night|after midnight|nocturnal|night owls?"),
    ("morning_share", r"mornings?|early birds?|before noon"),
    ("afternoon_share", r"afternoons?"),
    ("evening_share", r"evenings?|after work"),
    (
        "quarter4_share",
        r"christmas|xmas|(?:in )?(?:october|november|december)(?: to december)?"
        r"|(?:last|final) (?:three|3) months of the year|year[- ]end|fourth quarter|q4|autumn"
        r"|holiday season|holiday[- ]driven|holidays",
    ),
    (
        "quarter1_share",
        r"january(?: to march)?|first (?:three|3) months of the year|february|first quarter|q1"
        r"|after new year",
    ),
    ("quarter2_share", r"april(?: to june)?|second quarter|q2|spring(?:time)?"),
    ("quarter3_share", r"july(?: to september)?|august|september|third quarter|q3|summer"),
    (
        "basket_value",
        r"(?:(?:average|typical|median|usual|mean) )?baskets?(?: sizes?| values?)?"
        r"|(?:average|typical|median|usual) (?:order|visit)(?: value| size)?"
        r"|order values?|aov|(?:(?:on|for|of|in|is) an|per|each) (?:order|visit)"
        r"|(?:in|at) a (?:typical )?visit",
    ),
    (
        "price",
        r"pric(?:e|es|ey|ier)|expensive|premium|cheap(?:er|est)?|dearest|a piece"
        r"|bargains?|frugal",
    ),
    ("units_per_line", r"in bulk|bulk|wholesale|pieces|quantit(?:y|ies)|in lots|units"),
    (
        "median_gap_days",
        r"(?:inter-?purchase |purchase |order |visit )?(?:gaps?|intervals?)"
        r"|(?:days )?between (?:orders|visits|sessions|purchases)"
        r"|how (?:often|regularly|frequently)|rhythm|(?:most |more )?regularly"
        r"|every (?:\d+ )?(?:days|weeks?)",
    ),
    (
        "silent_days",
        r"inactive|lapsed|laps(?:e|ing)|silen(?:t|ce)|dormant|churn(?:ed|ing)?"
        r"|gone quiet|quiet|(?:haven't|have not|hasn't|has not|not|didn't|did not) "
        r"(?:been (?:seen|active|back)|(?:bought|ordered|visited|come|purchased|buy|order)"
        r"(?: anything| back)?)|last (?:seen|order|visit|purchase)|since their last"
        r"|at risk|leaving(?: us)?|slipping away|cooling off|going cold"
        r"|stopped (?:buying|ordering|coming|shopping)|vanished|disappeared|gone away|drifted"
        r"|days? since .{0,60}?last|last (?:shopped|came|bought|ordered|visited|active|in\b)"
        r"|(?:not|hasn't|haven't) been in|(?:did not|didn't|not) buy since|for ages"
        r"|(?:active |bought |ordered |visited )?"
        r"in the (?:last|past) (?:\d+ )?(?:days?|weeks?|months?)|recent(?:ly)?",
    ),
    ("span_days", r"tenure|been with us|longest[- ]standing|how long have"),
    (
        "returns_share",
        r"(?<!net of )(?<!after )(?<!less )(?<!minus )(?<!excluding )(?<!including )returns"
        r"|returned|refunds?|send(?:s|ing)? (?:\w+ ){0,4}back|sent (?:\w+ ){0,4}back"
        r"|return(?:ing)? (?:goods|things|items|stuff|the most|most|more)",
    ),
    (
        "repeat_share",
        r"repeat(?:s|ing)?|re-?order(?:s|ing)?|same (?:items|things|products|stuff)"
        r"|loyal(?:ty|est)?|restock(?:s|ing)?",
    ),
    ("tail_share", r"niche|long[- ]tail|obscure|rare (?:items|things)|few people (?:buy|touch)"),
    ("text_share", r"reviews?|write (?:reviews|comments)|words of their own|searches of their own"),
    (
        "rating_mean",
        r"(?:average |mean )?ratings?|rate (?:highest|lowest)|generous|strict(?:est)?"
        r"|rates?(?= (?:above|over|below|under|at (?:least|most)|more than|less than)\b)",
    ),
    ("items", r"different (?:items|products|things|movies)|variety|breadth|range of|assortment"),
    ("reciprocity", r"reciproc\w+|answered ties|follow(?:ed)? back"),
    ("top_tie_share", r"one person mostly"),
    ("ties_out", r"ties|connect(?:ed|ions)|friends|well[- ]connected|follow(?:ing|s)?"),
    ("ties_in", r"followers|followed by"),
    ("visits", r"visits?|orders?|sessions?|frequen(?:t|cy)|how many times|often|regulars?"),
    (
        "spend",
        r"spen[dt](?:s|ing|ers?)?|revenue|money|cash|business|takings|dough|£££|turnover|sales|valuable|value|worth"
        r"|high rollers?|big spenders?|profitable|lucrative|contribut\w+|earn us|brings? in"
        r"|income from|whales?|vips?",
    ),
    (
        "events",
        r"events?|purchases?|lines?|ratings|posts|activity|active"
        r"|(?:writes?|wrote|posts?|posted|talks?|rates?|comments?)(?= (?:the )?(?:most|least)\b)",
    ),
)
"""Feature → what it is called. The first that matches a place in the text has it; longer first."""

_COMPILED = tuple((name, re.compile(rf"\b(?:{pattern})\b")) for name, pattern in _PHRASES)

LOW = re.compile(
    r"\b(?:least|lowest|fewest|smallest|tiniest|less|cheap\w*|bargains?|frugal|worst|rarest|strict\w*"
    r"|shortest|bottom|minimum|poorest)\b"
)
TROUBLE = frozenset({"returns_share", "silent_days"})
"""What is worst where there is most of it."""
SELDOM = re.compile(
    r"\b(?:hardly (?:ever|at all|any\w*)|rarely|seldom|never|(?:not|don't|doesn't|do not|avoid)"
    r"(?: \w+){0,2}|scarcely|avoid\w*)\s(?:\w+ ){0,3}$"
)
"""Right before a share: little of it is meant."""
FALLING = {
    "price": re.compile(r"\b(?:cheap\w*|bargains?|frugal)\b"),
    "rating_mean": re.compile(r"\bstrict\w*\b"),
    "median_gap_days": re.compile(r"\b(?:often|regularly|frequently|most regular)\b"),
}
"""Words that ask for the low end of a feature although they say `most`."""


_TIMES = re.compile(r"(?<=\d )times\b")
"""`bought at least 10 times` counts visits."""


class Phrase(NamedTuple):
    """A feature named in a text, and where."""

    feature: str
    start: int
    end: int


def phrases(text: str, table: Readable, words: Vocabulary) -> list[Phrase]:
    """Features of the run that a lower-case text names, in the order of the text.

    Channels and actions go by their names beside a word that says what they are.
    """
    found = []
    for feature, noun in (
        ("items", words.items),
        ("events", words.events),
        ("visits", words.visits),
    ):
        # A figure of them, `100 ratings` before what ratings are; `which movies` asks for none.
        if feature in table.column:
            pattern = compiled(rf"(?<=\d )(?:different |distinct )?{re.escape(noun)}\b")
            found += [Phrase(feature, m.start(), m.end()) for m in pattern.finditer(text)]
    if "visits" in table.column:
        found += [Phrase("visits", m.start(), m.end()) for m in _TIMES.finditer(text)]
    found += [*_measures(text, table), *_named(text, table)]
    found.sort(key=lambda phrase: (-(phrase.end - phrase.start), phrase.start))
    taken: list[Phrase] = []
    for phrase in found:
        if all(phrase.end <= other.start or phrase.start >= other.end for other in taken):
            taken.append(phrase)
    return sorted(taken, key=lambda phrase: phrase.start)


def _measures(text: str, table: Readable) -> Iterator[Phrase]:
    for name, pattern in _COMPILED:
        if name in table.column:
            for match in pattern.finditer(text):
                yield Phrase(name, match.start(), match.end())


def _named(text: str, table: Readable) -> Iterator[Phrase]:
    for feature in table.names:
        kind, _, name = feature.partition(":")
        if kind not in ("channel", "action"):
            continue
        name = re.escape(name.casefold())
        beside = (
            rf"(?:through|via|on|in|over|by|from|using|uses?|prefers?) (?:the |our )?{name}\b"
            rf"|\b{name} (?:users?|customers?|shoppers?|channel|share|activity|buyers?|orders?"
            r"|people|folks?|crowd|lot)\b"
            if kind == "channel"
            else rf"\b{name}(?:e?s|ing|ed)? (?:actions?|events?|share)\b"
        )
        for match in compiled(beside).finditer(text):
            yield Phrase(feature, match.start(), match.end())


_WORDED = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
           "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20,
           "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}  # fmt: skip
_SCALES = {"grand": 1_000, "thousand": 1_000, "hundred": 100, "dozen": 12, "couple": 2}
_FIGURE = re.compile(
    rf"\b(?P<n>\d+(?:\.\d+)?|a|{'|'.join(_WORDED)}) (?P<scale>{'|'.join(_SCALES)})\b"
    rf"|(?<=\bthan |\bover |\bmost )(?P<alone>{'|'.join(_WORDED)})\b"
    rf"|\b(?P<after>{'|'.join(_WORDED)})(?= \w+ or (?:more|fewer|less)\b)"
    rf"|(?<=\bleast )(?P<least>{'|'.join(_WORDED)})\b",
    re.IGNORECASE,
)


def in_figures(text: str) -> str:
    """`over a grand`, `two hundred`, `at least five` → `over 1000`, `200`, `at least 5`."""

    def figure(match: re.Match[str]) -> str:
        if match["scale"] is None:
            return str(_WORDED[(match["alone"] or match["least"] or match["after"]).casefold()])
        said = match["n"].casefold()
        times = 1 if said == "a" else _WORDED.get(said) or float(said)
        return f"{round(times * _SCALES[match['scale'].casefold()])}"

    return _FIGURE.sub(figure, text)


_AMOUNT = (
    r"(?P<money>[£$€])?\s?(?P<number>\d[\d,]*(?:\.\d+)?)\s?(?P<k>k\b)?"
    r"\s?(?P<percent>%|percent|per cent)?"
)
_AMOUNT_AFTER = _AMOUNT.replace("(?P<", "(?P<after_")
_MORE = (
    r"at least|more than|over|above|greater than|exceeding|minimum of|no less than|upwards of"
    r"|not less than|>=?"
)
_LESS = (
    r"at most|less than|fewer than|under|below|up to|no more than|not more than|within|maximum of"
    r"|<=?"
)
STRICT = frozenset(
    {"more than", "over", "above", "greater than", "exceeding", ">", "less than", "fewer than"}
    | {"under", "below", "<"}
)
BOUND = re.compile(
    rf"(?:(?P<more>{_MORE})|(?P<less>{_LESS}))\s+(?:a |the )?{_AMOUNT}"
    rf"|{_AMOUNT_AFTER}\s?(?:\w+ )?(?P<after>or more|or less|or fewer|plus|\+)"
)
DAYS = {"day": 1, "days": 1, "week": 7, "weeks": 7, "month": 30, "months": 30, "year": 365}


class Bound(NamedTuple):
    """`at least £500`: an amount people are compared with, and where it stands."""

    op: str
    value: float
    percent: bool
    money: bool
    strict: bool
    """`more than`, `fewer than`: the figure itself is left out."""
    start: int
    end: int


def bounds(text: str) -> list[Bound]:
    """Comparisons with a figure in a lower-case text."""
    found = []
    for match in BOUND.finditer(text):
        prefix = "after_" if match["after"] else ""
        value = float(match[f"{prefix}number"].replace(",", ""))
        value *= 1000 if match[f"{prefix}k"] else 1
        low = match["less"] is not None or (match["after"] or "") in ("or less", "or fewer")
        found.append(
            Bound(
                "at most" if low else "at least",
                value,
                match[f"{prefix}percent"] is not None,
                match[f"{prefix}money"] is not None,
                (match["more"] or match["less"] or "") in STRICT,
                match.start(),
                match.end(),
            )
        )
    return found
