"""Cells in one form whatever file they came from: blanks, missing values, ids, numbers.

What a column means is decided from all of it (`IdEvidence`, `NumberEvidence`), never row by row.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

_MISSING = ("null", "nan", "none", "na", "n/a", "#n/a", "<na>", "nat", "\\n", "-")
_NUMBER = r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$"
_PLAIN = r"^-?\d+(\.\d+)?$"
_CURRENCY = r"^([-+]?)\s*[£$€¥]\s*"


def clean(cells: pl.DataFrame) -> pl.DataFrame:
    """Texts without NULs and stray blanks (a line break inside is one blank); empty is null."""
    blank = cells.select(pl.all().str.contains(r"[\s\x00]").any()).row(0, named=True)
    return cells.select(_clean(name, blank=bool(blank[name])) for name in cells.columns)


def _clean(column: str, *, blank: bool) -> pl.Expr:
    text = pl.col(column)
    if blank:  # of most columns no cell has any
        text = text.str.replace_all("\0", "", literal=True)
        text = text.str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(text.str.len_bytes() > 0).then(text).alias(column)


def present(column: str) -> pl.Expr:
    """A cleaned cell, or null where it only says that there is none (`NULL`, `nan`, `N/A`)."""
    cell = pl.col(column)
    return pl.when(~cell.str.to_lowercase().is_in(_MISSING)).then(cell).alias(column)


@dataclass
class IdEvidence:
    """Whether every id of a kind (user, item) reads like an integer, `.0` or not, in all files.

    Then `17850.0` of a CSV, 17850.0 of a Parquet file and 17850 of JSON are one user.
    """

    integers: bool = True

    def see(self, ids: pl.Series) -> None:
        """Take in cleaned ids, nulls left out."""
        if self.integers:
            self.integers = bool(ids.str.contains(r"^-?\d+(\.0+)?$").all())

    def canonical(self, column: str) -> pl.Expr:
        """The id without `.0` where all ids are integers."""
        cell = pl.col(column)
        return cell.str.replace(r"\.0+$", "") if self.integers else cell


class Ids(dict[str, IdEvidence]):
    """The evidence on each kind of id, by field; `other` people are users."""

    def __init__(self) -> None:
        users = IdEvidence()
        super().__init__(user=users, other=users, item=IdEvidence(), basket=IdEvidence())


@dataclass
class NumberEvidence:
    """Whether a column writes `2,55` for two and a half; one `2.55` settles that it doesn't."""

    comma: bool = False
    point: bool = False

    def see(self, numbers: pl.Series) -> None:
        """Take in cleaned cells, nulls left out."""
        self.comma = self.comma or bool(numbers.str.contains(r"\d,(\d{1,2}|\d{4,})$").any())
        self.point = self.point or bool(numbers.str.contains(r"\.(\d{1,2}|\d{4,})$").any())

    @property
    def decimal_comma(self) -> bool:
        return self.comma and not self.point

    def parse(self, column: str, *, plain: bool = False) -> pl.Expr:
        """Float64; null where the cell is no finite number.

        Where all cells are known to be `plain` they are read as they are, in a fifth of the time;
        not where `1.234` is a thousand.
        """
        if plain and not self.decimal_comma:
            return _finite(pl.col(column).cast(pl.Float64, strict=False)).alias(column)
        text = pl.col(column).str.replace(_CURRENCY, "${1}")
        if self.decimal_comma:
            grouped = text.str.contains(r"^[-+]?\d{1,3}(\.\d{3})+(,\d+)?$")
            text = (
                pl.when(grouped).then(text.str.replace_all(".", "", literal=True)).otherwise(text)
            )
            text = text.str.replace(",", ".", literal=True)
        else:
            grouped = text.str.contains(r"^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$")
            text = (
                pl.when(grouped).then(text.str.replace_all(",", "", literal=True)).otherwise(text)
            )
        number = pl.when(text.str.contains(_NUMBER)).then(text).cast(pl.Float64, strict=False)
        return _finite(number).alias(column)


def is_plain(cells: pl.Series) -> bool:
    """Whether every cell that is there is a number in the plainest form: `12`, `-3.5`."""
    return bool(cells.str.contains(_PLAIN).all())


def _finite(number: pl.Expr) -> pl.Expr:
    # 0.0 is added so that -0 and 0 are one number
    return pl.when(number.is_finite()).then(number + 0.0)
