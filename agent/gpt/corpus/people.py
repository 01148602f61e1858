"""How the people of a simulated world live: when they come, what they take, what they think of it.

Everybody has a favourite corner or two of the catalogue, a rhythm, hours, a season or none, a turn
of taste or a fading interest now and then; some come once and are never seen again.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from agent.behaviour.rows import SCHEMA
from agent.gpt.corpus.domains import Domain

MINUTE = timedelta(minutes=1)
_MAIN = {"purchases": "buy", "ratings": "rate", "posts": "post", "events": "event"}
_PAID = frozenset({"buy", "return"})
SHARED = 0.7
"""How likely a habit of somebody's is that of their circle."""
_HOURS = {"night": 2, "morning": 9, "afternoon": 15, "evening": 20}


@dataclass(frozen=True)
class Taste:
    """What all lives of a world have in common."""

    domain: Domain
    items: list[str]
    titles: list[str]
    groups: list[npt.NDArray[np.int64]]
    """Items of each category, by position."""
    popularity: npt.NDArray[np.float64]
    prices: npt.NDArray[np.float64]
    first: datetime
    days: int
    hours: bool
    dated: bool
    baskets: bool
    priced: bool
    channels: tuple[str, ...]
    actions: tuple[str, ...]
    busy: float
    scale: int


def live(
    people: list[str],
    taste: Taste,
    rng: random.Random,
    numbers: np.random.Generator,
    circles: list[int],
) -> pl.DataFrame:
    """The events of everybody, in the schema of `agent.behaviour.events`.

    People of one of the `circles` have habits in common.
    """
    columns: dict[str, list[Any]] = {name: [] for name in SCHEMA}
    common = {circle: _habits(taste, rng) for circle in sorted(set(circles))}
    for person, circle in zip(people, circles, strict=True):
        habits = _habits(taste, rng)
        habits |= {name: one for name, one in common[circle].items() if rng.random() < SHARED}
        _live(person, habits, taste, rng, numbers, columns)
    rows = len(columns["user_id"])
    columns["event_id"] = [f"e{i}" for i in range(rows)]
    columns["row"] = list(range(rows))
    return pl.DataFrame(columns, schema=SCHEMA, strict=False)


def _habits(taste: Taste, rng: random.Random) -> dict[str, Any]:
    """How somebody lives, drawn for one person or for a circle of people."""
    groups = taste.groups
    liked = rng.sample(range(len(groups)), k=min(len(groups), rng.choice((1, 1, 2, 2, 3))))
    lines = 1.0 if taste.domain.kind == "posts" else rng.choice((1.0, 1.5, 3.0, 6.0))
    return {
        "liked": liked,
        "later": [rng.randrange(len(groups))] if rng.random() < 0.2 else liked,
        "focus": rng.choice((0.15, 0.4, 0.6, 0.8, 0.97)),
        "again": rng.choice((0.0, 0.05, 0.1, 0.3, 0.6)),
        "lines": lines,
        "bulk": taste.domain.bulk * rng.choice((0.3, 1.0, 1.0, 2.0, 6.0)),
        "dear": rng.lognormvariate(0, 0.35),
        "mean": rng.gauss(0.68, 0.12) * taste.scale,
        "channel": [rng.random() ** 3 + 0.02 for _ in taste.channels],
        "looks": rng.choice((0.0, 0.2, 0.6, 0.6)) if taste.actions else 0.0,
        "returning": rng.choice((0.0, 0.0, 0.03, 0.12, 0.2)),
        "shape": rng.choice(("even", "even", "regular", "early", "late", "season")),
        "quarter": rng.randrange(4),
        "weekday": rng.randrange(7) if rng.random() < 0.25 else None,
        "part": rng.choice((*_HOURS, None, None)),
    }


