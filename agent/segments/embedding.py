"""Weighted vectors → few dimensions in which clusters are dense and everything else is sparse.

Plain UMAP (McInnes, Healy & Melville 2018) evens density out, so that people who belong nowhere end
up inside somebody's cluster; densMAP (Narayan, Berger & Cho 2021) keeps how crowded a place was,
which is what HDBSCAN needs to call them noise. Where people differ more in how much they do than in
what they do, it calls too many so: `agent.segments.clustering` can try both.
"""

from __future__ import annotations

import hashlib
import warnings

import numpy as np
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # has none

from agent.segments.blocks import Matrix

DENSITY = 3.0
"""densMAP's λ: how much keeping density counts."""
DIMENSIONS = {True: 8, False: 5}
"""Keeping density needs room; without it, fewer dimensions leave less noise."""
MANY, SEARCHERS = 20_000, 8
"""From so many users on that many threads look for the nearest, at most."""
EPOCHS = 200
"""UMAP's own default for large data; its 500 for small data changes little and takes longer."""


def neighbours_for(users: int) -> int:
    """Neighbours a user is joined to: about √users / 2, between 10 and 15.

    More draw large data together until HDBSCAN sees one crowd and much noise.
    """
    return int(np.clip(round(np.sqrt(users) / 2), min(10, users - 1), 15))


def embed(matrix: Matrix, seed: int, *, dense: bool) -> Matrix:
    """(users, columns) → (users, dimensions), Euclidean; `dense` keeps density (densMAP).

    Needs more users than dimensions + 2 and at least two different rows.
    """
    around = neighbours_for(len(matrix))
    return reduce(matrix, seed, around=around, dimensions=DIMENSIONS[dense], dense=dense)


def reduce(
    matrix: Matrix,
    seed: int,
    *,
    around: int,
    dimensions: int,
    spacing: float = 0.0,
    dense: bool = False,
) -> Matrix:
    """UMAP of the rows with their exact `around` nearest; `spacing` is its min_dist.

    One thread, so that a seed fixes the result.
    """
    # Importing UMAP loads its compiler: several seconds that no other command should pay.
    from agent.segments.densmap import UMAP

    rows = matrix.astype(np.float32)
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")  # numba and UMAP announce single-threading and fallbacks
        # Exact neighbours: quicker than compiling the approximate search up to some 50,000 users.
        search = NearestNeighbors(n_neighbors=around, algorithm="brute").fit(rows)
        # Of many rows a thread takes whole stretches, so that their number changes nothing.
        with threadpool_limits(SEARCHERS if len(rows) >= MANY else 1, user_api="openmp"):
            distances, neighbours = search.kneighbors(rows)
        reducer = UMAP(
            n_neighbors=around,
            precomputed_knn=(neighbours.astype(np.int32), distances.astype(np.float32)),
            force_approximation_algorithm=True,  # below 4,096 rows UMAP would search once more
            n_components=dimensions,
            min_dist=spacing,
            n_epochs=EPOCHS,
            densmap=dense,
            dens_lambda=DENSITY,
            init="pca",
            random_state=seed,
            n_jobs=1,
        )
        placed = reducer.fit_transform(rows)
    return np.asarray(placed, dtype=np.float64)


def draw(user_id: str, seed: int, purpose: str) -> float:
    """A number in [0, 1) that depends on the user alone, not on who else is there."""
    digest = hashlib.sha256(f"{purpose}\x1f{seed}\x1f{user_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def choose_sample(users: list[str], matrix: Matrix, size: int, seed: int) -> np.ndarray:
    """Places of at most `size` users that represent all, rare tastes included, in order.

    Users are sorted into cells by the column in which they stand out most. A quarter of the sample
    is dealt evenly over the cells, so that a small cell comes whole; the rest is drawn from all.
    """
    if len(users) <= size:
        return np.arange(len(users))
    draws = np.array([draw(user, seed, "sample") for user in users])
    spread = matrix.std(axis=0)
    standing = np.divide(
        matrix - matrix.mean(axis=0), spread, out=np.zeros_like(matrix), where=spread > 0
    )
    cell = np.abs(standing).argmax(axis=1)
    order = np.lexsort((draws, cell))
    starts = np.r_[0, np.flatnonzero(np.diff(cell[order])) + 1]
    rank = np.empty(len(users), dtype=np.int64)
    rank[order] = np.arange(len(users)) - np.repeat(starts, np.diff(np.r_[starts, len(users)]))
    quota = size // (4 * len(starts))
    chosen = rank < quota
    others = np.flatnonzero(~chosen)
    extra = others[np.argsort(draws[others], kind="stable")[: size - int(chosen.sum())]]
    return np.sort(np.r_[np.flatnonzero(chosen), extra])
