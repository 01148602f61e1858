"""Measures as one table of readable features: what facts, rules and names of segments rest on.

A feature is something a person can check: a measure (`median_gap_days`), `category:<name>` (share
0..1), `channel:<name>`, `action:<name>` or `attribute:<name>=<value>` (0 or 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from agent.behaviour.measures import Measures, Unit, measure
from agent.records import Vocabulary

Matrix = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

UNTOLD = frozenset({"later_share"})
"""Measures that say little without a date beside them; trends are told user by user."""

MAX_CATEGORIES = 300
MAX_ATTRIBUTES = 80


@dataclass(frozen=True)
class Readable:
    """`values` is (users, features), NaN where a measure cannot be taken; users are sorted."""

    users: tuple[str, ...]
    names: tuple[str, ...]
    values: Matrix
    vocabulary: Vocabulary

    @cached_property
    def ranks(self) -> Matrix:
        """(users, features) Average ranks scaled to 0..1, so that no unit or outlier dominates."""
        known = np.maximum((~np.isnan(self.values)).sum(axis=0), 1)
        return np.where(np.isnan(self.raw_ranks), 0.5, (self.raw_ranks - 0.5) / known)

    @cached_property
    def raw_ranks(self) -> Matrix:
        """(users, features) Average ranks from 1, NaN where a measure is unknown."""
        return average_ranks(self.values)

    @cached_property
    def shares(self) -> Mask:
        """(features,) Whether a feature is a share, 0..1."""
        return np.array([is_share(name) for name in self.names], dtype=np.bool_)

    @cached_property
    def column(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.names)}

    def of(self, feature: str) -> Matrix:
        """(users,) One feature; all NaN when this log does not have it."""
        at = self.column.get(feature)
        return np.full(len(self.users), np.nan) if at is None else self.values[:, at]

    def theirs(self, feature: str) -> float:
        """The share from which the category `feature` is a user's own; rounded to be printed."""
        return self._thresholds[feature]

    @cached_property
    def _thresholds(self) -> dict[str, float]:
        return {
            name: round(category_threshold(self.values[:, i]), 2)
            for i, name in enumerate(self.names)
            if name.startswith("category:")
        }

    def rows(self, places: npt.NDArray[np.intp]) -> Readable:
        """The users at these places."""
        users = tuple(self.users[i] for i in places)
        return Readable(users, self.names, self.values[places], self.vocabulary)

    def mask(self, members: set[str]) -> Mask:
        return np.fromiter((u in members for u in self.users), np.bool_, len(self.users))


def readable(measures: Measures, *, min_group: int) -> Readable:
    """Lay the measures out; a category or attribute of fewer than `min_group` users is left out."""
    table = measures.table.sort("user_id")
    users = table["user_id"].to_list()
    measured = [c for c in table.columns if c != "user_id" and c not in UNTOLD]
    categories = measures.categories.filter(pl.col("share") > 0).select(
        "user_id",
        ("category:" + pl.col("category")).alias("feature"),
        pl.col("share").clip(0, 1).alias("value"),
    )
    attributes = measures.attributes.unique(["user_id", "name", "value"]).select(
        "user_id",
        ("attribute:" + pl.col("name") + "=" + pl.col("value")).alias("feature"),
        pl.lit(1.0).alias("value"),
    )
    blocks = [
        _wide(categories, users, min_group, MAX_CATEGORIES),
        _wide(attributes, users, min_group, MAX_ATTRIBUTES),
    ]
    names = [*measured, *(name for found, _ in blocks for name in found)]
    values = np.hstack(
        [table.select(measured).fill_null(np.nan).to_numpy(), *(cells for _, cells in blocks)]
    ).astype(np.float64)
    return Readable(tuple(users), tuple(names), values, measures.vocabulary)


def category_threshold(shares: Matrix) -> float:
    """From which share on a category is somebody's own, given all users' `shares`.

    Twice the mean, where that is possible; for a category that everybody has (a genre with 40 %
    of all ratings) what 70 % of users stay under. Under 5 % nothing is anybody's.
    """
    mean = float(shares.mean())
    return max(0.05, 2 * mean if 2 * mean <= 0.3 else float(np.quantile(shares, 0.7)))


def _wide(cells: pl.DataFrame, users: list[str], least: int, most: int) -> tuple[list[str], Matrix]:
    """The `most` features with the largest total among those `least` users have, as columns."""
    kept = (
        cells.group_by("feature")
        .agg(pl.len().alias("users"), pl.col("value").sum().round(6).alias("total"))
        .filter(pl.col("users") >= least)
        .sort(["total", "feature"], descending=[True, False])
        .head(most)["feature"]
        .sort()
        .to_list()
    )
    found = (
        cells.join(pl.DataFrame({"user_id": users}).with_row_index("row"), on="user_id")
        .join(
            pl.DataFrame({"feature": kept}, schema={"feature": pl.String}).with_row_index("column"),
            on="feature",
        )
        .sort("row", "column")
    )
    wide = np.zeros((len(users), len(kept)))
    wide[found["row"].to_numpy(), found["column"].to_numpy()] = found["value"].to_numpy()
    return kept, wide


def average_ranks(values: Matrix) -> Matrix:
    """Ranks from 1 within each column, ties sharing their mean; NaN stays NaN."""
    frame = pl.from_numpy(values, schema=[f"c{i}" for i in range(values.shape[1])])
    ranked = frame.fill_nan(None).select(pl.all().rank("average"))
    return ranked.fill_null(np.nan).to_numpy().astype(np.float64).reshape(values.shape)


def is_share(feature: str) -> bool:
    return unit(feature) == "share"


def unit(feature: str) -> Unit:
    """What the feature's values are: declared attributes count as shares of 0 or 1."""
    return "share" if feature.startswith(("category:", "attribute:")) else measure(feature).unit


def share_family(feature: str) -> str:
    """The whole a share is a part of, where its parts exclude each other; else empty."""
    kind = feature.partition(":")[0]
    if kind in ("category", "channel", "action"):
        return kind
    if feature.startswith("quarter"):
        return "season"
    return "hours" if feature in HOURS else ""


HOURS = ("night_share", "morning_share", "afternoon_share", "evening_share")
