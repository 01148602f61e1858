"""Lists for users, segments, newcomers and tastes, from a run that was built."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from agent.errors import SettingsError, UnknownNameError
from agent.recommend.cards import Recommendations
from agent.recommend.model import Model
from agent.recommend.ranking import Wish
from agent.recommend.recommender import Recommender
from agent.records import Statement
from agent.state import State
from tests.recommend.conftest import Fitted
from tests.recommend.logs import folder_bytes

USER = "u0001"


def ids(found: Recommendations) -> list[str]:
    return [one.item_id for one in found.items]


def test_the_contracts_shape(recommender: Recommender) -> None:
    card = recommender.for_user(USER, k=4)
    told = json.loads(card.model_dump_json())
    assert told["user_id"] == USER
    assert len(told["items"]) == 4
    for item in told["items"]:
        assert {"item_id", "title", "score", "rationale", "because"} <= item.keys()
        for share in item["because"]:
            assert {"kind", "id", "title", "share"} <= share.keys()
    assert [item["score"] for item in told["items"]] == sorted(
        (item["score"] for item in told["items"]), reverse=True
    )
    assert USER in repr(card)
    # Lines may break at a blank or after a hyphen.
    for sentence in card.items[0].sentences:
        assert "".join(sentence.text.split()) in "".join(str(card).split())


def test_seen_and_hidden_items_are_out(recommender: Recommender) -> None:
    person = recommender.person(USER)
    seen = {recommender.places.items[i] for i in (*person.seen, *person.history)}
    assert len(seen) > 5
    everything = recommender.for_user(USER, k=10_000)
    assert not seen & set(ids(everything))
    assert len(everything.items) + len(seen) == len(recommender.places.items)
    first, second, third = ids(everything)[:3]
    recommender.state.hide_item(USER, first)
    assert ids(recommender.for_user(USER, k=2, hide=[second]))[0] == third
    assert recommender.state.show_item(USER, first)
    assert ids(recommender.for_user(USER, k=1)) == [first]


def test_a_varied_list_is_more_varied_and_no_score_changes(recommender: Recommender) -> None:
    def alike(found: Recommendations) -> float:
        places = np.array([recommender.places.items.index(i) for i in ids(found)])
        texts = recommender.model.texts
        return float(np.mean([texts.alike(int(p), places).sum() - 1 for p in places]))

    plain = [recommender.for_user(u) for u in recommender.memberships.keys[:20]]
    varied = [
        recommender.for_user(u, wish=Wish(diversity=0.5)) for u in recommender.memberships.keys[:20]
    ]
    assert np.mean([alike(v) for v in varied]) < 0.8 * np.mean([alike(p) for p in plain])
    for before, after in zip(plain, varied, strict=True):
        scores = {one.item_id: one.score for one in before.items}
        assert after.items[0].item_id == before.items[0].item_id
        kept = [one for one in after.items if one.item_id in scores]
        assert all(one.score == scores[one.item_id] for one in kept)


def test_the_long_tail_option_shows_less_popular_items(recommender: Recommender) -> None:
    def popularity(wish: Wish) -> float:
        lists = [recommender.for_user(u, wish=wish) for u in recommender.memberships.keys[:20]]
        share = recommender.model.affinity.popularity
        return float(
            np.mean([share[recommender.places.items.index(i)] for one in lists for i in ids(one)])
        )

    assert popularity(Wish(long_tail=1.0)) < popularity(Wish(long_tail=0.5)) < popularity(Wish())


def test_a_wish_out_of_range_is_refused() -> None:
    with pytest.raises(SettingsError, match="diversity"):
        Wish(diversity=1.5)


def test_a_segment_gets_what_it_likes_more_than_everybody(recommender: Recommender) -> None:
    for segment, label in recommender.segments:
        card = recommender.for_segment(label.name, k=3)
        assert card.segment == segment.id
        for one in card.items:
            assert one.score > 0
            shares = [s for s in one.because if s.kind == "segment"]
            assert sum(s.share for s in shares) == pytest.approx(one.score)
            assert all(s.facts[0].startswith(f"segment/{s.id}/S") for s in shares)
    leaf = recommender.cores.segments[0]
    beta = recommender.model.affinity.beta[0]
    assert ids(recommender.for_segment(leaf, k=1)) == [recommender.places.items[beta.argmax()]]


def test_a_taste_in_words_finds_its_category(recommender: Recommender) -> None:
    for category in recommender.model.texts.categories[:8]:
        card = recommender.for_taste(f"I like {category}", k=5)
        places = [recommender.places.items.index(i) for i in ids(card)]
        within = [category in recommender.places.categories[p] for p in places]
        assert np.mean(within) >= 0.6, category
        assert card.items[0].because[0].kind == "taste"


def test_somebody_new_is_placed_without_rebuilding(recommender: Recommender) -> None:
    """A user's own likes, given as a newcomer's, bring much the same list."""
    shared = []
    for user in recommender.memberships.keys[:30]:
        person = recommender.person(user)
        likes = {
            recommender.places.items[h]: float(p)
            for h, p in zip(person.history, person.pulls, strict=True)
        }
        seen = [recommender.places.items[i] for i in person.seen]
        card = recommender.for_newcomer(likes, seen=seen)
        shared.append(len({*ids(card)} & {*ids(recommender.for_user(user))}))
    assert np.mean(shared) > 7
    few = recommender.for_newcomer([*list(likes)[:2], "no such thing"], k=3)
    assert "1 of the items" in few.remark
    assert len(few.items) == 3


def test_names_that_are_not_there(recommender: Recommender) -> None:
    for ask in (
        lambda: recommender.for_user("nobody"),
        lambda: recommender.for_segment("nothing"),
        lambda: recommender.for_taste("  "),
        lambda: recommender.for_newcomer(["no such thing"]),
        lambda: recommender.why(USER, "no such thing"),
    ):
        with pytest.raises(UnknownNameError):
            ask()


def test_why_and_why_not(recommender: Recommender) -> None:
    listed = ids(recommender.for_user(USER, k=60))
    top = recommender.why(USER, listed[0])
    assert (top.status, top.rank) == ("listed", 1)
    assert top.text.startswith(str(top.text).split(" is 1st")[0] + " is 1st")
    below = recommender.why(USER, recommender.places.titles[
        recommender.places.items.index(listed[-1])
    ])  # fmt: skip
    assert (below.status, below.rank) == ("below", 60)
    assert below.score < below.needed
    assert sum(below.lacks.values()) == pytest.approx(below.needed - below.score)
    person = recommender.person(USER)
    assert recommender.why(USER, recommender.places.items[person.seen[0]]).status == "seen"
    recommender.state.hide_item(USER, listed[1])
    assert recommender.why(USER, listed[1]).status == "hidden"


def of_category(recommender: Recommender, category: str, k: int = 10) -> int:
    kinds = dict(zip(recommender.places.items, recommender.places.categories, strict=True))
    return sum(category in kinds[i] for i in ids(recommender.for_user(USER, k=k)))


def test_a_struck_interest_moves_down_and_an_added_one_up(
    recommender: Recommender, fitted: Fitted, tmp_path: Path
) -> None:
    kinds = dict(zip(recommender.places.items, recommender.places.categories, strict=True))
    first = recommender.for_user(USER, k=1).items[0]
    liked = kinds[first.item_id][0]
    other = next(
        c for c in recommender.model.texts.categories if not of_category(recommender, c, k=20)
    )
    before = of_category(recommender, liked)
    recommender.state.state_interest(USER, Statement(name=liked, stance="struck"))
    assert of_category(recommender, liked) < before
    placed = recommender.why(USER, first.item_id)
    struck = next(s for s in placed.because if s.kind == "taste")
    assert struck.share < 0
    assert placed.score == pytest.approx(first.score + struck.share)
    recommender.state.state_interest(USER, Statement(name=other, stance="added"))
    assert of_category(recommender, other) > 0
    # Kept by the user's id: another version of the run, opened anew, says the same.
    again = fitted.open(tmp_path)
    assert ids(again.for_user(USER)) == ids(recommender.for_user(USER))
    assert recommender.state.withdraw_interest(USER, liked)
    assert recommender.state.withdraw_interest(USER, other)
    assert recommender.for_user(USER, k=1).items[0] == first


def test_an_interest_in_other_words_moves_what_answers_them(recommender: Recommender) -> None:
    title = recommender.for_user(USER, k=200).items[-1].title
    before = recommender.why(USER, title)
    recommender.state.state_interest(USER, Statement(name=title.lower(), stance="added"))
    after = recommender.why(USER, title)
    assert after.score > before.score
    assert (after.rank or 0) < (before.rank or 0)


def test_the_artefact_is_the_same_every_time(fitted: Fitted, tmp_path: Path) -> None:
    fitted.write(tmp_path / "again")
    assert folder_bytes(tmp_path / "again") == folder_bytes(fitted.folder)


def test_weights_are_chosen_and_no_worse_than_ease(fitted: Fitted) -> None:
    blend = Model.load(fitted.folder).blend
    assert [level.name for level in blend.levels] == ["few", "some", "many"]
    assert len(blend.ridges) == 15
    assert blend.ridge in (50, 100, 200, 400, 800)
    for level in ("few", "some", "many"):
        reading = blend.readings[level]
        assert reading.users >= 20
        assert reading.ndcg["blend"] >= reading.ndcg["together"]
        assert reading.ndcg["blend"] >= 0.95 * max(reading.ndcg.values())
    assert fitted.notes["readings"] == blend.model_dump(mode="json")["readings"]


def test_state_outlives_everything_but_being_forgotten(tmp_path: Path) -> None:
    state = State(tmp_path)
    assert state.statements("u") == ()
    assert not state.path.exists()
    state.state_interest("u", Statement(name=" slow   burn ", stance="added"))
    state.state_interest("u", Statement(name="slow burn", stance="struck"))
    state.state_interest("v", Statement(name="other", stance="added"))
    state.hide_item("u", "i1")
    assert State(tmp_path).statements("u") == (Statement(name="slow burn", stance="struck"),)
    assert state.forget_user("u") == 2
    assert state.statements("u") == ()
    assert state.hidden("u") == ()
    assert len(state.statements("v")) == 1
    with pytest.raises(SettingsError):
        state.state_interest("u", Statement(name="  ", stance="added"))
