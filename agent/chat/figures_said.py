"""the figures of a sentence and of a record: value, unit, what is counted, and whose it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from agent.profiles.names import stem
from agent.profiles.rounding import FRACTIONS, MONTHS, NUMBER_WORDS, agrees

Unit = Literal["percent", "money", "count"]

_NUMBER = re.compile(
    r"(?<![\w.])(?P<money>[£$€]\s?)?(?P<value>\d[\d,]*(?:\.\d+)?)(?P<scale>k|m|bn)?\b\s?(?P<percent>%|percent\b"
    r"|per cent\b)?"
)
_WORDS = re.compile(rf"\b(?:{'|'.join(sorted(NUMBER_WORDS, key=len, reverse=True))})\b", re.I)
_FRACTIONS = re.compile(rf"\b(?:{'|'.join(sorted(FRACTIONS, key=len, reverse=True))})\b", re.I)
_SCALE = {"k": 1e3, "m": 1e6, "bn": 1e9}
_QUALIFIERS = {
    "about": "about",
    "around": "about",
    "roughly": "about",
    "approximately": "about",
    "some": "about",
    "nearly": "nearly",
    "almost": "nearly",
    "over": "over",
    "above": "over",
    "more than": "over",
    "under": "under",
    "below": "under",
    "less than": "under",
    "fewer than": "under",
    "at least": "at least",
    "at most": "at most",
    "up to": "at most",
}
_QUALIFIER = re.compile(
    rf"\b({'|'.join(sorted(_QUALIFIERS, key=len, reverse=True))})\s+(?:the |an? )?$", re.I
)
_NOUN = re.compile(
    r"^\s*(?:%|percent|per cent)?\s*(?:\(?of\s+)?"
    r"(?:their|all|the|its|different|other|more|in)?\s*([^\W\d_]+)"
)
_OTHERS = re.compile(
    r"\b(?:others?|else|everybody|everyone|usual|population|rest|against|than|versus|vs|log)\b[^.;]{0,30}$",
    re.I,
)

COUNTED = frozenset(
    stem(word)
    for word in [
        "customers",
        "people",
        "users",
        "members",
        "persons",
        "visits",
        "orders",
        "sessions",
        "purchases",
        "events",
        "ratings",
        "posts",
        "lines",
        "items",
        "movies",
        "products",
        "pieces",
        "days",
        "weeks",
        "months",
        "segments",
        "spend",
        "activity",
        "ties",
    ]
)
"""Nouns that must be the same beside a figure here and there; others are wording."""
PEOPLE = frozenset(
    stem(word) for word in ["customers", "people", "users", "members", "persons", "them", "all"]
)


@dataclass(frozen=True)
class Figure:
    """One number as it stands in a text."""

    value: float
    unit: Unit
    noun: str
    """Stem of what is counted, where a word of `COUNTED` says it; people are one noun."""
    others: bool
    """Whether it is said of everybody else."""
    start: int
    qualifier: str = ""
    step: float = 0.0
    """Unit of the last digit of a figure like `£1.1m`."""
    band: tuple[float, float] | None = None
    """For worded shares, the percentages they may stand for."""

    def borne_by(self, record: Figure) -> bool:
        """Whether a record's figure says the same."""
        if self.unit != record.unit or self.others != record.others:
            return False
        if self.noun and record.noun and self.noun != record.noun:
            return False
        if self.band is not None:
            return self.band[0] <= record.value <= self.band[1]
        return agrees(self.value, record.value, self.qualifier, self.step)


def figures(text: str) -> list[Figure]:
    """The figures of a text, in its order. Dates are figures like others: day and year."""
    found = [_figure(text, match) for match in _NUMBER.finditer(text)]
    for match in _WORDS.finditer(text):
        if match[0].casefold() not in ("one", "zero"):  # more often a pronoun than a figure
            value = float(NUMBER_WORDS[match[0].casefold()])
            found.append(_made(text, match.start(), match.end(), value, "count"))
    for match in _FRACTIONS.finditer(text):
        if match[0].casefold() != "all":
            band = FRACTIONS[match[0].casefold()]
            found.append(
                _made(text, match.start(), match.end(), sum(band) / 2, "percent", band=band)
            )
    return sorted(found, key=lambda figure: figure.start)


def _figure(text: str, match: re.Match[str]) -> Figure:
    digits = match["value"].replace(",", "")
    scale = _SCALE.get(match["scale"] or "", 1.0)
    step = scale * 10.0 ** -len(digits.partition(".")[2]) if scale > 1 else 0.0
    unit: Unit = "percent" if match["percent"] else "money" if match["money"] else "count"
    return _made(text, match.start(), match.end(), float(digits) * scale, unit, step=step)


def _made(
    text: str,
    start: int,
    end: int,
    value: float,
    unit: Unit,
    *,
    step: float = 0.0,
    band: tuple[float, float] | None = None,
) -> Figure:
    before, after = text[:start], text[end:]
    qualifier = _QUALIFIER.search(before)
    noun = _NOUN.match(after)
    word = stem(noun[1].casefold()) if noun else ""
    word = "people" if word in PEOPLE else word if word in COUNTED else ""
    return Figure(
        value,
        unit,
        word,
        _OTHERS.search(before) is not None,
        start,
        _QUALIFIERS[qualifier[1].casefold()] if qualifier else "",
        step,
        band,
    )


MONTH_NAMES = frozenset(month.casefold() for month in MONTHS)
