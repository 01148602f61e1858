"""Who and how: ties to other people, declared attributes, channels and kinds of action."""

from __future__ import annotations

import math
from collections.abc import Iterator

from agent.behaviour.facts.person import Draft, Person, fact, rank_salience, share_salience
from agent.behaviour.population import LEAST_SHARE
from agent.behaviour.wording import count, number, percent

MOST_ATTRIBUTES = 4
CHANNEL_EVENTS = 4

_ACTIONS = {
    "view": "views",
    "cart": "items put in the basket",
    "buy": "purchases",
    "search": "searches",
    "tag": "tags",
    "rate": "ratings",
    "review": "reviews",
    "post": "posts",
}


def ties(person: Person) -> Iterator[Draft]:
    people = len(person.ties)
    if not people:
        return
    total = sum(weight for _, weight in person.ties)
    other, top = person.ties[0]
    told = f"{'writes' if person.words.domain == 'posts' else 'tied'} to " + count(
        people, "person", "people"
    )
    salience = 0.3 + rank_salience(person.population.rank("ties_out", people))
    numbers, names = {"people": float(people)}, {"person": other}
    if people == 1:
        told += f", {other}"
    elif top > 1 and top > person.ties[1][1]:
        told += f", most to {other} ({number(top)} of {number(total)})"
        numbers |= {"top": top, "total": total}
        salience += share_salience(top / total, 1 / people, total)
    else:
        names = {}
    yield fact("ties", told, salience, (), numbers=numbers, names=names)


def audience(person: Person) -> Iterator[Draft]:
    people, usual = person.measure("ties_in"), person.population.median("ties_in")
    if people is None or usual is None:
        return
    verb = "write" if person.words.domain == "posts" else "are tied"
    if people == 1:
        verb = "writes" if person.words.domain == "posts" else "is tied"
    yield fact(
        "audience",
        f"{count(people, 'person', 'people')} {verb} to them (population: {number(usual)})",
        rank_salience(max(0.5, person.population.rank("ties_in", people))), (),
        numbers={"people": people, "population": usual},
    )  # fmt: skip


def attributes(person: Person) -> Iterator[Draft]:
    found = []
    for name, value in person.attributes:
        usual = max(person.population.attributes.get(f"{name}={value}", 0.0), LEAST_SHARE)
        found.append((math.log2(1 / usual) / 6, name, value, usual))
    found.sort(key=lambda f: (-f[0], f[1]))
    for salience, name, value, usual in found[:MOST_ATTRIBUTES]:
        yield fact(
            "attribute",
            f"{name}: {value} ({number(percent(usual))} % of users)", salience, (),
            numbers={"population": percent(usual)}, names={"attribute": name, "value": value},
        )  # fmt: skip


def channels(person: Person) -> Iterator[Draft]:
    rows = [row for row in person.rows if row.channel is not None]
    found = _standing_out(person, "channel:", len(rows))
    if found is None:
        return
    salience, channel, share, usual = found
    yield fact(
        "channel",
        f"{number(percent(share))} % of activity through {channel} "
        f"(population: {number(percent(usual))} %)",
        salience, [row for row in rows if row.channel == channel],
        numbers={"share": percent(share), "population": percent(usual)},
        names={"channel": channel},
    )  # fmt: skip


def actions(person: Person) -> Iterator[Draft]:
    rows = [row for row in person.rows if row.action != "return"]
    found = _standing_out(person, "action:", len(rows))
    if found is None:
        return
    salience, action, share, usual = found
    yield fact(
        "action",
        f"{number(percent(share))} % of events are {_ACTIONS.get(action, action)} "
        f"(population: {number(percent(usual))} %)",
        salience, [row for row in rows if row.action == action],
        numbers={"share": percent(share), "population": percent(usual)},
        names={"action": action},
    )  # fmt: skip


def _standing_out(
    person: Person, prefix: str, events: int
) -> tuple[float, str, float, float] | None:
    """The value whose share is furthest above the population's: salience, value, both shares."""
    if events < CHANNEL_EVENTS:
        return None
    found = [
        (share_salience(share, person.population.means.get(name, 0.0), events), name, share)
        for name, share in person.measures.items()
        if name.startswith(prefix) and share is not None and share >= 0.4
    ]
    if not found:
        return None
    salience, name, share = max(found)
    if salience < 0.1:
        return None
    return salience, name.removeprefix(prefix), share, person.population.means.get(name, 0.0)


FACTS = (ties, audience, attributes, channels, actions)
