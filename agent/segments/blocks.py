"""The parts that blocks of numbers are made of: each is learnt once and then places any user.

    CategoryShares    what shares go to which categories, thin evidence pulled to the population
    Factors           users × keys (items, people) as a few directions with readable names
    MeasureColumns    rhythm, value and tie measures on comparable scales
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
from sklearn.utils.extmath import randomized_svd

from agent.behaviour.measures import measure

if TYPE_CHECKING:
    from agent.behaviour.measures import Measures
    from agent.settings import Block

Matrix = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

DIGITS = 9
"""Decimals learnt numbers are rounded to, so that summation order cannot change a stored byte."""
PRIOR_EVENTS = 6.0
"""Events' worth of population that a share is mixed with: 6 own events count as much."""
CLIP = 3.0
"""Robust standard deviations beyond which a measure says no more than "a lot"."""


class Part(Protocol):
    """One stretch of a block's columns; `columns` names them, one each."""

    @property
    def columns(self) -> list[str]: ...

    def transform(self, measures: Measures, text: Matrix | None) -> Matrix:
        """(users, columns), users in the order of `measures.table`."""

    def known(self, measures: Measures) -> Flags:
        """(users,) of whom the log says anything here; the others stand at a neutral place."""


def rounded(values: npt.ArrayLike) -> Matrix:
    return np.round(np.asarray(values, dtype=np.float64), DIGITS) + 0.0


def evidence(measures: Measures) -> Matrix:
    """(users,) How many events each user has on items."""
    counted = measures.items.group_by("user_id").agg(pl.col("events").sum().alias("_events"))
    joined = measures.table.select("user_id").join(
        counted, on="user_id", how="left", maintain_order="left"
    )
    return joined["_events"].fill_null(0).to_numpy().astype(np.float64)


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


def _mentioned(measures: Measures, long: pl.DataFrame, key: str, keys: list[str]) -> Flags:
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
        long = measures.categories.filter(pl.col("share") > 0)
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
        return lean / np.maximum(self.population, 1e-4) ** self.DAMPING

    def known(self, measures: Measures) -> Flags:
        return _mentioned(measures, measures.categories, "category", self.categories)


def _shares(measures: Measures, categories: list[str]) -> Matrix:
    """(users, categories), each user's adding up to 1 (or to 0: nothing known)."""
    users = measures.table["user_id"]
    long = measures.categories.filter(pl.col("share") > 0)
    shares = user_rows(long, users, "category", categories, pl.col("share")).toarray()
    total = shares.sum(axis=1, keepdims=True)
    return np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)


