"""Histories → evidence: the numbered facts of every user, most distinguishing first.

The counting stands in `agent.behaviour.measures`, the facts in `agent.behaviour.facts`; this file
lays out each user for them, shard by shard, and puts what they find in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

import polars as pl

from agent.behaviour.counting import tail_limit
from agent.behaviour.each_user import counted_rows
from agent.behaviour.facts import what, when, who, worth
from agent.behaviour.facts.person import Catalogue, Person, Row
from agent.behaviour.measures import Measures
from agent.behaviour.population import Population, describe_population
from agent.recordfile import Line, line_of
from agent.records import Evidence, Fact, Vocabulary
from agent.settings import EvidenceSettings

SHARD_USERS = 500
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


@dataclass(frozen=True)
class Surroundings:
    """What the facts of every user are told with."""

    catalogue: Catalogue
    population: Population
    vocabulary: Vocabulary
    has_hours: bool
    most: int
    """Facts a user at most."""

    @classmethod
    def of(
        cls, measures: Measures, population: Population, settings: EvidenceSettings
    ) -> Surroundings:
        return cls(
            catalogue=_catalogue(measures),
            population=population,
            vocabulary=measures.vocabulary,
            has_hours=measures.calendar.has_hours,
            most=settings.max_facts,
        )


class Shard(NamedTuple):
    """Some users' part of the frames, in order of user id."""

    rows: pl.DataFrame
    """A row a user, a list of that user's rows in each column."""
    table: pl.DataFrame
    attributes: dict[str, list[tuple[Any, ...]]]
    ties: dict[str, list[tuple[Any, ...]]]


def gather_evidence(
    histories: pl.DataFrame,
    measures: Measures,
    population: Population,
    settings: EvidenceSettings,
) -> Iterator[Evidence]:
    """Yield each user's facts in order of user id, `SHARD_USERS` users in memory at a time."""
    around = Surroundings.of(measures, population, settings)
    for shard in lay_out(histories, measures):
        yield from tell(around, shard)


def evidence_lines(around: Surroundings, shard: Shard) -> list[Line]:
    """The same for one shard, as lines of a file: what a worker process is asked for."""
    return [line_of(evidence, "user_id") for evidence in tell(around, shard)]


def lay_out(histories: pl.DataFrame, measures: Measures) -> Iterator[Shard]:
    """Users in order, `SHARD_USERS` at a time."""
    users = measures.users
    strongest_ties = measures.ties.sort(
        ["user_id", "weight", "other_id"], descending=[False, True, False]
    )
    for start in range(0, len(users), SHARD_USERS):
        shard = users[start : start + SHARD_USERS]
        theirs = _slice(histories, shard)
        counted = counted_rows(theirs, measures.vocabulary)
        rows = (
            theirs.join(
                counted.select("user_id", "position", "measured"),
                on=["user_id", "position"],
                how="left",
            )
            .with_columns(
                pl.col("measured").is_not_null().alias("counted"),
                pl.col("measured").fill_null(0.0),
            )
            .sort("user_id", "position")
            .group_by("user_id", maintain_order=True)
            .agg(_ROW_COLUMNS)
        )
        yield Shard(
            rows,
            measures.table.slice(start, len(shard)),
            _grouped(_slice(measures.attributes, shard)),
            _grouped(_slice(strongest_ties, shard)),
        )


def tell(around: Surroundings, shard: Shard) -> Iterator[Evidence]:
    """The facts of each user of a shard."""
    table = shard.table.iter_rows(named=True)
    for counted, row in zip(table, shard.rows.iter_rows(), strict=True):
        user = counted.pop("user_id")
        person = Person(
            user_id=user,
            rows=tuple(map(Row, *row[1:])),
            measures=counted,
            attributes=tuple(shard.attributes.get(user, ())),
            ties=tuple(shard.ties.get(user, ())),
            catalogue=around.catalogue,
            population=around.population,
            words=around.vocabulary,
            has_hours=around.has_hours,
        )
        yield Evidence(user_id=user, facts=gather_facts(person, around.most))


def gather_facts(person: Person, most: int) -> tuple[Fact, ...]:
    """A user's facts numbered `E1`, `E2`, … from the most distinguishing down."""
    found = list(chain.from_iterable(make(person) for make in ALL_FACTS))
    found.sort(key=lambda fact: (-fact.salience, fact.kind, fact.text))
    kept = found[:most]
    if not any(fact.kind == "totals" for fact in kept):
        kept[-1] = next(fact for fact in found if fact.kind == "totals")
    return tuple(draft.numbered(n) for n, draft in enumerate(kept, start=1))


def _catalogue(measures: Measures) -> Catalogue:
    rows = list(measures.catalogue.iter_rows())
    return Catalogue(
        titles={item: title for item, title, _, _ in rows},
        categories={item: tuple(categories) for item, _, categories, _ in rows},
        users={item: users for item, _, _, users in rows},
    )


def _slice(frame: pl.DataFrame, users: list[str]) -> pl.DataFrame:
    """The rows of users who stand together in a sorted frame, found without going through it."""
    ids = frame["user_id"]
    start = int(ids.search_sorted(users[0], side="left"))
    return frame.slice(start, int(ids.search_sorted(users[-1], side="right")) - start)


def _grouped(frame: pl.DataFrame) -> dict[str, list[tuple[Any, ...]]]:
    """User → the frame's other columns, row by row in the frame's order."""
    grouped: dict[str, list[tuple[Any, ...]]] = {}
    for user, *cells in frame.iter_rows():
        grouped.setdefault(user, []).append(tuple(cells))
    return grouped
