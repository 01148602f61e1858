"""Files beside the log: items, attributes of users, ties between users.

They are held in memory whole; a catalogue or a list of users is small beside a log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from agent.behaviour.catalogue import Catalogue
from agent.behaviour.cells import Ids, NumberEvidence, clean, present
from agent.behaviour.columns import Columns, Role, find_columns, need
from agent.behaviour.formats import Table
from agent.behaviour.hostile import Hostile
from agent.behaviour.people import Declared
from agent.behaviour.reports import FileReport, Rows
from agent.behaviour.survey import PEOPLE_AND_THINGS
from agent.errors import InputError

_NOT_WRITTEN = ("weight", "categories")
"""Numbers, and what becomes harmless once it is split."""
_NEEDED: dict[Role, tuple[str, ...]] = {
    "items": ("item",),
    "attributes": ("user",),
    "ties": ("user", "other"),
}


@dataclass(frozen=True)
class SideFile:
    """A file's cleaned cells: under field names, and `extra:COLUMN` for the rest of its columns."""

    role: Role
    table: Table
    columns: Columns
    cells: pl.DataFrame
    bad: Counter[str]

    def report(self, kept: int, dropped: Mapping[str, int]) -> FileReport:
        counted = self.bad + Counter(dropped)
        counted_rows = {reason: n for reason, n in counted.most_common() if n}
        return FileReport(
            name=self.table.source.name,
            role=self.role,
            rows=Rows(read=kept + sum(counted_rows.values()), kept=kept, dropped=counted_rows),
            columns=dict(self.columns.fields),
            given=tuple(sorted(self.columns.given)),
            attributes=self.columns.unused if self.role == "attributes" else (),
            unused=() if self.role == "attributes" else self.columns.unused,
            file=self.table.facts,
        )


def load(
    table: Table,
    role: Role,
    given: Mapping[str, str],
    ids: Ids,
    hostile: Hostile,
    size: int,
) -> SideFile:
    """Read a file whole; `ids` takes in its ids, `hostile` makes its texts harmless."""
    columns = find_columns(table.columns, role, given)
    if role == "attributes" and not {"name", "value"} <= set(columns.fields):
        # a wide table: `value` or `name` alone is an attribute like any other
        columns = find_columns(table.columns, role, given, only=("user",))
    need(columns, _NEEDED[role], table.columns, table.source.name)
    extra = columns.unused if role == "attributes" else ()
    wanted = dict(columns.fields) | {f"extra:{column}": column for column in extra}
    pieces, bad, first_bad = [], Counter[str](), None
    for batch in table.batches(list(wanted.values()), size):
        bad.update(reason for _, reason in batch.bad)
        first_bad = first_bad or next(iter(batch.bad), None)
        cells = batch.cells.select(pl.col(column).alias(name) for name, column in wanted.items())
        written = [name for name in wanted if name not in (*PEOPLE_AND_THINGS, *_NOT_WRITTEN)]
        cells = hostile.cells(cells, ids=PEOPLE_AND_THINGS, texts=written)
        cells = clean(cells)
        pieces.append(cells.with_columns(batch.lines))
    file = table.source.name
    if not pieces:
        raise InputError("a header and no rows below it", file=file, line=1)
    cells = pl.concat(pieces)
    cells = cells.with_columns(present(name) for name in _NEEDED[role])
    for name in _NEEDED[role]:
        seen = cells[name].drop_nulls()
        if seen.is_empty():
            line, why = first_bad or (int(cells["line"][0]), f"no {name}")
            raise InputError(
                f"no row can be used; the first: {why}",
                file=file,
                line=line,
                column=columns.fields[name],
            )
        ids[name].see(seen)
    return SideFile(role, table, columns, cells, bad)


def add_items(side: SideFile, ids: Ids, catalogue: Catalogue) -> FileReport:
    """Titles and categories of an items file into the catalogue."""
    rows = side.cells.with_columns(ids["item"].canonical("item").alias("item_id"))
    kept = rows.filter(pl.col("item_id").is_not_null())
    catalogue.add(kept, from_items=True)
    return side.report(kept.height, {"no item": rows.height - kept.height})


def add_attributes(
    side: SideFile, ids: Ids, declared: Declared, allowed: Collection[str]
) -> FileReport:
    """Attributes of a wide file (a column each) or a long one (user, name, value)."""
    rows = side.cells.with_columns(ids["user"].canonical("user").alias("user_id"))
    kept = rows.filter(pl.col("user_id").is_not_null())
    if "name" in side.columns:
        declared.add_long(kept.select("user_id", "name", "value"), allowed)
    else:
        columns = {column: f"extra:{column}" for column in side.columns.unused}
        declared.add_wide(kept, columns, allowed, kept["user_id"].n_unique())
    return side.report(kept.height, {"no user": rows.height - kept.height})


def add_ties(side: SideFile, ids: Ids, declared: Declared) -> FileReport:
    """Ties of a file: user, other person, and a weight where it has one."""
    weight = NumberEvidence()
    rows = side.cells.with_columns(
        ids["user"].canonical("user").alias("user_id"),
        ids["other"].canonical("other").alias("other_id"),
    )
    rows = rows.with_columns(pl.lit(1.0).alias("amount"))
    bad = pl.lit(False)
    if "weight" in side.columns:
        rows = rows.with_columns(present("weight"))
        weight.see(rows["weight"].drop_nulls())
        rows = rows.with_columns(weight.parse("weight").alias("amount"))
        bad = pl.col("amount").is_null() | (pl.col("amount") <= 0)
    reason = pl.coalesce(
        pl.when(pl.col("user_id").is_null()).then(pl.lit("no user")),
        pl.when(pl.col("other_id").is_null()).then(pl.lit("no other person")),
        pl.when(bad).then(pl.lit("bad weight")),
    )
    rows = rows.with_columns(reason.alias("reason"))
    kept = rows.filter(pl.col("reason").is_null())
    dropped = rows["reason"].drop_nulls().value_counts()
    if kept.is_empty():
        first = rows.row(0, named=True)
        raise InputError(
            f"no row can be used; the first: {first['reason']}",
            file=side.table.source.name,
            line=int(first["line"]),
        )
    declared.add_ties(kept.select("user_id", "other_id", pl.col("amount").alias("weight")))
    return side.report(kept.height, dict(dropped.iter_rows()))
