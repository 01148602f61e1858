"""Effects of an arm against the baseline, with intervals: in one segment, and over all of them.

Rates: Newcombe's interval from two Wilson scores (Newcombe 1998, method 10), which holds at the
small counts of a segment, and Fisher's test where an expected count is under 5. Means: Welch. Over
all segments: the segments' differences weighted by their people (post-stratification), which takes
out what chance put unevenly into the arms. Lift (the ratio less 1): normal on its logarithm.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from agent.experiment.outcomes import Kind
from agent.records import Record

Values = np.ndarray
"""One group's outcomes, a number a user."""


class Effect(Record):
    """What an arm did to one group of people; `not_measured` says why there is no figure."""

    segment: str | None
    """None for everybody."""
    baseline_users: int
    arm_users: int
    baseline: float | None = None
    arm: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    lift: float | None = None
    """The arm's value over the baseline's, less 1; None where either is not above 0."""
    lift_low: float | None = None
    lift_high: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    """After Holm's correction for all segments and arms that were looked at."""
    clear: bool = False
    """Whether the corrected p is under 1 less the confidence."""
    not_measured: str | None = None


@dataclass(frozen=True)
class Summary:
    """A group's mean, and the variance of that mean."""

    mean: float
    variance: float

    @classmethod
    def of(cls, values: Values) -> Summary:
        return cls(float(values.mean()), float(values.var(ddof=1)) / len(values))


def effect(
    baseline: Values, arm: Values, *, kind: Kind, confidence: float, least: int, segment: str
) -> Effect:
    """The effect in one segment; not measured with fewer than `least` people on either side."""
    counts = Effect(segment=segment, baseline_users=len(baseline), arm_users=len(arm))
    if min(len(baseline), len(arm)) < max(2, least):
        return counts.model_copy(
            update={"not_measured": f"fewer than {max(2, least)} people in one of the arms"}
        )
    if len({*np.unique(baseline), *np.unique(arm)}) == 1:
        return counts.model_copy(update={"not_measured": "every outcome is the same"})
    low, high, p = (_rates if kind == "rate" else _means)(baseline, arm, confidence)
    return _told(counts, Summary.of(baseline), Summary.of(arm), low, high, p, confidence)


def overall(
    strata: Mapping[str, tuple[Values, Values]], *, kind: Kind, confidence: float, least: int
) -> Effect:
    """The effect on everybody; `strata` is segment → outcomes of baseline and arm.

    Segments with fewer than `least` people on either side are put together and count as one.
    """
    least = max(2, least)
    large = [pair for pair in strata.values() if min(map(len, pair)) >= least]
    rest = [pair for pair in strata.values() if min(map(len, pair)) < least]
    if rest:
        pooled = tuple(np.concatenate(side) for side in zip(*rest, strict=True))
        if min(map(len, pooled)) >= least or not large:
            large.append((pooled[0], pooled[1]))
    counts = Effect(
        segment=None,
        baseline_users=sum(len(pair[0]) for pair in large),
        arm_users=sum(len(pair[1]) for pair in large),
    )
    if any(min(map(len, pair)) < least for pair in large):
        return counts.model_copy(
            update={"not_measured": f"fewer than {least} people in one of the arms"}
        )
    people = counts.baseline_users + counts.arm_users
    weights = [(len(pair[0]) + len(pair[1])) / people for pair in large]
    before, after = (_weighted([pair[side] for pair in large], weights) for side in (0, 1))
    error = math.sqrt(before.variance + after.variance)
    if error == 0:  # within each segment everybody did the same
        before_all, after_all = (np.concatenate(side) for side in zip(*large, strict=True))
        alike = effect(
            before_all, after_all, kind=kind, confidence=confidence, least=least, segment=""
        )
        return alike.model_copy(update={"segment": None})
    difference = after.mean - before.mean
    reach = _normal(confidence) * error
    p = float(2 * stats.norm.sf(abs(difference) / error))
    return _told(counts, before, after, difference - reach, difference + reach, p, confidence)


def corrected(effects: Sequence[Effect], *, confidence: float) -> list[Effect]:
    """The same with Holm's p: whatever the dependence, the chance that even one effect called
    clear is none stays under 1 less the confidence.

    Holm rather than a false discovery rate, for each segment called clear will be acted on alone.
    """
    measured = sorted(
        (at for at, one in enumerate(effects) if one.p is not None),
        key=lambda at: effects[at].p or 0.0,
    )
    result, highest = list(effects), 0.0
    for rank, at in enumerate(measured):
        p = effects[at].p
        assert p is not None
        highest = min(1.0, max(highest, (len(measured) - rank) * p))
        clear = highest < 1 - confidence
        result[at] = effects[at].model_copy(update={"p_adjusted": highest, "clear": clear})
    return result


def _rates(baseline: Values, arm: Values, confidence: float) -> tuple[float, float, float]:
    """Newcombe's interval of the difference, and p."""
    counts = [(int(side.sum()), len(side)) for side in (baseline, arm)]
    (p0, low0, high0), (p1, low1, high1) = (_wilson(k, n, confidence) for k, n in counts)
    difference = p1 - p0
    low = difference - math.hypot(p1 - low1, high0 - p0)
    high = difference + math.hypot(high1 - p1, p0 - low0)
    table = [[k, n - k] for k, n in counts]
    if stats.contingency.expected_freq(table).min() < 5:
        return low, high, float(stats.fisher_exact(table).pvalue)
    return low, high, float(stats.chi2_contingency(table, correction=False).pvalue)


def _wilson(successes: int, n: int, confidence: float) -> tuple[float, float, float]:
    found = stats.binomtest(successes, n).proportion_ci(confidence, method="wilson")
    return successes / n, float(found.low), float(found.high)


def _means(baseline: Values, arm: Values, confidence: float) -> tuple[float, float, float]:
    found = stats.ttest_ind(arm, baseline, equal_var=False)
    interval = found.confidence_interval(confidence)
    return float(interval.low), float(interval.high), float(found.pvalue)


def _weighted(groups: Sequence[Values], weights: Sequence[float]) -> Summary:
    parts = [Summary.of(values) for values in groups]
    return Summary(
        sum(w * part.mean for w, part in zip(weights, parts, strict=True)),
        sum(w * w * part.variance for w, part in zip(weights, parts, strict=True)),
    )


def _told(
    counts: Effect, before: Summary, after: Summary, low: float, high: float, p: float,
    confidence: float,
) -> Effect:  # fmt: skip
    lift: dict[str, float] = {}
    if before.mean > 0 and after.mean > 0:
        ratio = math.log(after.mean / before.mean)
        reach = _normal(confidence) * math.sqrt(
            before.variance / before.mean**2 + after.variance / after.mean**2
        )
        lift = {
            "lift": math.expm1(ratio),
            "lift_low": math.expm1(ratio - reach),
            "lift_high": math.expm1(ratio + reach),
        }
    return counts.model_copy(
        update={
            "baseline": before.mean,
            "arm": after.mean,
            "difference": after.mean - before.mean,
            "low": low,
            "high": high,
            "p": p,
            **lift,
        }
    )


def _normal(confidence: float) -> float:
    """How many standard errors a two-sided interval of this confidence reaches."""
    return float(stats.norm.ppf((1 + confidence) / 2))
