"""Profiles for everybody: written by one writer, verified sentence by sentence, never unverified.

A sentence that fails is written once more; if it fails again, the extractive writer's sentence on
the same facts takes its place, and if even that fails (a title nobody foresaw) the first fact's
own text does. Whom a model refuses to write about gets the extractive writer's profile. Both are
counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

from agent.errors import RefusedError
from agent.models.spending import reason_of
from agent.models.window import in_order
from agent.profiles.extractive import ExtractiveWriter
from agent.profiles.lexicon import Lexicon
from agent.profiles.telling import finish
from agent.profiles.verifier import FactSheet, Finding
from agent.records import Evidence, Fact, Profile, Sentence, Verification, Vocabulary
from agent.tally import Counts

SECOND_TRY = 1_000_003
"""Added to the seed for the second try, so that it is another one."""


class Writer(Protocol):
    """Anything that turns evidence into a profile; `name` goes into the record."""

    @property
    def name(self) -> str: ...

    def write(self, evidence: Evidence, vocabulary: Vocabulary, *, seed: int) -> Profile:
        """A profile whose sentences cite facts of `evidence`; it is verified by the caller.

        Called from many threads at once. Raises RefusedError for this user only, ModelError to
        end the build.
        """
        ...


class Tally(Counts):
    """What a run reports about its profiles."""

    def add(self, profile: Profile, refused: str | None = None) -> None:
        """Counts one profile in; `refused` is why it is not the writer's, if so."""
        if refused is not None:
            self.fallbacks[refused] += 1
        found = profile.verification
        self.count(
            sentences=found.sentences,
            retried=found.retried,
            replaced=found.replaced,
            writer=profile.writer,
        )


def write_profiles(
    evidences: Iterable[Evidence],
    vocabulary: Vocabulary,
    lexicon: Lexicon,
    *,
    writer: Writer,
    seed: int,
    tally: Tally,
    concurrency: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Profile]:
    """Yields a verified profile for each evidence, in order; only a window of them is in memory.

    With `concurrency` over 1 that many are written at once, each in a thread, and what comes out
    is the same. `tally` is filled as profiles are taken; `progress` is told how many have been
    written. Raises what the writer raises, RefusedError aside, at once.
    """

    def work(evidence: Evidence) -> _Written:
        return _write(evidence, vocabulary, lexicon, writer, seed)

    for done, written in enumerate(in_order(work, evidences, workers=concurrency), 1):
        tally.add(written.profile, written.refused)
        if progress is not None:
            progress(done)
        yield written.profile


def write_profile(
    evidence: Evidence, vocabulary: Vocabulary, lexicon: Lexicon, *, writer: Writer, seed: int
) -> Profile:
    """One profile, every sentence and the headline of which stand in the evidence."""
    return _write(evidence, vocabulary, lexicon, writer, seed).profile


class _Written(NamedTuple):
    profile: Profile
    refused: str | None
    """Why the writer wrote nothing, when it did not."""


def _write(
    evidence: Evidence, vocabulary: Vocabulary, lexicon: Lexicon, writer: Writer, seed: int
) -> _Written:
    refused = None
    try:
        profile = writer.write(evidence, vocabulary, seed=seed)
    except RefusedError as error:
        refused = reason_of(error)
        writer = ExtractiveWriter()
        profile = writer.write(evidence, vocabulary, seed=seed)
    return _Written(_verified(profile, evidence, vocabulary, lexicon, writer, seed), refused)


def _verified(
    profile: Profile,
    evidence: Evidence,
    vocabulary: Vocabulary,
    lexicon: Lexicon,
    writer: Writer,
    seed: int,
) -> Profile:
    """The profile with nothing in it that its facts do not bear out."""
    sheet = FactSheet(evidence, lexicon)
    sentences = list(profile.sentences)
    failed = {at: found for at, s in enumerate(sentences) if (found := _check(sheet, s))}
    headline = sheet.check_headline(profile.headline)
    findings = [*headline, *(finding for found in failed.values() for finding in found)]
    replaced = 0
    text = profile.headline
    if findings:
        again = _again(evidence, vocabulary, writer, seed + SECOND_TRY)
        spare = [s for s in again.sentences if not _check(sheet, s)] if again else []
        for at in failed:
            if spare:
                sentences[at] = spare.pop(0)
            else:
                sentences[at] = _floor(sheet, evidence, sentences[at], vocabulary, seed)
                replaced += 1
        if headline:
            text = _headline(sheet, evidence, again.headline if again else None, vocabulary, seed)
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


def _again(evidence: Evidence, vocabulary: Vocabulary, writer: Writer, seed: int) -> Profile | None:
    """A second try, with another seed; None when it is refused, as a first one that came may be."""
    try:
        return writer.write(evidence, vocabulary, seed=seed)
    except RefusedError:
        return None


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
    sheet: FactSheet, evidence: Evidence, second: str | None, vocabulary: Vocabulary, seed: int
) -> str:
    if second is not None and not sheet.check_headline(second):
        return second
    extractive = ExtractiveWriter().write(evidence, vocabulary, seed=seed).headline
    return evidence.facts[0].text if sheet.check_headline(extractive) else extractive
