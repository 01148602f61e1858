"""One person laid out for counting, and how a fact about them is weighed.

Salience says how far a fact tells its user from the population, in comparable units:

    a share     s log2(s / p), its term of the Kullback-Leibler divergence in bits, with s shrunk
                towards the population's p by `PRIOR_EVENTS` events
    a quantity  log2(1 / t) / 4 for two-sided tail probability t, so the outer 1 % is 1.7
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from agent.behaviour.each_user import MAIN_ACTIONS
from agent.behaviour.histories import spans
from agent.behaviour.population import LEAST_SHARE, Population
from agent.records import Fact, FactKind, Vocabulary

PRIOR_EVENTS = 4.0
TAIL_FLOOR = 0.01


class Row(NamedTuple):
    """One event of a history; `counted` rows are those that shares are shares of."""

    position: int
    visit: int
    at: datetime | None
    item: str
    action: str
    value: float | None
    text: str | None
    channel: str | None
    cancelled: bool
    counted: bool
    measured: float


@dataclass(frozen=True)
class Catalogue:
    titles: Mapping[str, str]
    categories: Mapping[str, tuple[str, ...]]
    users: Mapping[str, int]
    """Item → how many users touched it."""


@dataclass(frozen=True)
class Person:
    """What the fact functions see: one history, its measures, and what to compare with."""

    user_id: str
    rows: tuple[Row, ...]
    measures: Mapping[str, float | None]
    attributes: tuple[tuple[str, str], ...]
    ties: tuple[tuple[str, float], ...]
    """Whom the user addresses and how often, most often first."""
    catalogue: Catalogue
    population: Population
    words: Vocabulary
    has_hours: bool = field(default=False)

    @cached_property
    def counted(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.counted)

    @cached_property
    def live(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.cancelled)

    @cached_property
    def visits(self) -> dict[int, datetime | None]:
        """Visit → when it began, in order."""
        begun: dict[int, datetime | None] = {}
        for row in self.live:
            begun.setdefault(row.visit, row.at)
        return begun

    @cached_property
    def in_earnest(self) -> bool:
        """Whether the user has done what the log is about: bought in a shop, rated films."""
        main = MAIN_ACTIONS.get(self.words.domain)
        return main is None or any(row.action in main for row in self.counted)

    @property
    def share_of(self) -> str:
        """What this user's shares are shares of: a shopper who has only looked has no spend."""
        return self.words.share_of if self.in_earnest else "events"

    @property
    def event_words(self) -> tuple[str, str]:
        """`line, lines` of a buyer; `event, events` of somebody who only looks."""
        return (self.words.event, self.words.events) if self.in_earnest else ("event", "events")

    @cached_property
    def total(self) -> float:
        return sum(row.measured for row in self.counted)

    @cached_property
    def middle(self) -> date | None:
        """The day half-way between the first and the last event."""
        first, last = self.rows[0].at, self.rows[-1].at
        return (first + (last - first) / 2).date() if first and last else None

    @cached_property
    def days(self) -> int:
        """Days from the first event to the last; 0 where there are no times."""
        first, last = self.rows[0].at, self.rows[-1].at
        return (last - first).days if first and last else 0

    def measure(self, name: str) -> float | None:
        return self.measures.get(name)


def share_salience(share: float, usual: float, events: float) -> float:
    usual = max(usual, LEAST_SHARE)
    shrunk = (share * events + PRIOR_EVENTS * usual) / (events + PRIOR_EVENTS)
    return shrunk * math.log2(shrunk / usual) if shrunk > usual else 0.0


def rank_salience(rank: float) -> float:
    tail = max(TAIL_FLOOR, 2 * min(rank, 1 - rank))
    return math.log2(1 / tail) / 4


class Draft(NamedTuple):
    """A fact before it is known whether it is among those that are told, and as which."""

    kind: FactKind
    text: str
    salience: float
    rows: Sequence[Row]
    """The events behind it, oldest first."""
    numbers: Mapping[str, float]
    names: Mapping[str, str]
    direction: str | None

    def numbered(self, number: int) -> Fact:
        """The fact `E<number>`."""
        return Fact.model_validate(
            {
                "id": f"E{number}",
                "kind": self.kind,
                "text": self.text,
                "numbers": self.numbers,
                "names": self.names,
                "direction": self.direction,
                "salience": self.salience,
                "events": spans([row.position for row in self.rows]),
            }
        )


def fact(
    kind: FactKind,
    text: str,
    salience: float,
    rows: Sequence[Row],
    *,
    numbers: Mapping[str, float] | None = None,
    names: Mapping[str, str] | None = None,
    direction: str | None = None,
) -> Draft:
    """A fact still without its number; `agent.behaviour.evidence` numbers those it keeps."""
    return Draft(kind, text, round(salience, 3), rows, numbers or {}, names or {}, direction)
