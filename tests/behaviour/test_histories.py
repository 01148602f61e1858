from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.behaviour.histories import make_histories, spans
from tests.behaviour.logs import events


def buy(quantity: float, at: str, **more: object) -> dict[str, object]:
    return {"user": "u", "item": "mug", "quantity": quantity, "price": 2.0, "at": at, **more}


def test_a_return_takes_pieces_off_the_latest_purchase_first() -> None:
    log = events(
        buy(5, "2024-01-01"),
        buy(4, "2024-01-02"),
        buy(-6, "2024-01-03", action="return"),
    )
    histories, returns = make_histories(log)
    assert histories["pieces"].to_list() == [3.0, 0.0, 0.0]
    assert histories["cancelled"].to_list() == [False, True, True]
    assert histories["amount"].to_list() == [6.0, 0.0, 0.0]
    assert (returns.cancelling, returns.unmatched) == (1, 0)


def test_a_return_cancels_nothing_bought_later_or_by_others() -> None:
    log = events(
        buy(-2, "2024-01-01", action="return"),
        buy(2, "2024-01-02"),
        buy(2, "2024-01-01", user="other"),
    )
    histories, returns = make_histories(log)
    kept = histories.filter(pl.col("action") == "buy")
    assert kept["pieces"].to_list() == [2.0, 2.0]
    assert (returns.cancelling, returns.unmatched) == (0, 1)


def test_a_return_without_quantity_takes_back_the_whole_purchase() -> None:
    log = events(buy(7, "2024-01-01"), {**buy(0, "2024-01-02", action="return"), "quantity": None})
    histories, _ = make_histories(log)
    assert histories["pieces"].to_list() == [0.0, 0.0]


def test_visits_end_after_half_an_hour_of_inactivity() -> None:
    times = ["2024-01-01T10:00", "2024-01-01T10:29", "2024-01-01T11:00", "2024-01-02T11:00"]
    log = events(*({"user": "u", "item": "a", "at": at, "action": "view"} for at in times))
    histories, _ = make_histories(log)
    assert histories["visit"].to_list() == [0, 0, 1, 2]


def test_baskets_are_the_visits_where_the_log_has_them() -> None:
    log = events(
        buy(1, "2024-01-01T10:00", basket="b2"),
        buy(1, "2024-01-01T10:00", basket="b1", item="pan"),
        buy(1, "2024-01-03T10:00", basket="b2", item="pot"),
    )
    histories, _ = make_histories(log)
    visits = dict(zip(histories["item_id"], histories["visit"], strict=True))
    assert visits["mug"] == visits["pot"] != visits["pan"]


def test_a_rating_under_the_users_own_middle_is_dislike() -> None:
    def rate(user: str, item: str, value: float) -> dict[str, object]:
        return {"user": user, "item": item, "action": "rate", "value": value, "at": "2024-01-01"}

    mild = [rate("mild", "a", 3), rate("mild", "b", 4), rate("mild", "c", 5)]
    harsh = [rate("harsh", "a", 1), rate("harsh", "b", 2), rate("harsh", "c", 3)]
    histories, _ = make_histories(events(*mild, *harsh))
    weight = {(u, i): w for u, i, w in histories.select("user_id", "item_id", "weight").iter_rows()}
    assert weight["mild", "a"] < 0 < weight["harsh", "c"], "both rated it 3"
    assert weight["mild", "b"] == weight["harsh", "b"] == 0.5


def test_views_count_less_than_carts_and_carts_less_than_purchases() -> None:
    log = events(
        *({"user": "u", "item": "a", "action": a, "at": "2024-01-01"} for a in ("view", "cart")),
        buy(1, "2024-01-02"),
    )
    weights = dict(make_histories(log)[0].select("action", "weight").iter_rows())
    assert 0 < weights["view"] < weights["cart"] < weights["buy"]


def test_without_times_the_rows_order_is_the_history() -> None:
    log = events(
        {"user": "u", "item": "z", "row": 0},
        {"user": "u", "item": "a", "row": 1},
    )
    assert make_histories(log)[0]["item_id"].to_list() == ["z", "a"]


@given(st.permutations(range(6)))
def test_with_times_the_rows_order_never_matters(order: list[int]) -> None:
    log = events(
        *(buy(n % 3 + 1, f"2024-01-0{n % 2 + 1}", item=f"i{n % 4}") for n in range(5)),
        buy(-1, "2024-01-03", item="i1", action="return"),
    )
    assert make_histories(log[order])[0].equals(make_histories(log)[0])


@given(st.sets(st.integers(0, 40)))
def test_spans_hold_exactly_the_positions(positions: set[int]) -> None:
    found = spans(sorted(positions))
    assert {p for start, end in found for p in range(start, end)} == positions
    assert all(a[1] < b[0] for a, b in pairwise(found)), "no two touch"


@pytest.mark.parametrize("action", ["review", "post", "anything"])
def test_an_action_nobody_listed_counts_fully(action: str) -> None:
    log = events({"user": "u", "item": "a", "action": action, "at": "2024-01-01"})
    assert make_histories(log)[0]["weight"].item() == 1.0
