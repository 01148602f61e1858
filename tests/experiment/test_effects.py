"""Intervals hold the truth as often as they promise, over many simulated experiments."""

from collections.abc import Callable

import numpy as np
import pytest

from agent.experiment.effects import Effect, corrected, effect, overall
from agent.experiment.outcomes import Kind

Draw = Callable[[np.random.Generator, int, float], np.ndarray]
SEGMENTS = 6


def rates(rng: np.random.Generator, users: int, mean: float) -> np.ndarray:
    return (rng.random(users) < mean).astype(float)


def spend(rng: np.random.Generator, users: int, mean: float) -> np.ndarray:
    """Three in ten buy, for amounts with a long tail; `mean` is that of all users."""
    sigma = 0.6
    amounts = rng.lognormal(np.log(mean / 0.3) - sigma**2 / 2, sigma, users)
    return np.where(rng.random(users) < 0.3, amounts, 0.0)


def simulated(
    draw: Draw, before: list[float], after: list[float], users: int, seed: int
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(seed)
    return {
        f"s{n}": (draw(rng, users * (1 + n % 3), b), draw(rng, users * (1 + n % 3), a))
        for n, (b, a) in enumerate(zip(before, after, strict=True))
    }


def held(found: list[tuple[float | None, float | None]], truth: list[float]) -> float:
    """The share of intervals that hold the truth."""
    inside = [
        low is not None and high is not None and low <= true <= high
        for (low, high), true in zip(found, truth, strict=True)
    ]
    return sum(inside) / len(inside)


@pytest.mark.parametrize(
    ("draw", "kind", "level", "rise", "users"),
    [(rates, "rate", 0.05, 0.03, 100), (rates, "rate", 0.4, 0.1, 40), (spend, "mean", 12, 4, 150)],
)
@pytest.mark.parametrize("runs", [40, pytest.param(1000, marks=pytest.mark.slow)])
def test_intervals_cover_as_promised(
    draw: Draw, kind: Kind, level: float, rise: float, users: int, runs: int
) -> None:
    before = [level * (1 + 0.2 * n) for n in range(SEGMENTS)]
    after = [b + rise * (n % 2) for n, b in enumerate(before)]
    weights = np.array([1 + n % 3 for n in range(SEGMENTS)]) / sum(
        1 + n % 3 for n in range(SEGMENTS)
    )
    differences = [a - b for a, b in zip(after, before, strict=True)]
    each, lifts, whole = [], [], []
    for run in range(runs):
        strata = simulated(draw, before, after, users, run)
        found = [
            effect(*pair, kind=kind, confidence=0.95, least=5, segment=name)
            for name, pair in strata.items()
        ]
        each += [(one.low, one.high) for one in found]
        lifts += [
            (one.lift_low, one.lift_high, a / b - 1)
            for one, a, b in zip(found, after, before, strict=True)
            if one.lift is not None
        ]
        all_of_them = overall(strata, kind=kind, confidence=0.95, least=5)
        whole.append((all_of_them.low, all_of_them.high))
    # Four standard errors of a share that is .95 in truth, and what approximations may miss.
    for n, cover, slack in [
        (len(each), held(each, differences * runs), 0.015),
        (len(lifts), held([(low, high) for low, high, _ in lifts], [t for *_, t in lifts]), 0.02),
        (len(whole), held(whole, [float(weights @ differences)] * runs), 0.015),
    ]:
        error = 4 * (0.95 * 0.05 / n) ** 0.5
        assert 0.95 - slack - error <= cover <= min(1.0, 0.975 + error), (n, cover)


@pytest.mark.parametrize("runs", [40, pytest.param(1500, marks=pytest.mark.slow)])
def test_where_nothing_happened_something_is_called_clear_one_time_in_twenty(runs: int) -> None:
    wrong = 0
    for run in range(runs):
        strata = simulated(rates, [0.3] * SEGMENTS, [0.3] * SEGMENTS, 80, run)
        found = [
            effect(*pair, kind="rate", confidence=0.95, least=5, segment=name)
            for name, pair in strata.items()
        ]
        wrong += any(one.clear for one in corrected(found, confidence=0.95))
    assert wrong / runs <= 0.05 + 4 * (0.05 * 0.95 / runs) ** 0.5


def test_an_effect_that_is_there_is_found() -> None:
    strata = simulated(rates, [0.1] * SEGMENTS, [0.1] * 5 + [0.4], 300, 1)
    found = corrected(
        [
            effect(*pair, kind="rate", confidence=0.95, least=5, segment=name)
            for name, pair in strata.items()
        ],
        confidence=0.95,
    )
    assert [one.segment for one in found if one.clear] == ["s5"]


def test_holms_correction_is_holms() -> None:
    raw = [0.01, 0.04, 0.03, None, 0.005]
    found = corrected(
        [Effect(segment=f"s{n}", baseline_users=9, arm_users=9, p=p) for n, p in enumerate(raw)],
        confidence=0.95,
    )
    assert [one.p_adjusted for one in found] == pytest.approx([0.03, 0.06, 0.06, None, 0.02])
    assert [one.clear for one in found] == [True, False, False, False, True]


def test_newcombes_own_example() -> None:
    # Newcombe (1998), table II, method 10: 56/70 against 48/80 gives .0524 to .3339.
    one = np.r_[np.ones(56), np.zeros(14)]
    other = np.r_[np.ones(48), np.zeros(32)]
    found = effect(other, one, kind="rate", confidence=0.95, least=5, segment="s1")
    assert (found.difference, found.low, found.high) == pytest.approx(
        (0.2, 0.0524, 0.3339), abs=1e-4
    )


def test_what_cannot_be_told_is_not_measured() -> None:
    few = effect(np.ones(4), np.zeros(90), kind="rate", confidence=0.95, least=5, segment="s1")
    assert few.not_measured == "fewer than 5 people in one of the arms"
    same = effect(np.zeros(40), np.zeros(50), kind="rate", confidence=0.95, least=5, segment="s1")
    assert same.not_measured == "every outcome is the same"
    nothing = {"s1": (np.zeros(9), np.zeros(9))}
    assert overall(nothing, kind="rate", confidence=0.95, least=5).not_measured


def test_small_segments_count_together_in_the_overall_effect() -> None:
    rng = np.random.default_rng(0)
    small = {f"s{n}": (rates(rng, 3, 0.5), rates(rng, 3, 0.5)) for n in range(8)}
    found = overall(small, kind="rate", confidence=0.95, least=5)
    assert found.not_measured is None
    assert (found.baseline_users, found.arm_users) == (24, 24)


def test_chance_that_put_heavy_buyers_into_one_arm_is_taken_out() -> None:
    """Both arms buy alike within each segment; only how many of each they hold differs."""
    light, heavy = np.r_[np.zeros(50), np.ones(50)], np.r_[np.zeros(10), np.ones(90)]
    strata = {
        "s1": (np.tile(light, 3), light),
        "s2": (heavy, np.tile(heavy, 3)),
    }
    found = overall(strata, kind="rate", confidence=0.95, least=5)
    assert found.difference == pytest.approx(0.0, abs=1e-12)
