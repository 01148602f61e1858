"""Who leans where: α for every user, from distances to the segments' cores in the named blocks.

A core is the mean of a segment's firm members. The distance of user i to segment k is

    d²_ik = Σ_b θ_b Σ_f (x_if - c_kf)² / s²_f

over blocks b and their features f; s_f pools the segments' spreads around their cores, shrunk
towards the block's mean spread. α is the softmax of -d²/2 + ln p_k with p_k the segment's share of
the members, cut to the strongest three. The block weights θ are fitted by maximum likelihood of
HDBSCAN's own labels, each half of the users judged by the cores of the other half, so that α is
neither surer nor less sure than it should be. Reduced dimensions play no part: the same numbers
place a new user and say why somebody is or is not in a segment.

Two assignments come of it. A segment's members, whom its size, facts, label and export are about,
are those the clusterer put there: noise is in none. Where everybody needs a place (ranking, a new
user), α's is taken, noise included. Figures of stability have to say which of the two they are of.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import logsumexp

from agent.recordfile import write_arrays, write_json
from agent.records import Membership, Weight
from agent.segments.blocks import Matrix, rounded
from agent.segments.clustering import KNOWN, Clustering
from agent.segments.embedding import draw
from agent.segments.vectors import BLOCKS, Vectors
from agent.settings import Block

TOP = 3
"""Segments a user has a weight in, at most."""
FIRM = 0.5
"""HDBSCAN probability from which a member shapes the core."""
SHRINKAGE = 0.5
"""How far a feature's spread is drawn to the mean spread of its block."""
RIDGE = 1e-3
"""Penalty on θ², per user: keeps the weights finite where segments are perfectly apart."""
BATCH = 10_000
QUANTILES = np.linspace(0, 1, 101)


@dataclass(frozen=True)
class Contribution:
    """What one feature adds to the distance to `other` minus the distance to the segment."""

    block: Block
    feature: str
    amount: float
    """Positive: speaks for the segment; negative: for the other."""


@dataclass(frozen=True)
class Explanation:
    """Why one segment rather than another: `total` is the sum of the features (of the blocks)."""

    total: float
    blocks: dict[Block, float]
    features: tuple[Contribution, ...]
    """Largest amount first, whichever way it speaks."""


@dataclass(frozen=True)
class Cores:
    """The segments' cores: all that is needed to place anybody."""

    segments: list[str]
    """(K,) ids of the leaves."""
    columns: dict[Block, list[str]]
    centres: dict[Block, Matrix]
    """Block → (K, features)."""
    spreads: dict[Block, Matrix]
    """Block → (features,)."""
    theta: dict[Block, float]
    log_prior: Matrix
    """(K,)"""
    distance_quantiles: Matrix
    """(101,) quantiles over the users fitted of d² to the nearest core."""
    outlier_quantiles: Matrix
    """(101,) quantiles of their GLOSH scores: how far becomes how much of an outlier."""
    reach: float
    """d² to the nearest core beyond which a placed user is noise: the share is HDBSCAN's."""

    def distances(self, vectors: Vectors) -> Matrix:
        """(users, K) d² to every core."""
        total = np.zeros((len(vectors.users), len(self.segments)))
        for block, (centres, lengths) in self._scaled.items():
            x = vectors.blocks[block] / self.spreads[block]
            total += self.theta[block] * _squared(x, centres, lengths)
        return total

    @cached_property
    def _scaled(self) -> dict[Block, tuple[Matrix, Matrix]]:
        """Block → centres (K, features) in units of the spreads, and their squared lengths (K,)."""
        scaled = {block: centres / self.spreads[block] for block, centres in self.centres.items()}
        return {block: (centres, (centres**2).sum(axis=1)) for block, centres in scaled.items()}

    def alpha(self, vectors: Vectors) -> Matrix:
        """(users, K) full α, rows summing to 1, before the cut to `TOP`."""
        return self.alpha_at(self.distances(vectors))

    def alpha_at(self, distances: Matrix) -> Matrix:
        """The same of users with these distances to the cores (users, K)."""
        return _softmax(-distances / 2 + self.log_prior)

    def labels_at(self, distances: Matrix, alpha: Matrix, events: Matrix) -> npt.NDArray[np.int64]:
        """(users,) α's first choice, -1 for whoever is further from every core than `reach`.

        That somebody is an outlier takes more than an event or two (users,) to know.
        """
        far = (distances.min(axis=1) > self.reach) & (events >= KNOWN)
        return np.where(far, -1, alpha.argmax(axis=1))

    def outlier(self, distances: Matrix) -> Matrix:
        """(users,) outlier scores for those without GLOSH, by the distance to the nearest core."""
        rank = np.interp(distances.min(axis=1), self.distance_quantiles, QUANTILES)
        score: Matrix = np.interp(rank, QUANTILES, self.outlier_quantiles)
        return score

    def explain(self, vectors: Vectors, user: int, segment: str, other: str) -> Explanation:
        """Why the user at this place is nearer to `segment` than to `other`, or is not.

        The total is d²(other) - d²(segment); each feature's amount is its exact part of it.
        """
        k, m = self.segments.index(segment), self.segments.index(other)
        found, blocks = [], {}
        for block, centres in self.centres.items():
            x = vectors.blocks[block][user]
            parts = (x - centres[m]) ** 2 - (x - centres[k]) ** 2
            parts = self.theta[block] * parts / self.spreads[block] ** 2
            blocks[block] = float(parts.sum())
            found += [
                Contribution(block, name, float(part))
                for name, part in zip(self.columns[block], parts, strict=True)
            ]
        found.sort(key=lambda c: (-abs(c.amount), c.block, c.feature))
        return Explanation(float(sum(blocks.values())), blocks, tuple(found))

    def save(self, folder: Path) -> None:
        """Write `cores.json` and `cores.npz` into `folder`, the same bytes for the same cores."""
        arrays = {f"{b}.centres": m for b, m in self.centres.items()}
        arrays |= {f"{b}.spreads": m for b, m in self.spreads.items()}
        arrays |= {
            "reach": np.array(self.reach),
            "log_prior": self.log_prior,
            "distance_quantiles": self.distance_quantiles,
            "outlier_quantiles": self.outlier_quantiles,
        }
        write_arrays(folder / "cores.npz", arrays)
        story = {"segments": self.segments, "columns": self.columns, "theta": self.theta}
        write_json(folder / "cores.json", story)

    @classmethod
    def load(cls, folder: Path) -> Cores:
        story = json.loads((folder / "cores.json").read_text("utf-8"))
        blocks = [b for b in BLOCKS if b in story["columns"]]
        with np.load(folder / "cores.npz", allow_pickle=False) as arrays:
            return cls(
                segments=story["segments"],
                columns={b: story["columns"][b] for b in blocks},
                centres={b: arrays[f"{b}.centres"] for b in blocks},
                spreads={b: arrays[f"{b}.spreads"] for b in blocks},
                theta={b: story["theta"][b] for b in blocks},
                log_prior=arrays["log_prior"],
                distance_quantiles=arrays["distance_quantiles"],
                outlier_quantiles=arrays["outlier_quantiles"],
                reach=float(arrays["reach"]),
            )


