"""Recommenders that people use instead of ours, each with parameters chosen on a validation split.

Every one learns from the likes that train and scores all items; see `chosen` for the choice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # has none

from agent.evaluation.ranking import Score, rank_quality
from agent.evaluation.split import Split
from agent.recommend.ease import gram, solve_ease

Fit = Callable[..., Score]
"""Likes that train (users, items) and parameters → scores of the same users."""


def popularity(likes: sparse.csr_matrix) -> Score:
    """What everybody likes."""
    counts = np.asarray(likes.sum(axis=0), dtype=np.float64).ravel()
    return lambda rows: np.broadcast_to(counts, (len(rows), len(counts)))


def item_knn(likes: sparse.csr_matrix, *, neighbours: int, shrink: float) -> Score:
    """Cosine of items over users, shrunk, the strongest neighbours of each kept."""
    counts = gram(likes).astype(np.float64)
    length = np.sqrt(np.diag(counts))
    alike = counts / (np.outer(length, length) + shrink + 1e-9)
    np.fill_diagonal(alike, 0.0)
    if neighbours < len(alike):
        least = np.partition(alike, -neighbours, axis=0)[-neighbours]
        alike[alike < least] = 0.0
    kept = sparse.csr_matrix(alike)
    return lambda rows: (likes[rows] @ kept).toarray()


def ease(likes: sparse.csr_matrix, *, ridge: float) -> Score:
    """EASE (Steck 2019)."""
    weights = solve_ease(gram(likes), ridge)
    binary = likes.astype(np.float32)
    return lambda rows: np.asarray(binary[rows] @ weights)


def als(likes: sparse.csr_matrix, *, factors: int, alpha: float) -> Score:
    """Alternating least squares for implicit feedback (Hu et al. 2008), of `implicit`."""
    from implicit.cpu.als import AlternatingLeastSquares

    # It looks at BLAS when it is made, and warns where more than one thread is allowed.
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(
            factors=factors, regularization=0.1, alpha=alpha, iterations=15, num_threads=1,
            random_state=0,
        )  # fmt: skip
    return _implicit(model, likes)


def bpr(likes: sparse.csr_matrix, *, factors: int, learning_rate: float) -> Score:
    """Bayesian personalised ranking (Rendle et al. 2009), of `implicit`."""
    from implicit.cpu.bpr import BayesianPersonalizedRanking

    return _implicit(
        BayesianPersonalizedRanking(
            factors=factors, learning_rate=learning_rate, regularization=0.02, iterations=100,
            num_threads=1, random_state=0,
        ),
        likes,
    )  # fmt: skip


def _implicit(model: Any, likes: sparse.csr_matrix) -> Score:
    with threadpool_limits(1, "blas"):
        model.fit(likes.astype(np.float32).tocsr(), show_progress=False)
    users = np.asarray(model.user_factors, dtype=np.float64)
    items = np.asarray(model.item_factors, dtype=np.float64)
    return lambda rows: np.asarray(users[rows] @ items.T)


GRIDS: Mapping[str, tuple[Fit, Mapping[str, tuple[float, ...]]]] = {
    "popularity": (popularity, {}),
    "item-knn": (item_knn, {"neighbours": (20, 50, 100, 200), "shrink": (0.0, 10.0, 50.0)}),
    "ease": (ease, {"ridge": (50.0, 100.0, 200.0, 400.0, 800.0)}),
    "als": (als, {"factors": (32, 64, 128), "alpha": (1.0, 5.0, 20.0)}),
    "bpr": (bpr, {"factors": (32, 64), "learning_rate": (0.02, 0.05)}),
}


def chosen(name: str, split: Split) -> dict[str, float]:
    """The parameters of a baseline that rank best on the validation part of a split's training."""
    fit, grid = GRIDS[name]
    tried = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    if len(tried) < 2:
        return tried[0]
    validation = split.validation()
    values = [_quality(fit(validation.likes, **one), validation) for one in tried]
    return tried[int(np.argmax(values))]


def fitted(name: str, split: Split) -> Score:
    """A baseline with its chosen parameters, fitted on all that trains."""
    return GRIDS[name][0](split.likes, **chosen(name, split))


def _quality(score: Score, split: Split) -> float:
    found: npt.NDArray[np.float64] = rank_quality(score, split)["ndcg@10"]
    return float(found.mean()) if len(found) else 0.0
