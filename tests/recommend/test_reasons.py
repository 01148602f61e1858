"""Reasons are the score: shares add up to it, and what they say would happen happens."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from agent.recommend.counterfactual import bring, drop, without
from agent.recommend.person import Person
from agent.recommend.ranking import Wish, best, rank_of, wished
from agent.recommend.reasons import shares_of
from agent.recommend.recommender import Recommender
from agent.recommend.scoring import Scored
from agent.records import Statement


def users(recommender: Recommender, count: int = 25) -> list[str]:
    return recommender.memberships.keys[:: max(1, len(recommender.memberships) // count)]


def scored(recommender: Recommender, user: str) -> Scored:
    return recommender.scorer.score(recommender.person(user))


@pytest.mark.parametrize("wish", [Wish(), Wish(long_tail=0.7)], ids=["plain", "long tail"])
def test_shares_add_up_to_the_score(recommender: Recommender, wish: Wish) -> None:
    recommender.state.state_interest("u0001", Statement(name="gardening", stance="added"))
    checked = 0
    for user in {*users(recommender), "u0001"}:
        found = wished(recommender.scorer, scored(recommender, user), wish)
        for item in [*best(found, 10), *best(found, 100)[-3:]]:
            because = shares_of(recommender.scorer, found, int(item), recommender.places)
            total = float(found.total[item])
            assert abs(sum(one.share for one in because) - total) <= 1e-6 * abs(total)
            told = [abs(one.share) for one in because[:-1]]
            assert told == sorted(told, reverse=True)
            assert because[-1].kind == "rest"
            checked += 1
    assert checked > 200


def test_every_share_can_be_asked_for(recommender: Recommender) -> None:
    """Told in full, nothing but popularity is left for the rest."""
    user = users(recommender)[0]
    found = scored(recommender, user)
    item = int(best(found, 1)[0])
    because = shares_of(recommender.scorer, found, item, recommender.places, most=10_000)
    assert because[-1].share == pytest.approx(found.parts["popularity"][item], abs=1e-15)
    assert {one.kind for one in because} == {"item", "segment", "rest"}
    # The parts are the formula's: Σ w α β of the segments.
    segments = sum(one.share for one in because if one.kind == "segment")
    assert segments == pytest.approx(found.parts["segments"][item], rel=1e-9)


def test_taking_a_like_away_lowers_the_score_by_its_share(recommender: Recommender) -> None:
    for user in users(recommender):
        found = scored(recommender, user)
        if len(found.person.history) < 4:
            continue
        item = int(best(found, 1)[0])
        because = shares_of(recommender.scorer, found, item, recommender.places)
        cited = [one for one in because if one.kind == "item"][:2]
        places = recommender.places.items
        away = without(recommender.scorer, found, np.array([places.index(c.id) for c in cited]))
        lowered = float(found.total[item] - away.total[item])
        assert lowered == pytest.approx(sum(c.share for c in cited), rel=1e-6)


def test_what_is_cited_matters_more_than_what_is_not(recommender: Recommender) -> None:
    """Without the two likes cited an item falls at least twice as often as without any two."""
    rng = np.random.default_rng(0)
    fell = {"cited": 0, "random": 0}
    for user in users(recommender, 60):
        found = scored(recommender, user)
        history = found.person.history
        if len(history) < 6:
            continue
        for item in best(found, 5):
            shares = recommender.scorer.of_history(found, np.array([item]))[:, 0]
            cited = history[np.argsort(-shares)[:2]]
            others = rng.choice(np.setdiff1d(history, cited), 2, replace=False)
            for name, away in (("cited", cited), ("random", others)):
                after = rank_of(without(recommender.scorer, found, away), int(item))
                fell[name] += (after or 0) > (rank_of(found, int(item)) or 0)
    assert fell["cited"] >= 2 * fell["random"]
    assert fell["cited"] > 100


def small(recommender: Recommender, user: str, likes: int) -> Scored:
    """A user cut down to a few likes, so that every set of them can be tried."""
    person = recommender.person(user)
    return recommender.scorer.score(
        Person(user, person.history[:likes], person.pulls[:likes], person.alpha)
    )


def test_the_smallest_set_is_the_smallest(recommender: Recommender) -> None:
    proven = 0
    for user in users(recommender, 40):
        found = small(recommender, user, 6)
        for item in best(found, 10)[::3]:
            change = drop(recommender.scorer, found, int(item))
            history = found.person.history
            for size in range(1, len(history) + 1):
                able = [
                    set(away)
                    for away in combinations(history.tolist(), size)
                    if (rank_of(without(recommender.scorer, found, np.array(away)), int(item)) or 0)
                    > 10
                ]
                if able:
                    break
            if not able:
                assert change is None
                continue
            if change is None:
                # Sets of one and two are tried whole; of larger ones those that hurt most.
                assert size > 2
                continue
            assert change.after is not None
            assert change.after > 10
            assert change.before == rank_of(found, int(item))
            if change.smallest:
                proven += 1
                assert set(change.items) in able
    assert proven > 10


def test_what_would_bring_an_item_in_does(recommender: Recommender) -> None:
    brought = 0
    for user in users(recommender, 20):
        found = scored(recommender, user)
        item = int(best(found, 40)[-1])
        for change in bring(recommender.scorer, found, item):
            person = found.person.plus(np.array(change.items))
            anew = recommender.scorer.score(person, level=found.level)
            assert rank_of(anew, item) == change.after
            assert change.after is not None
            assert change.after <= 10 < (change.before or 0)
            assert item not in change.items
            brought += 1
    assert brought > 5


def test_no_counterfactual_where_there_is_none(recommender: Recommender) -> None:
    found = scored(recommender, users(recommender)[0])
    below, first = int(best(found, 40)[-1]), int(best(found, 1)[0])
    assert drop(recommender.scorer, found, below) is None
    assert bring(recommender.scorer, found, first) == []
    nobody = Person("", np.zeros(0, dtype=np.int64), np.zeros(0), found.person.alpha)
    alone = recommender.scorer.score(nobody)
    assert drop(recommender.scorer, alone, int(best(alone, 1)[0])) is None
