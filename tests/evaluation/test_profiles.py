"""How texts are compared: sameness of profiles, and who is picked by what is told of them."""

from __future__ import annotations

import numpy as np
import pytest

from agent.evaluation.profiles import _bleu, _distinct, _nearest, mean_vectors
from tests.recommend.logs import WordVectors


def test_the_same_text_twice_is_fully_alike() -> None:
    text = list("abcdefghij")
    other = list("klmnopqrst")
    assert _bleu(text, 0, [text, text]) == pytest.approx(1)
    assert _bleu(text, 0, [text, other]) < 0.1


def test_distinct_pairs_are_counted_over_all_texts() -> None:
    assert _distinct([["a", "b", "c"], ["a", "b", "d"]]) == 3 / 4


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
