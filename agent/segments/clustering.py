"""Vectors → segments: HDBSCAN on an embedding, its settings chosen by `sweeping`'s criterion.

The embedding that keeps density comes first, for its noise means something. When its best
candidate scores under `CLEAR`, the plain one is tried too, and taken when it alone has a sound
number of clusters or such low noise, or scores `BETTER` times as much.

Everybody is then embedded once, and of the `FINALISTS` best candidates the one that scores best
there is taken, with the stability it had among the replicates.

Where the best scores under `GAPS`, people are one cloud that no single HDBSCAN cuts as the next one
does: all of them together are blended then (`blending`). Where what comes of that is not found
again in another sample of the people either, everybody stays together. The whole sweep is reported.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import silhouette_score

from agent.recordfile import write_arrays, write_json
from agent.segments.blending import blend
from agent.segments.blocks import Matrix
from agent.segments.embedding import choose_sample, embed
from agent.segments.levels import Labels, by_size, find_parents
from agent.segments.rivals import cluster_by, most_users
from agent.segments.sweeping import Scored, Sweep, fit_all, judge, rank, sweep
from agent.segments.vectors import Vectors
from agent.settings import ClusterSettings

KNOWN = 2.0
"""Events' worth of taste that a user needs to shape a cluster (looks and old events count less)."""
CLEAR = 0.5
"""Score from which the embedding that keeps density needs no rival."""
BETTER = 1.5
"""How many times as well the plain embedding must score to be taken instead."""
GAPS = 0.35
"""Score under which there are no gaps between groups, and many HDBSCANs are blended."""
FOUND_AGAIN = 0.5
"""A blend's score under which its groups are chance: columns shuffled, people have .26 to .40."""
NOTHING_DENSE = "no group of users is denser than its surroundings"
FINALISTS = 3
"""Candidates tried on everybody."""


@dataclass(frozen=True)
class Clustering:
    """Leaves and their parents. New leaves are numbered by size, largest first, from 0."""

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
    kept: bool = False
    """Whether these are the leaves of the version before, in its order; see `keeping`."""

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
        story = {"parents": self.parents, "reason": self.reason, "kept": self.kept}
        write_json(folder / "clusters.json", story)

    @classmethod
    def load(cls, folder: Path, users: list[str]) -> Clustering:
        """Read back what `save` wrote; `users` are the users it was made of, in order."""
        story = json.loads((folder / "clusters.json").read_text("utf-8"))
        with np.load(folder / "clusters.npz", allow_pickle=False) as arrays:
            return cls(users=users, **arrays, **story)


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
    clusterer = settings.clusterer
    matrix = np.round(vectors.matrix(), 6)
    if len(np.unique(matrix[told], axis=0)) < max(10, 2 * min_group):
        return _everyone(vectors, "the users hardly differ in anything that was measured")
    most = min(settings.sample, most_users(clusterer) or settings.sample)
    sample = choose_sample([vectors.users[i] for i in told], matrix[told], most, seed)
    places = told[sample]
    matrix, users = matrix[places], [vectors.users[i] for i in places]
    if clusterer != "hdbscan":
        rival = cluster_by(clusterer, matrix, settings.segments, seed, min_group)
        if len(np.unique(rival.labels[rival.labels >= 0])) < 2:
            return _everyone(vectors, f"{clusterer} found no two groups of users", rival.report)
        figures = {"users": n, "sample": len(users), **rival.report}
        among = Among(vectors, places, matrix, users, figures)
        return _found(among, rival.labels, rival.probabilities, rival.outliers)

    dense, tried = _choose_embedding(matrix, users, settings, seed, min_group)
    report: dict[str, Any] = {
        "users": n,
        "sample": len(users),
        "clusterer": clusterer,
        "sweep": [one.report(dense=kind) for kind, swept in tried.items() for one in swept.found],
    }
    best = {kind: rank(swept.found, settings.max_noise) for kind, swept in tried.items()}
    among = Among(vectors, places, matrix, users, report)
    if not best[dense] or best[dense][0].score < GAPS:
        crowds = [crowd for kind, swept in tried.items() for crowd in swept.crowds(best[kind])]
        return _blended(among, crowds, seed, min_group)
    return _by_one(among, best[dense][:FINALISTS], settings.max_noise, seed, dense=dense)


