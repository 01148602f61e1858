"""Frames sorted by user, a slice of whole users at a time: all that one's own rows tell needs."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

SLICE_ROWS = 1_000_000
"""Rows of a slice, give or take one user."""


def by_users(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Slices that end with a user; one empty slice where there are no rows.

    `frame` is sorted by `user_id`.
    """
    users, start = frame["user_id"], 0
    while True:
        stop = start + SLICE_ROWS
        if stop < len(users):
            stop = int(users.search_sorted(users[stop], side="right"))
        yield frame.slice(start, stop - start)
        if stop >= len(users):
            return
        start = stop
