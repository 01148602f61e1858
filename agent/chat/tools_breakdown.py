"""people by what they declare: how many of each value, and what they do or are worth."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from agent.chat.arguments import Arguments, Attribute, Feature, SomeSegment
from agent.chat.audience import Condition, Count, Wanted
from agent.chat.desk import Desk
from agent.chat.figures import called, figure_text, listed, percent_of, total, typical
from agent.chat.results import Draft, Focus, Result
from agent.chat.splits import two_digits
from agent.chat.tools_audience import MOST_CONDITIONS, Asked, Sized, read_wanted
from agent.profiles.names import shown
from agent.segments.readable import is_share

MOST_VALUES = 12
SUMS = ("spend", "events", "visits")


class BrokenDown(Arguments):
    attribute: Attribute
    feature: Feature | None = None
    """What to compare the values in; None: how many people there are."""
    each: bool = False
    """Whether to compare what is usual for one person rather than what they add up to."""
    segment: SomeSegment | None = None
    conditions: Annotated[tuple[Asked, ...], Field(max_length=MOST_CONDITIONS)] = ()


def break_down(desk: Desk, asked: BrokenDown) -> Result:
    """How many have each value of a declared attribute, and how they differ in a measure."""
    world = desk.world
    name = desk.names.attribute(asked.attribute)
    feature = desk.names.feature(asked.feature) if asked.feature else None
    among = read_wanted(desk, Sized(conditions=asked.conditions, segment=asked.segment))
    draft = Draft(
        "break_down",
        {
            "attribute": name,
            "feature": feature,
            "each": asked.each or None,
            "segment": among.segment,
            "conditions": [c.model_dump(mode="json") for c in among.conditions],
        },
    )
    rows = []
    for column in world.table.names:
        if column.startswith(f"attribute:{name}="):
            condition = Condition(feature=column, op="is")
            wanted = Wanted(segment=among.segment, conditions=(*among.conditions, condition))
            count = desk.audiences.count(wanted)
            if count.people:
                value = column.partition("=")[2]
                rows.append(_row(desk, value, feature, wanted, count, each=asked.each))
    rows = [row for row in rows if not np.isnan(row.value)]
    rows.sort(key=lambda row: (-row.value, row.name))
    whom = "" if among.segment is None else f" of {called(world, among.segment)}"
    if not rows:
        draft.say(f"No {name} has {world.min_group} or more {desk.who}{whom} that I can tell.")
        draft.could_ask += ["Which segments are there?"]
        return draft.result("refused" if desk.hidden else "nothing")
    cited, parts = [], []
    for row in rows[:MOST_VALUES]:
        cited.append(draft.cite(f"audience/{row.key}/{feature or 'people'}", row.record))
        parts.append(row.told)
    head = f"{desk.who.capitalize()}{whom} by {name}"
    if among.conditions:
        head = (
            f"{desk.audiences.words(among)[:1].upper()}{desk.audiences.words(among)[1:]}, by {name}"
        )
    draft.say(f"{head}, most first: {listed(parts)}.", *cited)
    draft.data = {"values": [{"value": row.name, "figure": row.value} for row in rows]}
    draft.could_ask += [f"How many {desk.who} have {name} {rows[0].name}?"]
    segments = (among.segment,) if among.segment in world.segments else ()
    return draft.result(focus=Focus(segments=segments))


class _Row:
    """One value of the attribute, as it is told."""

    def __init__(self, name: str, value: float, told: str, record: str, key: str) -> None:
        self.name, self.value, self.told, self.record, self.key = name, value, told, record, key


def _row(
    desk: Desk, name: str, feature: str | None, wanted: Wanted, count: Count, *, each: bool
) -> _Row:
    world, who = desk.world, desk.audiences.who(wanted)
    label = shown(name)
    if feature is None:
        assert count.people is not None
        text = str(count)
        if wanted.segment is None:
            everybody = len(who)
            if desk.hidden:
                everybody = max(1, desk.audiences.splits.rounded(everybody))
            text += f", {percent_of(count.people, everybody)}"
        record = f"{desk.who} with {label}: {text}"
        return _Row(label, float(count.people), f"{label} ({text})", record, wanted.key)
    value = typical(world, feature, who)
    if np.isnan(value):
        return _Row(label, value, "", "", wanted.key)
    figure = figure_text(world, feature, value)
    record = f"{label}: {figure}, {count} {desk.who}"
    if feature not in SUMS or each:
        usual = "" if is_share(feature) else " for the median one"
        return _Row(label, value, f"{label} ({figure}{usual})", f"{record}{usual}", wanted.key)
    summed = total(world, feature, who)
    if desk.hidden:
        summed = two_digits(summed)
    in_all = figure_text(world, f"total:{feature}", summed)
    told = f"{label} ({in_all}, {count} {desk.who})"
    return _Row(label, summed, told, f"{record} for the median one; in all {in_all}", wanted.key)
