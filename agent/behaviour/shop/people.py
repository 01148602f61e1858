"""The people of the demo shop: each varies around a persona, or around none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from agent.behaviour.shop.calendar import DAYS, day_weights, year_of
from agent.behaviour.shop.catalogue import catalogue
from agent.behaviour.shop.personas import EVERYDAY, PERSONAS, Persona

Kind = Literal["persona", "mixture", "wanderer", "newcomer", "changed"]
SHARES: dict[Kind, float] = {"mixture": 0.15, "wanderer": 0.08, "newcomer": 0.05, "changed": 0.03}
"""Share of users of each kind; the rest follow one persona throughout."""

TASTE_CONCENTRATION = 10.0
"""How closely one person's tastes follow the persona's (Dirichlet); lower is more individual."""
STRAY = 0.04
"""Share of a persona's tastes spread over the whole shop, so that anybody may buy anything."""
NEWCOMER_DAYS = 60
"""Newcomers first come within this many days of the end of the log."""

REGIONS = {
    "London": 0.16, "South East": 0.18, "South West": 0.11, "Midlands": 0.17,
    "North West": 0.12, "North East": 0.12, "Scotland": 0.09, "Wales": 0.05,
}  # fmt: skip

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Habits:
    """How one person shops: a persona made individual. Shares sum to 1; see `Persona` for units."""

    tastes: Floats
    hours: tuple[tuple[float, float, float], ...]
    weekdays: Floats
    months: Floats
    steady: bool
    lines: float
    conversion: float
    units: float
    channels: Floats
    searching: float
    returning: float
    item_weights: Floats
    """How much this person wants each item of the catalogue, within its category."""


@dataclass(frozen=True)
class Stint:
    """A stretch of the log (days, last one excluded) in which somebody shops in one way."""

    habits: Habits
    first_day: int
    end_day: int
    visits: int


@dataclass(frozen=True)
class Person:
    kind: Kind
    stints: tuple[Stint, ...]
    max_events: int | None
    region: str
    plan: str
    signup_year: int


def taste_shares(persona: Persona) -> Floats:
    """A persona's expected share of each category of the catalogue, everyday ones included."""
    categories = catalogue().categories
    place = {category: n for n, category in enumerate(categories)}
    shares = np.full(len(categories), STRAY / len(categories))
    for category, share in EVERYDAY.items():
        shares[place[category]] += (1 - STRAY) * persona.everyday * share
    for category, share in persona.tastes.items():
        shares[place[category]] += (1 - STRAY) * (1 - persona.everyday) * share
    return shares


def kinds_of(users: int, rng: np.random.Generator) -> tuple[list[Kind], NDArray[np.int64]]:
    """Who is what: the kind of each user, and two different personas (users, 2) to follow.

    Every kind is met in its stated share and every persona in proportion to its popularity, to
    the nearest person; only who it falls on is drawn.
    """
    kinds: list[Kind] = []
    for kind, share in SHARES.items():
        kinds += [kind] * round(share * users)
    kinds += ["persona"] * (users - len(kinds))
    popularity = np.array([persona.popularity for persona in PERSONAS])
    edges = np.cumsum(popularity) / popularity.sum()
    # Even steps through the personas, kind by kind, keep the proportions within each kind too.
    first = np.empty(users, dtype=np.int64)
    begin = 0
    for kind in (*SHARES, "persona"):
        count = kinds.count(kind)
        steps = (np.arange(count) + 0.5) / max(count, 1)
        first[begin : begin + count] = np.searchsorted(edges, steps)
        begin += count
    second = (first + rng.integers(1, len(PERSONAS), size=users)) % len(PERSONAS)
    order = rng.permutation(users)
    return [kinds[n] for n in order], np.stack([first, second], axis=1)[order]


def person(kind: Kind, personas: Sequence[int], rng: np.random.Generator) -> Person:
    """One shopper. `personas` are places in PERSONAS: those of a mixture, or before and after a
    change; the first alone counts for one-persona users and newcomers, none for wanderers."""
    one, other = PERSONAS[personas[0]], PERSONAS[personas[1]]
    activity = float(rng.lognormal(0.0, 0.4))
    first, end = _active_days(rng)
    max_events = None
    stints: tuple[Stint, ...]
    if kind == "wanderer":
        visits = round(14 * activity)
        stints = (Stint(_wandering(rng), first, end, max(visits, 6)),)
    elif kind == "newcomer":
        first, end = DAYS - int(rng.integers(8, NEWCOMER_DAYS)), DAYS
        max_events = int(rng.integers(1, 4))
        stints = (Stint(_individual(one, rng), first, end, 1),)
    elif kind == "mixture":
        share = rng.uniform(0.38, 0.62)
        stints = (
            _stint(_individual(one, rng), first, end, one.visits * activity * share),
            _stint(_individual(other, rng), first, end, other.visits * activity * (1 - share)),
        )
    elif kind == "changed":
        first, end = 0, DAYS
        turn = int(DAYS * rng.uniform(0.42, 0.58))
        stints = (
            _stint(_individual(other, rng), first, turn, other.visits * activity / 2),
            _stint(_individual(one, rng), turn, end, one.visits * activity / 2),
        )
    else:
        habits = _individual(one, rng)
        weights = day_weights(habits.weekdays, habits.months)
        if weights[first:end].sum() < 0.4 * weights.sum():
            first, end = 0, DAYS  # somebody seasonal who would be away for their season
        stints = (_stint(habits, first, end, one.visits * activity),)
    years_before = int(rng.integers(0, 8))
    region_places = np.cumsum(list(REGIONS.values()))
    return Person(
        kind=kind,
        stints=stints,
        max_events=max_events,
        region=list(REGIONS)[int(np.searchsorted(region_places, rng.random() * 0.999))],
        plan="plus" if rng.random() < (0.25 if kind == "wanderer" else one.plus) else "free",
        signup_year=year_of(stints[0].first_day) if first > 0 else 2024 - years_before,
    )


