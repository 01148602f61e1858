"""What one person does in the demo shop: visits, things looked at, orders, returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.behaviour.shop.calendar import (
    DAYS,
    STORE_CLOSES,
    STORE_OPENS,
    day_weights,
    discounts,
)
from agent.behaviour.shop.catalogue import catalogue
from agent.behaviour.shop.people import Habits, Person, Stint

ACTIONS = ("view", "cart", "buy", "return", "search")
VIEW, CART, BUY, RETURN, SEARCH = range(5)
CHANNELS = ("web", "app", "store")
WEB, APP, STORE = range(3)
NO_ORDER = -1
NO_QUERY = -1
DAY_SECONDS = 86_400
FOR_OWN_USE = ("Groceries", "Household", "Toiletries", "Stationery")
MAX_OWN_USE = 2.0
"""Typical pieces a line of those that even bulk buyers do not go beyond."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Log:
    """One person's rows as columns of equal length, oldest first.

    `item` is a place in the catalogue, `second` counts from the start of the log, `action` and
    `channel` are places in ACTIONS and CHANNELS, `order` numbers the person's orders, `query` says
    which of the item's `searched_as` was typed. Quantity 0 and price NaN stand for none.
    """

    item: Ints
    second: Ints
    action: Ints
    quantity: Ints
    price: Floats
    order: Ints
    channel: Ints
    query: Ints


@dataclass(frozen=True)
class _Visits:
    second: Ints
    channel: Ints
    lines: Ints


def log_of(person: Person, rng: np.random.Generator) -> Log:
    """Everything one person does in the log (a newcomer's: at most 3 rows)."""
    logs, orders = [], 0
    for stint in person.stints:
        logs.append(_rows(stint, first_order=orders, rng=rng))
        orders += stint.visits
    columns = {
        name: np.concatenate([getattr(log, name) for log in logs])
        for name in Log.__dataclass_fields__
    }
    # Someone who searches, looks and buys in one second did so in that order.
    told = np.array([2, 3, 4, 5, 1])[columns["action"]]
    order = np.lexsort((columns["item"], told, columns["second"]))
    if person.max_events is not None:
        order = order[: person.max_events]
    return Log(**{name: column[order] for name, column in columns.items()})


def _visits(stint: Stint, rng: np.random.Generator) -> _Visits:
    """When and through which channel the visits of a stint come (n_visits each), oldest first."""
    habits, n = stint.habits, stint.visits
    weights = day_weights(habits.weekdays, habits.months)[stint.first_day : stint.end_day]
    edges = np.cumsum(weights)
    if habits.steady:
        chances = (np.arange(n) + rng.uniform(0.2, 0.8, size=n)) / n
    else:
        chances = np.sort(rng.random(n))
    day = stint.first_day + np.searchsorted(edges, chances * edges[-1])
    shares = np.cumsum([share for _, _, share in habits.hours])
    peak = np.searchsorted(shares, rng.random(n) * shares[-1])
    centre = np.array([peak for peak, _, _ in habits.hours])[peak]
    spread = np.array([width for _, width, _ in habits.hours])[peak]
    hour = (centre + spread * rng.standard_normal(n)) % 24
    channel = np.minimum(np.searchsorted(np.cumsum(habits.channels), rng.random(n)), STORE)
    closed = (hour < STORE_OPENS) | (hour >= STORE_CLOSES)
    online = APP if habits.channels[APP] > habits.channels[WEB] else WEB
    channel[(channel == STORE) & closed] = online
    second = np.minimum(day, DAYS - 1) * DAY_SECONDS + (hour * 3600).astype(np.int64)
    order = np.argsort(second, kind="stable")
    return _Visits(second[order], channel[order], 1 + rng.poisson(habits.lines - 1, size=n))


