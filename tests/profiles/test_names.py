"""How strangers' titles are written in prose."""

from __future__ import annotations

import pytest

from agent.profiles.names import LONGEST_NAME, needs_quotes, shown, written
from agent.profiles.rounding import agrees, money, number, tenths


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("PAPER BUNTING RETROSPOT", "paper bunting retrospot"),
        ("Cast-iron skillet 26 cm", "Cast-iron skillet 26 cm"),
        ("Usual Suspects, The (1995)", "The Usual Suspects (1995)"),
        ("IMAX", "IMAX"),
        ("  two \n lines\t", "two lines"),
        ('6" RULER "BOXED"', "6' ruler 'boxed'"),
        ("a\u202eb\u0000c", "a b c"),
        ("\u200b", "untitled"),
        (":", ":"),
    ],
)
def test_titles_are_made_readable(title: str, expected: str) -> None:
    assert shown(title) == expected


def test_long_titles_are_cut_at_a_word() -> None:
    text = shown("Very " * 40)
    assert len(text) <= LONGEST_NAME + 1
    assert text.endswith("Very…")


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("Once", True),
        ("300", True),
        ("3 ORDERS", True),
        ("Once (2006)", True),
        ("Alien", False),
        ("Set of 3 tins", False),
        ("???", True),
    ],
)
def test_names_that_read_as_prose_or_figures_are_quoted(name: str, quoted: bool) -> None:
    assert needs_quotes(name) is quoted
    assert written(name).startswith("“") is quoted


@pytest.mark.parametrize(
    ("stated", "actual", "qualifier", "true"),
    [
        (35_000, 34_684, "about", True),
        (40_000, 34_684, "about", False),
        (50, 48, "nearly", True),
        (48, 50, "nearly", False),
        (30, 31, "over", True),
        (31, 31, "over", False),
        (20, 31, "over", False),
        (31, 31, "at least", True),
        (31, 30, "under", True),
        (31, 12, "under", False),
        (12, 12, "across", True),
        (30, 31, "", False),
    ],
)
def test_rounded_figures_are_true_only_within_their_rule(
    stated: float, actual: float, qualifier: str, true: bool
) -> None:
    assert agrees(stated, actual, qualifier) is true


def test_figures_are_printed_exactly() -> None:
    assert [number(34684.0), number(2.5), number(0.1)] == ["34,684", "2.5", "0.1"]
    assert [money(1.25, "£"), money(2.1, "£"), money(1234.0, "")] == ["£1.25", "£2.10", "1,234"]
    assert [tenths(78), tenths(85), tenths(12), tenths(100)] == [8, None, None, None]
