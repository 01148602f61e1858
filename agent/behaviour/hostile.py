"""text written by strangers: what in it is aimed at a model is made harmless once, at reading.

Titles, categories, ids, attributes, searches and posts come from people we do not know. Every
distinct text is looked at while a log is read. What cannot be seen (zero widths, directions, tag
and control characters) is taken out. A text that tries to instruct, to close a delimiter, to cite
or to call is *marked*: its blanks become `·` and its brackets, quotes and slashes look-alikes that
no format reads. So it stays readable, still names its item, and every later part sees the same
harmless text. Marking is the datamarking of Hines et al., "Defending against indirect prompt
injection attacks with spotlighting" (2024).
"""

# The look-alikes below are chosen for that.
# ruff: noqa: RUF001

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

import polars as pl

from agent.behaviour import hostile_patterns as p

LONGEST = 1_000
"""Characters of a title, a name or an id that are read."""

LONGEST_TEXT = 20_000
"""Characters of a review or a post that are read."""

MARK = "·"

_EXAMPLE = 80

FAMILIES = {
    "tags": "characters of a kind that hides text",
    "direction": "characters that turn the writing round",
    "control": "control characters",
    "invisible": "characters of no width",
    "encoded": "instructions in base64, hex or escapes",
    "tool": "calls of tools",
    "role": "marks of who speaks",
    "tag": "tags that close or open data",
    "citation": "made-up fact ids",
    "json": "JSON that breaks out of a string",
    "template": "braces of templates",
    "link": "links and scripts",
    "fence": "fences",
    "leak": "requests for the prompt",
    "override": "instructions to a model",
    "disguised": "instructions in look-alike letters",
    "foreign": "instructions in another language",
    "overlong": "texts of extreme length",
}
"""Family → what it is, in words. A text counts under the first that it shows."""

_STRUCTURE = {
    **{"<": "‹", ">": "›", "[": "(", "]": ")", "{": "(", "}": ")", "`": "'", '"': "'"},
    **{"|": "¦", "\\": MARK, "/": MARK, ":": MARK, "#": "♯", "▁": MARK},
}
_WIDE_UNSEEN = r"[\x01-\x08\x0E-\x1F\x7F-\x84\x{86}-\x{9F}\x{115F}\x{1160}\x{2800}\x{3164}\x{FFA0}]"
"""Unseen characters that take a blank's room, or stand where a line ended."""
_NO_GAPS = r"([\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}])"
"""Letters of scripts that set no blanks between words."""


