"""a short brief for a campaign to a segment: whom, what, when, where, and how to measure it."""

from __future__ import annotations

import numpy as np

from agent.behaviour.wording import number
from agent.chat.arguments import Arguments, SegmentName
from agent.chat.behind import cite_description
from agent.chat.desk import Desk
from agent.chat.figures import called, figure_text, listed, typical_of
from agent.chat.results import Draft, Focus, Result
from agent.chat.tools_items import Demand, segment_demand


class Briefed(Arguments):
    segment: SegmentName


def campaign_brief(desk: Desk, asked: Briefed) -> Result:
    """A brief for a campaign to a segment: whom, what, when and where, and how to measure it."""
    world, words = desk.world, desk.world.words
    segment = desk.names.segment(asked.segment)
    card = world.segments[segment]
    draft = Draft("campaign_brief", {"segment": segment})
    size = desk.cite_size(draft, segment)
    draft.say(f"Brief for {card.name}.")
    draft.say(
        f"To whom: {desk.size(segment)} {desk.who}, {desk.share(world.members[segment])} of all.",
        size,
    )
    draft.say(card.description, *cite_description(draft, desk, card))
    demand = segment_demand(desk, Demand(segment=segment, count=3))
    for one in demand.said if demand.status == "found" else ():
        for citation in demand.citations:
            draft.cite(citation.id, citation.text)
        draft.say(f"What: {one.text[:1].lower()}{one.text[1:]}", *one.facts)
    _tell_when(desk, draft, segment)
    if "basket_value" in world.table.column:
        value = typical_of(world, "basket_value", segment)
        if not np.isnan(value):
            text = figure_text(world, "basket_value", value)
            record = draft.cite(f"segment/{segment}/basket_value", f"{card.name}: {text}")
            draft.say(f"Offer: a threshold a little above what they spend anyway, {text}.", record)
    draft.say(
        f"Measure: keep a fifth of them out at random, and compare what both go on to do; the "
        f"{words.visits} of the rest are theirs anyway."
    )
    draft.could_ask += [f"Export {card.name}", f"What should we show {card.name}?"]
    draft.data = {"segment": segment}
    return draft.result(focus=Focus(segments=(segment,), items=demand.focus.items))


WHEN = (
    "night_share",
    "morning_share",
    "afternoon_share",
    "evening_share",
    "weekend_share",
    "quarter1_share",
    "quarter2_share",
    "quarter3_share",
    "quarter4_share",
)
LEADS = 1.25
"""Times the others' share from which an hour, a day or a channel is where to meet people."""


def _tell_when(desk: Desk, draft: Draft, segment: str) -> None:
    world = desk.world
    channels = [name for name in world.table.names if name.startswith("channel:")]
    for head, features in (("When", WHEN), ("Where", tuple(channels))):
        rows = []
        for feature in features:
            if feature not in world.table.column:
                continue
            ours, theirs = (
                typical_of(world, feature, segment, inside=inside) for inside in (True, False)
            )
            if ours >= 0.25 and ours >= LEADS * theirs:
                rows.append((theirs - ours, feature, ours, theirs))
        told = []
        for _, feature, ours, theirs in sorted(rows)[:2]:
            text = f"{figure_text(world, feature, ours)} (others: {number(round(100 * theirs))} %)"
            told.append(
                (
                    text,
                    draft.cite(f"segment/{segment}/{feature}", f"{called(world, segment)}: {text}"),
                )
            )
        if told:
            draft.say(f"{head}: {listed([text for text, _ in told])}.", *(r for _, r in told))
