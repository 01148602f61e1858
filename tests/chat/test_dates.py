"""Dates that bound a time, counted from the end of the log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.chat.dates import dates

END = datetime(2025, 12, 31, 23, 50, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "days", "side"),
    [
        ("not seen since 1 september 2025", 122, "after"),
        ("not seen since the 1st of september 2025", 122, "after"),
        ("not seen since september 1, 2025", 122, "after"),
        ("not seen since 2025-09-01", 122, "after"),
        ("not seen since september", 122, "after"),
        ("last order before dec 2024", 396, "before"),
        ("active after 31 december", 1, "after"),
    ],
)
def test_a_date_is_read_in_the_ways_people_write_it(text: str, days: int, side: str) -> None:
    (found,) = dates(text, END)
    assert (found.days, found.side) == (days, side)
    assert text[found.start : found.end].startswith(("since", "before", "after"))


@pytest.mark.parametrize(
    "text",
    ["who buys in september", "since 31 february 2025", "since 2031-01-01", "before 500 orders",
     "since last may be"],
)  # fmt: skip
def test_what_is_no_date_of_the_log_is_left(text: str) -> None:
    assert list(dates(text, END)) == []


def test_a_log_without_times_has_no_dates() -> None:
    assert list(dates("since 1 september 2025", None)) == []


@given(st.integers(0, 3_000))
def test_every_day_is_as_far_from_the_end_as_it_is(days: int) -> None:
    day = (END - timedelta(days=days)).date()
    (found,) = dates(f"since {day.isoformat()}", END)
    assert found.days == days + 1  # the day itself is part of what is since


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert all(one.days >= 0 for one in dates(f"since {text.casefold()}", END))
