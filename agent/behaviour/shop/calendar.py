"""The days of the demo log, and the shapes a week and a year can have for a shopper."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

FIRST_DAY = date(2024, 11, 1)
LAST_DAY = date(2025, 12, 31)
DAYS = (LAST_DAY - FIRST_DAY).days + 1
EPOCH_SECONDS = int((datetime(2024, 11, 1) - datetime(1970, 1, 1)).total_seconds())
"""Seconds from 1970-01-01 to the start of the log; the log has no time zone."""

_ALL = [FIRST_DAY + timedelta(days=n) for n in range(DAYS)]
WEEKDAY: NDArray[np.int64] = np.array([day.weekday() for day in _ALL])
"""Per day of the log: 0 Monday … 6 Sunday."""
MONTH: NDArray[np.int64] = np.array([day.month - 1 for day in _ALL])
"""Per day of the log: 0 January … 11 December."""

_SALES = ((date(2024, 11, 22), date(2024, 12, 2)), (date(2025, 11, 21), date(2025, 12, 1)))
_CLEARANCES = ((date(2024, 12, 27), date(2025, 1, 12)), (date(2025, 7, 4), date(2025, 7, 20)))

STORE_OPENS, STORE_CLOSES = 8, 20
"""Hours in which anybody can be in a store."""

ANY_DAY = (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
"""How likely a visit is on each weekday, Monday to Sunday, relative; so the next four."""
WORKDAYS = (3.0, 3.2, 3.2, 3.0, 2.4, 0.4, 0.4)
WEEKEND = (0.6, 0.5, 0.6, 0.7, 1.0, 4.0, 4.0)
SATURDAY = (0.7, 0.6, 0.6, 0.7, 1.2, 5.0, 2.4)
SUNDAY = (0.8, 0.8, 0.8, 0.9, 0.9, 2.0, 4.5)

ALL_YEAR = (1.0, 0.9, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.05, 1.25, 1.3)
"""The same for January to December, busy before Christmas; so the next four."""
GROWING = (0.3, 0.8, 2.4, 3.6, 3.6, 2.4, 1.2, 0.8, 0.7, 0.6, 0.3, 0.2)
RUNNING = (1.2, 0.9, 1.3, 1.6, 1.6, 1.4, 1.3, 1.4, 1.5, 1.0, 0.6, 0.6)
CHRISTMAS = (0.08, 0.06, 0.06, 0.06, 0.08, 0.06, 0.06, 0.06, 0.1, 0.5, 3.6, 5.0)
RENOVATING = (1.0, 1.0, 1.5, 1.6, 1.6, 1.2, 1.0, 1.2, 1.3, 1.2, 0.7, 0.4)


def discounts() -> NDArray[np.float64]:
    """Factor on list prices, for each day of the log."""
    factor = np.ones(DAYS)
    for spans, paid in ((_SALES, 0.8), (_CLEARANCES, 0.85)):
        for first, last in spans:
            factor[(first - FIRST_DAY).days : (last - FIRST_DAY).days + 1] = paid
    return factor


def day_weights(weekdays: NDArray[np.float64], months: NDArray[np.float64]) -> NDArray[np.float64]:
    """Relative chance of a visit on each day of the log, from 7 weekday and 12 month weights."""
    weights: NDArray[np.float64] = weekdays[WEEKDAY] * months[MONTH]
    return weights


def year_of(day: int) -> int:
    """Calendar year of a day of the log."""
    return _ALL[day].year
