"""A measure: a figure with its interval and its baselines, or the reason why there is none.

Scores of single units (users, segments, pairs of runs) come in; their mean, a bootstrap interval
over the units, and for every baseline its mean and the ratio to it come out. Ours and the baseline
are drawn together, unit by unit (a paired bootstrap), so that what makes a unit easy for both does
not blur the comparison. A score that is not a number is unscored, which is not zero: the unit is
left out for everybody it is compared with, and counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from agent.records import Record

DRAWS = 2_000
LEVEL = 0.95

Scores = npt.NDArray[np.float64]


class Ratio(Record):
    """Ours over a baseline's, with its interval; 1 is level."""

    value: float
    low: float
    high: float


class Measure(Record):
    """`value` with its 95 % interval over `n` units."""

    value: float
    low: float
    high: float
    n: int
    baselines: dict[str, float] = Field(default_factory=dict)
    ratios: dict[str, Ratio] = Field(default_factory=dict)
    """Baseline → ours over it, drawn in pairs; absent where the baseline is 0."""
    unscored: int = 0
    """Units left out because somebody compared could not be scored on them."""
    unit: str = "users"
    about: str = ""
    """What is measured, in words, and on which split."""
    higher: bool | None = True
    """Whether more is better; None where neither is."""

    @model_serializer(mode="wrap")
    def _told(self, tell: SerializerFunctionWrapHandler) -> dict[str, object]:
        """Without the fields that say nothing here."""
        told: dict[str, object] = tell(self)
        return {k: v for k, v in told.items() if v or k not in ("ratios", "unscored", "about")}


class NotMeasured(Record):
    """Why there is no figure."""

    not_measured: str
    about: str = Field(default="", exclude=True)


Result = Annotated[Measure | NotMeasured, Field(union_mode="left_to_right")]


@dataclass(frozen=True)
class Drawn:
    """A figure of all units at once, such as a Rand index, and the same of draws of the units.

    Solvers that are compared must be judged on the same draws.
    """

    value: float
    draws: Scores
    """(draws,)"""
    n: int
    """How many units."""


def measure(
    ours: Iterable[float] | Drawn,
    baselines: Mapping[str, Iterable[float] | Drawn] | None = None,
    *,
    about: str = "",
    unit: str = "users",
    higher: bool | None = True,
    seed: int = 0,
) -> Measure | NotMeasured:
    """The measure of these scores, a row a unit; baselines score the same units in the same order.

    Units need not be single scores: an array (units, replicates) is averaged over its replicates.
    Of figures that only all units together have, `Drawn` is given, for all or for none.
    """
    solvers = [ours, *(baselines or {}).values()]
    if isinstance(ours, Drawn):
        figures = [one for one in solvers if isinstance(one, Drawn)]
        n, unscored = ours.n, 0
        means, drawn = np.array([f.value for f in figures]), np.array([f.draws for f in figures])
    else:
        stacked = np.array([_rows(one) for one in solvers if not isinstance(one, Drawn)])
        scored = np.isfinite(stacked).all(axis=0)
        kept = stacked[:, scored]
        n, unscored = kept.shape[1], int((~scored).sum())
        if n == 0:
            none = f"none of {unscored} {unit} could be scored"
            return NotMeasured(not_measured=none if unscored else f"there are no such {unit}")
        means, drawn = kept.mean(axis=1), _bootstrap(kept, seed)
    low, high = _interval(drawn[0])
    names = list(baselines or {})
    ratios = {}
    for place, name in enumerate(names, start=1):
        if means[place] <= 0 or (drawn[place] <= 0).any():
            continue
        bounds = _interval(drawn[0] / drawn[place])
        ratios[name] = Ratio(
            value=_round(means[0] / means[place]), low=_round(bounds[0]), high=_round(bounds[1])
        )
    return Measure(
        value=_round(means[0]),
        low=_round(low),
        high=_round(high),
        n=n,
        baselines={name: _round(mean) for name, mean in zip(names, means[1:], strict=True)},
        ratios=ratios,
        unscored=unscored,
        unit=unit,
        about=about,
        higher=higher,
    )


def _rows(scores: Iterable[float]) -> Scores:
    table = np.asarray(scores if isinstance(scores, np.ndarray) else list(scores), dtype=np.float64)
    return table.mean(axis=1) if table.ndim == 2 else table


def _bootstrap(kept: Scores, seed: int) -> Scores:
    """(solvers, DRAWS) means of the same draws of units for every solver."""
    units = kept.shape[1]
    generator = np.random.default_rng(seed)
    means = np.empty((len(kept), DRAWS))
    for start in range(0, DRAWS, 100):  # a hundred draws of all units at a time fit in memory
        counts = generator.multinomial(units, np.full(units, 1 / units), size=100)
        means[:, start : start + 100] = kept @ counts.T / units
    return means


def _interval(draws: Scores) -> tuple[float, float]:
    rest = (1 - LEVEL) / 2
    low, high = np.quantile(draws, [rest, 1 - rest])
    return float(low), float(high)


def _round(value: float) -> float:
    return round(float(value), 4) + 0.0
