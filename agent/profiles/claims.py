"""The claims a sentence makes in figures, dates and worded amounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from agent.profiles.names import folded
from agent.profiles.rounding import CADENCES, CHANGES, CROWDS, MONTHS, NUMBER_WORDS
from agent.profiles.standing import Name
from agent.records import Vocabulary

_MONTH = {month.casefold(): i + 1 for i, month in enumerate(MONTHS)}
_MONTH |= {month.casefold()[:3]: i + 1 for i, month in enumerate(MONTHS)}
_QUALIFIERS = {
    **dict.fromkeys(("about", "around", "roughly", "some", "approximately"), "about"),
    **dict.fromkeys(("nearly", "almost"), "nearly"),
    **{"over": "across", "above": "over"},
    **dict.fromkeys(("under", "below"), "under"),
}
_THAN = {"more": "over", "less": "under", "fewer": "under"}
_MOST = {"least": "at least", "most": "at most"}
_OTHERS = frozenset(
    "against usual population log others everyone typical typically normally elsewhere overall "
    "own where compared versus".split()
)
_CLAUSE_ENDS = frozenset({",", ";", ".", "(", ")", "–", "—"})
_FILLERS = frozenset(
    "different separate distinct other such further returned single whole active".split()
)
_FIXED_UNITS = {
    **dict.fromkeys(("piece", "pieces", "unit", "units"), "pieces"),
    **dict.fromkeys(("people", "person", "users", "user", "customers", "members"), "people"),
    **dict.fromkeys(("event", "events"), "events"),
    **dict.fromkeys(("star", "stars", "points"), "rating"),
}
_LENGTHS = {"day": 1.0, "week": 7.0, "month": 30.44, "year": 365.25, "fortnight": 14.0}
_YEARLY = frozenset("in since during by until from through of to after before and".split())


@dataclass(frozen=True, slots=True)
class Word:
    """A token, or a whole cited name folded into one (`names` then says whose)."""

    text: str
    """Case-folded."""
    raw: str
    opens: bool
    """Whether a capital is due here: at the start of the sentence or after a full stop."""
    segment: int
    names: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class FigureClaim:
    """A number with what its surroundings say of it. `units` empty: none was said."""

    value: float
    text: str
    units: frozenset[str]
    segment: int
    qualifier: str = ""
    step: float = 0.0
    role: str = "own"
    of: str = ""
    """The noun after `% of`, where there is one."""
    length: float = 0.0
    """Days in the unit, for a length of time told in days, weeks, months or years."""


@dataclass(frozen=True, slots=True)
class DateClaim:
    text: str
    year: int | None
    month: int | None
    day: int | None
    relation: str = ""
    """`since`, `until` or nothing."""

    def covers(self, other: date) -> bool:
        """Whether `other` is the day, or in the month or year, that is claimed."""
        return (
            self.year in (None, other.year)
            and self.month in (None, other.month)
            and self.day in (None, other.day)
        )


@dataclass(frozen=True, slots=True)
class WordedClaim:
    """A worded amount: `table` is `share`, `tenths`, `gap`, `change`, `crowd` or `clock`."""

    table: str
    word: str
    segment: int
    unit: str = ""


Claim = FigureClaim | DateClaim | WordedClaim


class ClaimReader:
    """Reads claims out of words; one per vocabulary, since units are the vocabulary's nouns."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.currency = folded(vocabulary.currency)
        units: dict[str, set[str]] = {word: {unit} for word, unit in _FIXED_UNITS.items()}
        for words, unit in (
            ((vocabulary.event, vocabulary.events), "events"),
            ((vocabulary.visit, vocabulary.visits), "visits"),
            ((vocabulary.item, vocabulary.items), "items"),
        ):
            for word in words:
                units.setdefault(folded(word)[-1], set()).add(unit)
        self.units = units
        self.nouns = frozenset(units) | {*folded(vocabulary.share_of)}

    def claims(self, words: Sequence[Word]) -> list[Claim]:
        """All claims, in the order of the text; words inside cited names make none."""
        found: list[Claim] = []
        at = 0
        while at < len(words):
            word = words[at]
            step = 1
            if word.text and not word.names:
                claim: Claim | None = None
                for reader in (self._date, self._worded, self._figure):
                    read = reader(words, at)
                    if read is not None:
                        step, claim = read
                        break
                if claim is not None:
                    found.append(claim)
            at += step
        return found

    # --- dates ---------------------------------------------------------------------------------

    def _date(self, words: Sequence[Word], at: int) -> tuple[int, Claim] | None:
        text = _text(words, at)
        relation = _relation(words, at)
        if text.isdigit() and len(text) == 4 and _text(words, at + 1) == "-":
            parts = [_text(words, at + i) for i in range(0, 5, 2)]
            if all(part.isdigit() for part in parts) and _text(words, at + 3) == "-":
                year, month, day = map(int, parts)
                return 5, DateClaim("-".join(parts), year, month, day, relation)
        if text.isdigit() and 1 <= int(text) <= 31 and len(text) <= 2:
            ahead = at + 1
            if _text(words, ahead) in ("and", "to", "–", "-") and _text(words, at + 2).isdigit():
                ahead = at + 3  # "1 and 2 December": the second day is read in its own turn
            if _is_month(words, ahead):
                month, year = _MONTH[_text(words, ahead)], _year(words, ahead + 1)
                said = " ".join(_text(words, i) for i in range(at, ahead + 1))
                used = 1 if ahead > at + 1 else 2 + (year is not None)
                return used, DateClaim(said, year, month, int(text), relation)
        if _is_month(words, at):
            year = _year(words, at + 1)
            used = 1 + (year is not None)
            return used, DateClaim(words[at].raw, year, _MONTH[text], None, relation)
        if _year(words, at) is not None and _text(words, at - 1) in _YEARLY:
            return 1, DateClaim(text, int(text), None, None, relation)
        return None

    # --- worded amounts ------------------------------------------------------------------------

    def _worded(self, words: Sequence[Word], at: int) -> tuple[int, Claim] | None:
        segment = words[at].segment
        text, after, third = (_text(words, at + i) for i in range(3))
        before = _text(words, at - 1)
        near = "nearly " if before in ("nearly", "almost") else ""
        if text == "half" and before not in ("later", "earlier", "second", "first"):
            over = _text(words, at - 2) == "more" and before == "than"
            return 1, WordedClaim("share", ("more than " if over else near) + "half", segment)
        if text in ("a", "one") and after in ("third", "quarter"):
            return 2, WordedClaim("share", f"{near}a {after}", segment)
        if (text, after) in (("two", "thirds"), ("three", "quarters")):
            return 2, WordedClaim("share", f"{text} {after}", segment)
        if text == "all" and near:
            return 1, WordedClaim("share", "nearly all", segment)
        if text.isdigit() and after == ":" and third in ("00", "30"):
            return 3, WordedClaim("clock", f"{text}:{third}", segment)
        value = _value(text)
        if value in range(1, 10) and after in ("in", "of") and third in ("ten", "10"):
            return 3, WordedClaim("tenths", str(int(value or 0)), segment)
        for size in (4, 3, 2, 1):
            phrase = " ".join(_text(words, at + i) for i in range(size))
            if phrase in CADENCES:
                return size, WordedClaim("gap", phrase, segment)
        if text in CHANGES:
            return 1, WordedClaim("change", text, segment)
        if text in CROWDS:
            units = self._unit_after(words, at + 1) or self._unit_after(words, at + 2)
            return 1, WordedClaim("crowd", text, segment, next(iter(sorted(units)), ""))
        return None

    # --- figures -------------------------------------------------------------------------------

    def _figure(self, words: Sequence[Word], at: int) -> tuple[int, Claim] | None:
        text, used, step = _text(words, at), 1, 0.0
        if text in ("twice", "thrice"):
            value: float | None = 2.0 if text == "twice" else 3.0
            as_lift = _text(words, at + 1) in ("as", "the", "what", "and")
            units = frozenset({"lift"} if as_lift else {"uses", "visits", "events"})
            return 1, FigureClaim(value or 0, text, units, words[at].segment, "", 0.0, "own")
        if text in NUMBER_WORDS and _text(words, at + 1) == "-":
            joined = f"{text}-{_text(words, at + 2)}"
            if joined in NUMBER_WORDS:
                text, used = joined, 3
        value = _value(text)
        if value is None:
            return None
        nxt = at + used
        if _text(words, nxt) in ("k", "m") and text[0].isdigit():
            scale = 1e3 if _text(words, nxt) == "k" else 1e6
            digits = len(text.partition(".")[2])
            value, step, nxt = value * scale, scale * 10.0**-digits, nxt + 1
        units, nxt, of = self._units(words, at, nxt)
        if text == "one" and not units:
            return None
        if _text(words, nxt) in ("st", "nd", "rd", "th") and not units:
            units = frozenset({"rank"})  # no fact holds a rank, so no rank can stand
        return nxt - at, FigureClaim(
            value,
            " ".join(word.raw for word in words[at : nxt + 1] if word.raw),
            units,
            words[at].segment,
            _qualifier(words, at, bool(self.currency) and _text(words, at - 1) in self.currency),
            step,
            _role(words, at, nxt),
            of,
            _LENGTHS.get(_text(words, nxt).removesuffix("s"), 0.0),
        )

    def _units(self, words: Sequence[Word], at: int, nxt: int) -> tuple[frozenset[str], int, str]:
        """The units a number at `at` can have, where the next word to read is, and `% of` what."""
        after = _text(words, nxt)
        if after in ("%", "percent") or (after == "per" and _text(words, nxt + 1) == "cent"):
            nxt += 2 if after == "per" else 1
            if _text(words, at - 1) == "top":
                return frozenset({"top"}), nxt, ""
            noun = nxt + 1
            while _text(words, noun) in ("their", "all", "the", "its"):
                noun += 1
            of = _text(words, noun) if _text(words, nxt) == "of" else ""
            return frozenset({"percent"}), nxt, of if of in self.nouns else ""
        before = _text(words, at - 1)
        if before in self.currency or before in ("£", "$", "€", "¥"):
            return frozenset({"money"}), nxt, ""
        if (after, _text(words, nxt + 1)) == ("a", "month"):
            return frozenset({"money", "pieces", "events"}), nxt, ""
        if after in ("times", "fold"):
            then = _text(words, nxt + 1)
            as_lift = then in ("as", "the", "more", "over", "its", "what") or (
                then == "and" and _is_amount(_text(words, nxt + 2))
            )
            return frozenset({"lift"} if as_lift else {"uses", "visits"}), nxt + 1, ""
        if after == "of" and _is_amount(_text(words, nxt + 1)):
            return self._units(words, nxt + 1, nxt + 2)[0] or frozenset({"events"}), nxt, ""
        if before == "of" and _is_amount(_text(words, at - 2)):
            return self._unit_after(words, nxt) or frozenset({"events"}), nxt, ""
        if (after, _text(words, nxt + 1)) in (("at", "a"), ("of", "each")) or (
            before in ("of", "in") and _text(words, at - 2) in ("lots", "packs", "batches")
        ):
            return frozenset({"pieces"}), nxt, ""
        return self._unit_after(words, nxt, _text(words, at - 1)), nxt, ""

    def _is_gap(self, words: Sequence[Word], at: int) -> bool:
        """Whether days are told as a gap: `apart`, `on the median`, `between orders`."""
        following = _text(words, at + 1)
        return _text(words, at) in ("apart", "pass", "on", "or") or (
            _text(words, at) == "between"
            and (following in ("a", "an", "one") or "visits" in self.units.get(following, ()))
        )

    def _unit_after(self, words: Sequence[Word], at: int, before: str = "") -> frozenset[str]:
        for ahead in range(at, at + 3):
            text = _text(words, ahead)
            singular = text.removesuffix("s")
            if singular in _LENGTHS:
                own = self.units.get(text, set())
                gap = before in ("every", "about") or self._is_gap(words, ahead + 1)
                return frozenset({"days"} if gap else own | {"days"})
            if text in self.units:
                return frozenset(self.units[text])
            if text not in _FILLERS:
                break
        return frozenset()


