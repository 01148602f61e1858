"""The parts that blocks of numbers are made of: each is learnt once and then places any user.

    CategoryShares    what shares go to which categories, thin evidence pulled to the population
    Factors           users × keys (items, people) as directions (`agent.segments.factors`)
    MeasureColumns    rhythm, value and tie measures (`agent.segments.scales`)
    AttributeFlags    declared attributes, 0 or 1, rare ones damped
    TextDirections    the profile embedding on its main axes

Every `transform` looks at one user's rows and at what was learnt, never at the other users in the
call: a user gets the same numbers alone, in a batch and years later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

if TYPE_CHECKING:
    from agent.behaviour.measures import Measures

Matrix = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

DIGITS = 9
"""Decimals learnt numbers are rounded to, so that summation order cannot change a stored byte."""
PRIOR_EVENTS = 6.0
"""Events' worth of population that a share is mixed with: 6 own events count as much."""


class Part(Protocol):
    """One stretch of a block's columns; `columns` names them, one each."""

    @property
    def columns(self) -> list[str]: ...

    def transform(self, measures: Measures, text: Matrix | None) -> Matrix:
        """(users, columns), users in the order of `measures.table`."""

    def known(self, measures: Measures) -> Flags:
        """(users,) of whom the log says anything here; the others stand at a neutral place."""


def rounded(values: npt.ArrayLike) -> Matrix:
    return np.asarray(np.round(np.asarray(values), DIGITS) + 0.0, dtype=np.float64)


def evidence(measures: Measures) -> Matrix:
    """(users,) How much each user's liking rests on: about one per purchase or rating."""
    liked = measures.item_tastes.filter(pl.col("weight") > 0)
    counted = liked.group_by("user_id").agg(pl.col("weight").sum().alias("_events"))
    joined = measures.table.select("user_id").join(
        counted, on="user_id", how="left", maintain_order="left"
    )
    return rounded(joined["_events"].fill_null(0).to_numpy())


def user_rows(
    long: pl.DataFrame, users: pl.Series, key: str, keys: list[str], value: pl.Expr
) -> sparse.csr_matrix:
    """(users, keys) of `value`; rows of other users and other keys are left out."""
    rows = pl.DataFrame({"user_id": users}).with_row_index("_row")
    columns = pl.DataFrame({key: keys}, schema={key: long.schema[key]}).with_row_index("_column")
    cells = (
        long.select("user_id", key, value.cast(pl.Float64).alias("_value"))
        .join(rows, on="user_id")
        .join(columns, on=key)
        .drop_nulls("_value")
        .sort("_row", "_column", "_value")
    )
    return sparse.csr_matrix(
        (cells["_value"].to_numpy(), (cells["_row"].to_numpy(), cells["_column"].to_numpy())),
        shape=(len(users), len(keys)),
    )


def mentioned(measures: Measures, long: pl.DataFrame, key: str, keys: list[str]) -> Flags:
    rows = user_rows(long, measures.table["user_id"], key, keys, pl.lit(1.0))
    return np.asarray(rows.getnnz(axis=1) > 0)


def key_users(long: pl.DataFrame, key: str) -> pl.DataFrame:
    """How many users each key has, in the order of the keys."""
    return long.group_by(key).agg(pl.col("user_id").n_unique().alias("users")).sort(key)


@dataclass(frozen=True)
class CategoryShares:
    """√ of each category's share (Hellinger), so that 2 % against 8 % counts as it reads.

    A share is first mixed with the population's, as if `PRIOR_EVENTS` more events had gone by
    that: three events do not make a specialist. Rarer categories weigh more by `share^-DAMPING`.
    """

    DAMPING = 0.15

    categories: list[str]
    population: Matrix
    """(categories,) mean share, summing to 1."""

    @property
    def columns(self) -> list[str]:
        return [f"category:{name}" for name in self.categories]

    @classmethod
    def learn(cls, measures: Measures) -> CategoryShares | None:
        long = measures.category_tastes.filter(pl.col("weight") > 0)
        kept = key_users(long, "category").filter(pl.col("users") >= 3)["category"].to_list()
        if len(kept) < 2:
            return None
        shares = _shares(measures, kept)
        known = shares.sum(axis=1) > 0
        return cls(kept, rounded(shares[known].mean(axis=0)))

    def transform(self, measures: Measures, text: Matrix | None) -> Matrix:
        del text
        shares = _shares(measures, self.categories)
        events = np.where(shares.sum(axis=1) > 0, evidence(measures), 0.0)[:, None]
        mixed = (events * shares + PRIOR_EVENTS * self.population) / (events + PRIOR_EVENTS)
        lean: Matrix = np.sqrt(mixed) - np.sqrt(self.population)
        return lean * np.maximum(self.population, 1e-4) ** -self.DAMPING

    def known(self, measures: Measures) -> Flags:
        return mentioned(measures, measures.category_tastes, "category", self.categories)


