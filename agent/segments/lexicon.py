"""The words segment names are made of, each with what must be true of a person for it to fit.

A word that claims something carries its conditions; a word without any (`buyers`) claims nothing.
Bounds are on the measure itself; `above` and `below` are quantiles of the log's own users, so that
`Frequent` means frequent here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from agent.records import Vocabulary
from agent.segments.readable import Mask, Readable

Domain = Literal["purchases", "ratings", "posts", "events"]


@dataclass(frozen=True)
class Needs:
    feature: str
    low: float | None = None
    high: float | None = None
    above: float | None = None
    below: float | None = None

    def true_of(self, table: Readable) -> Mask:
        values = table.of(self.feature)
        known = values[~np.isnan(values)]
        if not len(known):
            return np.zeros(len(values), dtype=np.bool_)
        held: Mask = ~np.isnan(values)
        with np.errstate(invalid="ignore"):
            if self.low is not None:
                held &= values >= self.low
            if self.high is not None:
                held &= values <= self.high
            if self.above is not None:
                held &= values > np.quantile(known, self.above)
            if self.below is not None:
                held &= values < np.quantile(known, self.below)
        return held


@dataclass(frozen=True)
class Word:
    """`worth` says how much the word tells a reader beside others that are as true."""

    text: str
    needs: tuple[Needs, ...] = ()
    domains: tuple[Domain, ...] = ()
    """Logs the word fits; empty means all."""
    worth: float = 1.0

    @property
    def head(self) -> str:
        """The noun of a noun phrase: `bargain hunters` → `hunters`."""
        return self.text.split()[-1]

    def true_of(self, table: Readable) -> Mask:
        """(users,) Of whom the word is true."""
        held = np.ones(len(table.users), dtype=np.bool_)
        for need in self.needs:
            held &= need.true_of(table)
        return held


_OFTEN = Needs("visits", low=4)

MODIFIERS = (
    Word("Daily", (Needs("median_gap_days", high=2), _OFTEN)),
    Word("Weekly", (Needs("median_gap_days", low=4, high=10), _OFTEN)),
    Word("Fortnightly", (Needs("median_gap_days", low=10, high=20), _OFTEN)),
    Word("Monthly", (Needs("median_gap_days", low=22, high=45), Needs("visits", low=3))),
    Word("Late-night", (Needs("night_share", low=0.4),)),
    Word("Morning", (Needs("morning_share", low=0.5),)),
    Word("Afternoon", (Needs("afternoon_share", low=0.5),), worth=0.9),
    Word("Evening", (Needs("evening_share", low=0.5),)),
    Word("Daytime", (Needs("evening_share", high=0.1), Needs("night_share", high=0.1)), worth=0.8),
    Word("Weekend", (Needs("weekend_share", low=0.5),)),
    Word("Weekday", (Needs("weekend_share", high=0.1), Needs("visits", low=3)), worth=0.6),
    Word("January-to-March", (Needs("quarter1_share", low=0.5),)),
    Word("April-to-June", (Needs("quarter2_share", low=0.5),)),
    Word("July-to-September", (Needs("quarter3_share", low=0.5),)),
    Word("Year-end", (Needs("quarter4_share", low=0.6),)),
    Word("Bulk", (Needs("units_per_line", low=8, above=0.65),)),
    Word("Single-piece", (Needs("units_per_line", high=1.5, below=0.4),), worth=0.7),
    Word("Big-basket", (Needs("basket_value", above=0.65),), worth=0.8),
    Word("Small-basket", (Needs("basket_value", below=0.35),), worth=0.8),
    Word("Premium", (Needs("price", above=0.65),), worth=0.9),
    Word("Low-price", (Needs("price", below=0.35),), worth=0.9),
    Word("Big-spending", (Needs("spend", above=0.7),), worth=0.5),
    Word("Frequent", (Needs("visits", above=0.65),), worth=0.7),
    Word("Occasional", (Needs("visits", below=0.4, low=2),), worth=0.6),
    Word("One-visit", (Needs("visits", high=1),), worth=0.9),
    Word("Lapsed", (Needs("silent_days", low=120, above=0.6),), worth=0.9),
    Word("Recent", (Needs("silent_days", high=30, below=0.5),), worth=0.4),
    Word("Repeat", (Needs("repeat_share", low=0.2, above=0.65),), worth=0.7),
    Word("Wide-ranging", (Needs("items", above=0.65),), worth=0.6),
    Word("Narrow-range", (Needs("items", below=0.35),), worth=0.5),
    Word("Long-standing", (Needs("span_days", above=0.65), _OFTEN), worth=0.6),
    Word("Niche", (Needs("tail_share", above=0.7),), worth=0.9),
    Word("Mainstream", (Needs("tail_share", below=0.3),), worth=0.7),
    Word("Prolific", (Needs("events", above=0.75),), ("ratings", "posts", "events"), 0.8),
    Word("Light", (Needs("events", below=0.3),), ("ratings", "posts", "events"), 0.7),
    Word("Generous", (Needs("rating_mean", above=0.65),)),
    Word("Strict", (Needs("rating_mean", below=0.35),)),
    Word("Even-handed", (Needs("rating_spread", below=0.3),), worth=0.6),
    Word("Opinionated", (Needs("rating_spread", above=0.5),), worth=0.6),
    Word("Love-or-hate", (Needs("rating_spread", above=0.7),), worth=0.8),
    Word("Well-connected", (Needs("ties_out", above=0.7),), worth=0.8),
    Word("Much-answered", (Needs("ties_in", above=0.7),), worth=0.8),
    Word("One-partner", (Needs("top_tie_share", low=0.6),), worth=0.8),
    Word("Mutual", (Needs("reciprocity", low=0.5, above=0.6),), worth=0.6),
)

_BUYING: tuple[Domain, ...] = ("purchases",)
_RATING: tuple[Domain, ...] = ("ratings",)
_POSTING: tuple[Domain, ...] = ("posts",)
_TASTES: tuple[Domain, ...] = ("purchases", "ratings")

NOUNS = (
    # Nouns that claim something.
    Word("restockers", (Needs("repeat_share", low=0.2, above=0.6),), _BUYING, 1.2),
    Word("stockpilers", (Needs("units_per_line", low=6, above=0.65),), _BUYING),
    Word("bargain hunters", (Needs("price", below=0.35),), _BUYING),
    Word("splurgers", (Needs("basket_value", above=0.7),), _BUYING, 0.7),
    Word("samplers", (Needs("repeat_share", below=0.4), Needs("items", high=40)), (), 0.6),
    Word("collectors", (Needs("items", above=0.6), Needs("units_per_line", high=6)), _BUYING, 0.9),
    Word("collectors", (Needs("tail_share", above=0.7),), _RATING, 0.8),
    Word("taggers", (Needs("action:tag", low=0.05, above=0.6),), _RATING, 1.1),
    Word("commenters", (Needs("text_share", low=0.05, above=0.65),), _RATING, 0.9),
    Word("browsers", (Needs("action:view", low=0.6, above=0.6),), _BUYING),
    Word("one-timers", (Needs("visits", high=1),), (), 0.9),
    Word("drop-ins", (Needs("visits", high=3),), (), 0.6),
    Word("regulars", (Needs("visits", above=0.65),), (), 0.9),
    Word("night owls", (Needs("night_share", low=0.4),), ()),
    Word("early birds", (Needs("morning_share", low=0.5),), (), 0.8),
    Word("weekenders", (Needs("weekend_share", low=0.5),), ()),
    Word("treasure hunters", (Needs("tail_share", above=0.7),), _BUYING, 0.7),
    Word("spenders", (Needs("spend", above=0.75),), _BUYING, 0.5),
    Word("critics", (Needs("rating_mean", below=0.35),), _RATING),
    Word("admirers", (Needs("rating_mean", above=0.65),), _RATING),
    Word("completists", (Needs("events", above=0.75),), _RATING),
    Word("bingers", (Needs("visits", high=3), Needs("events", above=0.4)), _RATING, 0.9),
    Word("writers", (Needs("events", above=0.7),), _POSTING, 0.9),
    Word("correspondents", (Needs("reciprocity", low=0.4, above=0.6),), _POSTING),
    Word("connectors", (Needs("ties_out", above=0.75),), _POSTING),
    Word("hosts", (Needs("ties_in", above=0.75),), _POSTING),
    Word("passers-by", (Needs("events", below=0.3),), _POSTING),
    Word("explorers", (Needs("items", above=0.65),), ("purchases", "ratings", "events"), 0.8),
    Word("stayers", (Needs("span_days", above=0.65), _OFTEN), (), 0.6),
    Word("absentees", (Needs("silent_days", low=120, above=0.6),), (), 0.7),
    Word("minimalists", (Needs("items", below=0.3),), ("purchases", "ratings"), 0.7),
    Word("loyalists", (Needs("repeat_share", low=0.15, above=0.6),), _BUYING, 0.8),
    Word("economisers", (Needs("basket_value", below=0.35),), _BUYING, 0.7),
    # Nouns that claim nothing beyond being in the log, the plainest first.
    Word("buyers", (), _BUYING, 1.0),
    Word("shoppers", (), _BUYING, 0.98),
    Word("raters", (), _RATING, 1.0),
    Word("viewers", (), _RATING, 0.98),
    Word("posters", (), _POSTING, 1.0),
    Word("contributors", (), _POSTING, 0.98),
    Word("users", (), ("events",), 1.0),
    Word("visitors", (), ("events",), 0.98),
    Word("customers", (), _BUYING, 0.94),
    Word("purchasers", (), _BUYING, 0.85),
    Word("patrons", (), _BUYING, 0.8),
    Word("clients", (), _BUYING, 0.7),
    Word("accounts", (), _BUYING, 0.6),
    Word("watchers", (), _RATING, 0.94),
    Word("audience", (), _RATING, 0.9),
    Word("participants", (), _POSTING, 0.94),
    Word("authors", (), _POSTING, 0.9),
    Word("commentators", (), _POSTING, 0.8),
    Word("people", (), (), 0.3),
)

FOND_NOUNS = (
    Word("fans", (), _TASTES, 0.96),
    Word("buffs", (), _TASTES, 0.95),
    Word("lovers", (), _TASTES, 0.92),
    Word("enthusiasts", (), (), 0.9),
    Word("aficionados", (), _TASTES, 0.88),
    Word("followers", (), (), 0.86),
    Word("devotees", (), _TASTES, 0.84),
    Word("members", (), _POSTING, 0.84),
    Word("specialists", (), ("purchases", "posts"), 0.82),
    Word("seekers", (), _TASTES, 0.8),
    Word("voices", (), _POSTING, 0.8),
    Word("admirers", (), _BUYING, 0.79),
    Word("hunters", (), _BUYING, 0.78),
    Word("fanciers", (), _TASTES, 0.76),
    Word("connoisseurs", (), _TASTES, 0.74),
    Word("hobbyists", (), _BUYING, 0.73),
    Word("pickers", (), _BUYING, 0.72),
    Word("gatherers", (), _BUYING, 0.7),
    Word("crowd", (), _BUYING, 0.64),
    Word("insiders", (), _POSTING, 0.7),
)
"""Nouns that need a theme before them, which is what they claim."""

PLACES = frozenset({"country", "city", "region", "state", "county", "location", "town"})
"""Names of declared attributes whose values are places."""


def words_of(table: Readable) -> tuple[list[Word], list[Word], list[Word]]:
    """Modifiers, nouns and fond nouns that fit this log's domain and measures."""
    domain = table.vocabulary.domain

    def fits(word: Word) -> bool:
        known = all(need.feature in table.column for need in word.needs)
        return known and (not word.domains or domain in word.domains)

    modifiers = [w for w in MODIFIERS if fits(w)]
    for feature in table.names:
        kind, _, rest = feature.partition(":")
        if kind == "channel":
            told = f"{capital(plain(rest))}-first"
            modifiers.append(Word(told, (Needs(feature, low=0.6),), (), 0.8))
        elif kind == "attribute":
            name, _, value = rest.partition("=")
            place = name.lower() in PLACES
            if not value[:1].isalpha() or not (place or name.isalpha()):
                continue  # `2025-signup_year` is nothing to call anybody
            told = f"{plain(value)}-{'based' if place else name.lower()}"
            modifiers.append(Word(capital(told), (Needs(feature, low=1),), (), 0.9))
    short = [w for w in modifiers if 0 < len(w.text) <= 24 and w.text.count(" ") < 2]
    return short, [w for w in NOUNS if fits(w)], [w for w in FOND_NOUNS if fits(w)]


