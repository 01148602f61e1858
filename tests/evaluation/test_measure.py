"""Figures with intervals: pairs drawn together, what is unscored left out and counted."""

from __future__ import annotations

import numpy as np
import pytest

from agent.evaluation.measure import Measure, NotMeasured, measure


def made(*args: object, **options: object) -> Measure:
    found = measure(*args, **options)  # type: ignore[arg-type]
    assert isinstance(found, Measure)
    return found


def test_the_interval_covers_the_mean_as_often_as_it_promises() -> None:
    generator = np.random.default_rng(0)
    covered = 0
    for seed in range(200):
        found = made(generator.normal(0.3, 0.2, 60), seed=seed)
        covered += found.low <= 0.3 <= found.high
    assert 180 <= covered <= 198


def test_units_are_drawn_in_pairs() -> None:
    """Units differ a hundred times as much as ours from the baseline: only pairs can tell."""
    ease = np.random.default_rng(1).uniform(1, 100, 300)
    found = made(ease * 1.02, {"other": ease})
    assert found.ratios["other"].value == pytest.approx(1.02)
    assert found.ratios["other"].low > 1.01
    assert found.high / found.low > 1.05


def test_what_is_unscored_is_not_zero() -> None:
    found = made([1.0, np.nan, 1.0], {"other": [0.5, 0.5, np.nan]})
    assert (found.value, found.n, found.unscored) == (1.0, 1, 2)
    assert measure([np.nan]) == NotMeasured(not_measured="none of 1 users could be scored")


def test_replicates_of_a_unit_are_averaged() -> None:
    found = made(np.array([[0.0, 1.0], [1.0, 1.0]]))
    assert (found.value, found.n) == (0.75, 2)


def test_a_baseline_at_zero_has_no_ratio() -> None:
    found = made([1.0, 2.0], {"none": [0.0, 0.0]})
    assert (found.baselines, found.ratios) == ({"none": 0.0}, {})


def test_the_document_keeps_to_the_contract() -> None:
    told = made([0.5, 0.7], {"other": [0.5, 0.6]}).model_dump(mode="json")
    assert {"value", "low", "high", "n", "baselines"} <= set(told)
    assert NotMeasured(not_measured="why").model_dump() == {"not_measured": "why"}
