"""Examples of the first task: facts of one person → a cited profile."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass

from agent.gpt.corpus.records import Example
from agent.gpt.corpus.telling import Teller
from agent.gpt.corpus.worlds import World
from agent.profiles.model_writer import profile_parts
from agent.profiles.telling import finish
from agent.profiles.verifier import FactSheet, Finding
from agent.records import Evidence, Fact

TELLINGS = 2
"""Profiles of each simulated person."""
SELDOM = {"opinion": 4.0, "tail": 4.0, "returns": 2.0, "rating": 2.0, "trend": 2.0}
"""Kinds that few people have: drilled so much more often."""


@dataclass(frozen=True)
class Drill:
    """How practice on a few facts is set: easier than a profile, and of the same form."""

    facts: tuple[int, int]
    """The fewest and the most facts shown."""
    alone: float
    """Share of sentences on one fact."""
    times: float
    """How often each fact is told."""


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


def drill_example(
    evidence: Evidence, world: World, rng: random.Random, drill: Drill
) -> Example | None:
    """A few of a person's facts, each told by itself or with one more, in any order.

    Half the time the facts keep the ids that they have among all, so that they are found by id and
    not by place. None where the facts give no headline.
    """
    left = list(evidence.facts)
    wanted = min(rng.randint(*drill.facts), len(left))
    kept: list[Fact] = []
    while len(kept) < wanted:
        (fact,) = rng.choices(left, [SELDOM.get(one.kind, 1.0) for one in left])
        left.remove(fact)
        kept.append(fact)
    kept.sort(key=evidence.facts.index)
    if rng.random() < 0.5:
        kept = [fact.model_copy(update={"id": f"E{n}"}) for n, fact in enumerate(kept, 1)]
    teller = Teller(kept, world.vocabulary, world.words, rng)
    headline, told = teller.headline(), teller.drill(alone=drill.alone, times=drill.times)
    if not headline or not told:
        return None
    system, user = profile_parts(kept, short=True)
    return Example("profile", system, user, profile_answer(headline, told))


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
