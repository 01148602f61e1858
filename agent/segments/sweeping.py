"""HDBSCAN's settings: candidates tried on several embeddings, scored by a stated criterion.

An embedding is a matter of chance: a changed phrase or another seed moves people, and with them
which of two nearly equal candidates looks better. So every candidate is tried on `REPLICATES`
embeddings, each of its own four fifths of at most `PILOT_USERS` users and with its own seed, and
judged by the means over them:

    coverage   share of users in a cluster
    stability  adjusted Rand index between two replicates, over the users they share and averaged
               over the pairs; noise counts as a class
    dbcv       HDBSCAN's relative density-based validity, -1 to 1 (Moulavi et al. 2014)
    fit        1 for 4 to 30 clusters, and between √users / 8 and √users; outside, how far off:
               effective number / fewest (inverse Simpson index, so that one giant with crumbs
               counts as little more than 1), or most / number

    score = stability · √coverage · (1 + dbcv) / 2 · fit

Eligible are those with a stability of at least `FLOOR`, noise at most `max_noise` and a fit of at
least 1/2 (else those with such a fit, else all): low noise is no merit where one segment swallows
everybody.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sklearn.metrics import adjusted_rand_score

from agent.segments.blocks import Matrix
from agent.segments.embedding import draw, embed

Places = tuple[np.ndarray, np.ndarray]

FLOOR = 0.3
"""Stability under which clusters are an accident of the embedding."""
FEWEST, MOST = 4, 30
"""Numbers of segments that an analyst can take in and act on."""
SIZES = (0.008, 0.012, 0.018, 0.027, 0.04)
"""Candidates for min_cluster_size, as shares of the users fitted."""
SAMPLES = (2, 3, 5, 10, 20)
"""Candidates for min_samples."""
METHODS = ("eom", "leaf")
REPLICATES = 4
PART = 0.8
"""Share of the pilot's users in each replicate."""
PILOT_USERS = 2_500
"""Users whom candidates are tried on, at most."""


@dataclass(frozen=True)
class Candidate:
    size: int
    """min_cluster_size among all the users that will be fitted."""
    samples: int
    method: str


@dataclass(frozen=True)
class Scored:
    """A candidate and its figures; `clusters` is a mean over replicates where there are several."""

    candidate: Candidate
    clusters: float
    noise: float
    stability: float
    dbcv: float
    fit: float

    @property
    def score(self) -> float:
        validity = (1 + self.dbcv) / 2
        return float(self.stability * np.sqrt(1 - self.noise) * validity * self.fit)

    def report(self, **more: Any) -> dict[str, Any]:
        """Everything about it as JSON, rounded."""
        figures = {
            name: round(float(getattr(self, name)), 4)
            for name in ("clusters", "noise", "stability", "dbcv", "fit", "score")
        }
        return {**more, **vars(self.candidate), **figures}


@dataclass(frozen=True)
class Sweep:
    """What came of every candidate."""

    found: list[Scored]
    parts: list[np.ndarray]
    """Places of the users of each replicate."""
    labels: list[list[np.ndarray]]
    """Candidate → replicate → (users of the replicate,) HDBSCAN's label, -1 for noise."""

    def crowds(self, chosen: Sequence[Scored]) -> Iterator[np.ndarray]:
        """Places of the users of every cluster that these candidates found in any replicate."""
        for one in chosen:
            several = self.labels[self.found.index(one)]
            for part, labels in zip(self.parts, several, strict=True):
                yield from (part[labels == label] for label in range(labels.max() + 1))


def sweep(
    matrix: Matrix, users: Sequence[str], fitted: int, seed: int, *, min_group: int, dense: bool
) -> Sweep:
    """Every candidate's mean figures on the replicates; `fitted` users will be clustered later."""
    pilot = drawn(users, min(PILOT_USERS, len(users)), seed, "pilot")
    parts = []
    for replicate in range(REPLICATES):
        names = [users[i] for i in pilot]
        parts.append(pilot[drawn(names, round(PART * len(pilot)), seed, f"{replicate}")])
    spaces = [embed(matrix[part], seed + r, dense=dense) for r, part in enumerate(parts)]
    shared = shared_places(parts)
    candidates = _candidates(fitted, len(parts[0]), min_group)
    fitted_to = [fit_all(candidates, space, fitted) for space in spaces]
    found, labelled = [], []
    for candidate, *models in zip(candidates, *fitted_to, strict=True):
        labels = [model.labels_ for model in models]
        labelled.append(labels)
        agreed = [
            _agreement(labels[a][here], labels[b][there])
            for (a, b), (here, there) in shared.items()
        ]
        each = [judge(candidate, model, 0.0) for model in models]
        found.append(
            Scored(
                candidate,
                clusters=_mean(one.clusters for one in each),
                noise=_mean(one.noise for one in each),
                stability=_mean(agreed),
                dbcv=_mean(one.dbcv for one in each),
                fit=_mean(one.fit for one in each),
            )
        )
    return Sweep(found, parts, labelled)


