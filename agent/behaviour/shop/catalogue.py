"""The demo shop's items, read off the shelves: the same items for every seed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from agent.behaviour.shop.shelves import SHELVES

BRAND_STEP = 1.35
"""How much dearer each further brand of a line is."""
POPULARITY_DECAY = 0.9
"""Exponent of the long tail: within a category an item of rank r is wanted as (r + 1.5) ** -0.9."""
SHELF_SEED = 20_240_901
"""Which items are popular is part of the shop, so it does not follow the seed of a simulation."""


@dataclass(frozen=True)
class ShopItem:
    """One thing on sale; `price` is the list price of one piece in the shop's currency."""

    item_id: str
    title: str
    category: str
    brand: str
    price: float
    searched_as: tuple[str, str, str]
    """What people type who want it: the thing, the thing with its brand, the whole category."""


@dataclass(frozen=True)
class Catalogue:
    """All items, those of one category next to each other, with columns for fast drawing.

    `starts[c]:starts[c + 1]` are the places of category c; `dearness` is the z-score of the log
    price within the line's category, so that a taste for dear things means the same everywhere.
    """

    items: tuple[ShopItem, ...]
    categories: tuple[str, ...]
    starts: NDArray[np.int64]
    price: NDArray[np.float64]
    popularity: NDArray[np.float64]
    dearness: NDArray[np.float64]
    lasting: NDArray[np.bool_]
    """Per category: whether nobody buys the same item twice."""


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The shop's catalogue (874 items in 36 categories); deterministic."""
    shelves = _shelves(SHELVES)
    items: list[ShopItem] = []
    starts = [0]
    for category, (traits, lines) in shelves.items():
        for line in lines:
            items += _items_of(line, category, "titled" in traits, first=len(items))
        starts.append(len(items))
    price = np.array([item.price for item in items])
    popularity, dearness = np.empty(len(items)), np.empty(len(items))
    rng = np.random.Generator(np.random.PCG64(SHELF_SEED))
    for first, last in pairwise(starts):
        ranks = rng.permutation(last - first)
        popularity[first:last] = (ranks + 1.5) ** -POPULARITY_DECAY
        logs = np.log(price[first:last])
        dearness[first:last] = (logs - logs.mean()) / logs.std()
    return Catalogue(
        items=tuple(items),
        categories=tuple(shelves),
        starts=np.array(starts, dtype=np.int64),
        price=price,
        popularity=popularity,
        dearness=dearness,
        lasting=np.array(["lasting" in traits for traits, _ in shelves.values()]),
    )


def _shelves(text: str) -> dict[str, tuple[str, list[str]]]:
    """Category → (its traits, its lines), in the order written."""
    shelves: dict[str, tuple[str, list[str]]] = {}
    lines: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        heading = re.fullmatch(r"# (.+?)(?: \((.+)\))?", line)
        if heading:
            lines = []
            shelves[heading[1]] = (heading[2] or "", lines)
        else:
            lines.append(line)
    return shelves


def _items_of(line: str, category: str, titled: bool, first: int) -> list[ShopItem]:
    brands, kind, variants, prices = line.split(" | ")
    items: list[ShopItem] = []
    for step, brand in enumerate(brands.split(" / ")):
        for variant, price in zip(variants.split(" / "), prices.split(" / "), strict=True):
            own_name = variant.lower() if titled else f"{brand} {kind}".lower()
            items.append(
                ShopItem(
                    item_id=f"p{1001 + first + len(items)}",
                    title=f"{variant} ({kind})" if titled else f"{brand} {kind} {variant}",
                    category=category,
                    brand=brand,
                    price=_shelf_price(float(price) * BRAND_STEP**step),
                    searched_as=(kind.lower(), own_name, category.lower()),
                )
            )
    return items


def _shelf_price(price: float) -> float:
    """The way shops end prices: in 5 pence below 10, in .50 below 50, in .00 above."""
    step = 0.05 if price < 10 else 0.5 if price < 50 else 1.0
    return round(round(price / step) * step, 2)