@dataclass(frozen=True)
class Among:
    """Whom clusters are found among: the users at `places`, and what is reported of it so far."""

    vectors: Vectors
    places: np.ndarray
    matrix: Matrix
    users: list[str]
    report: dict[str, Any]


def _by_one(
    among: Among, ranked: Sequence[Scored], max_noise: float, seed: int, *, dense: bool
) -> Clustering:
    """The clustering by that of the ranked candidates which is best on everybody."""
    report, vectors = among.report, among.vectors
    space = embed(among.matrix, seed, dense=dense)
    models = fit_all([one.candidate for one in ranked], space, len(among.users))
    judged = [
        judge(one.candidate, model, one.stability)
        for one, model in zip(ranked, models, strict=True)
    ]
    final = rank(judged, max_noise)
    if not final:
        return _everyone(vectors, NOTHING_DENSE, report)
    best, model = final[0], models[judged.index(final[0])]
    report["dimensions"] = space.shape[1]
    report["finalists"] = [one.report(dense=dense) for one in judged]
    report["chosen"] = best.report(dense=dense)
    outliers = np.nan_to_num(model.outlier_scores_)
    return _found(among, model.labels_, model.probabilities_, outliers)


def _blended(among: Among, crowds: list[np.ndarray], seed: int, min_group: int) -> Clustering:
    """The clustering by all candidates together, where none stands out."""
    report, vectors = among.report, among.vectors
    blended = blend(among.matrix, among.users, crowds, seed, min_group)
    if blended is None:
        return _everyone(vectors, NOTHING_DENSE, report)
    report |= blended.report
    if blended.score < FOUND_AGAIN:
        why = "the groups found in one sample of users are not found again in another"
        return _everyone(vectors, why, report)
    return _found(among, blended.labels, blended.probabilities, blended.outliers)


def _found(among: Among, labels: np.ndarray, probabilities: Matrix, outliers: Matrix) -> Clustering:
    """The clustering of everybody, of what was found."""
    vectors, places, matrix, report = among.vectors, among.places, among.matrix, among.report
    n = len(vectors.users)
    labels = by_size(labels)
    parents = find_parents(matrix, labels)
    inside = labels >= 0
    some = np.flatnonzero(inside)[:: 1 + int(inside.sum()) // 5_000]  # all pairs: quadratic
    report["silhouette"] = round(float(silhouette_score(matrix[some], labels[some])), 4)
    report["leaves"], report["parents"] = len(parents), len({p for p in parents if p is not None})
    fitted = np.zeros(n, dtype=bool)
    fitted[places] = True
    return Clustering(
        users=vectors.users,
        labels=_spread(labels, places, n, -1),
        probabilities=_spread(np.round(probabilities, 6), places, n, 0.0),
        outliers=_spread(np.round(outliers, 6), places, n, np.nan),
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


def _choose_embedding(
    matrix: Matrix, users: list[str], settings: ClusterSettings, seed: int, min_group: int
) -> tuple[bool, dict[bool, Sweep]]:
    """Whether to keep density, and the sweeps that this was decided by."""
    tried = {True: sweep(matrix, users, len(users), seed, min_group=min_group, dense=True)}
    best = next(iter(rank(tried[True].found, settings.max_noise)), None)
    if best and best.score >= CLEAR and best.noise <= settings.max_noise:
        return True, tried
    tried[False] = sweep(matrix, users, len(users), seed, min_group=min_group, dense=False)
    rival = next(iter(rank(tried[False].found, settings.max_noise)), None)
    return not (rival and (best is None or _beats(rival, best, settings.max_noise))), tried


def _beats(plain: Scored, dense: Scored, max_noise: float) -> bool:
    """Whether the best of the plain embedding replaces that of the one that keeps density."""
    for ours, theirs in (
        (plain.fit >= 0.5, dense.fit >= 0.5),
        (plain.noise <= max_noise, dense.noise <= max_noise),
    ):
        if ours != theirs:
            return ours
    return plain.score >= BETTER * dense.score
