"""Slices by user: whole users, every row once, and the same histories however thin they are cut."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.behaviour import slices
from agent.behaviour.histories import make_histories
from agent.behaviour.slices import by_users
from tests.behaviour.logs import events


@given(
    counts=st.lists(st.integers(1, 7), max_size=8),
    rows=st.integers(1, 9),
)
def test_slices_hold_whole_users_and_every_row_once(counts: list[int], rows: int) -> None:
    users = [f"u{n}" for n, count in enumerate(counts) for _ in range(count)]
    frame = pl.DataFrame(
        {"user_id": users, "row": range(len(users))}, schema={"user_id": pl.String, "row": pl.Int64}
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "SLICE_ROWS", rows)
        cut = list(by_users(frame))
    assert pl.concat(cut).equals(frame)
    owners = [user for part in cut for user in part["user_id"].unique()]
    assert len(owners) == len(set(owners))
    # A slice ends with the user in whose rows its share ends.
    assert all(part.height <= rows + 7 for part in cut)


def test_histories_do_not_depend_on_the_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    log = events(
        *(
            {
                "user": f"u{user}",
                "item": f"i{n % 3}",
                "at": f"2024-01-{1 + (n * 7) % 20:02d}T10:{n:02d}",
                "action": ("buy", "rate", "return", "view")[(user + n) % 4],
                "value": float(1 + (user * n) % 5),
                "quantity": -1.0 if (user + n) % 4 == 2 else 2.0,
                "price": 3.0,
                "basket": f"b{n // 2}",
            }
            for user in range(9)
            for n in range(8)
        )
    )
    whole, returns = make_histories(log)
    assert returns.cancelling > 0
    monkeypatch.setattr(slices, "SLICE_ROWS", 10)
    cut, again = make_histories(log.sample(fraction=1.0, shuffle=True, seed=1))
    assert cut.equals(whole)
    assert again == returns
