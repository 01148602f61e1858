"""Words that are claims in themselves: directions, comparisons, what few facts support."""

from __future__ import annotations

import re
from functools import lru_cache

from agent.profiles.names import stem


def _each(words: str, value: str) -> dict[str, str]:
    return dict.fromkeys(words.split(), value)


DIRECTIONS: dict[str, str] = {
    **_each(
        "rising rises rose risen grow growing grows grew grown increasing increased increases "
        "climbing climbs climbed doubled tripled expanding accelerating gaining rise growth",
        "rising",
    ),
    **_each(
        "falling falls fell fallen fading fades faded shrinking shrinks shrank shrunk declining "
        "declined decline decreasing decreased dropping dropped drop drops halved slowing slowed "
        "cooling waning fall dwindling dwindled",
        "falling",
    ),
    **_each("steady steadily stable constant unchanged", "steady"),
}

KINDS: dict[str, frozenset[str]] = {
    word: frozenset(kinds)
    for words, kinds in (
        (
            "silent silence quiet stopped lapsed dormant gone inactive ceased quit vanished absent",
            ("recency",),
        ),
        ("returned returns refund refunds refunded cancelled", ("returns",)),
        ("again repeat repeats repeated reorder reorders reordered", ("repeat", "items")),
        ("rare rarely obscure niche", ("tail",)),
        ("top", ("spend", "items", "ties")),
    )
    for word in words.split()
}
"""Word → the kinds of fact of which one must be cited."""

SIDES: dict[str, str] = {
    **_each("strict stricter harsh harsher severe tough grudging", "below"),
    **_each("generous generously lenient", "above"),
    **dict.fromkeys(("hard on", "harder on", "cool on", "cold on", "cool towards"), "below"),
    **dict.fromkeys(("fares badly", "little patience", "little time"), "below"),
    **dict.fromkeys(("warm to", "warms to", "warmed to", "kind to", "soft on"), "above"),
    **dict.fromkeys(("does well", "thinks well", "kind words"), "above"),
}
"""Word, or word and the one after it → on which side of its comparison a cited rating must lie."""

CALENDAR = frozenset(
    [
        "morning",
        "afternoon",
        "evening",
        "night",
        "weekend",
        "weekday",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "spring",
        "summer",
        "autumn",
        "winter",
        "christmas",
        "easter",
        "halloween",
        "holiday",
        "nocturnal",
    ]
)
"""Times that must stand, as words, in a cited fact; compared by stem."""

ABSOLUTES = frozenset({"exclusively", "solely", "entirely", "always", "never", "wholly", "only"})
"""Words that need a share of 100 %, or to stand before a figure (`only 68 items`)."""

SUPERLATIVES = frozenset(
    [
        *("largest", "biggest", "smallest", "heaviest", "busiest", "richest", "best", "worst"),
        *("greatest", "youngest", "oldest", "earliest", "latest", "fastest"),
    ]
)
"""No fact ranks its user first, so these cannot stand."""

_SIDE_STARTS = frozenset(words.split()[0] for words in SIDES)

_THAN = (
    r"than (?:(?:the )?(?:usual|average|log|population)|most|others?|everyone|typical|is usual"
    r"|rival)"
)
"""What a comparison ends in; `rival` stands for the name of a sibling segment."""

ABOVE = re.compile(
    rf"\b(?:more|higher|larger|bigger|heavier|dearer|longer|above)\b(?:[ -]\w+){{0,3}} {_THAN}"
    r"|\babove (?:the )?(?:average|usual|typical|norm)\b"
    r"|\bunusually (?:high|large|often|many|heavy)\b"
)
BELOW = re.compile(
    rf"\b(?:less|fewer|lower|smaller|lighter|cheaper|shorter|below)\b(?:[ -]\w+){{0,3}} {_THAN}"
    r"|\bbelow (?:the )?(?:average|usual|typical|norm)\b|\bunusually (?:low|small|seldom|few)\b"
)
OFTEN = re.compile(r"\b(?:often|frequently|regularly)\b")


@lru_cache(maxsize=65_536)
def is_claim(word: str) -> bool:
    """Whether a word may say something by itself: whether it, or its stem, stands in a table above.

    Few do, and every word of every sentence is asked.
    """
    tables = (DIRECTIONS, CALENDAR, KINDS, _SIDE_STARTS, SUPERLATIVES, ABSOLUTES)
    return stem(word) in CALENDAR or any(word in table for table in tables)
