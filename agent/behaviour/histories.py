"""Events → histories: order, visits, what returns cancel, how much a view or a purchase counts.

A history adds to the events of `agent.behaviour.events`:

    position   u32   place in the user's history, from 0
    visit      u32   number of the visit within the history, from 0
    cancelled  bool  a purchase wholly returned later, or the return itself
    pieces     f64   quantity after returns (1 where the log has none)
    amount     f64   pieces x price; null where the log has no price
    weight     f64   how much the event counts as interest; 0 cancelled, negative a dislike
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import polars as pl

ACTION_WEIGHTS = {
    "view": 0.2,
    "search": 0.3,
    "cart": 0.5,
    "tag": 0.5,
    "buy": 1.0,
    "return": 0.0,
    "like": 1.0,
    "dislike": -1.0,
}
"""An action that is not listed counts fully; ratings are weighed by `_rating_weight`."""

SESSION_GAP_MINUTES = 30
"""Inactivity that ends a visit where the log has no baskets: the web-analytics convention."""

BASKET_COVERAGE = 0.8
"""Share of events with a basket from which baskets are the visits."""


@dataclass(frozen=True)
class Returns:
    """Return rows by what became of them; `cancelling + unmatched` is all of them."""

    cancelling: int
    unmatched: int


def make_histories(events: pl.DataFrame) -> tuple[pl.DataFrame, Returns]:
    """Put events in order, number visits, let returns cancel purchases, weigh what is left.

    `events` has one row per event in the schema of `agent.behaviour.events`; the result has the
    same rows with the columns listed above, sorted by user and position.
    """
    order = ["user_id", "timestamp", "row", "item_id", "action", "value", "event_id"]
    frame = events.sort(order, nulls_last=True).with_columns(
        pl.int_range(pl.len(), dtype=pl.UInt32).over("user_id").alias("position")
    )
    frame = _number_visits(frame)
    frame, returns = _cancel_returned(frame)
    return (
        frame.with_columns(
            (pl.col("pieces") * pl.col("price")).alias("amount"),
            pl.when(pl.col("cancelled")).then(0.0).otherwise(_weight()).alias("weight"),
        ),
        returns,
    )


def load_histories(path: Path) -> pl.DataFrame:
    """Histories as a file holds them, less what no count needs: a quarter of the memory."""
    return pl.scan_parquet(path).drop("event_id", "row", "dwell").collect()


def has_baskets(frame: pl.DataFrame) -> bool:
    """Whether baskets cover enough of the log to be its visits."""
    return not frame.is_empty() and 1 - frame["basket"].null_count() / frame.height >= (
        BASKET_COVERAGE
    )


def _number_visits(frame: pl.DataFrame) -> pl.DataFrame:
    if has_baskets(frame):
        key = pl.coalesce("basket", pl.col("timestamp").dt.date().cast(pl.String), pl.lit(""))
        first = pl.col("position").min().over("user_id", key)
        return frame.with_columns(
            (first.rank("dense").over("user_id") - 1).cast(pl.UInt32).alias("visit")
        )
    gap = pl.col("timestamp").diff().over("user_id").dt.total_minutes()
    return frame.with_columns(
        (gap > SESSION_GAP_MINUTES).fill_null(False).cum_sum().over("user_id").cast(pl.UInt32)
        .alias("visit")
    )  # fmt: skip


def _cancel_returned(frame: pl.DataFrame) -> tuple[pl.DataFrame, Returns]:
    """Each return takes pieces off the user's latest earlier purchases of the same item.

    Only users and items with a return are walked row by row; the rest pass untouched.
    """
    frame = frame.with_columns(
        pl.col("quantity").abs().fill_null(1.0).alias("pieces"),
        (pl.col("action") == "return").alias("cancelled"),
    )
    returned = frame.filter("cancelled").select("user_id", "item_id").unique()
    if returned.is_empty():
        return frame, Returns(0, 0)
    touched = (
        frame.with_row_index("index")
        .join(returned, on=["user_id", "item_id"], how="semi")
        .filter(pl.col("action").is_in(["buy", "return"]))
        .sort("user_id", "item_id", "position")
        .select("index", "user_id", "item_id", "action", "quantity", "pieces")
    )
    left: dict[int, float] = {}
    cancelling = unmatched = 0
    open_purchases: list[int] = []
    owner: tuple[str, str] | None = None
    for index, user, item, action, quantity, pieces in touched.iter_rows():
        if (user, item) != owner:
            owner, open_purchases = (user, item), []
        if action == "buy":
            left[index] = pieces
            open_purchases.append(index)
            continue
        if not open_purchases:
            unmatched += 1
            continue
        cancelling += 1
        # A return without a quantity takes back the whole of the latest purchase.
        to_return = left[open_purchases[-1]] if quantity is None else pieces
        while to_return > 0 and open_purchases:
            taken = min(to_return, left[open_purchases[-1]])
            left[open_purchases[-1]] -= taken
            to_return -= taken
            if left[open_purchases[-1]] <= 0:
                open_purchases.pop()
    remaining = pl.DataFrame(
        {"index": list(left), "left": list(left.values())},
        schema={"index": pl.UInt32, "left": pl.Float64},
    )
    frame = (
        frame.with_row_index("index")
        .join(remaining, on="index", how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("action") == "return")
            .then(0.0)
            .otherwise(pl.coalesce("left", "pieces"))
            .alias("pieces"),
            (pl.col("cancelled") | (pl.col("left") <= 0).fill_null(False)).alias("cancelled"),
        )
        .drop("index", "left")
    )
    return frame, Returns(cancelling, unmatched)


def _weight() -> pl.Expr:
    action = pl.col("action").replace_strict(ACTION_WEIGHTS, default=1.0, return_dtype=pl.Float64)
    rated = (pl.col("action") == "rate") & pl.col("value").is_not_null()
    return pl.when(rated).then(_rating_weight()).otherwise(action)


def _rating_weight() -> pl.Expr:
    """0.5 at the user's own median rating up to 1 at the scale's top; below it, down to -1.

    The user's own middle stands for the scale's: a 3 is praise from one and blame from another.
    """
    value, middle = pl.col("value"), pl.col("value").median().over("user_id")
    top, bottom = pl.col("value").max(), pl.col("value").min()
    above = 0.5 + 0.5 * (value - middle) / pl.max_horizontal(top - middle, pl.lit(1e-9))
    below = (value - middle) / pl.max_horizontal(middle - bottom, pl.lit(1e-9))
    return pl.when(value >= middle).then(above).otherwise(below)


def spans(positions: list[int]) -> tuple[tuple[int, int], ...]:
    """Sorted positions as half-open spans: `[0, 1, 2, 5]` → `((0, 3), (5, 6))`."""
    if not positions:
        return ()
    breaks = [i for i, (a, b) in enumerate(pairwise(positions), start=1) if b != a + 1]
    starts, ends = [0, *breaks], [*breaks, len(positions)]
    return tuple((positions[s], positions[e - 1] + 1) for s, e in zip(starts, ends, strict=True))
