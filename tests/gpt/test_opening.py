"""`--model bundled` and `vllm:bundled`: what they open; one line where no weights are shipped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage

from agent.errors import ModelError
from agent.gpt import card, place
from agent.models.asking import Constraint
from agent.models.opening import open_model, read_spec
from agent.settings import ModelSettings

CONSTRAINT = Constraint(schema={"type": "object"}, grammar='root ::= "{\\"a\\":" ("1" | "2") "}"')


def test_bundled_is_a_model_of_its_own() -> None:
    assert read_spec(ModelSettings(spec="bundled")).kind == "bundled"
    assert read_spec(ModelSettings(spec="vllm:bundled")).target == "bundled"


@pytest.mark.parametrize("spec", ["bundled", "vllm:bundled"])
def test_without_weights_one_line_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spec: str
) -> None:
    monkeypatch.setattr(place, "WEIGHTS", tmp_path / "none")
    monkeypatch.setattr(card, "WEIGHTS", tmp_path / "none")
    with pytest.raises(ModelError, match="make train") as raised:
        open_model(ModelSettings(spec=spec), run=tmp_path)
    assert "\n" not in str(raised.value)


def test_what_is_shipped_answers_in_this_process(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "WEIGHTS", checkpoint)
    model = open_model(ModelSettings(spec="bundled"), run=tmp_path)
    assert model is not None
    with model:
        assert model.name == "bundled"
        assert model.short
        assert not model.paid
        reply = model.ask(
            [HumanMessage("E1 three visits")],
            CONSTRAINT,
            seed=0,
            max_tokens=20,
            prompt_hash="p",
            evidence_hash="e",
        )
        assert json.loads(reply.text)["a"] in (1, 2)
        assert not reply.cached


def test_served_it_keeps_its_name(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "WEIGHTS", checkpoint)
    model = open_model(ModelSettings(spec="vllm:bundled"), run=tmp_path)
    assert model is not None
    assert model.name == "vllm:bundled"
    assert model.short
    model.close()
