"""The clusterers people use instead of HDBSCAN, as `--clusterer` of a build.

All work on the weighted vectors, most of them on their main axes (PCA), and give each user a
cluster as HDBSCAN does: what stands on it (memberships, labels, answers) is the same.

    kmeans         Lloyd's, best of 10 starts                   on the vectors
    agglomerative  Ward's (1963)                                on the vectors, ≤ 10,000 users
    gmm            Gaussian mixture, a variance for each axis   on up to 20 main axes
    dbscan         Ester et al. (1996)                          on up to 10 main axes

How many clusters, where nobody says:

    kmeans, agglomerative   largest mean silhouette (Rousseeuw 1987) of 4 to 30, on ≤ 2,000 users
    gmm                     smallest BIC (Schwarz 1978) of 4 to 30
    dbscan                  its radius, among quantiles of the distance to the 5th neighbour, by the
                            largest √coverage · silhouette; it has noise, the others have none

Clusters of fewer than `min_group` people are dissolved: their members go to the nearest centre
left, or in DBSCAN's case to the noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans
from sklearn.metrics import silhouette_score
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # has none

from agent.segments.blocks import Matrix
from agent.segments.levels import Labels
from agent.settings import Clusterer

COUNTS = (4, 5, 6, 7, 8, 10, 12, 15, 18, 22, 26, 30)
"""Numbers of clusters tried."""
JUDGED = 2_000
"""Users a silhouette is taken over, at most; evenly spaced, in the order of their ids."""
LINKED = 10_000
"""Users Ward's tree is built of, at most: it needs every distance between two."""
GMM_AXES, DBSCAN_AXES = 20, 10
AROUND = 5
"""DBSCAN's min_samples: users within the radius that make a place dense, oneself included."""
RADII = np.arange(0.05, 1.0, 0.05)


@dataclass(frozen=True)
class Rival:
    """What one of them found: as `Clustering` has it, over the users given."""

    labels: Labels
    probabilities: Matrix
    outliers: Matrix
    """Rank of the distance to the own cluster's centre (for noise: to the nearest), 0..1."""
    report: dict[str, Any]


def most_users(clusterer: Clusterer) -> int | None:
    """Users it can take at once; None where it minds no number the sample allows."""
    return LINKED if clusterer == "agglomerative" else None


def cluster_by(
    clusterer: Clusterer, matrix: Matrix, segments: int | None, seed: int, min_group: int
) -> Rival:
    """Cluster rows of `matrix` (users, columns); `segments` None: chosen as said above."""
    with threadpool_limits(1):  # the order of sums, and with it the last bits, stays the same
        if clusterer == "dbscan":
            labels, tried = _dbscan(_axes(matrix, DBSCAN_AXES), min_group)
            firm = (labels >= 0).astype(np.float64)
        elif clusterer == "gmm":
            labels, firm, tried = _mixture(_axes(matrix, GMM_AXES), segments, seed)
        else:
            labels, tried = _partition(clusterer, matrix, segments, seed)
            firm = np.ones(len(matrix))
    small = [c for c in np.unique(labels[labels >= 0]) if (labels == c).sum() < min_group]
    kept = [c for c in np.unique(labels[labels >= 0]) if c not in small]
    outliers = np.ones(len(matrix))
    if kept:
        centres = np.array([matrix[labels == c].mean(axis=0) for c in kept])
        far = _distances(matrix, centres)
        lost = np.isin(labels, small)
        nowhere = -1 if clusterer == "dbscan" else np.array(kept)[far.argmin(axis=1)]
        labels = np.where(lost, nowhere, labels)
        own = np.searchsorted(kept, np.maximum(labels, kept[0]))
        away = np.where(labels >= 0, far[np.arange(len(far)), own], far.min(axis=1))
        outliers = (np.argsort(np.argsort(away, kind="stable")) + 1) / len(away)
    report = {"clusterer": clusterer, "asked": segments, "tried": tried, "dissolved": len(small)}
    return Rival(labels.astype(np.int64), np.round(firm, 6), np.round(outliers, 6), report)


