"""The small shop with its labels, and a verifier for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agent.behaviour.measures import Measures
from agent.profiles.lexicon import Lexicon
from agent.records import Label, Segment
from agent.segments.checking import LabelSheet
from agent.segments.labelling import label_segments
from agent.settings import LabelSettings
from tests.segments.populations import shop

PARENTS = {"bakers": "day", "hosts": "day", "readers": None}


@dataclass(frozen=True)
class Labelled:
    """Segments and labels in one order."""

    segments: list[Segment]
    labels: list[Label]
    lexicon: Lexicon

    @property
    def names(self) -> list[str]:
        return [label.name for label in self.labels]

    def sheets(self) -> Iterator[tuple[LabelSheet, Segment, Label]]:
        """Each label with its segment and the sheet it is checked against."""
        for segment, label in zip(self.segments, self.labels, strict=True):
            siblings = [name for name in self.names if name != label.name]
            yield (
                LabelSheet(segment.facts, label.rule, self.lexicon, siblings=siblings),
                segment,
                label,
            )


def lexicon_of(measures: Measures) -> Lexicon:
    return Lexicon(
        measures.catalogue["title"].to_list(),
        measures.categories["category"].unique().sort().to_list(),
        measures.vocabulary,
        values=measures.attributes["value"].unique().sort().to_list(),
    )


def label_shop() -> Labelled:
    """Three leaves, two of them under one parent; extractive."""
    measures, assignment = shop()
    segments, labels = label_segments(
        measures, assignment, PARENTS, probabilities={}, settings=LabelSettings(), seed=0
    )
    return Labelled(segments, labels, lexicon_of(measures))
