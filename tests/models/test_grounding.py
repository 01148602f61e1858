"""What grammars are made of holds for whatever a stranger typed."""

from __future__ import annotations

import json
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.models.grounding import either, free_words, gbnf, json_text, literal, word_rules
from agent.models.ordinary import FUNCTION, ORDINARY
from agent.profiles.lexicon import Lexicon
from agent.profiles.rounding import NUMBER_WORDS
from agent.profiles.verifier import verify_sentence
from tests.profiles.facts import CATEGORIES, TITLES, VOCABULARIES, Maker
from tests.profiles.sampling import accepts, answers

PRINTED = st.text(
    st.characters(exclude_categories=("C",), exclude_characters="\u2028\u2029"), max_size=40
)


@given(PRINTED)
def test_a_literal_is_its_text_and_nothing_else(text: str) -> None:
    grammar = gbnf([f'root ::= "<" {literal(text)} ">"'])
    assert list(answers(grammar, 2, seed=0)) == [f"<{text}>"] * 2


@given(PRINTED)
def test_text_in_json_reads_back_as_it_was(text: str) -> None:
    grammar = gbnf([f"root ::= {literal(chr(34))} {either([text, 'x'])} {literal(chr(34))}"])
    assert json.loads(f'"{json_text(text)}"') == text
    assert accepts(grammar, json.dumps(text, ensure_ascii=False))
    assert not accepts(grammar, json.dumps(text + "!", ensure_ascii=False))


def test_no_digit_follows_a_character_that_is_printed_as_an_escape() -> None:
    # xgrammar reads its own "\\xa3522" for "£522" as one character.
    assert literal("£522, café au") == '"£" "522, café au"'
    assert not re.search(r"[^\x00-\x7f][0-9a-fA-F]", literal("é1éaéFég"))


def test_line_ends_are_escaped_and_other_control_characters_refused() -> None:
    assert literal('a\n"b"\\\t') == r'"a\n\"b\"\\\t"'
    with pytest.raises(ValueError, match="x1b"):
        literal("a\x1bb")


def test_words_come_in_both_cases_and_no_others_do() -> None:
    grammar = gbnf(["root ::= w | cw", *word_rules(["buy", "buys", "a", "and"])])
    said = set(answers(grammar, 300, seed=1))
    assert said == {"buy", "buys", "a", "and", "Buy", "Buys", "A", "And"}


def test_ordinary_words_are_words_and_count_nothing() -> None:
    assert all(re.fullmatch("[a-z]+", word) for word in ORDINARY)
    assert not ORDINARY & {*NUMBER_WORDS, "once", "twice", "half", "third", "only", "not", "no"}
    assert len(ORDINARY) > 800


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=lambda v: v.domain)
def test_no_ordinary_word_changes_what_a_figure_or_a_name_says(vocabulary) -> None:
    maker = Maker(vocabulary, random.Random(5))
    category, totals = maker.category(), maker.totals()
    name, share = category.names["category"], category.numbers["share"]
    names = TITLES[vocabulary.domain], CATEGORIES[vocabulary.domain]
    lexicon = Lexicon(*names, vocabulary)
    events = f"{totals.numbers['events']:,.0f} {vocabulary.events}"
    for word in sorted(free_words([*names[0], *names[1]])):
        for text in (
            f"{word.capitalize()} {share:.0f} % of {vocabulary.share_of}.",
            f"Buys {word} {name}, as {word} {events} {word}.",
            f"Buys {name} {word}, {word} {events}.",
        ):
            assert verify_sentence(text, [category, totals], lexicon) == [], word


def test_words_of_the_catalogue_are_not_free() -> None:
    free = free_words(["RESTOCK KIT", "bunting", "SMALL BUNTING", "Media pack bunting"])
    assert free < ORDINARY
    assert {"buys", "keeps", *FUNCTION} <= free
    assert not free & {"restock", "restocks"}, "words of titles that prose does not use"


def test_a_word_that_makes_another_name_of_a_name_is_not_free() -> None:
    free = free_words(["bunting", "SIMPLE BUNTING", "bunting in sets", "plain paper"])
    assert not free & {"simple", "sets"}
    assert "in" in free, "function words stay, whatever they make of names"
    assert "plain" in free, "there is no name `paper` to be turned into `plain paper`"
