"""How good a ranking is: NDCG and recall of what people went on to like, full ranking."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

TOP = 10

Matrix = npt.NDArray[np.floating]


def ndcg(
    scores: Matrix, seen: sparse.csr_matrix, targets: sparse.csr_matrix, k: int = TOP
) -> npt.NDArray[np.float64]:
    """(users,) NDCG@k with binary gains over all items not seen; users have a target each."""
    hits = _hits(scores, seen, targets, k)
    discount = 1 / np.log2(np.arange(2, hits.shape[1] + 2))
    ideal = np.append(0.0, np.cumsum(discount))
    wanted = np.minimum(targets.getnnz(axis=1), hits.shape[1])
    return np.asarray(hits @ discount / np.maximum(ideal[wanted], 1e-12))


def recall(
    scores: Matrix, seen: sparse.csr_matrix, targets: sparse.csr_matrix, k: int = TOP
) -> npt.NDArray[np.float64]:
    """(users,) share of the targets among the first k, of as many as k places can hold."""
    hits = _hits(scores, seen, targets, k)
    wanted = np.clip(targets.getnnz(axis=1), 1, k)
    return np.asarray(hits.sum(axis=1) / wanted)


def _hits(
    scores: Matrix, seen: sparse.csr_matrix, targets: sparse.csr_matrix, k: int
) -> npt.NDArray[np.bool_]:
    """(users, k) whether the item at each rank is a target; equal scores in the items' order."""
    masked = np.array(scores, dtype=np.float64)
    masked[seen.nonzero()] = -np.inf
    k = min(k, masked.shape[1])
    best = np.argpartition(-masked, k - 1, axis=1)[:, :k]
    best.sort(axis=1)
    rows = np.arange(len(masked))[:, None]
    best = best[rows, np.argsort(-masked[rows, best], axis=1, kind="stable")]
    wanted = np.zeros(masked.shape, dtype=bool)
    wanted[targets.nonzero()] = True
    found: npt.NDArray[np.bool_] = wanted[rows, best]
    return found
