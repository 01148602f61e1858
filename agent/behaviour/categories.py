"""Categories for a catalogue that has none: the kinds of thing its titles name.

A title such as `JUMBO BAG RED RETROSPOT` names a kind (`jumbo bag`) and a design (`retrospot`).
Word pairs that belong together and words that many titles share become categories, so that every
category is a phrase anybody can find in the titles it stands for, and an item may have several.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

import polars as pl

CATEGORISED = 0.5
"""Share of events on categorised items from which the catalogue's own categories are used."""

MIN_ITEMS = 5
"""Titles a phrase must stand in."""

MAX_SHARE = 0.08
"""A word in a larger share of titles than this says too little."""

COHESION = 0.3
"""A pair is a phrase when it makes up this share of the rarer word's titles."""

MAX_CATEGORIES = 160
PER_ITEM = 3

_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['\u2019-](?=[^\W\d_]))+")
_YEAR = re.compile(r"\(\d{4}\)\s*$")

# Colours, sizes, counts, containers and joining words describe a thing without saying what it is.
_UNTELLING_WORDS = """
    a an and are as at by for from in into is it la le les of on or the to with without your you
    my me we us our no not new old best good great more most
    set sets pack pk pcs piece pieces pair pairs box boxed boxes assorted asstd asst design
    designs style type size colour color colours small large medium big mini giant tall short
    long wide extra double single one two three four five six seven eight nine ten dozen
    red blue green yellow pink black white ivory cream grey gray silver gold golden brown purple
    orange turquoise lilac beige natural clear dark light pale pastel
    inch inches cm mm ml kg litre tier tone colourful round square top hanging painted finish
    home classic traditional effect antique
"""
_UNTELLING = frozenset(_UNTELLING_WORDS.split())


def with_categories(items: pl.DataFrame, histories: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """The catalogue with a category on as many items as can be, and where they come from.

    Returns `items` (item_id, title, categories) unchanged and `"catalogue"` when its own
    categories cover the log; with phrases of the titles and `"titles"` when not.
    """
    used = histories.group_by("item_id").len("events")
    covered = used.join(items, on="item_id", how="left").select(
        ((pl.col("categories").list.len().fill_null(0) > 0) * pl.col("events")).sum()
        / pl.col("events").sum()
    )
    if (covered.item() or 0.0) >= CATEGORISED:
        return items, "catalogue"
    popularity = dict(used.iter_rows())
    titles = [(i, t, popularity.get(i, 0)) for i, t, _ in items.sort("item_id").iter_rows()]
    phrases = title_phrases([(title, weight) for _, title, weight in titles])
    found = [phrases[i][:PER_ITEM] for i in range(len(titles))]
    return (
        pl.DataFrame(
            {
                "item_id": [i for i, _, _ in titles],
                "title": [t for _, t, _ in titles],
                "categories": found,
            },
            schema=items.schema,
        ),
        "titles",
    )


def title_phrases(titles: list[tuple[str, int]]) -> list[list[str]]:
    """Phrases of each title that enough titles share, the most telling first.

    `titles` are (title, number of events); the result has one list per title.
    """
    sequences = [_words(title) for title, _ in titles]
    singular = _singulars(word for words in sequences for word in words if word)
    sequences = [[singular.get(w, w) if w else None for w in words] for words in sequences]
    # Twice, so that `hot water` and then `hot water bottle` become one.
    for _ in range(2):
        pairs = _cohesive_pairs(sequences)
        sequences = [_joined(words, pairs) for words in sequences]
    phrases = [[phrase for phrase in words if phrase] for words in sequences]
    titles_with: Counter[str] = Counter(p for found in phrases for p in set(found))
    events_with: dict[str, int] = defaultdict(int)
    for found, (_, events) in zip(phrases, titles, strict=True):
        for phrase in set(found):
            events_with[phrase] += events
    limit = max(MAX_SHARE * len(titles), MIN_ITEMS)
    kept = [p for p, n in titles_with.items() if MIN_ITEMS <= n <= limit]
    kept.sort(key=lambda p: (-events_with[p], p))
    telling = set(kept[:MAX_CATEGORIES])
    # Within a title a pair says more than a word, and a rare word more than a common one.
    return [
        sorted(
            telling.intersection(found),
            key=lambda p: (-p.count(" "), titles_with[p], p),
        )
        for found in phrases
    ]


def _words(title: str) -> list[str | None]:
    """Lower-case words in order, None where an untelling word or a number breaks the phrase."""
    tokens = re.split(r"[\s,/()&+.:;]+", _YEAR.sub("", title).lower())
    return [
        match.group()
        if (match := _WORD.fullmatch(token)) and match.group() not in _UNTELLING
        else None
        for token in tokens
        if token
    ]


def _singulars(words: Iterable[str]) -> dict[str, str]:
    """Plural → singular, for plurals whose singular is itself a word of the titles."""
    seen = set(words)
    forms = {}
    for word in seen:
        for ending, stem in (("ies", "y"), ("es", ""), ("s", "")):
            if word.endswith(ending) and (single := word[: -len(ending)] + stem) in seen:
                forms[word] = single
    return forms


def _cohesive_pairs(sequences: list[list[str | None]]) -> set[tuple[str, str]]:
    single: Counter[str] = Counter()
    double: Counter[tuple[str, str]] = Counter()
    for words in sequences:
        single.update({w for w in words if w})
        double.update({(a, b) for a, b in pairwise(words) if a and b})
    return {
        pair
        for pair, n in double.items()
        if n >= MIN_ITEMS and n >= COHESION * min(single[pair[0]], single[pair[1]])
    }


def _joined(words: list[str | None], pairs: set[tuple[str, str]]) -> list[str | None]:
    """Neighbours that make a pair become one phrase, from left to right."""
    joined: list[str | None] = []
    i = 0
    while i < len(words):
        word, after = words[i], words[i + 1] if i + 1 < len(words) else None
        if word and after and (word, after) in pairs:
            joined.append(f"{word} {after}")
            i += 2
        else:
            joined.append(word)
            i += 1
    return joined
