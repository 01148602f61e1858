"""Words of a sentence and what surrounds a figure: qualifier, relation, whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from agent.profiles.rounding import MONTHS, NUMBER_WORDS
from agent.profiles.standing import Name

MONTH_NUMBERS = {month.casefold(): i + 1 for i, month in enumerate(MONTHS)}
MONTH_NUMBERS |= {month.casefold()[:3]: i + 1 for i, month in enumerate(MONTHS)}
_QUALIFIERS = {
    **dict.fromkeys(("about", "around", "roughly", "some", "approximately"), "about"),
    **dict.fromkeys(("nearly", "almost"), "nearly"),
    **{"over": "across", "above": "over"},
    **dict.fromkeys(("under", "below"), "under"),
}
_THAN = {"more": "over", "less": "under", "fewer": "under"}
_MOST = {"least": "at least", "most": "at most"}
_OTHERS = frozenset(
    [
        "against",
        "usual",
        "population",
        "log",
        "others",
        "everyone",
        "typical",
        "typically",
        "normally",
        "elsewhere",
        "overall",
        "own",
        "where",
        "compared",
        "versus",
    ]
)
_CLAUSE_ENDS = frozenset({",", ";", ".", "(", ")", "–", "—"})


class Word(NamedTuple):
    """A token, or a whole cited name folded into one (`names` then says whose)."""

    text: str
    """Case-folded."""
    raw: str
    opens: bool
    """Whether a capital is due here: at the start of the sentence or after a full stop."""
    segment: int
    names: tuple[Name, ...] = ()


def text_at(words: Sequence[Word], at: int) -> str:
    return words[at].text if 0 <= at < len(words) else ""


def value_of(text: str) -> float | None:
    if text[:1].isdecimal():
        try:
            return float(text.replace(",", ""))
        except ValueError:
            return -1.0  # a figure no fact can hold, such as 1.2.3: a claim, and a false one
    return float(NUMBER_WORDS[text]) if text in NUMBER_WORDS else None


def is_amount(text: str) -> bool:
    return text in ("twice", "about") or value_of(text) is not None


def is_month(words: Sequence[Word], at: int) -> bool:
    return text_at(words, at) in MONTH_NUMBERS and words[at].raw[:1].isupper()


def year_at(words: Sequence[Word], at: int) -> int | None:
    text = text_at(words, at)
    return int(text) if len(text) == 4 and text.isdecimal() and 1900 <= int(text) <= 2100 else None


def relation_at(words: Sequence[Word], at: int) -> str:
    for back in range(1, 4):
        text = text_at(words, at - back)
        if text in ("since", "until"):
            return text
    return ""


def qualifier_at(words: Sequence[Word], at: int, *, after_sign: bool) -> str:
    at -= after_sign
    before, earlier = text_at(words, at - 1), text_at(words, at - 2)
    if before == "than":
        return _THAN.get(earlier, "")
    if before in _MOST and earlier == "at":
        return _MOST[before]
    return _QUALIFIERS.get(before, "")


def role_at(words: Sequence[Word], at: int, nxt: int) -> str:
    """Whose the number is: its user's own, the population's, or one side of a change."""
    before = text_at(words, at - 1)
    before = text_at(words, at - 2) if before and not before[0].isalpha() else before
    if before in ("from", "to"):
        return before
    for ahead in range(nxt, min(nxt + 8, len(words))):
        text = words[ahead].text
        if text in ("until", "before"):
            return "from"
        if text in ("since", "after", "afterwards", "now"):
            return "to"
        if text in _CLAUSE_ENDS or text[:1].isdecimal():
            break
    for back in range(at - 1, max(-1, at - 15), -1):
        text = words[back].text
        if text in _CLAUSE_ENDS or (text == ":" and text_at(words, back - 1) != "population"):
            break
        if text in _OTHERS:
            return "population"
    return "own"
