"""segments in order: of size, of what their members add up to, of what a typical one does."""

from __future__ import annotations

from typing import Literal

import numpy as np

from agent.chat.arguments import Arguments, Many, Ranking, totals
from agent.chat.audience import Condition, Wanted
from agent.chat.desk import Desk
from agent.chat.figures import called, figure_text, listed, percent_of, total, typical_of
from agent.chat.results import Draft, Focus, Result
from agent.segments.readable import is_share


class Ranked(Arguments):
    by: Ranking = "size"
    order: Literal["most", "least"] = "most"
    count: Many = 5
    start: int = 1
    """Rank of the first to be told: 2 for the second largest."""


def rank_segments(desk: Desk, asked: Ranked) -> Result:
    """Segments in order of size, of a total, or of what a typical member does."""
    world = desk.world
    by = asked.by if asked.by in ("size", *totals(desk)) else desk.names.feature(asked.by)
    draft = Draft("rank_segments", {**asked.model_dump(mode="json"), "by": by})
    scored = []
    for segment in world.leaves:
        members = world.members[segment]
        if by == "size":
            value = float(members.sum())
        elif by.startswith("total:"):
            value = total(world, by.removeprefix("total:"), members)
        else:
            value = typical_of(world, by, segment)
        if not np.isnan(value) and _may_tell(desk, segment, by):
            scored.append((value, segment))
    sign = -1 if asked.order == "most" else 1
    scored.sort(key=lambda one: (sign * one[0], one[1]))
    chosen = scored[asked.start - 1 : asked.start - 1 + asked.count]
    if not chosen:
        draft.say(
            f"There are only {len(scored)} segments to put in order."
            if scored
            else "No segment can be put in order by that.",
            draft.cite("run/segments", f"{len(scored)} segments"),
        )
        return draft.result("nothing")
    cited = [_cite_rank(desk, draft, segment, by, value) for value, segment in chosen]
    (value, first), *rest = chosen
    place = "" if asked.start == 1 else f"{_ordinal(asked.start)}, "
    draft.say(
        f"{place}{called(world, first)}: {_what(desk, first, by, value, short=False)}.", *cited[0]
    )
    if rest:
        told = [
            f"{called(world, segment)} ({_what(desk, segment, by, value, short=True)})"
            for value, segment in rest
        ]
        records = [record for each in cited[1:] for record in each[-1:]]
        draft.say(f"Then {listed(told)}.", *records)
    draft.data = {
        "by": by,
        "segments": [
            {
                "segment": segment,
                "name": called(world, segment),
                "value": None if desk.hidden and by == "size" else value,
            }
            for value, segment in chosen
        ],
    }
    draft.could_ask += [
        f"What sets {called(world, first)} apart?",
        f"What should we show {called(world, first)}?",
    ]
    return draft.result(focus=Focus(segments=tuple(segment for _, segment in chosen)))


def _may_tell(desk: Desk, segment: str, by: str) -> bool:
    """Whether the scope lets a segment's place be told: shares of people may tell of a few."""
    if not (desk.hidden and by.startswith("attribute:")):
        return True
    condition = Condition(feature=by, op="is")
    wanted = Wanted(segment=segment, conditions=(condition,))
    return desk.audiences.count(wanted).people is not None


def _cite_rank(desk: Desk, draft: Draft, segment: str, by: str, value: float) -> list[str]:
    size = desk.cite_size(draft, segment)
    if by == "size":
        return [size]
    text = f"{called(desk.world, segment)}: {desk.figure(segment, by, value)}"
    if by.startswith("total:"):
        text += f"; {_of_all(desk, segment, by, value)}"
    elif not by.startswith("attribute:"):
        text += " (mean of members)" if is_share(by) else " (median of members)"
    return [size, draft.cite(f"segment/{segment}/{by}", text)]


def _what(desk: Desk, segment: str, by: str, value: float, *, short: bool) -> str:
    """What is told of a segment in a ranking, in full for the first and short for the others."""
    size = f"{desk.size(segment)} {desk.who}"
    if by == "size":
        share = desk.share(desk.world.members[segment])
        return desk.size(segment) if short else f"{size}, {share} of all"
    figure = desk.figure(segment, by, value)
    if short:
        return figure.partition(" of ")[0] if _is_share(by) else figure
    if by.startswith("total:"):
        return f"{size} with {figure} in all, {_of_all(desk, segment, by, value)}"
    return f"{figure}, {size}"


def _is_share(by: str) -> bool:
    """Whether a figure is told as `61 % of …`, whose end need not be said again."""
    return by.startswith("total:") or is_share(by)


def _of_all(desk: Desk, segment: str, by: str, value: float) -> str:
    """`29 % of the total; the median member has £5,419 spent in all`."""
    world, feature = desk.world, by.removeprefix("total:")
    everybody = total(world, feature, world.everybody)
    each = typical_of(world, feature, segment)
    return (
        f"{percent_of(value, everybody)} of the total; the median member has "
        f"{figure_text(world, feature, each)}"
    )


def _ordinal(place: int) -> str:
    words = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth")
    return words[place - 1] if place <= len(words) else f"Place {place}"
