"""What the facts compare a user with: the population's shares and quantiles, frozen per build.

One new event changes its own user's facts and nobody else's, because these numbers only move when
a run is rebuilt.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import polars as pl

from agent.behaviour.measures import Measures
from agent.records import Record

QUANTILES = 200
"""Steps of the quantile grid: fine enough to tell the top half per cent."""

SETTLED_EVENTS = 3
"""Users with fewer events say nothing about what shares are usual."""

LEAST_SHARE = 0.0005
"""Floor of a population share, so that a lift stays finite."""


class Population(Record):
    """Statistics of one log's users, from the users with at least `SETTLED_EVENTS` events."""

    users: int
    end: str | None
    """Last day of the log, ISO."""
    categories: dict[str, float]
    """Category → the average user's share, 0..1."""
    means: dict[str, float]
    """Measure → mean over users (used for shares)."""
    quantiles: dict[str, tuple[float, ...]]
    """Measure → `QUANTILES + 1` quantiles, lowest first."""
    attributes: dict[str, float]
    """`country=Iceland` → share of users who declare it."""
    weekdays: dict[str, float]
    """Weekday → share of all visits."""
    tail_limit: int

    def median(self, measure: str) -> float | None:
        grid = self.quantiles.get(measure)
        return grid[QUANTILES // 2] if grid else None

    def rank(self, measure: str, value: float) -> float:
        """Where `value` stands among the population, 0 (lowest) to 1; 0.5 when unknown."""
        grid = self.quantiles.get(measure)
        if not grid:
            return 0.5
        return (bisect_left(grid, value) + bisect_right(grid, value)) / (2 * len(grid))

    def share_at_or_above(self, measure: str, value: float) -> float:
        """Share of the population with at least `value`; never under one user's share."""
        grid = self.quantiles.get(measure, ())
        if not grid:
            return 1.0
        return max(1 - bisect_left(grid, value) / len(grid), 1 / self.users)


def describe_population(
    measures: Measures, *, weekdays: dict[str, float], tail_limit: int
) -> Population:
    """Shares and quantiles over the settled users of one log (all users where none is settled)."""
    table = measures.table
    settled = table.filter(pl.col("events") >= SETTLED_EVENTS) if "events" in table.columns else (
        table
    )  # fmt: skip
    table = table if settled.is_empty() else settled
    shares = (
        measures.categories.join(table.select("user_id"), on="user_id", how="semi")
        .group_by("category")
        .agg(pl.col("share").sum() / table.height)
        .sort("category")
    )
    columns = [c for c in table.columns if c != "user_id"]
    steps = [i / QUANTILES for i in range(QUANTILES + 1)]
    quantiles, means = {}, {}
    for column in columns:
        values = table[column].drop_nulls()
        if values.is_empty():
            continue
        grid = [values.quantile(q, interpolation="nearest") for q in steps]
        quantiles[column] = tuple(round(float(v), 6) for v in grid if v is not None)
        means[column] = round(float(values.mean()), 6)  # type: ignore[arg-type]  # not empty
    declared = measures.attributes.group_by("name", "value").agg(pl.col("user_id").n_unique())
    return Population(
        users=measures.table.height,
        end=measures.calendar.end.date().isoformat() if measures.calendar.end else None,
        categories={c: round(s, 6) for c, s in shares.iter_rows()},
        means=means,
        quantiles=quantiles,
        attributes={
            f"{name}={value}": n / measures.table.height
            for name, value, n in declared.sort("name", "value").iter_rows()
        },
        weekdays=weekdays,
        tail_limit=tail_limit,
    )
