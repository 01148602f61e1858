"""Profiles for everybody: written by one writer, verified sentence by sentence, never unverified.

A sentence that fails is written once more; if it fails again, the extractive writer's sentence on
the same facts takes its place, and if even that fails (a title nobody foresaw) the first fact's
own text does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from agent.profiles.extractive import ExtractiveWriter
from agent.profiles.lexicon import Lexicon
from agent.profiles.telling import finish
from agent.profiles.verifier import FactSheet, Finding
from agent.records import Evidence, Fact, Profile, Sentence, Verification, Vocabulary

SECOND_TRY = 1_000_003
"""Added to the seed for the second try, so that it is another one."""


class Writer(Protocol):
    """Anything that turns evidence into a profile; `name` goes into the record."""

    @property
    def name(self) -> str: ...

    def write(self, evidence: Evidence, vocabulary: Vocabulary, *, seed: int) -> Profile:
        """A profile whose sentences cite facts of `evidence`; it is verified by the caller."""
        ...


@dataclass
class Tally:
    """What a run reports about its profiles, counted while they stream past."""

    sentences: int = 0
    passed: int = 0
    retried: int = 0
    replaced: int = 0
    writers: Counter[str] = field(default_factory=Counter)

    def add(self, profile: Profile) -> None:
        """Counts one profile in."""
        found = profile.verification
        self.sentences += found.sentences
        self.passed += found.passed
        self.retried += found.retried
        self.replaced += found.replaced
        self.writers[profile.writer] += 1

    def verification(self) -> dict[str, int]:
        """The four counters, under the names the build reports."""
        return {
            **{"sentences": self.sentences, "passed": self.passed},
            **{"retried": self.retried, "replaced": self.replaced},
        }


def write_profiles(
    evidences: Iterable[Evidence],
    vocabulary: Vocabulary,
    lexicon: Lexicon,
    *,
    writer: Writer,
    seed: int,
    tally: Tally,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Profile]:
    """Yields a verified profile for each evidence, in order, one in memory at a time.

    `tally` is filled as profiles are taken; `progress` is told how many have been written.
    """
    for done, evidence in enumerate(evidences, 1):
        profile = write_profile(evidence, vocabulary, lexicon, writer=writer, seed=seed)
        tally.add(profile)
        if progress is not None:
            progress(done)
        yield profile


def write_profile(
    evidence: Evidence, vocabulary: Vocabulary, lexicon: Lexicon, *, writer: Writer, seed: int
) -> Profile:
    """One profile, every sentence and the headline of which stand in the evidence."""
    sheet = FactSheet(evidence, lexicon)
    profile = writer.write(evidence, vocabulary, seed=seed)
    sentences = list(profile.sentences)
    failed = {at: found for at, s in enumerate(sentences) if (found := _check(sheet, s))}
    headline = sheet.check_headline(profile.headline)
    findings = [*headline, *(finding for found in failed.values() for finding in found)]
    replaced = 0
    text = profile.headline
    if findings:
        again = writer.write(evidence, vocabulary, seed=seed + SECOND_TRY)
        spare = [s for s in again.sentences if not _check(sheet, s)]
        for at in failed:
            if spare:
                sentences[at] = spare.pop(0)
            else:
                sentences[at] = _floor(sheet, evidence, sentences[at], vocabulary, seed)
                replaced += 1
        if headline:
            text = _headline(sheet, evidence, again.headline, vocabulary, seed)
    return profile.model_copy(
        update={
            "headline": text,
            "sentences": tuple(sentences),
            "verification": Verification(
                sentences=len(sentences),
                passed=len(sentences) - replaced,
                retried=len(failed),
                replaced=replaced,
                findings=tuple(str(finding) for finding in findings),
            ),
        }
    )


def _check(sheet: FactSheet, sentence: Sentence) -> list[Finding]:
    return sheet.check(sentence.text, sentence.facts)


def _floor(
    sheet: FactSheet, evidence: Evidence, failed: Sentence, vocabulary: Vocabulary, seed: int
) -> Sentence:
    """The extractive sentence on the facts a failed one cites, else the first fact as it is."""
    known = {fact.id: fact for fact in evidence.facts}
    facts = [known[i] for i in failed.facts if i in known] or [evidence.facts[0]]
    sentence = ExtractiveWriter().say(facts, vocabulary, seed=seed)
    if sentence is not None and not _check(sheet, sentence):
        return sentence
    return _plain(facts[0])


def _plain(fact: Fact) -> Sentence:
    return Sentence(text=finish(fact.text), facts=(fact.id,))


def _headline(
    sheet: FactSheet, evidence: Evidence, second: str, vocabulary: Vocabulary, seed: int
) -> str:
    if not sheet.check_headline(second):
        return second
    extractive = ExtractiveWriter().write(evidence, vocabulary, seed=seed).headline
    return evidence.facts[0].text if sheet.check_headline(extractive) else extractive
