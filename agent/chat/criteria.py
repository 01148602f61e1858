"""what a question asks people to be like, as conditions: figures with what they are figures of."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from agent.chat import patterns as p
from agent.chat.desk import Desk
from agent.chat.question import Question
from agent.chat.splits import human
from agent.chat.tools_audience import Asked
from agent.chat.vocabulary import DAYS, LOW, SELDOM, Bound, Phrase, bounds
from agent.segments.readable import is_share, unit

NEAR = 45
"""Characters between a figure and what it is a figure of, at most."""
WHOLE = ("count", "days", "pieces")
"""Units in which `more than 10` is 11 or more."""
MOSTLY, SELDOM_UP_TO = 50.0, 10.0
"""Percent that `mostly at the weekend` and `hardly ever at the weekend` ask for."""
UPPER, LOWER = 0.75, 0.25
"""Quantiles that `buys in bulk` and `buys cheap` ask for."""

_SPAN = re.compile(
    r"(?P<op>in the (?:last|past)|for (?:the (?:last|past)|more than|over|at least)?|since"
    r"|within(?: the last)?)"
    r" ?(?P<n>\d+)? ?(?P<unit>days?|weeks?|months?|year)\b"
)
_GONE = re.compile(
    r"\b(?:haven't|have not|hasn't|has not|didn't|did not|not|no|nothing|never|without|inactive"
    r"|lapsed|silent|quiet|dormant|stopped|gone)\b"
)
_KEPT = re.compile(
    r"\b(?:kept|not (?:been )?returned|without return\w*|net of returns|did not return)\b"
)
"""A returned purchase cancels itself: whoever touched an item has kept it."""
_ASIDE = re.compile(
    r"\b(?:not counting|not including|excluding|ignoring|leaving out)\b[^,;.]{0,30}$"
)
"""Right before what is set aside, which asks nothing of the people meant."""
_LAST = re.compile(r"\b(?:last|latest|most recent)\b")
_ACTIVE = re.compile(
    r"\b(?:activ\w+|seen|around|came|come|been|bought|buy\w*|order\w*|purchas\w*|visit\w*|shop\w*"
    r"|rated|posted|spent|spend\w*)\b"
)
_BOUGHT = re.compile(
    r"\b(?:bought|purchased|ordered|buy|buys|buying|buyers?|purchasers?|got"
    r"|rated|watched|used|tried|wrote in)\b"
)
_NOT = re.compile(r"\b(?:not|never|no|without|outside|except|aren't|don't|haven't)\b[^,;.]{0,25}$")


def criteria(question: Question, desk: Desk) -> list[Asked]:
    """The conditions a question states, each once, in the order of the text."""
    found: list[tuple[int, Asked]] = []
    text, free = question.bare, list(question.phrases)
    categories = list(question.categories)
    spans = [*_spans(text), *_dated(question)]
    if "silent_days" in desk.world.table.column:
        for at, asked in spans:
            found.append((at, asked))
            free = [phrase for phrase in free if phrase.feature != "silent_days"]
            break
    if "visits" in desk.world.table.column and (once := question.where(p.ONCE)) is not None:
        found.append((once, Asked(feature="visits", op="at most", value=1)))
        free = [phrase for phrase in free if phrase.feature not in ("visits", "silent_days")]
    if question.items and _KEPT.search(text):
        free = [phrase for phrase in free if phrase.feature != "returns_share"]
    free = [phrase for phrase in free if not _ASIDE.search(text[: phrase.start])]
    for bound in bounds(text):
        if any(
            abs(bound.start - at) < NEAR and "day" in text[bound.end : bound.end + 8]
            for at, _ in spans
        ):
            continue
        feature = _feature_of(bound, question, free, categories, desk)
        if feature is None:
            continue
        free = [phrase for phrase in free if phrase.feature != feature]
        categories = [name for name in categories if f"category:{name}" != feature]
        value = bound.value
        if unit(feature) == "days":
            value *= _days(text[bound.end :])
        op = "at most" if bound.op == "at most" else "at least"
        if bound.strict and unit(feature) in WHOLE:
            value += 1 if op == "at least" else -1
        found.append((bound.start, Asked(feature=feature, op=op, value=value)))
    found += [
        (question.places[f], Asked(feature=f, op=_is(text, question.places[f])))
        for f in question.values
    ]
    found += [
        (question.places[i], Asked(feature=f"item:{i}", op=_is(text, question.places[i])))
        for i in question.items
    ]
    found += list(_categories(question, categories, desk))
    found += list(_words(text, free, desk))
    found.sort(key=lambda one: one[0])
    return list({asked.feature: asked for _, asked in found}.values())


def _spans(text: str) -> list[tuple[int, Asked]]:
    """`in the last 30 days` → active since then; `not bought for 60 days` → not since then."""
    found = []
    for match in _SPAN.finditer(text):
        n = int(match["n"] or 1) * DAYS.get(match["unit"], 30)
        gone = _GONE.search(text[max(0, match.start() - 40) : match.start()]) is not None
        lasting = match["op"].startswith(("for", "since"))
        if gone:
            found.append((match.start(), Asked(feature="silent_days", op="at least", value=n)))
        elif not lasting:
            found.append((match.start(), Asked(feature="silent_days", op="at most", value=n)))
    return found


def _dated(question: Question) -> Iterator[tuple[int, Asked]]:
    """`not since 1 June`, `last order before June` → gone since; `bought after June` → active."""
    for one in question.dates:
        before = question.bare[max(0, one.start - 60) : one.start]
        if _GONE.search(before) or (one.side == "before" and _LAST.search(before)):
            yield one.start, Asked(feature="silent_days", op="at least", value=one.days)
        elif one.side == "after" and _ACTIVE.search(question.bare):
            yield one.start, Asked(feature="silent_days", op="at most", value=max(0, one.days - 1))


def _feature_of(
    bound: Bound, question: Question, free: list[Phrase], categories: list[str], desk: Desk
) -> str | None:
    """What a figure is a figure of: the nearest name of its kind after it, else before it."""
    column = desk.world.table.column
    places = [(p.start, p.feature) for p in free]
    places += [(question.places[f"category:{name}"], f"category:{name}") for name in categories]
    fits = [(at, name) for at, name in places if name in column and _fits(bound, name)]
    after = [(at - bound.end, name) for at, name in fits if 0 <= at - bound.end <= NEAR]
    before = [(bound.start - at, name) for at, name in fits if 0 <= bound.start - at <= NEAR]
    for near in (after, before):
        if near:
            return min(near)[1]
    if bound.money:
        return "spend" if "spend" in column else None
    tail = question.bare[bound.end : bound.end + 25]
    if re.match(r" ?(?:days?|weeks?|months?)", tail):
        return "median_gap_days" if "between" in tail else "silent_days"
    return None


def _fits(bound: Bound, feature: str) -> bool:
    if bound.percent or bound.money:
        return (unit(feature) == "share") == bound.percent
    return unit(feature) != "share"


def _days(tail: str) -> int:
    match = re.match(r" ?(\w+)", tail)
    return DAYS.get(match[1], 1) if match else 1


def _is(text: str, at: int) -> str:
    return "is not" if _NOT.search(text[:at]) else "is"


def _categories(
    question: Question, categories: list[str], desk: Desk
) -> Iterator[tuple[int, Asked]]:
    table = desk.world.table
    for name in categories:
        feature, at = f"category:{name}", question.places[f"category:{name}"]
        if feature not in table.column:
            continue
        if _NOT.search(question.bare[:at]):
            yield at, Asked(feature=feature, op="at most", value=0)
        elif _BOUGHT.search(question.bare):
            yield at, Asked(feature=feature, op="is")
        else:
            yield at, Asked(feature=feature, op="at least", value=100 * table.theirs(feature))


def _words(text: str, free: list[Phrase], desk: Desk) -> Iterator[tuple[int, Asked]]:
    """Measures named without a figure: mostly, for shares; the upper quarter, for amounts."""
    table = desk.world.table
    for phrase in free:
        feature = phrase.feature
        if feature in ("visits", "events", "spend") and not re.search(
            r"\b(?:frequent|regulars?|big spenders?|high rollers?|most active|often)\b", text
        ):
            continue  # `how many customers spend …` names a measure and asks for nothing of it
        if is_share(feature):
            seldom = SELDOM.search(text[: phrase.start]) is not None
            op = "at most" if seldom else "at least"
            yield (
                phrase.start,
                Asked(feature=feature, op=op, value=SELDOM_UP_TO if seldom else MOSTLY),
            )
            continue
        known = table.of(feature)[~np.isnan(table.of(feature))]
        low = LOW.search(text) is not None or feature == "median_gap_days"
        cut = human(float(np.quantile(known, LOWER if low else UPPER)), feature)
        yield phrase.start, Asked(feature=feature, op="at most" if low else "at least", value=cut)