def fit_cores(vectors: Vectors, clustering: Clustering, segments: list[str], seed: int) -> Cores:
    """Cores of the leaves, `segments[k]` being the id of leaf k."""
    fitted = np.flatnonzero(clustering.fitted)
    vectors = vectors.rows(fitted)
    labels, firm = clustering.labels[fitted], clustering.probabilities[fitted]
    halves = np.array([draw(user, seed, "half") for user in vectors.users]) < 0.5
    prior = np.bincount(labels[labels >= 0], minlength=len(segments)) + 1.0
    log_prior = rounded(np.log(prior / prior.sum()))
    theta = _fit_theta(vectors, labels, firm, halves, log_prior)
    centres, spreads = _cores(vectors, labels, firm, len(segments))
    inside = labels >= 0
    bare = Cores(
        segments, vectors.columns, centres, spreads, theta, log_prior,
        np.zeros(len(QUANTILES)), rounded(np.quantile(clustering.outliers[fitted], QUANTILES)),
        reach=0.0,
    )  # fmt: skip
    nearest = bare.distances(vectors).min(axis=1)
    return replace(
        bare,
        distance_quantiles=rounded(np.quantile(nearest, QUANTILES)),
        # Where nobody was left out, nobody is: only HDBSCAN and DBSCAN have noise.
        reach=np.inf if inside.all() else float(rounded(np.quantile(nearest, inside.mean()))),
    )


def describe_cores(cores: Cores, vectors: Vectors, clustering: Clustering) -> dict[str, Any]:
    """Figures for the report: above all, for how many members α's first choice is their label."""
    members = np.flatnonzero(clustering.fitted & (clustering.labels >= 0))
    first = cores.alpha(vectors.rows(members)).argmax(axis=1)
    agreement = float((first == clustering.labels[members]).mean()) if len(members) else 1.0
    return {
        "agreement": round(agreement, 4),
        "block_weights": cores.theta,
        "members": len(members),
    }


def memberships(
    cores: Cores, vectors: Vectors, clustering: Clustering | None = None
) -> Iterator[Membership]:
    """A membership for each user, in order, computed `BATCH` users at a time.

    With the clustering that `vectors` were clustered by, labels and GLOSH scores are HDBSCAN's.
    Anybody else (new users, users outside the sample) is labelled with α's first choice, or as
    noise when further from every core than all but the noise among the users fitted.
    """
    for start in range(0, len(vectors.users), BATCH):
        batch = vectors.rows(np.arange(start, min(start + BATCH, len(vectors.users))))
        distances = cores.distances(batch)
        alpha = cores.alpha_at(distances)
        label = cores.labels_at(distances, alpha, batch.events)
        outlier = cores.outlier(distances)
        if clustering is not None:
            rows = slice(start, start + len(batch.users))
            fitted = clustering.fitted[rows]
            label = np.where(fitted, clustering.labels[rows], label)
            outlier = np.where(fitted, clustering.outliers[rows], outlier)
        for i, user in enumerate(batch.users):
            yield Membership(
                user_id=user,
                weights=_strongest(cores.segments, alpha[i]),
                label=cores.segments[label[i]] if label[i] >= 0 else None,
                noise=bool(label[i] < 0),
                outlier=round(float(outlier[i]), 4) + 0.0,
            )


