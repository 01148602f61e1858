"""Writing for everybody: what fails is tried again, then replaced, and always counted."""

from __future__ import annotations

import threading
import time
from itertools import islice

import pytest

from agent.errors import ModelError, RefusedError
from agent.models.window import AHEAD
from agent.profiles.extractive import ExtractiveWriter
from agent.profiles.lexicon import Lexicon
from agent.profiles.verifier import verify_profile
from agent.profiles.writer import SECOND_TRY, Tally, write_profile, write_profiles
from agent.records import Evidence, Profile, Sentence, Vocabulary
from tests.profiles.facts import CATEGORIES, SHOP, TITLES, any_evidence

LEXICON = Lexicon(TITLES["purchases"], CATEGORIES["purchases"], SHOP)
SHOPPERS = [any_evidence(4 * user)[0] for user in range(60)]


class Liar:
    """The extractive writer, but its first sentence claims a number nobody counted."""

    name = "liar"

    def __init__(self, *, learns: bool, headline: str = "") -> None:
        self.learns, self.headline = learns, headline

    def write(self, evidence: Evidence, vocabulary: Vocabulary, *, seed: int) -> Profile:
        profile = ExtractiveWriter().write(evidence, vocabulary, seed=seed)
        if self.learns and seed >= SECOND_TRY:
            return profile.model_copy(update={"writer": self.name})
        lies = tuple(
            sentence.model_copy(update={"text": "987,654 orders."})
            for sentence in (profile.sentences if not self.learns else profile.sentences[:1])
        )
        return profile.model_copy(
            update={
                "writer": self.name,
                "sentences": lies + profile.sentences[len(lies) :],
                "headline": self.headline or profile.headline,
            }
        )


def test_the_extractive_writer_passes_and_is_counted() -> None:
    tally, told = Tally(), []
    profiles = list(
        write_profiles(
            SHOPPERS,
            SHOP,
            LEXICON,
            writer=ExtractiveWriter(),
            seed=0,
            tally=tally,
            progress=told.append,
        )
    )
    assert [profile.user_id for profile in profiles] == [e.user_id for e in SHOPPERS]
    assert told == list(range(1, 61))
    sentences = sum(len(profile.sentences) for profile in profiles)
    assert tally.verification() == {
        "sentences": sentences,
        "passed": sentences,
        "retried": 0,
        "replaced": 0,
    }
    assert tally.writers == {"extractive": 60}


def test_profiles_are_written_as_they_are_asked_for() -> None:
    asked = 0

    def evidences():
        nonlocal asked
        for evidence in SHOPPERS:
            asked += 1
            yield evidence

    stream = write_profiles(
        evidences(), SHOP, LEXICON, writer=ExtractiveWriter(), seed=0, tally=Tally()
    )
    assert len(list(islice(stream, 3))) == 3
    assert asked == 3


def test_a_second_try_that_passes_is_kept() -> None:
    for evidence in SHOPPERS:
        profile = write_profile(evidence, SHOP, LEXICON, writer=Liar(learns=True), seed=0)
        assert verify_profile(profile, evidence, LEXICON) == []
        assert profile.verification.retried == 1
        assert profile.verification.replaced == 0
        assert "987,654" in profile.verification.findings[0]
        assert profile.writer == "liar"


def test_what_fails_twice_is_replaced_by_the_extractive_writers_sentence() -> None:
    tally = Tally()
    for evidence in SHOPPERS:
        profile = write_profile(evidence, SHOP, LEXICON, writer=Liar(learns=False), seed=0)
        tally.add(profile)
        assert verify_profile(profile, evidence, LEXICON) == []
        found = profile.verification
        assert found.replaced == found.sentences == len(profile.sentences)
        assert found.passed + found.replaced == found.sentences
    assert tally.replaced == tally.retried == tally.sentences > 0
    assert tally.passed == 0


@pytest.mark.parametrize("learns", [True, False])
def test_a_headline_that_is_not_true_is_replaced(learns: bool) -> None:
    for evidence in SHOPPERS[:20]:
        liar = Liar(learns=learns, headline="Buyer of 987,654 Golden Widgets")
        profile = write_profile(evidence, SHOP, LEXICON, writer=liar, seed=0)
        assert "Widgets" not in profile.headline
        assert verify_profile(profile, evidence, LEXICON) == []


