"""Text and marks stand out from what they are drawn on, in light and in dark (WCAG 2.2)."""

from __future__ import annotations

import re

import pytest

from agent.map.palette import GROUNDS, contrast
from agent.ui.page import text_of

TEXT = 4.5
MARKS = 3.0


def colours(dark: bool) -> dict[str, str]:
    """Name → colour of one of the two sets of `base.css`."""
    light_set, dark_set = re.findall(r":root[^{]*\{(.*?)\n\}", text_of("base.css"), re.DOTALL)[:2]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark_set if dark else light_set))


@pytest.mark.parametrize("dark", [False, True])
def test_text_can_be_read(dark: bool) -> None:
    known = colours(dark)
    for ground in ("ground", "panel", "sunk"):
        for text in ("ink", "quiet", "accent"):
            assert contrast(known[text], known[ground]) >= TEXT, (text, ground)
    assert contrast(known["accent"], known["wash"]) >= TEXT
    assert contrast(known["on-accent"], known["accent"]) >= TEXT
    assert contrast(known["ink"], known["warn-wash"]) >= TEXT


@pytest.mark.parametrize("dark", [False, True])
def test_bars_and_edges_of_fields_can_be_seen(dark: bool) -> None:
    known = colours(dark)
    for mark in ("bar", "edge", "accent"):
        assert contrast(known[mark], known["panel"]) >= MARKS, mark
    assert contrast(known["bar"], known["sunk"]) >= MARKS


@pytest.mark.parametrize("dark", [False, True])
def test_the_pages_stand_on_the_maps_ground(dark: bool) -> None:
    assert colours(dark)["ground"] == GROUNDS[dark]
