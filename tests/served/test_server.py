"""A real vLLM server does what the rest relies on: grammars, seeds, limits, its key."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage

from agent.errors import ModelError, RefusedError
from agent.models.asking import Constraint, LanguageModel, Reply
from agent.models.connection import Form
from agent.models.failures import TOO_LONG
from agent.models.serving import VllmServer
from agent.models.window import in_order
from tests.served.checkpoint import CONTEXT

pytestmark = pytest.mark.served

Opened = Callable[..., LanguageModel]
LONG_NAMES = ("bunting", "teapot", "lantern", "apron", "saucer", "napkin")


def constraint(names: tuple[str, ...], figures: tuple[int, ...]) -> Constraint:
    """Between two and six of the names, each after one of the figures."""
    name = " | ".join(f'"{one}"' for one in names)
    figure = " | ".join(f'"{one} "' for one in figures)
    return Constraint(
        schema={
            "type": "object",
            "properties": {"text": {"type": "string", "maxLength": 200}},
            "required": ["text"],
            "additionalProperties": False,
        },
        grammar=f'root ::= "{{\\"text\\":\\"" one (", " one){{1,5}} "\\"}}"\n'
        f"one ::= figure name\nname ::= {name}\nfigure ::= {figure}",
    )


def ask(model: LanguageModel, about: str, held: Constraint, *, seed: int = 0) -> Reply:
    return model.ask(
        [HumanMessage(about)], held, seed=seed, max_tokens=200, prompt_hash="p", evidence_hash="e"
    )


def test_24_different_grammars_in_one_batch_hold_each_answer_to_its_own(opened: Opened) -> None:
    own = {
        user: (tuple(f"{name} {user}" for name in LONG_NAMES), (1000 + user, 2000 + user))
        for user in range(24)
    }
    with opened(concurrency=24) as model:

        def answer(user: int) -> str:
            reply = ask(model, f"Who is user {user}?", constraint(*own[user]), seed=user)
            return str(json.loads(reply.text)["text"])

        answers = list(in_order(answer, range(24), workers=24))
        assert model.usage.calls == 24
        assert not model.usage.refused
    for user, text in enumerate(answers):
        names, figures = own[user]
        one = rf"({figures[0]}|{figures[1]}) ({'|'.join(names)})"
        assert re.fullmatch(rf"{one}(, {one}){{1,5}}", text), (user, text)
    assert len(set(answers)) == 24


def test_the_server_is_found_to_know_grammars(opened: Opened) -> None:
    notes: list[str] = []
    with opened() as model:
        model._note = notes.append
        model.chat()
        assert notes == [f"{model.name}: {Form.GRAMMAR.value}"]


def test_many_long_prompts_with_seeds_at_once_do_not_end_the_engine(
    opened: Opened, server: VllmServer
) -> None:
    """Read in pieces, such prompts kill vLLM 0.32 on a CPU; a batch of them exceeds any piece."""
    held = constraint(LONG_NAMES, (7, 8))
    with opened(concurrency=24) as model:

        def answer(user: int) -> Reply:
            return ask(model, f"User {user}. " + "They buy lanterns. " * 130, held, seed=user)

        replies = list(in_order(answer, range(24), workers=24))
    assert all(700 < reply.tokens_in < CONTEXT for reply in replies)
    server.check()


def test_a_prompt_that_is_too_long_is_refused_alone(opened: Opened) -> None:
    held = constraint(LONG_NAMES, (7, 8))
    with opened() as model:
        with pytest.raises(RefusedError, match=f"^{TOO_LONG}"):
            ask(model, "They buy lanterns. " * 2_000, held)
        assert json.loads(ask(model, "They buy lanterns.", held).text)["text"]
        assert model.usage.refused == {TOO_LONG: 1}


def test_a_wrong_key_is_one_clear_line(
    opened: Opened, server: VllmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLKMAP_API_KEY", "sk-wrong-0123456789")
    with (
        opened(name=server.name) as model,
        pytest.raises(ModelError, match="key") as raised,
    ):
        ask(model, "Hello", constraint(LONG_NAMES, (7, 8)))
    said = str(raised.value)
    assert "\n" not in said
    assert "FOLKMAP_API_KEY" in said
    assert "sk-wrong" not in said


def test_nobody_gets_in_without_the_key_and_it_is_not_in_the_log(server: VllmServer) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with pytest.raises(urllib.error.HTTPError) as raised:
        direct.open(f"{server.url}/models", timeout=20)
    assert raised.value.code == 401
    raised.value.close()
    assert server.key not in server.log.read_text("utf-8")


def test_it_listens_on_this_machine_only(server: VllmServer) -> None:
    """/metrics and /tokenize answer without a key, so nobody elsewhere may reach them."""
    port = int(server.url.split(":")[2].split("/")[0])
    listening = [
        line.split()[1]
        for table in ("tcp", "tcp6")
        for line in Path("/proc/net", table).read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{port:04X}")
    ]
    assert listening == [f"0100007F:{port:04X}"]
