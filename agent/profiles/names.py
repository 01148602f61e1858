"""Names in prose: how a stranger's title is written, compared and quoted.

Titles are written by strangers. They are only ever compared token by token or copied whole; no
title is used as a pattern, a template or a format string.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from agent.profiles.prose import PROSE

LONGEST_NAME = 60
"""Characters of a title that are shown; a longer one is cut at a word and ends in `…`."""

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)*|[^\w\s]|_", re.IGNORECASE)
_ARTICLE_LAST = re.compile(r"^(.+), (The|A|An|Le|La|Les|L'|Il|El|Das|Der|Die)( \(\d{4}\))?$")
_QUOTES = str.maketrans({'"': "'", "“": "'", "”": "'", "„": "'", "«": "'", "»": "'"})

Tokens = tuple[str, ...]


def tokens(text: str) -> list[tuple[int, int, str]]:
    """Words, numbers and single punctuation marks as (start, end, case-folded token).

    A possessive `'s` is split off, so that `Iceland's` still shows the name `Iceland`.
    """
    return [
        (match.start(), match.end(), match.group().casefold().replace("’", "'"))
        for match in _TOKEN.finditer(text)
    ]


@lru_cache(maxsize=65_536)
def folded(name: str) -> Tokens:
    """The tokens by which a name is recognised."""
    return tuple(token for _, _, token in tokens(name))


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A word without its plural, crude but the same on both sides of a comparison."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


@lru_cache(maxsize=65_536)
def shown(name: str) -> str:
    """A title as prose writes it.

    Control characters and double quotes go, `Matrix, The (1999)` becomes `The Matrix (1999)`,
    a shouted title of several words is set in lower case, a long one is cut, and one without
    any visible character is called untitled.
    """
    text = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in name)
    text = " ".join(text.translate(_QUOTES).split())
    text = text.strip(" ,;:") or text or "untitled"
    turned = _ARTICLE_LAST.match(text)
    if turned:
        body, article, year = turned.groups()
        text = f"{article}{'' if article.endswith(chr(39)) else ' '}{body}{year or ''}"
    if text.isupper() and " " in text:
        text = text.lower()
    if len(text) > LONGEST_NAME:
        text = text[:LONGEST_NAME].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
    return text


@lru_cache(maxsize=65_536)
def needs_quotes(name: str) -> bool:
    """Whether a name reads as ordinary prose or as a figure (`Once`, `300`, `3 ORDERS`).

    Such a name counts as a name only inside quotation marks; bare, its words are a claim.
    """
    return all(not token[0].isalpha() or token in PROSE for token in folded(name))


def written(name: str) -> str:
    """`shown`, in quotation marks where it would otherwise be taken for prose."""
    text = shown(name)
    return f"“{text}”" if needs_quotes(text) else text
