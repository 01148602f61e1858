"""Names for siblings, chosen jointly: true of most members, and of each other's members least.

A name is [modifier] [modifier or theme] noun: `Weekly party restockers`. Every word that claims
something (a rhythm, a category) must hold for most members; what it is worth is how many more
members than others it holds for. Which names go together is decided for all siblings at once: no
two share their noun, and a shared theme or modifier costs what it blurs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

import numpy as np

from agent.segments.choosing import UNTELLING, Claim, Name, choose_names
from agent.segments.lexicon import Word, capital, theme_of, themed, words_of
from agent.segments.readable import Mask, Readable

MAX_WORDS = 5
MAX_LENGTH = 60

MOST = 0.6
"""Share of members a word must be true of."""

BARELY_MOST = 0.5
"""The same for a segment of which nothing is true that often."""

SHARED = 0.3
"""Share of each leaf's members a word of their parent's name must be true of."""

GAP = 0.12
"""Members over others by which a word must be truer, or it names everybody."""

PAIR_EACH, PAIR_EITHER = 0.4, 0.7
"""`A & B` when each is true of so many and at least one of so many more."""

PAIR_SHARE = 0.05
"""Mean share of each in what members do: nobody is called after 4 % of their ratings."""

UNTELLING_COST = 1.0
"""What a name that says nothing costs: one that shares a theme with a sibling is better."""

THEME_WORTH, NOUN_WORTH, SECOND_WORTH = 1.7, 0.6, 0.5
RULE_BONUS = 0.08
"""For a word the segment's tested rule speaks of as well."""

_FILLERS = frozenset({"&", "and", "of", "the", "for", "a"})


@dataclass(frozen=True)
class Naming:
    """What the namer needs of one segment."""

    id: str
    members: Mask
    parts: tuple[Mask, ...]
    """The leaves a parent's name must hold in; the members themselves for a leaf."""
    nearest: tuple[str, ...]
    rule_features: frozenset[str] = field(default_factory=frozenset)


def name_segments(
    table: Readable, segments: Sequence[Naming], *, taken: Sequence[str] = ()
) -> dict[str, Name]:
    """One name per segment, unique among them and beside the names `taken`."""
    return choose_names(name_choices(table, segments, taken=taken))


def name_choices(
    table: Readable, segments: Sequence[Naming], *, taken: Sequence[str] = ()
) -> dict[str, list[Name]]:
    """All names that are true of most of each segment's members, best first, none of `taken`."""
    modifiers, nouns, fond = words_of(table)
    truth = {w: w.true_of(table) for w in {*modifiers, *nouns} if w.needs}
    themes = _theme_truth(table)
    masks = {s.id: s.members for s in segments}
    used = {name.casefold() for name in taken}
    return {
        s.id: [
            name
            for name in _candidates(table, s, masks, modifiers, nouns, fond, truth, themes)
            if name.text.casefold() not in used
        ]
        for s in segments
    }


def _theme_truth(table: Readable) -> dict[str, Mask]:
    """Feature → users to whom the category matters."""
    found = {}
    for i, feature in enumerate(table.names):
        if feature.startswith("category:") and themed(feature[9:]):
            found[feature] = table.values[:, i] >= table.theirs(feature)
    return found


