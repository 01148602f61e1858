"""Questions that lean on the one before."""

from __future__ import annotations

import pytest

from agent.chat.conversation import Conversation
from tests.chat.asking import Cast

THREADS = [
    (["Which is the largest segment?", "and the second largest?"],
     "rank_segments", {"start": 2, "by": "size"}),
    (["Which is the largest segment?", "the next one?"], "rank_segments", {"start": 2}),
    (["Which is the largest segment?", "and the smallest?"], "rank_segments", {"order": "least"}),
    (["Which is the largest segment?", "why?"], "describe_segment", {"segment": "{first_id}"}),
    (["Tell me about {first}", "tell me more"],
     "describe_segment", {"segment": "{first_id}", "detail": True}),
    (["Tell me about {first}", "what do they buy?"], "segment_demand", {"segment": "{first_id}"}),
    (["Tell me about {first}", "how many are there?"], "size_audience", {"segment": "{first_id}"}),
    (["Tell me about {first}", "and {second}?"], "describe_segment", {"segment": "{second_id}"}),
    (["Tell me about {first}", "how do they differ from {second}?"],
     "compare_segments", {"segment": "{first_id}", "other": "{second_id}"}),
    (["Tell me about {first}", "export them"], "export_audience", {"segment": "{first_id}"}),
    (["Tell me about {first}", "draft a campaign for them"],
     "campaign_brief", {"segment": "{first_id}"}),
    (["What are the three biggest segments?", "tell me about the second one"],
     "describe_segment", {"segment": "{second_id}"}),
    (["Who is {user}?", "why?"], "why_in_segment", {"user": "{user}"}),
    (["Who is {user}?", "what should we show them?"], "recommend", {"user": "{user}"}),
    (["Who buys dog food?", "and video games?"], "who_buys", {"category": "Video games"}),
    (["Which segment shops mostly at night?", "and at the weekend?"],
     "rank_segments", {"by": "weekend_share"}),
    (["Which customers spent more than 100?", "export them"], "export_audience", {}),
    (["How much does the average customer spend?", "and {first}?"],
     "summarise", {"feature": "spend", "segment": "{first_id}"}),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "tool", "wanted"), THREADS, ids=lambda one: str(one))
def test_a_question_leans_on_the_one_before(
    asked: list[str], tool: str, wanted: dict[str, object], talk: Conversation, cast: Cast
) -> None:
    thread = None
    for question in asked:
        answer = talk.ask(cast.fill(question), thread)
        thread = answer.thread
    call = answer.tool_calls[-1]
    assert call.tool == tool, answer.text
    for name, value in wanted.items():
        value = cast.fill(value) if isinstance(value, str) else value
        assert call.arguments.get(name) == value


def test_the_second_one_of_listed_people_is_a_person(talk: Conversation, cast: Cast) -> None:
    listed = talk.ask(cast.fill("Show me 3 people in {first}"))
    people = [
        one.id.removeprefix("user/") for one in listed.citations if one.id.startswith("user/")
    ]
    answer = talk.ask("what should we show the second one?", listed.thread)
    assert answer.tool_calls[0].arguments["user"] == people[1]


def test_them_in_the_second_half_is_the_user_of_the_first(talk: Conversation, cast: Cast) -> None:
    answer = talk.ask(cast.fill("Which segment is {user} in and what should we show them next?"))
    assert answer.tool_calls[-1].tool == "recommend"
    assert answer.tool_calls[-1].arguments["user"] == cast.fill("{user}")


def test_what_was_just_answered_is_not_suggested(talk: Conversation) -> None:
    answer = talk.ask("Which segment is worth most and what should we show them?")
    assert [call.tool for call in answer.tool_calls] == ["rank_segments", "recommend"]
    assert not [one for one in answer.could_ask if one.startswith("What should we show")]


def test_them_are_the_people_just_counted(talk: Conversation) -> None:
    first = talk.ask("How many customers live in London?")
    answer = talk.ask("how many of them are on the plus plan?", first.thread)
    said = answer.tool_calls[0].arguments["conditions"]
    assert isinstance(said, list)
    assert [one["feature"] for one in said if isinstance(one, dict)] == [
        "attribute:region=London", "attribute:plan=plus",
    ]  # fmt: skip


def test_why_without_anything_before_is_not_guessed_at(talk: Conversation) -> None:
    assert talk.ask("why?").tool_calls == ()
