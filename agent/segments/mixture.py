"""A mixture of equal balls: people around a few centres, each with a share of them.

    p(x) = Σ_k w_k N(x; c_k, σ² I)

fitted by expectation maximisation (Dempster, Laird & Rubin 1977). One variance for all leaves
little for chance to decide; shares of their own let a few people off to one side stand beside a
crowd, whose border then runs where people thin out and not through the middle of the crowd.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from agent.segments.blocks import Matrix
from agent.segments.levels import Labels

GAIN = 1e-8
"""Gain in mean log density below which a step of EM is the last."""
STEPS = 1_000
HEATS = (15, 60)
"""Steps after which the best third of the starts go on."""
LEAST = 1e-9
"""Share of people below which a ball is empty."""


@dataclass(frozen=True)
class Balls:
    """K balls in d dimensions."""

    centres: Matrix
    """(K, d)"""
    shares: Matrix
    """(K,) of people, summing to 1."""
    variance: float
    """σ², of each dimension."""
    likelihood: float
    """Mean log density of the people they were fitted to, one step of EM earlier."""

    def belonging(self, points: Matrix) -> Matrix:
        """(n, d) → (n, K) how likely each ball is whose point it is, rows summing to 1."""
        belonging, _ = _expect(points, self.centres, self.shares, self.variance)
        return belonging

    def distances(self, points: Matrix) -> Matrix:
        """(n, d) → (n, K) squared distances to the centres, in units of σ²."""
        squared = (points**2).sum(axis=1)[:, None] - 2 * points @ self.centres.T
        return np.asarray(np.maximum(squared + (self.centres**2).sum(axis=1), 0.0) / self.variance)


def fit_balls(points: Matrix, centres: Matrix) -> Balls:
    """EM from these centres (K, d) on points (n, d), until nothing is gained."""
    return _improve(_begin(points, centres), points, STEPS)


def likeliest(points: Matrix, starts: Sequence[Matrix]) -> Balls:
    """The likeliest fit from one start or several.

    Most starts show after a few steps that others lead further, and are given up.
    """
    running = [_begin(points, start) for start in starts]
    for steps in HEATS:
        running = [_improve(balls, points, steps) for balls in running]
        running.sort(key=lambda balls: -balls.likelihood)
        running = running[: -(-len(running) // 3)]
    finished = [_improve(balls, points, STEPS) for balls in running]
    return max(finished, key=lambda balls: balls.likelihood)


def _begin(points: Matrix, centres: Matrix) -> Balls:
    """Balls of equal shares around these centres."""
    balls = Balls(centres, np.full(len(centres), 1 / len(centres)), 1.0, -np.inf)
    nearest = balls.distances(points).min(axis=1)
    return replace(balls, variance=max(float(nearest.mean()) / points.shape[1], LEAST))


def _improve(balls: Balls, points: Matrix, steps: int) -> Balls:
    n, d = points.shape
    total = float((points**2).sum())
    for _ in range(steps):
        belonging, reached = _expect(points, balls.centres, balls.shares, balls.variance)
        if reached - balls.likelihood < GAIN:
            break
        mass = np.maximum(belonging.sum(axis=0), LEAST * n)
        centres = (belonging.T @ points) / mass[:, None]
        # Σ_i Σ_k r_ik |x_i - c_k|² = Σ |x_i|² - Σ_k m_k |c_k|² where the c_k are weighted means.
        within = total - float((mass * (centres**2).sum(axis=1)).sum())
        variance = max(within / (n * d), LEAST)
        balls = Balls(centres, mass / mass.sum(), variance, reached)
    return balls


def hard(balls: Balls, points: Matrix) -> Labels:
    """(n,) the ball each point most likely belongs to."""
    return np.asarray(balls.belonging(points).argmax(axis=1), dtype=np.int64)


def _expect(
    points: Matrix, centres: Matrix, shares: Matrix, variance: float
) -> tuple[Matrix, float]:
    """(n, K) who belongs to which ball, and the mean log density of the points."""
    d = points.shape[1]
    # |x|² is the same for every ball: it is left out of the table and added to the density.
    logits = points @ (centres.T / variance)
    logits += np.log(shares) - (centres**2).sum(axis=1) / (2 * variance)
    top = logits.max(axis=1, keepdims=True)
    logits -= top
    belonging = np.exp(logits, out=logits)
    normal = belonging.sum(axis=1, keepdims=True)
    belonging /= normal
    rest = (np.log(normal) + top)[:, 0] - (points**2).sum(axis=1) / (2 * variance)
    return belonging, float(rest.mean() - d / 2 * np.log(2 * np.pi * variance))
