"""What a question asked for and its answer does not hold is said."""

from __future__ import annotations

import pytest

from agent.chat.conversation import Conversation


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
