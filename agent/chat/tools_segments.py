"""tools about segments: what there is, what one is, how two differ, who is in one."""

from __future__ import annotations

import numpy as np

from agent.behaviour.wording import number, percent
from agent.chat.arguments import Arguments, Feature, Many, SegmentName, SomeSegment, Words
from agent.chat.behind import cite_description
from agent.chat.desk import Desk
from agent.chat.figures import (
    called,
    figure_text,
    listed,
    total,
    typical_of,
)
from agent.chat.results import Draft, Focus, Result, refused
from agent.chat.world import NOWHERE
from agent.segments.phrasing import figure
from agent.segments.readable import share_family

LIKE = 0.25
"""Cosine under which a segment's words have nothing to do with a question's."""
TOLD = 5
CLEARLY = 0.12
"""Difference of mean ranks (0..1) from which two segments differ in a feature."""
MOST_DIFFERENCES = 5
MOST_OF_A_KIND = 2
"""Categories, or hours of the day, told in one comparison."""


class Overview(Arguments):
    """Nothing to say."""


class Described(Arguments):
    segment: SegmentName
    detail: bool = False
    """Every fact and the rule, rather than what matters most."""


class Compared(Arguments):
    segment: SegmentName
    other: SomeSegment
    feature: Feature | None = None
    """One measure to compare them in; None: what they differ in most."""


class Wanted(Arguments):
    words: Words
    count: Many = 3


class Membership(Arguments):
    segment: SomeSegment
    count: Many = 10


def overview(desk: Desk, asked: Overview) -> Result:
    """What this run holds."""
    world, words = desk.world, desk.world.words
    draft = Draft("overview", asked.model_dump(mode="json"))
    everybody = np.ones(len(world.table.users), dtype=np.bool_)
    users, calendar = desk.cite_run(draft), world.measures.calendar
    leaves = sorted(world.leaves.values(), key=lambda card: (-card.size, card.id))
    events = int(total(world, "events", everybody))
    items = len(world.catalogue.titles)
    span = ""
    if calendar.start and calendar.end:
        span = f", {calendar.start:%-d %B %Y} to {calendar.end:%-d %B %Y}"
    log = draft.cite(
        "run/log",
        f"{number(events)} {words.events} of {number(items)} {words.items}{span}",
    )
    draft.say(
        f"{desk.audiences.size(everybody)} {desk.who}, {number(events)} {words.events} of "
        f"{number(items)} {words.items}{span}.",
        users,
        log,
    )
    noise = desk.cite_size(draft, NOWHERE) if world.members[NOWHERE].any() else None
    left = max(0, len(leaves) - TOLD)
    more = f": the {TOLD} largest, and {left} more" if left else ""
    count = draft.cite("run/segments", f"{len(leaves)} segments{more}")
    if leaves:
        told = [f"{card.name} ({desk.size(card.id)})" for card in leaves[:TOLD]]
        sizes = [desk.cite_size(draft, card.id) for card in leaves[:TOLD]]
        rest = f", and {left} more" if left else ""
        draft.say(
            f"There are {len(leaves)} segments, the largest first: {', '.join(told)}{rest}.",
            count,
            *sizes,
        )
    else:
        draft.say(f"No segments were found; {desk.who} here don't fall into groups.", count)
    if noise is not None:
        mask = world.members[NOWHERE]
        draft.say(
            f"{desk.audiences.size(mask)} {desk.who}, {desk.share(mask)}, fit in none and "
            "are left there.",
            noise,
        )
    draft.data = {
        "users": None if desk.hidden else len(everybody),
        "segments": len(leaves),
        "items": items,
    }
    if leaves:
        draft.could_ask += [
            f"What sets {leaves[0].name} apart?",
            "Which segment is worth most?",
        ]
    return draft.result(focus=Focus(segments=tuple(card.id for card in leaves)))


def find_segments(desk: Desk, asked: Wanted) -> Result:
    """Segments that fit a description."""
    world = desk.world
    draft = Draft("find_segments", asked.model_dump(mode="json"))
    hits = [h for h in world.find("segments", asked.words, asked.count) if h.id in world.segments]
    fitting = [hit for hit in hits if hit.score >= LIKE]
    if not fitting:
        draft.say("No segment reads like that.")
        draft.could_ask += ["Which segments are there?"]
        return draft.result("nothing")
    for hit in fitting:
        card = world.segments[hit.id]
        size = desk.cite_size(draft, card.id)
        draft.say(
            f"{card.name} ({desk.size(card.id)} {desk.who}): {card.description}",
            size,
            *cite_description(draft, desk, card),
        )
    draft.data = {"segments": [{"segment": h.id, "score": round(h.score, 3)} for h in fitting]}
    draft.could_ask += [f"What sets {called(world, fitting[0].id)} apart?"]
    return draft.result(focus=Focus(segments=tuple(hit.id for hit in fitting)))


