"""Blending: one clustering of many HDBSCANs, for people between whom there are no gaps.

Where groups lie apart every HDBSCAN finds them. Where people are one cloud that thins out, each
draws its borders elsewhere, and calls noise just those who stand out (LOG.md). All of them together
still say where people crowd. So every cluster that any of them found is a vote for a centre, and a
mixture of equal balls on the main axes of the vectors is fitted from these (bagged clustering,
Leisch 1999, with the likeliest fit in place of the mean one):

    axes      the vectors' `AXES` principal components
    starts    the centres in a random half of the votes, joined by Ward's linkage into k; of
              `STARTS` such the one that leads to the likeliest fit is taken
    k         the smallest with as good a `stability · √(fit · coverage)` as any: stability is the
              adjusted Rand index between fits to `PARTS` samples of four fifths of the people,
              fit is `sweeping.fit_of`
    groups    the balls with people enough
    noise     whoever is further from the centre of every group than `WITHIN` of its people are

The samples are drawn by ids alone: which people happened to be drawn should not decide how many
groups there are, and with another seed would.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.stats import chi2
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # has none

from agent.segments.blocks import Matrix, rounded
from agent.segments.embedding import draw
from agent.segments.levels import Labels
from agent.segments.mixture import Balls, fit_balls, hard, likeliest
from agent.segments.sweeping import FEWEST, Places, drawn, fit_of, shared_places

AXES = 6
COUNTS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 17, 20, 24, 30)
"""Numbers of groups tried."""
DENSE = 10
"""Up to this each number has its neighbours among them."""
STARTS = 36
PARTS, PART, PART_STARTS = 8, 0.8, 8
WITHIN = 0.95
HOPELESS = 0.85
"""Share of the best score so far below which stability, twice running, ends the search."""
SLACK = 0.03
"""About the standard error of a score: of two numbers of groups that differ by less, the smaller is
taken, or chance would choose."""
PILOT = 2_500
"""People whom the number of groups is chosen on, at most; drawn by their ids."""
SMALLEST = 0.02
"""Share of people that a group has at least."""


@dataclass(frozen=True)
class Blend:
    """Everybody in one of the groups, or noise."""

    labels: Labels
    """(users,) group, -1 for noise."""
    probabilities: Matrix
    """(users,) how likely the user belongs to the group and to no other."""
    outliers: Matrix
    """(users,) share of a group's people who are nearer to its centre, 0..1."""
    score: float
    """That of the number of groups chosen."""
    report: dict[str, Any]


@dataclass(frozen=True)
class _Tried:
    """One number of groups."""

    balls: Balls
    groups: int
    """Balls with people enough."""
    stability: float
    fit: float
    noise: float

    @property
    def score(self) -> float:
        return self.stability * float(np.sqrt(self.fit * (1 - self.noise)))

    def report(self) -> dict[str, Any]:
        figures = {
            name: round(float(getattr(self, name)), 4)
            for name in ("stability", "fit", "noise", "score")
        }
        return {"balls": len(self.balls.shares), "groups": self.groups, **figures}


def blend(
    matrix: Matrix, users: Sequence[str], crowds: Sequence[np.ndarray], seed: int, min_group: int
) -> Blend | None:
    """One clustering of `matrix` (users, columns) from the places of users in each crowd.

    None when no two groups have enough people.
    """
    pilot = drawn(users, PILOT, 0, "blended")
    votes = _votes(crowds, len(users))[:, pilot]
    few, names = matrix[pilot], [users[i] for i in pilot]
    space = main_axes(few)
    with threadpool_limits(1):  # tables of a few thousand rows: threads cost more than they give
        tried = _try_counts(few, space, votes, names, seed, min_group)
    best = _fewest_of_the_best(tried)
    if best is None or best.groups < 2:
        return None
    balls, points = best.balls, space
    if len(pilot) < len(users):
        own = _means(few, hard(balls, space), len(balls.shares))
        points, axes, middle = _axes(matrix)
        balls = fit_balls(points, (own - middle) @ axes)
    groups = _with_people(balls, points, min_group)
    if len(groups.shares) < 2:
        return None
    return Blend(
        _labels(groups, points), groups.belonging(points).max(axis=1), _far(groups, points),
        best.score, {"blend": [one.report() for one in tried], "blended": best.report()},
    )  # fmt: skip


def _fewest_of_the_best(tried: Sequence[_Tried]) -> _Tried | None:
    """The fewest balls that score as well as any, for what `SLACK` makes no difference of."""
    best = max((one.score for one in tried), default=0.0)
    return next((one for one in tried if one.score >= best - SLACK), None)


def _with_people(balls: Balls, points: Matrix, min_group: int) -> Balls:
    """Those of the balls that enough people are in."""
    inside = _labels(balls, points)
    sizes = np.bincount(inside[inside >= 0], minlength=len(balls.shares))
    kept = sizes >= max(min_group, round(SMALLEST * len(points)))
    shares = balls.shares[kept]
    return replace(balls, centres=balls.centres[kept], shares=shares / shares.sum())


def _far(balls: Balls, points: Matrix) -> Matrix:
    """(n,) share of a ball's people who are nearer to its centre, for the nearest ball."""
    if not len(balls.shares):
        return np.ones(len(points))
    return np.asarray(chi2.cdf(balls.distances(points).min(axis=1), points.shape[1]))


