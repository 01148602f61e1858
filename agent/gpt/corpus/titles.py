"""Titles and categories of a simulated catalogue, filled into a domain's patterns."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from agent.gpt.corpus.domains import ADJECTIVES, HOSTILE, Domain
from agent.gpt.corpus.words import code, english_word, foreign, invented

_FIELD = re.compile(r"\{(\w+)\}")
_SIZES = ("250 g", "1 kg", "500 ml", "12 cm", "A4", "XL", "M8 x 40", "18V", "6 pack", "2.5 litre")
_FIRST = ("Ana", "Tomas", "Wei", "Ingrid", "Kofi", "Lena", "Omar", "Priya", "Jun", "Mara", "Otto")
_PLACES = ("Lisbon", "Wisconsin", "Bergen", "Hanoi", "Leeds", "Oaxaca", "Tartu", "Nairobi", "Perth")


def make_title(domain: Domain, nouns: str, rng: random.Random) -> str:
    """One item's title; `nouns` are the category's, or nothing."""
    chance = rng.random()
    if chance < 0.004:
        return rng.choice(HOSTILE)
    if chance < 0.02:
        return foreign(rng)
    if chance < 0.03:
        return code(rng)
    pattern = rng.choice(domain.patterns)
    return _FIELD.sub(lambda match: _field(match[1], nouns, rng), pattern)


def make_category(domain: Domain, name: str, rng: random.Random) -> str:
    """A category's name: the domain's own, or another one as it might be called elsewhere."""
    chance = rng.random()
    if chance < 0.55:
        made = name
    elif chance < 0.7:
        made = f"{english_word(rng)} {name}"
    elif chance < 0.82:
        made = f"{english_word(rng)} {english_word(rng)}"
    elif chance < 0.9:
        made = english_word(rng)
    elif chance < 0.96:
        made = f"{invented(rng)} {name.split()[-1]}"
    else:
        made = foreign(rng)
    styles = (str, str, str, str.lower, str.capitalize, str.title, str.upper)
    return rng.choice(styles)(made)


def make_people(number: int, rng: random.Random) -> list[str]:
    """Ids as one log has them, no two alike: numbers, handles or names."""
    make: Callable[[], str] = rng.choice(
        (
            lambda: str(rng.randint(1, 999)),
            lambda: str(rng.randint(10_000, 19_999)),
            lambda: f"u{rng.randint(0, 9_999):04}",
            lambda: invented(rng) + str(rng.randint(1, 99)),
            lambda: f"{rng.choice(_FIRST)} {invented(rng).capitalize()}",
        )
    )
    return list(dict.fromkeys(make() for _ in range(number)))


def make_values(rng: random.Random) -> tuple[str, ...]:
    """The values of an attribute that people declare: words, codes, bands of figures."""
    steps = sorted(rng.sample(range(1, 60), k=4))
    bands = [f"0 to {steps[0]}", *(f"{a + 1} to {b}" for a, b in pairwise(steps)), f"{steps[-1]}+"]
    letters = "ABCDEFGHKLMNOPRSTUVWXZ"
    return tuple(
        dict.fromkeys(
            rng.choice(
                (
                    lambda: [english_word(rng) for _ in range(rng.randint(2, 12))],
                    lambda: [english_word(rng) + english_word(rng) for _ in range(9)],
                    lambda: ["".join(rng.sample(letters, 2)) for _ in range(16)],
                    lambda: bands,
                    lambda: [str(n) for n in range(1, rng.randint(3, 8))],
                    lambda: [
                        f"{english_word(rng).capitalize()} {english_word(rng)}" for _ in "abcd"
                    ],
                )
            )()
        )
    )


def alike(names: Sequence[str], rng: random.Random) -> list[str]:
    """As many names that differ in their ends alone: `Group A-C`, `Group D-L`, `Group M` …"""
    stem = rng.choice(("Group", "Unit", "Team", "Week", "Module", english_word(rng).capitalize()))
    ends = rng.choice(
        (
            [f"{a}-{b}" for a, b in pairwise("ACDFGIJLMOPRSTUWXZ")],
            [str(n) for n in range(1, 20)],
            [f"{n} {english_word(rng)}" for n in range(1, 20)],
            [english_word(rng).capitalize() for _ in range(19)],
        )
    )
    made = list(dict.fromkeys(f"{stem} {end}" for end in ends))
    kept = rng.randint(2, len(names))
    return [made[at] if at < min(kept, len(made)) else name for at, name in enumerate(names)]


def continued(title: str, nouns: str, rng: random.Random) -> str:
    """Another title that begins as this one does: a series, a range of goods, an old question."""
    words = title.split()
    begun = words[: rng.randint(1, max(1, len(words) - 1))]
    if begun[-1] == "the":
        begun.append(english_word(rng))
    ends = [_plain(rng.choice(("word", "adj", "noun", "made", "n", "year")), nouns, rng)
            for _ in range(rng.randint(1, 3))]  # fmt: skip
    end = " ".join(ends)
    return " ".join([*begun, end.upper() if title.isupper() else end])


def _field(name: str, nouns: str, rng: random.Random) -> str:
    plain = name.lower()
    text = _plain(plain, nouns, rng)
    return (
        text.upper() if name.isupper() else text[:1].upper() + text[1:] if name != plain else text
    )


def _plain(name: str, nouns: str, rng: random.Random) -> str:
    match name:
        case "noun":
            found = nouns.split() or [english_word(rng)]
            return rng.choice(found).replace("-", " ")
        case "adj":
            return rng.choice(ADJECTIVES).replace("-", " ")
        case "word":
            return english_word(rng)
        case "made":
            return invented(rng)
        case "size":
            return rng.choice(_SIZES)
        case "year":
            return str(rng.randint(1922, 2024))
        case "n":
            return str(rng.choice((2, 3, 4, 5, 6, 7, 9, 12, 24, 60, 72)))
        case "code":
            return code(rng)
        case "person":
            return f"{rng.choice(_FIRST)} {invented(rng).capitalize()}"
        case "place":
            return rng.choice(_PLACES) if rng.random() < 0.5 else invented(rng).capitalize()
        case "foreign":
            return foreign(rng)
        case "jumbo":
            return rng.choice(("jumbo", "lunch", "small", "large", "mini"))
    raise KeyError(name)
