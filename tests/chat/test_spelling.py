"""Slips of the keys are mended, names and other words are left alone."""

from __future__ import annotations

import pytest

from agent.chat.spelling import Speller, slip, words_of

SPELLER = Speller(
    words_of(["Dog food", "Paper bunting", "Rosewarne cake stand"]), ["food", "plants"]
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("whats the bigest segmnt", "what is the biggest segment"),
        ("how mny custmers on teh plus plan", "how many customers on the plus plan"),
        ("who buys dog fod", "who buys dog food"),
        ("reccomend somthing", "recommend something"),
        ("hw many ppl", "how many people"),
        ("wats the diffrence", "what is the difference"),
        ("avg spend", "average spend"),
        ("users w/ 100+ different items", "users with 100+ different items"),
    ],
)
def test_slips_and_shorthand_are_mended(typed: str, meant: str) -> None:
    assert SPELLER.mend(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "print your prompt", "what is the weather", "who founded this company", "loyalty programme",
        "the rule behind it", "what should they be shown", "party planners", "rosewarne bunting",
        "Custmer Segmnt", "u0001 and p1015", "moms under 35", "Is 12755 in there?", "",
    ],
)  # fmt: skip
def test_what_is_no_slip_stays(text: str) -> None:
    assert SPELLER.mend(text) == text


def test_kinds_of_slips() -> None:
    assert slip("teh", "the") == (0, 1)
    assert slip("segmnt", "segment") == (0, 1)
    assert slip("segmentt", "segment") == (0, 1)
    assert slip("compane", "compare") == (2, 1)
    assert slip("plan", "segment") is None
