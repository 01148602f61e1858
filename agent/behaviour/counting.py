"""Histories → measures: where every share, median and rate is computed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import polars as pl

from agent.behaviour.measures import Calendar, Measures
from agent.records import Vocabulary

TAIL_USERS_SHARE = 0.02
"""An item that fewer than this share of users touched is in the long tail."""

TAIL_USERS_MIN = 3

PART_ROWS = 1_000_000
"""Events counted at a time."""

HALF_LIFE = 1 / 3
"""Half-life of a taste, as a share of the user's own time in the log."""


class _Counts(NamedTuple):
    """What is counted of some users by their own rows alone; sorted by user."""

    user_items: pl.DataFrame
    tastes: pl.DataFrame
    rhythm: pl.DataFrame
    value: pl.DataFrame
    channels: pl.DataFrame
    actions: pl.DataFrame


def take_measures(
    histories: pl.DataFrame,
    *,
    items: pl.DataFrame,
    attributes: pl.DataFrame,
    ties: pl.DataFrame,
    vocabulary: Vocabulary,
) -> Measures:
    """Count everything that facts, rules and vectors need.

    `histories` as made by `agent.behaviour.histories`, sorted by user; `items` with categories;
    users are those with at least one event. Ties to people without events are kept, from people
    without are not.
    """
    calendar = read_calendar(histories)
    counts = _count(histories, calendar, vocabulary)
    users = histories.select("user_id").unique().sort("user_id")
    ties = ties.join(users, on="user_id", how="semi").sort("user_id", "other_id")
    catalogue = _catalogue(items, counts.user_items, counts.tastes)
    parts = [
        counts.rhythm,
        counts.value,
        _tail(counts.user_items, catalogue, users.height),
        _ties(ties),
        _wide_shares(counts.channels),
        _wide_shares(counts.actions),
    ]
    table = users
    for part in parts:
        table = table.join(part, on="user_id", how="left")
    ordered = sorted(c for c in table.columns if c != "user_id")
    kept = [c for c in ordered if table[c].drop_nulls().n_unique() > 1]
    return Measures(
        table=table.select("user_id", pl.col(kept).cast(pl.Float64).fill_nan(None).round(9)).sort(
            "user_id"
        ),
        categories=_categories(counts.user_items, catalogue),
        items=counts.user_items.drop("measured"),
        category_tastes=_by_category(counts.tastes, catalogue),
        item_tastes=counts.tastes,
        attributes=attributes.join(users, on="user_id", how="semi").sort("user_id", "name"),
        ties=ties,
        catalogue=catalogue,
        vocabulary=vocabulary,
        calendar=calendar,
    )


def _count(histories: pl.DataFrame, calendar: Calendar, vocabulary: Vocabulary) -> _Counts:
    """What is each user's own, `PART_ROWS` events at a time: counting takes several times the
    memory of the rows counted.
    """
    parts = [_count_part(part, calendar, vocabulary) for part in _by_users(histories)]
    return _Counts(*(pl.concat(frames) for frames in zip(*parts, strict=True)))


