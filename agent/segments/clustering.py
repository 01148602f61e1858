"""Vectors → segments: a sweep of HDBSCAN over embeddings, chosen by a stated criterion.

For every candidate (min_cluster_size, min_samples, eom or leaf) the sweep takes

    coverage   share of users in a cluster
    stability  adjusted Rand index with the same candidate on another embedding, made with another
               seed from four fifths of the users (at most 2,500); noise counts as a class
    dbcv       HDBSCAN's relative density-based validity, -1 to 1 (Moulavi et al. 2014)
    fit        1 for 4 to 30 clusters, and between √users / 8 and √users; outside, how far off:
               effective number / fewest (inverse Simpson index, so that one giant with crumbs
               counts as little more than 1), or most / number

and chooses the highest

    score = stability · √coverage · (1 + dbcv) / 2 · fit

among those with a stability of at least `FLOOR`, noise at most `max_noise` and a fit of at least
1/2 (else among those with such a fit, else among all): low noise is no merit where one segment
swallows everybody.

The embedding that keeps density comes first, for its noise means something. When it scores under
`CLEAR`, the plain one is tried too, and taken when it alone has such a fit or such low noise, or
scores `BETTER` times as much. Both are tried on at most 2,500 users; the better one is then swept
with everybody.

Where no candidate has two clusters and such a stability there is no structure to speak of and
everybody stays together: on data without any, stability is chance. The whole sweep is reported.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import adjusted_rand_score, silhouette_score

from agent.recordfile import write_arrays, write_json
from agent.segments.blocks import Matrix
from agent.segments.embedding import choose_sample, draw, embed
from agent.segments.levels import Labels, by_size, find_parents
from agent.segments.vectors import Vectors
from agent.settings import ClusterSettings

FLOOR = 0.3
"""Stability under which clusters are an accident of the embedding."""
FEWEST, MOST = 4, 30
"""Numbers of segments that an analyst can take in and act on."""
SIZES = (0.008, 0.012, 0.018, 0.027, 0.04)
"""Candidates for min_cluster_size, as shares of the users fitted."""
SAMPLES = (2, 3, 5, 10, 20)
"""Candidates for min_samples."""
METHODS = ("eom", "leaf")
KNOWN = 2.0
"""Events' worth of taste that a user needs to shape a cluster (looks and old events count less)."""
REPLICATE_USERS = PILOT_USERS = 2_500
"""Users whom stability is tested on, and whom the kind of embedding is chosen on, at most."""
CLEAR = 0.5
"""Score from which the embedding that keeps density needs no rival."""
BETTER = 1.5
"""How many times as well the plain embedding must score to be taken instead."""


@dataclass(frozen=True)
class Clustering:
    """Leaves and their parents. Leaves are numbered by size, largest first, from 0."""

    users: list[str]
    labels: Labels
    """(users,) leaf, or -1 for noise; -1 too for users outside the sample, see `fitted`."""
    probabilities: Matrix
    """(users,) how firmly HDBSCAN holds the user in the leaf, 0..1."""
    outliers: Matrix
    """(users,) GLOSH score, 0..1; nan outside the sample."""
    fitted: npt.NDArray[np.bool_]
    parents: list[int | None]
    """Parent of each leaf, numbered from 0; None for a leaf that stands alone."""
    reason: str | None
    """Why there is a single segment, in one line; None when clusters were found."""
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def leaves(self) -> int:
        return len(self.parents)

    def save(self, folder: Path) -> None:
        """Write `clusters.npz` and `clusters.json`, the same bytes for the same clustering."""
        write_arrays(
            folder / "clusters.npz",
            {
                "labels": self.labels,
                "probabilities": self.probabilities,
                "outliers": self.outliers,
                "fitted": self.fitted,
            },
        )
        write_json(folder / "clusters.json", {"parents": self.parents, "reason": self.reason})

    @classmethod
    def load(cls, folder: Path, users: list[str]) -> Clustering:
        """Read back what `save` wrote; `users` are the users it was made of, in order."""
        story = json.loads((folder / "clusters.json").read_text("utf-8"))
        with np.load(folder / "clusters.npz", allow_pickle=False) as arrays:
            return cls(users=users, **arrays, **story)


@dataclass(frozen=True)
class _Candidate:
    size: int
    samples: int
    method: str


