"""Examples of the second task: a segment's names, rule and facts → a label with reasons.

The circles of a simulated world are its segments; the product's own stage describes them, and what
it would hand to a model is caught on the way.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from agent.errors import RefusedError
from agent.gpt.corpus.records import Example
from agent.gpt.corpus.worlds import World
from agent.profiles.telling import finish
from agent.profiles.verifier import Finding
from agent.records import Vocabulary
from agent.segments.checking import LabelSheet
from agent.segments.families import Family, Subject
from agent.segments.label_grammar import BESIDE, STARTS
from agent.segments.label_phrases import (
    DescriptionPhrases,
    FactPhrases,
    description_phrases,
    fact_phrases,
)
from agent.segments.label_writer import label_parts
from agent.segments.labelling import label_segments
from agent.segments.phrasing import people
from agent.segments.writing import Draft
from agent.settings import LabelSettings

NOISE = 0.08
"""Share of people who belong to no segment."""
LONGEST = 230
"""Characters of a sentence."""


class _Catcher:
    """A label writer that keeps what it is asked and writes nothing."""

    name = "caught"

    def __init__(self) -> None:
        self.families: list[Family] = []

    def write(self, family: Family, *, seed: int) -> Mapping[str, Draft]:
        self.families.append(family)
        raise RefusedError("caught")


def label_examples(worlds: Iterator[World], rng: random.Random) -> Iterator[Example]:
    """Endless examples; what the verifier would not pass is left out."""
    for world in worlds:
        for family in families_in(world, rng):
            for _ in range(2):
                example, found = label_example(family, world, rng)
                if not found:
                    yield example


def families_in(world: World, rng: random.Random) -> list[Family]:
    """Every segment of a world by itself, as the bundled model is asked."""
    users = world.measures.users
    assignment = {
        user: None if rng.random() < NOISE else f"s{world.circles[user] + 1}" for user in users
    }
    catcher = _Catcher()
    leaves = {leaf for leaf in assignment.values() if leaf}
    label_segments(
        world.measures,
        assignment,
        dict.fromkeys(leaves),
        probabilities={},
        settings=LabelSettings(),
        seed=rng.randrange(10**6),
        writer=catcher,
    )
    return [
        Family((subject,), family.called, family.vocabulary)
        for family in catcher.families
        for subject in family.subjects
    ]


def label_example(
    family: Family, world: World, rng: random.Random
) -> tuple[Example, list[Finding]]:
    """One example of a family of one, and what the verifier has against it."""
    subject = family.subjects[0]
    description = _description(subject, family.vocabulary, rng)
    why = _why(subject, family, rng)
    siblings = [name for segment, name in family.called.items() if segment != subject.id]
    sheet = LabelSheet(subject.facts, subject.rule, world.lexicon, siblings=siblings)
    found = sheet.check_description(finish(description + "."))
    for ids, text in why:
        found += sheet.check(finish(text + "."), ids)
    label = {
        "name": subject.names[0].text,
        "description": description + ".",
        "why": [{"facts": list(ids), "text": text + "."} for ids, text in why],
    }
    answer = json.dumps({subject.id: label}, ensure_ascii=False, separators=(",", ":"))
    system, user = label_parts(family, short=True)
    return Example("label", system, user, answer), found


def _description(subject: Subject, words: Vocabulary, rng: random.Random) -> str:
    """Who they are, from the rule and what they are after."""
    told: DescriptionPhrases = description_phrases(subject, words)
    who = people(words).capitalize()
    deeds, tastes, asides = list(told.deeds), list(told.tastes), list(told.asides)
    of_rule = {p.feature.partition(":")[2] for p in subject.rule}
    tastes = [taste for taste in tastes if taste not in of_rule]
    if deeds and (not tastes or rng.random() < 0.7):
        text = f"{who} who {deeds[0]}"
        if len(deeds) > 1:
            text += f" and {deeds[1]}"
        if tastes:
            text += f", into {tastes[0]}"
            if len(tastes) > 1 and rng.random() < 0.6:
                text += f" and {tastes[1]}"
    elif tastes:
        text = f"{who} into {tastes[0]}"
    else:
        text = f"{who} of this kind"
    # What most of them do is news only where the rule has not said it.
    asides = [one for one in asides if not any(one.endswith(deed[-20:]) for deed in deeds)]
    if asides and rng.random() < 0.6:
        text += f"; {rng.choice(asides[:3])}"
    return text


def _why(subject: Subject, family: Family, rng: random.Random) -> list[tuple[tuple[str, ...], str]]:
    """Two or three reasons, the most telling facts first, no fact twice."""
    told = fact_phrases(subject, family.called, family.vocabulary)
    if not told:
        size = subject.facts[0]
        return [((size.id,), size.text)]
    wanted = min(len(told), rng.choice((2, 2, 3)))
    waiting = list(range(len(told)))
    starts = list(STARTS)
    rng.shuffle(starts)
    if rng.random() < 0.7:
        starts.insert(0, STARTS[0])
    reasons: list[tuple[tuple[str, ...], str]] = []
    while waiting and len(reasons) < wanted:
        group = _group(waiting, told, rng, left=wanted - len(reasons))
        text = _reason(group, told, starts, rng)
        reasons.append((tuple(told[at].fact.id for at in group), text))
        waiting = [at for at in waiting if at not in group]
        if len(reasons) == wanted - 1:
            # The items close the label: what somebody would recognise them by.
            items = [at for at in waiting if told[at].fact.kind == "items"]
            if items and rng.random() < 0.7:
                waiting = items
    return reasons


def _group(
    waiting: list[int], told: Sequence[FactPhrases], rng: random.Random, *, left: int
) -> tuple[int, ...]:
    lead = waiting[0]
    partners = [
        b
        for a, b in combinations(waiting[:5], 2)
        if a == lead and told[a].rival == told[b].rival and told[a].deeds and told[b].deeds
        and told[a].fact.kind != told[b].fact.kind
    ]  # fmt: skip
    if partners and len(waiting) > left and rng.random() < 0.65:
        return lead, partners[0]
    return (lead,)


def _reason(
    group: tuple[int, ...], told: Sequence[FactPhrases], starts: list[str], rng: random.Random
) -> str:
    first = told[group[0]]
    if not first.deeds:
        # Of items, what others do says why they are told.
        return rng.choice(first.whole[1:4:2] if first.fact.kind == "items" else first.whole)
    if all(told[at].versus for at in group) and rng.random() < 0.6:
        shape = rng.choice((1, 2))
        deeds = [told[at].versus[shape] for at in group]
        text = rng.choice(BESIDE).format(first.rival) + _joined(deeds, rng)
        if len(text) <= LONGEST:
            return text
    # All figures of a sentence in one shape: bare, in brackets, or against others.
    shapes = min(len(told[at].deeds) for at in group)
    shape = rng.choice((0, 1, 1, 2)) if shapes > 2 else rng.randrange(shapes)
    start = starts.pop(0) if starts else STARTS[0]
    return start + _joined([told[at].deeds[shape] for at in group], rng)


def _joined(deeds: list[str], rng: random.Random) -> str:
    # A comma inside the first clause wants more than `and` before the second.
    joint = "; they " if any("," in deed for deed in deeds[:1]) else rng.choice((" and ", " and "))
    return joint.join(deeds)