def _text(words: Sequence[Word], at: int) -> str:
    return words[at].text if 0 <= at < len(words) else ""


def _value(text: str) -> float | None:
    if text[:1].isdigit():
        try:
            return float(text.replace(",", ""))
        except ValueError:
            return -1.0  # a figure no fact can hold, such as 1.2.3: a claim, and a false one
    return float(NUMBER_WORDS[text]) if text in NUMBER_WORDS else None


def _is_amount(text: str) -> bool:
    return text in ("twice", "about") or _value(text) is not None


def _is_month(words: Sequence[Word], at: int) -> bool:
    return _text(words, at) in _MONTH and words[at].raw[:1].isupper()


def _year(words: Sequence[Word], at: int) -> int | None:
    text = _text(words, at)
    return int(text) if len(text) == 4 and text.isdigit() and 1900 <= int(text) <= 2100 else None


def _relation(words: Sequence[Word], at: int) -> str:
    for back in range(1, 4):
        text = _text(words, at - back)
        if text in ("since", "until"):
            return text
    return ""


def _qualifier(words: Sequence[Word], at: int, currency: bool) -> str:
    at -= currency
    before, earlier = _text(words, at - 1), _text(words, at - 2)
    if before == "than":
        return _THAN.get(earlier, "")
    if before in _MOST and earlier == "at":
        return _MOST[before]
    return _QUALIFIERS.get(before, "")


def _role(words: Sequence[Word], at: int, nxt: int) -> str:
    """Whose the number is: its user's own, the population's, or one side of a change."""
    before = _text(words, at - 1)
    before = _text(words, at - 2) if before and not before[0].isalpha() else before
    if before in ("from", "to"):
        return before
    for ahead in range(nxt, min(nxt + 8, len(words))):
        text = words[ahead].text
        if text in ("until", "before"):
            return "from"
        if text in ("since", "after", "afterwards", "now"):
            return "to"
        if text in _CLAUSE_ENDS or text[:1].isdigit():
            break
    for back in range(at - 1, max(-1, at - 15), -1):
        text = words[back].text
        if text in _CLAUSE_ENDS or (text == ":" and _text(words, back - 1) != "population"):
            break
        if text in _OTHERS:
            return "population"
    return "own"
