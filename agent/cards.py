"""What a reader gets of a segment and of a profile: the JSON contract, and the same as text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from agent.behaviour.wording import number, percent
from agent.records import (
    Fact,
    Interest,
    Label,
    Membership,
    Predicate,
    Profile,
    Record,
    Segment,
    Sentence,
    Statement,
    Weight,
)

WIDTH = 96


class SegmentCard(Record):
    """A segment with its label; `share` is of all users, `precision` and `recall` the rule's."""

    id: str
    level: int
    name: str
    description: str
    why: tuple[Sentence, ...]
    facts: tuple[Fact, ...]
    rule: tuple[Predicate, ...]
    size: int
    share: float
    parent: str | None
    precision: float | None
    recall: float | None
    writer: str
    exemplars: tuple[str, ...]

    @classmethod
    def of(cls, segment: Segment, label: Label) -> SegmentCard:
        said = label.model_dump(exclude={"segment"})
        return cls.model_validate({**segment.model_dump(), **said})

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def __repr__(self) -> str:
        return f"<{self.id} {self.name}: {self.size:,} users>"

    def _repr_html_(self) -> str:
        from agent.notebook import segment_html

        return segment_html(self)

    def _lines(self) -> Iterator[str]:
        share = number(percent(self.share))
        yield f"{self.id}  {self.name} \u2014 {self.size:,} users ({share} %)"
        yield from _wrapped(self.description)
        for sentence in self.why:
            yield from _wrapped(_cited(sentence))
        if self.rule:
            told = " \u00b7 ".join(predicate.text for predicate in self.rule)
            tested = ""
            if self.precision is not None and self.recall is not None:
                tested = (
                    f" (held-out members: precision {number(percent(self.precision))} %, "
                    f"recall {number(percent(self.recall))} %)"
                )
            yield from _wrapped(f"Rule: {told}{tested}")


class ProfileCard(Record):
    """A profile with where its user belongs, and what was stated beside what was observed."""

    user_id: str
    headline: str
    sentences: tuple[Sentence, ...]
    interests: tuple[Interest, ...]
    facts: tuple[Fact, ...]
    memberships: tuple[Weight, ...]
    noise: bool
    outlier: float
    writer: str
    statements: tuple[Statement, ...] = ()

    @classmethod
    def of(
        cls, profile: Profile, membership: Membership, statements: tuple[Statement, ...] = ()
    ) -> ProfileCard:
        return cls(
            user_id=profile.user_id,
            headline=profile.headline,
            sentences=profile.sentences,
            interests=profile.interests,
            facts=profile.facts,
            memberships=membership.weights,
            noise=membership.noise,
            outlier=membership.outlier,
            writer=profile.writer,
            statements=statements,
        )

    def _repr_html_(self) -> str:
        from agent.notebook import profile_html

        return profile_html(self)

    def text(self, names: dict[str, str]) -> str:
        """The card for a terminal; `names` are the segments' names by id."""
        lines = [f"{self.user_id}  {self.headline}"]
        lines += _wrapped(" ".join(_cited(sentence) for sentence in self.sentences))
        if self.interests:
            told = (f"{one.name} ({one.strength:.2f})" for one in self.interests)
            lines += _wrapped("Interests: " + ", ".join(told))
        for stance, words in (("added", "Added by hand"), ("struck", "Struck out by hand")):
            said = [one.name for one in self.statements if one.stance == stance]
            if said:
                lines += _wrapped(f"{words}: {', '.join(said)}")
        leans = [
            f"{names.get(one.segment, one.segment)} [{one.segment}] {number(percent(one.weight))} %"
            for one in self.memberships
        ]
        if self.noise:
            lines += _wrapped(
                "Belongs to no segment" + (f"; leans to {', '.join(leans)}" if leans else "")
            )
        elif leans:
            lines += _wrapped("Segments: " + ", ".join(leans))
        lines.append("  Evidence")
        for fact in self.facts:
            lines += textwrap.wrap(
                f"{fact.id:<4}{fact.text}", WIDTH, initial_indent="    ", subsequent_indent=" " * 8
            )
        return "\n".join(lines)


def _cited(sentence: Sentence) -> str:
    return sentence.text + " " + "".join(f"[{fact}]" for fact in sentence.facts)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ")
