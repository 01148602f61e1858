"""When a rounded or worded form of a number is still true.

The extractive writer takes its rounded words from here and the verifier judges by the same rules,
so the two cannot drift apart. Anything that no rule here allows must be printed exactly.
"""

from __future__ import annotations

from datetime import date

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBER_WORDS: dict[str, int] = {
    **{word: i for i, word in enumerate(_SMALL)},
    **{word: 10 * (i + 2) for i, word in enumerate(_TENS)},
    **{
        f"{ten}-{unit}": 10 * (i + 2) + j + 1
        for i, ten in enumerate(_TENS)
        for j, unit in enumerate(_SMALL[1:10])
    },
    **{"hundred": 100, "dozen": 12},
}

FRACTIONS: dict[str, tuple[float, float]] = {
    "nearly a quarter": (22, 24.9),
    "a quarter": (24, 26),
    "nearly a third": (30, 33.2),
    "a third": (32, 35),
    "nearly half": (44, 49.9),
    "half": (48, 52),
    "more than half": (50.1, 60),
    "two thirds": (65, 68),
    "three quarters": (74, 76),
    "nearly all": (90, 99.9),
    "all": (100, 100),
}
"""Words for a share → the percentages (both ends included) of which they are true."""

CADENCES: dict[str, tuple[float, float]] = {
    "daily": (0.8, 1.3),
    "every day": (0.8, 1.3),
    "weekly": (6, 8),
    "every week": (6, 8),
    "almost every week": (5, 9),
    "fortnightly": (12, 16),
    "every other week": (12, 16),
    "every fortnight": (12, 16),
    "monthly": (26, 35),
    "every month": (26, 35),
    "about once a month": (24, 37),
    "quarterly": (80, 100),
}
"""Words for a rhythm → the median gaps in days of which they are true."""

CHANGES: dict[str, tuple[float, float]] = {
    "halved": (0.4, 0.6),
    "doubled": (1.8, 2.3),
    "tripled": (2.7, 3.4),
}
"""Words for a change → the ratios after / before of which they are true."""

CROWDS: dict[str, tuple[float, float]] = {
    "dozens": (24, 199),
    "hundreds": (200, 1_999),
    "thousands": (2_000, 1_999_999),
}


def agrees(stated: float, actual: float, qualifier: str = "", step: float = 0.0) -> bool:
    """Whether `stated` may stand for `actual`.

    Bare, they must be equal, or differ by less than half a `step` (the unit of the last digit of
    a figure printed as `4.6k`). `about` allows 5 %; `nearly` a value up to 10 % under what is
    stated, `over` and `at least` one up to 25 % above it, `under` and `at most` one up to 25 %
    below. `across` is the word "over", which can mean either.
    """
    same = abs(stated - actual) <= max(step / 2, 1e-9 * max(1.0, abs(actual)))
    low, high = min(stated, stated * 0.75), max(stated, stated * 1.25)
    if qualifier == "about":
        return same or abs(stated - actual) <= 0.05 * abs(actual)
    if qualifier == "nearly":
        return stated / 1.1 <= actual < stated
    if qualifier == "over":
        return stated < actual <= high
    if qualifier in ("at least", "across"):
        return same or stated < actual <= high
    if qualifier == "under":
        return low <= actual < stated
    if qualifier == "at most":
        return same or low <= actual < stated
    return same


def words_for(value: float, table: dict[str, tuple[float, float]]) -> list[str]:
    """All words of `table` that are true of `value`, in the table's order."""
    return [word for word, (low, high) in table.items() if low <= value <= high]


def tenths(percent: float) -> int | None:
    """`n` where "n in ten" is true of a share: within two points of n × 10 %, from 3 to 9."""
    n = round(percent / 10)
    return n if 3 <= n <= 9 and abs(percent - 10 * n) <= 2 else None


def span_agrees(stated_days: float, unit_days: float, actual_days: float) -> bool:
    """Whether a length told in weeks, months or years is right to half of its unit."""
    return abs(stated_days - actual_days) <= unit_days / 2


def iso_date(text: str) -> date | None:
    """The day of an ISO date or time, or None if the text is neither."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def number(value: float) -> str:
    """`34684.0` → `34,684`, `2.1` → `2.1`: exactly the value, with commas."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.6f}".rstrip("0")


def counted(value: float) -> str:
    """A count in running text: words up to nine, digits after."""
    return _SMALL[int(value)] if value in range(1, 10) else number(value)


def money(value: float, currency: str) -> str:
    """`£34,684`, `£1.25`; pence are printed in full where there are any."""
    pence = value != int(value) and round(value, 2) == value
    return currency + (f"{value:,.2f}" if pence else number(value))
