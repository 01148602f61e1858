"""The English tables, parsed: all that is bound to the language, in one place.

Another language is another module with these names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from agent.gpt.corpus import (
    clauses_heads,
    clauses_pairs,
    clauses_taste,
    clauses_time,
    clauses_worth,
)
from agent.profiles.telling import OWN_FIELDS, Frame, parse_frame

Table = Mapping[str, tuple[Frame, ...]]

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")


def _parsed(*tables: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[Frame, ...]]:
    return {
        kind: tuple(parse_frame(text, OWN_FIELDS.get(kind, frozenset())) for text in texts)
        for table in tables
        for kind, texts in table.items()
    }


STATE = _parsed(clauses_time.STATE, clauses_taste.STATE, clauses_worth.STATE)
TAIL = _parsed(clauses_time.TAIL, clauses_taste.TAIL, clauses_worth.TAIL)
HEAD = _parsed(clauses_heads.HEAD)
ASIDE = _parsed(clauses_heads.ASIDE)
TOGETHER = {
    kinds: tuple(parse_frame(text) for text in texts)
    for kinds, texts in clauses_pairs.TOGETHER.items()
}
FEW = clauses_pairs.FEW
JOINTS = ("; ", "; ", ", and ", ", and ", ", ")
HEAD_JOINTS = (", ", ", ", ", ", " and ")


def words_of(frame: Frame) -> frozenset[str]:
    """The words of a frame that are its own."""
    return frozenset(_WORD.findall(" ".join(literal for literal, _, _ in frame.parts).lower()))
