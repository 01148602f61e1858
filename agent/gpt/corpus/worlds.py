"""Small simulated logs of many businesses, and the facts the product's own code finds in them.

A world is a catalogue and a hundred or two of people with tastes, rhythms and moods of their own.
Its events go through `histories`, `counting` and `evidence` unchanged, so every fact looks exactly
as a real one does.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from agent.behaviour.categories import with_categories
from agent.behaviour.counting import take_measures
from agent.behaviour.evidence import freeze_population, gather_evidence
from agent.behaviour.histories import make_histories
from agent.behaviour.measures import Measures
from agent.behaviour.vocabulary import read_vocabulary
from agent.gpt.corpus.domains import DOMAINS, Domain
from agent.gpt.corpus.people import Taste, live
from agent.gpt.corpus.titles import (
    alike,
    continued,
    make_category,
    make_people,
    make_title,
    make_values,
)
from agent.gpt.corpus.words import english_word
from agent.models.grounding import free_words
from agent.profiles.lexicon import Lexicon
from agent.records import Evidence, Vocabulary
from agent.settings import EvidenceSettings

FEWEST_USERS, MOST_USERS = 90, 220


@dataclass(frozen=True)
class World:
    """A log that never was: its words, its people's facts, and what its names forbid."""

    vocabulary: Vocabulary
    measures: Measures
    evidence: tuple[Evidence, ...]
    lexicon: Lexicon
    words: frozenset[str]
    """Ordinary words that may be used beside this catalogue (`grounding.free_words`)."""
    circles: Mapping[str, int]
    """Who lives like whom."""


def make_world(seed: int) -> World:
    """One world; the same for the same seed."""
    rng = random.Random(f"world {seed}")
    numbers = np.random.default_rng(seed)
    domain = rng.choice(DOMAINS)
    items = _catalogue(domain, rng)
    people = make_people(rng.randint(FEWEST_USERS, MOST_USERS), rng)
    kinds = rng.randint(3, 9)
    circles = [rng.randrange(kinds) for _ in people]
    events = live(people, _taste(domain, items, rng, numbers), rng, numbers, circles)
    histories, _ = make_histories(events)
    vocabulary = read_vocabulary(
        histories, item=rng.choice(domain.items), currency=rng.choice(domain.currencies)
    )
    catalogue, _ = with_categories(items, histories)
    measures = take_measures(
        histories,
        items=catalogue,
        attributes=_attributes(domain, people, rng),
        ties=_ties(domain, people, rng, numbers),
        vocabulary=vocabulary,
    )
    population = freeze_population(histories, measures)
    settings = EvidenceSettings()
    found = gather_evidence(histories, measures, population, settings)
    names = sorted({name for names in _names(measures) for name in names})
    return World(
        vocabulary=vocabulary,
        measures=measures,
        evidence=tuple(found),
        lexicon=Lexicon.of(measures),
        words=free_words(names),
        circles=dict(zip(people, circles, strict=True)),
    )


def _names(measures: Measures) -> Iterator[list[str]]:
    catalogue = measures.catalogue
    yield catalogue["title"].drop_nulls().to_list()
    yield catalogue["categories"].explode().drop_nulls().unique().to_list()
    yield measures.attributes["value"].drop_nulls().to_list()


def _catalogue(domain: Domain, rng: random.Random) -> pl.DataFrame:
    nouns = dict(rng.sample(list(domain.categories.items()), k=min(len(domain.categories), 16)))
    renamed: dict[str, str] = {}
    for name in nouns:
        renamed[name] = make_category(domain, name, rng)
    if rng.random() < (0.6 if domain.kind == "posts" else 0.15):
        renamed = dict(zip(renamed, alike(list(renamed.values()), rng), strict=True))
    size = int(min(700, max(25, rng.lognormvariate(4.9, 0.7))))
    bare = domain.name in ("gift shop", "wholesale", "hardware") and rng.random() < 0.4
    several = 0.55 if domain.kind == "ratings" else 0.1
    rows: dict[str, tuple[str, list[str]]] = {}
    names = list(nouns)
    weights = [rng.random() ** 2 + 0.05 for _ in names]
    series = rng.choice((0.0, 0.1, 0.4))
    for i in range(size):
        own = rng.choices(names, weights)
        while rng.random() < several and len(own) < 4:
            own.append(rng.choice(names))
        if rows and rng.random() < series:
            title = continued(rows[f"i{rng.randrange(i)}"][0], nouns[own[0]], rng)
        else:
            title = make_title(domain, nouns[own[0]], rng)
        rows[f"i{i}"] = title, [] if bare else list(dict.fromkeys(renamed[name] for name in own))
    return pl.DataFrame(
        {
            "item_id": list(rows),
            "title": [title for title, _ in rows.values()],
            "categories": [names for _, names in rows.values()],
        },
        schema={"item_id": pl.String, "title": pl.String, "categories": pl.List(pl.String)},
    )


