"""The bundled model as LangChain has it: streaming, structured output, tools, limits."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from langchain_core.exceptions import ContextOverflowError
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_core.tools import tool
from pydantic import BaseModel

from agent.errors import RefusedError
from agent.gpt.chat_model import BundledChat
from agent.models.answers import Answers
from agent.models.asking import LanguageModel
from agent.models.connection import Bundled
from agent.models.failures import CUT_OFF
from agent.models.grounding import free_words
from agent.profiles.grammar import profile_constraint
from agent.profiles.lexicon import Lexicon
from agent.profiles.model_writer import (
    OVERRULED,
    ModelWriter,
    profile_messages,
    read_answer,
)
from agent.profiles.verifier import verify_profile
from agent.profiles.writer import Tally, write_profiles
from agent.settings import ModelSettings
from tests.profiles.facts import CATEGORIES, SHOP, TITLES, any_evidence
from tests.profiles.test_grammar import hostile_evidence

HELLO = [SystemMessage("profile"), HumanMessage("E1 bunting 72 % of spend")]


class Bird(BaseModel):
    bird: Literal["kestrel", "heron"]


@tool
def find(query: Literal["gifts", "bunting"]) -> str:
    """Find."""
    return query


def language_model(checkpoint: Path) -> LanguageModel:
    chat = BundledChat(folder=checkpoint)
    return LanguageModel(
        lambda: (Bundled(chat, temperature=0.7), None),
        name="bundled",
        identity="tiny",
        settings=ModelSettings(),
        answers=Answers(None),
        tasks=frozenset({"profile"}),
    )


def test_what_streams_is_what_is_said(chat: BundledChat) -> None:
    said = chat.invoke(HELLO)
    streamed = "".join(chunk.text for chunk in chat.stream(HELLO))
    assert said.text.startswith(streamed)  # a character that was cut in two is not streamed
    assert len(said.text) - len(streamed) <= 1
    assert said.response_metadata["finish_reason"] == "length"
    assert said.usage_metadata is not None
    assert said.usage_metadata["output_tokens"] == 24


def test_structured_output_has_the_structure(chat: BundledChat) -> None:
    assert isinstance(chat.with_structured_output(Bird).invoke(HELLO), Bird)
    said = chat.with_structured_output(Bird.model_json_schema()).invoke(HELLO)
    assert said["bird"] in ("kestrel", "heron")


def test_a_bound_tool_is_called_as_it_wants_to_be(chat: BundledChat) -> None:
    said = chat.bind_tools([find], max_tokens=100).invoke(HELLO)
    (call,) = said.tool_calls
    assert call["name"] == "find"
    assert find.invoke(call["args"]) in ("gifts", "bunting")


def test_a_prompt_over_the_context_overflows(chat: BundledChat) -> None:
    with pytest.raises(ContextOverflowError, match="too long"):
        chat.invoke([HumanMessage("bunting " * 600)])


def test_profiles_of_a_model_that_has_learnt_nothing_are_true(checkpoint: Path) -> None:
    people = [any_evidence(4 * user)[0] for user in range(6)]
    lexicon = Lexicon(TITLES["purchases"], CATEGORIES["purchases"], SHOP)
    tally = Tally()
    with language_model(checkpoint) as model:
        writer = ModelWriter(
            model, [*TITLES["purchases"], *CATEGORIES["purchases"]], short=model.short
        )
        profiles = list(
            write_profiles(people, SHOP, lexicon, writer=writer, seed=0, tally=tally, concurrency=6)
        )
    for profile, evidence in zip(profiles, people, strict=True):
        assert verify_profile(profile, evidence, lexicon) == []
    # What it would say of itself is no JSON at all: what the grammar made of it is not kept.
    assert tally.fallbacks[OVERRULED] + tally.fallbacks[CUT_OFF] == len(people)


def test_hostile_and_foreign_names_stay_names(checkpoint: Path) -> None:
    with language_model(checkpoint) as model:
        for user in range(4):
            evidence, vocabulary = hostile_evidence(4 * user)
            names = [name for fact in evidence.facts for name in fact.names.values()]
            try:
                reply = model.ask(
                    profile_messages(evidence.facts, short=True),
                    profile_constraint(evidence.facts, vocabulary, free_words(names)),
                    seed=0,
                    max_tokens=400,
                    prompt_hash="p",
                    evidence_hash=evidence.user_id,
                )
            except RefusedError:  # it may ramble until it is cut off, and is then replaced
                continue
            cited = {fact.id for fact in evidence.facts}
            assert reply.overruled
            assert all(cited >= {*one.facts} for one in read_answer(reply.text)[1])


def test_no_evidence_is_refused_in_words(checkpoint: Path) -> None:
    evidence, vocabulary = any_evidence(0)
    empty = evidence.model_copy(update={"facts": ()})
    with language_model(checkpoint) as model, pytest.raises(RefusedError, match="no facts"):
        ModelWriter(model, [], short=True).write(empty, vocabulary, seed=0)


def test_its_form_is_told(checkpoint: Path) -> None:
    with language_model(checkpoint) as model:
        assert model.short
        assert model.good_at("profile")
        assert not model.good_at("chat")
