"""Items with their titles and categories, from an items file and from the log itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl

from agent.behaviour.hostile import Hostile

_NO_CATEGORY = frozenset(
    [
        *("(no genres listed)", "no genres listed", "uncategorized", "uncategorised"),
        *("none", "null", "nan", "n/a", "na", "unknown", "-"),
    ]
)
_LISTED = re.compile(r"^\[.*\]$")


@dataclass
class Catalogue:
    """Titles and categories collected from all files, with how often each was met."""

    hostile: Hostile = field(default_factory=Hostile)
    """What makes the categories harmless; titles already are when they come here."""
    titles: list[pl.DataFrame] = field(default_factory=list)
    """item_id, title, rank (0: an items file, 1: the log), n"""
    categories: list[pl.DataFrame] = field(default_factory=list)
    """item_id, category (as written), rank, n"""
    ids: list[pl.DataFrame] = field(default_factory=list)
    """item_id"""

    def add(self, rows: pl.DataFrame, *, from_items: bool) -> None:
        """Count rows with item_id and, where there are any, title and categories."""
        rows = rows.filter(pl.col("item_id") != "")
        rank = pl.lit(0 if from_items else 1, dtype=pl.Int8).alias("rank")
        self.ids.append(rows.select("item_id").unique())
        for column, known in (("title", self.titles), ("categories", self.categories)):
            if column in rows.columns:
                counted = rows.filter(pl.col(column).is_not_null()).group_by("item_id", column)
                known.append(counted.agg(rank.first(), pl.len().cast(pl.Int64).alias("n")))

    def frame(self) -> pl.DataFrame:
        """item_id, title, categories (list), sorted by item_id; a title is never empty.

        A title in an items file wins over the log's; of several the most frequent is used, then
        the first by alphabet. An item's categories are those of its rows in the items file
        (all of them), or else its most frequent cell in the log.
        """
        items = pl.concat(self.ids).unique().sort("item_id")
        titles = _usual(self.titles, "title")
        cells = self._category_cells()
        parts = self._parts(cells["categories"].unique().sort())
        by_item: dict[str, set[str]] = {}
        for item, cell in cells.iter_rows():
            by_item.setdefault(item, set()).update(parts[cell])
        lists = [sorted(by_item.get(item, ())) for item in items["item_id"]]
        return (
            items.join(titles, on="item_id", how="left", maintain_order="left")
            .with_columns(
                pl.coalesce("title", "item_id").alias("title"),
                pl.Series("categories", lists, dtype=pl.List(pl.String)),
            )
            .select("item_id", "title", "categories")
        )

    def several_titles(self) -> int:
        """How many items go by more than one title within one kind of source."""
        if not self.titles:
            return 0
        met = pl.concat(self.titles).unique(["item_id", "rank", "title"])
        counted = met.group_by("item_id", "rank").len()
        return counted.filter(pl.col("len") > 1)["item_id"].n_unique()

    def _parts(self, cells: pl.Series) -> dict[str, list[str]]:
        """Cell → its categories, each harmless. No hostile cell decides how the others fall."""
        honest = cells.filter(~self.hostile.shows(cells))
        split = category_splitter(cells if honest.is_empty() else honest)
        parts = {cell: split(cell) for cell in cells}
        written = pl.Series(sorted({part for found in parts.values() for part in found}))
        if written.is_empty():
            return parts
        safe = dict(zip(written, self.hostile.texts(written), strict=True))
        return {cell: [safe[part] for part in found if safe[part]] for cell, found in parts.items()}

    def _category_cells(self) -> pl.DataFrame:
        """item_id and category cells: every one from an items file, the usual one from a log."""
        if not self.categories:
            return pl.DataFrame(schema={"item_id": pl.String, "categories": pl.String})
        met = pl.concat(self.categories)
        stated = met.filter(pl.col("rank") == 0).select("item_id", "categories").unique()
        usual = _usual([met.filter(pl.col("rank") == 1)], "categories")
        return pl.concat([stated, usual.join(stated, on="item_id", how="anti")])


def _usual(counted: list[pl.DataFrame], column: str) -> pl.DataFrame:
    """item_id and its usual cell: of the first source, most frequent, then by alphabet."""
    if not counted:
        return pl.DataFrame(schema={"item_id": pl.String, column: pl.String})
    summed = pl.concat(counted).group_by("item_id", "rank", column).agg(pl.sum("n"))
    order = summed.sort(["item_id", "rank", "n", column], descending=[False, False, True, False])
    return order.unique("item_id", keep="first", maintain_order=True).select("item_id", column)


def category_splitter(cells: pl.Series) -> Callable[[str], list[str]]:
    """How a category cell falls into categories, decided from the whole column.

    `A|B` and `A;B` are always two, `A > B` is a path whose steps all count, `['A', 'B']` is a
    list. A comma is a boundary only where most cells that have one are made of parts that also
    occur in other cells, so that `Beds, Baths` stays one category.
    """
    whole = sorted(set(cells.drop_nulls()))
    listed = bool(whole) and all(_LISTED.match(cell) for cell in whole)
    if listed:
        mark = ","
    else:
        mark = next((each for each in ("|", ";", ">") if any(each in cell for cell in whole)), "")
        if not mark and _commas_divide(whole):
            mark = ","

    def split(cell: str) -> list[str]:
        parts = (cell.strip("[]") if listed else cell).split(mark) if mark else [cell]
        parts = [part.strip(" '\"" if listed else " ") for part in parts]
        return [part for part in parts if part and part.casefold() not in _NO_CATEGORY]

    return split


def _commas_divide(cells: list[str]) -> bool:
    divided = [{part.strip() for part in cell.split(",")} for cell in cells]
    met = Counter(part for parts in divided for part in parts)
    several = [parts for parts in divided if len(parts) > 1]
    shared = sum(all(met[part] > 1 for part in parts) for parts in several)
    return bool(several) and 2 * shared > len(several)
