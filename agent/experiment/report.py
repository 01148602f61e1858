"""What came of an experiment, as a record and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from scipy import stats

from agent.behaviour.wording import number
from agent.errors import SettingsError
from agent.experiment.assigning import HOLDOUT, NO_SEGMENT
from agent.experiment.effects import Effect, corrected, effect, overall
from agent.experiment.outcomes import Kind, Observed
from agent.records import Record

MISMATCH = 0.001
"""Under this p the arms are not the shares that were planned (the usual bound: Kohavi, Tang & Xu
2020, chapter 21); whatever removed people may have removed them by their outcome."""


class SampleRatio(Record):
    """Whether the arms hold the shares of people that were planned (a chi-squared test)."""

    expected: dict[str, float]
    observed: dict[str, int]
    p: float
    mismatch: bool


class Comparison(Record):
    """One arm against the baseline: over everybody, and in each segment."""

    arm: str
    overall: Effect
    segments: tuple[Effect, ...]


class ExperimentReport(Record):
    """What `folkmap experiment read` tells; its text is `str(report)`."""

    kind: Kind
    baseline: str
    confidence: float
    correction: str = "holm"
    users: int
    absent: int
    strangers: int
    repeated: int
    sample_ratio: SampleRatio
    comparisons: tuple[Comparison, ...]
    names: dict[str, str]
    """Segment → its name, where a run was given."""

    def __str__(self) -> str:
        return "\n".join(_lines(self))


def read_effects(
    observed: Observed,
    *,
    baseline: str | None = None,
    confidence: float = 0.95,
    min_group: int = 5,
    names: Mapping[str, str] | None = None,
) -> ExperimentReport:
    """Every arm against the baseline: `baseline`, else the arm "control", else the held-out users.

    The held-out users are compared only as a baseline. Raises SettingsError where no arm is left.
    """
    arms = list(observed.shares)
    if baseline is None:
        baseline = next((arm for arm in ("control", HOLDOUT) if arm in arms), None)
    if baseline not in arms:
        raise SettingsError(
            f"--against {baseline or '?'}: name the arm the others are compared with; there are "
            + ", ".join(arms)
        )
    others = [arm for arm in arms if arm not in (baseline, HOLDOUT)]
    values = {
        (str(segment), str(arm)): frame["value"].to_numpy()
        for (segment, arm), frame in observed.users.group_by("segment", "arm")
    }
    none = observed.users["value"].clear().to_numpy()
    strata = sorted({segment for segment, _ in values}, key=_by_number)
    pairs = {
        (arm, segment): (
            values.get((segment, baseline), none), values.get((segment, arm), none)
        )
        for arm in others
        for segment in strata
    }  # fmt: skip
    each = corrected(
        [
            effect(
                *pair, kind=observed.kind, confidence=confidence, least=min_group, segment=segment
            )
            for (_, segment), pair in pairs.items()
        ],
        confidence=confidence,
    )
    of_arm = {
        arm: tuple(one for _, one in group)
        for arm, group in groupby(zip(pairs, each, strict=True), key=lambda pair: pair[0][0])
    }
    return ExperimentReport(
        kind=observed.kind,
        baseline=baseline,
        confidence=confidence,
        users=observed.users.height,
        absent=observed.absent,
        strangers=observed.strangers,
        repeated=observed.repeated,
        sample_ratio=sample_ratio(observed),
        comparisons=tuple(
            Comparison(
                arm=arm,
                overall=overall(
                    {segment: pairs[arm, segment] for segment in strata},
                    kind=observed.kind,
                    confidence=confidence,
                    least=min_group,
                ),
                segments=of_arm[arm],
            )
            for arm in others
        ),
        names={segment: name for segment, name in (names or {}).items() if segment in strata},
    )


def sample_ratio(observed: Observed) -> SampleRatio:
    """People counted in each arm against the shares that were planned."""
    counts = dict(observed.users["arm"].value_counts().iter_rows())
    found = {arm: int(counts.get(arm, 0)) for arm in observed.shares}
    whole = sum(observed.shares.values())
    expected = {a: observed.users.height * share / whole for a, share in observed.shares.items()}
    p = float(stats.chisquare(list(found.values()), list(expected.values())).pvalue)
    return SampleRatio(
        expected={arm: round(people, 1) for arm, people in expected.items()},
        observed=found,
        p=p,
        mismatch=p < MISMATCH,
    )


def _lines(report: ExperimentReport) -> Iterator[str]:
    ratio = report.sample_ratio
    if ratio.mismatch:
        told = ", ".join(f"{arm} {n:,}" for arm, n in ratio.observed.items())
        meant = ", ".join(f"{arm} {n:,.0f}" for arm, n in ratio.expected.items())
        yield (
            f"Do not trust what follows: the arms are not the shares that were planned (sample "
            f"ratio mismatch, p {_p(ratio.p)}). Counted: {told}; planned: {meant}."
        )
    yield f"{report.users:,} users; {'a rate' if report.kind == 'rate' else 'a mean'} per user."
    if report.absent:
        yield f"{report.absent:,} assigned users are not among the outcomes."
    if report.strangers:
        yield f"{report.strangers:,} users of the outcomes were not assigned and do not count."
    if report.repeated:
        yield f"{report.repeated:,} rows are further ones of a user and were put together."
    level = number(100 * report.confidence)
    for comparison in report.comparisons:
        yield ""
        yield f"{comparison.arm} against {report.baseline}, with {level} % intervals:"
        yield f"  everybody  {_told(comparison.overall, report.kind)}"
        for one in comparison.segments:
            name = report.names.get(one.segment or "", "")
            if one.segment == NO_SEGMENT:
                name = "in no segment"
            yield f"  {one.segment}  {name + ': ' if name else ''}{_told(one, report.kind)}"
    yield ""
    yield (
        "An interval is each segment's own. 'clear' is said after Holm's correction for all "
        "segments and arms, so that acting on every one called clear is wrong at most "
        f"{number(100 - 100 * report.confidence)} times in 100."
    )


def _told(one: Effect, kind: Kind) -> str:
    if one.not_measured is not None:
        return f"not measured ({one.not_measured})"
    assert one.baseline is not None
    assert one.arm is not None
    assert one.difference is not None
    assert one.low is not None
    assert one.high is not None
    assert one.p is not None
    times, unit = (100, " %") if kind == "rate" else (1, "")
    text = (
        f"{one.baseline * times:.4g}{unit} → {one.arm * times:.4g}{unit}, "
        f"{one.difference * times:+.3g}{' points' if kind == 'rate' else ''} "
        f"({one.low * times:+.3g} to {one.high * times:+.3g})"
    )
    if one.lift is not None and one.lift_low is not None and one.lift_high is not None:
        text += (
            f", lift {100 * one.lift:+.3g} % ({100 * one.lift_low:+.3g} to "
            f"{100 * one.lift_high:+.3g})"
        )
    text += f", p {_p(one.p)}"
    if one.p_adjusted is not None:
        text += f", corrected {_p(one.p_adjusted)}: {'clear' if one.clear else 'not clear'}"
    return text


def _p(p: float) -> str:
    return "< .001" if p < 0.001 else f"{p:.3f}".lstrip("0")


def _by_number(segment: str) -> tuple[int, str]:
    """s2 before s10, and those in no segment last."""
    digits = segment.lstrip("s")
    return (int(digits), segment) if digits.isdecimal() else (10**9, segment)