@dataclass(frozen=True)
class Factors:
    """Users × keys as latent directions: damped counts, TF-IDF, truncated SVD, varimax.

    Counts are damped as log(1 + weight), popular keys by their inverse user frequency, and each
    row has unit length (Salton & Buckley 1988; Deerwester et al. 1990). A row's position is then
    its mean over the directions of its keys, which keys that go together share: so one purchase
    already says something about its neighbours. Varimax (Kaiser 1958) turns the directions
    towards few keys each; it changes no distance and makes names possible.
    """

    label: str
    """What a direction is said to be of, such as `items alike to`."""
    table: str
    key: str
    keys: list[str]
    titles: list[str]
    """(directions,) The names of the strongest keys of each direction."""
    rarity: Matrix
    """(keys,) inverse user frequency."""
    directions: Matrix
    """(keys, directions)."""
    centre: Matrix
    mirrored: bool
    """Whether the rows are people tied to people, both ways, each counted as tied to themselves."""

    @property
    def columns(self) -> list[str]:
        return [f"{self.label} {title}" for title in self.titles]

    @classmethod
    def learn(
        cls,
        measures: Measures,
        *,
        table: str,
        key: str,
        label: str,
        names: dict[str, str],
        size: int,
        seed: int,
        mirrored: bool = False,
    ) -> Factors | None:
        long = _weighted(measures, table, key, mirrored)
        counted = key_users(long, key).filter(pl.col("users") >= 3)
        n = len(measures.table)
        if len(counted) < 8:
            return None
        keys = counted[key].to_list()
        rarity = rounded(np.log1p(n / counted["users"].to_numpy()))
        rows = _rows(long, measures.table["user_id"], key, keys, rarity)
        size = min(size, len(keys) - 1, max(2, n // 8))
        _, strength, axes = randomized_svd(
            rows, size, n_iter=7, random_state=seed, flip_sign=False
        )
        axes = axes[strength > 1e-6 * strength.max()]
        if len(axes) < 2:
            return None
        directions = _varimax(axes.T)
        strongest = np.abs(directions).argmax(axis=0)
        signs = np.sign(directions[strongest, np.arange(directions.shape[1])])
        directions = rounded(directions * signs)
        titles = []
        for column in directions.T:
            best = np.lexsort((np.arange(len(keys)), -column))[:3]
            titles.append(", ".join(names.get(keys[i], keys[i]) for i in best if column[i] > 0))
        bare = cls(
            label, table, key, keys, titles, rarity, directions,
            np.zeros(directions.shape[1]), mirrored,
        )  # fmt: skip
        centre = rounded(bare.transform(measures, None).mean(axis=0))
        return cls(
            label, table, key, keys, titles, rarity, directions, centre, mirrored
        )

    def transform(self, measures: Measures, text: Matrix | None) -> Matrix:
        del text
        long = _weighted(measures, self.table, self.key, self.mirrored)
        users = measures.table["user_id"]
        rows = _rows(long, users, self.key, self.keys, self.rarity)
        known = np.asarray(rows.getnnz(axis=1), dtype=np.float64)[:, None]
        places: Matrix = rows @ self.directions
        length = np.linalg.norm(places, axis=1, keepdims=True)
        places = np.divide(places, length, out=np.zeros_like(places), where=length > 0)
        trust = known / (known + PRIOR_EVENTS)
        moved: Matrix = np.where(known > 0, (places - self.centre) * np.sqrt(trust), 0.0)
        return moved

    def known(self, measures: Measures) -> Flags:
        long = _weighted(measures, self.table, self.key, self.mirrored)
        return _mentioned(measures, long, self.key, self.keys)


def _weighted(measures: Measures, table: str, key: str, mirrored: bool) -> pl.DataFrame:
    """user_id, key, weight; ties count both ways, and a user as tied to themselves."""
    long: pl.DataFrame = getattr(measures, table)
    long = long.select("user_id", pl.col(key), pl.col("weight").cast(pl.Float64))
    if not mirrored:
        return long.filter(pl.col("weight") != 0)
    both = pl.concat(
        [long, long.select(pl.col(key).alias("user_id"), pl.col("user_id").alias(key), "weight")]
    ).filter(pl.col("user_id") != pl.col(key))
    both = both.group_by("user_id", key).agg(pl.col("weight").sum()).sort("user_id", key)
    own = both.group_by("user_id").agg(pl.col("weight").max()).sort("user_id")
    return pl.concat([both, own.select("user_id", pl.col("user_id").alias(key), "weight")])


def _rows(
    long: pl.DataFrame, users: pl.Series, key: str, keys: list[str], rarity: Matrix
) -> sparse.csr_matrix:
    """(users, keys) damped, rarity-weighted rows of unit length; dislikes stay negative."""
    damped = pl.col("weight").sign() * pl.col("weight").abs().log1p()
    rows = user_rows(long, users, key, keys, damped) @ sparse.diags(rarity)
    length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
    return sparse.csr_matrix(sparse.diags(scale) @ rows)


def _varimax(loadings: Matrix, rounds: int = 60) -> Matrix:
    """Kaiser's rotation of (keys, directions) loadings, by the usual SVD iteration."""
    keys, size = loadings.shape
    turn, before = np.eye(size), 0.0
    for _ in range(rounds):
        turned = loadings @ turn
        spread = turned**3 - turned * (turned**2).sum(axis=0) / keys
        left, values, right = np.linalg.svd(loadings.T @ spread)
        turn, total = left @ right, values.sum()
        if total < before * (1 + 1e-6):
            break
        before = total
    turned_last: Matrix = loadings @ turn
    return turned_last


@dataclass(frozen=True)
class MeasureColumns:
    """A block's measures: shares as √ (thin evidence pulled in), amounts as logs, robust scales.

    A measure counts when at least a fifth of the users have it and it differs between them; who
    lacks it stands at the population's median.
    """

    names: list[str]
    units: list[str]
    population: Matrix
    """(measures,) mean share or rating that thin evidence is pulled to; 0 where it is not."""
    median: Matrix
    spread: Matrix
    """(measures,) robust standard deviation after the transformation."""

    @property
    def columns(self) -> list[str]:
        return self.names

    @classmethod
    def learn(cls, measures: Measures, block: Block) -> MeasureColumns | None:
        table, n = measures.table, len(measures.table)
        names, units, population, median, spread = [], [], [], [], []
        for name in table.columns:
            if name == "user_id" or measure(name).block != block:
                continue
            unit = measure(name).unit
            if table[name].is_not_null().sum() < max(3, n / 5):
                continue
            mean = float(rounded(table[name].mean())) if unit in ("share", "rating") else 0.0
            values = _measured(measures, name, unit, mean)
            low, mid, high = np.nanquantile(values, [0.25, 0.5, 0.75])
            width = max((high - low) / 1.349, 0.5 * float(np.nanstd(values)))
            if width < 1e-6:
                continue
            names.append(name)
            units.append(unit)
            population.append(mean)
            median.append(mid)
            spread.append(width)
        if not names:
            return None
        return cls(names, units, rounded(population), rounded(median), rounded(spread))

    def transform(self, measures: Measures, text: Matrix | None) -> Matrix:
        del text
        values = np.column_stack(
            [
                _measured(measures, name, unit, mean)
                for name, unit, mean in zip(self.names, self.units, self.population, strict=True)
            ]
        )
        values = np.clip((values - self.median) / self.spread, -CLIP, CLIP)
        return np.where(np.isnan(values), 0.0, values)

    def known(self, measures: Measures) -> Flags:
        held = [name for name in self.names if name in measures.table.columns]
        return measures.table.select(
            pl.any_horizontal(pl.lit(False), *(pl.col(name).is_not_null() for name in held))
        ).to_series().to_numpy()  # fmt: skip


def _measured(measures: Measures, name: str, unit: str, mean: float) -> Matrix:
    """(users,) One measure on its working scale; nan where it is null."""
    if name not in measures.table.columns:
        return np.full(len(measures.table), np.nan)
    values = measures.table[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
    events = evidence(measures)
    if unit in ("share", "rating"):
        values = (events * values + PRIOR_EVENTS * mean) / (events + PRIOR_EVENTS)
        return np.sqrt(np.maximum(values, 0.0)) if unit == "share" else values
    damped: Matrix = np.log1p(np.maximum(values, 0.0))
    return damped


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
        return (flags.toarray() - self.share) * self.damping

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