class Hostile:
    """Makes texts harmless and counts what was in them; one for the reading of one log."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, str] = {}

    def texts(self, cells: pl.Series, *, longest: int = LONGEST) -> pl.Series:
        """The same cells, each harmless; nulls stay. Each distinct text is looked at once."""
        found = self._look(cells, longest)
        return cells if found is None else cells.replace(found["text"], found["harmless"])

    def ids(self, cells: pl.Series) -> pl.Series:
        """The same ids, each harmless; two that differ still do.

        One that had to be changed carries a hash of what it was, the same in every file.
        """
        found = self._look(cells, LONGEST)
        return cells if found is None else cells.replace(found["text"], _told_apart(found))

    def cells(
        self, frame: pl.DataFrame, *, ids: Iterable[str], texts: Iterable[str]
    ) -> pl.DataFrame:
        """A frame with its columns of ids and of texts made harmless, where it has them."""
        made = [self.ids(frame[name]) for name in ids if name in frame.columns]
        for name in texts:
            if name in frame.columns:
                longest = LONGEST_TEXT if name == "text" else LONGEST
                made.append(self.texts(frame[name], longest=longest))
        return frame.with_columns(made)

    def shows(self, cells: pl.Series) -> pl.Series:
        """Boolean: which cells are hostile. Counts nothing."""
        return cells.is_in(examine(cells.drop_nulls().unique(), LONGEST)["text"].implode())

    @property
    def counts(self) -> dict[str, int]:
        """Family → distinct texts, most first."""
        return dict(sorted(self._counts.items(), key=lambda pair: (-pair[1], pair[0])))

    @property
    def examples(self) -> dict[str, str]:
        """Family → a text of it as it is now, cut short: the first of the shortest."""
        return {family: self._examples[family] for family in self.counts}

    def _look(self, cells: pl.Series, longest: int) -> pl.DataFrame | None:
        found = examine(cells.drop_nulls().unique(), longest)
        for text, family, harmless in found.iter_rows():
            known = int(_digest(text), 16)
            if known not in self._seen:
                self._seen.add(known)
                self._counts[family] += 1
                shown = harmless[:_EXAMPLE] + "…" * (len(harmless) > _EXAMPLE)
                example = self._examples.get(family, shown)
                self._examples[family] = min(example, shown, key=lambda text: (len(text), text))
        return None if found.is_empty() else found


def harmless(text: str) -> str:
    """One name as `Hostile.texts` would have it, uncounted."""
    found = examine(pl.Series([text]), LONGEST)
    return text if found.is_empty() else str(found["harmless"][0])


def harmless_id(text: str) -> str:
    """One id as `Hostile.ids` would have it: how to look up a user whose id was changed."""
    found = examine(pl.Series([text]), LONGEST)
    return text if found.is_empty() else str(_told_apart(found)[0])


@lru_cache(maxsize=4_096)
def unmasked(text: str) -> str:
    """A name in small letters, without unseen characters, accents and letters that look Latin."""
    bare = pl.col("bare").str.replace_all(p.UNSEEN, "")
    return str(pl.DataFrame({"bare": [text]}).with_columns(bare).select(_latin())["bare"][0])


def examine(texts: pl.Series, longest: int) -> pl.DataFrame:
    """text, family, harmless of those that are hostile; `texts` are distinct, without nulls.

    Most honest texts leave at the first of the patterns, which holds of all the others.
    """
    schema = {"text": pl.String, "family": pl.String, "harmless": pl.String}
    text = pl.col("text").str
    hints = [text.len_chars() > longest, *(text.contains(hint) for hint in p.SUSPECT)]
    suspects = texts.alias("text").to_frame().filter(pl.any_horizontal(hints))["text"]
    if suspects.is_empty():
        return pl.DataFrame(schema=schema)
    honest = pl.col("text")
    for pattern, left in p.HONEST_UNSEEN:
        honest = honest.str.replace_all(pattern, left)
    turns = honest.str.contains(p.RIGHT_TO_LEFT)
    honest = pl.when(turns).then(honest.str.replace_all(p.DIRECTION_MARKS, "")).otherwise(honest)
    frame = suspects.alias("text").to_frame()
    frame = frame.with_columns(honest.alias("honest"))
    unseen = pl.col("honest").str.contains(p.UNSEEN)
    frame = frame.with_columns(
        unseen.alias("unseen"),
        pl.when(unseen).then(_seen()).otherwise("text").str.replace_all("\0", "").alias("bare"),
    )
    frame = frame.with_columns(
        pl.col("bare").str.to_lowercase().alias("small"),
        _latin().alias("latin"),
        pl.lit(False).alias("disguised"),
    )
    hints = [pl.col(c).str.contains(hint) for c in ("bare", "latin") for hint in p.SUSPECT[1:]]
    overlong = pl.col("bare").str.len_chars() > longest
    other = pl.col("small").str.contains(p.OTHER_FOREIGN)
    frame = frame.filter(pl.any_horizontal("unseen", overlong, other, *hints))
    frame = frame.with_columns(_pattern_families()).with_columns(_disguised().alias("disguised"))
    marks = pl.any_horizontal(*_MARKING)
    frame = frame.with_columns(
        (pl.col("unseen") & pl.col("honest").str.contains(p.UNSEEN_TAGS)).alias("tags"),
        (pl.col("unseen") & pl.col("honest").str.contains(p.UNSEEN_DIRECTION)).alias("direction"),
        (pl.col("unseen") & pl.col("honest").str.contains(p.UNSEEN_CONTROL)).alias("control"),
        pl.col("unseen").alias("invisible"),
        overlong.alias("overlong"),
        pl.when(marks).then(_marked()).otherwise("bare").alias("harmless"),
    )
    family = pl.coalesce(pl.when(pl.col(name)).then(pl.lit(name)) for name in FAMILIES)
    cut = pl.col("harmless").str.head(longest) + "…"
    too_long = pl.col("harmless").str.len_chars() > longest
    return frame.select(
        "text",
        family.alias("family"),
        pl.when(too_long).then(cut).otherwise("harmless").str.strip_chars().alias("harmless"),
    ).filter(pl.col("family").is_not_null())


def _seen() -> pl.Expr:
    """The text without its unseen characters and terminal sequences."""
    text = pl.col("text").str.replace_all(r"\x1B\[[0-9;?]*[A-Za-z]", "")
    return text.str.replace_all(_WIDE_UNSEEN, " ").str.replace_all(p.UNSEEN, "")


def _latin() -> pl.Expr:
    """Small letters, look-alikes as the Latin ones they look like, no accents."""
    plain = pl.col("bare").str.normalize("NFKD").str.to_lowercase()
    return plain.str.replace_all(r"\p{M}+", "").str.replace_many(p.ALIKE)


_AIMED = {
    "tool": p.TOOL,
    "role": p.ROLE,
    "tag": p.TAG,
    "citation": p.CITATION,
    "template": p.TEMPLATE,
    "link": p.LINK,
    "fence": p.FENCE,
    "leak": p.LEAK,
    "override": p.OVERRIDE,
}
_MARKING = (*_AIMED, "json", "foreign", "encoded", "disguised")


def _pattern_families() -> Iterable[pl.Expr]:
    """A column a family: whether the text as it stands shows it."""
    small, latin = pl.col("small").str, pl.col("latin").str
    for family, pattern in _AIMED.items():
        if family != "tag":
            yield small.contains(pattern).alias(family)
    yield small.replace_all(p.FORMATTING, "").str.contains(p.TAG).alias("tag")
    loose = small.contains(p.JSON) & ~small.contains(p.WHOLE_JSON)
    yield (loose | small.contains(p.JSON_KEYS)).alias("json")
    foreign = latin.contains(p.LATIN_FOREIGN) | small.contains(p.OTHER_FOREIGN)
    yield foreign.alias("foreign")
    yield _encoded().alias("encoded")


def _disguised() -> pl.Expr:
    """Whether what it is aimed at shows only when letters are read as what they look like."""
    latin = pl.col("latin")
    alike = pl.any_horizontal(latin.str.contains(pattern) for pattern in _AIMED.values())
    leet = latin.str.replace_many(p.LEET)
    digits = latin.str.contains(p.LEET_WORD) & (
        leet.str.contains(p.OVERRIDE) | leet.str.contains(p.LEAK)
    )
    squeezed = latin.str.replace_all(r"[ ._*·-]", "")
    apart = latin.str.contains(p.SPACED) & squeezed.str.contains(p.SPACED_WORDS)
    return ((latin != pl.col("small")) & alike) | digits | apart


def _encoded() -> pl.Expr:
    """Whether a run of the text spells words in base64 or hex, or it is all escapes."""
    bare, small = pl.col("bare").str, pl.col("small").str
    run = bare.extract(p.BASE64).str
    cased = run.contains("[a-z]") & run.contains("[A-Z]")
    spelt = bare.contains(p.HEX) | small.contains(p.ESCAPED) | small.contains(p.ROT13)
    return cased.fill_null(False) | spelt


def _marked() -> pl.Expr:
    """Blanks become marks, structure look-alikes; fact ids, entities and codes fall apart."""
    text = pl.col("bare").str.normalize("NFKC").str.replace_all(r"`{2,}", "`")
    text = text.str.replace_all(r"&(#|[A-Za-z]+;)", "&" + MARK + "${1}")
    text = text.str.replace_many(_STRUCTURE)
    text = text.str.replace_all(r"(?-u:\b)([EeSs]) ?(\d)", "${1}" + MARK + "${2}")
    codes = text.str.replace_all(r"([A-Za-z0-9+=_%-]{8})", "${1}" + MARK)
    text = pl.when(pl.col("encoded")).then(codes).otherwise(text)
    text = text.str.replace_all(_NO_GAPS, "${1}" + MARK).str.replace_all(r"\s", MARK)
    return text.str.replace_all(MARK + "{2,}", MARK).str.strip_chars(MARK)


def _told_apart(found: pl.DataFrame) -> pl.Series:
    pairs = found.select("text", "harmless").iter_rows()
    return pl.Series([f"{harmless}~{_digest(text)[:8]}" for text, harmless in pairs])


def _digest(text: str) -> str:
    """16 hex digits of BLAKE2b of a text, whatever its blanks."""
    return blake2b(" ".join(text.split()).encode(), digest_size=8).hexdigest()