@lru_cache(maxsize=65_536)
def plain(name: str, *, most: int = 40) -> str:
    """A stranger's words made fit to be told: printable, on one line, `most` characters."""
    kept = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return kept if len(kept) <= most else kept[:most].rsplit(" ", 1)[0].strip(" ,(-")


def themed(category: str) -> str:
    """A category before a noun: `Video games` → `video game`; `IMAX` and `Group 4` stay."""
    words = plain(category).split()
    if any(c.isdigit() for word in words for c in word):
        return " ".join(words)
    words = [w if w.isupper() and len(w) < 6 else w.lower() for w in words]
    if words and not {"and", "&"} & set(words):
        words[-1] = _singular(words[-1])
    return " ".join(words)


def theme_of(category: str, words: Vocabulary) -> str:
    """`themed`, and whose things they are where it names people: `children's movie`, not them."""
    said = themed(category)
    return f"{category.lower()}'s {words.item}" if category.lower() in _PEOPLE else said


_PEOPLE = frozenset({"children", "men", "women"})
_ALWAYS_PLURAL = frozenset(
    ["clothes", "jeans", "trousers", "glasses", "sunglasses", "headphones", "series", "news"]
)


def _singular(word: str) -> str:
    """`accessories` → `accessory`, `dishes` → `dish`; `glass`, `canvas` and `jeans` stay."""
    if word in _ALWAYS_PLURAL or not word.endswith("s") or word.endswith(("ss", "us", "is", "as")):
        return word
    if word.endswith("ies") and len(word) > 5:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ches", "shes", "xes", "sses")) else word[:-1]


def capital(name: str) -> str:
    return name[:1].upper() + name[1:]
