"""audiences: conditions people are chosen by, who meets them, how many that is in each scope."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from agent.behaviour.wording import number
from agent.chat.figures import called, people, title
from agent.chat.splits import SEGMENT, Split, Splits, cells_of
from agent.chat.world import NOWHERE, World
from agent.profiles.names import written
from agent.records import Record, Scope
from agent.segments.deeds import being, deed, together
from agent.segments.readable import Mask, is_share

Op = Literal["at least", "at most", "is", "is not"]
TWO = 2
"""Things that people are split by at once in the aggregate scope, a segment among them."""


class Condition(Record):
    """`weekend_share at least 0.4`, `attribute:plan=plus is 1`, `item:p1001 is not 1`.

    Shares are 0..1. `is` and `is not` go with declared attributes and items; their value is 1.
    `category:toys is 1` holds of whoever has any share at all in it.
    """

    feature: str
    op: Op
    value: float = 1.0

    @property
    def split(self) -> str:
        """The split that the condition takes parts of."""
        kind = self.feature.partition(":")[0]
        return self.feature.partition("=")[0] if kind == "attribute" else self.feature


class Wanted(Record):
    """Who is asked for: everybody, or those of a segment, who meet all conditions."""

    segment: str | None = None
    conditions: tuple[Condition, ...] = ()

    @property
    def key(self) -> str:
        """A short id, the same for the same people asked for."""
        said = sorted(f"{c.feature} {c.op} {c.value:g}" for c in self.conditions)
        text = "\n".join([self.segment or "", *said])
        return hashlib.sha256(text.encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Count:
    """How many, as it may be told; `people` is None when it may not."""

    people: int | None
    exact: bool
    why: str = ""
    """Why it may not be told, as a sentence."""
    wanted: Wanted = field(default_factory=Wanted)
    """What was counted: in the aggregate scope thresholds move to the run's own cuts."""

    def __str__(self) -> str:
        assert self.people is not None
        return number(self.people) if self.exact else f"about {number(self.people)}"


