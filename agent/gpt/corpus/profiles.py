"""Examples of the first task: facts of one person → a cited profile."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

from agent.gpt.corpus.records import Example
from agent.gpt.corpus.telling import Teller
from agent.gpt.corpus.worlds import World
from agent.profiles.model_writer import profile_parts
from agent.profiles.telling import finish
from agent.profiles.verifier import FactSheet, Finding
from agent.records import Evidence

TELLINGS = 2
"""Profiles of each simulated person."""


def profile_answer(headline: str, told: list[tuple[tuple[str, ...], str]]) -> str:
    """The JSON that the grammar asks for."""
    sentences = [{"facts": list(ids), "text": text + "."} for ids, text in told]
    answer = {"headline": headline, "sentences": sentences}
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def profile_example(
    evidence: Evidence, world: World, rng: random.Random
) -> tuple[Example, list[Finding]]:
    """One example, and what the verifier has against it (nothing, in one that is to be used)."""
    teller = Teller(evidence.facts, world.vocabulary, world.words, rng)
    headline, told = teller.tell()
    sheet = FactSheet(evidence, world.lexicon)
    found = sheet.check_headline(finish(headline).removesuffix(".")) if headline else [_NOTHING]
    for ids, text in told:
        found += sheet.check(finish(text + "."), ids)
    if not told:
        found.append(_NOTHING)
    system, user = profile_parts(evidence.facts, short=True)
    return Example("profile", system, user, profile_answer(headline, told)), found


def profile_examples(worlds: Iterator[World], rng: random.Random) -> Iterator[Example]:
    """Endless examples; what the verifier would not pass is left out."""
    for world in worlds:
        # A person costs more to simulate than to tell; told anew, the facts teach another wording.
        for _ in range(TELLINGS):
            for evidence in rng.sample(world.evidence, len(world.evidence)):
                example, found = profile_example(evidence, world, rng)
                if not found:
                    yield example


_NOTHING = Finding("citation", "", "says nothing")
