import polars as pl

from agent.behaviour.categories import title_phrases, with_categories
from tests.behaviour.logs import catalogue, events

TITLES = [
    *(f"LUNCH BAG {x}" for x in ("RED RETROSPOT", "SUKI DESIGN", "WOODLAND", "APPLE", "DOLLY")),
    *(f"JUMBO BAG {x}" for x in ("RED RETROSPOT", "OWLS", "ALPHABET", "PAISLEY", "TOYS")),
    *(f"{x} BUNTING" for x in ("PARTY", "PAPER", "SPOTTY", "VINTAGE", "TEA TIME")),
    *(f"SET OF {n} CANDLES" for n in range(3, 8)),
    "RETROSPOT CANDLE",
]
# A real catalogue is mostly other things: a word in every tenth title would say too little.
FILLER = [f"THING{chr(65 + n % 26)}{chr(65 + n // 26)}" for n in range(300)]
SHELF = [*TITLES, *FILLER]


def test_pairs_that_belong_together_become_one_category() -> None:
    found = title_phrases([(title, 10) for title in SHELF])
    assert found[0][0] == "lunch bag"
    assert found[5][0] == "jumbo bag"
    assert "bunting" in found[10]
    assert not any("set" in phrase.split() for phrases in found for phrase in phrases)


def test_plurals_join_their_singular() -> None:
    found = title_phrases([(title, 10) for title in SHELF])
    assert found[15] == ["candle"]
    assert "candle" in found[20]


def test_a_catalogue_with_categories_is_left_alone() -> None:
    items = catalogue(a=["x"], b=["y"])
    log = events({"user": "u", "item": "a", "at": "2024-01-01"})
    same, source = with_categories(items, log)
    assert source == "catalogue"
    assert same.equals(items)


def test_categories_from_titles_do_not_depend_on_the_order_of_items() -> None:
    items = pl.DataFrame(
        {"item_id": [f"{n:03d}" for n in range(len(SHELF))], "title": SHELF,
         "categories": [[] for _ in range(len(SHELF))]},
        schema={"item_id": pl.String, "title": pl.String, "categories": pl.List(pl.String)},
    )  # fmt: skip
    bought = [{"user": "u", "item": item, "at": "2024-01-01"} for item in items["item_id"]]
    log = events(*bought)
    made, source = with_categories(items, log)
    assert source == "titles"
    assert made.equals(with_categories(items.reverse(), log)[0])
    assert made["categories"].list.len().max() <= 3
