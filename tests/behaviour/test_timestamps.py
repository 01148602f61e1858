"""Times as logs write them, and what a whole column decides about its cells."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.behaviour.timestamps import TimeEvidence, TimeReading


def read(*cells: str) -> tuple[list[datetime | None], TimeReading]:
    """The times of a column and how it was read; the evidence comes in two batches."""
    column = pl.Series("timestamp", cells, dtype=pl.String)
    evidence = TimeEvidence()
    half = len(cells) // 2
    for part in (column[:half], column[half:]):
        if part.len():
            evidence.see(part)
    reading = evidence.decide()
    return reading.read(column).to_list(), reading


NOON = datetime(2013, 4, 5, 12, 30)


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("2013-04-05 12:30", NOON),
        ("2013-04-05T12:30:00", NOON),
        ("2013/4/5 12:30:00", NOON),
        ("2013.04.05 12:30", NOON),
        ("2013-04-05T12:30:00.250", NOON.replace(microsecond=250_000)),
        ("2013-04-05T12:30:00,123456789", NOON.replace(microsecond=123_456)),
        ("2013-04-05T12:30:00Z", NOON),
        ("2013-04-05 12:30:00 UTC", NOON),
        ("2013-04-05T12:30:00+02:00", NOON),  # one zone throughout: the log's own clock is kept
        ("2013-04-05", datetime(2013, 4, 5)),
        ("20130405", datetime(2013, 4, 5)),
        ("20130405123000", NOON),
        ("20130405T123000", NOON),
        ("1365165000", NOON),
        ("1365165000.0", NOON),
        ("1365165000.5", NOON.replace(microsecond=500_000)),
        ("1365165000000", NOON),
        ("1365165000000000", NOON),
        ("1365165000000000123", NOON),
        ("1.365165e9", NOON),
        ("5 Apr 2013 12:30", NOON),
        ("05-April-13 12:30:00", NOON),
        ("Fri, 05 Apr 2013 12:30:00 GMT", NOON),
        ("April 5, 2013 12:30", NOON),
        ("Apr 5th 2013, 12:30 pm", NOON),
        ("4/25/13 12:30", datetime(2013, 4, 25, 12, 30)),
        ("25/04/2013 12:30", datetime(2013, 4, 25, 12, 30)),
        ("25.04.2013", datetime(2013, 4, 25)),
        ("4/25/99", datetime(1999, 4, 25)),
        ("4/25/2013 12:30:00 AM", datetime(2013, 4, 25, 0, 30)),
        ("4/25/2013 1:05 p.m.", datetime(2013, 4, 25, 13, 5)),
    ],
)
def test_a_time_in_a_form_logs_use(cell: str, time: datetime) -> None:
    assert read(cell)[0] == [time]


@pytest.mark.parametrize(
    "cell",
    ["yesterday", "2013-02-30", "2013-13-01", "31/31/13", "2013-04-05 25:00", "5 Foo 2013", "9e30"],
)
def test_what_is_no_time_is_null(cell: str) -> None:
    assert read(cell)[0] == [None]


def test_one_number_over_twelve_decides_for_the_whole_column() -> None:
    american, reading = read("9/8/13", "9/9/13", "9/27/13")
    assert american[0] == datetime(2013, 9, 8)
    assert (reading.order, "guess" in reading.words) == ("month", False)
    british, reading = read("27/9/13", "9/8/13")
    assert british[1] == datetime(2013, 8, 9)
    assert reading.order == "day"


def test_a_row_that_contradicts_the_column_is_null_and_never_read_the_other_way() -> None:
    times, _ = read("9/27/13", "9/28/13", "28/9/13")
    assert times == [datetime(2013, 9, 27), datetime(2013, 9, 28), None]


def test_where_nothing_decides_the_shorter_log_is_taken_and_called_a_guess() -> None:
    times, reading = read("3/1/11", "3/2/11", "3/9/11")
    assert times[0] == datetime(2011, 3, 1)
    assert "a guess" in reading.words
    times, reading = read("1/3/11", "2/3/11", "9/3/11")
    assert times[0] == datetime(2011, 3, 1)
    assert "a guess" in reading.words
    assert "a guess" in read("3/3/11")[1].words
    assert read("3.4.2011", "3.4.2011")[0][0] == datetime(2011, 4, 3)


def test_several_zones_are_turned_into_utc_and_one_zone_is_the_log_s_own_clock() -> None:
    times, reading = read("2013-04-05T12:30:00+02:00", "2013-04-05T12:30:00Z", "2013-04-05 12:30")
    assert times == [datetime(2013, 4, 5, 10, 30), NOON, NOON]
    assert reading.to_utc
    times, reading = read("2013-04-05T12:30:00-0500", "2013-04-06T12:30:00-0500")
    assert times[0] == NOON
    assert reading.words == "ISO, all in -0500"


def test_the_unit_of_an_epoch_is_the_column_s_and_not_the_cell_s() -> None:
    times, reading = read("86400000", "1365165000000", "1365165000001")
    assert reading.unit == "milliseconds"
    assert times[0] == datetime(1970, 1, 2)


def test_dates_without_a_clock_are_told() -> None:
    assert "without a time of day" in read("2013-04-05", "2013-04-06")[1].words
    assert "without a time of day" in read("20130405", "20130406")[1].words
    assert "without a time of day" not in read("2013-04-05", "2013-04-06 00:00")[1].words


def test_cells_of_several_shapes_are_read_side_by_side() -> None:
    times, _ = read("2013-04-05 12:30", "5 Apr 2013 12:30", "1365165000", "?")
    assert times == [NOON, NOON, NOON, None]


@given(
    st.lists(
        st.one_of(
            st.datetimes(datetime(1890, 1, 1), datetime(2210, 1, 1)).map(
                lambda time: time.isoformat(timespec="seconds")
            ),
            st.from_regex(r"(1[89]|2[0-2])\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d", fullmatch=True),
            st.sampled_from(
                ("2011-02-30 10:00:00", "2012-02-29T24:00:00", "2012-06-30T23:59:60", "2012-1-1")
            ),
        ),
        min_size=1,
    )
)
def test_the_commonest_form_is_read_as_it_would_be_among_others(cells: list[str]) -> None:
    column, reading = pl.Series("timestamp", cells), TimeReading()
    slow = column.to_frame().select(reading.parse("timestamp"))["timestamp"]
    assert reading.read(column).to_list() == slow.to_list()
