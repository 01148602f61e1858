"""What a question asked for and its answer does not hold is said."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import polars as pl
import pytest
from pydantic import JsonValue

from agent.chat.conversation import Conversation
from agent.chat.leftovers import left_out
from agent.chat.question import Question
from agent.chat.results import Result
from agent.chat.strangers import Strangers


@pytest.mark.parametrize(
    ("question", "missed"),
    [
        ("How many visits were made in December?", "in december"),
        ("How much do customers spend in all in 2025?", "2025"),
    ],
)
def test_a_part_of_the_log_that_is_not_told_apart_is_named(
    question: str, missed: str, talk: Conversation
) -> None:
    answer = talk.ask(question)
    assert answer.tool_calls[0].tool == "summarise"
    assert f"This leaves out “{missed}”." in answer.text


@pytest.mark.parametrize(
    "question",
    ["How many customers come at the weekend?", "How many customers signed up in 2025?",
     "How many customers were not seen since 1 September 2025?"],
)  # fmt: skip
def test_what_is_told_apart_is_not(question: str, talk: Conversation) -> None:
    assert "This leaves out" not in talk.ask(question).text


def test_orders_are_said_to_be_counted_as_visits(talk: Conversation) -> None:
    answer = talk.ask("On average, how many orders has a customer placed?")
    assert "I count visits here, with or without a purchase, not orders." in answer.text
    assert "not orders" not in talk.ask("How many visits does a customer make on average?").text


@pytest.mark.parametrize(
    "question",
    ["How many customers bought the dyson airwrap?", "How many customers have a cat called Tom?"],
)
def test_a_count_of_everybody_is_for_those_who_ask_no_more(
    question: str, talk: Conversation
) -> None:
    assert not talk.ask(question).tool_calls
    assert talk.ask("So how many customers do we have in all, please?").tool_calls


def test_a_value_that_is_but_a_word_of_a_category_is_not_left_out() -> None:
    question = Question(
        text="who writes most in group n?",
        bare="who writes most in group n?",
        categories=("Group N",),
        values=("attribute:group=N",),
        places={"category:Group N": 19, "attribute:group=N": 25},
    )
    called: dict[str, JsonValue] = {"by": "category:Group N"}
    result = Result(tool="rank_segments", arguments=called, status="found", said=(), citations=())
    assert left_out(question, result) == []
    elsewhere = replace(question, places={"category:Group N": 19, "attribute:group=N": 4})
    assert left_out(elsewhere, result) == ["N"]


def test_a_category_that_begins_with_a_rare_value_is_no_stranger() -> None:
    declared = pl.DataFrame({"name": ["role"], "value": ["curriculum"]})
    world = SimpleNamespace(
        catalogue=SimpleNamespace(of_category={"Curriculum & Instruction": []}),
        measures=SimpleNamespace(attributes=declared),
        table=SimpleNamespace(column={}, names=[]),
        segments={},
    )
    strangers = Strangers(SimpleNamespace(hidden=False, world=world))  # type: ignore[arg-type]
    for asked, found in (
        ("Who writes in Curriculum & Instruction?", None),
        ("Who writes in curriculum?", "curriculum"),
    ):
        assert strangers.find(asked, [False] * len(asked)) == found


def test_a_limit_that_nothing_was_held_to_is_named(talk: Conversation) -> None:
    answer = talk.ask("What does the median customer with over 3 dogs spend?")
    assert "This leaves out “over 3”." in answer.text


@pytest.mark.parametrize(
    "question", ["How many customers made more than 20 visits?", "Who made at least 20 visits?"]
)
def test_a_limit_on_a_count_is_held_to(question: str, talk: Conversation) -> None:
    answer = talk.ask(question)
    assert answer.tool_calls[0].tool == "size_audience"
    assert "This leaves out" not in answer.text
