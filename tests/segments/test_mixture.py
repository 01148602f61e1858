from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from agent.segments.mixture import Balls, fit_balls, hard, likeliest

MIDDLES = np.array([[0.0, 0.0, 0.0], [4.0, 0.0, 0.0], [0.0, 5.0, 0.0]])
SIZES = (300, 60, 40)


@pytest.fixture(scope="module")
def cloud() -> tuple[np.ndarray, np.ndarray]:
    """A crowd and two small groups off to one side, of one width, and whose each point is."""
    rng = np.random.default_rng(0)
    truth = np.repeat(np.arange(3), SIZES)
    return MIDDLES[truth] + rng.normal(scale=0.8, size=(len(truth), 3)), truth


def test_a_crowd_and_what_stands_beside_it_are_told_apart(
    cloud: tuple[np.ndarray, np.ndarray],
) -> None:
    points, truth = cloud
    balls = fit_balls(points, MIDDLES + 0.5)
    means = [points[truth == k].mean(axis=0) for k in range(3)]
    np.testing.assert_allclose(balls.centres, means, atol=0.05)
    np.testing.assert_allclose(balls.shares, np.array(SIZES) / sum(SIZES), atol=0.02)
    assert balls.variance == pytest.approx(0.64, rel=0.1)
    assert (hard(balls, points) == truth).mean() > 0.97


def test_likelihood_is_that_of_scipy(cloud: tuple[np.ndarray, np.ndarray]) -> None:
    points, _ = cloud
    balls = fit_balls(points, MIDDLES)
    density = sum(
        share * multivariate_normal(centre, balls.variance).pdf(points)
        for share, centre in zip(balls.shares, balls.centres, strict=True)
    )
    assert balls.likelihood == pytest.approx(float(np.log(density).mean()), abs=1e-6)
    belonging = balls.belonging(points)
    np.testing.assert_allclose(belonging.sum(axis=1), 1)


def test_the_likeliest_of_many_starts_is_found_whatever_their_order(
    cloud: tuple[np.ndarray, np.ndarray],
) -> None:
    points, _ = cloud
    rng = np.random.default_rng(1)
    starts = [points[rng.choice(len(points), 3, replace=False)] for _ in range(20)]
    best, back = likeliest(points, starts), likeliest(points, starts[::-1])
    assert best.likelihood == pytest.approx(back.likelihood, abs=1e-6)
    assert best.likelihood >= max(fit_balls(points, s).likelihood for s in starts) - 1e-6


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 6), st.integers(6, 40), st.integers(1, 4), st.integers(0, 1_000))
def test_any_points_give_shares_that_sum_to_one(k: int, n: int, d: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = np.round(rng.normal(size=(n, d)), rng.integers(0, 3))  # many of them the same
    balls = fit_balls(points, points[rng.choice(n, k)])
    assert balls.shares.sum() == pytest.approx(1)
    assert np.isfinite(balls.centres).all()
    assert balls.variance > 0
    assert np.isfinite(balls.distances(points)).all()
    assert set(hard(balls, points)) <= set(range(k))


def test_no_step_of_em_loses_likelihood(cloud: tuple[np.ndarray, np.ndarray]) -> None:
    points, _ = cloud
    start = points[:3]
    reached = [likeliest(points, [start]).likelihood]
    balls: Balls = fit_balls(points, start)
    again = fit_balls(points, balls.centres)
    assert again.likelihood >= reached[0] - 1e-6
