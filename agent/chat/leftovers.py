"""what a question narrowed itself to and its answer did not: said, so that nobody is misled."""

from __future__ import annotations

import json
import re

from agent.chat.question import Question
from agent.chat.results import Result
from agent.records import Vocabulary

NARROWED = frozenset(
    {"overview", "rank_segments", "segment_demand", "size_audience", "summarise", "who_buys"}
)
"""Tools whose answer would be taken for one to the narrower question."""
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_BOUND = re.compile(
    r"\b(?:above|over|under|below|at least|at most|more than|less than|fewer than)"
    r" [£$€]?(\d[\d,]*(?:\.\d+)?)(?![\d/-]| (?:days?|weeks?|months?|years?)\b)"
)
"""A limit; one in days or months is made into a date, or into days, before it is used."""
_ORDERS = re.compile(r"\borders?\b")


def otherwise_counted(question: Question, result: Result, words: Vocabulary) -> str:
    """What is counted instead of orders in a log that tells of more than orders; else empty."""
    if words.visits == "orders" or not _ORDERS.search(question.bare):
        return ""
    used = json.dumps(result.arguments, default=str)
    if not any(f'"{feature}"' in used for feature in ("visits", "median_gap_days")):
        return ""
    return f"I count {words.visits} here, with or without a purchase, not orders."


def left_out(question: Question, result: Result) -> list[str]:
    """The words of a question that named a part of the log and are in no argument of the call."""
    used = json.dumps(result.arguments, ensure_ascii=False, default=str)
    bare = question.bare
    found: list[tuple[int, str]] = []
    for phrase in question.phrases:
        # Only times are parts of a log; other measures are what is asked for.
        if phrase.feature.endswith("_share") and phrase.feature not in used:
            found.append((phrase.start, bare[phrase.start : phrase.end]))
    for value in question.values:
        if value not in used and not _of_category(value, question):
            found.append((question.places[value], value.partition("=")[2]))
    for one in question.dates:
        if "silent_days" not in used:
            found.append((one.start, question.text[one.start : one.end]))
    for year in _YEAR.finditer(bare):
        if year[0] not in used:
            found.append((year.start(), year[0]))
    numbers = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", used)}
    for bound in _BOUND.finditer(bare):
        limit = float(bound[1].replace(",", ""))
        # More than 10 of what is counted in whole ones are 11; shares are parts of one.
        if not numbers & {limit, limit + 1, limit - 1, round(limit / 100, 6)}:
            found.append((bound.start(), bound[0]))
    return list(dict.fromkeys(text for _, text in sorted(found)))


def _of_category(value: str, question: Question) -> bool:
    """Whether a declared value is but a part of a category's name: `N` of `Group N`."""
    start, size = question.places[value], len(value.rpartition("=")[2])
    return any(
        size < len(name) and 0 <= start - question.places[f"category:{name}"] <= len(name) - size
        for name in question.categories
    )