def rank(found: Sequence[Scored], max_noise: float) -> list[Scored]:
    """The eligible candidates with two clusters at least, best first."""
    left = [one for one in found if one.clusters >= 2]
    left = [one for one in left if one.stability >= FLOOR] or left
    sound = [one for one in left if one.fit >= 0.5]
    quiet = [one for one in sound if one.noise <= max_noise]
    return sorted(quiet or sound or left, key=lambda one: -one.score)


def fit_all(candidates: Sequence[Candidate], space: Matrix, fitted: int) -> list[Any]:
    """HDBSCAN on one embedding with each candidate in turn.

    The smallest cluster is scaled to the part of `fitted` that the embedding holds. Candidates of
    the same `samples` share a spanning tree, which takes most of the time.
    """
    with TemporaryDirectory(prefix="folkmap-") as trees, warnings.catch_warnings():
        # A disk that is slow for a moment is nothing to warn anybody of.
        warnings.filterwarnings("ignore", message="Persisting input arguments took")
        return [_fit(candidate, space, fitted, trees) for candidate in candidates]


def _fit(candidate: Candidate, space: Matrix, fitted: int, trees: str) -> Any:
    import hdbscan  # takes seconds to import; only a build pays for it

    return hdbscan.HDBSCAN(
        min_cluster_size=max(2, round(candidate.size * len(space) / fitted)),
        min_samples=candidate.samples,
        cluster_selection_method=candidate.method,
        gen_min_span_tree=True,
        memory=trees,
        core_dist_n_jobs=1,
    ).fit(space)


def judge(candidate: Candidate, model: Any, stability: float) -> Scored:
    """One clustering's figures, with a stability found elsewhere."""
    labels = model.labels_
    clusters = int(labels.max()) + 1
    if clusters < 2:
        return Scored(candidate, clusters, float((labels < 0).mean()), stability, -1.0, 0.0)
    return Scored(
        candidate,
        clusters=clusters,
        noise=float((labels < 0).mean()),
        stability=stability,
        dbcv=float(np.nan_to_num(model.relative_validity_, nan=-1.0)),
        fit=fit_of(np.bincount(labels[labels >= 0]), len(labels)),
    )


def fit_of(sizes: np.ndarray, users: int) -> float:
    """How far clusters of these sizes are from too few and from too many, 1 for neither."""
    shares, root = sizes / sizes.sum(), np.sqrt(users)
    fewest, most = max(FEWEST, root / 8), min(MOST, root)
    return float(min(1.0, 1 / (shares**2).sum() / fewest, most / len(sizes)))


def _candidates(fitted: int, smallest: int, min_group: int) -> list[Candidate]:
    sizes = sorted({max(min_group, round(share * fitted)) for share in SIZES})
    return [
        Candidate(size, samples, method)
        for method in METHODS
        for size in sizes
        for samples in SAMPLES
        if samples < smallest
    ]


def drawn(users: Sequence[str], most: int, seed: int, purpose: str) -> np.ndarray:
    """Places of `most` users, drawn by their ids, in order."""
    draws = np.array([draw(user, seed, purpose) for user in users])
    return np.sort(np.argsort(draws, kind="stable")[:most])


def shared_places(parts: Sequence[np.ndarray]) -> dict[tuple[int, int], Places]:
    """Pair of parts → where the users of both stand in the one and in the other."""
    return {
        (a, b): np.intersect1d(parts[a], parts[b], assume_unique=True, return_indices=True)[1:]
        for a, b in combinations(range(len(parts)), 2)
    }


def _agreement(one: np.ndarray, other: np.ndarray) -> float:
    """The adjusted Rand index; 0 where either has no two groups, which would agree for nothing."""
    told = min(len(np.unique(labels[labels >= 0])) for labels in (one, other)) >= 2
    return float(adjusted_rand_score(one, other)) if told else 0.0


def _mean(values: Any) -> float:
    return float(np.mean(list(values)))
