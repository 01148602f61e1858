"""What a log or a file declares of its users: attributes and ties, and what is never read.

Sensitive attributes are refused by name wherever they stand, unless somebody switched them on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from agent.behaviour.cells import present
from agent.behaviour.columns import bare
from agent.behaviour.hostile import Hostile, unmasked

_SENSITIVE = """gender sex ethnicity ethnic race racial religion religious faith caste health
    medical diagnosis disease illness disability disabled handicap politics political vote voted
    orientation sexuality sexual transgender pregnant pregnancy genetic biometric conviction
    convictions criminal 性别 民族 宗教"""
_OF_USERS = """country region city state province continent location plan segment membership
    subscription tier loyalty loyaltytier customertype usertype persona occupation profession job
    role age agegroup ageband language locale cohort education maritalstatus"""
_MOST_VALUES = 100
_LONGEST = 60


def sensitive(name: str, allowed: Collection[str] = ()) -> str | None:
    """The sensitive word in a column's or attribute's name (`userGender` → `gender`), or None.

    None also when the name, or the word, is in `allowed`.
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    words = re.split(r"[\W_\d]+", unmasked(spaced))
    found = next((word for word in words if word in _SENSITIVE.split()), None)
    switched_on = {bare(each) for each in allowed}
    return None if found is None or {found, bare(name)} & switched_on else found


def attribute_columns(
    unused: Iterable[str], allowed: Collection[str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Attribute → column in an event log, and the columns refused as sensitive."""
    taken: dict[str, str] = {}
    refused = []
    for column in unused:
        if sensitive(column, allowed):
            refused.append(column)
        elif bare(column) in _OF_USERS.split() or sensitive(column):
            taken[attribute_name(column)] = column
    return taken, tuple(refused)


def attribute_name(column: str) -> str:
    """`Age_Group` and `ageGroup` → `age group`."""
    return re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)).strip().casefold()


@dataclass
class Declared:
    """Attributes and ties collected from all files, and what was left out of them."""

    hostile: Hostile = field(default_factory=Hostile)
    """What makes the names of columns harmless; values already are when they come here."""
    attributes: list[pl.DataFrame] = field(default_factory=list)
    """user_id, name, value, n"""
    ties: list[pl.DataFrame] = field(default_factory=list)
    """user_id, other_id, weight"""
    refused: Counter[str] = field(default_factory=Counter)
    skipped: dict[str, str] = field(default_factory=dict)
    self_ties: int = 0

    def add_from_events(self, events: pl.DataFrame) -> None:
        """Count `attribute:…` columns and `other_id` of kept rows."""
        for column in events.columns:
            if column.startswith("attribute:"):
                counted = events.filter(pl.col(column).is_not_null()).group_by(
                    "user_id", pl.col(column).alias("value")
                )
                name = pl.lit(column.removeprefix("attribute:")).alias("name")
                self.attributes.append(
                    counted.agg(pl.len().cast(pl.Int64).alias("n")).select(
                        "user_id", name, "value", "n"
                    )
                )
        if "other_id" in events.columns:
            met = events.filter(pl.col("other_id").is_not_null())
            self.add_ties(met.select("user_id", "other_id", pl.lit(1.0).alias("weight")))

    def add_ties(self, ties: pl.DataFrame) -> None:
        """Add ties (user_id, other_id, weight); those to oneself are only counted."""
        own = pl.col("user_id") == pl.col("other_id")
        self.self_ties += int(ties.select(own.sum()).item())
        self.ties.append(_summed(ties.filter(~own)))

    def add_wide(
        self,
        table: pl.DataFrame,
        columns: Mapping[str, str],
        allowed: Collection[str],
        users: int,
    ) -> None:
        """Add a table with `user_id` and columns of attributes, null where there is no value.

        `columns` is the attribute's own name → its column; `users` is how many the file has.
        """
        for own_name, column in columns.items():
            value = present(column)
            named = table.select("user_id", value.alias("value")).drop_nulls()
            if word := sensitive(own_name, allowed):
                self.refused[word] += named.height
            elif why := _no_attribute(named["value"], users):
                self.skipped[self._harmless(own_name)] = why
            else:
                name = pl.lit(self._harmless(attribute_name(own_name))).alias("name")
                one = pl.lit(1, dtype=pl.Int64).alias("n")
                self.attributes.append(named.select("user_id", name, "value", one))

    def add_long(self, table: pl.DataFrame, allowed: Collection[str]) -> None:
        """Add a table of user_id, name, value."""
        users = table["user_id"].n_unique()
        for name in sorted(table["name"].drop_nulls().unique()):
            rows = table.filter(pl.col("name") == name).select("user_id", "value")
            self.add_wide(rows, {name: "value"}, allowed, users)

    def _harmless(self, name: str) -> str:
        return str(self.hostile.texts(pl.Series([name]))[0])

    def all_attributes(self) -> pl.DataFrame:
        """user_id, name, value: of several values the most frequent, then the first by alphabet."""
        schema = {"user_id": pl.String, "name": pl.String, "value": pl.String}
        if not self.attributes:
            return pl.DataFrame(schema=schema)
        met = pl.concat(self.attributes)
        integers = pl.col("value").str.contains(r"^-?\d+(\.0+)?$").all().over("name")
        whole = pl.col("value").str.replace(r"\.0+$", "")  # an age of 34.0 is 34
        met = met.with_columns(pl.when(integers).then(whole).otherwise("value").alias("value"))
        counted = met.group_by("user_id", "name", "value").agg(pl.sum("n"))
        order = ["user_id", "name", "n", "value"]
        counted = counted.sort(order, descending=[False, False, True, False])
        return counted.unique(["user_id", "name"], keep="first", maintain_order=True).select(
            *schema
        )

    def all_ties(self) -> pl.DataFrame:
        """user_id, other_id, weight (summed)."""
        if not self.ties:
            schema = {"user_id": pl.String, "other_id": pl.String, "weight": pl.Float64}
            return pl.DataFrame(schema=schema)
        return _summed(pl.concat(self.ties))


def _summed(ties: pl.DataFrame) -> pl.DataFrame:
    """One row a pair; sorted first, so that floats are always added in one order."""
    pair = ["user_id", "other_id"]
    ordered = ties.sort(*pair, "weight")
    return ordered.group_by(pair, maintain_order=True).agg(pl.sum("weight")).sort(pair)


def _no_attribute(values: pl.Series, users: int) -> str | None:
    """Why a column says nothing that users could share, or None."""
    distinct = values.n_unique()
    if distinct == 0:
        return "empty"
    if distinct == 1 and values.len() == users and users > 1:
        return "the same for everybody"
    if values.str.len_chars().median() > _LONGEST:  # type: ignore[operator]
        return "free text"
    if distinct > _MOST_VALUES and 2 * distinct > values.len():
        return "nearly everybody has their own"
    if distinct == values.len() and users > 20:
        return "everybody has their own"
    return None
