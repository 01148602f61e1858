"""Profiles and labels written by a real server: a model that has learnt nothing invents nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent.models.asking import LanguageModel
from agent.models.failures import CUT_OFF, TOO_LONG
from agent.models.grounding import free_words
from agent.profiles.extractive import ExtractiveWriter
from agent.profiles.lexicon import Lexicon
from agent.profiles.model_writer import ModelWriter
from agent.profiles.verifier import verify_profile
from agent.profiles.writer import Tally, write_profiles
from agent.records import Evidence, Profile
from agent.segments.checking import LabelSheet
from agent.segments.label_writer import ModelLabels
from agent.segments.labelling import label_segments
from agent.segments.writing import LabelTally
from agent.settings import LabelSettings
from tests.profiles.facts import CATEGORIES, SHOP, TITLES, any_evidence
from tests.segments.labelled import PARENTS, lexicon_of
from tests.segments.populations import shop

pytestmark = pytest.mark.served

Opened = Callable[..., LanguageModel]
NAMES = (*TITLES["purchases"], *CATEGORIES["purchases"])
LEXICON = Lexicon(TITLES["purchases"], CATEGORIES["purchases"], SHOP)
SHOPPERS = [any_evidence(4 * user)[0] for user in range(24)]
AT_ONCE = 24


def written(model: LanguageModel, evidences: list[Evidence], tally: Tally) -> list[Profile]:
    return list(
        write_profiles(
            evidences,
            SHOP,
            LEXICON,
            writer=ModelWriter(model, NAMES),
            seed=0,
            tally=tally,
            concurrency=AT_ONCE,
        )
    )


def test_24_profiles_at_once_each_within_its_own_facts(opened: Opened) -> None:
    tally = Tally()
    with opened(concurrency=AT_ONCE) as model:
        profiles = written(model, SHOPPERS, tally)
        assert [profile.user_id for profile in profiles] == [one.user_id for one in SHOPPERS]
        # Random weights often know no end; whoever is cut off gets the extractive profile.
        assert set(tally.fallbacks) <= {CUT_OFF}, tally.fallbacks
        assert tally.writers[model.name] == 24 - tally.fallbacks[CUT_OFF] >= 4
        for profile, evidence in zip(profiles, SHOPPERS, strict=True):
            assert verify_profile(profile, evidence, LEXICON) == []
        # The grammar alone keeps strangers' names and figures out: most is true as first said.
        assert tally.passed - tally.retried >= 0.7 * tally.sentences
        assert model.usage.calls >= 24

        asked_before = model.usage.calls
        again = Tally()
        assert written(model, SHOPPERS, again) == profiles
        assert again == tally
        assert model.usage.calls == asked_before


def test_facts_too_long_for_the_model_get_the_extractive_profile(opened: Opened) -> None:
    long = endless(SHOPPERS[0])
    tally = Tally()
    with opened(concurrency=2) as model:
        first, second = written(model, [long, SHOPPERS[1]], tally)
    assert first.writer == ExtractiveWriter().name
    assert tally.fallbacks[TOO_LONG] == 1
    assert set(tally.fallbacks) <= {TOO_LONG, CUT_OFF}
    assert verify_profile(second, SHOPPERS[1], LEXICON) == []


def endless(evidence: Evidence) -> Evidence:
    """The same evidence, each fact told at a length that no small model can read."""
    facts = tuple(
        fact.model_copy(update={"text": fact.text + ", as was seen" * 2_000})
        for fact in evidence.facts
    )
    return evidence.model_copy(update={"facts": facts})


def test_labels_of_siblings_are_written_jointly_and_are_true(opened: Opened) -> None:
    measures, assignment = shop()
    tally = LabelTally()
    lexicon = lexicon_of(measures)
    names = (
        *measures.catalogue["title"].to_list(),
        *measures.categories["category"].unique().sort().to_list(),
    )
    with opened() as model:
        segments, labels = label_segments(
            measures,
            assignment,
            PARENTS,
            probabilities={},
            settings=LabelSettings(),
            seed=0,
            writer=ModelLabels(model, free_words(names)),
            tally=tally,
            concurrency=4,
        )
        assert not tally.fallbacks
        assert model.name in tally.writers
        # Siblings share a request, and one that does not stand up is made once more.
        assert model.usage.calls <= 4
    called = [label.name for label in labels]
    assert len(set(called)) == len(called)
    for segment, label in zip(segments, labels, strict=True):
        siblings = [name for name in called if name != label.name]
        sheet = LabelSheet(segment.facts, label.rule, lexicon, siblings=siblings)
        assert not sheet.check_description(label.description)
        assert not any(sheet.check(sentence.text, sentence.facts) for sentence in label.why)