def _labels(balls: Balls, points: Matrix) -> Labels:
    """(n,) the likeliest ball, -1 for whoever is far from all."""
    if not len(balls.shares):
        return np.full(len(points), -1)
    return np.where(_far(balls, points) > WITHIN, -1, hard(balls, points))


def main_axes(matrix: Matrix) -> Matrix:
    """(n, columns) → (n, AXES or fewer) principal components."""
    return _axes(matrix)[0]


def _axes(matrix: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """Points (n, d), the axes (columns, d), and the mean (columns,)."""
    middle = matrix.mean(axis=0)
    _, axes = np.linalg.eigh(np.cov(matrix - middle, rowvar=False))
    axes = axes[:, ::-1][:, :AXES]
    return rounded((matrix - middle) @ axes), axes, middle


def _try_counts(
    matrix: Matrix, space: Matrix, votes: sparse.csr_matrix, users: Sequence[str], seed: int,
    min_group: int,
) -> list[_Tried]:  # fmt: skip
    generator = np.random.default_rng(seed)
    halves = _halves(votes, space, generator, STARTS)
    if not halves:
        return []
    parts = [np.flatnonzero([draw(u, n, "part") < PART for u in users]) for n in range(PARTS)]
    shared = shared_places(parts)
    spaces = [main_axes(matrix[part]) for part in parts]
    others = [
        _halves(votes[:, part], points, generator, PART_STARTS)
        for part, points in zip(parts, spaces, strict=True)
    ]
    found: list[_Tried] = []
    for k, balls in _fit_counts(space, halves):
        best = max((one.score for one in found), default=0.0)
        lost = [one.stability < HOPELESS * best for one in found[-2:]]
        if len(lost) == 2 and all(lost):
            break
        labels = hard(balls, space)
        again = [
            hard(
                likeliest(points, [half.cut(k) for half in some] + [_means(points, own, k)]), points
            )
            for points, some, own in zip(spaces, others, [labels[p] for p in parts], strict=True)
        ]
        named = _labels(_with_people(balls, space, min_group), space)
        sizes = np.bincount(named[named >= 0])
        found.append(
            _Tried(
                balls,
                groups=len(sizes),
                stability=_stability(shared, again),
                fit=fit_of(sizes, len(users)) if len(sizes) > 1 else 0.0,
                noise=float((named < 0).mean()),
            )
        )
    return found


def _fit_counts(space: Matrix, halves: Sequence[_Half]) -> Iterator[tuple[int, Balls]]:
    """k and the likeliest fit, tried too with a ball more than k - 1 has and one less than k + 1.

    Numbers without neighbours are fitted when they are asked for.
    """
    counts = [k for k in COUNTS if k <= max(FEWEST, np.sqrt(len(space)))]
    found: dict[int, Balls] = {}
    for k in [k for k in counts if k <= DENSE]:
        starts = [half.cut(k) for half in halves]
        if k - 1 in found:
            starts += [np.vstack([found[k - 1].centres, more]) for more in halves[0].cut(STARTS)]
        found[k] = likeliest(space, starts)
    for k in reversed(found):
        if k + 1 in found:
            fewer = [np.delete(found[k + 1].centres, gone, axis=0) for gone in range(k + 1)]
            rival = likeliest(space, fewer)
            found[k] = max(found[k], rival, key=lambda balls: balls.likelihood)
    yield from found.items()
    for k in counts[len(found) :]:
        yield k, likeliest(space, [half.cut(k) for half in halves])


@dataclass(frozen=True)
class _Half:
    """A random half of the votes, and how they join."""

    centres: Matrix
    """(votes, d)"""
    tree: Matrix
    """Ward's linkage of them."""

    def cut(self, k: int) -> Matrix:
        """(k or fewer, d) centres of the votes joined into k."""
        joined = fcluster(self.tree, k, "maxclust")
        return np.array([self.centres[joined == name].mean(axis=0) for name in np.unique(joined)])


def _halves(
    votes: sparse.csr_matrix, space: Matrix, generator: np.random.Generator, count: int
) -> list[_Half]:
    sizes = np.asarray(votes.sum(axis=1)).ravel()
    kept = sizes >= 2
    centres = (votes[kept] @ space) / sizes[kept, None]
    drawn = [centres[generator.random(len(centres)) < 0.5] for _ in range(count)]
    return [_Half(half, linkage(half, "ward")) for half in drawn if len(half) >= 2]


def _means(points: Matrix, labels: Labels, k: int) -> Matrix:
    """(k, d) means of the labelled points; the mean of all for a label that nobody has."""
    return np.array(
        [points[labels == n].mean(axis=0) if (labels == n).any() else points.mean(axis=0)
         for n in range(k)]
    )  # fmt: skip


def _stability(shared: Mapping[tuple[int, int], Places], labels: Sequence[Labels]) -> float:
    """Mean adjusted Rand index between two parts, over the people in both."""
    return float(
        np.mean(
            [
                adjusted_rand_score(labels[a][here], labels[b][there])
                for (a, b), (here, there) in shared.items()
            ]
        )
    )


def _votes(crowds: Sequence[np.ndarray], users: int) -> sparse.csr_matrix:
    """(crowds, users) 1 where the user is in the crowd."""
    places = np.concatenate([np.zeros(0, dtype=np.int64), *crowds])
    starts = np.r_[0, np.cumsum([len(crowd) for crowd in crowds])]
    return sparse.csr_matrix((np.ones(len(places)), places, starts), shape=(len(crowds), users))
