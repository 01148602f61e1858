"""Who is picked by what is told of them."""

from __future__ import annotations

import numpy as np
import pytest

from agent.evaluation.picking import _nearest, likest, mean_vectors
from tests.recommend.logs import WordVectors


def test_a_person_is_told_from_the_nearest_others() -> None:
    matrix = np.arange(30.0)[:, None]
    candidates = _nearest(matrix, np.arange(30))
    assert candidates[:, 0].tolist() == list(range(30))
    assert sorted(candidates[15]) == list(range(10, 20)) or sorted(candidates[15]) == list(
        range(11, 21)
    )


def test_a_profile_is_the_mean_of_its_passages_and_nothing_is_nowhere() -> None:
    words = WordVectors()
    loaves, thrillers = words.encode(["a", "b"], ["rye loaves", "dark thrillers"])
    found = mean_vectors([["rye loaves", "dark thrillers"], [], ["rye loaves"]], words)
    assert found[0] == pytest.approx((loaves + thrillers) / 2)
    assert not found[1].any()
    assert found[2] == pytest.approx(loaves)


def test_whoever_shares_passages_is_the_likest_wherever_they_stand() -> None:
    told = [["rye loaves", "dark thrillers"], [], ["garden tools"]]
    later = [["dark thrillers", "garden tools", "rye loaves"], ["garden tools"], []]
    near = likest(told, later, WordVectors())
    mine = near(0, np.arange(3))
    assert mine[0] == pytest.approx(1)
    assert mine[1] < mine[0]
    assert mine[2] == 0
    assert near(2, np.arange(3)).argmax() in (0, 1)
    assert not near(1, np.arange(3)).any()