def _wanted(habits: Habits, n: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Items and their categories that n lines are about: a category by taste, an item by liking."""
    shop = catalogue()
    tastes = np.cumsum(habits.tastes)
    last = len(shop.categories) - 1
    category = np.minimum(np.searchsorted(tastes, rng.random(n) * tastes[-1]), last)
    liked = np.concatenate([[0.0], np.cumsum(habits.item_weights)])
    low, high = liked[shop.starts[category]], liked[shop.starts[category + 1]]
    item = np.searchsorted(liked, low + rng.random(n) * (high - low), side="right") - 1
    return np.clip(item, shop.starts[category], shop.starts[category + 1] - 1), category


def _rows(stint: Stint, first_order: int, rng: np.random.Generator) -> Log:
    habits, shop = stint.habits, catalogue()
    visits = _visits(stint, rng)
    visit = np.repeat(np.arange(stint.visits), visits.lines)
    item, category = _wanted(habits, len(visit), rng)
    # One line an item and visit: who wants two puts two in the basket.
    once = np.sort(np.unique(visit * len(shop.items) + item, return_index=True)[1])
    visit, item, category = visit[once], item[once], category[once]
    n = len(visit)
    channel = visits.channel[visit]
    in_store = channel == STORE

    bought = in_store | (rng.random(n) < habits.conversion)
    lasting = shop.lasting[category]
    # Of a lasting thing only the first purchase happens; later ones are looks at what one owns.
    chosen = np.flatnonzero(bought & lasting)
    bought[chosen] = False
    bought[chosen[np.unique(item[chosen], return_index=True)[1]]] = True

    # Who orders party plates by the dozen still buys tea for one kitchen.
    own_use = np.isin(category, [shop.categories.index(name) for name in FOR_OWN_USE])
    units = np.where(own_use, min(habits.units, MAX_OWN_USE), habits.units)
    pieces = np.maximum(np.rint(units * rng.lognormal(0.0, 0.4, size=n)), 1).astype(np.int64)
    pieces = np.where(pieces > 12, np.maximum(pieces // 6, 1) * 6, pieces)
    pieces[lasting] = 1

    # Each line takes a minute or two; the checkout follows the last line of the visit.
    pause = rng.integers(25, 160, size=n)
    elapsed = np.cumsum(pause)
    starts = np.flatnonzero(np.diff(visit, prepend=-1))
    elapsed -= (elapsed[starts] - pause[starts])[visit]
    second = visits.second[visit] + elapsed
    checkout = np.maximum.reduceat(second, starts)[visit] + 90

    searched = ~in_store & (rng.random(n) < habits.searching)
    viewed = ~in_store & (~bought | (rng.random(n) < 0.6))
    carted = ~in_store & (rng.random(n) < np.where(bought, 0.3, 0.15))
    back = checkout + rng.integers(4, 21, size=n) * DAY_SECONDS
    back += rng.integers(-7_200, 7_200, size=n)
    sent_back = bought & (rng.random(n) < habits.returning) & (back < DAYS * DAY_SECONDS)
    query = rng.choice(3, size=n, p=(0.6, 0.25, 0.15))

    steps = (
        (SEARCH, searched, second - 20),
        (VIEW, viewed, second),
        (CART, carted, second + 12),
        (BUY, bought, checkout),
        (RETURN, sent_back, back),
    )
    line = np.concatenate([np.flatnonzero(mask) for _, mask, _ in steps])
    when = np.concatenate([seconds[mask] for _, mask, seconds in steps])
    action = np.repeat([step for step, _, _ in steps], [int(mask.sum()) for _, mask, _ in steps])
    ordered = (action == BUY) | (action == RETURN)
    price = np.round(shop.price[item] * discounts()[visits.second[visit] // DAY_SECONDS], 2)
    return Log(
        item=item[line],
        second=np.clip(when, 0, DAYS * DAY_SECONDS - 1),
        action=action,
        quantity=np.where(ordered | (action == CART), pieces[line], 0),
        price=np.where(action == SEARCH, np.nan, price[line]),
        order=np.where(ordered, first_order + visit[line], NO_ORDER),
        channel=channel[line],
        query=np.where(action == SEARCH, query[line], NO_QUERY),
    )
