"""Rows of text on their way from a file to the frames: `Batch`, and `RowBuffer` that fills one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl


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


@dataclass
class RowBuffer:
    """Rows on their way into a batch."""

    width: int
    cells: list[Sequence[str | None]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    bad: list[tuple[int, str]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.lines) + len(self.bad)

    def batch(self, names: Sequence[str]) -> Batch:
        """The batch of these rows; the rows are cleared."""
        columns = list(zip(*self.cells, strict=True)) if self.cells else [()] * self.width
        made = Batch(
            pl.DataFrame([_text_series(n, c) for n, c in zip(names, columns, strict=True)]),
            pl.Series("line", self.lines, dtype=pl.UInt64),
            pl.Series("row", self.places, dtype=pl.UInt64),
            tuple(self.bad),
        )
        for each in (self.cells, self.lines, self.places, self.bad):
            each.clear()
        return made


def _text_series(name: str, values: Sequence[str | None]) -> pl.Series:
    try:
        return pl.Series(name, values, dtype=pl.String)
    except UnicodeEncodeError:  # half a surrogate pair, as a JSON escape can spell
        whole = [v if v is None else v.encode("utf-8", "replace").decode() for v in values]
        return pl.Series(name, whole, dtype=pl.String)
