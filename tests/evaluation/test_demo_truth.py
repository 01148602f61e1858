from pathlib import Path

import pytest

from agent.evaluation.demo_truth import Truth, score, score_shop

TRUTH = [
    *(Truth(user_id=f"a{n}", persona="bakers", kind="persona") for n in range(10)),
    *(Truth(user_id=f"b{n}", persona="gamers", kind="persona") for n in range(10)),
    *(Truth(user_id=f"w{n}", persona="", kind="wanderer") for n in range(4)),
    Truth(user_id="m", persona="bakers+gamers", kind="mixture"),
    Truth(user_id="n", persona="bakers", kind="newcomer"),
]
RIGHT = {one.user_id: one.persona for one in TRUTH}


def test_the_truth_scores_one_and_mixtures_and_newcomers_do_not_count() -> None:
    assert score(TRUTH, RIGHT | {"m": "whatever", "n": "else"}).ari == 1.0
    found = score(TRUTH, RIGHT)
    assert (found.placed, found.apart) == (1.0, 1.0)


def test_calling_everybody_noise_places_nobody_and_finds_nothing() -> None:
    found = score(TRUTH, {})
    assert (found.ari, found.placed, found.apart, found.groups) == (0.0, 0.0, 1.0, 0)


def test_swallowing_wanderers_costs() -> None:
    swallowed = RIGHT | {f"w{n}": "bakers" for n in range(4)}
    found = score(TRUTH, swallowed)
    assert 0.3 < found.ari < 1.0
    assert found.apart == 0.0


@pytest.mark.slow
def test_the_personas_of_a_small_shop_are_found(tmp_path: Path) -> None:
    scores = score_shop(300, 0, tmp_path)
    assert scores["segments"].ari >= 0.80
    assert scores["segments"].placed >= 0.85
    assert scores["oracle"].ari >= 0.90