def _partition(
    clusterer: Clusterer, matrix: Matrix, segments: int | None, seed: int
) -> tuple[np.ndarray, list[dict[str, Any]]]:
    counts = [segments] if segments else list(COUNTS)
    judged = np.arange(len(matrix))[:: -(-len(matrix) // JUDGED)]
    best, most, tried = np.zeros(len(matrix), dtype=np.int64), -np.inf, []
    for count in [c for c in counts if c < len(matrix)]:
        if clusterer == "kmeans":
            labels = KMeans(count, n_init=10, random_state=seed).fit_predict(matrix)
        else:
            labels = AgglomerativeClustering(count).fit_predict(matrix)
        if len(np.unique(labels[judged])) < 2:
            continue
        score = round(float(silhouette_score(matrix[judged], labels[judged])), 4)
        tried.append({"clusters": count, "silhouette": score})
        if score > most:
            best, most = labels, score
    return best, tried


def _mixture(
    axes: Matrix, segments: int | None, seed: int
) -> tuple[np.ndarray, Matrix, list[dict[str, Any]]]:
    counts = [segments] if segments else list(COUNTS)
    best, least, tried = None, np.inf, []
    for count in [c for c in counts if c < len(axes)]:
        model = GaussianMixture(
            count, covariance_type="diag", reg_covar=1e-4, n_init=2, random_state=seed
        ).fit(axes)
        bic = round(float(model.bic(axes)), 1)
        tried.append({"clusters": count, "bic": bic})
        if bic < least:
            best, least = model, bic
    if best is None:
        return np.zeros(len(axes), dtype=np.int64), np.ones(len(axes)), tried
    chance = best.predict_proba(axes)
    return chance.argmax(axis=1), chance.max(axis=1), tried


def _dbscan(axes: Matrix, min_group: int) -> tuple[np.ndarray, list[dict[str, Any]]]:
    search = NearestNeighbors(n_neighbors=min(AROUND, len(axes))).fit(axes)
    near = np.sort(search.kneighbors(axes)[0][:, -1])
    best, most, tried = np.full(len(axes), -1, dtype=np.int64), -np.inf, []
    for radius in np.unique(np.round(np.quantile(near, RADII), 6)):
        if radius <= 0:
            continue
        labels = DBSCAN(eps=float(radius), min_samples=AROUND).fit_predict(axes)
        sizes = np.bincount(labels[labels >= 0], minlength=1)
        labels = np.where(np.isin(labels, np.flatnonzero(sizes >= min_group)), labels, -1)
        inside = np.flatnonzero(labels >= 0)
        clusters = len(np.unique(labels[inside]))
        coverage = len(inside) / len(axes)
        score = 0.0
        if clusters >= 2:
            some = inside[:: -(-len(inside) // JUDGED)]
            if len(np.unique(labels[some])) >= 2:
                score = float(np.sqrt(coverage) * silhouette_score(axes[some], labels[some]))
        told = {"radius": float(radius), "clusters": clusters, "noise": round(1 - coverage, 4)}
        tried.append({**told, "score": round(score, 4)})
        if clusters >= 2 and score > most:
            best, most = labels, score
    return best, tried


def _axes(matrix: Matrix, most: int) -> Matrix:
    """Rows on their main axes; signs fixed by the largest loading."""
    centred = matrix - matrix.mean(axis=0)
    values, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, np.argsort(-values, kind="stable")[:most]]
    strongest = np.abs(axes).argmax(axis=0)
    placed: Matrix = centred @ (axes * np.sign(axes[strongest, np.arange(axes.shape[1])]))
    return np.round(placed, 6)


def _distances(matrix: Matrix, centres: Matrix) -> Matrix:
    squared = (matrix**2).sum(axis=1)[:, None] - 2 * matrix @ centres.T + (centres**2).sum(axis=1)
    return np.asarray(np.sqrt(np.maximum(squared, 0.0)))
