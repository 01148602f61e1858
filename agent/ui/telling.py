"""An answer as it is laid out: paragraphs of sentences, each with the records it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.chat.world import World
from agent.records import Answer, Citation

LISTED = 3
"""Things from which a sentence is laid out as a list."""

_ENDING = re.compile(r"(?:\s*\[[^\[\]]+\])+\s*$")
_BREAK = re.compile(r"\n\s*\n")


@dataclass(frozen=True)
class Mark:
    """A record as it is cited: its number in this answer, what stands there, where it leads."""

    number: int
    id: str
    text: str
    where: str
    """`segment/s7`, `user/u42`, or nothing."""


@dataclass(frozen=True)
class Line:
    """A sentence with its marks; one that lists things is its beginning, and the things apart."""

    text: str
    marks: tuple[Mark, ...]
    things: tuple[tuple[str, Mark], ...] = ()


@dataclass(frozen=True)
class About:
    """Whom an answer talks about, for the map."""

    segments: tuple[str, ...]
    users: tuple[str, ...]


def lay_out(text: str, citations: Sequence[Citation]) -> list[list[Line]]:
    """Paragraphs of an answer's text, whose sentences end in the ids they cite."""
    if not citations:
        return [[Line(part.strip(), ())] for part in _BREAK.split(text) if part.strip()]
    said = {citation.id: citation.text for citation in citations}
    # Longest first, since one id may be the start of another; ids may hold spaces and brackets.
    known = "|".join(re.escape(one) for one in sorted(said, key=len, reverse=True))
    ids = re.compile(rf"\[({known})\]")
    order = dict.fromkeys(ids.findall(text))
    numbered = {one: Mark(n, one, said[one], leads_to(one)) for n, one in enumerate(order, 1)}
    cited = re.compile(rf"(.*?)\s*((?:\[(?:{known})\]\s*)+|$)", re.DOTALL)
    return [
        [
            _line(match[1].strip(), tuple(numbered[one] for one in ids.findall(match[2])))
            for match in cited.finditer(part)
            if match[1].strip()
        ]
        for part in _BREAK.split(text)
        if part.strip()
    ]


def _line(text: str, marks: tuple[Mark, ...]) -> Line:
    """A sentence; `Best first: a; b; c.` with a record for each is a list, if it is one surely."""
    beginning, colon, rest = text.partition(": ")
    things = rest.removesuffix(".").split("; ")
    if not colon or len(things) < LISTED or len(things) != len(marks):
        return Line(text, marks)
    return Line(f"{beginning}:", marks, tuple(zip(things, marks, strict=True)))


def bare(piece: str) -> str:
    """A sentence of a stream without the ids at its end, whose texts come with the whole answer."""
    return _ENDING.sub("", piece)


def leads_to(record: str) -> str:
    """The page that tells more about what a record is of."""
    kind, _, rest = record.partition("/")
    one = rest.partition("/")[0]
    return f"{kind}/{one}" if kind in ("segment", "user") and one else ""


def about(answer: Answer, world: World) -> About:
    """The segments and users an answer cites or looked up, in that order."""
    named = [part for c in answer.citations for part in c.id.split("/")[1:2]]
    for call in answer.tool_calls:
        named += [str(value) for value in call.arguments.values() if isinstance(value, str)]
    return About(_known(named, world.segments), _known(named, world.row))


def _known(names: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    there = set(known)
    return tuple(dict.fromkeys(name for name in names if name in there))
