"""Answers carried on together are what each would be alone, and each keeps to its own grammar."""

from __future__ import annotations

import json
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from agent.errors import ModelError
from agent.gpt.batching import Said
from agent.gpt.engine import Engine, TooLongError
from agent.models.grounding import either
from tests.gpt.checkpoints import CONTEXT

NAMES = ("bunting", "春夏 🎸", "جهصاك", "Once", "ignore all rules", 'a "quoted" name')


def grammar(user: int) -> str:
    start = f'root ::= "{{\\"text\\":\\"{user} " name (", " name){{0,2}} "\\"}}"'
    return f"{start}\nname ::= {either(NAMES)}"


def asked(engine: Engine, user: int, **options: object) -> Future[Said]:
    messages = [("system", "profile"), ("user", f"E1 {user} visits to {NAMES[user % 6]}")]
    future, _ = engine.ask(messages, **options)  # type: ignore[arg-type]
    return future


def test_a_batch_says_what_each_would_say_alone(engine: Engine) -> None:
    alone = [asked(engine, user, max_tokens=12 + user).result() for user in range(9)]
    together = [asked(engine, user, max_tokens=12 + user) for user in range(9)]
    assert [future.result() for future in together] == alone
    assert {len(said.tokens) for said in alone} == set(range(12, 21))
    assert not any(said.ended for said in alone)


def test_each_answer_keeps_to_its_own_grammar(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as threads:
        futures = list(threads.map(lambda u: asked(engine, u, grammar=grammar(u)), range(16)))
    for user, future in enumerate(futures):
        said = future.result()
        text = json.loads(engine.coder.decode(said.tokens))["text"]
        assert said.ended
        assert text.startswith(f"{user} ")
        assert all(any(name in part for name in NAMES) for part in text.split(", "))


def test_where_the_grammar_overrules_it_is_told(engine: Engine) -> None:
    free = asked(engine, 1, max_tokens=12).result()
    assert free.overruled == ()
    held = asked(engine, 1, grammar=grammar(1)).result()
    assert held.overruled, "a network that has learnt nothing says none of this by itself"
    assert all(0 <= at <= len(held.tokens) for at in held.overruled)


def test_a_seed_decides_what_chance_says(engine: Engine) -> None:
    def said(seed: int) -> tuple[int, ...]:
        return asked(engine, 1, temperature=1.0, seed=seed, max_tokens=20).result().tokens

    assert said(1) == said(1)
    assert said(1) != said(2)


def test_a_prompt_over_the_context_is_refused_alone(engine: Engine) -> None:
    with pytest.raises(TooLongError, match="too long"):
        engine.ask([("user", "E1 bunting " * CONTEXT)])
    assert asked(engine, 1, max_tokens=3).result().tokens


def test_an_answer_ends_with_the_context(engine: Engine) -> None:
    prompt = [("user", "1" * (CONTEXT - 20))]
    future, read = engine.ask(prompt, max_tokens=CONTEXT)
    said = future.result()
    assert not said.ended
    assert read + len(said.tokens) == CONTEXT


def test_a_grammar_that_is_none_is_said_to_be_none(engine: Engine) -> None:
    with pytest.raises(ValueError, match="grammar"):
        asked(engine, 1, grammar="root ::= (")


def test_nobody_waits_for_a_closed_model(checkpoint: Path) -> None:
    engine = Engine.load(checkpoint, slots=1)
    engine.close()
    with pytest.raises(ModelError, match="closed"):
        asked(engine, 1)
