"""Labels in words: what a writer is given of siblings, what it gives back, and what stands of it.

A sentence that fails verification is written once more; if it fails again the extractive sentence
takes its place. Names are always among the candidates found true and tested.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from agent.errors import RefusedError
from agent.models.spending import reason_of
from agent.models.window import in_order
from agent.profiles.lexicon import Lexicon
from agent.profiles.telling import finish
from agent.profiles.writer import SECOND_TRY
from agent.records import Sentence
from agent.segments.checking import LabelSheet
from agent.segments.families import Family, Subject
from agent.segments.reasons import describe, give_reasons
from agent.tally import Counts

EXTRACTIVE = "extractive"


@dataclass(frozen=True)
class Draft:
    """What a writer says of one segment."""

    name: str
    description: str
    why: tuple[Sentence, ...]


class LabelWriter(Protocol):
    """A model that labels a family; without one the extractive frames say everything.

    `name` goes into the record.
    """

    @property
    def name(self) -> str: ...

    def write(self, family: Family, *, seed: int) -> Mapping[str, Draft]:
        """A draft for each subject, by id; it is verified by the caller.

        Raises RefusedError for this family only, ModelError to end the build.
        """
        ...


def _extract(subject: Subject, family: Family) -> Draft:
    return Draft(
        name=subject.names[0].text,
        description=describe(subject.portrait, subject.cited, family.vocabulary),
        why=give_reasons(
            subject.portrait, subject.facts, subject.cited, family.called, family.vocabulary
        ),
    )


class LabelTally(Counts):
    """What a run reports about its labels."""

    def add(self, label: Draft, writer: str, kept: Kept | None = None, replaced: int = 0) -> None:
        """Counts one label in, with what was kept of a writer's draft for it."""
        retried = 0 if kept is None else kept.retried
        sentences = len(label.why) + 1
        self.count(sentences=sentences, retried=retried, replaced=replaced, writer=writer)
        if kept is not None and kept.refused is not None:
            self.fallbacks[kept.refused] += 1


class Kept(NamedTuple):
    """What of a draft stood up to verification; the rest is the extractive writer's to say."""

    name: str
    description: str
    """Empty where none stood."""
    why: tuple[Sentence, ...]
    wanted: int
    """Reasons the writer gave; 0 where it gave nothing."""
    retried: int
    writer: str
    refused: str | None = None


def write_drafts(
    families: Sequence[Family],
    lexicon: Lexicon,
    *,
    writer: LabelWriter | None,
    seed: int,
    concurrency: int = 1,
) -> dict[str, Kept]:
    """What stands of a writer's drafts for all families, by segment; nothing without a writer.

    Raises what the writer raises, RefusedError aside, at once.
    """
    found: dict[str, Kept] = {}
    if writer is None:
        return {s.id: _untold(s, None) for family in families for s in family.subjects}

    def work(family: Family) -> dict[str, Kept]:
        return _write(family, lexicon, writer, seed)

    for kept in in_order(work, families, workers=concurrency):
        found |= kept
    return found


def _write(family: Family, lexicon: Lexicon, writer: LabelWriter, seed: int) -> dict[str, Kept]:
    subjects = {subject.id: subject for subject in family.subjects}
    try:
        drafts = writer.write(family, seed=seed)
    except RefusedError as error:
        return {s: _untold(subjects[s], reason_of(error)) for s in subjects}
    sheets = {s: _sheet(subjects[s], family, lexicon) for s in subjects}
    again: Mapping[str, Draft] = {}
    if any(_failed(drafts[s], sheets[s]) for s in subjects):
        try:
            again = writer.write(family, seed=seed + SECOND_TRY)
        except RefusedError:
            again = {}  # what stood the first time stands
    return {s: _kept(drafts[s], again.get(s), sheets[s], writer.name) for s in subjects}


def _untold(subject: Subject, refused: str | None) -> Kept:
    return Kept(subject.names[0].text, "", (), 0, 0, EXTRACTIVE, refused)


def _sheet(subject: Subject, family: Family, lexicon: Lexicon) -> LabelSheet:
    """Every other name of the level is a stranger unless a cited fact compares with it."""
    siblings = [name for s, name in family.called.items() if s != subject.id]
    return LabelSheet(subject.facts, subject.rule, lexicon, siblings=siblings)


def _failed(draft: Draft, sheet: LabelSheet) -> int:
    wrong = sum(bool(sheet.check(s.text, s.facts)) for s in draft.why)
    return wrong + bool(sheet.check_description(draft.description))


def _kept(first: Draft, second: Draft | None, sheet: LabelSheet, writer: str) -> Kept:
    """What of the first try stands; for what does not, what of the second does."""
    retried = _failed(first, sheet)
    descriptions = (d.description for d in (first, second) if d is not None)
    description = next((d for d in descriptions if not sheet.check_description(d)), "")
    why = [s for s in first.why if not sheet.check(s.text, s.facts)]
    told = {s.facts for s in why}
    for sentence in second.why if second is not None else ():
        if (
            len(why) < len(first.why)
            and sentence.facts not in told
            and not sheet.check(sentence.text, sentence.facts)
        ):
            why.append(sentence)
            told.add(sentence.facts)
    return Kept(first.name, description, tuple(why), len(first.why), retried, writer)


def finish_label(
    kept: Kept, subject: Subject, family: Family, lexicon: Lexicon, renamed: Mapping[str, str]
) -> tuple[Draft, str, int]:
    """The label's words, whose they are, and how many sentences had to be replaced.

    `subject` and `family` have the final names; `renamed` leads from working names to them. What
    the writer left open is told extractively, and what even so fails (a title nobody foresaw) as
    the first fact itself.
    """
    sheet = _sheet(subject, family, lexicon)
    plain = Sentence(text=finish(subject.facts[0].text), facts=(subject.facts[0].id,))
    own = _extract(subject, family)
    description = _rename(kept.description, renamed)
    if not description or sheet.check_description(description):
        description = ""
    why = [Sentence(text=_rename(s.text, renamed), facts=s.facts) for s in kept.why]
    why = [s for s in why if not sheet.check(s.text, s.facts)]
    theirs = len(why) + bool(description)
    told = {fact for sentence in why for fact in sentence.facts}
    wanted = kept.wanted or len(own.why)
    why += [s for s in own.why if not told & set(s.facts)][: wanted - len(why)]
    safe = [s if not sheet.check(s.text, s.facts) else plain for s in why] or [plain]
    description = description or own.description
    fallen = [s for s in safe if s is plain]
    if sheet.check_description(description):
        description = plain.text
        fallen.append(plain)
    replaced = len(safe) + 1 - theirs if kept.wanted else len(fallen)
    draft = Draft(kept.name, description, tuple(dict.fromkeys(safe)))
    named = kept.name != subject.names[0].text
    return draft, kept.writer if theirs or named else EXTRACTIVE, replaced


def _rename(text: str, renamed: Mapping[str, str]) -> str:
    """Working names replaced by final ones, the longest first so that none is taken for another."""
    if not renamed:
        return text
    names = sorted(renamed, key=lambda name: (-len(name), name))
    pattern = re.compile("|".join(map(re.escape, names)))
    return pattern.sub(lambda match: renamed[match.group()], text)
