"""Histories → what is counted of each user by their own rows alone.

Counting takes several times the memory of the rows counted, so it goes a slice of users at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from agent.behaviour.measures import Calendar
from agent.records import Vocabulary

SLICE_ROWS = 1_000_000
"""Rows counted at a time, give or take one user."""

HALF_LIFE = 1 / 3
"""Half-life of a taste, as a share of the user's own time in the log."""

MAIN_ACTIONS = {
    "purchases": ("buy",),
    "ratings": ("rate", "review", "like", "dislike"),
    "posts": ("post",),
}
"""What a log is about, by domain; somebody who has done none of it is counted by all they did."""


class Counts(NamedTuple):
    """What is counted of users by their own rows alone; each frame is sorted by user."""

    user_items: pl.DataFrame
    tastes: pl.DataFrame
    rhythm: pl.DataFrame
    value: pl.DataFrame
    channels: pl.DataFrame
    actions: pl.DataFrame


def count_users(histories: pl.DataFrame, calendar: Calendar, vocabulary: Vocabulary) -> Counts:
    """`histories` as made by `agent.behaviour.histories`, sorted by user."""
    parts = [_count_slice(part, calendar, vocabulary) for part in _by_users(histories)]
    return Counts(*(pl.concat(frames) for frames in zip(*parts, strict=True)))


