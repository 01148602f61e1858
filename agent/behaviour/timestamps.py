"""Times: ISO forms, dates with day or month first, month names, epochs of any unit.

A cell's shape says which of these it is; what a shape leaves open (day or month first, the unit
of an epoch, what to do with zones) is decided once, from the whole column.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

_CLOCK = (
    r"(?:[T ,]+(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?\s*(?P<zone>Z|z|UTC|GMT|[-+]\d{2}:?\d{2}|[-+]\d{2})?$"
)
_SHAPES = {
    "iso": r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _CLOCK,
    "slashed": r"^(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>\d{4}|\d{2})" + _CLOCK,
    "day name": r"^(?:[A-Za-z]{3,9},? )?(?P<d>\d{1,2})(?:st|nd|rd|th)?[-/ .]+(?P<n>[A-Za-z]{3,9})"
    r"[.,]?[-/ ]+(?P<y>\d{4}|\d{2})" + _CLOCK,
    "name day": r"^(?:[A-Za-z]{3,9},? )?(?P<n>[A-Za-z]{3,9})\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? "
    r"(?P<y>\d{4})" + _CLOCK,
    "basic": r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})[T ](?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?"
    r"(?P<f>)(?P<half>)(?P<zone>Z|[-+]\d{2}:?\d{2})?$",
    "compact": r"^(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>[0-2]\d|3[01])"
    r"(?:(?P<H>[01]\d|2[0-3])(?P<M>[0-5]\d)(?P<S>[0-5]\d))?(?P<f>)(?P<half>)(?P<zone>)$",
}
_PLAIN = r"^(?:19|20|21)\d{2}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}$"
_CALENDAR = ("iso", "slashed", "day name", "name day", "basic")
"""The shapes that are not digits alone."""
_EPOCH = r"^-?\d+(\.\d+)?([eE]\+?\d+)?$"
_UNITS = {"seconds": 1_000_000, "milliseconds": 1_000, "microseconds": 1, "nanoseconds": 0}
_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: i for i, name in enumerate(_MONTH_NAMES.split(), start=1)}

Order = Literal["day", "month"]


@dataclass(frozen=True)
class TimeReading:
    """How a column of times is read."""

    order: Order = "day"
    unit: str = "seconds"
    to_utc: bool = False
    shapes: tuple[str, ...] = _CALENDAR
    """Calendar shapes to look for, digits aside: those the column has."""
    words: str = ""
    """What was decided, for the report; says so where it is a guess."""

    def read(self, cells: pl.Series) -> pl.Series:
        """The times of a column's cells (`parse`), each distinct cell read once.

        The commonest forms are read by format alone, which takes a tenth of the time.
        """
        distinct = cells.unique().to_frame().with_columns(_plain(cells.name).alias("time"))
        plain = distinct["time"].is_not_null()
        rest = distinct.filter(~plain).with_columns(self.parse(cells.name).alias("time"))
        distinct = pl.concat([distinct.filter(plain), rest])
        return (
            cells.to_frame()
            .join(distinct, on=cells.name, how="left", maintain_order="left", nulls_equal=True)[
                "time"
            ]
            .alias(cells.name)
        )

    def parse(self, column: str) -> pl.Expr:
        """Datetime("us"), null where the cell is no time from 1900 to 2199."""
        cell = pl.col(column)
        digits = cell.str.contains(_EPOCH)
        parts = [
            pl.when(~digits).then(_civil(cell, shape, self.order, self.to_utc))
            for shape in self.shapes
        ]
        compact = pl.when(digits).then(_civil(cell, "compact", self.order, self.to_utc))
        epoch = pl.when(digits).then(_epoch(cell, self.unit))
        last = [epoch] if self.unit in _UNITS else [compact]
        time = pl.coalesce(*parts, *last)
        return pl.when(time.dt.year().is_between(1900, 2199)).then(time).alias(column)


def _plain(column: str) -> pl.Expr:
    """Times written `2011-03-20T14:05:00`, or with a blank; null for every other cell."""
    cell = pl.when(pl.col(column).str.contains(_PLAIN)).then(pl.col(column))
    return cell.str.replace("T", " ").str.to_datetime(
        "%Y-%m-%d %H:%M:%S", time_unit="us", strict=False
    )


@dataclass
class TimeEvidence:
    """What a column shows about itself; `see` takes its cells in, `decide` settles the reading."""

    shapes: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    over_12: Counter[str] = field(default_factory=Counter)
    dotted: int = 0
    clock: bool = False
    zones: set[str] = field(default_factory=set)
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)

    def see(self, cells: pl.Series) -> None:
        """Take in cleaned cells, nulls left out."""
        name = cells.name
        plain = cells.str.contains(_PLAIN)
        if plain.any():  # the commonest form; what follows finds the same in ten times as long
            self.shapes["iso"] += int(plain.sum())
            self.clock = True
            self.zones.add("")
        unique = cells.filter(~plain).value_counts(name="rows")
        digits = unique.filter(pl.col(name).str.contains(_EPOCH))
        self._see_digits(digits.rename({name: "cell"}))
        rest = unique.filter(~pl.col(name).str.contains(_EPOCH)).rename({name: "cell"})
        for shape in _CALENDAR:
            found = rest.with_columns(
                pl.col("cell").str.extract_groups(_SHAPES[shape]).alias("part")
            ).unnest("part")
            found = found.filter(pl.col("y").is_not_null())
            if found.is_empty():
                continue
            self.shapes[shape] += int(found["rows"].sum())
            self.clock = self.clock or bool(found["H"].is_not_null().any())
            self.zones.update(found["zone"].fill_null("").unique())
            if shape == "slashed":
                self._see_slashed(found)

    def _see_digits(self, digits: pl.DataFrame) -> None:
        if digits.is_empty():
            return
        self.shapes["digits"] += int(digits["rows"].sum())
        compact = digits.filter(pl.col("cell").str.contains(_SHAPES["compact"]))
        size = pl.col("cell").cast(pl.Float64, strict=False).abs()
        unit = (
            pl.when(pl.col("cell").str.contains(_SHAPES["compact"]))
            .then(pl.lit("compact"))
            .when(size < 1e11)
            .then(pl.lit("seconds"))
            .when(size < 1e14)
            .then(pl.lit("milliseconds"))
            .when(size < 1e17)
            .then(pl.lit("microseconds"))
            .otherwise(pl.lit("nanoseconds"))
        )
        for word, n in digits.group_by(unit.alias("unit")).agg(pl.col("rows").sum()).iter_rows():
            self.units[word] += n
        self.clock = self.clock or compact.height < digits.height
        self.clock = self.clock or bool((compact["cell"].str.len_bytes() > 8).any())

    def _see_slashed(self, found: pl.DataFrame) -> None:
        a, b = pl.col("a").cast(pl.Int32), pl.col("b").cast(pl.Int32)
        self.over_12["a"] += int(found.filter(a > 12)["rows"].sum())
        self.over_12["b"] += int(found.filter(b > 12)["rows"].sum())
        self.dotted += int(found.filter(pl.col("cell").str.contains(r"^\d+\."))["rows"].sum())
        for order in ("day", "month"):
            times = found.select(
                _civil(pl.col("cell"), "slashed", order, to_utc=False).to_physical().alias("t")
            )["t"].drop_nulls()
            if times.len():
                low, high = int(times.min()), int(times.max())  # type: ignore[arg-type]
                before = self.spans.get(order, (low, high))
                self.spans[order] = (min(low, before[0]), max(high, before[1]))

    def decide(self) -> TimeReading:
        """The reading of the whole column."""
        order, order_words = self._order()
        unit = "seconds"
        words = []
        if self.shapes["iso"] or self.shapes["basic"]:
            words.append("ISO")
        if self.shapes["slashed"]:
            words.append(order_words)
        if self.shapes["day name"] or self.shapes["name day"]:
            words.append("month names")
        if self.shapes["digits"]:
            # of two equally frequent units the finer, whatever the order of rows
            unit = max(sorted(self.units), key=self.units.__getitem__)
            words.append("digits as yyyymmdd" if unit == "compact" else f"{unit} since 1970")
        zones = self.zones - {""}
        to_utc = len(self.zones) > 1 and bool(zones)
        if zones:
            words.append("zones turned into UTC" if to_utc else f"all in {min(zones)}")
        if not self.clock:
            words.append("dates without a time of day")
        calendar = tuple(sorted(self.shapes.keys() - {"digits"}))
        return TimeReading(order, unit, to_utc, calendar, ", ".join(words))

    def _order(self) -> tuple[Order, str]:
        day, month = self.over_12["a"], self.over_12["b"]
        if day or month:
            order: Order = "day" if day > month else "month"
            words = f"{order} first (a {'first' if order == 'day' else 'second'} number over 12)"
            return order, words
        spans = {name: high - low for name, (low, high) in self.spans.items()}
        if spans and spans.get("day") != spans.get("month"):
            order = "day" if spans.get("day", 0) < spans.get("month", 0) else "month"
            return order, f"{order} first (a guess: no number over 12; this way the log is shorter)"
        order = "day" if 2 * self.dotted > self.shapes["slashed"] else "month"
        return order, f"{order} first (a guess: no number over 12)"


def _civil(cell: pl.Expr, shape: str, order: Order, to_utc: bool) -> pl.Expr:
    """Datetime("us") of a calendar shape; null where the cell has another shape or no such day."""
    part = cell.str.extract_groups(_SHAPES[shape])

    def get(name: str) -> pl.Expr:
        return part.struct.field(name)

    year = get("y")
    if shape == "slashed":
        first, second = get("a"), get("b")
        day, month = (first, second) if order == "day" else (second, first)
    else:
        day = get("d")
        month = get("m") if shape in ("iso", "basic", "compact") else _month_number(get("n"))
    # two digits: 69 to 99 are 19.., as POSIX has it
    century = pl.when(year >= "69").then(pl.lit("19")).otherwise(pl.lit("20"))
    year = pl.when(year.str.len_bytes() == 2).then(century + year).otherwise(year)
    half = get("half").str.to_lowercase().str.slice(0, 1)
    hour = get("H").cast(pl.Int32, strict=False)
    hour = pl.when(hour.is_null()).then(0).otherwise(hour)
    hour = (
        pl.when((half == "p") & (hour < 12))
        .then(hour + 12)
        .when((half == "a") & (hour == 12))
        .then(0)
        .otherwise(hour)
    )
    text = pl.concat_str(
        year, pl.lit("-"), month.str.zfill(2), pl.lit("-"), day.str.zfill(2), pl.lit(" "),
        hour.cast(pl.String).str.zfill(2), pl.lit(":"), get("M").fill_null("00"), pl.lit(":"),
        get("S").fill_null("00"),
    )  # fmt: skip
    time = text.str.strptime(pl.Datetime("us"), "%Y-%m-%d %H:%M:%S", strict=False)
    micro = get("f").str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64, strict=False).fill_null(0)
    time = time + pl.duration(microseconds=micro)
    return time - _offset(get("zone")) if to_utc else time


def _month_number(name: pl.Expr) -> pl.Expr:
    short = name.str.to_lowercase().str.slice(0, 3)
    return short.replace_strict(_MONTHS, default=None, return_dtype=pl.Int32).cast(pl.String)


def _offset(zone: pl.Expr) -> pl.Expr:
    sign = pl.when(zone.str.starts_with("-")).then(-1).otherwise(1)
    digits = zone.str.replace_all(r"[^0-9]", "").fill_null("").str.pad_end(4, "0")
    hours = digits.str.slice(0, 2).cast(pl.Int64, strict=False).fill_null(0)
    minutes = digits.str.slice(2, 2).cast(pl.Int64, strict=False).fill_null(0)
    return pl.duration(minutes=sign * (60 * hours + minutes))


def _epoch(cell: pl.Expr, unit: str) -> pl.Expr:
    whole = cell.str.extract(r"^(-?\d+)(?:\.0*)?$").cast(pl.Int64, strict=False)
    exact = whole // 1000 if unit == "nanoseconds" else whole * _UNITS.get(unit, 1)
    rough = cell.cast(pl.Float64, strict=False) * (_UNITS.get(unit, 1) or 1e-3)
    limit = rough.abs() < 9e15  # beyond the year 2199 and where Int64 would overflow
    micro = pl.coalesce(exact, rough.round(0).cast(pl.Int64, strict=False))
    return pl.when(limit).then(micro).cast(pl.Datetime("us"))
