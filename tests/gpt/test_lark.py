"""What is written as Lark here allows exactly what llguidance's own conversion of the GBNF does."""

from __future__ import annotations

import random

import pytest
from llguidance import LLMatcher, LLTokenizer, grammar_from

from agent.gpt import lark as module
from agent.gpt.lark import lark
from agent.gpt.tokenizer import Coder
from agent.models.grounding import free_words
from agent.profiles.grammar import profile_constraint
from tests.gpt.checkpoints import VOCABULARY
from tests.profiles.facts import CATEGORIES, TITLES, any_evidence
from tests.profiles.test_grammar import hostile_evidence


@pytest.fixture(scope="module")
def tokens(checkpoint) -> LLTokenizer:
    coder = Coder.read(checkpoint)
    text = coder.tokenizer.to_str()
    return LLTokenizer(text, n_vocab=VOCABULARY, eos_token=coder.end, slices=[])


def grammar_of(evidence, vocabulary) -> str:
    words = free_words([*TITLES[vocabulary.domain], *CATEGORIES[vocabulary.domain]])
    return profile_constraint(evidence.facts, vocabulary, words).grammar


def matcher(tokens: LLTokenizer, grammar: str) -> LLMatcher:
    made = LLMatcher(tokens, grammar, log_level=0)
    assert not made.get_error()
    return made


def walk(one: LLMatcher, other: LLMatcher, rng: random.Random, steps: int) -> int:
    """Any tokens that are allowed, one after another; how many until the end."""
    for step in range(steps):
        mask = one.compute_bitmask()
        assert mask == other.compute_bitmask()
        allowed = [at for at in range(VOCABULARY) if mask[at // 8] >> at % 8 & 1]
        token = rng.choice(allowed)
        one.consume_token(token)
        other.consume_token(token)
        if one.is_stopped():
            return step
    return steps


@pytest.mark.parametrize("make", [any_evidence, hostile_evidence], ids=["plain", "hostile"])
@pytest.mark.parametrize("user", [0, 3, 11])
def test_after_any_beginning_the_same_may_follow(tokens, make, user, monkeypatch) -> None:
    grammar = grammar_of(*make(user))
    theirs = grammar_from("gbnf", grammar)
    monkeypatch.setattr("llguidance.grammar_from", lambda *_: pytest.fail("left to the library"))
    ours = lark(grammar)
    rng = random.Random(user)
    for _ in range(4):
        assert walk(matcher(tokens, ours), matcher(tokens, theirs), rng, 90) > 10


@pytest.mark.parametrize(
    "grammar",
    [
        'root ::= "a" root | "b"',
        'root ::= "a" more\nmore ::= "b" more | "c"',
        'root ::= [a-z] "b"',
        'root ::= "\\x41"  # a comment',
    ],
)
def test_what_is_of_another_shape_is_left_to_the_library(grammar) -> None:
    assert lark(grammar) == grammar_from("gbnf", grammar)


def test_a_rule_that_is_missing_is_an_error() -> None:
    with pytest.raises(Exception, match="nowhere"):
        lark('root ::= "a" nowhere')


def test_a_line_is_converted_once() -> None:
    module._rule.cache_clear()
    lark('root ::= w "1"\nw ::= "a" | "b"')
    lark('root ::= w "2"\nw ::= "a" | "b"')
    assert module._rule.cache_info().hits == 1