def _taste(
    domain: Domain, items: pl.DataFrame, rng: random.Random, numbers: np.random.Generator
) -> Taste:
    """What lives in this world are made from."""
    own: dict[str, list[int]] = {}
    for at, names in enumerate(items["categories"].to_list()):
        # Without categories people still keep to corners of the catalogue.
        for name in names or [f"corner {at % 9}"]:
            own.setdefault(name, []).append(at)
    days = int(rng.choice((70, 180, 370, 370, 420, 730, 1500, 5000)))
    size = items.height
    return Taste(
        domain=domain,
        items=items["item_id"].to_list(),
        titles=items["title"].to_list(),
        groups=[np.array(group) for group in own.values()],
        popularity=numbers.zipf(1.6, size).clip(1, 60).astype(float),
        prices=np.round(domain.priced * numbers.lognormal(0, 0.8, size), 2).clip(0.05),
        first=datetime(rng.randint(1996, 2024), rng.randint(1, 12), rng.randint(1, 28)),
        days=days,
        hours=rng.random() < 0.75,
        dated=rng.random() > 0.03,
        baskets=rng.random() < domain.baskets and domain.kind == "purchases",
        priced=rng.random() < 0.9,
        channels=_some(domain.channels, rng, 0.5),
        actions=_some(domain.actions, rng, 0.65),
        busy=float(rng.choice((1.0, 1.5, 2.2, 3.0))),
        scale=rng.choice((5, 5, 10)),
    )


def _some(names: tuple[str, ...], rng: random.Random, likely: float) -> tuple[str, ...]:
    if not names or rng.random() > likely:
        return ()
    return tuple(rng.sample(names, k=min(len(names), rng.randint(2, 4))))


def _attributes(domain: Domain, people: list[str], rng: random.Random) -> pl.DataFrame:
    values_of = {name: v for name, v in domain.attributes.items() if rng.random() < 0.4}
    if domain.kind == "posts" or rng.random() < 0.3:
        for _ in range(rng.randint(1, 3)):
            values_of[english_word(rng)] = make_values(rng)
    rows: list[tuple[str, str, str]] = []
    for name, known in values_of.items():
        values = list(known)
        rng.shuffle(values)
        weights = [1 / (1 + i) ** rng.uniform(0.3, 1.6) for i in range(len(values))]
        for person in people:
            if rng.random() < 0.9:
                rows.append((person, name, rng.choices(values, weights)[0]))
    schema = {"user_id": pl.String, "name": pl.String, "value": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("user_id", "name")


def _ties(
    domain: Domain, people: list[str], rng: random.Random, numbers: np.random.Generator
) -> pl.DataFrame:
    schema: dict[str, Any] = {"user_id": pl.String, "other_id": pl.String, "weight": pl.Float64}
    if rng.random() > (0.75 if domain.kind == "posts" else 0.2):
        return pl.DataFrame(schema=schema)
    rows: dict[tuple[str, str], float] = {}
    star = rng.sample(people, k=min(6, len(people)))
    for person in people:
        for _ in range(int(numbers.geometric(0.35)) if rng.random() < 0.85 else 0):
            other = rng.choice(star) if rng.random() < 0.3 else rng.choice(people)
            if other != person:
                rows[person, other] = rows.get((person, other), 0.0) + numbers.geometric(0.6)
    return pl.DataFrame([(*pair, float(w)) for pair, w in rows.items()], schema=schema,
                        orient="row").sort("user_id", "other_id")  # fmt: skip
