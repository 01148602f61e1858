"""what every tool works with: the run, the scope, names, counts, and records made citable."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from agent.behaviour.wording import number, percent
from agent.cards import SegmentCard
from agent.chat.audience import Audiences, Condition, Wanted
from agent.chat.confirming import Confirmations
from agent.chat.figures import figure_text, people
from agent.chat.naming import Names
from agent.chat.results import Draft
from agent.chat.splits import two_digits
from agent.chat.world import NOWHERE, World
from agent.profiles.names import shown
from agent.records import Fact, Scope, Sentence
from agent.segments.readable import Mask

OF_PEOPLE = frozenset({"totals", "items", "attribute"})
"""Kinds of segment facts that may count people rather than average over them."""

_COVERED = re.compile(r", (?:at least|at most|more than|less than|fewer than) .+ of members$")
NEARLY_ALL = "nearly all"
HARDLY_ANY = "hardly any"


@dataclass
class Desk:
    """One reader's view of a run."""

    world: World
    scope: Scope = "analyst"
    confirmations: Confirmations = field(default_factory=Confirmations)

    def __post_init__(self) -> None:
        self.names = Names(self.world)
        self.audiences = Audiences(self.world, self.scope)

    @property
    def hidden(self) -> bool:
        """Whether individuals and exact counts are out of sight."""
        return self.scope == "aggregate"

    @property
    def who(self) -> str:
        """`customers`, or `people` where nothing is bought."""
        return people(self.world.words)

    def size(self, segment: str) -> str:
        """How many are in a segment: `23`, `about 25`."""
        return self.audiences.size(self.world.members[segment])

    def share(self, mask: Mask) -> str:
        """Of everybody: `8 %`, `about 8 %`."""
        part, everybody = int(mask.sum()), len(mask)
        if self.hidden:
            splits = self.audiences.splits
            part, everybody = splits.rounded(part), max(1, splits.rounded(everybody))
        said = f"{number(percent(part / everybody))} %"
        return f"about {said}" if self.hidden else said

    def cite_segment(self, draft: Draft, segment: str, *facts: str) -> list[str]:
        """Make facts of a segment citable (all of them when none is named); returns their ids."""
        card = self.world.segments[segment]
        cited = []
        for fact in card.facts:
            if facts and fact.id not in facts:
                continue
            record = f"segment/{segment}/{fact.id}"
            cited.append(draft.cite(record, self.fact_text(card, fact)))
        return cited

    def cite_size(self, draft: Draft, segment: str) -> str:
        """The fact of a segment's size."""
        if segment == NOWHERE:
            mask = self.world.members[NOWHERE]
            return draft.cite(
                "run/noise",
                f"{self.audiences.size(mask)} {self.who} are in no "
                f"segment, {self.share(mask)} of all",
            )
        return self.cite_segment(draft, segment, self.world.segments[segment].facts[0].id)[0]

    def cite_run(self, draft: Draft) -> str:
        """The fact of how many people there are in all."""
        everybody = self.world.table
        mask = everybody.mask(set(everybody.users))
        return draft.cite("run/users", f"{self.audiences.size(mask)} {self.who} in all")

    def tell_segment(
        self, draft: Draft, card: SegmentCard, sentences: tuple[Sentence, ...]
    ) -> None:
        """Say sentences of a label, as far as the scope lets all they cite be seen."""
        for sentence in sentences:
            if self.tells(card, sentence):
                cited = self.cite_segment(draft, card.id, *sentence.facts)
                draft.say(sentence.text, *cited)

    def tells(self, card: SegmentCard, sentence: Sentence) -> bool:
        """Whether this scope may read a sentence of a label: all it cites, that is."""
        counting = {fact.id for fact in card.facts if self._counts(fact)}
        return not (self.hidden and counting & set(sentence.facts))

    def fact_text(self, card: SegmentCard, fact: Fact) -> str:
        """A fact of a segment as this scope may read it."""
        if not self.hidden:
            return fact.text
        if fact.kind == "totals" and "users" in fact.numbers:
            mask = self.world.members[card.id]
            return f"{self.audiences.size(mask)} {self.who}, {self.share(mask)} of all"
        if fact.kind == "items":
            return self._items_text(card, fact)
        if fact.kind == "attribute":
            more = fact.numbers.get("share", 0.0) > fact.numbers.get("population", 0.0)
            return f"{'more' if more else 'less'} often with {_named(fact)} than others"
        return _COVERED.sub("", fact.text)

    def part(self, per_cent: float, of: int) -> str:
        """A share of a group's people; where individuals are hidden, without telling of a few.

        `60 %`; `about 60 %`, `nearly all`, `hardly any`. The people are rounded before the share
        is taken: 5 % of 20 would be one person.
        """
        if not self.hidden:
            return f"{number(percent(per_cent / 100))} %"
        least, n = self.world.min_group, per_cent / 100 * of
        if n < least:
            return HARDLY_ANY
        if of - n < least:
            return NEARLY_ALL
        splits = self.audiences.splits
        return f"about {number(percent(splits.rounded(n) / splits.rounded(of)))} %"

    def tells_item(self, segment: str, item: str) -> bool:
        """Whether a segment's share of buyers of an item may be told in this scope."""
        if not self.hidden:
            return True
        condition = Condition(feature=f"item:{item}", op="is")
        return (
            self.audiences.count(Wanted(segment=segment, conditions=(condition,))).people
            is not None
        )

    def figure(self, segment: str, feature: str, value: float) -> str:
        """A figure about a segment: `61 % of visits at the weekend`, `£108,392 of spend`.

        Without individuals sums are rounded to two digits and shares of people as `part` does.
        """
        if self.hidden and feature.startswith("total:"):
            return f"about {figure_text(self.world, feature, two_digits(value))}"
        if self.hidden and feature.startswith("attribute:"):
            share = self.part(100 * value, int(self.world.members[segment].sum()))
            return f"{share} with {feature.removeprefix('attribute:').replace('=', ': ')}"
        return figure_text(self.world, feature, value)

    def _counts(self, fact: Fact) -> bool:
        return fact.kind in OF_PEOPLE and "span_days" not in fact.numbers

    def _items_text(self, card: SegmentCard, fact: Fact) -> str:
        titles, told = self.world.catalogue.titles, []
        for place in (1, 2, 3):
            title = fact.names.get(f"item{place}")
            items = [item for item, name in titles.items() if name == title]
            if title and items and all(self.tells_item(card.id, item) for item in items):
                share = self.part(fact.numbers[f"members{place}"], card.size)
                told.append(f"{shown(title)} ({share} of members)")
        return f"typical items: {', '.join(told)}" if told else "typical items: too few to tell"


def _named(fact: Fact) -> str:
    return ": ".join(shown(name) for role, name in sorted(fact.names.items()) if role != "rival")
