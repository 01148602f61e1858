from __future__ import annotations

import struct

import pytest

from agent.map.aggregate import without_persons
from agent.map.picture import draw_picture
from tests.map.towns import town


def test_the_picture_is_a_slide_and_the_same_bytes_each_time() -> None:
    scene = town({"bakers": 40, "hosts": 30}, noise=10)
    picture = draw_picture(scene, "Shop")
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", picture[16:24]) == (1920, 1080)
    assert picture == draw_picture(scene, "Shop")
    assert picture != draw_picture(scene, "Another shop")


@pytest.mark.parametrize(
    "name", ["$\\frac{1}{2", "お菓子を焼く人たち", "x" * 200, "100 % _^{", "one\ntwo", "\u202eabc"]
)
def test_any_name_can_be_drawn(name: str) -> None:
    assert draw_picture(town({"bakers": 6}, names={"bakers": name}), name)


def test_noise_is_grey_and_an_empty_map_is_a_picture() -> None:
    with_noise = draw_picture(town({"bakers": 6}, noise=40), "Shop")
    assert with_noise != draw_picture(town({"bakers": 6, "hosts": 40}), "Shop")
    assert draw_picture(without_persons(town({"bakers": 4}), 5), "Shop")
