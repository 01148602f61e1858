"""Whether segments hold together, come back, and help to know what people do next.

Hard is α's first choice, so that everybody has a segment, those whom HDBSCAN calls noise too; soft
is α itself, the three strongest. What they are compared with is in `agent.evaluation.groupings`,
always at the same number of groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import polars as pl
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score, silhouette_samples

from agent.evaluation import groupings
from agent.evaluation.bench import Bench
from agent.evaluation.built import Built
from agent.evaluation.groupings import Labels, Matrix
from agent.evaluation.measure import Drawn
from agent.evaluation.ranking import group_popularity, one_hot, rank_quality
from agent.evaluation.split import Split
from agent.evaluation.task import NotMeasurableError, Scores, Task

DBCV_DIMENSIONS = 10
"""Principal components DBCV is taken in: it raises distances to the power of the dimensions."""
DRAWS = 200
SHARPNESS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Sharpnesses of soft K-means tried on the validation split."""


def _seeds(bench: Bench) -> list[int]:
    return [bench.settings.seed + n for n in range(bench.scale.seeds)]


def _segmented(bench: Bench) -> Built:
    """The rebuild; raises NotMeasurableError where everybody is in one segment."""
    built = bench.build()
    if built.alpha.shape[1] < 2:
        raise NotMeasurableError("the training part has one segment only")
    return built


# --- do they hold together? ----------------------------------------------------------------------


def _shape(built: Built, labels: Labels) -> Mapping[str, Scores]:
    """Per user how well a grouping fits the vectors; `labels` may hold -1, which is unscored."""
    matrix, inside = built.vectors.matrix(), labels >= 0
    silhouette = np.full(len(labels), np.nan)
    spread = np.full(len(labels), np.nan)
    if len(np.unique(labels[inside])) > 1:
        silhouette[inside] = silhouette_samples(matrix[inside], labels[inside])
    for label in np.unique(labels[inside]):
        own = matrix[labels == label]
        spread[labels == label] = ((own - own.mean(axis=0)) ** 2).sum(axis=1)
    total = ((matrix - matrix.mean(axis=0)) ** 2).sum(axis=1).mean()
    sizes = np.bincount(labels[inside])
    return {
        "silhouette": silhouette,
        "within-cluster sum of squares": spread / total,
        "dbcv": np.array([_dbcv(matrix, labels)]),
        "coverage": inside.astype(np.float64),
        "segments": np.array([float((sizes > 0).sum())]),
        "largest segment": np.array([sizes.max() / len(labels)]),
        "smallest segment": np.array([sizes[sizes > 0].min() / len(labels)]),
    }


def _dbcv(matrix: Matrix, labels: Labels) -> float:
    from hdbscan.validity import validity_index

    kept = min(DBCV_DIMENSIONS, *matrix.shape)
    space = PCA(kept, random_state=0).fit_transform(matrix).astype(np.float64)
    with np.errstate(all="ignore"):
        return float(validity_index(space, labels))


def _shapes(bench: Bench, built: Built) -> Mapping[str, Callable[[], Labels]]:
    k = built.alpha.shape[1]
    return {
        "segments": lambda: built.argmax,
        "k-means": lambda: groupings.k_means(built.vectors.matrix(), k, bench.settings.seed),
    }


# --- do they come back? --------------------------------------------------------------------------

Pairs = dict[str, list[tuple[Built, Built]]]
Namer = Callable[[Built], Labels]


def _pairs(bench: Bench) -> Pairs:
    first = _segmented(bench)
    seeds = [bench.build(seed=seed) for seed in _seeds(bench)]
    samples = [bench.subsample(n) for n in range(bench.scale.samples)]
    pairs = {
        "seeds": list(combinations(seeds, 2)),
        "80 % subsamples": list(combinations(samples, 2)),
        "5 % new events": [(bench.earlier(), bench.grown())],
        "5 % new events, found anew": [(bench.earlier(), first)],
    }
    if bench.events["timestamp"].null_count() == 0:  # else the order of rows is the order of time
        pairs["row order"] = [bench.in_another_order()]
    return pairs


def _agreements(pairs: Pairs, name: Namer) -> Mapping[str, Scores]:
    """Adjusted Rand index of each pair over the users that both have."""
    named: dict[int, Labels] = {}

    def labels(built: Built) -> dict[str, int]:
        found = named.setdefault(id(built), name(built))
        return dict(zip(built.users, found.tolist(), strict=True))

    found: dict[str, Scores] = {}
    for change, several in pairs.items():
        matched = []
        for one, other in several:
            a, b = labels(one), labels(other)
            both = sorted(a.keys() & b.keys())
            matched.append(np.array([[a[u] for u in both], [b[u] for u in both]]))
        if len(matched) > 1:
            found[change] = np.array([adjusted_rand_score(*both) for both in matched])
        elif matched:
            found[change] = _over_users(matched[0])
    return found


