"""Asking a model on a server: what is sent, what is kept, and what each failure comes to."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from langchain_core.exceptions import ModelAPIError
from langchain_core.messages import AIMessage

from agent.errors import ModelError, RefusedError
from agent.models.asking import STRIKES, LanguageModel
from agent.models.connection import Form
from agent.models.opening import open_model
from agent.models.scripted import ScriptedModel
from agent.models.spending import reason_of
from agent.settings import ModelSettings
from tests.models.asking import FORM, GOOD, ask, served
from tests.models.server import Answering, Body, fails, little_server, says

KEY = "sk-test-this-is-no-secret"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return tmp_path / "run"


# --- what is sent --------------------------------------------------------------------------------


def test_a_server_with_grammars_gets_the_grammar(run: Path) -> None:
    with little_server(says(GOOD)) as server, served(server.url, run) as model:
        reply = ask(model, seed=7)
        assert (reply.text, reply.tokens_in, reply.tokens_out, reply.cached) == (GOOD, 11, 7, False)
        (body,) = server.requests
        assert body["structured_outputs"] == {"grammar": FORM.grammar}
        assert "response_format" not in body
        assert (body["seed"], body["temperature"], body["model"]) == (7, 0.7, "little")
        # One of the two is known to any server.
        assert body["max_tokens"] == body["max_completion_tokens"] == 50
        assert [message["role"] for message in body["messages"]] == ["system", "user"]
        ask(model, "u2")
        assert len(server.probes) == 1


@pytest.mark.parametrize("strict", [True, False])
def test_a_server_without_grammars_gets_the_schema(run: Path, strict: bool) -> None:
    with (
        little_server(says(GOOD), knows=("response_format",), strict=strict) as server,
        served(server.url, run) as model,
    ):
        ask(model)
        (body,) = server.requests
        assert "structured_outputs" not in body
        assert body["response_format"]["json_schema"]["schema"] == FORM.schema
        assert "JSON schema" not in body["messages"][-1]["content"]


@pytest.mark.parametrize("strict", [True, False])
def test_a_server_with_neither_is_told_in_words(run: Path, strict: bool) -> None:
    fenced = f"<think>Hm.</think>\n```json\n{GOOD}\n```"
    with (
        little_server(says(fenced), knows=(), strict=strict) as server,
        served(server.url, run) as model,
    ):
        assert ask(model).text == GOOD
        (body,) = server.requests
        assert not body.keys() & {"structured_outputs", "response_format"}
        assert json.dumps(FORM.schema) in body["messages"][-1]["content"]
        assert body["messages"][-1]["content"].startswith("The facts about u1.")


@pytest.mark.parametrize("refused", ["temperature", "seed", "max_tokens", "response_format"])
def test_what_a_server_refuses_by_name_is_left_out_from_then_on(run: Path, refused: str) -> None:
    def picky(body: Body, number: int) -> Answering:
        del number
        return fails(400, "unsupported", param=refused) if refused in body else says(GOOD)

    with (
        little_server(picky, knows=("response_format",)) as server,
        served(server.url, run) as model,
    ):
        assert ask(model).text == ask(model, "u2").text == GOOD
        assert [refused in body for body in server.requests] == [True, False, False]
        assert model.usage.calls == 2


def test_the_key_is_sent_and_never_told(
    run: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-another")
    monkeypatch.setenv("FOLKMAP_API_KEY", KEY)
    with little_server(says(GOOD), key=KEY) as server, served(server.url, run) as model:
        ask(model)
        assert server.keys == {f"Bearer {KEY}"}
    monkeypatch.delenv("FOLKMAP_API_KEY")
    with (
        little_server(says(GOOD), key=KEY) as server,
        served(server.url, run) as model,
        pytest.raises(ModelError, match=r"does not take the key.*FOLKMAP_API_KEY") as ended,
    ):
        ask(model, "u2")
    assert "sk-" not in str(ended.value)
    assert KEY not in caplog.text


def test_the_environments_proxy_is_not_used_for_this_machine(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with little_server(says(GOOD)) as server, served(server.url, run) as model:
        assert ask(model).text == GOOD


def test_many_threads_share_one_probe_and_the_cache(run: Path) -> None:
    def slowly(body: Body, number: int) -> Answering:
        del body, number
        answer = says(GOOD)
        answer.after_s = 0.1
        return answer

    with little_server(slowly) as server, served(server.url, run) as model:
        with ThreadPoolExecutor(16) as pool:
            replies = list(pool.map(lambda user: ask(model, f"u{user}"), range(48)))
        assert {reply.text for reply in replies} == {GOOD}
        assert len(server.probes) == 1
        assert len(server.requests) == len(model.answers) == model.usage.calls == 48
        assert server.most_at_once > 8


# --- what is kept --------------------------------------------------------------------------------


def test_an_answer_is_kept_and_nothing_is_started_for_it(run: Path) -> None:
    with little_server(says(GOOD)) as server, served(server.url, run) as model:
        first = ask(model)
    with served(server.url, run) as model:  # the server is gone
        again = ask(model)
        assert (again.text, again.cached, first.cached) == (GOOD, True, False)
        assert (again.tokens_in, again.tokens_out) == (11, 7)
        assert model.usage.settle() == {
            "calls": 0,
            "cached": 1,
            "tokens_in": 0,
            "tokens_out": 0,
            "cost": 0.0,
            "refused": {},
        }


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 1},
        {"max_tokens": 51},
        {"prompt_hash": "p2"},
        {"evidence_hash": "e2"},
        {"about": "u2", "evidence_hash": "u1"},
        {"constraint": type(FORM)(FORM.schema, 'root ::= "{}"')},
        {"constraint": type(FORM)({"type": "object"}, FORM.grammar)},
    ],
)
def test_whatever_decides_an_answer_is_part_of_its_key(run: Path, other: dict[str, object]) -> None:
    with little_server(says(GOOD)) as server, served(server.url, run) as model:
        ask(model)
        assert not ask(model, **other).cached  # type: ignore[arg-type]
        assert ask(model).cached
        assert len(server.requests) == 2


def test_another_model_or_temperature_is_asked_anew(run: Path) -> None:
    with little_server(says(GOOD), models=("little", "other")) as server:
        for settings in ({}, {"name": "other"}, {"temperature": 0.2}):
            with served(server.url, run, **settings) as model:
                assert not ask(model).cached
        with served(server.url, run) as model:
            assert ask(model).cached


# --- requests that come to nothing ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (fails(400, "too much", code="context_length_exceeded"), "prompt too long"),
        (
            fails(
                400,
                "This model's maximum context length is 2048 tokens. However, you requested 90 "
                "output tokens and your prompt contains at least 1959 input tokens",
                param="input_tokens",
            ),
            "prompt too long",
        ),
        (fails(413, "Request Entity Too Large"), "prompt too long"),
        (fails(400, "filtered", code="content_filter"), "content filter"),
        (fails(400, "grammar is invalid"), "request refused"),
        (fails(422, "cannot do that"), "request refused"),
        (says('{"headline":"buys bun', finish="length"), "answer cut off"),
        (says("", finish="content_filter"), "content filter"),
        (says(None, refusal="I cannot help with that."), "content filter"),
        (says("Sure! The headline is …"), "answer is not the JSON asked for"),
        (says('["buys bunting"]'), "answer is not the JSON asked for"),
        (says(""), "answer is not the JSON asked for"),
        (Answering("<html>Welcome to nginx</html>"), "no proper answer"),
        (Answering({"object": "error", "choices": None}), "no proper answer"),
    ],
)
def test_one_request_is_refused_and_the_next_goes_well(
    run: Path, answer: Answering, reason: str
) -> None:
    def script(body: Body, number: int) -> Answering:
        del body
        return answer if number == 0 else says(GOOD)

    with little_server(script) as server, served(server.url, run) as model:
        with pytest.raises(RefusedError) as refused:
            ask(model)
        assert reason_of(refused.value) == reason
        assert "\n" not in str(refused.value)
        assert model.usage.refused == {reason: 1}
        assert ask(model, "u2").text == GOOD
        assert len(server.requests) == 2


def test_an_answer_that_was_no_good_is_not_paid_for_again(run: Path) -> None:
    with little_server(says("{", finish="length")) as server, served(server.url, run) as model:
        for _ in range(2):
            with pytest.raises(RefusedError, match="answer cut off"):
                ask(model)
        assert len(server.requests) == 1
        assert (model.usage.calls, model.usage.cached) == (1, 1)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again_when_it_says(run: Path, status: int) -> None:
    times = []

    def busy(body: Body, number: int) -> Answering:
        del body
        times.append(time.monotonic())
        return fails(status, "busy", retry_after="0.2") if number < 2 else says(GOOD)

    with little_server(busy) as server, served(server.url, run) as model:
        assert ask(model).text == GOOD
    assert len(times) == 3
    assert min(later - sooner for sooner, later in pairwise(times)) >= 0.19


def test_a_request_that_a_working_server_never_serves_is_refused(run: Path) -> None:
    def poisoned(body: Body, number: int) -> Answering:
        del number
        bad = "u1." in body["messages"][-1]["content"]
        return fails(500, "worker crashed", retry_after="0.01") if bad else says(GOOD)

    with little_server(poisoned) as server, served(server.url, run) as model:
        for _ in range(2 * STRIKES):
            with pytest.raises(RefusedError, match="server error: 500, worker crashed"):
                ask(model)
            ask(model, "u2")  # also kept answers count: a build that goes on meets nothing else
        assert len(server.requests) == 2 * STRIKES * 3 + 1


def test_a_request_that_is_too_slow_is_refused(run: Path) -> None:
    def slow(body: Body, number: int) -> Answering:
        del body
        answer = says(GOOD)
        answer.after_s = 0.6 if number == 0 else 0.0
        return answer

    with (
        little_server(slow) as server,
        served(server.url, run, timeout_s=0.2, retries=0) as model,
    ):
        with pytest.raises(RefusedError, match=r"^timed out"):
            ask(model)
        assert ask(model, "u2").text == GOOD


# --- the end of a build --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (fails(500, "boom", retry_after="0.01"), "does not work with little: server error: 500"),
        (fails(429, "slow down", retry_after="0.01"), r"after 3 tries \(slow down\).*concurrency"),
        (fails(403, "no access"), "does not let this key use little: no access"),
        (fails(400, "bad template"), "does not work with little: request refused: bad template"),
        (Answering("<html>hello</html>"), "does not work with little: no proper answer"),
    ],
)
def test_a_server_that_serves_nobody_ends_the_build(
    run: Path, answer: Answering, said: str
) -> None:
    with little_server(answer) as server, served(server.url, run) as model:
        for user in range(STRIKES - 1):
            with pytest.raises(ModelError):
                ask(model, f"u{user}")
        with pytest.raises(ModelError, match=said) as ended:
            ask(model, "last")
        assert not isinstance(ended.value, RefusedError)
        assert "\n" not in str(ended.value)
        sent = len(server.requests)
        with pytest.raises(ModelError, match=said):
            ask(model, "one more")
        assert len(server.requests) == sent


def test_an_unknown_model_is_told_with_those_there_are(run: Path) -> None:
    with (
        little_server(says(GOOD), models=("alpha", "beta")) as server,
        served(server.url, run) as model,
        pytest.raises(ModelError, match=r"has no model 'little'; it offers alpha, beta .--model-n"),
    ):
        ask(model)


def test_a_server_that_is_not_there(run: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with (
        served(f"http://127.0.0.1:{port}", run, retries=0) as model,
        pytest.raises(ModelError, match=rf":{port}/v1 cannot be reached .*refused.*running there"),
    ):
        ask(model)


def test_a_server_that_dies_in_the_middle_leaves_what_it_said(run: Path) -> None:
    def dying(body: Body, number: int) -> Answering:
        del body
        answer = says(GOOD)
        answer.hang_up = number >= 3
        return answer

    with little_server(dying) as server:
        with served(server.url, run, retries=1) as model:
            for user in range(3):
                ask(model, f"u{user}")
            with pytest.raises(ModelError, match="cannot be reached"):
                ask(model, "u3")
        with served(server.url, run, retries=0) as model:
            assert [ask(model, f"u{user}").cached for user in range(3)] == [True] * 3


class Dies:
    """A server of our own that has died by the time somebody looks."""

    stopped = 0

    def check(self) -> None:
        raise ModelError("the vLLM server for little ended with status 1; its log: vllm.log")

    def stop(self) -> None:
        self.stopped += 1


def test_our_own_server_says_itself_why_it_died(run: Path) -> None:
    with little_server(fails(500, "boom", retry_after="0.01")) as server:
        model = served(server.url, run)
        connect, ours = model._connect, Dies()
        model._connect = lambda: (connect()[0], ours)
        with model, pytest.raises(ModelError, match="ended with status 1; its log") as ended:
            ask(model)
        assert not isinstance(ended.value, RefusedError)
    assert ours.stopped >= 1


def test_closing_does_not_wait_for_a_server_that_is_starting(run: Path) -> None:
    begun, go_on, ours = threading.Event(), threading.Event(), Dies()
    with little_server(says(GOOD)) as server:
        model = served(server.url, run)
        connect = model._connect

        def start_slowly():
            begun.set()
            go_on.wait(10)
            return connect()[0], ours

        model._connect = start_slowly
        raised: list[Exception] = []

        def asks() -> None:
            try:
                ask(model)
            except ModelError as error:
                raised.append(error)

        thread = threading.Thread(target=asks)
        thread.start()
        begun.wait(10)
        before = time.monotonic()
        model.close()
        assert time.monotonic() - before < 5
        go_on.set()
        thread.join(10)
        assert "has been closed" in str(raised[0])
        assert ours.stopped == 1


# --- models made in Python -----------------------------------------------------------------------


def test_any_chat_model_can_be_asked() -> None:
    seen = []

    def answers(messages, options):
        seen.append((messages[-1].text, options.get("seed"), options.get("grammar")))
        return AIMessage(GOOD)

    with LanguageModel.over(ScriptedModel(replies=answers), name="mine") as model:
        assert ask(model, seed=5).text == GOOD
        assert seen == [("The facts about u1.", 5, FORM.grammar)]
        assert model.usage.tokens_in > 0
        assert model.chat().invoke("Hi").text == GOOD


def test_a_chat_model_of_another_kind_gets_the_schema_in_words() -> None:
    from langchain_core.language_models import GenericFakeChatModel

    class Listening(GenericFakeChatModel):
        def _generate(self, messages, stop=None, run_manager=None, **options):
            assert not options
            assert json.dumps(FORM.schema) in messages[-1].text
            return super()._generate(messages, stop, run_manager)

    def replies() -> Iterator[AIMessage]:
        yield AIMessage(GOOD)
        raise ModelAPIError("gone")

    with LanguageModel.over(Listening(messages=replies()), name="mine") as model:
        reply = ask(model)
        assert (reply.text, reply.tokens_out > 0) == (GOOD, True)
        with pytest.raises(RefusedError, match="server error: 500, gone"):
            ask(model, "u2")


def test_the_note_says_once_how_a_model_is_held(run: Path) -> None:
    noted: list[str] = []
    with little_server(says(GOOD), knows=()) as server:
        settings = ModelSettings(spec=server.url, name="little")
        model = open_model(settings, run=run, note=noted.append)
        assert model is not None
        with model:
            ask(model)
            ask(model, "u2")
    assert noted == [f"little: {Form.WORDS.value}"]
