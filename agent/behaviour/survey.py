"""The survey of a file of events: what its columns show, its cells kept in pieces on disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from agent.behaviour.actions import buys, implied_action
from agent.behaviour.cells import Ids, NumberEvidence, clean, present
from agent.behaviour.columns import Columns
from agent.behaviour.formats import Table
from agent.behaviour.hostile import Hostile
from agent.behaviour.people import attribute_columns, sensitive
from agent.behaviour.timestamps import TimeEvidence
from agent.errors import InputError
from agent.settings import ReadSettings

NUMBERS = ("value", "quantity", "price", "amount", "dwell")
PEOPLE_AND_THINGS = ("user", "item", "other")
"""Fields of ids that are shown; baskets never are."""
_WRITTEN = ("title", "text", "action", "channel")
_WORDS = ("text", "title", "categories")
"""Fields in which `none` is a word and not a missing value."""


@dataclass
class EventFile:
    """What the survey of a file found; the pieces hold its cleaned cells under field names."""

    table: Table
    columns: Columns
    attributes: tuple[str, ...] = ()
    """Columns read as attributes of users."""
    unused: tuple[str, ...] = ()
    pieces: list[Path] = field(default_factory=list)
    read: int = 0
    bad: Counter[str] = field(default_factory=Counter)
    first_bad: tuple[int, str] | None = None
    """Line and reason of the first row that could not be split into cells."""
    times: TimeEvidence = field(default_factory=TimeEvidence)
    numbers: dict[str, NumberEvidence] = field(default_factory=dict)
    filled: set[str] = field(default_factory=set)
    """Fields with a value in any row."""
    titles: list[pl.DataFrame] = field(default_factory=list)
    """item, title, n: gathered in files of purchases, to tell goods from postage."""
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def timed(self) -> bool:
        return "timestamp" in self.columns and "timestamp" in self.filled

    @property
    def purchases(self) -> bool:
        return implied_action(self.columns) == "buy" or buys(self.columns)


def survey(
    table: Table,
    columns: Columns,
    ids: Ids,
    hostile: Hostile,
    settings: ReadSettings,
    folder: Path,
    progress: Callable[[str, int], None] | None = None,
) -> EventFile:
    """Read a file once: clean its cells into pieces in `folder`, gather what its columns show.

    Texts and ids are harmless from here on; categories are once they are split.
    """
    attributes, refused = attribute_columns(columns.unused, settings.allow_sensitive)
    file = EventFile(table, columns, tuple(attributes.values()))
    file.unused = tuple(c for c in columns.unused if c not in (*file.attributes, *refused))
    wanted = dict(columns.fields)
    wanted |= {f"attribute:{name}": column for name, column in attributes.items()}
    wanted |= {f"refused:{column}": column for column in refused}
    written = [*_WRITTEN, *(f"attribute:{name}" for name in attributes)]
    file.numbers = {name: NumberEvidence() for name in NUMBERS if name in columns}
    for batch in table.batches(list(wanted.values()), settings.batch_rows):
        file.read += batch.cells.height + len(batch.bad)
        file.bad.update(reason for _, reason in batch.bad)
        if batch.bad and file.first_bad is None:
            file.first_bad = batch.bad[0]
        cells = batch.cells.select(pl.col(column).alias(name) for name, column in wanted.items())
        # before they are cleaned: a line that begins with `Human:` shows only as a line
        cells = hostile.cells(cells, ids=PEOPLE_AND_THINGS, texts=written)
        cells = clean(cells)
        cells = cells.with_columns(present(name) for name in cells.columns if name not in _WORDS)
        for column in refused:
            word = sensitive(column) or column
            file.refused[word] += cells.height - cells[f"refused:{column}"].null_count()
        cells = cells.drop(f"refused:{column}" for column in refused)
        for name in cells.columns:
            seen = cells[name].drop_nulls()
            if seen.is_empty():
                continue
            file.filled.add(name)
            if name in ids:
                ids[name].see(seen)
            elif name == "timestamp":
                file.times.see(seen)
            elif name in NUMBERS:
                file.numbers[name].see(seen)
        if file.purchases and {"item", "title"} <= set(cells.columns):
            named = cells.select("item", "title").drop_nulls()
            file.titles.append(named.group_by("item", "title").agg(pl.len().alias("n")))
        piece = folder / f"{len(file.pieces)}.parquet"
        cells.with_columns(batch.lines, batch.rows).write_parquet(piece, compression="lz4")
        file.pieces.append(piece)
        if progress:
            progress(table.source.name, file.read)
    if not file.read:
        raise InputError("a header and no rows below it", file=table.source.name, line=1)
    return file
