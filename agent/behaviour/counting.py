"""Histories → measures: what is counted of each user, and what takes everybody to count."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from agent.behaviour.each_user import count_users
from agent.behaviour.measures import Calendar, Measures
from agent.records import Vocabulary

TAIL_USERS_SHARE = 0.02
"""An item that fewer than this share of users touched is in the long tail."""

TAIL_USERS_MIN = 3


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
    counts = count_users(histories, calendar, vocabulary)
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


def read_calendar(histories: pl.DataFrame) -> Calendar:
    times = histories["timestamp"]
    start, end = times.min(), times.max()
    hours = times.dt.time().drop_nulls().n_unique() > 1
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return Calendar(start=None, end=None, has_hours=False)
    return Calendar(start=start, end=end, has_hours=hours)


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


def _by_category(tastes: pl.DataFrame, catalogue: pl.DataFrame) -> pl.DataFrame:
    kinds = catalogue.select("item_id", "categories").explode("categories").drop_nulls()
    return (
        tastes.join(kinds, on="item_id")
        .sort("user_id", "item_id", "categories")
        .group_by("user_id", pl.col("categories").alias("category"), maintain_order=True)
        .agg(pl.col("weight").sum().round(9))
        .sort("user_id", "category")
    )
