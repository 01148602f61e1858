from __future__ import annotations

import numpy as np
import pytest

from agent.segments.contrast import Group, contrasts, deltas, find_groups, typical_items
from agent.segments.phrasing import contrast_fact, items_fact, size_fact
from agent.segments.readable import average_ranks, category_threshold, readable
from tests.segments.populations import population, shop


def brute_delta(inside: list[float], outside: list[float]) -> float:
    pairs = [int(a > b) - int(a < b) for a in inside for b in outside]
    return sum(pairs) / len(pairs)


@pytest.mark.parametrize("seed", range(5))
def test_delta_is_the_chance_of_being_above_minus_below(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 6, size=30).astype(float)
    inside = np.arange(30) < 11
    expected = brute_delta(list(values[inside]), list(values[~inside]))
    found = deltas(average_ranks(values[:, None]), inside)
    assert found[0] == pytest.approx(expected)


def test_delta_leaves_unknown_values_out() -> None:
    values = np.array([[5.0], [np.nan], [1.0], [np.nan], [2.0]])
    inside = np.array([True, True, False, False, False])
    assert deltas(average_ranks(values), inside)[0] == 1.0


def test_a_segment_is_told_by_what_it_was_made_of() -> None:
    measures, assignment = shop()
    table = readable(measures, min_group=5)
    members: dict[str, set[str]] = {}
    for user, kind in assignment.items():
        if kind:
            members.setdefault(kind, set()).add(user)
    groups = {g.id: g for g in find_groups(table, members)}
    masks = {s: g.members for s, g in groups.items()}
    best = {s: [c.feature for c in contrasts(table, g, masks)[:2]] for s, g in groups.items()}
    assert best["bakers"][0] == "category:Baking"
    assert set(best["hosts"]) == {"category:Party goods", "units_per_line"}
    assert set(best["readers"]) == {"category:Books", "evening_share"}


def test_a_measure_that_half_the_members_lack_is_not_told() -> None:
    rows = {f"u{i}": {"visits": float(i)} for i in range(20)}
    for i in range(4):
        rows[f"u{i}"]["price"] = 9.0
    for i in range(10, 20):
        rows[f"u{i}"]["price"] = 1.0
    table = readable(population(rows), min_group=2)
    members = table.mask({f"u{i}" for i in range(10)})
    told = {c.feature for c in contrasts(table, Group("s", members, ()), {})}
    assert told == {"visits"}


def test_fact_text_holds_exactly_its_numbers_and_names() -> None:
    measures, assignment = shop()
    table = readable(measures, min_group=5)
    members = {k: {u for u, kind in assignment.items() if kind == k} for k in ("bakers", "hosts")}
    groups = find_groups(table, members)
    masks = {g.id: g.members for g in groups}
    contrast = next(c for c in contrasts(table, groups[0], masks) if c.feature == "category:Baking")
    fact = contrast_fact(contrast, "S2", table.vocabulary, {"hosts": "Party hosts"})
    n = fact.numbers
    assert fact.text == (
        f"{n['share']:g} % of spend in Baking on average (others: {n['population']:g} %; "
        f"Party hosts: {n['rival']:g} %), at least {n['share_at_least']:g} % "
        f"for {n['covered']:g} % of members"
    )
    assert n["share"] > 3 * n["population"]
    assert n["covered"] > 90
    assert fact.names == {"category": "Baking", "rival": "Party hosts"}


def test_an_item_one_member_in_eight_bought_is_not_typical() -> None:
    rows = {f"u{i:02d}": {"visits": 1.0} for i in range(32)}
    touched = {f"u{i:02d}": ["salient"] for i in range(2)}
    touched |= {f"u{i:02d}": ["shared", "everywhere"] for i in range(2, 16)}
    touched |= {f"u{i:02d}": ["everywhere"] for i in range(16, 32)}
    measures = population(rows, touched=touched)
    members = {f"u{i:02d}" for i in range(16)}
    found = typical_items(measures, members, min_group=2)
    assert [(item.title, item.members, item.others) for item in found] == [("SHARED", 14 / 16, 0.0)]
    text = items_fact(found, "S3", measures.vocabulary).text
    assert text == "typical items: SHARED (88 % of members, others 0 %)"


def test_items_of_fewer_people_than_min_group_stay_hidden() -> None:
    rows = {f"u{i}": {"visits": 1.0} for i in range(30)}
    measures = population(rows, touched={f"u{i}": ["rare"] for i in range(4)})
    members = {f"u{i}" for i in range(8)}
    assert typical_items(measures, members, min_group=5) == []
    assert [i.title for i in typical_items(measures, members, min_group=4)] == ["RARE"]


def test_size_is_told_in_people_and_percent() -> None:
    measures, _ = shop()
    fact = size_fact(112, 1000, measures.vocabulary)
    assert (fact.id, fact.text) == ("S1", "112 customers, 11 % of all")


def test_a_category_is_somebodys_own_from_twice_the_mean_or_the_top_third() -> None:
    rare = np.r_[np.zeros(90), np.full(10, 0.6)]
    assert category_threshold(rare) == pytest.approx(0.12)
    everybodys = np.linspace(0.2, 0.6, 101)
    assert category_threshold(everybodys) == pytest.approx(0.48)
    assert category_threshold(np.r_[np.zeros(99), 0.1]) == 0.05
