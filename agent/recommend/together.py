"""What goes with what, as it is stored and read: a table of half floats, or factors beyond that.

Up to `MOST_DENSE` items the whole of B is kept in float16: 200 MB at 10,000 items, read from disk
a history's rows at a time. Rounding moves an influence by at most 2⁻¹¹ of itself (below 6e-5,
by 3e-8); keeping only the strongest 100 to 400 of each item cost 1 to 4 % of NDCG on MovieLens.
Scores and reasons both use the numbers as stored, so both are exact.

Beyond, EASE is taken through a truncated SVD X ≈ USVᵀ: with g = s²/(s² + λ) and M = V g Vᵀ,
(XᵀX + λI)⁻¹ = (I - M)/λ, hence B_hj = M_hj / (1 - M_jj): the same formula, cut to the strongest
directions. At 256 of them it ranked MovieLens and Online Retail at .138 and .099 (EASE .136 and
.102, `implicit`'s ALS at its best .127 and .098), and it stays linear in the history.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from agent.recommend.ease import gram, solve_ease
from agent.recordfile import write_arrays, write_matrix

MOST_DENSE = 10_000
MOST_WIDE = 2_500
"""Items up to which B is held in memory as float64 too, 50 MB of it: half floats are slow to widen,
and a mapped file is slow to take rows from."""
DIRECTIONS = 256
FEWEST_USERS = 2
"""An item that one user alone likes goes with nothing yet."""

Half = npt.NDArray[np.float16]
Matrix = npt.NDArray[np.float64]


class Weights(Protocol):
    """B over the items that have one, numbered within themselves."""

    def rows(self, these: np.ndarray, items: np.ndarray | None = None) -> Matrix:
        """(these, items) float64: the influence of each of these on each item."""

    def pair(self, one: int, other: int) -> float:
        """`rows` of one on another."""

    def save(self, folder: Path) -> None: ...


@dataclass(frozen=True)
class Dense:
    """B in float16."""

    table: Half

    def rows(self, these: np.ndarray, items: np.ndarray | None = None) -> Matrix:
        found = self.table[these] if items is None else self.table[np.ix_(these, items)]
        return np.asarray(found, dtype=np.float64)

    def pair(self, one: int, other: int) -> float:
        return float(self.table[one, other])

    def save(self, folder: Path) -> None:
        write_matrix(folder / "together.npy", self.table)


@dataclass(frozen=True)
class Factored:
    """B_hj = Σ_d V_hd g_d V_jd / (1 - M_jj), and nothing of an item on itself."""

    directions: Half
    """(items, directions) V."""
    gain: Matrix
    """(directions,)"""
    left: Matrix
    """(items,) 1 - M_jj."""

    def rows(self, these: np.ndarray, items: np.ndarray | None = None) -> Matrix:
        items = np.arange(len(self.left)) if items is None else items
        own = self.directions[these].astype(np.float64) * self.gain
        found: Matrix = own @ self.directions[items].astype(np.float64).T / self.left[items]
        found[items == np.asarray(these)[:, None]] = 0.0
        return found

    def pair(self, one: int, other: int) -> float:
        return float(self.rows(np.array([one]), np.array([other]))[0, 0])

    def save(self, folder: Path) -> None:
        write_matrix(folder / "directions.npy", self.directions)
        write_arrays(folder / "gain.npz", {"gain": self.gain, "left": self.left})


@dataclass(frozen=True)
class Together:
    """What goes with what, over all items; `places` are those that go with anything."""

    places: npt.NDArray[np.int64]
    """(m,) places among the items, ascending."""
    size: int
    """How many items there are in all."""
    weights: Weights

    def score(self, history: np.ndarray, pulls: Matrix) -> Matrix:
        """(items,) Σ_h pull_h B_hj."""
        inner, kept = self._inner(history)
        total = np.zeros(len(self.places))
        for start in range(0, len(inner), 256):  # a long history never makes a large table
            part = slice(start, start + 256)
            total += pulls[kept][part] @ self.weights.rows(inner[part])
        found = np.zeros(self.size)
        found[self.places] = total
        return found

    def influence(self, history: np.ndarray, items: np.ndarray) -> Matrix:
        """(history, items) B, before the pulls."""
        if self._whole is not None:
            return np.asarray(self._whole[np.ix_(history, items)])
        inner, kept = self._inner(history)
        columns, held = self._inner(items)
        found = np.zeros((len(history), len(items)))
        found[np.ix_(kept, held)] = self.weights.rows(inner, columns)
        return found

    @cached_property
    def _whole(self) -> Matrix | None:
        """(items, items) B, 0 where an item has none; None for too many items."""
        if self.size > MOST_WIDE:
            return None
        whole = np.zeros((self.size, self.size))
        whole[np.ix_(self.places, self.places)] = self.weights.rows(np.arange(len(self.places)))
        return whole

    def between(self, one: int, other: int) -> float:
        """B of one item on another."""
        within = [int(np.searchsorted(self.places, item)) for item in (one, other)]
        pairs = zip(within, (one, other), strict=True)
        if any(at == len(self.places) or self.places[at] != item for at, item in pairs):
            return 0.0
        return self.weights.pair(*within)

    def _inner(self, items: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Places within B of those that have one, and where among `items` they stand."""
        at = np.minimum(np.searchsorted(self.places, items), max(0, len(self.places) - 1))
        kept = np.flatnonzero(self.places[at] == items) if len(self.places) else np.arange(0)
        return at[kept], kept

    def save(self, folder: Path) -> None:
        """Write `places.npy` and B into `folder`."""
        write_matrix(folder / "places.npy", self.places)
        self.weights.save(folder)

    @classmethod
    def load(cls, folder: Path, size: int) -> Together:
        places = np.load(folder / "places.npy", allow_pickle=False)
        if (folder / "together.npy").is_file():
            table = np.load(folder / "together.npy", allow_pickle=False, mmap_mode="r")
            return cls(places, size, Dense(table))
        with np.load(folder / "gain.npz", allow_pickle=False) as held:
            directions = np.load(folder / "directions.npy", allow_pickle=False)
            return cls(places, size, Factored(directions, held["gain"], held["left"]))


def fit_together(
    likes: sparse.csr_matrix, ridge: float, seed: int, *, most_dense: int = MOST_DENSE
) -> Together:
    """What goes with what in binary likes (users, items)."""
    users = np.asarray((likes > 0).sum(axis=0)).ravel()
    places = np.flatnonzero(users >= FEWEST_USERS).astype(np.int64)
    size = likes.shape[1]
    part = likes[:, places]
    if len(places) <= most_dense:
        solved = solve_ease(gram(part), ridge, seed=seed)
        return Together(places, size, Dense(solved.astype(np.float16)))
    count = min(DIRECTIONS, *part.shape)
    _, strength, axes = randomized_svd(part, count, n_iter=4, random_state=seed)
    gain = strength.astype(np.float64) ** 2
    gain /= gain + ridge
    directions = axes.T.astype(np.float16)
    own = (directions.astype(np.float64) ** 2) @ gain
    return Together(places, size, Factored(directions, gain, 1.0 - own))
