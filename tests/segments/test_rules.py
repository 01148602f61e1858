from __future__ import annotations

import numpy as np
import pytest
from tests.segments.populations import population, shop

from agent.segments.contrast import contrasts, find_groups, separating_ranks
from agent.segments.readable import Mask, Readable, readable
from agent.segments.rules import Condition, Rule, held_out, learn_rule, nearest_outside, thresholds


def learn(table: Readable, members: Mask, *, seed: int = 0, min_group: int = 5) -> Rule:
    users = {u for u, inside in zip(table.users, members, strict=True) if inside}
    group = find_groups(table, {"s": users})[0]
    return learn_rule(
        table,
        members,
        space=separating_ranks(table, [members]),
        telling={c.feature: c.score for c in contrasts(table, group, {})},
        seed=seed,
        share=0.2,
        min_group=min_group,
    )


def test_the_rule_of_a_made_up_segment_finds_it_again() -> None:
    measures, assignment = shop()
    table = readable(measures, min_group=5)
    rule = learn(table, table.mask({u for u, k in assignment.items() if k == "hosts"}))
    assert "units_per_line" in {c.feature for c in rule.conditions}
    assert rule.precision is not None
    assert rule.recall is not None
    assert min(rule.precision, rule.recall) >= 0.9
    assert rule.tested == 12


def test_shuffled_labels_score_at_chance() -> None:
    measures, assignment = shop(per_kind=80)
    table = readable(measures, min_group=5)
    users = np.array(table.users)
    rng = np.random.default_rng(0)
    precisions, informed = [], []
    for _ in range(12):
        members = table.mask(set(rng.permutation(users)[:80].tolist()))
        rule = learn(table, members)
        assert rule.precision is not None
        assert rule.recall is not None
        found = rule.recall
        # At one non-member for each member, precision = recall / (recall + false alarms).
        alarms = found / rule.precision - found if rule.precision else 0.0
        precisions.append(rule.precision)
        informed.append(found - alarms)
    assert np.mean(precisions) == pytest.approx(0.5, abs=0.1)
    assert np.mean(informed) == pytest.approx(0.0, abs=0.12)


def test_held_out_members_do_not_change_the_rule() -> None:
    measures, assignment = shop()
    table = readable(measures, min_group=5)
    hosts = {u for u, k in assignment.items() if k == "hosts"}
    members = table.mask(hosts)
    space = separating_ranks(table, [members])
    telling = {"units_per_line": 1.0, "category:Party goods": 0.9}

    def rule_of(values: np.ndarray) -> Rule:
        changed = Readable(table.users, table.names, values, table.vocabulary)
        return learn_rule(
            changed, members, space=space, telling=telling, seed=3, share=0.2, min_group=5
        )

    spoilt = table.values.copy()
    for user in held_out(hosts, seed=3, share=0.2, least=5):
        spoilt[table.users.index(user)] = 0.0
    honest, blind = rule_of(table.values), rule_of(spoilt)
    assert blind.conditions == honest.conditions
    assert blind.recall == 0.0
    assert honest.recall is not None
    assert honest.recall > 0.8


def test_the_same_users_are_held_out_whatever_their_order() -> None:
    users = [f"u{i}" for i in range(50)]
    first = held_out(users, seed=0, share=0.2)
    assert first == held_out(reversed(users), seed=0, share=0.2)
    assert len(first) == 10
    assert first != held_out(users, seed=1, share=0.2)


def test_small_segments_hold_out_min_group_but_never_more_than_half() -> None:
    assert len(held_out([f"u{i}" for i in range(12)], seed=0, share=0.2, least=5)) == 5
    assert len(held_out([f"u{i}" for i in range(6)], seed=0, share=0.2, least=5)) == 3


def test_figures_on_fewer_than_min_group_members_stay_hidden() -> None:
    measures, _ = shop()
    table = readable(measures, min_group=5)
    rule = learn(table, table.mask({f"u{n:04d}" for n in range(8)}), min_group=5)
    assert rule.tested == 4
    assert rule.precision is None
    assert rule.recall is None


def test_nearest_outside_is_by_distance_then_name() -> None:
    space = np.array([[0.0], [0.0], [1.0], [3.0], [-1.0]])
    members = np.array([True, True, False, False, False])
    near = nearest_outside(space, members, wanted=1, users=("a", "b", "d", "c", "e"))
    assert near.tolist() == [False, False, True, False, False]


@pytest.mark.parametrize(
    ("feature", "values", "allowed"),
    [
        ("evening_share", np.linspace(0.27, 0.83, 50), {0.25, 0.3, 0.4, 0.5, 0.6}),
        ("units_per_line", np.linspace(20, 50, 50), {20, 24, 30, 36}),
        ("median_gap_days", np.linspace(5, 40, 50), {5, 7, 10, 14, 21}),
        ("spend", np.linspace(420, 900, 50), {400, 500, 600}),
    ],
)
def test_thresholds_are_numbers_people_use(
    feature: str, values: np.ndarray, allowed: set[float]
) -> None:
    bounds = {c.value for c in thresholds(feature, values) if c.op == ">="}
    assert bounds == allowed


def test_a_low_share_of_one_category_is_no_predicate() -> None:
    assert all(c.op == ">=" for c in thresholds("category:Toys", np.linspace(0, 1, 30)))
    assert any(c.op == "<=" for c in thresholds("weekend_share", np.linspace(0, 1, 30)))


def test_an_unknown_value_satisfies_nothing() -> None:
    rows = {"a": {"visits": 3.0}, "b": {"visits": 3.0, "price": 1.0}}
    table = readable(population(rows), min_group=1)
    assert Condition("price", "<=", 5.0).holds(table).tolist() == [False, True]
    assert Condition("spend", ">=", 0.0).holds(table).tolist() == [False, False]