def _live(
    person: str,
    habits: dict[str, Any],
    taste: Taste,
    rng: random.Random,
    numbers: np.random.Generator,
    columns: dict[str, list[Any]],
) -> None:
    begun = _visits(habits, taste, rng, numbers)
    groups = taste.groups
    liked, later = habits["liked"], habits["later"]
    focus, again, lines = habits["focus"], habits["again"], habits["lines"]
    if taste.domain.kind == "ratings" and len(begun) < 4:
        lines = rng.choice((8.0, 20.0, 45.0, 110.0))
    bulk = habits["bulk"] * rng.lognormvariate(0, 0.4)
    dear, channel, looks = habits["dear"], habits["channel"], habits["looks"]
    returning = habits["returning"]
    mean, spread = habits["mean"], rng.choice((0.5, 1.0, 1.3))
    moods = {group: rng.choice((0, 0, -1.3, -1.0, 1.0)) for group in range(len(groups))}
    phrases = [_phrase(taste, rng) for _ in range(3)]
    seen: list[int] = []
    group_of: dict[int, int] = {}
    weights = [taste.popularity[group] / taste.popularity[group].sum() for group in groups]
    for visit, at in enumerate(begun):
        turned = visit > len(begun) / 2
        for line in range(int(numbers.poisson(lines - 1)) + 1):
            if seen and rng.random() < again:
                item = seen[int(len(seen) * rng.random() ** 2)]
            else:
                chosen = later if turned else liked
                group = rng.choice(chosen) if rng.random() < focus else rng.randrange(len(groups))
                item = int(numbers.choice(groups[group], p=weights[group]))
                group_of[item] = group
            if taste.domain.kind == "ratings" and item in seen and rng.random() < 0.9:
                continue
            seen.append(item)
            action = _MAIN[taste.domain.kind]
            if taste.actions and rng.random() < looks:
                action = rng.choice(taste.actions)
            when = at + MINUTE * line if taste.hours else at
            value = quantity = price = text = None
            if action == "rate":
                mark = mean + moods[group_of[item]] * taste.scale / 5 + rng.gauss(0, spread)
                value = min(taste.scale, max(taste.scale / 10, round(2 * mark) / 2))
            if action in ("search", "tag"):
                text = rng.choice(phrases)
            if taste.domain.kind == "purchases" and action == "buy":
                quantity = float(max(1, round(bulk * rng.lognormvariate(0, 0.5))))
                price = round(float(taste.prices[item]) * dear, 2) if taste.priced else None
                if rng.random() < returning:
                    action, quantity = "return", -quantity
            new: dict[str, Any] = {
                "user_id": person,
                "item_id": taste.items[item],
                "timestamp": when if taste.dated else None,
                "action": action,
                "value": value,
                "quantity": quantity,
                "price": price,
                "basket": f"{person}-{visit}" if taste.baskets and action in _PAID else None,
                "text": text,
                "dwell": None,
                "channel": rng.choices(taste.channels, channel)[0] if taste.channels else None,
                "event_id": "",
                "row": 0,
            }
            for name, cell in new.items():
                columns[name].append(cell)


def _phrase(taste: Taste, rng: random.Random) -> str:
    words = rng.choice(taste.titles).split()
    size = rng.randint(1, 3)
    at = rng.randrange(max(1, len(words) - size + 1))
    return " ".join(words[at : at + size]).lower()


def _visits(
    habits: dict[str, Any], taste: Taste, rng: random.Random, numbers: np.random.Generator
) -> list[datetime]:
    """When somebody came, oldest first."""
    kind = rng.random()
    if kind < 0.17:
        count = rng.choice((1, 1, 1, 2, 2, 3))
    else:
        count = int(min(160, max(2, numbers.lognormal(1.4 + 0.45 * taste.busy, 0.9))))
    start = taste.days * rng.random() ** 1.5 * 0.9
    length = (taste.days - start) * rng.choice((0.02, 0.3, 0.8, 1.0, 1.0))
    shape = habits["shape"]
    if shape == "regular":
        offsets = np.linspace(0, length, count) + numbers.normal(0, 0.8, count)
    else:
        offsets = numbers.random(count) * length
        if shape == "early":
            offsets = length * (offsets / max(length, 1e-9)) ** 2.4
        if shape == "late":
            offsets = length * (offsets / max(length, 1e-9)) ** 0.4
    offsets = np.sort(np.clip(start + offsets, 0, taste.days - 0.05))
    if shape == "season" and taste.days > 365:
        quarter = habits["quarter"]
        offsets = np.sort(365 * (offsets // 365) + 91 * quarter + (offsets % 91))
        offsets = np.clip(offsets, 0, taste.days - 0.05)
    weekday = habits["weekday"]
    if weekday is not None:
        moved = np.floor(offsets) + (weekday - np.floor(offsets)) % 7
        offsets = np.where(numbers.random(count) < 0.7, moved, offsets)
        offsets = np.sort(np.clip(offsets, 0, taste.days - 0.05))
    part = habits["part"]
    hours = numbers.normal(14, 5, count) if part is None else numbers.normal(_HOURS[part], 2, count)
    hours = np.where(numbers.random(count) < 0.25, numbers.random(count) * 24, hours) % 24
    days = np.floor(offsets)
    minutes = (days * 1440 + (hours * 60 if taste.hours else 0)).astype(np.int64)
    minutes.sort()
    return [taste.first + MINUTE * int(m) for m in minutes]
