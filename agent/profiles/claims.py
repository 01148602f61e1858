"""The claims a sentence makes in figures, dates and worded amounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from agent.profiles.names import folded
from agent.profiles.rounding import CADENCES, CHANGES, CROWDS, NUMBER_WORDS
from agent.profiles.sides import OWN, Side, bound_at, crowd_at, side_at
from agent.profiles.surroundings import (
    MONTH_NUMBERS,
    Word,
    is_amount,
    is_month,
    qualifier_at,
    relation_at,
    role_at,
    text_at,
    value_of,
    year_at,
)
from agent.records import Vocabulary

_FILLERS = frozenset(
    [
        "different",
        "separate",
        "distinct",
        "other",
        "such",
        "further",
        "returned",
        "single",
        "whole",
        "active",
    ]
)
_FIXED_UNITS = {
    **dict.fromkeys(("piece", "pieces", "unit", "units"), "pieces"),
    **dict.fromkeys(("people", "person", "users", "user", "customers", "members"), "people"),
    **dict.fromkeys(("event", "events"), "events"),
    **dict.fromkeys(("rating", "ratings"), "events"),
    **dict.fromkeys(("star", "stars", "points"), "rating"),
}
_LENGTHS = {"day": 1.0, "week": 7.0, "month": 30.44, "year": 365.25, "fortnight": 14.0}
_YEARLY = frozenset(
    [
        "in",
        "since",
        "during",
        "by",
        "until",
        "from",
        "through",
        "of",
        "to",
        "after",
        "before",
        "and",
    ]
)


_TIMES = frozenset({"twice", "thrice"})
"""These compare two sides, so they are on neither."""
_AMOUNTS = frozenset({"spend", "spending", "amount", "amounts", "total", "totals", "average"})
"""After `monthly` these say what is counted a month, and nothing of how often."""
_CADENCE_STARTS = frozenset(phrase.split()[0] for phrase in CADENCES)
_STARTS = frozenset(
    {"half", "a", "one", "two", "three", "all", "twice", "thrice", *MONTH_NUMBERS, *NUMBER_WORDS}
    | _CADENCE_STARTS
    | {*CHANGES, *CROWDS, "most"}
)
"""Words that can begin a claim; figures can too, all other words cannot."""


class FigureClaim(NamedTuple):
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
    side: Side = OWN
    bound: str = ""
    crowd: str = ""
    """Whose it is, what bound it is said to be and what a share is of, for facts about groups."""


class DateClaim(NamedTuple):
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


class WordedClaim(NamedTuple):
    """A worded amount.

    `table` is `share`, `most`, `tenths`, `gap`, `change`, `crowd` or `clock`.
    """

    table: str
    word: str
    segment: int
    unit: str = ""
    side: Side = OWN
    crowd: str = ""


Claim = FigureClaim | DateClaim | WordedClaim


class ClaimReader:
    """Reads claims out of words; one per vocabulary, since units are the vocabulary's nouns."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.currency = folded(vocabulary.currency)
        self.signs = (*self.currency, "£")
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

    def claims(self, words: Sequence[Word], *, groups: bool = True) -> list[Claim]:
        """All claims, in the order of the text; words inside cited names make none.

        Without `groups`, where no cited fact is of one, nobody asks whose side a figure is on.
        """
        found: list[Claim] = []
        at = 0
        while at < len(words):
            word = words[at]
            step = 1
            if word.text in _STARTS or word.text[:1].isdecimal():
                claim: Claim | None = None
                for reader in (self._date, self._worded, self._figure):
                    read = reader(words, at)
                    if read is not None:
                        step, claim = read
                        break
                if isinstance(claim, WordedClaim):
                    side = side_at(words, at, at + step) if groups else OWN
                    claim = claim._replace(side=side, crowd=crowd_at(words, at + step))
                elif isinstance(claim, FigureClaim) and groups and word.text not in _TIMES:
                    claim = claim._replace(
                        side=side_at(words, at, at + step),
                        bound=bound_at(words, at, at + step, claim.qualifier),
                        crowd=crowd_at(words, at + step),
                    )
                if claim is not None:
                    found.append(claim)
            at += step
        return found

    # --- dates ---------------------------------------------------------------------------------

    def _date(self, words: Sequence[Word], at: int) -> tuple[int, Claim] | None:
        text = text_at(words, at)
        relation = relation_at(words, at)
        if text.isdecimal() and len(text) == 4 and text_at(words, at + 1) == "-":
            parts = [text_at(words, at + i) for i in range(0, 5, 2)]
            if all(part.isdecimal() for part in parts) and text_at(words, at + 3) == "-":
                said, (year, month, day) = "-".join(parts), (int(part) for part in parts)
                return 5, DateClaim(said, year, month, day, relation)
        if text.isdecimal() and 1 <= int(text) <= 31 and len(text) <= 2:
            ahead = at + 1
            joint, second = text_at(words, ahead), text_at(words, at + 2)
            if joint in ("and", "to", "–", "-") and second.isdecimal():
                ahead = at + 3  # "1 and 2 December": the second day is read in its own turn
            if is_month(words, ahead):
                named, dated = MONTH_NUMBERS[text_at(words, ahead)], year_at(words, ahead + 1)
                said = " ".join(text_at(words, i) for i in range(at, ahead + 1))
                used = 1 if ahead > at + 1 else 2 + (dated is not None)
                return used, DateClaim(said, dated, named, int(text), relation)
        if is_month(words, at):
            dated = year_at(words, at + 1)
            used = 1 + (dated is not None)
            return used, DateClaim(words[at].raw, dated, MONTH_NUMBERS[text], None, relation)
        if year_at(words, at) is not None and text_at(words, at - 1) in _YEARLY:
            return 1, DateClaim(text, int(text), None, None, relation)
        return None

    # --- worded amounts ------------------------------------------------------------------------

    def _worded(self, words: Sequence[Word], at: int) -> tuple[int, Claim] | None:
        segment = words[at].segment
        text, after, third = (text_at(words, at + i) for i in range(3))
        before = text_at(words, at - 1)
        near = "nearly " if before in ("nearly", "almost") else ""
        if text == "half" and before not in ("later", "earlier", "second", "first"):
            over = text_at(words, at - 2) == "more" and before == "than"
            return 1, WordedClaim("share", ("more than " if over else near) + "half", segment)
        if text in ("a", "one") and after in ("third", "quarter"):
            return 2, WordedClaim("share", f"{near}a {after}", segment)
        if (text, after) in (("two", "thirds"), ("three", "quarters")):
            return 2, WordedClaim("share", f"{text} {after}", segment)
        if text == "most" and after == "of" and crowd_at(words, at + 1) == "people":
            return 1, WordedClaim("most", text, segment)
        if text == "all" and near:
            return 1, WordedClaim("share", "nearly all", segment)
        if text.isdecimal() and after == ":" and third == "00":
            return 3, WordedClaim("clock", f"{text}:{third}", segment)
        value = value_of(text)
        if value in range(1, 10) and after == "in" and third in ("ten", "10"):
            return 3, WordedClaim("tenths", str(int(value or 0)), segment)
        if text in _CADENCE_STARTS and after not in _AMOUNTS:
            for size in (4, 3, 2, 1):
                phrase = " ".join(text_at(words, at + i) for i in range(size))
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
        text, used, step = text_at(words, at), 1, 0.0
        if text in _TIMES:
            many = 2.0 if text == "twice" else 3.0
            as_lift = text_at(words, at + 1) in ("as", "the", "what", "and")
            units = frozenset({"lift"} if as_lift else {"uses", "visits", "events"})
            return 1, FigureClaim(many, text, units, words[at].segment, "", 0.0, "own")
        if text in NUMBER_WORDS and text_at(words, at + 1) == "-":
            joined = f"{text}-{text_at(words, at + 2)}"
            if joined in NUMBER_WORDS:
                text, used = joined, 3
        value = value_of(text)
        if value is None:
            return None
        nxt = at + used
        if text_at(words, nxt) in ("k", "m") and text[0].isdecimal():
            scale = 1e3 if text_at(words, nxt) == "k" else 1e6
            digits = len(text.partition(".")[2])
            value, step, nxt = value * scale, scale * 10.0**-digits, nxt + 1
        units, nxt, of = self._units(words, at, nxt)
        qualifier = qualifier_at(words, at, after_sign=text_at(words, at - 1) in self.signs)
        if text == "one" and not units:
            return None
        if text_at(words, nxt) in ("st", "nd", "rd", "th") and not units:
            units = frozenset({"rank"})  # no fact holds a rank, so no rank can stand
        return nxt - at, FigureClaim(
            value,
            " ".join(word.raw for word in words[at : nxt + 1] if word.raw),
            units,
            words[at].segment,
            qualifier,
            step,
            role_at(words, at, nxt),
            of,
            _LENGTHS.get(text_at(words, nxt).removesuffix("s"), 0.0),
        )

    def _units(self, words: Sequence[Word], at: int, nxt: int) -> tuple[frozenset[str], int, str]:
        """The units a number at `at` can have, where the next word to read is, and `% of` what."""
        after = text_at(words, nxt)
        if after in ("%", "percent") or (after == "per" and text_at(words, nxt + 1) == "cent"):
            nxt += 2 if after == "per" else 1
            if text_at(words, at - 1) == "top":
                return frozenset({"top"}), nxt, ""
            noun = nxt + 1
            while text_at(words, noun) in ("their", "all", "the", "its"):
                noun += 1
            of = text_at(words, noun) if text_at(words, nxt) == "of" else ""
            return frozenset({"percent"}), nxt, of if of in self.nouns else ""
        before = text_at(words, at - 1)
        if before in self.currency or before in ("£", "$", "€", "¥"):
            return frozenset({"money"}), nxt, ""
        if (after, text_at(words, nxt + 1)) == ("a", "month"):
            return frozenset({"money", "pieces", "events"}), nxt, ""
        if after in ("times", "fold"):
            then = text_at(words, nxt + 1)
            as_lift = then in ("as", "the", "more", "over", "its", "what") or (
                then == "and" and is_amount(text_at(words, nxt + 2))
            )
            return frozenset({"lift"} if as_lift else {"uses", "visits"}), nxt + 1, ""
        if after == "of" and is_amount(text_at(words, nxt + 1)):
            return self._units(words, nxt + 1, nxt + 2)[0] or frozenset({"events"}), nxt, ""
        if before == "of" and is_amount(text_at(words, at - 2)):
            return self._unit_after(words, nxt) or frozenset({"events"}), nxt, ""
        if (after, text_at(words, nxt + 1)) in (("at", "a"), ("of", "each")) or (
            before in ("of", "in") and text_at(words, at - 2) in ("lots", "packs", "batches")
        ):
            return frozenset({"pieces"}), nxt, ""
        return self._unit_after(words, nxt, text_at(words, at - 1)), nxt, ""

    def _is_gap(self, words: Sequence[Word], at: int) -> bool:
        """Whether days are told as a gap: `apart`, `on the median`, `between orders`."""
        following = text_at(words, at + 1)
        return text_at(words, at) in ("apart", "pass", "on", "or") or (
            text_at(words, at) == "between"
            and (following in ("a", "an", "one") or "visits" in self.units.get(following, ()))
        )

    def _unit_after(self, words: Sequence[Word], at: int, before: str = "") -> frozenset[str]:
        for ahead in range(at, at + 3):
            text = text_at(words, ahead)
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
