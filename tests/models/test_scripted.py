"""The scripted model: it says what its script says, in every way LangChain asks a model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from langchain_core import exceptions as langchain
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.tools import tool

from agent.errors import SettingsError
from agent.models.scripted import ScriptedModel

SCRIPT = [
    {"match": r"E1: (?P<fact>.+)", "reply": {"headline": r"Knows \g<fact>", "n": [1, r"\g<1>"]}},
    {"match": "gifts", "tool_calls": [{"name": "find", "args": {"query": "gift"}}]},
    {"match": "busy", "error": "429", "times": 2},
    {"match": "dies", "reply": "one two three four", "error": "unreachable"},
    {"match": "hello", "reply": "Hello to you."},
]


@pytest.fixture
def model(tmp_path: Path) -> ScriptedModel:
    path = tmp_path / "replies.jsonl"
    path.write_text("\n".join(map(json.dumps, SCRIPT)) + "\n\n")
    return ScriptedModel.read(path)


@tool
def find(query: str) -> str:
    """Find segments."""
    return query


def test_the_first_line_that_matches_replies_with_what_it_found(model: ScriptedModel) -> None:
    said = model.invoke([HumanMessage('facts\nE1: 12 "orders"\nE2: more')])
    assert json.loads(said.text) == {"headline": 'Knows 12 "orders"', "n": [1, '12 "orders"']}
    assert said.usage_metadata["output_tokens"] > 0
    assert said.response_metadata["finish_reason"] == "stop"
    assert model.invoke("say hello").text == "Hello to you."


def test_a_reply_can_call_tools_and_is_streamed_word_by_word(model: ScriptedModel) -> None:
    bound = model.bind_tools([find])
    called = bound.invoke("who buys gifts?")
    assert [(call["name"], call["args"]) for call in called.tool_calls] == [
        ("find", {"query": "gift"})
    ]
    chunks = list(bound.stream("who buys gifts?"))
    total = chunks[0]
    for chunk in chunks[1:]:
        total += chunk
    assert total.tool_calls == called.tool_calls
    words = [chunk.text for chunk in model.stream("hello") if chunk.text]
    assert words == ["Hello", " to", " you."]


def test_scripted_failures_are_those_of_real_servers(model: ScriptedModel) -> None:
    for _ in range(2):
        with pytest.raises(langchain.ModelRateLimitError):
            model.invoke("busy, hello")
    assert model.invoke("busy, hello").text == "Hello to you."
    with pytest.raises(langchain.ModelConnectionError):
        model.invoke("dies")
    with pytest.raises(langchain.ModelInvalidRequestError, match=r"no line of replies.jsonl"):
        model.invoke("what else?")


def test_half_of_a_reply_is_heard_before_it_dies(model: ScriptedModel) -> None:
    heard = []
    with pytest.raises(langchain.ModelConnectionError):
        heard.extend(chunk.text for chunk in model.stream("dies"))
    assert heard == ["one", " two"]


def test_a_function_sees_the_whole_request() -> None:
    def answers(messages, options):
        names = [tool["function"]["name"] for tool in options["tools"]]
        return f"{messages[-1].text} {options['seed']} {names}"

    model = ScriptedModel(replies=answers).bind_tools([find])
    assert model.invoke("hm", seed=3).text == "hm 3 ['find']"
    told = ScriptedModel(replies=lambda messages, options: AIMessage("x", id="mine"))
    assert told.invoke("hm").id == "mine"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("not json", "line 2, line: Invalid JSON"),
        ('{"match": "(", "reply": "x"}', "line 2, match"),
        ('{"match": "x", "repy": "x"}', "line 2, repy"),
        ('{"match": "x", "error": "418"}', "line 2, error"),
        ('{"match": "x", "reply": "\\\\g<name>"}', "groups that the match has not: ['name']"),
    ],
)
def test_a_script_with_a_mistake_names_its_line(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "replies.jsonl"
    path.write_text(f'{{"match": "", "reply": "fine"}}\n{line}\n')
    with pytest.raises(SettingsError) as wrong:
        ScriptedModel.read(path)
    assert said in str(wrong.value)
    assert str(path) in str(wrong.value)
