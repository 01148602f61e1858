"""What may be told in one sentence."""

from __future__ import annotations

import pytest

from agent.profiles.pairing import assign, misplaced
from agent.records import Fact

HORROR = Fact(id="E1", kind="opinion", text="rates Horror 3.5", events=((3, 6), (8, 9)))
THRILLER = Fact(id="E2", kind="category", text="Thriller 30 % of ratings", events=((0, 3), (8, 9)))
TOTALS = Fact(id="E3", kind="totals", text="9 ratings", events=((0, 9),))


@pytest.mark.parametrize(
    ("behind", "others", "out"),
    [
        (((3, 4), (5, 6)), [HORROR], False),
        (((3, 4), (6, 7)), [HORROR], True),
        (((3, 4),), [THRILLER], True),
        (((8, 9),), [HORROR, THRILLER], False),
        (((6, 7),), [TOTALS], False),
    ],
)
def test_items_follow_a_category_only_if_they_are_of_it(
    behind: tuple[tuple[int, int], ...], others: list[Fact], out: bool
) -> None:
    items = Fact(id="E4", kind="items", text="highest ratings: …", events=behind)
    assert misplaced(items, others) is out


def test_no_other_fact_is_out_of_place() -> None:
    assert not misplaced(TOTALS, [HORROR])
    assert not misplaced(HORROR, [THRILLER])


def test_the_lead_takes_the_first_place_of_its_kind() -> None:
    second = Fact(id="E5", kind="opinion", text="rates War 4.5")
    assert assign(("opinion", "opinion"), second, [HORROR]) == [second, HORROR]
    assert assign(("totals", "opinion"), HORROR, [TOTALS]) == [TOTALS, HORROR]
    assert assign(("totals", "recency"), TOTALS, [HORROR]) is None
