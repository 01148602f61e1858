"""When: totals and span, recency, cadence, time of day, of week and of year, trend."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator

from agent.behaviour.facts.person import Draft, Person, fact, rank_salience, share_salience
from agent.behaviour.wording import QUARTERS, amount, count, money, number, percent, printed

DAYPARTS = {
    "night": "00:00\u201306:00",
    "morning": "06:00\u201312:00",
    "afternoon": "12:00\u201318:00",
    "evening": "18:00\u201324:00",
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

FEWEST_VISITS = 4
"""Visits under which habits of time say nothing."""

WEEKS_DAYS = 28
"""Days of somebody's own time under which days of the week say nothing."""
YEAR_DAYS = 180
"""The same of seasons: whoever was here for three days in March came 100 % in spring."""

SILENT_DAYS = 60
TREND_DAYS = 120
TREND_RATIO = 1.5
MONTH_DAYS = 30.44


def totals(person: Person) -> Iterator[Draft]:
    v, events, visits = person.words, len(person.counted), len(person.visits)
    first, last = person.rows[0].at, person.rows[-1].at
    rank = person.population.rank("events", events)
    salience = 0.5 + 0.5 * rank_salience(rank)
    many = count(events, *person.event_words)
    if not events:
        events = len(person.live) or len(person.rows)
        many = count(events, "event", "events")
    numbers = {"events": float(events)}
    if not first or not last:
        yield fact("totals", many, salience, person.rows, numbers=numbers)
        return
    days = {"first": first.date().isoformat(), "last": last.date().isoformat()}
    if days["first"] == days["last"]:
        names, span = {"first": days["first"]}, f"on {days['first']}"
    else:
        names, span = days, f"from {days['first']} to {days['last']}"
    if visits > 1:
        numbers = {"visits": float(visits), **numbers}
        many = f"{count(visits, v.visit, v.visits)} ({many})"
    yield fact("totals", f"{many} {span}", salience, person.rows, numbers=numbers, names=names)


def recency(person: Person) -> Iterator[Draft]:
    silent, last, end = person.measure("silent_days"), person.rows[-1].at, person.population.end
    if silent is None or last is None or end is None:
        return
    gap = person.measure("median_gap_days") or 0.0
    if silent < max(SILENT_DAYS, 3 * gap):
        return
    rank = person.population.rank("silent_days", silent)
    # Silence says most of somebody who used to come often.
    steady = 0.6 * min(1.0, len(person.visits) / 10) if gap else 0.0
    day = last.date().isoformat()
    yield fact(
        "recency", f"nothing since {day}; the log runs to {end}",
        max(0.1, rank_salience(rank) if rank > 0.5 else 0.0) + steady,
        [person.rows[-1]], names={"last": day, "end": end},
    )  # fmt: skip


def cadence(person: Person) -> Iterator[Draft]:
    gap, usual = person.measure("median_gap_days"), person.population.median("median_gap_days")
    if gap is None or usual is None or len(person.visits) < FEWEST_VISITS or round(gap) < 1:
        return
    noun = person.words.visit
    every = "every day" if round(gap) == 1 else f"every {number(round(gap))} days"
    yield fact(
        "cadence",
        f"{'an' if noun[0] in 'aeiou' else 'a'} {noun} {every} on the median "
        f"(population: {number(round(usual))})",
        rank_salience(person.population.rank("median_gap_days", gap)), person.rows,
        numbers={"median_gap_days": round(gap), "population": round(usual)},
    )  # fmt: skip


def daypart(person: Person) -> Iterator[Draft]:
    if not person.has_hours or len(person.visits) < FEWEST_VISITS:
        return
    best = None
    for part, hours in DAYPARTS.items():
        share = person.measure(f"{part}_share")
        usual = person.population.means.get(f"{part}_share", 0.0)
        if share is None or share < 0.4:
            continue
        salience = share_salience(share, usual, len(person.visits))
        if salience > 0.08 and (best is None or salience > best[0]):
            best = (salience, part, hours, share, usual)
    if best is None:
        return
    salience, part, hours, share, usual = best
    low = tuple(DAYPARTS).index(part) * 6
    rows = [
        row for row in person.live
        if (at := person.visits[row.visit]) is not None and low <= at.hour < low + 6
    ]  # fmt: skip
    when = "at night" if part == "night" else f"in the {part}"
    yield fact(
        "daypart",
        f"{number(percent(share))} % of {person.words.visits} {when} "
        f"(population: {number(percent(usual))} %)",
        salience, rows,
        numbers={"share": percent(share), "population": percent(usual)},
        names={"daypart": part, "hours": hours},
    )  # fmt: skip