_Swept = tuple[list[dict[str, Any]], Matrix]


def find_segments(
    vectors: Vectors, settings: ClusterSettings, seed: int, *, min_group: int = 5
) -> Clustering:
    """Cluster the users; one segment for everybody when there are few of them or no structure.

    Users must be in the order of their ids; every leaf has at least `min_group` members.
    """
    # People of whom hardly anything is known are alike in nothing but that, and would make a dense
    # cluster that draws others in. They are placed afterwards, like the users outside the sample.
    n, told = len(vectors.users), np.flatnonzero(vectors.events >= KNOWN)
    if len(told) < settings.min_users:
        why = f"{n} users are too few to segment; it takes {settings.min_users}"
        if n >= settings.min_users:
            why = (
                f"only {len(told)} of {n} users have more than an event or two; "
                f"it takes {settings.min_users} to segment"
            )
        return _everyone(vectors, why)
    matrix = np.round(vectors.matrix(), 6)
    if len(np.unique(matrix[told], axis=0)) < max(10, 2 * min_group):
        return _everyone(vectors, "the users hardly differ in anything that was measured")
    sample = choose_sample([vectors.users[i] for i in told], matrix[told], settings.sample, seed)
    places = told[sample]
    matrix, users = matrix[places], [vectors.users[i] for i in places]

    trial = _drawn(users, PILOT_USERS, seed, "pilot")
    drawn = [users[i] for i in trial]
    dense, tried = _choose_embedding(matrix[trial], drawn, settings, seed, min_group)
    pilot = [row for rows, _ in tried.values() for row in rows]
    if len(trial) < len(users):
        tried[dense] = _sweep(matrix, users, seed, min_group, dense=dense)
    sweep, space = tried[dense]
    best = _best(sweep, settings.max_noise)
    report: dict[str, Any] = {
        "users": n,
        "sample": len(users),
        "dimensions": space.shape[1],
        "sweep": [_rounded(row) for row in pilot + (sweep if len(trial) < len(users) else [])],
    }
    if best is None:
        return _everyone(vectors, "no group of users is denser than its surroundings", report)
    report["chosen"] = _rounded(best)
    if best["stability"] < FLOOR:
        why = "the groups found in one sample of users are not found again in another"
        return _everyone(vectors, why, report)

    model = _hdbscan(_Candidate(best["size"], best["samples"], best["method"]), space)
    labels = by_size(model.labels_)
    parents = find_parents(matrix, labels)
    inside = labels >= 0
    judged = np.flatnonzero(inside)[:: max(1, int(inside.sum()) // 5_000)]  # all pairs: quadratic
    report["silhouette"] = round(float(silhouette_score(matrix[judged], labels[judged])), 4)
    report["leaves"], report["parents"] = len(parents), len({p for p in parents if p is not None})
    fitted = np.zeros(n, dtype=bool)
    fitted[places] = True
    return Clustering(
        users=vectors.users,
        labels=_spread(labels, places, n, -1),
        probabilities=_spread(np.round(model.probabilities_, 6), places, n, 0.0),
        outliers=_spread(np.round(np.nan_to_num(model.outlier_scores_), 6), places, n, np.nan),
        fitted=fitted,
        parents=parents,
        reason=None,
        report=report,
    )


def _everyone(vectors: Vectors, reason: str, report: dict[str, Any] | None = None) -> Clustering:
    n = len(vectors.users)
    return Clustering(
        users=vectors.users,
        labels=np.zeros(n, dtype=np.int64),
        probabilities=np.ones(n),
        outliers=np.zeros(n),
        fitted=np.ones(n, dtype=bool),
        parents=[None],
        reason=reason,
        report={"users": n, "leaves": 1, "parents": 0, **(report or {})},
    )


def _spread(values: np.ndarray, places: np.ndarray, n: int, blank: float) -> np.ndarray:
    whole = np.full(n, blank, dtype=values.dtype)
    whole[places] = values
    return whole


def _drawn(users: list[str], most: int, seed: int, purpose: str) -> np.ndarray:
    """Places of at most `most` users, drawn by their ids, in order."""
    draws = np.array([draw(user, seed, purpose) for user in users])
    return np.sort(np.argsort(draws, kind="stable")[:most])


def _choose_embedding(
    matrix: Matrix, users: list[str], settings: ClusterSettings, seed: int, min_group: int
) -> tuple[bool, dict[bool, _Swept]]:
    """Whether to keep density, and the sweeps that this was decided by."""
    tried = {True: _sweep(matrix, users, seed, min_group, dense=True)}
    best = _best(tried[True][0], settings.max_noise)
    if best and best["score"] >= CLEAR and best["noise"] <= settings.max_noise:
        return True, tried
    tried[False] = _sweep(matrix, users, seed, min_group, dense=False)
    rival = _best(tried[False][0], settings.max_noise)
    return not (rival and (best is None or _beats(rival, best, settings.max_noise))), tried


def _sweep(matrix: Matrix, users: list[str], seed: int, min_group: int, *, dense: bool) -> _Swept:
    """Every candidate's figures on one embedding, and the embedding."""
    again = _drawn(users, min(REPLICATE_USERS, round(0.8 * len(users))), seed, "replicate")
    space = embed(matrix, seed, dense=dense)
    mirror = embed(matrix[again], seed + 1, dense=dense)
    rows = [_try(c, space, mirror, again) for c in _candidates(len(matrix), min_group)]
    return [{"dense": dense, "users": len(users), **row} for row in rows], space


def _best(sweep: list[dict[str, Any]], max_noise: float) -> dict[str, Any] | None:
    found = [row for row in sweep if row["clusters"] >= 2]
    found = [row for row in found if row["stability"] >= FLOOR] or found
    sound = [row for row in found if row["fit"] >= 0.5]
    quiet = [row for row in sound if row["noise"] <= max_noise]
    return max(quiet or sound or found, key=lambda row: row["score"], default=None)


def _beats(plain: dict[str, Any], dense: dict[str, Any], max_noise: float) -> bool:
    """Whether the best of the plain embedding replaces that of the one that keeps density."""
    for ours, theirs in (
        (plain["fit"] >= 0.5, dense["fit"] >= 0.5),
        (plain["noise"] <= max_noise, dense["noise"] <= max_noise),
    ):
        if ours != theirs:
            return bool(ours)
    return bool(plain["score"] >= BETTER * dense["score"])


def _candidates(users: int, min_group: int) -> list[_Candidate]:
    sizes = sorted({max(min_group, round(share * users)) for share in SIZES})
    return [
        _Candidate(size, samples, method)
        for method in METHODS
        for size in sizes
        for samples in SAMPLES
        if samples < users
    ]


def _hdbscan(candidate: _Candidate, space: Matrix) -> Any:
    import hdbscan  # takes seconds to import; only a build pays for it

    return hdbscan.HDBSCAN(
        min_cluster_size=max(2, candidate.size),
        min_samples=candidate.samples,
        cluster_selection_method=candidate.method,
        gen_min_span_tree=True,
        core_dist_n_jobs=1,
    ).fit(space)


def _try(candidate: _Candidate, space: Matrix, mirror: Matrix, again: np.ndarray) -> dict[str, Any]:
    model = _hdbscan(candidate, space)
    labels = model.labels_
    clusters = int(labels.max()) + 1
    row: dict[str, Any] = {
        "size": candidate.size,
        "samples": candidate.samples,
        "method": candidate.method,
        "clusters": clusters,
        "noise": float((labels < 0).mean()),
        "stability": 0.0,
        "dbcv": -1.0,
        "fit": 0.0,
        "score": 0.0,
    }
    if clusters < 2:
        return row
    share = len(again) / len(space)
    scaled = _Candidate(max(2, round(candidate.size * share)), candidate.samples, candidate.method)
    row["stability"] = float(adjusted_rand_score(labels[again], _hdbscan(scaled, mirror).labels_))
    row["dbcv"] = float(np.nan_to_num(model.relative_validity_, nan=-1.0))
    shares = np.bincount(labels[labels >= 0]) / (labels >= 0).sum()
    root = np.sqrt(len(space))
    fewest, most = max(FEWEST, root / 8), min(MOST, root)
    row["fit"] = fit = min(1.0, float(1 / (shares**2).sum()) / fewest, most / clusters)
    coverage = 1 - row["noise"]
    row["score"] = row["stability"] * np.sqrt(coverage) * (1 + row["dbcv"]) / 2 * fit
    return row


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {k: round(float(v), 4) if isinstance(v, float) else v for k, v in row.items()}
