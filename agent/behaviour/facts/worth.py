"""Worth: spend, the usual order, quantities, prices, returns, and how generously a user rates."""

from __future__ import annotations

import math
from collections.abc import Iterator

from agent.behaviour.facts.person import Draft, Person, fact, rank_salience
from agent.behaviour.wording import amount, count, money, number, printed

TOP_BANDS = (1, 2, 5, 10, 25)
"""`top 5 % of users`: banded, so that it stays put."""


def spend(person: Person) -> Iterator[Draft]:
    total = person.measure("spend")
    if total is None or total <= 0:
        return
    rank = person.population.rank("spend", total)
    above = 100 * person.population.share_at_or_above("spend", total)
    numbers, told = {"spend": amount(total)}, f"{money(total, person.words)} in all"
    top = next((band for band in TOP_BANDS if above <= band), None)
    if top is not None:
        numbers["top"] = float(top)
        told += f" (top {top} % of users)"
    salience = 0.8 * _certainty(person) * rank_salience(rank)
    yield fact("spend", told, salience, person.counted, numbers=numbers)


def basket(person: Person) -> Iterator[Draft]:
    value, usual = person.measure("basket_value"), person.population.median("basket_value")
    if value is None or usual is None or len(person.visits) < 3:
        return
    yield fact(
        "basket",
        f"median order {money(value, person.words)} (population: {money(usual, person.words)})",
        0.5 * _certainty(person) * rank_salience(person.population.rank("basket_value", value)),
        person.counted,
        numbers={"median": amount(value), "population": amount(usual)},
    )


def quantity(person: Person) -> Iterator[Draft]:
    pieces, usual = person.measure("units_per_line"), person.population.median("units_per_line")
    if pieces is None or usual is None or len(person.counted) < 3 or pieces == usual:
        return
    yield fact(
        "quantity",
        f"{count(pieces, 'piece', 'pieces')} a {person.words.event} on the median "
        f"(population: {number(usual)})",
        _certainty(person) * rank_salience(person.population.rank("units_per_line", pieces)),
        person.counted,
        numbers={"median": printed(pieces), "population": printed(usual)},
    )


def price(person: Person) -> Iterator[Draft]:
    paid, usual = person.measure("price"), person.population.median("price")
    if paid is None or usual is None or len(person.counted) < 5:
        return
    salience = 0.5 * _certainty(person) * rank_salience(person.population.rank("price", paid))
    if abs(math.log2(max(paid, 1e-9) / max(usual, 1e-9))) < 0.5:
        return
    yield fact(
        "price",
        f"{money(paid, person.words)} a piece on the median "
        f"(population: {money(usual, person.words)})",
        salience, person.counted,
        numbers={"median": amount(paid), "population": amount(usual)},
    )  # fmt: skip


def returns(person: Person) -> Iterator[Draft]:
    rows = [row for row in person.rows if row.action == "return"]
    if not rows:
        return
    share = person.measure("returns_share") or 0.0
    lines = "line" if person.words.event == "line" else "purchase"
    yield fact(
        "returns", f"{number(len(rows))} returned {lines if len(rows) == 1 else lines + 's'}",
        0.2 + min(1.0, 3 * share), rows, numbers={"lines": float(len(rows))},
    )  # fmt: skip


def rating(person: Person) -> Iterator[Draft]:
    mean, usual = person.measure("rating_mean"), person.population.median("rating_mean")
    rows = [row for row in person.rows if row.action == "rate" and row.value is not None]
    if mean is None or usual is None or len(rows) < 5 or round(mean, 1) == round(usual, 1):
        return
    side = "above" if mean > usual else "below"
    yield fact(
        "rating",
        f"average rating {number(round(mean, 1))} over {number(len(rows))} "
        f"(population: {number(round(usual, 1))})",
        rank_salience(person.population.rank("rating_mean", mean)), rows,
        numbers={
            "mean": round(mean, 1), "population": round(usual, 1), "count": float(len(rows)),
        },
        names={"side": side},
    )  # fmt: skip


def _certainty(person: Person) -> float:
    """What few lines show is worth less: half at three, nearly all at thirty."""
    return len(person.counted) / (len(person.counted) + 3)


FACTS = (spend, basket, quantity, price, returns, rating)