def _over_users(both: npt.NDArray[np.int64]) -> Drawn:
    """The agreement of one pair, with its interval over draws of users."""
    generator, n = np.random.default_rng(0), both.shape[1]
    draws = [adjusted_rand_score(*both[:, generator.choice(n, n)]) for _ in range(DRAWS)]
    return Drawn(float(adjusted_rand_score(*both)), np.array(draws), n)


def _namers(bench: Bench, _: Pairs) -> Mapping[str, Callable[[], Namer]]:
    def means(built: Built) -> Labels:
        k = built.alpha.shape[1]
        return groupings.k_means(built.vectors.matrix(), k, built.settings.seed)

    return {
        "segments": lambda: lambda built: built.argmax,
        "hdbscan, noise a group": lambda: lambda built: built.hdbscan,
        "k-means": lambda: means,
    }


# --- do they help to know what people do next? ---------------------------------------------------


@dataclass(frozen=True)
class Next:
    """What people went on to like, and a rebuild of the training part for each seed."""

    split: Split
    builds: list[Built]
    titles: Matrix
    """(items, 384)"""


def _next(bench: Bench) -> Next:
    _segmented(bench)
    split = bench.split
    if len(split.judged) < 20:
        raise NotMeasurableError(f"only {len(split.judged)} users can be judged")
    catalogue = pl.read_parquet(bench.run.folder("events") / "items.parquet")
    titles = dict(catalogue.select("item_id", "title").iter_rows())
    texts = [titles.get(item) or item for item in split.items]
    vectors = bench.encoder.encode(split.items, texts).astype(np.float64)
    return Next(split, [bench.build(seed=seed) for seed in _seeds(bench)], vectors)


Alphas = Iterator[npt.NDArray[np.float64]]
"""(users, K) for each seed, in the order of the split's users."""


def _ranked(data: Next, alphas: Alphas) -> Mapping[str, Scores]:
    """NDCG@10 and Recall@10 of "popular where you are", (users, seeds)."""
    found = [rank_quality(group_popularity(data.split.likes, a), data.split) for a in alphas]
    return {name: np.column_stack([one[name] for one in found]) for name in found[0]}


def _hard(bench: Bench, data: Next) -> Mapping[str, Callable[[], Alphas]]:
    first, split = data.builds[0], data.split

    def ours() -> Alphas:
        return (one_hot(_place(bench, b, b.argmax)) for b in data.builds)

    def each(group: Callable[[Built, int, int], Labels]) -> Alphas:
        for built in data.builds:
            labels = group(built, built.alpha.shape[1], built.settings.seed)
            yield one_hot(
                labels if len(labels) == len(split.users) else _place(bench, built, labels)
            )

    def once(group: Callable[[Matrix, int], Labels]) -> Alphas:
        """No seed plays a part; a table as wide as the others' all the same."""
        labels = group(first.vectors.matrix(), first.alpha.shape[1])
        return (one_hot(_place(bench, first, labels)) for _ in data.builds)

    sentences = groupings.sentences(split, data.titles)
    words = groupings.tf_idf(split)
    return {
        "segments": ours,
        "everybody": lambda: (np.zeros((len(split.users), 1)) for _ in data.builds),
        "k-means": lambda: each(lambda b, k, s: groupings.k_means(b.vectors.matrix(), k, s)),
        "agglomerative": lambda: once(groupings.agglomerative),
        "dbscan": lambda: once(groupings.dbscan),
        "gaussian mixture": lambda: each(
            lambda b, k, s: _first(groupings.mixture(b.vectors.matrix(), k, s))
        ),
        "k-means on recency, frequency, value": lambda: each(
            lambda b, k, s: groupings.k_means(groupings.recency_frequency_value(b), k, s)
        ),
        "k-means on tf-idf": lambda: each(lambda b, k, s: groupings.k_means(words, k, s)),
        "k-means on word2vec": lambda: each(
            lambda b, k, s: groupings.k_means(groupings.word2vec(split, s), k, s)
        ),
        "k-means on sentence embeddings": lambda: each(
            lambda b, k, s: groupings.k_means(sentences, k, s)
        ),
        "umap, hdbscan on sentence embeddings": lambda: each(
            lambda b, k, s: groupings.umap_hdbscan(sentences, k, s)
        ),
    }


