"""Rows of text on their way from a file to the frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import polars as pl

_Row = TypeVar("_Row")
_FEW = 500
"""Rows held as Python objects at once: more would set off the garbage collector all the time,
which doubles the time a file takes."""


@dataclass(frozen=True)
class Batch:
    """Some rows of a file, all cells text or null; rows that were no rows are counted apart."""

    cells: pl.DataFrame
    lines: pl.Series
    """UInt64: the line each row begins on (in Parquet the row's number), from 1."""
    rows: pl.Series
    """UInt64: each row's place among the file's rows, bad ones included, from 0."""
    bad: tuple[tuple[int, str], ...] = ()
    """Line and reason of each row that could not be split into cells."""


def in_batches(
    records: Iterator[tuple[int, _Row | None]],
    cells: Mapping[str, Callable[[_Row], str | None]],
    reason: str,
    size: int,
) -> Iterator[Batch]:
    """Records (line, row) in batches of `size`; `cells` is column → how to take it from a row.

    A row that is None could not be split into cells; `reason` says why.
    """
    place = 0
    columns: dict[str, list[str | None]] = {name: [] for name in cells}
    lines: list[int] = []
    places: list[int] = []
    bad: list[tuple[int, str]] = []
    while chunk := list(islice(records, min(_FEW, size - len(lines) - len(bad)))):
        good = [row for _, row in chunk if row is not None]
        for name, get in cells.items():
            columns[name].extend(map(get, good))
        lines.extend(line for line, row in chunk if row is not None)
        places.extend(n for n, (_, row) in enumerate(chunk, place) if row is not None)
        bad.extend((line, reason) for line, row in chunk if row is None)
        place += len(chunk)
        if len(lines) + len(bad) == size:
            yield _batch(columns, lines, places, bad)
            columns = {name: [] for name in cells}
            lines, places, bad = [], [], []
    if lines or bad:
        yield _batch(columns, lines, places, bad)


def _batch(
    columns: Mapping[str, list[str | None]],
    lines: list[int],
    places: list[int],
    bad: list[tuple[int, str]],
) -> Batch:
    return Batch(
        pl.DataFrame([_text_series(name, values) for name, values in columns.items()]),
        pl.Series("line", lines, dtype=pl.UInt64),
        pl.Series("row", places, dtype=pl.UInt64),
        tuple(bad),
    )


def _text_series(name: str, values: Sequence[str | None]) -> pl.Series:
    try:
        return pl.Series(name, values, dtype=pl.String)
    except UnicodeEncodeError:  # half a surrogate pair, as a JSON escape can spell
        whole = [v if v is None else v.encode("utf-8", "replace").decode() for v in values]
        return pl.Series(name, whole, dtype=pl.String)
