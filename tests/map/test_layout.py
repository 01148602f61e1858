from __future__ import annotations

import numpy as np
import pytest

from agent.map.layout import FEW, lay_out
from agent.segments.vectors import Vectors


def vectors(matrix: np.ndarray) -> Vectors:
    users = [f"u{n:04d}" for n in range(len(matrix))]
    columns = {"tastes": [f"c{n}" for n in range(matrix.shape[1])]}
    return Vectors(users, np.full(len(users), 9.0), {"tastes": matrix}, columns, {"tastes": 1.0})  # type: ignore[arg-type]


def crowd(n: int, groups: int = 3) -> np.ndarray:
    rng = np.random.default_rng(1)
    middles = rng.normal(0, 5, (groups, 6))
    return np.asarray(middles[np.arange(n) % groups] + rng.normal(0, 0.4, (n, 6)))


def test_the_same_people_and_seed_stand_in_the_same_places() -> None:
    people = vectors(crowd(90))
    one, other = lay_out(people, 7), lay_out(people, 7)
    assert one.equals(other)
    assert one["user_id"].to_list() == people.users
    assert not one.select("x", "y").equals(lay_out(people, 8).select("x", "y"))


def test_people_who_are_alike_stand_together() -> None:
    places = lay_out(vectors(crowd(90)), 0).select("x", "y").to_numpy()
    group = np.arange(90) % 3
    apart = np.linalg.norm(places[:, None] - places[None], axis=-1)
    np.fill_diagonal(apart, np.inf)
    assert (group[apart.argmin(axis=1)] == group).mean() > 0.95


@pytest.mark.parametrize("n", [1, 2, 3, 5, FEW - 1, FEW + 5])
def test_few_people_have_places_too(n: int) -> None:
    places = lay_out(vectors(crowd(n)), 0)
    xy = places.select("x", "y").to_numpy()
    assert places.height == n
    assert np.isfinite(xy).all()
    assert (xy.min(), xy.max()) >= (0, 0)
    assert xy.max() <= 1


def test_people_who_do_not_differ_are_not_drawn_on_one_spot() -> None:
    xy = lay_out(vectors(np.ones((40, 3))), 0).select("x", "y").to_numpy()
    assert len(np.unique(xy, axis=0)) == 40


def test_an_island_far_out_does_not_empty_the_map() -> None:
    far = crowd(29)
    far[:2] += 1_000
    x = np.sort(lay_out(vectors(far), 0)["x"].to_numpy())
    assert np.ptp(x[2:]) > 0.4 or np.ptp(x[:-2]) > 0.4


def test_of_too_many_people_a_sample_is_placed() -> None:
    people = vectors(crowd(120))
    places = lay_out(people, 0, most=50)
    assert places.height == 50
    assert set(places["user_id"]) < set(people.users)