def _by_users(histories: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Slices that end with a user; one empty slice where there are no rows."""
    users, start = histories["user_id"], 0
    while True:
        stop = start + SLICE_ROWS
        if stop < len(users):
            stop = int(users.search_sorted(users[stop], side="right"))
        yield histories.slice(start, stop - start)
        if stop >= len(users):
            return
        start = stop


def _count_slice(histories: pl.DataFrame, calendar: Calendar, vocabulary: Vocabulary) -> Counts:
    counted = counted_rows(histories, vocabulary)
    user_items = _user_items(counted)
    return Counts(
        user_items=user_items,
        tastes=_tastes(histories),
        rhythm=_rhythm(histories, counted, calendar),
        value=_value(histories, counted, user_items, vocabulary),
        channels=_shares(histories.filter(pl.col("channel").is_not_null()), "channel"),
        actions=_shares(histories.filter(pl.col("action") != "return"), "action"),
    )


def counted_rows(histories: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """The rows shares are shares of, with `measured`: their amount, or 1 each.

    In a log of purchases a user's purchases count; a user who has only looked so far is counted
    by looks. Returns and what they cancelled never count.
    """
    live = histories.filter(~pl.col("cancelled") & (pl.col("item_id") != ""))
    if vocabulary.domain in MAIN_ACTIONS:
        main = pl.col("action").is_in(MAIN_ACTIONS[vocabulary.domain])
        live = live.filter(main | ~main.any().over("user_id"))
    if vocabulary.measure != "spend":
        return live.with_columns(pl.lit(1.0).alias("measured"))
    priced = (pl.col("amount").is_not_null() & (pl.col("action") == "buy")).any().over("user_id")
    amount = pl.col("amount").fill_null(0.0)
    return live.with_columns(pl.when(priced).then(amount).otherwise(1.0).alias("measured"))


def _rhythm(histories: pl.DataFrame, counted: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    live = histories.filter(~pl.col("cancelled"))
    visits = live.group_by("user_id", "visit").agg(pl.col("timestamp").min().alias("at"))
    at = pl.col("at")
    if calendar.end is None:
        return visits.group_by("user_id").agg(pl.len().alias("visits"))
    dated = visits.filter(at.is_not_null()).sort("user_id", "at")
    gaps = dated.group_by("user_id", maintain_order=True).agg(
        pl.len().alias("visits"),
        ((at.max() - at.min()).dt.total_hours() / 24).round().alias("span_days"),
        (at.diff().dt.total_minutes() / 1440).median().round(1).alias("median_gap_days"),
        (pl.lit(calendar.end) - at.max()).dt.total_days().alias("silent_days"),
        (at.dt.weekday() >= 6).mean().alias("weekend_share"),
        *([] if not calendar.has_hours else [
            (at.dt.hour() // 6 == part).mean().alias(f"{name}_share")
            for part, name in enumerate(("night", "morning", "afternoon", "evening"))
        ]),
    )  # fmt: skip
    middle = pl.col("timestamp").min() + (pl.col("timestamp").max() - pl.col("timestamp").min()) / 2
    later = live.group_by("user_id").agg(
        pl.when(pl.len() >= 4)
        .then((pl.col("timestamp") > middle).mean())
        .otherwise(None)
        .alias("later_share")
    )
    if not calendar.has_seasons:
        return gaps.join(later, on="user_id", how="left")
    quarter = pl.col("timestamp").dt.quarter()
    season = counted.group_by("user_id").agg(
        (pl.col("measured").filter(quarter == q).sum() / pl.col("measured").sum()).alias(
            f"quarter{q}_share"
        )
        for q in (1, 2, 3, 4)
    )
    return gaps.join(later, on="user_id", how="left").join(season, on="user_id", how="left")


def _value(
    histories: pl.DataFrame, counted: pl.DataFrame, user_items: pl.DataFrame, words: Vocabulary
) -> pl.DataFrame:
    everything = histories.group_by("user_id").agg(
        (pl.col("action") == "return").mean().alias("returns_share"),
        pl.col("text").is_not_null().mean().alias("text_share"),
        pl.col("value").filter(pl.col("action") == "rate").mean().alias("rating_mean"),
        pl.col("value").filter(pl.col("action") == "rate").std().alias("rating_spread"),
    )
    lines = counted.group_by("user_id").agg(
        pl.len().alias("events"),
        pl.col("price").median().alias("price"),
        pl.col("pieces").filter(pl.col("quantity").is_not_null()).median().alias("units_per_line"),
    )
    variety = user_items.group_by("user_id").agg(
        pl.len().alias("items"),
        ((pl.col("events").sum() - pl.len()) / pl.col("events").sum()).alias("repeat_share"),
    )
    value = everything.join(lines, on="user_id", how="left").join(variety, on="user_id", how="left")
    if words.measure != "spend":
        return value
    bought = counted.filter((pl.col("action") == "buy") & pl.col("amount").is_not_null())
    basket = pl.coalesce("basket", pl.col("visit").cast(pl.String))
    baskets = bought.group_by("user_id", basket.alias("order")).agg(pl.col("amount").sum())
    spend = baskets.group_by("user_id").agg(
        pl.col("amount").sum().round(2).alias("spend"),
        pl.col("amount").median().round(2).alias("basket_value"),
    )
    return value.join(spend, on="user_id", how="left")


def _user_items(counted: pl.DataFrame) -> pl.DataFrame:
    return (
        counted.group_by("user_id", "item_id")
        .agg(
            pl.len().alias("events"),
            pl.col("visit").n_unique().alias("visits"),
            pl.col("weight").sum().round(9),
            pl.col("value").mean(),
            pl.col("measured").sum(),
        )
        .sort("user_id", "item_id")
    )


def _shares(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """user_id, measure (`channel:app`), share: the share of each user's rows that have it."""
    counts = rows.group_by("user_id", column).len().sort("user_id", column)
    return counts.select(
        "user_id",
        (column + ":" + pl.col(column)).alias("measure"),
        (pl.col("len") / pl.col("len").sum().over("user_id")).alias("share"),
    )


def _tastes(histories: pl.DataFrame) -> pl.DataFrame:
    """What each user is drawn to by now: all they did with an item, the later the more.

    Looks count beside purchases, by their weights. An event half as old again counts half: the
    half-life is `HALF_LIFE` of the user's own time from first to last event, so that somebody who
    has changed is told by what they have become and somebody who has left is told as they were.
    """
    at = pl.col("timestamp")
    span = (at.max() - at.min()).over("user_id").dt.total_seconds()
    age = (at.max().over("user_id") - at).dt.total_seconds()
    decay = pl.when(span > 0).then(0.5 ** (age / (span * HALF_LIFE))).otherwise(1.0).fill_null(1.0)
    return (
        histories.filter(~pl.col("cancelled") & (pl.col("item_id") != ""))
        .with_columns((pl.col("weight") * decay).alias("pull"))
        .group_by("user_id", "item_id")
        .agg(pl.col("pull").sum().round(9).alias("weight"))
        .sort("user_id", "item_id")
    )
