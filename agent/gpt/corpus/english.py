"""The English tables, parsed: all that is bound to the language, in one place.

Another language is another module with these names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from agent.gpt.corpus import (
    clauses_heads,
    clauses_pairs,
    clauses_taste,
    clauses_time,
    clauses_worth,
)
from agent.profiles.phrases import REMARKS
from agent.profiles.telling import OWN_FIELDS, Frame, parse_frame

Table = Mapping[str, tuple[Frame, ...]]

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")


@cache
def words_of(frame: Frame) -> frozenset[str]:
    """The words of a frame that are its own."""
    return frozenset(_WORD.findall(" ".join(literal for literal, _, _ in frame.parts).lower()))


_TITLES = """
belongs box changing conversation declares fan file guest happened heart household leaving looking
loved moving please prefers searching shopping soft splits spot strictly weakness
"""
_NAMELIKE = frozenset(_TITLES.split())
"""Words of frames that were in a title of one of five real catalogues.

A sentence with such a word reads as a mention of that title, and a model is not told whose
catalogue it writes about: so it is not taught them, where a kind can be told without.
"""


def _plain(frames: tuple[Frame, ...]) -> tuple[Frame, ...]:
    return tuple(frame for frame in frames if not _NAMELIKE & words_of(frame)) or frames


def _parsed(*tables: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[Frame, ...]]:
    return {
        kind: _plain(tuple(parse_frame(text, OWN_FIELDS.get(kind, frozenset())) for text in texts))
        for table in tables
        for kind, texts in table.items()
    }


STATE = _parsed(clauses_time.STATE, clauses_taste.STATE, clauses_worth.STATE)
TAIL = _parsed(clauses_time.TAIL, clauses_taste.TAIL, clauses_worth.TAIL)
HEAD = _parsed(clauses_heads.HEAD)
ASIDE = _parsed(clauses_heads.ASIDE)
TOGETHER = {
    kinds: _plain(tuple(parse_frame(text) for text in texts))
    for kinds, texts in clauses_pairs.TOGETHER.items()
}
FEW = REMARKS
TAILS_AFTER: Mapping[str, frozenset[str]] = {
    kind: frozenset(kinds.split())
    for kind, kinds in {
        "totals": "cadence recency spend breadth daypart weekpart",
        "cadence": "daypart weekpart recency",
        "daypart": "weekpart cadence season",
        "weekpart": "daypart cadence",
        "season": "recency",
        "trend": "recency",
        "category": "items quantity price category breadth",
        "items": "breadth repeat quantity",
        "opinion": "opinion items",
        "rating": "opinion",
        "spend": "basket quantity price",
        "basket": "quantity price",
        "quantity": "price spend",
        "breadth": "repeat tail",
        "repeat": "items",
        "ties": "audience",
        "channel": "daypart action",
        "shift": "trend",
    }.items()
}
"""Kind → kinds that may follow its clause after a comma and still be understood."""

_VERBS = """
comes came made has is was takes puts gives keeps began leaves waits turns lives leans buys
rates posts sticks likes digs spent pays picks looks stocks orders places uses prefers writes
talks hears draws gets sent declares restocks went leads thinks loved took wrote picked spreads
searches asks used can lifts saves marks belongs holds spends does goes
"""
_ACTS = frozenset(_VERBS.split())


def of_person(frame: Frame) -> bool:
    """Whether the person is what the clause is about, so that another such clause may follow."""
    first = frame.parts[0]
    return bool(first[0]) and first[0].split(" ")[0].rstrip(",:") in _ACTS
