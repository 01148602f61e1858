"""Rationales say what their reasons bear out, whoever writes them."""

from __future__ import annotations

import pytest

from agent.profiles.lexicon import Lexicon
from agent.recommend.casework import deeds_of, make_case
from agent.recommend.ranking import best
from agent.recommend.rationale import Case, Reason, check, write_rationale
from agent.recommend.reasons import shares_of
from agent.recommend.recommender import Recommender
from agent.records import Sentence, Share
from tests.segments.populations import SHOP

LEXICON = Lexicon(
    ["PARTY BUNTING", "BIRTHDAY GARLAND", "OAK CHAIR", "300", "WOODEN STAR"], ["Party"], SHOP
)


def case(against: bool = False) -> Case:
    reasons = [
        Reason(
            Share(kind="item", id="g", title="BIRTHDAY GARLAND", share=0.41, facts=("item/g",)),
            41,
            {"visits": 28.0},
            "together",
        ),
        Reason(
            Share(kind="item", id="b", title="PARTY BUNTING", share=0.18, facts=("item/b",)),
            18,
            {"visits": 1.0},
            "together",
        ),
        Reason(
            Share(
                kind="segment", id="s7", title="Weekly hosts", share=0.1, facts=("segment/s7/S2",)
            ),
            10,
            {"alpha": 62.0, "lift": 3.5},
        ),
    ]
    if against:
        reasons = [
            reasons[0],
            Reason(Share(kind="taste", id="struck/Party", title="Party", share=-0.2), -20),
        ]
    rest = Reason(Share(kind="rest", id="rest", title="popularity", share=0.31), 31, {"liked": 4.0})
    return Case("w", "WOODEN STAR", 1.0, (*reasons, rest), SHOP)


def test_it_reads_as_it_should() -> None:
    sentences, writer = write_rationale(case(), LEXICON)
    assert writer == "extractive"
    assert sentences[0].text == (
        "You bought birthday garland in 28 orders; it carries 41 % of this score, "
        "party bunting 18 %."
    )
    assert sentences[0].facts == ("item/g", "item/b")
    assert sentences[1].text == (
        "You lean 62 % to Weekly hosts, who like this item about 3.5 times as often as "
        "everybody does: 10 % of the score."
    )
    assert sentences[1].facts == ("segment/s7/S2",)


def test_what_speaks_against_it_is_told() -> None:
    sentences, _ = write_rationale(case(against=True), LEXICON)
    assert sentences[1].text == "That you struck out “Party” takes 20 % off."


def test_a_stated_taste_is_the_reason_however_popular_its_answer() -> None:
    stated = Share(kind="taste", id="stated/stars", title="stars", share=0.03)
    rest = case().reasons[-1]
    answer = Case("w", "WOODEN STAR", 1.0, (Reason(stated, 3), rest), SHOP)
    sentences, _ = write_rationale(answer, LEXICON)
    assert [s.text for s in sentences] == [
        "It answers what you stated, “stars”; 4 % of everybody like it."
    ]
    assert not check(sentences[0], answer, LEXICON)


@pytest.mark.parametrize(
    "text",
    [
        "You bought birthday garland in 27 orders.",
        "You bought birthday garland in 28 orders; it carries 18 % of this score.",
        "You bought party bunting in 28 orders.",
        "You bought birthday garland in 28 orders and the oak chair twice.",
        "You bought birthday garland in twenty orders.",
        "Wooden things go with the birthday garland and a chair.",
    ],
)
def test_a_sentence_that_says_more_than_its_reason_is_found(text: str) -> None:
    true = "You bought birthday garland in 28 orders; it carries 41 % of this score."
    assert check(Sentence(text=true, facts=("item/g",)), case(), LEXICON) == []
    assert check(Sentence(text=text, facts=("item/g",)), case(), LEXICON)


def test_a_sentence_without_a_reason_is_found() -> None:
    assert check(Sentence(text="A good thing.", facts=()), case(), LEXICON)
    assert check(Sentence(text="A good thing.", facts=("item/x",)), case(), LEXICON)


class Writer:
    """Answers with what it is given, one answer an attempt."""

    name = "model"

    def __init__(self, *answers: tuple[Sentence, ...]) -> None:
        self.answers, self.asked = answers, 0

    def write(self, case: Case, attempt: int) -> tuple[Sentence, ...]:
        self.asked += 1
        return self.answers[attempt]


TRUE = (Sentence(text="Your 28 orders of birthday garland carry 41 % of it.", facts=("item/g",)),)
FALSE = (Sentence(text="Your 82 orders of birthday garland carry it.", facts=("item/g",)),)


def test_another_writer_is_heard_twice_and_then_replaced() -> None:
    assert write_rationale(case(), LEXICON, Writer(TRUE)) == (TRUE, "model")
    second = Writer(FALSE, TRUE)
    assert write_rationale(case(), LEXICON, second) == (TRUE, "model")
    assert second.asked == 2
    assert write_rationale(case(), LEXICON, Writer(FALSE, FALSE))[1] == "extractive"
    assert write_rationale(case(), LEXICON, Writer((), TRUE * 3))[1] == "extractive"


def test_every_rationale_of_the_shop_holds(recommender: Recommender) -> None:
    told, texts = 0, set()
    for user in recommender.memberships.keys[::8]:
        scored = recommender.scorer.score(recommender.person(user))
        deeds = deeds_of(recommender.measures, user)
        for n, item in enumerate(best(scored, 10)):
            because = shares_of(recommender.scorer, scored, int(item), recommender.places)
            words = recommender.measures.vocabulary
            found = make_case(
                recommender.scorer, scored, int(item), because, recommender.places, deeds, words, n
            )
            sentences, _ = write_rationale(found, recommender.lexicon)
            assert 1 <= len(sentences) <= 2
            for sentence in sentences:
                assert check(sentence, found, recommender.lexicon) == [], sentence.text
                told += 1
                texts.add(sentence.text)
    assert told >= 200
    assert len(texts) > told / 2
