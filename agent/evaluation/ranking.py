"""How good a ranking is: NDCG@10 and Recall@10 over all items, what was seen left out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import sparse

from agent.evaluation.split import Split
from agent.recommend.affinity import fit_affinity
from agent.recommend.judging import TOP, ndcg, recall

AT_ONCE = 512
"""Users whose scores over all items are held at a time."""

Matrix = npt.NDArray[np.floating]
Score = Callable[[np.ndarray], Matrix]
"""Rows of users → (users, items) scores, higher first."""


def rank_quality(
    score: Score, split: Split, only: npt.NDArray[np.bool_] | None = None
) -> dict[str, npt.NDArray[np.float64]]:
    """NDCG@10 and Recall@10 of every judged user of a split, in the order of `split.judged`.

    With `only` (items,) nothing but these items counts as found, for the users who have any.
    """
    targets, rows = split.targets, np.array(split.judged, dtype=np.int64)
    if only is not None:
        targets = sparse.csr_matrix(targets.multiply(only.astype(np.float64)))
        targets.eliminate_zeros()
        rows = rows[targets.getnnz(axis=1)[rows] > 0]
    found: dict[str, list[npt.NDArray[np.float64]]] = {"ndcg@10": [], "recall@10": []}
    for start in range(0, len(rows), AT_ONCE):
        batch = rows[start : start + AT_ONCE]
        scores, seen, wanted = score(batch), split.seen[batch], targets[batch]
        found["ndcg@10"].append(ndcg(scores, seen, wanted))
        found["recall@10"].append(recall(scores, seen, wanted))
    return {name: np.concatenate(parts or [np.zeros(0)]) for name, parts in found.items()}


def top_items(score: Score, split: Split, k: int = TOP) -> npt.NDArray[np.int64]:
    """(judged users, k) items recommended, best first; equal scores in the order of items."""
    rows = np.array(split.judged, dtype=np.int64)
    lists = [np.zeros((0, k), dtype=np.int64)]
    for start in range(0, len(rows), AT_ONCE):
        batch = rows[start : start + AT_ONCE]
        scores = np.array(score(batch), dtype=np.float64)
        scores[split.seen[batch].nonzero()] = -np.inf
        lists.append(np.argsort(-scores, axis=1, kind="stable")[:, :k])
    return np.concatenate(lists)


def group_popularity(likes: sparse.csr_matrix, alpha: npt.NDArray[np.floating]) -> Score:
    """Score of "popular where you are": Σ_k α_uk r_kj, r as `agent.recommend.affinity` has it.

    `alpha` is (users, K): one 1 in a row for hard segments, weights for soft ones; an empty row
    falls back on what everybody likes.
    """
    fitted = fit_affinity(likes, np.asarray(alpha, dtype=np.float64))
    popularity = fitted.popularity.astype(np.float64)

    def score(rows: np.ndarray) -> Matrix:
        weights = np.asarray(alpha[rows], dtype=np.float64)
        return weights @ fitted.beta.astype(np.float64) + popularity

    return score


def one_hot(labels: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    """(users, K) of labels 0 … K-1; a group of its own for those labelled -1."""
    names, places = np.unique(labels, return_inverse=True)
    return np.eye(len(names))[places]