def _strongest(segments: list[str], alpha: Matrix) -> tuple[Weight, ...]:
    order = np.lexsort((np.arange(len(alpha)), -np.round(alpha, 9)))[:TOP]
    kept = [(segments[k], round(float(alpha[k] / alpha[order].sum()), 4)) for k in order]
    kept = [(segment, weight) for segment, weight in kept if weight > 0]
    # Rounding may leave a ten-thousandth over: the strongest takes it, so that the sum is 1.
    first = round(1 - sum(weight for _, weight in kept[1:]), 4)
    return tuple(
        Weight(segment=segment, weight=first if n == 0 else weight)
        for n, (segment, weight) in enumerate(kept)
    )


def _cores(
    vectors: Vectors, labels: np.ndarray, firm: Matrix, leaves: int
) -> tuple[dict[Block, Matrix], dict[Block, Matrix]]:
    """Block → centres (K, features) and pooled, shrunk spreads (features,)."""
    shaping = (labels >= 0) & (firm >= FIRM)
    # A leaf without one firm member in this half of the users is shaped by all it has.
    for leaf in range(leaves):
        if not (shaping & (labels == leaf)).any():
            shaping |= labels == leaf
    centres, spreads = {}, {}
    members = [np.flatnonzero(shaping & (labels == leaf)) for leaf in range(leaves)]
    for block, values in vectors.blocks.items():
        middle = np.array(
            [values[m].mean(axis=0) if len(m) else values.mean(axis=0) for m in members]
        )
        rest = values[shaping] - middle[labels[shaping]]
        variance = (rest**2).sum(axis=0) / max(1, int(shaping.sum()) - leaves)
        mean = max(float(variance.mean()), 1e-9)
        shrunk = (1 - SHRINKAGE) * variance + SHRINKAGE * mean
        centres[block], spreads[block] = rounded(middle), rounded(np.sqrt(shrunk))
    return centres, spreads


def _fit_theta(
    vectors: Vectors, labels: np.ndarray, firm: Matrix, halves: np.ndarray, log_prior: Matrix
) -> dict[Block, float]:
    """Block weights that make HDBSCAN's labels likeliest (convex: softmax is linear in θ)."""
    blocks = list(vectors.blocks)
    if len(log_prior) < 2 or not blocks:
        return dict.fromkeys(blocks, 1.0)
    judged, parts = [], []
    for half in (halves, ~halves):
        learn, test = np.flatnonzero(half), np.flatnonzero(~half & (labels >= 0))
        centres, spreads = _cores(vectors.rows(learn), labels[learn], firm[learn], len(log_prior))
        judged.append(test)
        parts.append(
            np.stack(
                [
                    _squared(vectors.blocks[b][test] / spreads[b], centres[b] / spreads[b]) / 2
                    for b in blocks
                ]
            )
        )
    own = labels[np.concatenate(judged)]
    halved = np.concatenate(parts, axis=1)  # (blocks, users, K)
    mean = np.maximum(halved.mean(axis=(1, 2)), 1e-9)[:, None, None]
    halved /= mean  # blocks on one scale, so that the penalty treats them alike
    rows = np.arange(len(own))

    def loss(theta: Matrix) -> tuple[float, Matrix]:
        logits = log_prior - np.tensordot(theta, halved, axes=1)
        normal = logsumexp(logits, axis=1)
        chance = np.exp(logits - normal[:, None])
        gradient = halved[:, rows, own].mean(axis=1) - np.einsum("bik,ik->b", halved, chance) / len(
            own
        )
        value = float((normal - logits[rows, own]).mean())
        return value + RIDGE * float(theta @ theta), gradient + 2 * RIDGE * theta

    start = np.full(len(blocks), 1.0)
    solved = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(blocks))
    theta = np.round(solved.x / mean.ravel(), 4)
    return {block: float(weight) for block, weight in zip(blocks, theta, strict=True)}


def _squared(x: Matrix, centres: Matrix, lengths: Matrix | None = None) -> Matrix:
    """(n, f), (K, f) → (n, K) squared Euclidean distances, without an (n, K, f) table.

    `lengths` are the squared lengths of the centres, where they are known.
    """
    lengths = (centres**2).sum(axis=1) if lengths is None else lengths
    cross = (x**2).sum(axis=1)[:, None] - 2 * x @ centres.T + lengths
    squared: Matrix = np.maximum(cross, 0.0)
    return squared


def _softmax(logits: Matrix) -> Matrix:
    shares: Matrix = np.exp(logits - logsumexp(logits, axis=1, keepdims=True))
    return shares
