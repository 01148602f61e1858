"""What the text is like: how varied its words and frames are, and what of real facts it covers."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agent.profiles.names import shown, written
from agent.records import Evidence, Fact

_FIGURE = re.compile(r"\d[\d,.]*")
_WORD = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True)
class Variety:
    """Of texts: how many, and how little they repeat each other."""

    sentences: int
    distinct_2: float
    """Share of pairs of neighbouring words that are different from all others."""
    identical: float
    """Share of sentences whose frame (names and figures masked) another sentence has too."""
    entropy: float
    """Bits of the distribution of frames."""


def variety(texts: Iterable[str], names: Iterable[str]) -> Variety:
    """How varied texts are, told with these names."""
    texts = list(texts)
    pairs: Counter[tuple[str, str]] = Counter()
    for text in texts:
        pairs.update(pairwise(_WORD.findall(text.lower())))
    frames = Counter(_masked(texts, names))
    alone = sum(1 for count in frames.values() if count == 1)
    total = max(1, len(texts))
    return Variety(
        sentences=len(texts),
        distinct_2=len(pairs) / max(1, pairs.total()),
        identical=1 - alone / total,
        entropy=-sum(n / total * math.log2(n / total) for n in frames.values()),
    )


def _masked(texts: Sequence[str], names: Iterable[str]) -> list[str]:
    forms = {form for name in names for form in (written(name), shown(name)) if form}
    masked = []
    for text in texts:
        for form in sorted((f for f in forms if f in text), key=len, reverse=True):
            text = text.replace(form, "N")
        masked.append(_FIGURE.sub("0", text))
    return masked


def form_of(fact: Fact) -> str:
    """A fact's kind and text with names, dates and figures masked: what a model must know."""
    text = fact.text
    for name in sorted(fact.names.values(), key=len, reverse=True):
        text = text.replace(name, "N")
    return f"{fact.kind}: {_FIGURE.sub('0', text)}"


@dataclass(frozen=True)
class Coverage:
    """How far facts of one source are like those of another."""

    covered: float
    """Share of the real facts whose form the corpus has."""
    kinds: dict[str, tuple[float, float]]
    """Kind → facts a user in the corpus, and in the real log."""
    missing: tuple[str, ...]
    """The commonest real forms that the corpus lacks."""


def coverage(made: Sequence[Evidence], real: Sequence[Evidence]) -> Coverage:
    """How well made evidence covers real evidence."""
    own = {form_of(fact) for one in made for fact in one.facts}
    theirs = Counter(form_of(fact) for one in real for fact in one.facts)
    missing = Counter({form: n for form, n in theirs.items() if form not in own})
    kinds = {fact.kind for one in (*made, *real) for fact in one.facts}
    return Coverage(
        covered=1 - missing.total() / max(1, theirs.total()),
        kinds={kind: (_rate(kind, made), _rate(kind, real)) for kind in sorted(kinds)},
        missing=tuple(form for form, _ in missing.most_common(8)),
    )


def _rate(kind: str, evidence: Sequence[Evidence]) -> float:
    found = sum(fact.kind == kind for one in evidence for fact in one.facts)
    return round(found / max(1, len(evidence)), 3)


def sentences_of(answer: str) -> list[str]:
    """The sentences of a profile's or a rationale's answer, of a label's too."""
    said = json.loads(answer)
    parts = said.get("sentences")
    if parts is None:
        return [part["text"] for label in said.values() for part in label["why"]]
    return [part["text"] for part in parts]
