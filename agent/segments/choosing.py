"""Which names go together: one for each sibling, no noun twice, as little blurred as can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

UNTELLING = "Mixed"
"""Before the noun of a segment of whose members nothing in particular is mostly true."""

SAME_THEME, SAME_WORD, SAME_MODIFIER = 0.6, 0.25, 0.2
"""What a name loses beside another's. `SAME_WORD` also stands for a shared theme where both names
say something else as well: `Morning christmas one-timers` and `Bulk christmas fans`."""

ROUNDS = 12


@dataclass(frozen=True)
class Claim:
    """A word of a name and how far it holds."""

    text: str
    features: tuple[str, ...]
    members: float
    """Share of members it is true of; 0 for a parent when one of its leaves does not share it."""
    others: float
    worth: float


@dataclass(frozen=True)
class Name:
    text: str
    claims: tuple[Claim, ...]
    noun: str
    """The head noun, which no sibling shares."""
    score: float = 0.0
    themes: tuple[str, ...] = ()
    modifiers: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()


def choose_names(choices: Mapping[str, list[Name]]) -> dict[str, Name]:
    """One name each, no noun twice, with the largest sum of scores less what they blur.

    Greedy by regret (who loses most by waiting chooses first), then rounds in which each segment
    may change its mind and any two may swap for the better. Deterministic; not proven optimal.
    """
    chosen: dict[str, Name] = {}
    waiting = sorted(choices)
    while waiting:
        regrets = []
        for segment in waiting:
            best = _best(choices[segment], chosen.values())
            others = [n for n in choices[segment] if best and n.noun != best.noun]
            second = _best(others, chosen.values())
            loss = (best.score if best else 0) - (second.score if second else 0)
            regrets.append((-round(loss, 9), segment, best))
        _, segment, best = min(regrets, key=lambda r: r[:2])
        waiting.remove(segment)
        chosen[segment] = best or _out_of_nouns(choices[segment], chosen.values())
    for _ in range(ROUNDS):
        changed = False
        for segment in sorted(choices):
            rest = [n for s, n in chosen.items() if s != segment]
            best = _best(choices[segment], rest)
            if best and _worth(best, rest) > _worth(chosen[segment], rest) + 1e-9:
                chosen[segment], changed = best, True
        for a, b in combinations(sorted(choices), 2):
            rest = [n for s, n in chosen.items() if s not in (a, b)]
            now = _together(chosen[a], chosen[b], rest)
            # a takes b's noun if b finds another way: the only move single changes cannot make.
            left = [n for n in choices[a] if n.noun == chosen[b].noun][:3]
            for name in left:
                other = _best(choices[b], [*rest, name])
                if (
                    other
                    and name.noun not in {n.noun for n in rest}
                    and _together(name, other, rest) > now + 1e-9
                ):
                    chosen[a], chosen[b], changed = name, other, True
                    break
        if not changed:
            break
    return chosen


def _best(names: list[Name], others: Iterable[Name]) -> Name | None:
    """The name worth most beside `others`; `names` come by score, which costs only lower."""
    rest = list(others)
    nouns = {n.noun for n in rest}
    best, most = None, -np.inf
    for name in names:
        if name.score <= most:
            break
        if name.noun not in nouns and (worth := _worth(name, rest)) > most:
            best, most = name, worth
    return best


def _worth(name: Name, rest: Sequence[Name]) -> float:
    cost = 0.0
    for other in rest:
        same = set(name.themes) & set(other.themes)
        if same:
            apart = len(name.claims) > 1 and len(other.claims) > 1
            cost += SAME_WORD if apart else SAME_THEME
        cost += SAME_WORD * (not same and bool(name.words & other.words))
        cost += SAME_MODIFIER * len(set(name.modifiers) & set(other.modifiers))
    return round(name.score - cost, 9)


def _together(a: Name, b: Name, rest: Sequence[Name]) -> float:
    return _worth(a, [*rest, b]) + _worth(b, rest)


def _out_of_nouns(names: list[Name], others: Iterable[Name]) -> Name:
    """With more siblings than nouns, one has to be shared: then the rest of the name differs."""
    rest = list(others)
    used = {n.text for n in rest}
    free = [n for n in names if n.text not in used]
    if free:
        return max(free, key=lambda n: (_worth(n, rest), n.text))
    number = next(i for i in range(2, len(rest) + 3) if f"{UNTELLING} group {i}" not in used)
    return Name(f"{UNTELLING} group {number}", (), f"group {number}")


OFFERED = 4
"""Names a model may choose among for one segment."""

NEARLY = 0.7
"""Worth of an offered name, as a share of the chosen one's, that it must have at least."""


def offer_names(
    choices: Mapping[str, list[Name]], chosen: Mapping[str, Name], *, taken: Iterable[str] = ()
) -> dict[str, tuple[Name, ...]]:
    """The chosen name first, then others nearly as good, so that any choice keeps all apart.

    No noun and no text is offered to two segments (the chosen ones' own aside, where nouns ran
    out), no text is among `taken`, and each offer is judged beside all names chosen for others.
    """
    used = {name.casefold() for name in taken} | {n.text.casefold() for n in chosen.values()}
    offers = {segment: [name] for segment, name in chosen.items()}
    owner = {name.noun: segment for segment, name in sorted(chosen.items(), reverse=True)}
    for _ in range(OFFERED - 1):
        for segment in sorted(choices):
            rest = [name for other, name in chosen.items() if other != segment]
            least = NEARLY * _worth(chosen[segment], rest)
            told = {_said(name) for name in offers[segment]}
            for name in choices[segment]:
                if name.score < least:
                    break
                if (
                    name.text.casefold() not in used
                    and owner.get(name.noun, segment) == segment
                    and _said(name) not in told
                    and _worth(name, rest) >= least
                ):
                    offers[segment].append(name)
                    used.add(name.text.casefold())
                    owner[name.noun] = segment
                    break
    return {segment: tuple(names) for segment, names in offers.items()}


def _said(name: Name) -> frozenset[str]:
    """What a name claims; two names that claim the same are no choice."""
    return frozenset(claim.text for claim in name.claims)
