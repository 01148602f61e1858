"""The verdict on one sentence: which of its claims no cited fact bears out, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from agent.profiles import wording
from agent.profiles.bearing import in_units, is_meant, may_be_worded, same_side
from agent.profiles.claims import Claim, DateClaim, FigureClaim, WordedClaim
from agent.profiles.groups import OF_PEOPLE
from agent.profiles.lexicon import Lexicon
from agent.profiles.names import stem
from agent.profiles.reading import Reading, read
from agent.profiles.rounding import (
    CADENCES,
    CHANGES,
    CROWDS,
    FRACTIONS,
    MONTHS,
    NUMBER_WORDS,
    WEEKDAYS,
    span_agrees,
    tenths,
)
from agent.profiles.standing import Figure, Role, Standing
from agent.profiles.surroundings import Word

FindingKind = Literal["citation", "number", "date", "name", "direction", "comparison", "word"]
_UNTOLD = frozenset({"rating", "money", "pieces", "events", "visits", "items", "people", "days"})
_CAPITALISED = frozenset({"i", *(word.casefold() for word in (*MONTHS, *WEEKDAYS))}) | {
    day.casefold() + "s" for day in WEEKDAYS
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a text says that its facts do not."""

    kind: FindingKind
    words: str
    problem: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.words!r} {self.problem}"


def judge(text: str, cited: Sequence[Standing], lexicon: Lexicon) -> list[Finding]:
    """All findings about `text`, names first, then figures and dates, then words."""
    reading = read(text, cited, lexicon)
    found = [Finding("name", name, "is in no cited fact") for name in reading.strangers]
    sentence = _Sentence(reading, cited, lexicon)
    for claim in lexicon.claims.claims(reading.words, groups=any(one.group for one in cited)):
        finding = sentence.claim(claim)
        if finding is not None:
            found.append(finding)
    found += sentence.words()
    found += sentence.comparisons()
    return found


