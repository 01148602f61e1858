"""Histories → evidence: the numbered facts of every user, most distinguishing first.

The counting stands in `agent.behaviour.measures`, the facts in `agent.behaviour.facts`; this file
lays out each user for them, shard by shard, and puts what they find in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import polars as pl

from agent.behaviour.counting import counted_rows, tail_limit
from agent.behaviour.facts import what, when, who, worth
from agent.behaviour.facts.person import Catalogue, Person, Row
from agent.behaviour.measures import Measures
from agent.behaviour.population import Population, describe_population
from agent.records import Evidence, Fact
from agent.settings import EvidenceSettings

SHARD_USERS = 2_000
"""Users laid out in memory at once."""

ALL_FACTS = (*when.FACTS, *what.FACTS, *worth.FACTS, *who.FACTS)

_ROW_COLUMNS = (
    "position", "visit", "timestamp", "item_id", "action", "value", "text", "channel",
    "cancelled", "counted", "measured",
)  # fmt: skip


def freeze_population(histories: pl.DataFrame, measures: Measures) -> Population:
    """The statistics this build compares users with."""
    begun = (
        histories.filter(~pl.col("cancelled") & pl.col("timestamp").is_not_null())
        .group_by("user_id", "visit")
        .agg(pl.col("timestamp").min().dt.weekday().alias("day"))
    )
    days = begun.group_by("day").len().sort("day")
    weekdays = {when.WEEKDAYS[day - 1]: n / begun.height for day, n in days.iter_rows()}
    return describe_population(
        measures, weekdays=weekdays, tail_limit=tail_limit(measures.table.height)
    )


def gather_evidence(
    histories: pl.DataFrame,
    measures: Measures,
    population: Population,
    settings: EvidenceSettings,
) -> Iterator[Evidence]:
    """Yield each user's facts in order of user id, `SHARD_USERS` users in memory at a time."""
    catalogue = _catalogue(measures)
    users = measures.users
    keys = counted_rows(histories, measures.vocabulary).select("event_id", "measured")
    strongest_ties = measures.ties.sort(
        ["user_id", "weight", "other_id"], descending=[False, True, False]
    )
    for start in range(0, len(users), SHARD_USERS):
        shard = users[start : start + SHARD_USERS]
        rows = (
            histories.filter(pl.col("user_id").is_in(shard))
            .join(keys, on="event_id", how="left")
            .with_columns(
                pl.col("measured").is_not_null().alias("counted"),
                pl.col("measured").fill_null(0.0),
            )
            .sort("user_id", "position")
            .group_by("user_id", maintain_order=True)
            .agg(_ROW_COLUMNS)
        )
        table = measures.table.filter(pl.col("user_id").is_in(shard))
        attributes = _grouped(measures.attributes, shard)
        ties = _grouped(strongest_ties, shard)
        for counted, row in zip(table.iter_rows(named=True), rows.iter_rows(), strict=True):
            user = counted.pop("user_id")
            person = Person(
                user_id=user,
                rows=tuple(Row(*cells) for cells in zip(*row[1:], strict=True)),
                measures=counted,
                attributes=tuple(attributes.get(user, ())),
                ties=tuple(ties.get(user, ())),
                catalogue=catalogue,
                population=population,
                words=measures.vocabulary,
                has_hours=measures.calendar.has_hours,
            )
            yield Evidence(user_id=user, facts=gather_facts(person, settings.max_facts))


def gather_facts(person: Person, most: int) -> tuple[Fact, ...]:
    """A user's facts numbered `E1`, `E2`, … from the most distinguishing down."""
    found = list(chain.from_iterable(make(person) for make in ALL_FACTS))
    found.sort(key=lambda fact: (-fact.salience, fact.kind, fact.text))
    kept = found[:most]
    if not any(fact.kind == "totals" for fact in kept):
        kept[-1] = next(fact for fact in found if fact.kind == "totals")
    return tuple(fact.model_copy(update={"id": f"E{n}"}) for n, fact in enumerate(kept, start=1))


def _catalogue(measures: Measures) -> Catalogue:
    rows = list(measures.catalogue.iter_rows())
    return Catalogue(
        titles={item: title for item, title, _, _ in rows},
        categories={item: tuple(categories) for item, _, categories, _ in rows},
        users={item: users for item, _, _, users in rows},
    )


def _grouped(frame: pl.DataFrame, users: list[str]) -> dict[str, list[tuple[Any, ...]]]:
    """User → the frame's other columns, row by row in the frame's order."""
    grouped: dict[str, list[tuple[Any, ...]]] = {}
    for user, *cells in frame.filter(pl.col("user_id").is_in(users)).iter_rows():
        grouped.setdefault(user, []).append(tuple(cells))
    return grouped
