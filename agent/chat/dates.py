"""dates in a question: `since 1 September 2025`, `after June`, `before 2025-03-01`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Literal, NamedTuple

_MONTHS = {
    month: n
    for n, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
         "august aug", "september sept sep", "october oct", "november nov", "december dec"), 1
    )
    for month in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = re.compile(
    r"\b(?P<side>since|after|before|until|from|as of|prior to)(?: the)? (?:"
    r"(?P<iso>\d{4}-\d{2}-\d{2})"
    rf"|(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})\b\.?,?"
    r"(?: (?P<year>\d{4}))?"
    rf"|(?P<m2>{_MONTH})\b\.? (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<y2>\d{{4}}))?"
    rf"|(?P<m3>{_MONTH})\b\.?(?: (?P<y3>\d{{4}}))?)"
)
_BEFORE = frozenset({"before", "until", "prior to"})


class Since(NamedTuple):
    """A date that something happened after, or before, and where it stands in the text."""

    days: int
    """From the date to the end of the log."""
    side: Literal["after", "before"]
    start: int
    end: int


def dates(text: str, log_end: datetime | None) -> Iterator[Since]:
    """Dates in a lower-case text that bound a time; the year that is missing is the log's last.

    A month stands for its first day. Days that no calendar has, and those after the log, are left.
    """
    if log_end is None:
        return
    for match in _DATE.finditer(text):
        found = _day(match, log_end.date())
        if found is not None:
            # Silence is counted in whole days to the last moment of the log.
            since = log_end - datetime.combine(found, datetime.min.time(), log_end.tzinfo)
            side: Literal["after", "before"] = "before" if match["side"] in _BEFORE else "after"
            yield Since(round(since.total_seconds() / 86_400), side, match.start(), match.end())


def _day(match: re.Match[str], end: date) -> date | None:
    try:
        if match["iso"]:
            found = date.fromisoformat(match["iso"])
        else:
            month = _MONTHS[match["month"] or match["m2"] or match["m3"]]
            day = int(match["day"] or match["d2"] or 1)
            said = match["year"] or match["y2"] or match["y3"]
            year = int(said) if said else end.year
            found = date(year, month, day)
            if not said and found > end:
                found = date(year - 1, month, day)
    except ValueError:
        return None
    return found if found <= end else None
