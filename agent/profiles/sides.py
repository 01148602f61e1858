"""Whose a figure in a sentence about a group is: its members', everybody else's or a sibling's.

Only facts about groups are judged by this; what a sentence says of one user is read in
`surroundings`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from agent.profiles.surroundings import Word, text_at

_OTHERS = frozenset({"others", "everybody", "everyone", "else", "elsewhere", "rest", "population"})
_PEOPLE = frozenset(
    [
        *("them", "members", "member", "customers", "customer", "people", "users", "shoppers"),
        *("others", "everybody", "everyone", "those"),
    ]
)
_AGAINST = frozenset({"against", "versus", "compared", "than", "not"})
_TURNS = _AGAINST | {"where", "whereas", "while", "but", "instead"}
SIDE_WORDS = _OTHERS | _TURNS | {"other"}
"""Words that say, or could turn, whose a figure beside them is."""

_OURS = frozenset({"they", "their", "these", "members", "customers", "people", "who"})
_ENDS = frozenset({",", ";", ".", ":", ")", "–", "—"})
_BEFORE = frozenset({"of", "among", "for", "with", "by", "in", "the", "all"})
_MORE = frozenset({"more", "over", "longer", "above", "higher", "later"})
_FEWER = frozenset({"fewer", "less", "sooner", "under", "lower", "below", "earlier"})
_WITHIN = 5
"""Words between a figure and the `or more` that makes a bound of it: `45 days or more`."""


@dataclass(frozen=True, slots=True)
class Side:
    """Whose a figure is; `facts` are those whose sibling is meant, where it is a sibling's."""

    role: Literal["own", "population", "rival"] = "own"
    facts: frozenset[int] = frozenset()


OWN, _POPULATION = Side(), Side("population")


def side_at(words: Sequence[Word], at: int, nxt: int) -> Side:
    """Whose the figure at `at` is; its unit ends before `nxt`.

    What follows it decides first (`6 % of others`, `2 among Gift buyers`), then what precedes it
    in its clause (`others: 6 %`, `Gift buyers (6 %)`, `against 6 %`). A bare `against` means the
    side the sentence has named last, else everybody else.
    """
    return _ahead(words, nxt) or _behind(words, at) or OWN


def _ahead(words: Sequence[Word], nxt: int) -> Side | None:
    for at in range(nxt, len(words)):
        text = words[at].text
        side = _named(words, at)
        if side and text_at(words, at - 1) in _BEFORE:
            return side
        if side or text in _ENDS or text == "(" or text in _TURNS or text in _OURS:
            return None
    return None


def _behind(words: Sequence[Word], at: int) -> Side | None:
    for back in range(at - 1, -1, -1):
        text = words[back].text
        side = _named(words, back)
        if side or text == "(":
            return side or _named(words, back - 1)
        if text in _AGAINST and not _bounds(words, back):
            return _opposite(words, back)
        if text in _OURS or (text in _ENDS and text != ":"):
            return None
    return None


def _bounds(words: Sequence[Word], at: int) -> bool:
    """Whether `than` belongs to `more than 15 %`, which compares with nobody."""
    if words[at].text != "than" or text_at(words, at - 1) not in ("more", "less", "fewer"):
        return False
    after = words[at + 1 : at + 3]  # a figure, or a currency's sign and a figure
    return bool(after) and not after[0].names and not after[0].text[:1].isalpha()


def _opposite(words: Sequence[Word], at: int) -> Side:
    for back in range(at - 1, -1, -1):
        side = _named(words, back)
        if side:
            return side
    return _POPULATION


def _named(words: Sequence[Word], at: int) -> Side | None:
    """The side a word names: a sibling's name, `others`, `other customers`."""
    if not 0 <= at < len(words):
        return None
    rivals = frozenset(name.fact for name in words[at].names if name.kind == "rival")
    if rivals:
        return Side("rival", rivals)
    text = words[at].text
    if text == "rest" and text_at(words, at - 1) != "the":
        return None
    if text in _OTHERS or (text == "other" and text_at(words, at + 1) in _PEOPLE):
        return _POPULATION
    return None


def bound_at(words: Sequence[Word], at: int, nxt: int, qualifier: str) -> str:
    """The bound a figure is said to be: `at least`, `at most`, `more than`, `less than` or ``.

    `45 days or more` and `within 45 days` are bounds too.
    """
    if qualifier in ("at least", "at most"):
        return qualifier
    if qualifier in ("over", "under"):
        return {"over": "more than", "under": "less than"}[qualifier]
    if text_at(words, at - 1) == "within":
        return "at most"
    for ahead in range(nxt, min(nxt + _WITHIN, len(words))):
        if words[ahead].text == "or":
            after = text_at(words, ahead + 1)
            return "at least" if after in _MORE else "at most" if after in _FEWER else ""
        if words[ahead].text in _ENDS or words[ahead].text[:1].isdecimal():
            break
    return ""


def crowd_at(words: Sequence[Word], nxt: int) -> str:
    """What a share at `nxt` is said to be of: `people`, another noun (`spend`), or nothing."""
    if text_at(words, nxt) != "of":
        return ""
    at = nxt + 1
    while text_at(words, at) in ("all", "the", "these", "their", "its"):
        at += 1
    if at >= len(words):
        return "people"
    said = words[at].text
    alone = text_at(words, at - 1) == "all" and not words[at].names and not said[:1].isalpha()
    return "people" if said in _PEOPLE or _named(words, at) or alone else said or "things"
