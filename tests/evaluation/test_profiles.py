"""How much profiles are alike."""

from __future__ import annotations

import pytest

from agent.evaluation.profiles import _bleu, _distinct


def test_the_same_text_twice_is_fully_alike() -> None:
    text = list("abcdefghij")
    other = list("klmnopqrst")
    assert _bleu(text, 0, [text, text]) == pytest.approx(1)
    assert _bleu(text, 0, [text, other]) < 0.1


def test_distinct_pairs_are_counted_over_all_texts() -> None:
    assert _distinct([["a", "b", "c"], ["a", "b", "d"]]) == 3 / 4
