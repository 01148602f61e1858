"""questions of how many, how much and which most: rules that end in a figure."""

from __future__ import annotations

import re
from typing import Any

from agent.chat import patterns as p
from agent.chat.calls import Call, known_features, read_audience, whom
from agent.chat.desk import Desk
from agent.chat.meant import PERSON
from agent.chat.question import Question
from agent.chat.vocabulary import FALLING, LOW, SELDOM, TROUBLE, bounds
from agent.segments.readable import is_share

PLAIN = ("events", "visits", "items", "spend")
"""Measures that are often named only because something else is said of them: `orders at night`."""
SUMS = ("spend", "events")
"""Measures of which a segment is asked what its members add up to, unless each is asked for."""


def size(q: Question, desk: Desk) -> Call | None:
    """How many are somewhere, or meet conditions; what share that is."""
    share, how_many = q.has(p.SHARE), q.has(p.HOW_MANY)
    counted = share or how_many or q.has(p.ONCE) or p.compiled(p.PEOPLE_WHO).search(q.bare)
    if not (counted or _limited(q)) or (q.has(p.ONCE) and q.has(p.BY_SEGMENT)):
        return None
    if q.has(p.HOW_MANY_SEGMENTS):
        return Call("overview", {})
    if q.has(p.BY_SEGMENT) and q.features:
        return None  # a figure of each segment, not one of everybody
    if len(q.items) == 1 and not (q.segments or q.values or q.features):
        return Call("who_buys", {"item": q.items[0]})
    measured = [f for f in q.features if f in ("visits", "events", "items")]
    # `how many orders were placed in December` counts orders, and no people who order then.
    deeds = measured and q.has(p.HOW_MANY_DEEDS) and not q.has(p.HOW_MANY_PEOPLE)
    each = measured and q.has(p.HOW_MANY_IN_ALL) and q.has(p.EACH)
    if (deeds or each) and not bounds(q.bare):
        return Call("summarise", {"feature": measured[0], "segment": whom(q)})
    audience = read_audience(q, desk)
    if audience["conditions"] or audience["segment"]:
        if not how_many and q.features and not bounds(q.bare) and q.has(p.NO_COUNT):
            return None
        return Call("size_audience", audience)
    # `how many customers bought an iPhone` asks for more than how many there are.
    return Call("overview", {}) if q.has(p.HOW_MANY_IN_ALL) and not _says_more(q) else None


def _limited(q: Question) -> bool:
    """`who made more than 20 visits`: how many they are, and in which segments."""
    if not re.match(r"who\b", q.bare) or q.segments or not bounds(q.bare):
        return False
    return not p.compiled(rf"(?<!at )\b(?:{p.MOST})\b").search(q.bare)


def _says_more(q: Question) -> bool:
    """Whether words are left that neither a count of everything nor politeness explains."""
    rest = p.compiled(rf"\b(?:{p.HOW_MANY_IN_ALL})").sub(" ", q.bare)
    return any(
        word not in p.WITH_A_COUNT and not PERSON.fullmatch(word)
        for word in re.findall(r"[a-z0-9]+", rest)
    )


def summarise(q: Question, desk: Desk) -> Call | None:
    """One figure, of everybody or of a segment."""
    segment = whom(q)
    if q.items or (q.values and not q.features):
        return None
    if q.has(p.IN_ORDER) or (q.has(p.BY_SEGMENT) and segment is None):
        return None
    ranking = q.has(p.MOST) and segment is None and not q.has(r"on average|in total")
    if not q.has(p.FIGURE) or ranking:
        return None
    features = [f for f in q.features if f in desk.world.table.column] or known_features(q, desk)
    # `spend on dog food`, `orders at the weekend` ask for a share of them.
    features = [f for f in features if f not in PLAIN] or features
    if not features and q.has(r"how much"):
        features = ["spend" if "spend" in desk.world.table.column else "events"]
    if not features:
        return None
    declared = [c for c in read_audience(q, desk)["conditions"] if c["feature"] in q.values]
    return Call("summarise", {"feature": features[0], "segment": segment, "conditions": declared})


def when(q: Question, desk: Desk) -> Call | None:
    """At what time of the day, week or year people come."""
    segment = whom(q)
    if q.items or q.person or q.values or (q.categories and not segment):
        return None
    if q.has(p.PEOPLE_BY_TIME):
        return None
    by = next((by for by, asked in p.WHEN_MOST.items() if q.has(asked)), None)
    return Call("when_active", {"by": by, "segment": segment}) if by else None


def usual(q: Question, desk: Desk) -> Call | None:
    """What is typical of something measured, before what is bought is thought of."""
    asked = q.features and q.has(p.USUAL) and not q.has(rf"what .*\b(?:{p.PUT_IN})")
    return summarise(q, desk) if asked else None


def rank(q: Question, desk: Desk) -> Call | None:
    """Segments in order; `customers` and `people` are asked about as segments too."""
    if q.segments and not q.has(r"(?:which|what) (?:segments?|groups?)"):
        return None
    by_segment = q.has(p.BY_SEGMENT)
    asked = q.has(p.MOST) or q.has(p.IN_ORDER) or by_segment or q.ordinal is not None
    if not asked or not (by_segment or q.has(p.WHICH)) or q.has(p.WHICH_GOODS):
        return None
    features = known_features(q, desk)
    if not features and not q.has(p.BY_SIZE):
        return None
    telling = [f for f in features if f not in PLAIN]
    by = next(iter(telling or features), "size")
    order = "least" if lowest(q, by) else "most"
    if by in SUMS and not q.has(p.EACH_ONE):
        by = f"total:{by}"
    one = p.compiled(p.ONE_SEGMENT).search(q.bare) and not q.has(r"segments\b")
    arguments: dict[str, Any] = {"by": by, "order": order, "count": q.count or (1 if one else 3)}
    if q.ordinal is not None and q.ordinal > 1:
        arguments |= {"start": q.ordinal, "count": 1}
    return Call("rank_segments", arguments)


def lowest(q: Question, by: str) -> bool:
    """Whether the low end is asked for: `least`, `cheapest`, `most often` of gaps in days."""
    if by in FALLING and FALLING[by].search(q.bare):
        return True
    at = next((one.start for one in q.phrases if one.feature == by), None)
    if at is not None and is_share(by) and SELDOM.search(q.bare[:at]):
        return True
    if by in TROUBLE and q.has(r"worst"):
        return False
    if by == "silent_days" and q.has(r"recent|active"):
        return True
    return LOW.search(q.bare) is not None
