"""Titles and categories of a simulated catalogue, filled into a domain's patterns."""

from __future__ import annotations

import random
import re

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


def make_person(rng: random.Random) -> str:
    """Somebody's id in a log: a number, a handle or a name."""
    return rng.choice(
        (
            lambda: str(rng.randint(1, 9_999)),
            lambda: f"u{rng.randint(0, 9_999):04}",
            lambda: invented(rng) + str(rng.randint(1, 99)),
            lambda: f"{rng.choice(_FIRST)} {invented(rng).capitalize()}",
        )
    )()


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