def test_a_sentence_that_cites_nothing_known_is_replaced_by_one_on_the_first_fact() -> None:
    class Dreamer(Liar):
        def write(self, evidence: Evidence, vocabulary: Vocabulary, *, seed: int) -> Profile:
            profile = super().write(evidence, vocabulary, seed=seed)
            dream = Sentence(text="All is well.", facts=("E99",))
            return profile.model_copy(update={"sentences": (dream,)})

    evidence = SHOPPERS[0]
    profile = write_profile(evidence, SHOP, LEXICON, writer=Dreamer(learns=False), seed=0)
    assert profile.sentences[0].facts[0] == "E1"
    assert verify_profile(profile, evidence, LEXICON) == []


class Halting(ExtractiveWriter):
    """Takes its time, each time another, and is asked by many threads."""

    name = "halting"

    def __init__(self) -> None:
        self.asked = 0
        self.lock = threading.Lock()

    def write(self, evidence: Evidence, vocabulary: Vocabulary, *, seed: int) -> Profile:
        with self.lock:
            self.asked += 1
        time.sleep(sum(map(ord, evidence.user_id)) % 7 / 500)
        profile = super().write(evidence, vocabulary, seed=seed)
        return profile.model_copy(update={"writer": self.name})


class Refusing(Halting):
    """Declines every third user, always the same ones, and half of the second tries."""

    def write(self, evidence: Evidence, vocabulary: Vocabulary, *, seed: int) -> Profile:
        profile = super().write(evidence, vocabulary, seed=seed)
        at = SHOPPERS.index(evidence)
        if at % 3 == 0:
            raise RefusedError(f"prompt too long: {1000 + at} tokens")
        if at % 3 == 1 and seed >= SECOND_TRY:
            raise RefusedError("answer cut off: after 400 tokens")
        lie = profile.sentences[0].model_copy(update={"text": "987,654 orders."})
        return profile.model_copy(update={"sentences": (lie, *profile.sentences[1:])})


def run(writer: ExtractiveWriter, concurrency: int) -> tuple[list[Profile], Tally]:
    tally = Tally()
    written = write_profiles(
        SHOPPERS, SHOP, LEXICON, writer=writer, seed=0, tally=tally, concurrency=concurrency
    )
    return list(written), tally


@pytest.mark.parametrize("writer", [Halting, Refusing])
def test_many_threads_write_what_one_writes(writer: type[Halting]) -> None:
    assert run(writer(), 16) == run(writer(), 1)


def test_whom_a_model_declines_gets_the_extractive_profile_and_is_counted() -> None:
    profiles, tally = run(Refusing(), 8)
    extractive, _ = run(ExtractiveWriter(), 1)
    assert profiles[::3] == extractive[::3]
    assert tally.fallbacks == {"prompt too long": 20}
    assert tally.writers == {"extractive": 20, "halting": 40}
    for profile, evidence in zip(profiles, SHOPPERS, strict=True):
        assert verify_profile(profile, evidence, LEXICON) == []
    # A second try that is declined leaves the extractive sentence.
    assert all(profile.verification.replaced == 1 for profile in profiles[1::3])


def test_a_model_that_cannot_be_used_ends_it_at_once() -> None:
    class Dying(Halting):
        def write(self, evidence: Evidence, vocabulary: Vocabulary, *, seed: int) -> Profile:
            if SHOPPERS.index(evidence) == 20:
                raise ModelError("the server died")
            if SHOPPERS.index(evidence) == 0:
                time.sleep(2)
            return super().write(evidence, vocabulary, seed=seed)

    writer, before = Dying(), time.monotonic()
    with pytest.raises(ModelError, match="the server died"):
        run(writer, 4)
    assert time.monotonic() - before < 2  # nobody waits for the first one
    time.sleep(0.1)
    assert writer.asked < len(SHOPPERS)


def test_profiles_are_taken_no_faster_than_they_are_used() -> None:
    writer = Halting()
    stream = write_profiles(
        (evidence for _ in range(1000) for evidence in SHOPPERS),
        SHOP, LEXICON, writer=writer, seed=0, tally=Tally(), concurrency=2,
    )  # fmt: skip
    assert len(list(islice(stream, 3))) == 3
    time.sleep(0.3)
    assert writer.asked <= 3 + 2 * AHEAD
