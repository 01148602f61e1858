"""How many people an experiment needs, and what it can show with those there are.

Two-sided tests of two groups, normal approximation: for rates Fleiss, Statistical Methods for
Rates and Proportions (1981, 3.14, without the correction for continuity), for means the usual one.
With several comparisons the error is shared out among them (Bonferroni), which is what the first
step of Holm's correction asks of the clearest one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from scipy import optimize, stats

from agent.errors import SettingsError


@dataclass(frozen=True)
class Design:
    """What the test is to hold: `alpha` for all comparisons together, and the power of each."""

    alpha: float = 0.05
    power: float = 0.8
    comparisons: int = 1
    ratio: float = 1.0
    """People in the arm for each one of the baseline."""

    @property
    def z_alpha(self) -> float:
        return float(stats.norm.isf(self.alpha / self.comparisons / 2))

    @property
    def z_power(self) -> float:
        return float(stats.norm.ppf(self.power))

    @property
    def reach(self) -> float:
        """Standard errors that a true difference has to measure."""
        return self.z_alpha + self.z_power


class Outcome(Protocol):
    """What is measured of a user."""

    def users_for(self, difference: float, design: Design) -> int:
        """People needed in the baseline to see it move by `difference` (either sign)."""

    def detectable(self, users: int, design: Design) -> float | None:
        """The smallest rise that `users` in the baseline show; None where they are too few."""


@dataclass(frozen=True)
class Rate:
    """A share of users, as it is without the experiment. Raises SettingsError outside 0 to 1."""

    baseline: float

    def __post_init__(self) -> None:
        if not 0 < self.baseline < 1:
            raise SettingsError(f"--baseline {self.baseline:g}: a rate is between 0 and 1")

    def users_for(self, difference: float, design: Design) -> int:
        """Raises SettingsError where the rate would not move, or move beyond 0 or 1."""
        if not 0 < self.baseline + difference < 1 or difference == 0:
            raise SettingsError(
                f"--difference {difference:g}: a rate of {self.baseline:g} cannot move by that"
            )
        return math.ceil(self._users(difference, design))

    def detectable(self, users: int, design: Design) -> float | None:
        most = (1 - self.baseline) * (1 - 1e-9)
        if users < 2 or self._users(most, design) > users:
            return None

        def short(difference: float) -> float:
            return math.log(self._users(difference, design) / users)

        return float(optimize.brentq(short, most * 1e-9, most))

    def _users(self, difference: float, design: Design) -> float:
        p0, p1, r = self.baseline, self.baseline + difference, design.ratio
        mean = (p0 + r * p1) / (1 + r)
        under_null = design.z_alpha * math.sqrt(mean * (1 - mean) * (1 + 1 / r))
        under_effect = design.z_power * math.sqrt(p0 * (1 - p0) + p1 * (1 - p1) / r)
        return ((under_null + under_effect) / difference) ** 2


@dataclass(frozen=True)
class Mean:
    """A mean per user, such as spend, with its standard deviation among users."""

    sd: float

    def __post_init__(self) -> None:
        if not 0 < self.sd < math.inf:
            raise SettingsError(f"--sd {self.sd:g}: a standard deviation is above 0")

    def users_for(self, difference: float, design: Design) -> int:
        """Raises SettingsError for no difference."""
        if difference == 0:
            raise SettingsError("--difference 0 is none")
        return math.ceil((design.reach * self.sd / difference) ** 2 * (1 + 1 / design.ratio))

    def detectable(self, users: int, design: Design) -> float | None:
        if users < 2:
            return None
        return design.reach * self.sd * math.sqrt((1 + 1 / design.ratio) / users)