class Audiences:
    """Counts people in one scope."""

    def __init__(self, world: World, scope: Scope, splits: Splits | None = None) -> None:
        self.world, self.scope = world, scope
        self.splits = splits or Splits(world)

    def who(self, wanted: Wanted) -> Mask:
        """(users,) mask of those who meet everything."""
        found = self.world.everybody.copy()
        if wanted.segment is not None:
            found &= self.world.members[wanted.segment]
        for condition in wanted.conditions:
            found &= self._holds(condition)
        return found

    def count(self, wanted: Wanted) -> Count:
        """How many meet everything, as far as the scope lets it be told."""
        if self.hidden:
            return self._hidden_count(wanted)
        people = int(self.who(wanted).sum())
        if 0 < people < self.world.min_group:
            return Count(None, True, self.too_few, wanted)
        return Count(people, True, wanted=wanted)

    def size(self, mask: Mask) -> str:
        """A group that may be spoken of anyway, such as a segment: how many that is."""
        return self.told(int(mask.sum()))

    def told(self, people: int) -> str:
        """The same, of so many people."""
        return f"about {number(self.splits.rounded(people))}" if self.hidden else number(people)

    @property
    def hidden(self) -> bool:
        """Whether individuals and exact counts are out of sight."""
        return self.scope == "aggregate"

    @property
    def too_few(self) -> str:
        return (
            f"That is fewer than {self.world.min_group} {people(self.world.words)}, "
            "too few for me to count or export."
        )

    def words(self, wanted: Wanted) -> str:
        """`customers of Weekend shoppers who are based in London and spend at least £30 …`."""
        who = people(self.world.words)
        if wanted.segment == NOWHERE:
            who = f"{who} of no segment"
        elif wanted.segment is not None:
            who = f"{who} of {called(self.world, wanted.segment)}"
        told = [self._deed(condition) for condition in wanted.conditions]
        return f"{who} who {together(told)}" if told else who

    def _deed(self, condition: Condition) -> tuple[str, str]:
        kind, _, rest = condition.feature.partition(":")
        if kind == "item":
            words, not_ = self.world.words, "never " if condition.op == "is not" else ""
            return f"{not_}{words.did}", title(self.world, rest)
        if kind == "category" and condition.op == "is":
            return self.world.words.did, f"anything in {written(rest)}"
        if kind == "attribute":
            verb, being_said = being(condition.feature)
            return (f"{verb} not" if condition.op == "is not" else verb), being_said
        if condition.op == "at least" and condition.value == 0 and is_share(condition.feature):
            return "have", "any share at all"
        return deed(condition.feature, condition.value, self.world.words, condition.op)

    def _holds(self, condition: Condition) -> Mask:
        kind, _, rest = condition.feature.partition(":")
        if kind == "item":
            touched = self.world.touched.of(rest)
            if touched is None:
                touched = ~self.world.everybody
            return touched if condition.op == "is" else ~touched
        values = self.world.table.of(condition.feature)
        if kind == "category" and condition.op == "is":
            some: Mask = (values > 0) & self.world.buyers
            return some
        with np.errstate(invalid="ignore"):
            if condition.op in ("is", "is not"):
                has: Mask = values == 1
                return has if condition.op == "is" else ~has
            held: Mask = (
                values >= condition.value
                if condition.op == "at least"
                else values <= condition.value
            )
        return held

    # --- the aggregate scope -------------------------------------------------------------------

    def _hidden_count(self, wanted: Wanted) -> Count:
        names = list(dict.fromkeys(condition.split for condition in wanted.conditions))
        if wanted.segment is not None:
            names.insert(0, SEGMENT)
        everybody = len(self.world.table.users)
        if not names:
            return Count(self.splits.rounded(everybody), False, wanted=wanted)
        if len(names) > TWO:
            return self._untold(
                "I split people by two things at a time here, a segment among them, "
                "so that nobody can be singled out.",
                wanted,
            )
        splits = [self.splits.split(name) for name in names]
        if any(split is None for split in splits):
            return self._untold(self._singling, wanted)
        made = [split for split in splits if split is not None]
        parts, conditions = [], []
        for split in made:
            own = [c for c in wanted.conditions if c.split == split.name]
            chosen, moved = self._parts(split, own, wanted.segment)
            if chosen is None:
                return self._untold(self._singling, wanted)
            parts.append(chosen)
            conditions += moved
        snapped = Wanted(segment=wanted.segment, conditions=tuple(conditions))
        if len(made) == 1:
            n = sum(int(made[0].parts[at].sum()) for at in parts[0])
            if not parts[0]:
                return self._untold(self._singling, wanted)
            return Count(self.splits.rounded(n), False, wanted=snapped)
        table = self.splits.table(*made)
        cells = cells_of(parts[0], parts[1], table.counts.shape)
        n = int(table.counts[cells].sum())
        if n < self.world.min_group or not table.tells(cells):
            return self._untold(self._singling, wanted)
        return Count(self.splits.rounded(n), False, wanted=snapped)

    def _parts(
        self, split: Split, conditions: Sequence[Condition], segment: str | None
    ) -> tuple[list[int] | None, list[Condition]]:
        """The parts of a split that are asked for, and the conditions as they were taken."""
        everything = list(range(len(split.parts)))
        if split.name == SEGMENT:
            assert segment is not None
            leaves = [i for i, card in self.world.leaves.items() if card.parent == segment]
            wanted = leaves or [segment]
            if not set(wanted) <= set(split.labels):
                return None, []
            return [split.labels.index(one) for one in wanted], []
        chosen, moved = set(everything), []
        for condition in conditions:
            if split.cuts:
                cut = min(split.cuts, key=lambda cut: (abs(cut - condition.value), cut))
                at = split.cuts.index(cut) + 1
                upper = set(everything[at:])
                chosen &= upper if condition.op == "at least" else set(everything) - upper
                moved.append(condition.model_copy(update={"value": cut}))
                continue
            label = condition.feature.partition("=")[2]
            if split.name.startswith("item:"):
                own = {1}
            elif label in split.labels and label:
                own = {split.labels.index(label)}
            else:
                return None, []
            chosen &= own if condition.op == "is" else set(everything) - own
            moved.append(condition)
        return sorted(chosen), moved

    @property
    def _singling(self) -> str:
        return (
            f"I can't tell that here: it would tell of fewer than {self.world.min_group} "
            f"{people(self.world.words)}, on one side of the line or the other."
        )

    def _untold(self, why: str, wanted: Wanted) -> Count:
        return Count(None, False, why, wanted)
