"""Deeds: predicates told as what people do, in words one would say."""

from __future__ import annotations

import pytest

from agent.records import Vocabulary
from agent.segments.deeds import clauses
from agent.segments.rules import Condition

ORDERS = Vocabulary(
    domain="purchases", did="bought", doing="buying", item="item", items="items", event="line",
    events="lines", visit="order", visits="orders", measure="spend", share_of="spend",
)  # fmt: skip


@pytest.mark.parametrize(
    ("feature", "op", "value", "told"),
    [
        ("visits", "<=", 1, "made a single order"),
        ("visits", "<=", 5, "made at most 5 orders"),
        ("visits", ">=", 2, "made at least 2 orders"),
        ("items", "<=", 1, "bought a single item"),
        ("category:baking", ">=", 0.3, "put at least 30 % of their spend into baking"),
        ("median_gap_days", "<=", 7, "order every 7 days or sooner"),
        ("attribute:country=France", ">=", 1, "are based in France"),
    ],
)
def test_a_predicate_is_what_people_do(feature: str, op: str, value: float, told: str) -> None:
    condition = Condition(feature, op, value)
    assert clauses([condition], ORDERS) == told


def test_deeds_of_one_verb_share_it() -> None:
    several = [
        Condition(f"category:{name}", ">=", share)
        for name, share in (("baking", 0.3), ("tea", 0.1))
    ]
    assert clauses(several, ORDERS) == (
        "put at least 30 % of their spend into baking and at least 10 % of their spend into tea"
    )