class _Sentence:
    """One sentence against its facts."""

    def __init__(self, reading: Reading, cited: Sequence[Standing], lexicon: Lexicon) -> None:
        self.reading, self.cited, self.lexicon = reading, cited, lexicon
        self.by_index = {one.index: one for one in cited}
        self.figures = [figure for one in cited for figure in one.figures]
        self.kinds = {one.fact.kind for one in cited}
        self.known = frozenset[str]().union(*(one.words for one in cited))
        self.inherited: frozenset[str] = frozenset()
        self.crowd = ""
        self.quantified: set[int] = set()
        """Facts of whose bound the sentence has said how many members keep it."""
        self.named: dict[int, list[Word]] = {}
        for word in reading.words:
            if any(name.kind != "rival" for name in word.names):
                self.named.setdefault(word.segment, []).append(word)

    # --- figures and dates ---------------------------------------------------------------------

    def claim(self, claim: Claim) -> Finding | None:
        if isinstance(claim, DateClaim):
            return self._date(claim)
        if isinstance(claim, WordedClaim):
            return self._worded(claim)
        return self._figure(claim)

    def _figure(self, claim: FigureClaim) -> Finding | None:
        units = claim.units or (self.inherited | {"rating"} if self.inherited else _UNTOLD)
        beside = self.named.get(claim.segment, ())
        if not claim.units and len(beside) == 1:
            # `alien (5)`: a bare figure beside an entry of a list is read as that list's.
            entries = {name.fact for name in beside[0].names if name.place}
            units = units | {f.unit for f in self.figures if f.place and f.fact in entries}
        if not claim.units and not self.lexicon.vocabulary.currency:
            units = units | {"money"}
        if claim.units:
            self.inherited = claim.units
        fits = [
            figure
            for figure in self.figures
            if in_units(claim, figure, self.by_index[figure.fact], units, self.crowd)
            and is_meant(claim, figure, self.by_index[figure.fact], self.quantified)
        ]
        if claim.of:
            of = stem(claim.of)
            fits = [figure for figure in fits if of in self.by_index[figure.fact].words]
        if claim.units == {"percent"}:
            self.crowd = claim.crowd or self.crowd
            self.quantified |= {figure.fact for figure in fits if figure.unit == OF_PEOPLE}
        if not fits and claim.length and self._spans(claim):
            return None
        if not fits:
            unit = "/".join(sorted(claim.units)) or "this unit"
            return Finding("number", claim.text, f"stands in no cited fact as {unit}")
        return self._bound(claim, fits)

    def _bound(self, claim: FigureClaim, fits: list[Figure]) -> Finding | None:
        """A figure beside a name must be that name's: `garlands 31` is false of bunting's 31."""
        named = self.named.get(claim.segment, ())
        if len(named) != 1:
            return None
        names = [n for n in named[0].names if n.kind in {figure.kind for figure in fits}]
        if not names or any(figure.kind not in {n.kind for n in names} for figure in fits):
            return None
        for name in names:
            for figure in fits:
                if figure.fact == name.fact and figure.place in (0, name.place or figure.place):
                    return None
        return Finding("number", claim.text, f"is not the figure of {named[0].raw!r}")

    def _spans(self, claim: FigureClaim) -> bool:
        """Whether a length of time is the gap between visits, the user's span, or a silence."""
        days = claim.value * claim.length
        if days == 1 and any(
            one.fact.kind == "totals" and len({day for _, day in one.dates}) == 1
            for one in self.cited
        ):
            return True
        if claim.length > 1:
            gaps = [
                f.value
                for f in self.figures
                if f.unit == "days"
                and same_side(claim, f, self.by_index[f.fact])
                and not (claim.bound and self.by_index[f.fact].group)
            ]
            if any(abs(days - gap) <= 0.15 * gap for gap in gaps):
                return True
        for first, last in (("first", "last"), ("last", "end")):
            for one in self.cited:
                at = dict(one.dates)
                if first in at and last in at:
                    actual = (at[last] - at[first]).days
                    if span_agrees(days, claim.length if claim.length > 1 else 0.0, actual):
                        return True
        return False

    def _worded(self, claim: WordedClaim) -> Finding | None:
        own = [f for f in self.figures if may_be_worded(claim, f, self.by_index[f.fact])]
        share = OF_PEOPLE if claim.crowd == "people" else "percent"
        if claim.table == "most":
            # Of one user's facts it says nothing that could be checked.
            groups = {one.index for one in self.cited if one.group}
            self.quantified |= {f.fact for f in own if f.unit == OF_PEOPLE and f.value > 50}
            true = not groups or bool(self.quantified)
        elif claim.table == "share":
            low, high = FRACTIONS[claim.word]
            true = any(f.unit == share and low <= f.value <= high for f in own)
        elif claim.table == "tenths":
            true = any(f.unit == share and tenths(f.value) == int(claim.word) for f in own)
        elif claim.table == "gap":
            low, high = CADENCES[claim.word]
            true = any(f.unit == "days" and low <= f.value <= high for f in own)
        elif claim.table == "clock":
            true = any(claim.word in one.fact.names.get("hours", "") for one in self.cited)
        elif claim.table == "crowd":
            low, high = CROWDS[claim.word]
            units = {claim.unit} if claim.unit else _UNTOLD
            true = any(f.unit in units and low <= f.value <= high for f in own)
        else:
            true = self._changed(*CHANGES[claim.word])
        return None if true else Finding("number", claim.word, "is true of no cited fact")

    def _changed(self, low: float, high: float) -> bool:
        for one in self.cited:
            at = {figure.role: figure.value for figure in one.figures}
            if at.get("before") and "after" in at and low <= at["after"] / at["before"] <= high:
                return True
        return False

    def _date(self, claim: DateClaim) -> Finding | None:
        roles = {"since": ("first", "last", "middle"), "until": ("middle", "last", "end")}
        wanted = roles.get(claim.relation, ("first", "last", "middle", "end"))
        for one in self.cited:
            if any(role in wanted and claim.covers(day) for role, day in one.dates):
                return None
            if claim.day is None and claim.year is None and claim.month is not None:
                name = date(2000, claim.month, 1).strftime("%B").casefold()
                if one.fact.kind == "season" and stem(name) in one.words:
                    return None
        return Finding("date", claim.text, "is no date of a cited fact")

    # --- words ---------------------------------------------------------------------------------

    def words(self) -> list[Finding]:
        """Words that only some facts support, borrowed names, and capitals nobody explains."""
        found = []
        words = self.reading.words
        for at, word in enumerate(words):
            if not word.text or not word.text[0].isalpha():
                continue
            finding = self._word(word, words[at + 1].text if at + 1 < len(words) else "")
            if finding is not None:
                found.append(finding)
        return found

    def _word(self, word: Word, after: str) -> Finding | None:
        text, root = word.text, stem(word.text)
        if text in wording.DIRECTIONS:
            return self._direction(word)
        found = self._claimed(word, after) if wording.is_claim(text) else None
        if found is not None or root in self.known:
            return found
        if self.lexicon.borrows(text):
            return Finding("name", word.raw, "is a word of the catalogue, in no cited fact")
        shouted = len(word.raw) > 1 and word.raw.isupper()
        if shouted or (word.raw[:1].isupper() and not word.opens and text not in _CAPITALISED):
            return Finding("name", word.raw, "looks like a name, in no cited fact")
        return None

    def _claimed(self, word: Word, after: str) -> Finding | None:
        """What is wrong with a word that says something by itself; `after` is the one after it."""
        text, root = word.text, stem(word.text)
        if (root in wording.CALENDAR or text in wording.CALENDAR) and root not in self.known:
            return Finding("date", word.raw, "is in no cited fact")
        kinds = wording.KINDS.get(text)
        if kinds and not kinds & self.kinds and root not in self.known:
            return Finding("word", word.raw, f"needs a fact about {' or '.join(sorted(kinds))}")
        side = wording.SIDES.get(text) or wording.SIDES.get(f"{text} {after}")
        if side and not any(one.fact.names.get("side") == side for one in self.cited):
            return Finding("comparison", word.raw, f"needs a rating {side} the one compared with")
        if text in wording.SUPERLATIVES and root not in self.known:
            return Finding("comparison", word.raw, "ranks what no fact ranks")
        if text in wording.ABSOLUTES:
            counted = after[:1].isdigit() or after in NUMBER_WORDS
            whole = any(f.unit == "percent" and f.value == 100 for f in self.figures)
            if not counted and not whole:
                return Finding("comparison", word.raw, "needs a share of 100 %")
        return None

    def _direction(self, word: Word) -> Finding | None:
        wanted = wording.DIRECTIONS[word.text]
        moving = [one for one in self.cited if one.fact.direction is not None]
        tastes = [
            name
            for named in self.named.get(word.segment, ())
            for name in named.names
            if name.kind in ("shift", "category")
        ]
        if tastes:
            shifts = {name.fact for name in tastes if name.kind == "shift"}
            moving = [one for one in self.cited if one.index in shifts]
        if any(one.fact.direction == wanted for one in moving):
            return None
        return Finding("direction", word.raw, f"needs a cited fact that is {wanted}")

    def comparisons(self) -> list[Finding]:
        """`more than most` and its like need a fact that holds both sides."""
        plain = " ".join(_placeholder(word) for word in self.reading.words)
        found = []
        for pattern, sign in ((wording.ABOVE, 1), (wording.BELOW, -1)):
            match = pattern.search(plain)
            if match is None:
                continue
            often = wording.OFTEN.search(match.group()) is not None
            role: Role = "rival" if match.group().endswith("rival") else "population"
            if not any(self._compares(one, sign, often, role) for one in self.cited):
                found.append(Finding("comparison", match.group(), "needs a fact with both sides"))
        return found

    @staticmethod
    def _compares(one: Standing, sign: int, often: bool, role: Role) -> bool:
        return one.compared(role) == (-sign if often and one.fact.kind == "cadence" else sign)


def _placeholder(word: Word) -> str:
    rival = any(name.kind == "rival" for name in word.names)
    return word.text or ("rival" if rival else "name")
