"""EASE is what its formula says, in float32 where that does and in float64 where it does not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from agent.recommend.ease import gram, solve_ease
from agent.recommend.together import Factored, Together, fit_together


def likes(users: int = 120, items: int = 40, seed: int = 0) -> sparse.csr_matrix:
    """Two crowds with ten items each, and noise."""
    rng = np.random.default_rng(seed)
    chance = np.full((users, items), 0.05)
    chance[: users // 2, :10] = 0.6
    chance[users // 2 :, 10:20] = 0.6
    return sparse.csr_matrix((rng.random((users, items)) < chance).astype(np.float32))


def by_definition(x: sparse.csr_matrix, ridge: float) -> np.ndarray:
    inverse = np.linalg.inv((x.T @ x).toarray().astype(np.float64) + ridge * np.eye(x.shape[1]))
    weights = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return weights


@pytest.mark.parametrize("ridge", [1.0, 50.0, 500.0])
def test_the_closed_form(ridge: float) -> None:
    x = likes()
    solved = solve_ease(gram(x), ridge)
    assert solved.dtype == np.float32
    assert np.abs(solved - by_definition(x, ridge)).max() < 1e-5
    assert not np.diag(solved).any()


def test_wider_than_one_block() -> None:
    x = likes(users=300, items=1_100)
    counts = gram(x)
    assert (counts == (x.T @ x).toarray()).all()
    assert np.abs(solve_ease(counts, 20.0) - by_definition(x, 20.0)).max() < 1e-5


def test_float64_where_float32_fails() -> None:
    """Twenty copies of one item and next to no ridge: float32 cannot tell them apart."""
    x = likes()
    x = sparse.csr_matrix(sparse.hstack([x, *[x[:, :1]] * 20]))
    counts, ridge = gram(x) * np.float32(1000), 1e-4
    solved = solve_ease(counts, ridge)
    assert solved.dtype == np.float64
    inverse = np.linalg.inv(counts.astype(np.float64) + ridge * np.eye(len(counts)))
    expected = inverse / -np.diag(inverse)
    np.fill_diagonal(expected, 0)
    assert np.abs(solved - expected).max() < 1e-6


def test_the_same_bytes_every_time() -> None:
    counts = gram(likes())
    before = counts.copy()
    assert solve_ease(counts, 10.0).tobytes() == solve_ease(counts, 10.0).tobytes()
    assert (counts == before).all()


def test_items_of_one_user_go_with_nothing() -> None:
    x = likes().tolil()
    x[:, 5] = 0
    x[3, 5] = 1
    fitted = fit_together(sparse.csr_matrix(x), 10.0, seed=0)
    assert 5 not in fitted.places
    assert not fitted.influence(np.array([5]), np.arange(40)).any()
    assert not fitted.influence(np.arange(40), np.array([5])).any()


@pytest.mark.parametrize("most_dense", [10_000, 10], ids=["dense", "factored"])
def test_a_score_is_the_sum_of_its_influences(most_dense: int, tmp_path: Path) -> None:
    fitted = fit_together(likes(), 10.0, seed=0, most_dense=most_dense)
    history, pulls = np.array([0, 3, 11, 30]), np.array([1.0, 0.5, 0.25, 0.1])
    shares = fitted.influence(history, np.arange(40)) * pulls[:, None]
    assert np.allclose(fitted.score(history, pulls), shares.sum(axis=0), rtol=1e-12, atol=1e-15)
    fitted.save(tmp_path)
    again = Together.load(tmp_path, 40)
    assert (again.score(history, pulls) == fitted.score(history, pulls)).all()
    # Somebody of the first crowd is shown the first crowd's items.
    crowd = fitted.score(np.array([0, 1, 2]), np.ones(3))
    assert crowd[3:10].min() > crowd[10:20].max()


def test_half_floats_move_an_influence_by_2_to_the_minus_11() -> None:
    x = likes()
    fitted, exact = fit_together(x, 10.0, seed=0), solve_ease(gram(x), 10.0)
    kept = fitted.influence(np.arange(40), np.arange(40))
    # Two solutions in float32 differ in their last digits, by more on some processors.
    assert (np.abs(kept - exact) <= np.abs(exact) * 2.0**-11 + 1e-7).all()


def test_all_directions_are_ease_again() -> None:
    x = likes()
    factored = fit_together(x, 10.0, seed=0, most_dense=10)
    assert isinstance(factored.weights, Factored)
    found = factored.influence(np.arange(40), np.arange(40))
    expected = by_definition(x, 10.0)
    # Half floats keep three digits of each direction.
    assert np.abs(found - expected).max() < 0.005 * np.abs(expected).max()
    assert not np.diag(found).any()
