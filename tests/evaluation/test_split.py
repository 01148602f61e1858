"""What trains and what tests: a cut goes through nothing, and nothing later is learnt from."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from agent.evaluation.split import Split, interactions, split_by_date, split_log
from tests.recommend.logs import day, events

Row = tuple[str, str, datetime | None, str | None]


def crowd(users: int = 12, items: int = 15) -> list[Row]:
    """Everybody takes every item, one a day, each user starting with another one."""
    return [
        (f"u{u:02}", f"i{(n + u) % items:02}", day(n), f"b{u}-{n}")
        for u in range(users)
        for n in range(items)
    ]


def parts(split: Split, user: str) -> tuple[list[str], list[str]]:
    rows = split.interactions.filter(pl.col("user_id") == user)
    return tuple(rows.filter(pl.col("test") == late)["item_id"].to_list() for late in (False, True))  # type: ignore[return-value]


def test_the_last_fifth_of_every_history_is_test() -> None:
    split = split_log(events(crowd()))
    train, test = parts(split, "u00")
    assert train == [f"i{n:02}" for n in range(12)]
    assert test == ["i12", "i13", "i14"]
    assert split.targets.sum() == 12 * 3
    assert split.seen.multiply(split.targets).nnz == 0


def test_only_the_first_occurrence_of_a_user_and_an_item_counts() -> None:
    again = [("u00", "i00", day(40), "late")]
    assert split_log(events(crowd() + again)).hash == split_log(events(crowd())).hash


def test_rare_items_go_first_and_then_users_with_few_items() -> None:
    rare: list[Row] = [("u00", f"rare{n}", day(n, 6), None) for n in range(4)]
    newcomer: list[Row] = [("few", f"i{n:02}", day(n), None) for n in range(9)]
    split = split_log(events(crowd() + rare + newcomer))
    assert "few" not in split.users
    assert not [item for item in split.items if item.startswith("rare")]


def test_a_cut_goes_through_no_basket_and_no_equal_times() -> None:
    one_basket: list[Row] = [("x", f"i{n:02}", day(n // 3), f"big{n // 9}") for n in range(15)]
    split = split_log(events(crowd() + one_basket))
    train, test = parts(split, "x")
    assert (train, test) == ([f"i{n:02}" for n in range(15)], [])
    small: list[Row] = [("y", f"i{n:02}", day(min(n, 11) + n // 13), None) for n in range(15)]
    _, test = parts(split_log(events(crowd() + small)), "y")
    assert test == ["i13", "i14"]


def test_low_ratings_are_seen_and_neither_liked_nor_wanted() -> None:
    frame = events(crowd()).with_columns(
        pl.lit("rate").alias("action"),
        pl.when(pl.col("item_id") == "i13").then(3.5).otherwise(5.0).alias("value"),
    )
    split = split_log(frame)
    column = split.items.index("i13")
    assert split.targets[:, column].sum() == 0
    assert split.likes[:, column].sum() == 0
    assert split.seen[:, column].sum() > 0


def test_views_and_returns_are_no_interactions_where_people_buy() -> None:
    rows = events(crowd())
    bought = rows.with_columns(pl.lit("buy").alias("action"))
    looked = rows.with_columns(
        pl.lit("view").alias("action"), pl.col("timestamp") - timedelta(days=9)
    )
    assert interactions(pl.concat([bought, looked])).equals(interactions(bought))


@given(
    st.lists(
        st.tuples(st.integers(0, 14), st.integers(0, 6), st.integers(0, 4)),
        min_size=10,
        max_size=40,
    )
)
def test_whatever_the_history_no_cut_splits_what_belongs_together(
    rows: list[tuple[int, int, int]],
) -> None:
    history: list[Row] = [("z", f"i{i:02}", day(d), f"z{b}" if b else None) for i, d, b in rows]
    split = split_log(events(crowd() + history))
    own = split.interactions.filter(pl.col("user_id") == "z")
    for together in ("timestamp", "basket"):
        known = own.drop_nulls(together)
        assert (known.group_by(together).agg(pl.col("test").n_unique())["test"] <= 1).all()
    assert own["test"].sum() <= 0.5 * own.height


def test_nothing_after_the_cut_reaches_the_training_part() -> None:
    log = events(crowd())
    split = split_log(log)
    training = split.training(log)
    late = log.join(training, on="event_id", how="anti")
    assert late.height == split.interactions["test"].sum()
    gone = split.training(log.join(late, on="event_id", how="anti"))
    other = split.training(
        pl.concat([training, late.with_columns(pl.col("item_id").reverse())]).sort("row")
    )
    assert gone.equals(training)
    assert other.equals(training)


def test_one_date_for_everybody() -> None:
    split = split_by_date(events(crowd()))
    assert split is not None
    assert split.kind == "everything from 2024-01-12 12:00 on"
    assert split.interactions.filter("test")["timestamp"].min() == day(11)
    untimed = events([(u, i, None, b) for u, i, _, b in crowd()])
    assert split_by_date(untimed) is None
    assert parts(split_log(untimed), "u00")[1] == ["i12", "i13", "i14"]


def test_the_validation_part_is_the_end_of_what_trains() -> None:
    split = split_log(events(crowd()))
    train, test = parts(split.validation(), "u00")
    assert (train, test) == ([f"i{n:02}" for n in range(10)], ["i10", "i11"])