def _shares(measures: Measures, categories: list[str]) -> Matrix:
    """(users, categories), each user's adding up to 1 (or to 0: nothing known)."""
    users = measures.table["user_id"]
    long = measures.category_tastes.filter(pl.col("weight") > 0)
    shares = user_rows(long, users, "category", categories, pl.col("weight")).toarray()
    total = shares.sum(axis=1, keepdims=True)
    whole: Matrix = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)
    return whole


@dataclass(frozen=True)
class AttributeFlags:
    """Declared attributes as 0 or 1; a value that few users declare counts for less."""

    RARE_USERS = 20.0
    MOST_VALUES = 50

    names: list[str]
    """`country=Iceland`, in order."""
    share: Matrix
    damping: Matrix

    @property
    def columns(self) -> list[str]:
        return [f"attribute:{name}" for name in self.names]

    @classmethod
    def learn(cls, measures: Measures) -> AttributeFlags | None:
        n = len(measures.table)
        counted = (
            measures.attributes.group_by("name", "value")
            .agg(pl.col("user_id").n_unique().alias("users"))
            .filter((pl.col("users") >= max(3, n / 500)) & (pl.col("users") < n))
            .sort("name", "users", "value", descending=[False, True, False])
        )
        counted = counted.group_by("name", maintain_order=True).head(cls.MOST_VALUES)
        if counted.is_empty():
            return None
        counted = counted.sort("name", "value")
        users = counted["users"].to_numpy().astype(np.float64)
        names = [f"{name}={value}" for name, value in counted.select("name", "value").rows()]
        return cls(names, rounded(users / n), rounded(np.sqrt(users / (users + cls.RARE_USERS))))

    def transform(self, measures: Measures, text: Matrix | None) -> Matrix:
        del text
        long = measures.attributes.select(
            "user_id", pl.format("{}={}", "name", "value").alias("flag")
        ).unique()
        flags = user_rows(long, measures.table["user_id"], "flag", self.names, pl.lit(1.0))
        return np.asarray((flags.toarray() - self.share) * self.damping)

    def known(self, measures: Measures) -> Flags:
        declared = measures.attributes["user_id"].unique()
        return measures.table["user_id"].is_in(declared.implode()).to_numpy()


@dataclass(frozen=True)
class TextDirections:
    """The profile embedding, centred, on its main axes (PCA)."""

    SIZE = 48

    mean: Matrix
    directions: Matrix
    """(embedding, directions)."""

    @property
    def columns(self) -> list[str]:
        return [f"profile text, direction {i + 1}" for i in range(self.directions.shape[1])]

    @classmethod
    def learn(cls, text: Matrix | None) -> TextDirections | None:
        if text is None or len(text) < 4:
            return None
        mean = rounded(text.mean(axis=0))
        values, axes = np.linalg.eigh(np.cov(text - mean, rowvar=False))
        kept = np.argsort(-values, kind="stable")[: min(cls.SIZE, len(text) // 4 + 1)]
        kept = kept[values[kept] > 1e-9]
        if len(kept) == 0:
            return None
        directions = axes[:, kept]
        strongest = np.abs(directions).argmax(axis=0)
        signs = np.sign(directions[strongest, np.arange(len(kept))])
        return cls(mean, rounded(directions * signs))

    def transform(self, measures: Measures, text: Matrix | None) -> Matrix:
        if text is None:
            return np.zeros((len(measures.table), self.directions.shape[1]))
        placed: Matrix = (text - self.mean) @ self.directions
        return placed

    def known(self, measures: Measures) -> Flags:
        return np.ones(len(measures.table), dtype=bool)
