"""Parquet."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import polars as pl

from agent.behaviour.batches import Batch
from agent.behaviour.readers import Source
from agent.errors import InputError

_Read = TypeVar("_Read")


class ParquetTable:
    """Parquet, read in slices of rows; every column becomes text as a CSV would have it."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        path = source.path
        if source.gzipped:  # Parquet needs to seek
            self._folder = tempfile.TemporaryDirectory(prefix="folkmap-")
            path = Path(self._folder.name) / "unpacked.parquet"
            with path.open("wb") as handle:
                for chunk in source.chunks():
                    handle.write(chunk)
        with path.open("rb") as handle:
            handle.seek(-4, 2)
            if handle.read() != b"PAR1":
                problem = "the Parquet file breaks off in the middle (its end is missing)"
                raise InputError(problem, file=source.name)
        self._scan = pl.scan_parquet(path)
        self._schema = self._try(lambda: self._scan.collect_schema())
        self.columns = tuple(self._schema.names())

    @property
    def facts(self) -> dict[str, str]:
        return {"format": "Parquet"}

    def batches(self, columns: Sequence[str], size: int) -> Iterator[Batch]:
        cells = [_parquet_cell(name, self._schema[name]) for name in columns]
        height = int(self._try(lambda: self._scan.select(pl.len()).collect()).item())
        for start in range(0, height, size):
            piece = self._scan.slice(start, size).select(cells)
            frame = self._try(piece.collect)
            places = pl.Series("row", range(start, start + frame.height), dtype=pl.UInt64)
            yield Batch(frame, (places + 1).alias("line"), places)

    def _try(self, read: Callable[[], _Read]) -> _Read:
        try:
            return read()
        except (pl.exceptions.PolarsError, OSError) as error:
            first = str(error).splitlines()[0][:120]
            raise InputError(f"damaged Parquet file ({first})", file=self.source.name) from None


def _parquet_cell(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype == pl.String:
        return column
    if dtype == pl.Binary:
        return column.cast(pl.String, strict=False)
    if isinstance(dtype, pl.List):
        return column.cast(pl.List(pl.String)).list.join("|", ignore_nulls=True)
    if isinstance(dtype, pl.Datetime):
        zone = "%:z" if dtype.time_zone else ""
        return column.dt.strftime(f"%Y-%m-%dT%H:%M:%S%.f{zone}")
    if dtype.is_float():
        # 17850.0 and not 1.785e4: ids are often floats because one of them was missing
        whole = column.is_finite() & (column == column.round(0)) & (column.abs() < 2.0**53)
        digits = column.cast(pl.Int64, strict=False).cast(pl.String) + ".0"
        number = pl.when(whole).then(digits).otherwise(column.cast(pl.String))
        return pl.when(column.is_nan()).then(None).otherwise(number).alias(name)
    if dtype.is_nested():
        return column.map_elements(_struct_text, return_dtype=pl.String)
    return column.cast(pl.String)


def _struct_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
