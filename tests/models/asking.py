"""What the tests of asking share: a question, and a model on a little server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from langchain_core.messages import HumanMessage, SystemMessage

from agent.models.asking import Constraint, LanguageModel, Reply
from agent.models.opening import open_model
from agent.settings import ModelSettings

FORM = Constraint(
    schema={
        "type": "object",
        "properties": {"headline": {"type": "string", "maxLength": 60}},
        "required": ["headline"],
        "additionalProperties": False,
    },
    grammar='root ::= "{\\"headline\\":\\"" [a-z ]+ "\\"}"',
)
GOOD = '{"headline":"buys bunting"}'


def served(url: str, run: Path, **settings: Any) -> LanguageModel:
    """The model `little` on a server, asked without patience."""
    told = {"name": "little", "retries": 2, "timeout_s": 5.0, **settings}
    model = open_model(ModelSettings(spec=url, **told), run=run)
    assert model is not None
    return model


def ask(model: LanguageModel, about: str = "u1", *, seed: int = 0, **given: Any) -> Reply:
    messages = [SystemMessage("You write headlines."), HumanMessage(f"The facts about {about}.")]
    told = {"max_tokens": 50, "prompt_hash": "p1", "evidence_hash": about, **given}
    constraint = told.pop("constraint", FORM)
    return model.ask(messages, constraint, seed=seed, **told)
