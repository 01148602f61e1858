"""Rows of a log → the events frame: `read_log` is the way in.

A log is read twice. The survey takes in every file batch by batch, keeps the cells that matter in
pieces on disk, and gathers what has to be decided from whole columns (ids, times, numbers, what
is no goods). Then the pieces are typed, bad rows named, and the events put in order a range of
users at a time, so that memory holds the finished frame and one range more.

    events: event_id · user_id · item_id · timestamp · row · action · value · quantity · price ·
            basket · text · dwell · channel

A return has a negative quantity (pieces going back) whatever sign the log gave it. A search may
have no item; its item_id is empty.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from agent.behaviour.actions import implied_action
from agent.behaviour.catalogue import Catalogue
from agent.behaviour.cells import Ids
from agent.behaviour.columns import Role, check_map, find_columns, item_noun, need
from agent.behaviour.formats import Table, open_table
from agent.behaviour.goods import is_goods
from agent.behaviour.hostile import Hostile
from agent.behaviour.ordering import TWICE, Ordering
from agent.behaviour.people import Declared, sensitive
from agent.behaviour.readers import find_files, open_source
from agent.behaviour.reports import FileReport, ReadReport, Rows
from agent.behaviour.rows import COLUMN_AT_FAULT, SCHEMA, Reading, typed
from agent.behaviour.sidefiles import SideFile, add_attributes, add_items, add_ties, load
from agent.behaviour.survey import EventFile, survey
from agent.errors import InputError
from agent.settings import ReadSettings

__all__ = ["SCHEMA", "Log", "read_log"]


@dataclass(frozen=True)
class Log:
    """A log as read. The schema of `events` stands at the top of this file."""

    events: pl.DataFrame
    items: pl.DataFrame
    """item_id, title, categories (list of str), sorted by item_id."""
    attributes: pl.DataFrame
    """user_id, name, value, sorted by user_id and name."""
    ties: pl.DataFrame
    """user_id, other_id, weight, sorted by both ids; no ties to oneself."""
    report: ReadReport


def read_log(
    paths: Sequence[Path],
    *,
    items: Path | None = None,
    attributes: Path | None = None,
    ties: Path | None = None,
    settings: ReadSettings | None = None,
    scratch: Path | None = None,
    progress: Callable[[str, int], None] | None = None,
) -> Log:
    """Read event files (or folders of them) and what lies beside them.

    With timestamps the frames are the same whatever the order of rows, the file format and the
    order of columns. Raises InputError, naming file, line and column, when a file cannot be used.
    Pieces of the log lie in the folder `scratch` meanwhile, by default the system's for temporary
    files. `progress` is called with a file's name and the rows read of it so far.
    """
    settings = settings or ReadSettings()
    tables = _open_events(paths)
    beside: dict[Role, Table] = {
        role: open_table(open_source(path))
        for role, path in _roles(items, attributes, ties).items()
    }
    given = check_map(settings.columns, _columns_of([t for t, _ in tables] + [*beside.values()]))
    _refuse_sensitive(given, settings)
    passed_over = _sort_folder(tables, beside, given)
    ids, hostile = Ids(), Hostile()
    with tempfile.TemporaryDirectory(prefix="folkmap-", dir=scratch) as folder:
        work = Path(folder)
        files = []
        for n, (table, _) in enumerate(tables):
            (work / f"{n}").mkdir()
            columns = find_columns(table.columns, "events", given)
            file = survey(table, columns, ids, hostile, settings, work / f"{n}", progress)
            files.append(file)
        size = settings.batch_rows
        sides = {r: load(t, r, given, ids, hostile, size) for r, t in beside.items()}
        timed = _all_timed(files)
        not_goods = _not_goods(files, ids)
        ordering, readings, dropped = Ordering(work, timed), [], []
        for n, file in enumerate(files):
            times = file.times.decide() if timed else None
            readings.append(Reading(ids, times, not_goods))
            offset = sum(each.read for each in files[:n])
            dropped.append(_type(file, readings[n], n, offset, ordering))
        catalogue, declared = Catalogue(hostile), Declared(hostile)
        beside_reports = _add_sides(sides, ids, catalogue, declared, settings)
        events = ordering.finish(catalogue, declared)
    for n, file in enumerate(files):
        dropped[n][TWICE] = ordering.twice[n]
        declared.refused.update(file.refused)
    items_frame = catalogue.frame()
    reports = [_report(f, r, d) for f, r, d in zip(files, readings, dropped, strict=True)]
    report = ReadReport(
        rows=_total(reports),
        files=(*reports, *beside_reports),
        item_noun=item_noun(files[0].columns.fields.get("item", "")),
        has_times=timed,
        # midnight throughout is a date, however a format writes it
        has_clock=timed and bool((events["timestamp"].dt.date() != events["timestamp"]).any()),
        items_with_several_titles=catalogue.several_titles(),
        not_goods=not_goods,
        refused=dict(sorted((name, n) for name, n in declared.refused.items() if n)),
        skipped_attributes=dict(sorted(declared.skipped.items())),
        self_ties=declared.self_ties,
        passed_over=passed_over,
        hostile=hostile.counts,
        hostile_examples=hostile.examples,
    )
    return Log(events, items_frame, declared.all_attributes(), declared.all_ties(), report)


def _roles(items: Path | None, attributes: Path | None, ties: Path | None) -> dict[Role, Path]:
    paths: dict[Role, Path | None] = {"items": items, "attributes": attributes, "ties": ties}
    return {role: path for role, path in paths.items() if path is not None}


def _open_events(paths: Sequence[Path]) -> list[tuple[Table, bool]]:
    """Every table named; True marks those that only came with a folder."""
    return [(open_table(source), in_folder) for source, in_folder in find_files(paths)]


def _columns_of(tables: Sequence[Table]) -> dict[str, list[str]]:
    columns: dict[str, list[str]] = {}
    for table in tables:
        columns.setdefault(table.source.name, []).extend(table.columns)
    return columns


def _refuse_sensitive(given: Mapping[str, str], settings: ReadSettings) -> None:
    """A sensitive attribute must not come in as a channel or an action either."""
    for field in ("channel", "action", "value", "text", "basket"):
        if field in given and (word := sensitive(given[field], settings.allow_sensitive)):
            raise InputError(
                f"--map {field}={given[field]}: {word!r} is a sensitive attribute, which is read "
                "only when it is switched on by name",
                column=given[field],
            )


def _sort_folder(
    tables: list[tuple[Table, bool]], beside: dict[Role, Table], given: Mapping[str, str]
) -> dict[str, str]:
    """Leave only tables of events in `tables`; raises InputError for one that is none.

    A folder's file without users is no log: one with items and titles becomes the items file
    where none was named, others are passed over. Returns file → what became of it.
    """
    found, passed_over = [], {}
    problem: InputError | None = None
    for table, in_folder in tables:
        name = table.source.name
        try:
            _need_event_columns(table, given)
            found.append((table, in_folder))
        except InputError as error:
            if not in_folder:
                raise
            problem = problem or error
            items = find_columns(table.columns, "items", given)
            if "items" not in beside and {"item", "title"} <= set(items.fields):
                beside["items"] = table
                passed_over[name] = "read as the items"
            else:
                passed_over[name] = (
                    "not a log: it lacks a column of users or one of items "
                    "(--items, --attributes and --ties name the files beside a log)"
                )
    if not found and problem:
        raise problem
    tables[:] = found
    return passed_over


def _need_event_columns(table: Table, given: Mapping[str, str]) -> None:
    columns = find_columns(table.columns, "events", given)
    searches = implied_action(columns) == "search"
    wanted = ["user"] if searches else ["user", "item"]
    need(columns, wanted, table.columns, table.source.name)


def _all_timed(files: Sequence[EventFile]) -> bool:
    """Whether the log has times; raises InputError where only some of its files have."""
    timed = [file for file in files if file.timed]
    if timed and len(timed) < len(files):
        without = next(file for file in files if not file.timed)
        raise InputError(
            f"no times, while {timed[0].table.source.name} has some: give all files times "
            "(--map timestamp=COLUMN) or build them apart",
            file=without.table.source.name,
            line=1,
        )
    return bool(timed)


def _not_goods(files: Sequence[EventFile], ids: Ids) -> dict[str, str]:
    """Item → usual description of what is sold but is no goods: postage, fees, adjustments."""
    titles = [frame for file in files for frame in file.titles]
    if not titles:
        return {}
    met = pl.concat(titles).with_columns(ids["item"].canonical("item"))
    counted = met.group_by("item", "title").agg(pl.sum("n"))
    usual = counted.sort(["item", "n", "title"], descending=[False, True, False])
    usual = usual.unique("item", keep="first", maintain_order=True)
    return {item: title for item, title, _ in usual.iter_rows() if not is_goods(title)}


def _type(
    file: EventFile, reading: Reading, number: int, offset: int, ordering: Ordering
) -> Counter[str]:
    """Hand a file's good rows to `ordering`; the reasons of the others, counted.

    Raises InputError, naming the first bad row, when there is no good one.
    """
    dropped = Counter(file.bad)
    bad = [(*file.first_bad, "")] if file.first_bad else []
    for piece in file.pieces:
        rows = typed(piece, file, reading, offset)
        good = pl.col("reason").is_null()
        ordering.add(rows.filter(good).drop("reason", "line"), number)
        faults = rows.filter(~good)
        if faults.height:
            dropped.update(dict(faults["reason"].value_counts().iter_rows()))
            first = faults.row(0, named=True)
            bad.append((first["line"], first["reason"], _cell(piece, first)))
        piece.unlink()
    if dropped.total() == file.read:
        line, reason, cell = min(bad)
        field = COLUMN_AT_FAULT.get(reason, "")
        raise InputError(
            f"no row can be used; the first: {reason}{cell}",
            file=file.table.source.name,
            line=line,
            column=file.columns.fields.get(field),
        )
    return dropped


def _cell(piece: Path, row: Mapping[str, object]) -> str:
    """What stands in the cell a bad row is dropped for, for a message."""
    field = COLUMN_AT_FAULT[str(row["reason"])]
    cells = pl.read_parquet(piece)
    if field not in cells.columns:
        return ""
    cell = cells.filter(pl.col("line") == row["line"])[field][0]
    return f" {cell[:60]!r}" if cell else " (the cell is empty)"


def _add_sides(
    sides: Mapping[Role, SideFile],
    ids: Ids,
    catalogue: Catalogue,
    declared: Declared,
    settings: ReadSettings,
) -> list[FileReport]:
    reports = []
    if "items" in sides:
        reports.append(add_items(sides["items"], ids, catalogue))
    if "attributes" in sides:
        allowed = settings.allow_sensitive
        reports.append(add_attributes(sides["attributes"], ids, declared, allowed))
    if "ties" in sides:
        reports.append(add_ties(sides["ties"], ids, declared))
    return reports


def _report(file: EventFile, reading: Reading, dropped: Counter[str]) -> FileReport:
    return FileReport(
        name=file.table.source.name,
        role="events",
        rows=_rows(file.read, dropped),
        columns=dict(file.columns.fields),
        given=tuple(sorted(file.columns.given)),
        attributes=file.attributes,
        unused=file.unused,
        file=file.table.facts,
        times=reading.times.words if reading.times else "",
        action=implied_action(file.columns),
    )


def _total(reports: Sequence[FileReport]) -> Rows:
    dropped: Counter[str] = Counter()
    for report in reports:
        dropped.update(report.rows.dropped)
    return _rows(sum(report.rows.read for report in reports), dropped)


def _rows(read: int, dropped: Counter[str]) -> Rows:
    reasons = sorted((reason for reason, n in dropped.items() if n), key=lambda r: (-dropped[r], r))
    counted = {reason: dropped[reason] for reason in reasons}
    return Rows(read=read, kept=read - dropped.total(), dropped=counted)
