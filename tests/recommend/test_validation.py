"""What is set aside to choose weights by is never in sight of what is judged."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy import sparse

from agent.recommend.affinity import PRIOR_MEMBERS, fit_affinity
from agent.recommend.judging import ndcg
from agent.recommend.validation import cut_histories, held_out, split_histories
from tests.recommend.logs import day, histories


def test_the_last_fifth_is_set_aside_with_all_that_follows() -> None:
    rows = [("a", f"i{n}", day(n), None) for n in range(10)]
    rows.insert(9, ("a", "i0", day(8, 20), None))  # i0 again, after the cut
    split = split_histories(histories(rows))
    assert split.targets["item_id"].to_list() == ["i8", "i9"]
    assert split.histories["item_id"].to_list() == [f"i{n}" for n in range(8)]


def test_a_cut_never_goes_through_equal_times() -> None:
    """Likes 7, 8 and 9 are of one moment, which begins before the last fifth: all are kept."""
    rows = [("a", f"i{n}", day(min(n, 7)), None) for n in range(10)]
    rows += [("a", f"i{n}", day(20), None) for n in (10, 11)]
    split = split_histories(histories(rows))
    assert split.targets["item_id"].to_list() == ["i10", "i11"]
    assert split.histories.height == 10


def test_a_cut_never_goes_through_a_basket() -> None:
    rows = [("a", f"i{n}", day(n), f"b{n // 3}") for n in range(10)]
    split = split_histories(histories(rows))
    assert split.targets["item_id"].to_list() == ["i9"]


def test_without_times_the_order_of_the_rows_decides() -> None:
    split = split_histories(histories([("a", f"i{n}", None, None) for n in range(10)]))
    assert split.targets["item_id"].to_list() == ["i8", "i9"]


def test_short_histories_are_left_whole() -> None:
    split = split_histories(histories([("a", f"i{n}", day(n), None) for n in range(4)]))
    assert split.targets.is_empty()
    assert split.histories.height == 4


def test_histories_cut_to_their_first_likes() -> None:
    rows = [("a", f"i{n}", day(n), None) for n in range(10)]
    rows.insert(2, ("a", "i0", day(1, 20), None))
    rows += [("b", f"i{n}", day(n), None) for n in range(3)]
    cut, after = cut_histories(split_histories(histories(rows)), ["a", "b"], 3)
    assert cut["item_id"].to_list() == ["i0", "i1", "i0", "i2"]
    assert after["item_id"].to_list() == [f"i{n}" for n in range(3, 10)]
    assert cut["user_id"].unique().to_list() == ["a"]  # b has nothing left to be found


def test_who_is_held_out_depends_on_the_user_alone() -> None:
    users = [f"u{n}" for n in range(400)]
    out = held_out(users, seed=0)
    assert 0.2 < out.mean() < 0.4
    assert (held_out(users[::-1], seed=0)[::-1] == out).all()
    assert (held_out(users, seed=1) != out).any()


def test_ndcg_by_hand() -> None:
    scores = np.array([[0.9, 0.8, 0.7, 0.6], [0.1, 0.2, 0.3, 0.4]])
    seen = sparse.csr_matrix(np.array([[1, 0, 0, 0], [0, 0, 0, 0]]))
    targets = sparse.csr_matrix(np.array([[0, 0, 1, 0], [1, 0, 0, 1]]))
    # First user: ranks are items 1, 2; the target is second. Second: items 3, 2; one of two found.
    assert np.allclose(ndcg(scores, seen, targets, 2), [1 / np.log2(3), 1 / (1 + 1 / np.log2(3))])


def test_affinity_by_hand() -> None:
    likes = sparse.csr_matrix(np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]))
    alpha = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    found = fit_affinity(likes, alpha)
    assert np.allclose(found.popularity, [0.5, 0.75])
    share = (2 + PRIOR_MEMBERS * 0.5) / (2 + PRIOR_MEMBERS)
    assert np.isclose(found.beta[0, 0], share - 0.5)
    assert np.isclose(found.lift(0, 0), share / 0.5)
    # A segment nobody is in is like everybody.
    alone = fit_affinity(likes, np.column_stack([alpha, np.zeros(4)]))
    assert not alone.beta[2].any()


def test_a_few_members_say_less_than_many() -> None:
    likes = sparse.csr_matrix(np.array([[1.0, 0.0]] * 30 + [[0.0, 1.0]] * 30))
    many = np.repeat([[1.0], [0.0]], 30, axis=0)
    few = np.array([[1.0]] * 2 + [[0.0]] * 58)
    assert fit_affinity(likes, many).beta[0, 0] > 2 * fit_affinity(likes, few).beta[0, 0] > 0


def test_targets_are_only_what_is_new() -> None:
    split = split_histories(histories([("a", f"i{n % 6}", day(n), None) for n in range(12)]))
    pairs = split.histories.select("user_id", "item_id")
    assert split.targets.join(pairs, on=["user_id", "item_id"]).is_empty()
    assert split.likes.group_by("item_id").len().filter(pl.col("len") > 1).is_empty()
