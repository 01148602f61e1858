"""Simulated shoppers for the segment tests: personas with tastes, hours and prices, as Measures."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from agent.behaviour.counting import take_measures
from agent.behaviour.histories import make_histories
from agent.behaviour.measures import Measures
from agent.behaviour.vocabulary import read_vocabulary

SHELVES = 16
PER_SHELF = 20
EVENTS = {
    "event_id": pl.String,
    "user_id": pl.String,
    "item_id": pl.String,
    "timestamp": pl.Datetime("us"),
    "row": pl.UInt64,
    "action": pl.String,
    "value": pl.Float64,
    "quantity": pl.Float64,
    "price": pl.Float64,
    "basket": pl.String,
    "text": pl.String,
    "dwell": pl.Float64,
    "channel": pl.String,
}


def people(
    users: int = 300, *, personas: int = 6, wanderers: float = 0.1, seed: int = 0
) -> tuple[Measures, dict[str, int]]:
    """Measures of `users` shoppers, and whose persona each is (-1: nobody's).

    A persona spends most on two shelves of its own and one it shares with the next persona, at
    its own time of day; everybody also buys a little of everything.
    """
    rng = np.random.default_rng(seed)
    popularity = 1 / np.arange(1, PER_SHELF + 1) ** 0.8
    rows, truth = [], {}
    for n in range(users):
        user = f"u{n:05d}"
        persona = -1 if rng.random() < wanderers else int(rng.integers(personas))
        truth[user] = persona
        leaning = np.full(SHELVES, 0.25)
        if persona >= 0:
            leaning[[2 * persona % SHELVES, (2 * persona + 1) % SHELVES]] += (4.0, 2.5)
            leaning[(2 * persona + 2) % SHELVES] += 1.0
        taste = rng.dirichlet(leaning if persona >= 0 else np.full(SHELVES, 0.6))
        hour = (8 + 3 * persona) % 22 if persona >= 0 else int(rng.integers(7, 22))
        for _ in range(int(rng.integers(6, 40))):
            shelf = int(rng.choice(SHELVES, p=taste))
            item = int(rng.choice(PER_SHELF, p=popularity / popularity.sum()))
            at = datetime(2025, 1, 1) + timedelta(
                days=int(rng.integers(360)), hours=int(np.clip(rng.normal(hour, 2), 0, 23))
            )
            rows.append((user, f"i{shelf:02d}{item:02d}", at, float(2 + shelf + item / 10)))
    return measures_of(rows), truth


def measures_of(rows: list[tuple[str, str, datetime, float]]) -> Measures:
    """Measures of purchases given as user, item (`i` + shelf + number), time and price."""
    frame = pl.DataFrame(rows, schema=["user_id", "item_id", "timestamp", "price"], orient="row")
    frame = frame.with_columns(
        pl.format("{}-{}", "user_id", pl.int_range(pl.len()).over("user_id")).alias("event_id"),
        pl.lit("buy").alias("action"),
        pl.lit(1.0).alias("quantity"),
    )
    empty = [pl.lit(None, dtype=t).alias(c) for c, t in EVENTS.items() if c not in frame.columns]
    events = frame.with_columns(empty).select(pl.col(c).cast(t) for c, t in EVENTS.items())
    histories, _ = make_histories(events)
    items = frame.select("item_id").unique().sort("item_id").with_columns(
        pl.col("item_id").str.replace("i", "Item ").alias("title"),
        pl.concat_list(pl.format("shelf {}", pl.col("item_id").str.slice(1, 2))).alias(
            "categories"
        ),
    )  # fmt: skip
    return take_measures(
        histories,
        items=items,
        attributes=pl.DataFrame(schema=dict.fromkeys(("user_id", "name", "value"), pl.String)),
        ties=pl.DataFrame(
            schema={"user_id": pl.String, "other_id": pl.String, "weight": pl.Float64}
        ),
        vocabulary=read_vocabulary(histories, item="item", currency=""),
    )