def _candidates(
    table: Readable,
    segment: Naming,
    masks: Mapping[str, Mask],
    modifiers: list[Word],
    nouns: list[Word],
    fond: list[Word],
    truth: Mapping[Word, Mask],
    themes: Mapping[str, Mask],
) -> list[Name]:
    """Names that are true of most members, best first."""

    def claim(text: str, features: tuple[str, ...], held: Mask, worth: float) -> Claim:
        inside = float(held[segment.members].mean())
        if min(float(held[part].mean()) for part in segment.parts) < SHARED:
            inside = 0.0
        outside = float(held[~segment.members].mean())
        near = [float(held[masks[s]].mean()) for s in segment.nearest]
        gap = inside - (outside if not near else 0.5 * outside + 0.5 * float(np.mean(near)))
        value = worth * inside * gap
        if any(f in segment.rule_features for f in features):
            value += RULE_BONUS
        return Claim(text, features, inside, outside, round(value, 9))

    def from_word(word: Word) -> Claim:
        features = tuple(need.feature for need in word.needs)
        return claim(word.text, features, truth[word], word.worth)

    def good(found: list[Claim], most: float) -> list[Claim]:
        kept = [c for c in found if c.members >= most and c.members - c.others >= GAP]
        return sorted((c for c in kept if c.worth > 0), key=lambda c: (-c.worth, c.text))

    def mass(features: tuple[str, ...]) -> float:
        total = sum(table.of(f)[segment.members].mean() for f in features)
        return float(min(1.0, total / 0.25) ** 0.5)

    singles = {
        f: claim(theme_of(f[9:], table.vocabulary), (f,), held, THEME_WORTH * mass((f,)))
        for f, held in themes.items()
    }
    halves = sorted(
        (
            f
            for f, c in singles.items()
            if c.members >= PAIR_EACH
            and c.members - c.others >= GAP
            and table.of(f)[segment.members].mean() >= PAIR_SHARE
        ),
        key=lambda f: (-singles[f].worth, f),
    )[:8]
    pairs = [
        claim(
            f"{singles[a].text} & {singles[b].text}",
            (a, b),
            themes[a] | themes[b],
            0.9 * THEME_WORTH * mass((a, b)),
        )
        for a, b in combinations(halves, 2)
    ]
    pairs = [c for c in pairs if c.members >= PAIR_EITHER]
    told = [from_word(w) for w in modifiers]
    named = [(w, from_word(w)) for w in nouns if w.needs]
    plain = [w for w in nouns if not w.needs]
    for most in (MOST, BARELY_MOST):
        # What half of them are after says more than how most of them go about it.
        topics = [*singles.values(), *pairs]
        about = (good(topics, most) or good(topics, BARELY_MOST))[:8]
        how = good(told, most)[:7]
        who = {c.text: c for c in good([c for _, c in named], most)[:8]}
        if about or how or who:
            break
    heads: list[tuple[str, str, Claim | None, float, bool]] = [
        (w.text, w.head, who[w.text], 0.0, False) for w, c in named if who.get(w.text) == c
    ]
    heads += [(w.text, w.head, None, 0.1 * w.worth, False) for w in plain]
    heads += [(w.text, w.head, None, 0.1 * w.worth, True) for w in fond]
    firsts: list[Claim | None] = [None, *how]
    seconds: list[Claim | None] = [None, *about, *how]
    found: dict[str, Name] = {}
    for first, second, (text, head, who_claim, extra, needs_theme) in product(
        firsts, seconds, heads
    ):
        theme = second if second in about else None
        claims = tuple(c for c in (first, second, who_claim) if c is not None)
        if (needs_theme and theme is None) or _overlap(claims):
            continue
        if first is None and second is not None and theme is None:
            continue
        if not claims:
            text = f"{UNTELLING} {text}"
        before = [c for c in (first, second) if c is not None]
        if theme is None:
            before.sort(key=_closeness)
        name = _compose([c.text for c in before], text)
        if name is None:
            continue
        score = (
            extra - (0.0 if claims else UNTELLING_COST) + (0.0 if first is None else first.worth)
        )
        if second is not None:
            score += second.worth * (1.0 if theme else SECOND_WORTH)
        score += NOUN_WORTH * who_claim.worth if who_claim else 0.0
        best = found.get(name)
        if best is None or score > best.score:
            found[name] = Name(
                text=name,
                claims=claims,
                noun=head,
                score=round(score, 9),
                themes=theme.features if theme else (),
                modifiers=tuple(c.text for c in (first, second) if c in how and c is not None),
                words=frozenset(theme.text.split()) - _FILLERS if theme else frozenset(),
            )
    return sorted(found.values(), key=lambda n: (-n.score, len(n.text), n.text))


def _closeness(claim: Claim) -> int:
    """How near its noun an adjective stands: `Recent wide-ranging`, `Frequent afternoon …`."""
    if all(f in _FAMILIES["when"] or ":" in f for f in claim.features):
        return 2
    return 0 if claim.features[0] in _FAMILIES["frequency"] else 1


def _overlap(claims: tuple[Claim, ...]) -> bool:
    """Whether two words rest on one measure: `One-visit one-timers` says one thing twice."""
    features = [f for c in claims for f in c.features if f != "visits"]
    visits = sum(c.features[0] == "visits" for c in claims)
    return len(features) != len(set(features)) or visits > 1 or _same_family(claims)


def _same_family(claims: tuple[Claim, ...]) -> bool:
    """Whether two words speak of the same side of a person, such as two times of day."""
    families = [
        family
        for c in claims
        for family, features in _FAMILIES.items()
        if any(f in features for f in c.features)
    ]
    return len(families) != len(set(families))


_FAMILIES: dict[str, frozenset[str]] = {
    "when": frozenset(
        {"night_share", "morning_share", "afternoon_share", "evening_share", "weekend_share"}
        | {f"quarter{i}_share" for i in range(1, 5)}
    ),
    "frequency": frozenset({"median_gap_days", "visits", "events", "silent_days"}),
    "volume": frozenset({"items", "events"}),
    "money": frozenset({"spend", "basket_value"}),
    "rating": frozenset({"rating_mean"}),
}


def _compose(before: list[str], noun: str) -> str | None:
    """The words as one name; None when it is too long or says a word twice."""
    head, *rest = before or [""]
    parts = [head, *(p if p.isupper() or any(c.isdigit() for c in p) else _lower(p) for p in rest)]
    name = capital(" ".join(p for p in (*parts, noun) if p))
    words = [
        part for w in name.casefold().split() if w not in _FILLERS for part in w.split("-")
    ]  # `N-group group N` says it twice
    if len(name.split()) > MAX_WORDS or len(name) > MAX_LENGTH or len(words) != len(set(words)):
        return None
    return name


def _lower(part: str) -> str:
    """A modifier in second place: `Evening` → `evening`; `France-based`, `IMAX` and months stay."""
    stays = part.endswith("-based") or any(letter.isupper() for letter in part[1:])
    return part if stays else part[:1].lower() + part[1:]