def _soft(bench: Bench, data: Next) -> Mapping[str, Callable[[], Alphas]]:
    def means() -> Alphas:
        first = data.builds[0]
        sharpness = _sharpness(bench, data.split.validation(), first)
        for b in data.builds:
            k, matrix = b.alpha.shape[1], b.vectors.matrix()
            alpha = groupings.soft_k_means(matrix, k, b.settings.seed, sharpness)
            yield bench.aligned(b, alpha, 0.0)

    def mixture() -> Alphas:
        for b in data.builds:
            k, matrix = b.alpha.shape[1], b.vectors.matrix()
            alpha = groupings.strongest(groupings.mixture(matrix, k, b.settings.seed))
            yield bench.aligned(b, alpha, 0.0)

    return {
        "segments": lambda: (bench.aligned(b, b.alpha, 0.0) for b in data.builds),
        "k-means": means,
        "gaussian mixture": mixture,
        "segments, hard": lambda: (one_hot(_place(bench, b, b.argmax)) for b in data.builds),
    }


def _sharpness(bench: Bench, validation: Split, built: Built) -> float:
    """The sharpness of soft K-means that ranks the validation part best."""
    k, matrix = built.alpha.shape[1], built.vectors.matrix()

    def quality(sharpness: float) -> float:
        alpha = groupings.soft_k_means(matrix, k, built.settings.seed, sharpness)
        score = group_popularity(validation.likes, bench.aligned(built, alpha, 0.0))
        return float(rank_quality(score, validation)["ndcg@10"].mean())

    return max(SHARPNESS, key=quality)


def _place(bench: Bench, built: Built, labels: Labels) -> Labels:
    return np.asarray(bench.aligned(built, labels, -1), dtype=np.int64)


def _first(alpha: Matrix) -> Labels:
    return np.asarray(alpha.argmax(axis=1), dtype=np.int64)


NEXT = "NDCG@10 of what is popular in a user's segment, on the last fifth of each history"

TASKS: tuple[Task[Built, Labels] | Task[Pairs, Namer] | Task[Next, Alphas], ...] = (
    Task(
        name="segments",
        question="Do segments hold together in the vectors they were found in?",
        data=_segmented,
        solvers=_shapes,
        scorer=_shape,
        about={
            "silhouette": "mean silhouette, everybody in α's first choice",
            "within-cluster sum of squares": "as a share of the sum of squares around one mean",
            "dbcv": f"density-based validity (Moulavi 2014) in {DBCV_DIMENSIONS} components",
            "coverage": "share of users with a segment",
            "segments": "how many",
            "largest segment": "its share of users",
            "smallest segment": "its share of users",
        },
        lower=frozenset({"within-cluster sum of squares"}),
        neither=frozenset({"segments", "largest segment", "smallest segment"}),
    ),
    Task(
        name="noise",
        question="And HDBSCAN's own segments, without the users it calls noise?",
        data=_segmented,
        solvers=lambda _, built: {"hdbscan": lambda: built.hdbscan},
        scorer=_shape,
        about={"coverage": "share of users that HDBSCAN puts in a segment"},
        lower=frozenset({"within-cluster sum of squares"}),
        neither=frozenset({"segments", "largest segment", "smallest segment"}),
    ),
    Task(
        name="stability",
        question="Do the same segments come back? Adjusted Rand index of rebuilds, 1 the same.",
        data=_pairs,
        solvers=_namers,
        scorer=_agreements,
        about={
            "seeds": "whole rebuilds with different seeds",
            "80 % subsamples": "rebuilds from 80 % of the users each, over those both have",
            "row order": "rebuilds from the same rows shuffled",
            "5 % new events": "a rebuild after the newest events of the training part, which goes "
            "on with the segments of before as a run does",
            "5 % new events, found anew": "the same, all learnt anew",
        },
        unit="pairs of rebuilds",
    ),
    Task(
        name="what segments predict",
        question="Does knowing the segment help to know what somebody does next?",
        data=_next,
        solvers=_hard,
        scorer=_ranked,
        about={"ndcg@10": NEXT, "recall@10": "share of it found among ten"},
    ),
    Task(
        name="what soft segments predict",
        question="And weighing segments by how much somebody is of each?",
        data=_next,
        solvers=_soft,
        scorer=_ranked,
        about={"ndcg@10": NEXT, "recall@10": "share of it found among ten"},
    ),
)
