"""A sentence that passes must fail as soon as a figure, a name or a direction in it is changed."""

from __future__ import annotations

import random
import re

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agent.profiles.extractive import ExtractiveWriter
from agent.profiles.lexicon import Lexicon
from agent.profiles.names import shown
from agent.profiles.verifier import FactSheet
from agent.records import Evidence
from tests.profiles.facts import CATEGORIES, TITLES, VOCABULARIES, any_evidence

LEXICONS = {
    v.domain: Lexicon(TITLES[v.domain], CATEGORIES[v.domain], v, values=("Iceland",))
    for v in VOCABULARIES
}
OPPOSITES = {
    "rising": "falling",
    "falling": "rising",
    "growing": "shrinking",
    "fading": "growing",
    "doubled": "halved",
    "halved": "doubled",
    "tripled": "halved",
    "rose": "fell",
    "fell": "rose",
    "grown": "fallen",
    "fallen": "grown",
    "steady": "rising",
    "risen": "fallen",
    "grew": "fell",
    "dropped": "rose",
}
SENTENCES = st.integers(0, 3_000)


def told(user: int) -> list[tuple[Evidence, FactSheet, str, tuple[str, ...]]]:
    evidence, vocabulary = any_evidence(user, seed=5)
    profile = ExtractiveWriter().write(evidence, vocabulary, seed=0)
    sheet = FactSheet(evidence, LEXICONS[vocabulary.domain])
    return [(evidence, sheet, s.text, s.facts) for s in profile.sentences]


def names_in(evidence: Evidence, cited: tuple[str, ...]) -> list[str]:
    return [n for f in evidence.facts if f.id in cited for n in f.names.values()]


@settings(max_examples=300, deadline=None)
@given(SENTENCES, st.integers(1, 10**6), st.randoms(use_true_random=False))
def test_another_number_fails(user: int, by: int, rng: random.Random) -> None:
    for evidence, sheet, text, cited in told(user):
        hidden = text
        for name in sorted(names_in(evidence, cited), key=len, reverse=True):
            mask = re.compile(re.escape(shown(name)), re.IGNORECASE)
            hidden = mask.sub(lambda match: "x" * len(match.group()), hidden)
        spots = [
            m
            for m in re.finditer(r"\d+(?:,\d{3})*(?:\.\d+)?(?!\d|:)", hidden)
            if ":" not in hidden[max(0, m.start() - 1) : m.start()] or hidden[m.start() - 1] == " "
        ]
        if not spots:
            continue
        spot = rng.choice(spots)
        value = float(spot.group().replace(",", "")) + by + 0.37
        changed = f"{text[: spot.start()]}{value:,.2f}{text[spot.end() :]}"
        assert sheet.check(changed, cited) != [], changed


@settings(max_examples=300, deadline=None)
@given(SENTENCES, st.randoms(use_true_random=False))
def test_another_name_fails(user: int, rng: random.Random) -> None:
    for evidence, sheet, text, cited in told(user):
        domain = sheet.lexicon.vocabulary.domain
        mine = {shown(name) for fact in evidence.facts for name in fact.names.values()}
        pool = [n for n in (*TITLES[domain], *CATEGORIES[domain]) if shown(n) not in mine]
        pool = [n for n in pool if not any(n.casefold() in m.casefold() for m in mine)]
        present = [
            n
            for n in names_in(evidence, cited)
            if n in (*TITLES[domain], *CATEGORIES[domain]) and shown(n) in text
        ]
        if not present or not pool:
            continue
        old, new = shown(rng.choice(present)), rng.choice(pool)
        changed = text.replace(f"“{old}”", old).replace(old, f"“{new}”", 1)
        assert sheet.check(changed, cited) != [], changed


@settings(max_examples=300, deadline=None)
@given(SENTENCES)
def test_the_opposite_direction_fails(user: int) -> None:
    for evidence, sheet, text, cited in told(user):
        for word, opposite in OPPOSITES.items():
            changed = re.sub(rf"\b{word}\b", opposite, text, flags=re.IGNORECASE)
            if changed != text:
                both = {f.direction for f in evidence.facts if f.id in cited and f.direction}
                assume(len(both) == 1)
                assert sheet.check(changed, cited) != [], changed


@settings(max_examples=200, deadline=None)
@given(SENTENCES)
def test_citing_other_facts_fails(user: int) -> None:
    for evidence, sheet, text, cited in told(user):
        if not re.search(r"\d", text):
            continue
        mine = {fact.text for fact in evidence.facts if fact.id in cited}
        attributes = [fact for fact in evidence.facts if fact.kind == "attribute"]
        others = [fact.id for fact in attributes if fact.text not in mine]
        for other in others:
            assert sheet.check(text, (other,)) != [], text