def weekpart(person: Person) -> Iterator[Draft]:
    begun = [at for at in person.visits.values() if at is not None]
    if len(begun) < FEWEST_VISITS or person.days < WEEKS_DAYS:
        return
    days = Counter(WEEKDAYS[at.weekday()] for at in begun)
    weekend = (days["Saturday"] + days["Sunday"]) / len(begun)
    usual = person.population.means.get("weekend_share", 0.0)
    found = [(share_salience(weekend, usual, len(begun)), "weekend", weekend, usual)]
    for day, n in days.items():
        usual_day = person.population.weekdays.get(day, 0.0)
        found.append((share_salience(n / len(begun), usual_day, len(begun)), day, n / len(begun),
                      usual_day))  # fmt: skip
    salience, part, share, usual = max(found, key=lambda f: (f[0], f[1]))
    if salience < 0.15 or share < 0.4:
        return
    chosen = {"Saturday", "Sunday"} if part == "weekend" else {part}
    rows = [
        row for row in person.live
        if (at := person.visits[row.visit]) is not None and WEEKDAYS[at.weekday()] in chosen
    ]  # fmt: skip
    when = "at the weekend" if part == "weekend" else f"on {part}s"
    yield fact(
        "weekpart",
        f"{number(percent(share))} % of {person.words.visits} {when} "
        f"(population: {number(percent(usual))} %)",
        salience, rows,
        numbers={"share": percent(share), "population": percent(usual)},
        names={"weekpart": part},
    )  # fmt: skip


def season(person: Person) -> Iterator[Draft]:
    if len(person.visits) < 3 or person.days < YEAR_DAYS:
        return
    best = None
    for quarter, name in enumerate(QUARTERS, start=1):
        share = person.measure(f"quarter{quarter}_share")
        usual = person.population.means.get(f"quarter{quarter}_share", 0.0)
        if share is None or share < 0.5:
            continue
        salience = share_salience(share, usual, len(person.visits))
        if salience > 0.2 and (best is None or salience > best[0]):
            best = (salience, quarter, name, share, usual)
    if best is None:
        return
    salience, quarter, name, share, usual = best
    rows = [r for r in person.counted if r.at is not None and (r.at.month + 2) // 3 == quarter]
    yield fact(
        "season",
        f"{number(percent(share))} % of {person.share_of} in {name} "
        f"(population: {number(percent(usual))} %)",
        salience, rows,
        numbers={"share": percent(share), "population": percent(usual)},
        names={"season": name},
    )  # fmt: skip


def trend(person: Person) -> Iterator[Draft]:
    """Amount a month in the earlier and in the later half of the user's own time."""
    days, middle = person.days, person.middle
    if not middle or len(person.visits) < 6 or days < TREND_DAYS:
        return
    halves: defaultdict[bool, float] = defaultdict(float)
    for row in person.counted:
        if row.at is not None:
            halves[row.at.date() > middle] += row.measured
    months = days / 2 / MONTH_DAYS
    before, after = halves[False] / months, halves[True] / months
    if min(before, after) <= 0:
        return
    ratio = after / before
    direction = (
        "rising" if ratio >= TREND_RATIO else "falling" if ratio <= 1 / TREND_RATIO else "steady"
    )
    if direction == "steady" and len(person.visits) < 12:
        return
    is_spend = person.share_of == "spend"
    told = [money(x, person.words) if is_spend else number(round(x, 1)) for x in (before, after)]
    day = middle.isoformat()
    certainty = min(1.0, len(person.visits) / 15)
    yield fact(
        "trend",
        f"{person.share_of} {direction}: {told[0]} a month until {day}, {told[1]} a month after",
        0.5 * certainty * min(2.5, abs(math.log2(ratio))), person.counted,
        numbers={
            "before": amount(before) if is_spend else printed(round(before, 1)),
            "after": amount(after) if is_spend else printed(round(after, 1)),
        },
        names={"middle": day, "of": person.share_of},
        direction=direction,
    )  # fmt: skip


FACTS = (totals, recency, cadence, daypart, weekpart, season, trend)
