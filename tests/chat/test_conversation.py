"""A conversation: threads, streaming, models that write well, badly or not at all."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from agent.chat.conversation import Conversation
from agent.chat.threads import Threads
from agent.errors import RunError, UnknownNameError
from agent.models.asking import LanguageModel
from agent.models.scripted import ScriptedModel
from agent.records import Answer
from agent.runs import Run
from agent.state import State
from tests.chat.asking import Cast

Writes = Callable[[Sequence[BaseMessage]], str | AIMessage]


def with_model(built: Path, writes: Writes) -> Conversation:
    def answer(messages: Sequence[BaseMessage], options: Any) -> str | AIMessage:
        del options
        return writes(messages)

    model = LanguageModel.over(ScriptedModel(replies=answer), name="scripted:test")
    return Conversation(Run.open(built), model=model)


def calls(tool: str, **arguments: Any) -> AIMessage:
    return AIMessage("", tool_calls=[{"name": tool, "args": arguments, "id": f"{tool}-1"}])


def test_an_answer_keeps_the_contract(talk: Conversation) -> None:
    answer = talk.ask("Which is the largest segment?")
    told = answer.model_dump(mode="json")
    assert {"text", "citations", "tool_calls", "writer", "thread"} <= set(told)
    assert told["writer"] == "extractive"
    assert all(set(one) == {"id", "text"} for one in told["citations"])
    assert all(f"[{one['id']}]" in told["text"] for one in told["citations"])
    assert all(set(one) == {"tool", "arguments"} for one in told["tool_calls"])


def test_a_thread_is_resumed_by_another_conversation(built: Path, cast: Cast) -> None:
    with Conversation(Run.open(built)) as first:
        thread = first.ask("Which is the largest segment?", "my-thread").thread
    with Conversation(Run.open(built)) as second:
        answer = second.ask("and the second largest?", thread)
        kept = second.threads.turns("my-thread", "analyst")
    assert answer.tool_calls[0].arguments["start"] == 2
    assert [turn.question for turn in kept] == [
        "Which is the largest segment?", "and the second largest?",
    ]  # fmt: skip
    assert kept[-1].answer == answer


def test_threads_share_their_file_with_what_people_state(built: Path, talk: Conversation) -> None:
    from agent.records import Statement

    state = State(built)
    state.state_interest("u0001", Statement(name="Dog food", stance="added"))
    thread = talk.ask("Which segments are there?").thread
    assert state.statements("u0001")
    assert talk.threads.forget(thread) == 1
    assert state.withdraw_interest("u0001", "Dog food")


@pytest.mark.parametrize("thread", ["", "a b", "x" * 65, "../up", "a\nb"])
def test_what_can_be_no_thread_is_refused(thread: str, talk: Conversation) -> None:
    with pytest.raises(UnknownNameError, match="thread"):
        talk.ask("Which segments are there?", thread)


def test_a_state_file_that_is_none_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "state.sqlite").write_text("not a database, " * 100)
    with pytest.raises(RunError, match=r"state\.sqlite cannot be used"):
        Threads(tmp_path).turns("t", "analyst")


def test_a_thread_holds_one_row_a_turn(talk: Conversation, built: Path) -> None:
    thread = talk.ask("Which segments are there?").thread
    talk.ask("and the next one?", thread)
    with sqlite3.connect(built / "state.sqlite") as database:
        rows = database.execute("SELECT n FROM turns WHERE thread = ? ORDER BY n", (thread,))
        assert [n for (n,) in rows] == [1, 2]
    database.close()


def test_an_empty_question_is_refused(talk: Conversation) -> None:
    with pytest.raises(UnknownNameError, match="no question"):
        talk.ask("  \n ")


def test_a_stream_ends_in_the_whole_answer(talk: Conversation) -> None:
    *pieces, last = talk.stream("Which segments are there?")
    assert isinstance(last, Answer)
    assert " ".join(str(piece) for piece in pieces) == last.text
    assert len(pieces) >= 2


def test_the_same_without_holding_up_the_loop(talk: Conversation) -> None:
    async def both() -> tuple[Answer, list[object]]:
        answer = await talk.aask("Which is the largest segment?")
        return answer, [piece async for piece in talk.astream("Which segments are there?")]

    answer, pieces = asyncio.run(both())
    assert answer.tool_calls[0].tool == "rank_segments"
    assert isinstance(pieces[-1], Answer)


def test_a_model_s_covered_sentences_are_the_answer(built: Path, cast: Cast, world: Any) -> None:
    first = cast.names["{first_id}"]
    n = int(world.members[first].sum())

    def writes(messages: Sequence[BaseMessage]) -> str | AIMessage:
        if isinstance(messages[-1], ToolMessage):
            assert "=== data " in messages[-1].text
            return cast.fill(f"{{first}} are {n} customers. [segment/{{first_id}}/S1]")
        return calls("describe_segment", segment=first)

    with with_model(built, writes) as talk:
        answer = talk.ask("Who are they?")
    assert answer.writer == "scripted:test"
    assert answer.text == cast.fill(f"{{first}} are {n} customers. [segment/{{first_id}}/S1]")
    assert answer.verification is not None
    assert answer.verification.passed == 1
    assert [c.id for c in answer.citations] == [f"segment/{first}/S1"]


def test_a_sentence_that_fails_is_asked_for_again_then_replaced(built: Path, cast: Cast) -> None:
    first, asked = cast.names["{first_id}"], []

    def writes(messages: Sequence[BaseMessage]) -> str | AIMessage:
        asked.append(messages[-1].text)
        if messages[-1].type == "human" and "not covered" not in messages[-1].text:
            return calls("describe_segment", segment=first)
        return f"They are 999 customers and very loyal. [segment/{first}/S1]"

    with with_model(built, writes) as talk:
        answer = talk.ask("Who are they?")
        rules = talk.toolbox.call("describe_segment", {"segment": first})
    assert "999" in asked[-1]
    assert answer.writer == "extractive"
    assert answer.text == rules.text()
    assert answer.verification is not None
    assert (answer.verification.passed, answer.verification.replaced) == (0, 1)
    assert answer.remark


def test_a_model_without_records_does_not_answer(built: Path) -> None:
    with with_model(built, lambda messages: "Your best customers are in Paris.") as talk:
        answer = talk.ask("Which is the largest segment?")
    assert answer.writer == "extractive"
    assert answer.tool_calls[0].tool == "rank_segments"
    assert "Paris" not in answer.text
    assert "answered by rules" in answer.remark


def test_a_model_that_is_down_is_no_outage(built: Path) -> None:
    def writes(messages: Sequence[BaseMessage]) -> str:
        raise ConnectionError("refused")

    with with_model(built, writes) as talk:
        answer = talk.ask("Which is the largest segment?")
    assert answer.tool_calls[0].tool == "rank_segments"
    assert "could not be used" in answer.remark


def test_a_model_that_goes_round_in_circles_is_stopped(built: Path) -> None:
    made: list[int] = []

    def writes(messages: Sequence[BaseMessage]) -> AIMessage:
        made.append(1)
        return AIMessage("", tool_calls=[{"name": "overview", "args": {}, "id": f"o{len(made)}"}])

    with with_model(built, writes) as talk:
        answer = talk.ask("Which segments are there?")
    assert len(made) <= 9
    assert answer.writer == "extractive"


def test_a_model_cannot_confirm_an_export(built: Path, cast: Cast) -> None:
    seen: list[str] = []

    def writes(messages: Sequence[BaseMessage]) -> str | AIMessage:
        seen.extend(message.text for message in messages)
        if isinstance(messages[-1], ToolMessage):
            return "Nothing is written yet."
        return calls("export_audience", segment=cast.names["{first_id}"])

    with with_model(built, writes) as talk:
        talk.ask("export them")
        (waiting,) = talk.pending()
    assert not any(waiting.token in text for text in seen)
    assert not [tool.name for tool in talk.toolbox.tools if "confirm" in tool.name]


def test_the_thread_a_model_reads_holds_verified_words_only(built: Path, cast: Cast) -> None:
    read: list[str] = []

    def writes(messages: Sequence[BaseMessage]) -> str | AIMessage:
        read[:] = [message.text for message in messages]
        if messages[-1].type == "human" and "not covered" not in messages[-1].text:
            return calls("describe_segment", segment=cast.names["{first_id}"])
        return f"They are 999 customers. [segment/{cast.names['{first_id}']}/S1]"

    with with_model(built, writes) as talk:
        thread = talk.ask("Who are they?").thread
        talk.ask("And what else?", thread)
    history = [text for text in read if "not covered" not in text]
    assert not any("999" in text for text in history[:3])


def test_our_tools_work_in_somebody_else_s_agent(talk: Conversation, cast: Cast) -> None:
    from langchain.agents import create_agent

    def answer(messages: Sequence[BaseMessage], options: Any) -> str | AIMessage:
        names = {tool["function"]["name"] for tool in options["tools"]}
        assert {"rank_segments", "why_in_segment"} <= names
        if isinstance(messages[-1], ToolMessage):
            return messages[-1].text
        return calls("describe_segment", segment=cast.names["{first_id}"])

    agent = create_agent(ScriptedModel(replies=answer), talk.as_tools())
    state = agent.invoke({"messages": [("user", "who are they?")]})
    assert cast.names["{first}"] in state["messages"][-1].text