def _by_users(histories: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Slices of some `PART_ROWS` rows, none of which ends within a user; one empty for no rows."""
    users, start = histories["user_id"], 0
    while True:
        stop = start + PART_ROWS
        if stop < len(users):
            stop = int(users.search_sorted(users[stop], side="right"))
        yield histories.slice(start, stop - start)
        if stop >= len(users):
            return
        start = stop


def _count_part(histories: pl.DataFrame, calendar: Calendar, vocabulary: Vocabulary) -> _Counts:
    counted = counted_rows(histories, vocabulary)
    user_items = _user_items(counted)
    return _Counts(
        user_items=user_items,
        tastes=_tastes(histories),
        rhythm=_rhythm(histories, counted, calendar),
        value=_value(histories, counted, user_items, vocabulary),
        channels=_shares(histories.filter(pl.col("channel").is_not_null()), "channel"),
        actions=_shares(histories.filter(pl.col("action") != "return"), "action"),
    )


def read_calendar(histories: pl.DataFrame) -> Calendar:
    times = histories["timestamp"]
    start, end = times.min(), times.max()
    hours = times.dt.time().drop_nulls().n_unique() > 1
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return Calendar(start=None, end=None, has_hours=False)
    return Calendar(start=start, end=end, has_hours=hours)


MAIN_ACTIONS = {
    "purchases": ("buy",),
    "ratings": ("rate", "review", "like", "dislike"),
    "posts": ("post",),
}
"""What a log is about, by domain; somebody who has done none of it is counted by all they did."""


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


def _catalogue(items: pl.DataFrame, user_items: pl.DataFrame, tastes: pl.DataFrame) -> pl.DataFrame:
    """Every item touched, listed or not: an item the catalogue lacks goes by its id."""
    users = user_items.group_by("item_id").agg(pl.col("user_id").n_unique().alias("users"))
    return (
        tastes.select("item_id")
        .unique()
        .join(users, on="item_id", how="left")
        .with_columns(pl.col("users").fill_null(0))
        .join(items, on="item_id", how="left")
        .with_columns(
            printable(pl.coalesce("title", "item_id")).alias("title"),
            pl.col("categories").fill_null([]).list.eval(printable(pl.element())),
        )
        .select("item_id", "title", "categories", "users")
        .sort("item_id")
    )


def printable(text: pl.Expr) -> pl.Expr:
    """Titles are strangers' words: no control, zero-width or direction marks, 90 letters."""
    # Titles that passed through a web page keep its escapes; told as they were meant.
    plain = text.str.replace_many({"&amp;": "&", "&quot;": '"', "&#39;": "'"})
    plain = plain.str.replace_all(r"\p{C}", " ").str.replace_all(r"\s+", " ").str.strip_chars()
    cut = plain.str.head(89).str.strip_chars_end() + "\u2026"
    return pl.when(plain.str.len_chars() > 90).then(cut).otherwise(plain)


def tail_limit(users: int) -> int:
    """Users under which an item counts as long tail, in a log of so many users."""
    return max(TAIL_USERS_MIN, round(TAIL_USERS_SHARE * users))


def _tail(user_items: pl.DataFrame, catalogue: pl.DataFrame, users: int) -> pl.DataFrame:
    joined = user_items.join(catalogue.select("item_id", "users"), on="item_id")
    rare = pl.col("users") < tail_limit(users)
    return joined.group_by("user_id").agg(
        (pl.col("events").filter(rare).sum() / pl.col("events").sum()).alias("tail_share")
    )


def _ties(ties: pl.DataFrame) -> pl.DataFrame:
    back = ties.select(pl.col("other_id").alias("user_id"), pl.col("user_id").alias("other_id"))
    mutual = ties.join(back.with_columns(pl.lit(1.0).alias("back")), on=["user_id", "other_id"],
                       how="left")  # fmt: skip
    out = mutual.group_by("user_id").agg(
        pl.len().alias("ties_out"),
        (pl.col("weight").max() / pl.col("weight").sum()).alias("top_tie_share"),
        pl.col("back").fill_null(0.0).mean().alias("reciprocity"),
    )
    into = back.group_by("user_id").agg(pl.len().alias("ties_in"))
    return out.join(into, on="user_id", how="full", coalesce=True)


def _shares(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """user_id, measure (`channel:app`), share: the share of each user's rows that have it."""
    counts = rows.group_by("user_id", column).len().sort("user_id", column)
    return counts.select(
        "user_id",
        (column + ":" + pl.col(column)).alias("measure"),
        (pl.col("len") / pl.col("len").sum().over("user_id")).alias("share"),
    )


def _wide_shares(shares: pl.DataFrame) -> pl.DataFrame:
    """A column a measure; none where there is a single one, which tells nobody from another."""
    if shares["measure"].n_unique() < 2:
        return pl.DataFrame(schema={"user_id": pl.String})
    wide = shares.sort("measure", "user_id").pivot("measure", index="user_id", values="share")
    return wide.with_columns(pl.exclude("user_id").fill_null(0.0))


def _categories(user_items: pl.DataFrame, catalogue: pl.DataFrame) -> pl.DataFrame:
    """An item counts in full for each of its categories, so shares may add up to more than 1."""
    total = pl.col("measured").sum().over("user_id")
    kinds = catalogue.select("item_id", "categories").explode("categories").drop_nulls()
    return (
        user_items.with_columns((pl.col("measured") / total).fill_nan(0.0).alias("part"))
        .join(kinds, on="item_id")
        .group_by("user_id", pl.col("categories").alias("category"))
        .agg(
            pl.col("part").sum().round(9).alias("share"),
            pl.col("events").sum(),
        )
        .sort("user_id", "category")
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


def _by_category(tastes: pl.DataFrame, catalogue: pl.DataFrame) -> pl.DataFrame:
    kinds = catalogue.select("item_id", "categories").explode("categories").drop_nulls()
    return (
        tastes.join(kinds, on="item_id")
        .sort("user_id", "item_id", "categories")
        .group_by("user_id", pl.col("categories").alias("category"), maintain_order=True)
        .agg(pl.col("weight").sum().round(9))
        .sort("user_id", "category")
    )
