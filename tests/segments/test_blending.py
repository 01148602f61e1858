from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from agent.segments.blending import AXES, SLACK, WITHIN, Blend, blend, main_axes

COLUMNS = 20
MIN_GROUP = 5


@pytest.fixture(scope="module")
def cloud() -> tuple[np.ndarray, np.ndarray, list[str]]:
    """One crowd with five directions in which people thin out; no gap anywhere."""
    rng = np.random.default_rng(0)
    truth = np.repeat(np.arange(6), (200, 30, 30, 25, 25, 20))
    middles = np.vstack([np.zeros(COLUMNS), 3.2 * np.eye(5, COLUMNS)])
    matrix = middles[truth] + rng.normal(scale=0.9, size=(len(truth), COLUMNS))
    matrix[:, 6:] *= 0.4
    return matrix, truth, [f"u{i:04d}" for i in rng.permutation(len(truth))]


def votes(truth: np.ndarray, seed: int) -> list[np.ndarray]:
    """What disagreeing clusterings find: pieces of groups, two at once, anything."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(60):
        group = rng.choice(truth.max() + 1, rng.integers(1, 3), replace=False)
        members = np.flatnonzero(np.isin(truth, group))
        found.append(rng.choice(members, len(members) // 3, replace=False))
        found.append(rng.choice(len(truth), 30, replace=False))
    return found


@pytest.fixture(scope="module")
def found(cloud: tuple[np.ndarray, np.ndarray, list[str]]) -> Blend:
    matrix, truth, users = cloud
    found = blend(matrix, users, votes(truth, 0), 0, MIN_GROUP)
    assert found is not None
    return found


def test_groups_of_one_cloud_are_found_and_found_again_with_another_seed(
    cloud: tuple[np.ndarray, np.ndarray, list[str]], found: Blend
) -> None:
    matrix, truth, users = cloud
    again = blend(matrix, users, votes(truth, 1), 1, MIN_GROUP)
    assert again is not None
    assert adjusted_rand_score(truth, found.labels) > 0.6
    assert adjusted_rand_score(found.labels, again.labels) > 0.95


def test_noise_is_who_is_far_from_every_centre(
    cloud: tuple[np.ndarray, np.ndarray, list[str]],
) -> None:
    matrix, truth, users = cloud
    stray = matrix.copy()
    stray[:8, 5] += np.array([-9, 9, -10, 10, -11, 11, -12, 12])
    found = blend(stray, users, votes(truth, 0), 0, MIN_GROUP)
    assert found is not None
    assert (found.labels[:8] == -1).all()
    assert (found.labels == -1).mean() < 2 * (1 - WITHIN)
    assert ((found.outliers > WITHIN) == (found.labels == -1)).all()
    assert (np.bincount(found.labels[found.labels >= 0]) >= MIN_GROUP).all()
    assert ((found.probabilities > 0) & (found.probabilities <= 1)).all()


def test_the_number_of_groups_is_the_smallest_that_scores_as_well_as_any(
    found: Blend,
) -> None:
    tried, chosen = found.report["blend"], found.report["blended"]
    best = max(one["score"] for one in tried)
    as_good = [one for one in tried if one["score"] >= best - SLACK]
    assert chosen == min(as_good, key=lambda one: one["balls"])
    spread = chosen["fit"] * (1 - chosen["noise"])
    assert chosen["score"] == pytest.approx(chosen["stability"] * spread**0.5, abs=1e-3)
    assert chosen["groups"] == found.labels.max() + 1


def test_the_order_of_users_changes_nothing_for_anybody(
    cloud: tuple[np.ndarray, np.ndarray, list[str]], found: Blend
) -> None:
    """With the same seed and as many votes, people come with their ids and their votes."""
    matrix, truth, users = cloud
    order = np.random.default_rng(5).permutation(len(users))
    place = np.argsort(order)
    crowds = [place[crowd] for crowd in votes(truth, 0)]
    other = blend(matrix[order], [users[i] for i in order], crowds, 0, MIN_GROUP)
    assert other is not None
    assert adjusted_rand_score(found.labels[order], other.labels) == 1


def test_many_people_are_placed_by_what_was_found_on_some(
    cloud: tuple[np.ndarray, np.ndarray, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix, truth, users = cloud
    monkeypatch.setattr("agent.segments.blending.PILOT", 200)
    found = blend(matrix, users, votes(truth, 0), 0, MIN_GROUP)
    assert found is not None
    assert adjusted_rand_score(truth, found.labels) > 0.6


def test_too_few_people_or_no_votes_give_nothing() -> None:
    matrix = np.random.default_rng(0).normal(size=(40, 8))
    users = [f"u{i}" for i in range(40)]
    assert blend(matrix, users, [], 0, MIN_GROUP) is None
    assert blend(matrix, users, [np.arange(20), np.arange(20, 40)], 0, 30) is None


def test_main_axes_keep_distances_between_few_columns() -> None:
    points = np.random.default_rng(0).normal(size=(30, AXES - 2))
    space = main_axes(points)
    assert space.shape == points.shape
    assert np.linalg.norm(space[0] - space[1]) == pytest.approx(
        np.linalg.norm(points[0] - points[1]), abs=1e-6
    )