def describe_segment(desk: Desk, asked: Described) -> Result:
    """What a segment is, why it is one, and how well its rule holds."""
    world = desk.world
    segment = desk.names.segment(asked.segment)
    card = world.segments[segment]
    draft = Draft("describe_segment", {"segment": segment, "detail": asked.detail})
    size = desk.cite_size(draft, segment)
    desk.cite_segment(draft, segment)
    share = desk.share(world.members[segment])
    draft.say(f"{card.name}: {desk.size(segment)} {desk.who}, {share} of all.", size)
    draft.say(card.description, *cite_description(draft, desk, card))
    desk.tell_segment(draft, card, card.why)
    if card.rule:
        told = " and ".join(predicate.text for predicate in card.rule)
        rule = f"rule: {told}"
        if card.precision is not None and card.recall is not None and not desk.hidden:
            figures = (
                f"precision {number(percent(card.precision))} %, "
                f"recall {number(percent(card.recall))} %"
            )
            record = draft.cite(f"segment/{segment}/rule", f"{rule} ({figures})")
            draft.add(f"Its rule is {told}; on held-out members it has {figures}.", record)
        else:
            record = draft.cite(f"segment/{segment}/rule", rule)
            draft.add(f"Its rule is {told}.", record)
    if card.level == 0:
        parts = [i for i, leaf in world.leaves.items() if leaf.parent == segment]
        sizes = [desk.cite_size(draft, part) for part in parts]
        draft.say(f"It joins {listed([called(world, part) for part in parts])}.", *sizes)
    for fact in card.facts[1:]:
        text = desk.fact_text(card, fact)
        draft.add(f"{text[:1].upper()}{text[1:]}.", f"segment/{segment}/{fact.id}")
    draft.data = {
        "segment": segment,
        "name": card.name,
        "size": None if desk.hidden else card.size,
        "parent": card.parent,
        "rule": [p.model_dump(mode="json") for p in card.rule],
    }
    if asked.detail:
        draft.said = [draft.said[0], *draft.more]
    draft.could_ask += [f"What should we show {card.name}?", f"Draft a campaign for {card.name}"]
    return draft.result(focus=Focus(segments=(segment,)))


def compare_segments(desk: Desk, asked: Compared) -> Result:
    """What two segments differ in most, and what they share."""
    world, words = desk.world, desk.world.words
    one, other = desk.names.segment(asked.segment), desk.names.segment_or_nowhere(asked.other)
    if one == other:
        return refused(
            "compare_segments",
            {"segment": one, "other": other},
            "Those are one and the same segment.",
            f"What sets {called(world, one)} apart?",
        )
    draft = Draft("compare_segments", {"segment": one, "other": other})
    sizes = [desk.cite_size(draft, segment) for segment in (one, other)]
    names = (called(world, one), called(world, other))
    draft.say(
        f"{names[0]} ({desk.size(one)} {desk.who}) against {names[1]} ({desk.size(other)}).", *sizes
    )
    differing = _differences(desk, one, other)
    if asked.feature is not None:
        feature = desk.names.feature(asked.feature)
        draft.arguments["feature"] = feature
        ours, theirs = (typical_of(world, feature, s) for s in (one, other))
        differing = [] if np.isnan([ours, theirs]).any() else [(feature, ours, theirs)]
    parts, records = [], []
    for feature, ours, theirs in differing[:MOST_DIFFERENCES]:
        here, there = figure_text(world, feature, ours), figure_text(world, feature, theirs)
        records.append(
            draft.cite(
                f"segment/{one}/{feature}/against/{other}",
                f"{names[0]}: {here}; {names[1]}: {there}",
            )
        )
        parts.append(f"{here} (against {figure(feature, theirs, words)[0]})")
    if parts:
        draft.say(f"{names[0]} have {listed(parts)}.", *records)
    if not differing:
        draft.say("In everything measured they are much alike.", *sizes)
    draft.data = {
        "differences": [{"feature": f, one: a, other: b} for f, a, b in differing[:10]],
    }
    draft.could_ask += [f"Which items tell {names[0]} and {names[1]} apart?"]
    return draft.result(focus=Focus(segments=(one, other)))


def _differences(desk: Desk, one: str, other: str) -> list[tuple[str, float, float]]:
    """(feature, here, there), clearest first: by how far apart the members' mean ranks are."""
    world, table = desk.world, desk.world.table
    gap = world.mean_ranks(one) - world.mean_ranks(other)
    found: list[tuple[str, float, float]] = []
    told: list[str] = []
    for at in np.argsort(-np.abs(gap), kind="stable"):
        feature = table.names[at]
        if abs(gap[at]) < CLEARLY:
            break
        family = share_family(feature) or feature
        if feature.startswith(("attribute:", "action:")) or told.count(family) == MOST_OF_A_KIND:
            continue
        ours, theirs = (typical_of(world, feature, s) for s in (one, other))
        if np.isnan(ours) or np.isnan(theirs):
            continue
        if figure_text(world, feature, ours) != figure_text(world, feature, theirs):
            found.append((feature, ours, theirs))
            told.append(family)
    return found


def segment_members(desk: Desk, asked: Membership) -> Result:
    """Members of a segment, the firmest first, and those who stand for it."""
    world = desk.world
    segment = desk.names.segment_or_nowhere(asked.segment)
    draft = Draft("segment_members", {"segment": segment, "count": asked.count})
    if desk.hidden:
        return refused(
            draft.tool,
            draft.arguments,
            f"I don't name single {desk.who} here; I can tell what they have in common.",
            f"What sets {called(world, segment)} apart?",
        )
    name, size = called(world, segment), desk.cite_size(draft, segment)
    members = world.firmest(segment)
    card = world.segments.get(segment)
    told = list(card.exemplars) if card else []
    shown = list(dict.fromkeys([*told, *(one.user for one in members)]))[: asked.count]
    weight = {one.user: one.weight for one in members}
    draft.say(f"{name}: {desk.size(segment)} {desk.who}.", size)
    for user in shown:
        how = "stands for it" if user in told else f"weight {number(percent(weight[user]))} %"
        record = draft.cite(f"user/{user}", f"{user}: {world.headline(user)} ({how})")
        draft.say(f"{user}: {world.headline(user)}.", record)
    draft.data = {"users": list(shown), "size": len(members)}
    draft.could_ask += [f"Why is {shown[0]} in {name}?"] if shown and segment != NOWHERE else []
    return draft.result(focus=Focus(segments=(segment,) if card else (), users=tuple(shown)))