def _active_days(rng: np.random.Generator) -> tuple[int, int]:
    """Most are there for the whole log; a quarter join later, a tenth leave early."""
    first = int(rng.integers(1, DAYS // 2)) if rng.random() < 0.25 else 0
    end = int(rng.integers(2 * DAYS // 3, DAYS)) if rng.random() < 0.1 else DAYS
    return first, end


def _stint(habits: Habits, first: int, end: int, visits: float) -> Stint:
    return Stint(habits, first, end, max(round(visits), 3 if end - first < DAYS else 5))


def _individual(persona: Persona, rng: np.random.Generator) -> Habits:
    """Somebody of this persona, with tastes, hours and calendar of their own."""
    shift = rng.normal(0.0, 0.6)
    spread = rng.lognormal(0.0, 0.2)
    return Habits(
        tastes=rng.dirichlet(TASTE_CONCENTRATION * taste_shares(persona)),
        hours=tuple((peak + shift, width * spread, share) for peak, width, share in persona.hours),
        weekdays=np.array(persona.weekdays) * rng.gamma(8.0, 1 / 8, size=7),
        months=np.array(persona.months) * rng.gamma(8.0, 1 / 8, size=12),
        steady=persona.steady,
        lines=1 + (persona.lines - 1) * float(rng.lognormal(0.0, 0.2)),
        conversion=float(np.clip(persona.conversion + rng.normal(0.0, 0.08), 0.1, 0.98)),
        units=persona.units * float(rng.lognormal(0.0, 0.25)),
        channels=rng.dirichlet(12 * np.array(persona.channels)),
        searching=persona.searching * float(rng.uniform(0.5, 1.5)),
        returning=persona.returning,
        item_weights=_item_weights(persona.loyalty, persona.tier + rng.normal(0.0, 0.3), rng),
    )


def _wandering(rng: np.random.Generator) -> Habits:
    """Somebody like nobody else: a few categories, hours and months picked blindly."""
    categories = catalogue().categories
    tastes = np.full(len(categories), STRAY / len(categories))
    picked = rng.choice(len(categories), size=int(rng.integers(4, 10)), replace=False)
    everyday = rng.uniform(0.0, 0.4)
    tastes[picked] += (1 - STRAY) * (1 - everyday) * rng.dirichlet(np.full(len(picked), 1.5))
    for category, share in EVERYDAY.items():
        tastes[categories.index(category)] += (1 - STRAY) * everyday * share
    peaks = int(rng.integers(1, 4))
    return Habits(
        tastes=tastes,
        hours=tuple((rng.uniform(0, 24), rng.uniform(1.5, 5), 1 / peaks) for _ in range(peaks)),
        weekdays=rng.gamma(1.5, size=7),
        months=rng.gamma(1.5, size=12),
        steady=bool(rng.random() < 0.3),
        lines=float(rng.uniform(1.6, 3.4)),
        conversion=float(rng.uniform(0.3, 0.85)),
        units=float(rng.lognormal(0.5, 0.6)),
        channels=rng.dirichlet(np.full(3, 1.0)),
        searching=float(rng.uniform(0.05, 0.45)),
        returning=float(rng.uniform(0.0, 0.1)),
        item_weights=_item_weights(float(rng.uniform(0.2, 0.9)), rng.normal(0.0, 0.5), rng),
    )


def _item_weights(loyalty: float, tier: float, rng: np.random.Generator) -> Floats:
    """Popularity, bent towards the person's price tier and own favourites (n_items,).

    Gamma weights of a small shape put nearly everything on a few items: that is loyalty.
    """
    shop = catalogue()
    favourites = rng.gamma(1.2 - loyalty, size=len(shop.items)) + 1e-6
    weights: Floats = shop.popularity * np.exp(tier * shop.dearness) * favourites
    return weights
