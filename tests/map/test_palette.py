from __future__ import annotations

from itertools import combinations

import pytest

from agent.map.palette import GROUNDS, NOISE, blind_distance, choose_colours, contrast

FAMILIES = ([1], [1] * 11, [4, 3, 3, 1, 1], [9, 1], [6, 5, 5, 4, 3, 3, 2, 1, 1, 1, 1, 1], [1] * 33)


@pytest.mark.parametrize("families", FAMILIES)
def test_every_leaf_has_a_shade_of_its_own_that_shows_on_both_grounds(families: list[int]) -> None:
    given = choose_colours(families)
    assert [len(family) for family in given] == families
    shades = [shade for family in given for shade in family]
    for ground, colours in enumerate(([s.light for s in shades], [s.dark for s in shades])):
        assert len(set(colours)) == len(colours)
        assert NOISE[ground] not in colours
        assert min(contrast(colour, GROUNDS[ground]) for colour in colours) >= 3
        assert contrast(NOISE[ground], GROUNDS[ground]) >= 3


@pytest.mark.parametrize("families", [[1] * 11, [4, 3, 3, 1, 1]])
def test_a_dozen_can_be_told_apart_without_red_or_green_cones(families: list[int]) -> None:
    shades = [shade for family in choose_colours(families) for shade in family]
    for colours in ([s.light for s in shades], [s.dark for s in shades]):
        assert min(blind_distance(one, other) for one, other in combinations(colours, 2)) > 0.04


def test_black_on_white_is_the_largest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert blind_distance("#1f77b4", "#1f77b4") == 0
