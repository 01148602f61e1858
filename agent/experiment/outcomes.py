"""The two files an experiment is read from: who was in which arm, and what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from agent.behaviour.cells import NumberEvidence, clean, present
from agent.behaviour.columns import bare, find_columns, listed
from agent.behaviour.formats import Table, open_table
from agent.behaviour.readers import open_source
from agent.errors import InputError, SettingsError
from agent.experiment.assigning import COLUMNS
from agent.export import written_as

Kind = Literal["rate", "mean"]
Missing = Literal["zero", "drop"]
BATCH = 50_000
OUTCOME_NAMES = ("outcome", "value", "converted", "conversion", "revenue", "amount", "spend")


@dataclass(frozen=True)
class Observed:
    """Everybody who counts: a row a user with `user_id`, `segment`, `arm`, `value` (float)."""

    users: pl.DataFrame
    shares: dict[str, float]
    """Arm → planned share of all users, in order of the arm's name."""
    kind: Kind
    """A rate where every value is 0 or 1."""
    absent: int
    """Assigned users that the outcomes do not mention: counted as 0, or left out."""
    strangers: int
    """Users of the outcomes that were never assigned; left out."""
    repeated: int
    """Rows beyond a user's first, summed (for a rate: whether any was 1)."""


def observe(
    assigned: Path,
    outcomes: Path,
    *,
    value: str | None = None,
    user: str | None = None,
    kind: Kind | None = None,
    missing: Missing = "zero",
) -> Observed:
    """Join the file of `folkmap experiment assign` with one of outcomes (a table in any format).

    `value` and `user` name columns that are not found. Users without a row count as 0 (nothing
    bought, no conversion) unless `missing` is "drop". Raises InputError with file, line and column
    for what cannot be used: one bad outcome spoils a comparison, so no row is passed over.
    """
    people, shares = _assigned(assigned)
    rows = _outcomes(outcomes, value, user)
    flags = rows["value"].is_in([0.0, 1.0]).all()
    if kind == "rate" and not flags:
        bad = rows.filter(~pl.col("value").is_in([0.0, 1.0])).row(0, named=True)
        raise InputError(
            f"{bad['value']:g} is neither 0 nor 1, as a rate needs; use --kind mean",
            file=outcomes.name,
            line=bad["line"],
        )
    kind = kind or ("rate" if flags else "mean")
    together = pl.col("value").max() if kind == "rate" else pl.col("value").sum()
    each = rows.sort("line").group_by("user_id", maintain_order=True).agg(together)
    joined = people.join(each, on="user_id", how="left").sort("user_id")
    absent = joined["value"].null_count()
    if absent == joined.height:
        raise InputError("no user of the assignment is among its users", file=outcomes.name)
    joined = joined.drop_nulls("value") if missing == "drop" else joined.fill_null(0.0)
    return Observed(
        users=joined.select("user_id", "segment", "arm", "value"),
        shares=shares,
        kind=kind,
        absent=absent,
        strangers=each.join(people, on="user_id", how="anti").height,
        repeated=rows.height - each.height,
    )


def _assigned(path: Path) -> tuple[pl.DataFrame, dict[str, float]]:
    table = open_table(open_source(path))
    lacking = [column for column in COLUMNS if column not in table.columns]
    if lacking:
        raise InputError(
            f"no column {lacking[0]!r}; name the file that `folkmap experiment assign` wrote",
            file=path.name,
            line=1,
        )
    rows = _cells(table, COLUMNS).with_columns(
        pl.col("user_id", "segment", "arm").map_elements(written_as, return_dtype=pl.String)
    )
    rows = _numbers(rows, "share", table)
    twice = rows.filter(pl.col("user_id").is_duplicated())
    if not twice.is_empty():
        line = int(twice["line"].max())  # type: ignore[arg-type]
        raise InputError("a user a second time", file=path.name, line=line, column="user_id")
    shares = dict(rows.group_by("arm").agg(pl.col("share").first()).sort("arm").iter_rows())
    return rows.select("user_id", "segment", "arm"), shares


def _outcomes(path: Path, value: str | None, user: str | None) -> pl.DataFrame:
    """`user_id`, `value`, `line`."""
    table = open_table(open_source(path))
    user = user or find_columns(table.columns, "attributes", only=("user",)).fields.get("user")
    others = [column for column in table.columns if column != user]
    if value is None:
        known = [c for name in OUTCOME_NAMES for c in others if bare(c) == name]
        value = known[0] if known else others[0] if len(others) == 1 else None
    for option, column, what in (("--user", user, "users"), ("--value", value, "outcomes")):
        if column not in table.columns:
            said = f"no column {column!r}" if column else f"no column of {what} found"
            raise InputError(
                f"{said} among {listed(table.columns)}; name it with {option} COLUMN",
                file=path.name,
                line=1,
            )
    if user == value:
        raise SettingsError(f"--user and --value both name column {user!r}")
    assert user is not None
    assert value is not None
    rows = _cells(table, (user, value)).rename({user: "user_id", value: "value"})
    words = {"true": "1", "yes": "1", "false": "0", "no": "0"}
    lower = pl.col("value").str.to_lowercase()
    rows = rows.with_columns(pl.coalesce(lower.replace_strict(words, default=None), "value"))
    return _numbers(rows, "value", table, value).select("user_id", "value", "line")


def _cells(table: Table, columns: Sequence[str]) -> pl.DataFrame:
    """The columns' cleaned cells and their lines; every one of them has to hold something."""
    pieces = []
    for batch in table.batches(list(columns), BATCH):
        for line, why in batch.bad:
            raise InputError(why, file=table.source.name, line=line)
        cells = clean(batch.cells.select(columns))
        pieces.append(cells.with_columns(batch.lines))
    if not pieces:
        raise InputError("a header and no rows below it", file=table.source.name, line=1)
    rows = pl.concat(pieces).with_columns(present(name) for name in columns)
    for name in columns:
        empty = rows.filter(pl.col(name).is_null())
        if not empty.is_empty():
            raise InputError(
                "the cell is empty", file=table.source.name, line=empty["line"][0], column=name
            )
    return rows


def _numbers(
    rows: pl.DataFrame, name: str, table: Table, column: str | None = None
) -> pl.DataFrame:
    evidence = NumberEvidence()
    evidence.see(rows[name])
    parsed = rows.with_columns(evidence.parse(name).alias("parsed"))
    wrong = parsed.filter(pl.col("parsed").is_null())
    if not wrong.is_empty():
        raise InputError(
            f"{wrong[name][0]!r} is no number",
            file=table.source.name,
            line=wrong["line"][0],
            column=column or name,
        )
    return parsed.with_columns(pl.col("parsed").alias(name)).drop("parsed")
