"""Which facts may be told in one sentence, and in which places of it."""

from __future__ import annotations

from collections.abc import Sequence

from agent.profiles.telling import TOGETHER, Frame
from agent.records import Fact

Spans = tuple[tuple[int, int], ...]

PARTNERS: dict[str, tuple[str, ...]] = {
    "totals": ("cadence", "spend", "breadth", "returns", "items", "ties"),
    "cadence": ("totals", "daypart", "weekpart", "recency", "season"),
    "recency": ("totals", "cadence"),
    "daypart": ("weekpart", "cadence", "season", "channel"),
    "weekpart": ("daypart", "cadence"),
    "season": ("daypart", "totals", "recency"),
    "trend": ("recency", "shift", "spend"),
    "shift": ("trend", "category"),
    "category": ("items", "category", "quantity", "breadth", "price", "words"),
    "opinion": ("rating", "items", "opinion"),
    "items": ("breadth", "repeat", "category", "quantity"),
    "breadth": ("repeat", "items", "tail"),
    "repeat": ("items", "breadth"),
    "tail": ("breadth", "category"),
    "words": ("items", "category"),
    "spend": ("basket", "quantity", "totals", "price", "returns"),
    "basket": ("spend", "quantity", "price", "cadence"),
    "quantity": ("price", "spend", "basket", "category"),
    "price": ("quantity", "basket"),
    "returns": (),  # what follows would read as the returns' own number or worth
    "rating": ("opinion", "totals"),
    "ties": ("audience", "totals"),
    "audience": ("ties",),
    "channel": ("daypart", "action"),
    "action": ("channel", "totals"),
    "attribute": ("channel", "totals"),
}
"""Kind → the kinds that may follow it in one sentence, as a tail.

Silence after totals is not among them: both tell the last day. `GROUPS` has a way to say it once.
"""

GROUPS: dict[str, list[tuple[tuple[str, ...], tuple[Frame, ...]]]] = {}
"""Kind → the groups of kinds that it may be told in, with the frames for each."""
for _kinds, _frames in TOGETHER.items():
    for _kind in dict.fromkeys(_kinds):
        GROUPS.setdefault(_kind, []).append((_kinds, _frames))


def misplaced(fact: Fact, others: Sequence[Fact]) -> bool:
    """Whether items would be told as if they were of a category that they are not of.

    `17 ratings of Horror average 3.5, with Casablanca on top`: whoever reads that takes Casablanca
    for horror. Items may follow a category when every event behind them is behind it too.
    """
    return fact.kind == "items" and any(
        other.kind in ("category", "opinion") and not _within(fact.events, other.events)
        for other in others
    )


def _within(inner: Spans, outer: Spans) -> bool:
    return all(any(start <= s and e <= end for start, end in outer) for s, e in inner)


def assign(kinds: tuple[str, ...], lead: Fact, others: list[Fact]) -> list[Fact] | None:
    """Facts for a group's places, the lead in the first place of its kind; None if one is missing.

    Shifts and opinions of the same kind are told apart by their order, as the frames are.
    """
    group: list[Fact] = []
    led = False
    for kind in kinds:
        if kind == lead.kind and not led:
            group.append(lead)
            led = True
            continue
        match = next((f for f in others if f.kind == kind and f not in group), None)
        if match is None:
            return None
        group.append(match)
    return group
