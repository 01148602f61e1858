"""Users × keys as a few directions with readable names: what items go together, which people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy import sparse
from scipy.sparse.linalg import svds

from agent.segments.blocks import (
    PRIOR_EVENTS,
    Flags,
    Matrix,
    key_users,
    mentioned,
    rounded,
    user_rows,
)

if TYPE_CHECKING:
    from agent.behaviour.measures import Measures


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
        # To the last digit: what a randomised decomposition leaves to chance moves people, and
        # another seed would find other segments in the same log.
        start = np.random.default_rng(seed).normal(size=min(rows.shape))
        _, strength, axes = svds(rows, size, v0=start)
        axes = axes[np.argsort(-strength)]
        axes = axes[np.sort(strength)[::-1] > 1e-6 * strength.max()]
        if len(axes) < 2:
            return None
        return named_factors(
            measures, table=table, key=key, label=label, names=names, keys=keys, rarity=rarity,
            directions=axes.T, mirrored=mirrored,
        )  # fmt: skip

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
        return mentioned(measures, long, self.key, self.keys)


def named_factors(
    measures: Measures,
    *,
    table: str,
    key: str,
    label: str,
    names: dict[str, str],
    keys: list[str],
    rarity: Matrix,
    directions: Matrix,
    mirrored: bool = False,
) -> Factors:
    """Directions (keys, any) turned by varimax, named by their strongest keys, and centred."""
    directions = _varimax(directions)
    strongest = np.abs(directions).argmax(axis=0)
    signs = np.sign(directions[strongest, np.arange(directions.shape[1])])
    directions = rounded(directions * signs)
    titles = []
    for column in directions.T:
        best = np.lexsort((np.arange(len(keys)), -column))[:3]
        titles.append(", ".join(names.get(keys[i], keys[i]) for i in best if column[i] > 0))
    bare = Factors(
        label, table, key, keys, titles, rarity, directions,
        np.zeros(directions.shape[1]), mirrored,
    )  # fmt: skip
    return replace(bare, centre=rounded(bare.transform(measures, None).mean(axis=0)))


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
