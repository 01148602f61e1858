"""How alike sentences are: what is left of them without their names, dates and figures."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agent.profiles.names import shown
from agent.records import Fact

_CALENDAR = re.compile(
    r"\b(January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(evening|morning|afternoon|night|weekend|Monday|Thursday|Sunday)s?)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[£\d][\d,.:]*\d|\d|\b(one|two|three|four|five|six|seven|eight|nine)\b", re.I)


def skeleton(text: str, facts: Iterable[Fact]) -> str:
    """`text` with names as N, calendar words as D and figures as #."""
    names = {form for fact in facts for n in fact.names.values() for form in (n, shown(n)) if form}
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(re.escape(name), "N", text, flags=re.IGNORECASE)
    return _NUMBER.sub("#", _CALENDAR.sub("D", text))


def distinct_2(texts: Iterable[str]) -> float:
    """Different pairs of neighbouring words as a share of all such pairs (Li et al. 2016)."""
    pairs = [pair for text in texts for pair in zip(text.split(), text.split()[1:], strict=False)]
    return len(set(pairs)) / len(pairs)
