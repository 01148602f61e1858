"""Typed rows → the events frame in its final order, a range of users at a time.

Sorting everything at once would need the frame several times over; a range of users at a time
needs it once and the range twice. Ranges are known when all rows have been counted; then the rows
are dealt out to files of each, so that they are read once more and not once for every range.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from agent.behaviour.catalogue import Catalogue
from agent.behaviour.people import Declared
from agent.behaviour.rows import SCHEMA, digest

TWICE = "already read from another file"
RANGE_ROWS = 500_000
"""Rows of a range, give or take one user."""
DEALT_ROWS = 1_000_000
"""Rows held while they are dealt out."""


class Ordering:
    """Takes typed pieces in with `add`, gives the finished frame with `finish`."""

    def __init__(self, folder: Path, timed: bool) -> None:
        self._folder, self._timed = folder, timed
        self._pieces: list[Path] = []
        self._rows_of: Counter[str] = Counter()
        self.twice: Counter[int] = Counter()
        """File number → its rows that an earlier file holds too; complete after `finish`."""

    def add(self, rows: pl.DataFrame, file: int) -> None:
        """Keep good rows; `file` is the number of their file."""
        if rows.is_empty():
            return
        self._rows_of.update(dict(rows["user_id"].value_counts().iter_rows()))
        path = self._folder / f"typed{len(self._pieces)}.parquet"
        numbered = rows.with_columns(pl.lit(file, pl.UInt32).alias("file"))
        numbered.write_parquet(path, compression="lz4")
        self._pieces.append(path)

    def finish(self, catalogue: Catalogue, declared: Declared) -> pl.DataFrame:
        """The events frame; what rows say of items and people goes into the other two."""
        done = []
        for pieces in self._dealt(list(self._starts())):
            rows = self._read(pieces)
            catalogue.add(rows, from_items=False)
            declared.add_from_events(rows)
            by_time = ["user_id", "timestamp", "item_id", "action", "value", "event_id"]
            by_place = ["user_id", "row"]
            done.append(rows.select(*SCHEMA).sort(by_time if self._timed else by_place))
        return pl.concat(done) if done else pl.DataFrame(schema=SCHEMA)

    def _starts(self) -> Iterator[str]:
        """The first user of each range."""
        rows = 0
        for user in sorted(self._rows_of):
            if not rows:
                yield user
            rows += self._rows_of[user]
            if rows >= RANGE_ROWS:
                rows = 0

    def _dealt(self, starts: list[str]) -> list[list[Path]]:
        """The pieces of each range, whose rows are in the order they came in."""
        if len(starts) < 2:
            return [self._pieces] * len(starts)
        dealt: list[list[Path]] = [[] for _ in starts]
        held: list[list[pl.DataFrame]] = [[] for _ in starts]
        firsts, rows = pl.Series(starts), 0
        for path in self._pieces:
            piece = pl.read_parquet(path)
            path.unlink()
            rows += piece.height
            place = firsts.search_sorted(piece["user_id"], side="right") - 1
            parts = piece.with_columns(place.alias("range")).partition_by(
                "range", include_key=False, as_dict=True
            )
            for (at,), part in parts.items():
                held[at].append(part)
            if rows >= DEALT_ROWS or path == self._pieces[-1]:
                for at in (at for at, several in enumerate(held) if several):
                    written = self._folder / f"range{at}.{len(dealt[at])}.parquet"
                    pl.concat(held[at], how="diagonal").write_parquet(written, compression="lz4")
                    dealt[at].append(written)
                    held[at].clear()
                rows = 0
        return dealt

    def _read(self, pieces: list[Path]) -> pl.DataFrame:
        """A range's rows with their event ids, each event once."""
        rows = pl.concat(map(pl.read_parquet, pieces), how="diagonal")
        # equal rows of one file are told apart by their number; which is which does not matter
        ordinal = pl.int_range(pl.len()).over("file", "hash").alias("ordinal")
        rows = rows.with_columns(ordinal)
        again = rows.filter(pl.col("ordinal") > 0)
        made = [digest(f"{h}:{n}") for h, n in again.select("hash", "ordinal").iter_rows()]
        rows = pl.concat(
            [
                rows.filter(pl.col("ordinal") == 0).with_columns(pl.col("hash").alias("event_id")),
                again.with_columns(pl.Series("event_id", made, dtype=pl.String)),
            ]
        )
        once = rows.sort("file").unique("event_id", keep="first", maintain_order=True)
        if once.height < rows.height:
            lost = Counter(dict(rows["file"].value_counts().iter_rows()))
            lost.subtract(dict(once["file"].value_counts().iter_rows()))
            self.twice.update({file: n for file, n in lost.items() if n})
        return once
