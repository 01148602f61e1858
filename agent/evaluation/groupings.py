"""Other ways to group people, as people do it today: at the same number of groups as ours.

On our own vectors: K-means, agglomerative (Ward), DBSCAN, a Gaussian mixture. On features of their
own: recency, frequency and value; items as words (TF-IDF, word2vec); titles as sentences, with
K-means or with UMAP and HDBSCAN. Every function returns (users,) labels; -1 is a group of its own.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse
from scipy.special import softmax
from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler, normalize

from agent.evaluation.built import Built
from agent.evaluation.split import Split

Labels = npt.NDArray[np.int64]
Matrix = npt.NDArray[np.float64]
TOP = 3
"""Groups somebody has a weight in when membership is soft, as in ours."""


def k_means(matrix: Matrix | sparse.csr_matrix, k: int, seed: int) -> Labels:
    return np.asarray(KMeans(k, n_init=3, random_state=seed).fit_predict(matrix), dtype=np.int64)


def agglomerative(matrix: Matrix, k: int) -> Labels:
    return np.asarray(AgglomerativeClustering(k).fit_predict(matrix), dtype=np.int64)


def dbscan(matrix: Matrix, k: int) -> Labels:
    """With the radius that leaves a number of clusters nearest to `k`, of those the least noise."""
    near, _ = NearestNeighbors(n_neighbors=5).fit(matrix).kneighbors(matrix)
    radii = np.quantile(near[:, -1], np.linspace(0.05, 0.95, 19))
    tried = [DBSCAN(eps=float(radius), min_samples=5).fit_predict(matrix) for radius in radii]
    return _nearest_count(tried, k)


def mixture(matrix: Matrix, k: int, seed: int) -> Matrix:
    """(users, K) how much a user is of each of `k` Gaussians with a variance for each feature."""
    model = GaussianMixture(
        k, covariance_type="diag", reg_covar=1e-3 * float(matrix.var()), random_state=seed
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that EM stopped before it converged
        return np.asarray(model.fit(matrix).predict_proba(matrix), dtype=np.float64)


def soft_k_means(matrix: Matrix, k: int, seed: int, sharpness: float) -> Matrix:
    """(users, K) softmax of minus the squared distances to the means, the strongest three kept.

    `sharpness` is per mean squared distance to the nearest.
    """
    squared = KMeans(k, n_init=3, random_state=seed).fit(matrix).transform(matrix) ** 2
    return strongest(softmax(-sharpness * squared / max(1e-12, squared.min(axis=1).mean()), axis=1))


def strongest(alpha: Matrix) -> Matrix:
    """The strongest three of each row, summing to 1."""
    if alpha.shape[1] > TOP:
        least = np.partition(alpha, -TOP, axis=1)[:, [-TOP]]
        alpha = np.where(alpha >= least, alpha, 0.0)
    return np.asarray(alpha / alpha.sum(axis=1, keepdims=True))


# --- features of their own -----------------------------------------------------------------------


def recency_frequency_value(built: Built) -> Matrix:
    """(users, 3) days since the last event, visits, spend (where nothing is paid, mean rating)."""
    histories = built.histories
    paid = histories["amount"].null_count() < histories.height
    worth = pl.col("amount").sum() if paid else pl.col("value").mean().fill_null(0.0)
    last = histories["timestamp"].max()
    days = (pl.lit(last) - pl.col("timestamp").max()).dt.total_days().fill_null(0)
    table = (
        histories.group_by("user_id")
        .agg(
            (pl.lit(0) if last is None else days).alias("days"),
            pl.col("visit").n_unique().alias("visits"),
            worth.alias("worth"),
        )
        .sort("user_id")
    )
    values = table.select("days", "visits", "worth").to_numpy().astype(np.float64)
    values = np.log1p(np.maximum(values, 0.0))
    return np.asarray(StandardScaler().fit_transform(values))


def tf_idf(split: Split) -> sparse.csr_matrix:
    """(users, items) items as words of a user, unit rows."""
    return sparse.csr_matrix(TfidfTransformer(sublinear_tf=True).fit_transform(split.seen))


def word2vec(split: Split, seed: int) -> Matrix:
    """(users, 64) mean vector of a user's items, learnt from histories as sentences."""
    from gensim.models import Word2Vec

    train = split.interactions.filter(~pl.col("test"))
    sentences = train.group_by("user_id", maintain_order=True).agg("item_id")["item_id"].to_list()
    model = Word2Vec(
        sentences, vector_size=64, window=10, min_count=1, sg=1, negative=10, epochs=20,
        workers=1, seed=seed + 1,
    )  # fmt: skip
    items = np.array([model.wv[item] if item in model.wv else np.zeros(64) for item in split.items])
    return np.asarray(normalize(split.seen @ normalize(items)))


def sentences(split: Split, titles: Matrix) -> Matrix:
    """(users, 384) mean embedding of the titles in a user's history."""
    return np.asarray(normalize(split.seen @ titles))


def umap_hdbscan(matrix: Matrix, k: int, seed: int) -> Labels:
    """UMAP to five dimensions and HDBSCAN, the size of its clusters chosen to leave about `k`."""
    import hdbscan
    import umap

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a seed makes UMAP use one thread
        space = umap.UMAP(
            n_components=5, n_neighbors=15, min_dist=0.0, metric="cosine", random_state=seed
        ).fit_transform(matrix)
    sizes = [s for s in (5, 8, 12, 16, 24, 32, 48, 64) if s < len(matrix) / 2]
    tried = [hdbscan.HDBSCAN(min_cluster_size=s).fit_predict(space.astype(float)) for s in sizes]
    return _nearest_count(tried, k)


def _nearest_count(tried: Iterable[npt.NDArray[np.integer]], k: int) -> Labels:
    def away(labels: npt.NDArray[np.integer]) -> tuple[int, float]:
        return abs(int(labels.max()) + 1 - k), float((labels < 0).mean())

    return np.asarray(min(tried, key=away), dtype=np.int64)
