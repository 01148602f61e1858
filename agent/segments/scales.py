"""Measures on comparable scales: rhythm, value and ties as columns of a block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from agent.behaviour.measures import measure
from agent.segments.blocks import PRIOR_EVENTS, Flags, Matrix, evidence, rounded

if TYPE_CHECKING:
    from agent.behaviour.measures import Measures
    from agent.settings import Block

CLIP = 3.0
"""Robust standard deviations beyond which a measure says no more than "a lot"."""


@dataclass(frozen=True)
class MeasureColumns:
    """A block's measures: shares as √ (thin evidence pulled in), amounts as logs, robust scales.

    A measure counts when at least a fifth of the users have it and it differs between them; who
    lacks it stands at the population's median.
    """

    names: list[str]
    units: list[str]
    population: Matrix
    """(measures,) mean share or rating that thin evidence is pulled to; 0 where it is not."""
    median: Matrix
    spread: Matrix
    """(measures,) robust standard deviation after the transformation."""

    @property
    def columns(self) -> list[str]:
        return self.names

    @classmethod
    def learn(cls, measures: Measures, block: Block) -> MeasureColumns | None:
        table, n = measures.table, len(measures.table)
        names: list[str] = []
        units: list[str] = []
        population, median, spread = [], [], []
        for name in table.columns:
            if name == "user_id" or measure(name).block != block:
                continue
            unit = measure(name).unit
            if table[name].is_not_null().sum() < max(3, n / 5):
                continue
            values = table[name].drop_nulls().to_numpy()
            mean = float(rounded(values.mean())) if unit in ("share", "rating") else 0.0
            values = _measured(measures, name, unit, mean)
            low, mid, high = np.nanquantile(values, [0.25, 0.5, 0.75])
            width = max((high - low) / 1.349, 0.5 * float(np.nanstd(values)))
            if width < 1e-6:
                continue
            names.append(name)
            units.append(unit)
            population.append(mean)
            median.append(mid)
            spread.append(width)
        if not names:
            return None
        return cls(names, units, rounded(population), rounded(median), rounded(spread))

    def transform(self, measures: Measures, text: Matrix | None) -> Matrix:
        del text
        values = np.column_stack(
            [
                _measured(measures, name, unit, mean)
                for name, unit, mean in zip(self.names, self.units, self.population, strict=True)
            ]
        )
        values = np.clip((values - self.median) / self.spread, -CLIP, CLIP)
        return np.where(np.isnan(values), 0.0, values)

    def known(self, measures: Measures) -> Flags:
        held = [name for name in self.names if name in measures.table.columns]
        return measures.table.select(
            pl.any_horizontal(pl.lit(False), *(pl.col(name).is_not_null() for name in held))
        ).to_series().to_numpy()  # fmt: skip


def _measured(measures: Measures, name: str, unit: str, mean: float) -> Matrix:
    """(users,) One measure on its working scale; nan where it is null."""
    if name not in measures.table.columns:
        return np.full(len(measures.table), np.nan)
    values = measures.table[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
    events = evidence(measures)
    if unit in ("share", "rating"):
        values = (events * values + PRIOR_EVENTS * mean) / (events + PRIOR_EVENTS)
        if unit == "rating":
            return np.asarray(values, dtype=np.float64)
        return np.asarray(np.sqrt(np.maximum(values, 0.0)))
    damped: Matrix = np.log1p(np.maximum(values, 0.0))
    return damped
