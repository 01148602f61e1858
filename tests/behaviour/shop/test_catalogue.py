"""The catalogue is big enough, and nothing in it would look odd on a shelf."""

from __future__ import annotations

import re

import numpy as np

from agent.behaviour.shop.catalogue import catalogue
from agent.behaviour.shop.personas import EVERYDAY, PERSONAS


def test_size_and_unique_titles() -> None:
    shop = catalogue()
    assert len(shop.items) >= 600
    assert len(shop.categories) >= 25
    assert len({item.title for item in shop.items}) == len(shop.items)
    assert len({item.item_id for item in shop.items}) == len(shop.items)
    sizes = np.diff(shop.starts)
    assert sizes.min() >= 12
    assert sizes.sum() == len(shop.items)


def test_items_lie_by_category() -> None:
    shop = catalogue()
    for place, category in enumerate(shop.categories):
        shelf = shop.items[shop.starts[place] : shop.starts[place + 1]]
        assert {item.category for item in shelf} == {category}


def test_titles_read_like_titles() -> None:
    for item in catalogue().items:
        assert 8 <= len(item.title) <= 60
        assert item.title == " ".join(item.title.split())
        assert item.title[0].isupper() or item.title[0].isdigit()
        assert not re.search(r"\b(\w+) \1\b|[|#]", item.title), item.title
        assert all(query == query.strip().lower() and query for query in item.searched_as)


def test_prices_are_plausible_and_popularity_has_a_tail() -> None:
    shop = catalogue()
    assert 0.5 <= shop.price.min() < shop.price.max() <= 500
    for first, last in zip(shop.starts, shop.starts[1:], strict=False):
        wanted = np.sort(shop.popularity[first:last])[::-1]
        quarter = len(wanted) // 4
        assert wanted[:quarter].sum() > 0.4 * wanted.sum()
        assert abs(shop.dearness[first:last].mean()) < 1e-9


def test_personas_want_what_the_shop_sells() -> None:
    known = set(catalogue().categories)
    assert set(EVERYDAY) <= known
    wanted = set(EVERYDAY)
    for persona in PERSONAS:
        assert set(persona.tastes) <= known
        assert abs(sum(persona.tastes.values()) - 1) < 1e-9
        assert abs(sum(persona.channels) - 1) < 1e-9
        wanted |= set(persona.tastes)
    assert wanted == known
    assert abs(sum(EVERYDAY.values()) - 1) < 1e-9
