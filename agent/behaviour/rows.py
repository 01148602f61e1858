"""Rows of one file, typed: the reason on each bad one, an id on each good one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import polars as pl

from agent.behaviour.actions import action
from agent.behaviour.cells import Ids, is_plain
from agent.behaviour.survey import EventFile
from agent.behaviour.timestamps import TimeReading

NOT_GOODS = "not goods (postage, fees, adjustments)"
COLUMN_AT_FAULT = {
    "no user": "user",
    "no item": "item",
    "no timestamp": "timestamp",
    "bad timestamp": "timestamp",
    "bad rating": "value",
    "bad quantity": "quantity",
    "bad price": "price",
    "bad amount": "amount",
    "bad duration": "dwell",
    "quantity of zero": "quantity",
    "price of zero or less": "price",
    NOT_GOODS: "item",
}
"""Reason → the field it complains of. A row is dropped for the first that holds."""

SCHEMA: dict[str, pl.DataType] = {
    "event_id": pl.String(),
    "user_id": pl.String(),
    "item_id": pl.String(),
    "timestamp": pl.Datetime("us"),
    "row": pl.UInt64(),
    "action": pl.String(),
    "value": pl.Float64(),
    "quantity": pl.Float64(),
    "price": pl.Float64(),
    "basket": pl.String(),
    "text": pl.String(),
    "dwell": pl.Float64(),
    "channel": pl.String(),
}
"""The events frame; `agent.behaviour.events` says what stands in it."""
_CELLS = {name: dtype for name, dtype in SCHEMA.items() if name != "event_id"}


@dataclass(frozen=True)
class Reading:
    """What was decided from whole columns, of all files (ids) or of this one (times)."""

    ids: Ids
    times: TimeReading | None
    not_goods: Collection[str]
    """Item ids, in canonical form."""


def typed(piece: Path, file: EventFile, reading: Reading, offset: int) -> pl.DataFrame:
    """A piece's rows as events, bad ones too: `reason` is null on good rows.

    Besides the events' columns there are `line`, `hash` (the event's id before equal rows are
    told apart) and, where the file has them, `other_id`, `title`, `categories` and
    `attribute:NAME`. `offset` is the number of rows in the files before, for `row`.
    """
    raw = pl.read_parquet(piece)
    frame = _parsed(raw, file, reading).with_columns(action(file.columns))
    frame = _priced(frame)
    going_back = pl.col("action") == "return"
    frame = frame.with_columns(
        pl.when(going_back).then(-pl.col("quantity").abs()).otherwise("quantity").alias("quantity"),
        pl.when((pl.col("action") == "search") & pl.col("text").is_not_null())
        .then(pl.col("item_id").fill_null(""))
        .otherwise("item_id")
        .alias("item_id"),
    )
    frame = frame.with_columns(_reason(frame, reading))
    place = pl.col("row") if reading.times is None else pl.lit(None, pl.UInt64)
    frame = frame.with_columns(place.alias("row"))
    frame = frame.with_columns(_hashes(frame), (pl.col("row") + offset).alias("row"))
    kept = [c for c in frame.columns if c in _CELLS or c in ("title", "categories", "other_id")]
    kept += [c for c in frame.columns if c.startswith("attribute:")]
    return frame.select(*kept, "hash", "line", "reason")


def _parsed(raw: pl.DataFrame, file: EventFile, reading: Reading) -> pl.DataFrame:
    """Ids, times and numbers, with `bad:FIELD` where a cell could not be read."""
    names = {"user": "user_id", "item": "item_id", "other": "other_id", "basket": "basket"}
    made = [
        reading.ids[field].canonical(field).alias(name)
        for field, name in names.items()
        if field in raw.columns
    ]
    parsed: dict[str, pl.Expr] = {
        name: each.parse(name, plain=is_plain(raw[name])) for name, each in file.numbers.items()
    }
    if reading.times:
        parsed["timestamp"] = pl.lit(reading.times.read(raw["timestamp"]))
        made.append(pl.col("timestamp").is_null().alias("missing:timestamp"))
    for name, value in parsed.items():
        made += [value, (pl.col(name).is_not_null() & value.is_null()).alias(f"bad:{name}")]
    frame = raw.with_columns(made)
    if not reading.times:
        frame = frame.drop("timestamp", strict=False)
    absent = {c: t for c, t in _CELLS.items() if c not in frame.columns and c != "action"}
    if "amount" not in frame.columns:
        absent["amount"] = pl.Float64()
    return frame.with_columns(pl.lit(None, t).alias(c) for c, t in absent.items())


def _priced(frame: pl.DataFrame) -> pl.DataFrame:
    """A row's amount divided by its pieces is the price, where the log has no price of its own."""
    pieces = pl.when(pl.col("quantity") != 0).then("quantity").otherwise(1.0)
    return frame.with_columns(pl.coalesce("price", pl.col("amount") / pieces).alias("price"))


def _reason(frame: pl.DataFrame, reading: Reading) -> pl.Expr:
    """The first fault of each row, in the order of `COLUMN_AT_FAULT`; null where there is none."""
    trade = pl.col("action").is_in(["buy", "return"])
    faults = {
        "no user": pl.col("user_id").is_null(),
        "no item": pl.col("item_id").is_null(),
        "no timestamp": _flag(frame, "missing:timestamp"),
        "bad timestamp": _flag(frame, "bad:timestamp"),
        "bad rating": _flag(frame, "bad:value"),
        "bad quantity": _flag(frame, "bad:quantity"),
        "bad price": _flag(frame, "bad:price"),
        "bad amount": _flag(frame, "bad:amount"),
        "bad duration": _flag(frame, "bad:dwell"),
        "quantity of zero": trade & (pl.col("quantity") == 0),
        "price of zero or less": trade & (pl.col("price") <= 0),
        NOT_GOODS: trade & pl.col("item_id").is_in(sorted(reading.not_goods)),
    }
    whens = [pl.when(faults[reason]).then(pl.lit(reason)) for reason in COLUMN_AT_FAULT]
    return pl.coalesce(whens).alias("reason")


def _flag(frame: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col(name) if name in frame.columns else pl.lit(False)


def _hashes(frame: pl.DataFrame) -> pl.Series:
    """16 hex digits for each good row, equal for equal rows; empty for bad ones.

    Where a log has no times a row is known by its place too: the same user and item further down
    is another event, and the same row of the same file read twice is not.
    """
    told = [name for name in (*_CELLS, "other_id") if name in frame.columns]
    cells = [
        pl.col(name).fill_null("")
        if frame[name].dtype == pl.String
        else pl.col(name).to_physical().cast(pl.String).fill_null("")
        for name in told
    ]
    rows = frame.select(
        pl.when(pl.col("reason").is_null())
        .then(pl.concat_str(cells, separator="\x1f"))
        .alias("row")
    )["row"]
    ids = ["" if row is None else digest(row) for row in rows]
    return pl.Series("hash", ids, dtype=pl.String)


def digest(text: str) -> str:
    """16 hex digits of BLAKE2b."""
    return blake2b(text.encode(), digest_size=8).hexdigest()
