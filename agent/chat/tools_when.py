"""when people come: visits over the day or the week, and what they spend over the year."""

from __future__ import annotations

from typing import Literal

import numpy as np

from agent.behaviour.wording import QUARTERS, number, percent
from agent.chat.arguments import Arguments, SomeSegment
from agent.chat.desk import Desk
from agent.chat.figures import called, listed
from agent.chat.results import Draft, Focus, Result, refused
from agent.segments.phrasing import DAYPARTS
from agent.segments.readable import Mask

_PARTS: dict[str, dict[str, str]] = {
    "time of day": {feature: when for feature, (_, when) in DAYPARTS.items()},
    "week": {"weekend_share": "at the weekend"},
    "time of year": {f"quarter{n}_share": f"in {q}" for n, q in enumerate(QUARTERS, start=1)},
}
"""What can be asked → the measures that add up to the whole, and their words."""


class When(Arguments):
    by: Literal["time of day", "week", "time of year"] = "time of day"
    segment: SomeSegment | None = None


def when_active(desk: Desk, asked: When) -> Result:
    """How a segment's visits, or everybody's, spread over the day, the week or the year."""
    world = desk.world
    segment = desk.names.segment_or_nowhere(asked.segment) if asked.segment else None
    draft = Draft("when_active", {"by": asked.by, "segment": segment})
    members = world.everybody if segment is None else world.members[segment]
    if int(members.sum()) < world.min_group:
        return refused(draft.tool, draft.arguments, f"There are too few {desk.who} to speak of.")
    whole = _whole(desk, asked.by)
    parts = {
        feature: _share(desk, feature, whole, members)
        for feature in _PARTS[asked.by]
        if feature in world.table.column
    }
    if not parts or any(np.isnan(share) for share in parts.values()):
        return refused(draft.tool, draft.arguments, "This log does not say when things happened "
                       "so exactly.", "Which segments are there?")  # fmt: skip
    key = "run" if segment is None else f"segment/{segment}"
    of = world.words.share_of if asked.by == "time of year" else world.words.visits
    told, cited = [], []
    for feature, share in sorted(parts.items(), key=lambda one: (-one[1], one[0])):
        text = f"{number(percent(share))} % {_PARTS[asked.by][feature]}"
        told.append(text)
        cited.append(draft.cite(f"{key}/all:{feature}", f"{text}, of all {of}"))
    if asked.by == "week":
        told.append(f"{number(percent(1 - parts['weekend_share']))} % from Monday to Friday")
        draft.cite(f"{key}/all:weekend_share", f"{listed(told)}, of all {of}")
    whose = desk.who if segment is None else called(world, segment)
    draft.say(f"Of all {of} of {whose}: {listed(told)}.", *cited)
    draft.data = {"shares": {feature: round(share, 4) for feature, share in parts.items()}}
    draft.could_ask += [f"Which segment has most {world.words.visits} in the evening?"]
    return draft.result(focus=Focus(segments=(segment,) if segment in world.segments else ()))


def _whole(desk: Desk, by: str) -> str:
    """What a user's shares are shares of."""
    if by != "time of year":
        return "visits"
    return "spend" if desk.world.words.share_of == "spend" else "events"


def _share(desk: Desk, feature: str, whole: str, members: Mask) -> float:
    """Users' own shares, each weighing as much as the user has visits or spend; NaN for none."""
    table = desk.world.table
    shares, weights = table.of(feature)[members], table.of(whole)[members]
    known = ~np.isnan(shares) & ~np.isnan(weights) & (weights > 0)
    if int(known.sum()) < desk.world.min_group:
        return float("nan")
    return float(np.average(shares[known], weights=weights[known]))
