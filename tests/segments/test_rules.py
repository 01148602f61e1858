from __future__ import annotations

import numpy as np
import pytest

from agent.segments.contrast import separating_ranks
from agent.segments.readable import Mask, Readable, readable
from agent.segments.rules import Condition, Rule, held_out, learn_rule, nearest_outside, thresholds
from tests.segments.populations import population, shop


def learn(table: Readable, members: Mask, *, seed: int = 0, min_group: int = 5) -> Rule:
    return learn_rule(
        table,
        members,
        space=separating_ranks(table, [members]),
        seed=seed,
        share=0.2,
        min_group=min_group,
    )


def test_the_rule_of_a_made_up_segment_finds_it_again() -> None:
    measures, assignment = shop()
    table = readable(measures, min_group=5)
    rule = learn(table, table.mask({u for u, k in assignment.items() if k == "hosts"}))
    assert {c.feature for c in rule.conditions} <= {"units_per_line", "category:Party goods"}
    assert rule.precision is not None
    assert rule.recall is not None
    assert min(rule.precision, rule.recall) >= 0.9
    assert rule.tested == 12


def test_shuffled_labels_score_at_chance() -> None:
    measures, _ = shop(per_kind=80)
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

    def rule_of(values: np.ndarray) -> Rule:
        changed = Readable(table.users, table.names, values, table.vocabulary)
        return learn_rule(changed, members, space=space, seed=3, share=0.2, min_group=5)

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


def test_each_member_is_matched_with_the_nearest_free_non_member() -> None:
    space = np.array([[0.0], [5.0], [0.4], [4.0], [0.5], [90.0]])
    members = np.array([True, True, False, False, False, False])
    near = nearest_outside(space, members, seed=0, users=("a", "b", "c", "d", "e", "f"))
    assert near.tolist() == [False, False, True, True, False, False]


def test_near_non_members_are_spread_as_the_members_are() -> None:
    # Two far groups and a crowd between them: the centre's nearest would all be of the crowd.
    rng = np.random.default_rng(0)
    space = np.concatenate([rng.normal(c, 0.1, (60, 2)) for c in (-5.0, 0.0, 5.0)])
    members = np.zeros(180, dtype=bool)
    members[:20] = members[120:140] = True
    near = nearest_outside(space, members, seed=0, users=tuple(f"u{i:03d}" for i in range(180)))
    assert [int(near[i : i + 60].sum()) for i in (0, 60, 120)] == [20, 0, 20]


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
