"""tools about audiences: how many meet conditions, what is usual, an export to confirm."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, JsonValue

from agent.behaviour.wording import number
from agent.chat.arguments import Arguments, Feature, SomeSegment
from agent.chat.audience import Condition, Count, Op, Wanted
from agent.chat.desk import Desk
from agent.chat.figures import called, figure_text, listed, percent_of, total, typical, typical_of
from agent.chat.results import Draft, Focus, Result, refused
from agent.chat.splits import two_digits
from agent.chat.world import NOWHERE
from agent.export import write_audience
from agent.segments.phrasing import figure
from agent.segments.readable import is_share

MOST_CONDITIONS = 6


class Asked(Arguments):
    """One condition. Shares are percentages: 30 is 30 %."""

    feature: Annotated[
        str,
        Field(
            description="What is measured, by its name here, or item:<id> for having touched it.",
            max_length=300,
        ),
    ]
    op: Op
    value: Annotated[
        float, Field(description="The bound; left out for declared attributes and items.")
    ] = 1.0


class Sized(Arguments):
    conditions: Annotated[tuple[Asked, ...], Field(max_length=MOST_CONDITIONS)] = ()
    segment: SomeSegment | None = None


class Summed(Sized):
    feature: Feature


def _whom(desk: Desk, feature: str, name: str | None) -> str:
    """`The median customer`, `The median one of Dog food fans`; for shares no `median`."""
    if is_share(feature):
        return name or "Everybody"
    one = "customer" if desk.who == "customers" else "person"
    return f"The median {one}" if name is None else f"The median one of {name}"


def read_wanted(desk: Desk, asked: Sized) -> Wanted:
    """Conditions as the run has them. Raises UnknownNameError for a name it does not hold."""
    conditions = []
    for one in asked.conditions:
        kind, _, rest = one.feature.partition(":")
        if kind == "item":
            feature, value = f"item:{desk.names.item(rest)}", 1.0
        else:
            feature = desk.names.feature(one.feature)
            value = one.value / 100 if is_share(feature) else one.value
        yes = kind in ("item", "attribute") or feature.startswith("attribute:")
        op: Op = one.op
        if yes:
            op, value = ("is not" if one.op == "is not" else "is"), 1.0
        elif one.op in ("is", "is not"):
            # A category that somebody bought anything of. Without individuals there are fixed
            # cuts only, and the nearest is taken.
            anything = feature.startswith("category:") and one.op == "is" and not desk.hidden
            op, value = ("is", 1.0) if anything else ("at least", value)
        conditions.append(Condition(feature=feature, op=op, value=value))
    segment = desk.names.segment_or_nowhere(asked.segment) if asked.segment else None
    return Wanted(segment=segment, conditions=tuple(conditions))


def size_audience(desk: Desk, asked: Sized) -> Result:
    """How many meet conditions, and where they are at home."""
    world = desk.world
    wanted = read_wanted(desk, asked)
    draft = Draft("size_audience", asked_again(asked, wanted))
    count = desk.audiences.count(wanted)
    focus = Focus(segments=(wanted.segment,) if wanted.segment in world.segments else ())
    if count.people is None:
        draft.say(count.why)
        draft.could_ask += [f"How many {desk.who} are in each segment?"]
        return draft.result("refused", focus)
    words = desk.audiences.words(count.wanted)
    everybody = desk.cite_run(draft)
    record = draft.cite(f"audience/{wanted.key}", f"{count} {words}")
    if count.people == 0:
        draft.say(f"Nobody: there are no {words}.", record)
        return draft.result("nothing", focus)
    share = _share_of(desk, count, wanted)
    cited = [record, everybody]
    if wanted.segment is not None and wanted.conditions:
        cited = [record, desk.cite_size(draft, wanted.segment)]
    share_record = draft.cite(f"audience/{wanted.key}/share", f"{count} {words}{share}")
    moved = count.wanted != wanted
    lead = "The nearest I can tell: " if moved else ""
    draft.say(f"{lead}{count} {words}{share}.", share_record, *cited[1:])
    if moved:
        draft.say("Thresholds stand at cuts that are fixed here, so that nobody is singled out.")
    if not desk.hidden:
        _tell_where(desk, draft, wanted)
    draft.data = {"people": count.people, "exact": count.exact, "audience": wanted.key}
    if not desk.hidden:
        draft.could_ask += ["Export them"]
    return draft.result(focus=focus)


def _share_of(desk: Desk, count: Count, wanted: Wanted) -> str:
    """`, 8 % of all`, where there are conditions and the whole may be told."""
    if wanted.segment is not None and not wanted.conditions:
        return f", {desk.share(desk.world.members[wanted.segment])} of all"
    whole = desk.audiences.count(Wanted(segment=wanted.segment))
    if not whole.people or not wanted.conditions or count.people is None:
        return ""
    of = "all" if wanted.segment is None else called(desk.world, wanted.segment)
    about = "" if count.exact else "about "
    return f", {about}{percent_of(count.people, whole.people)} of {of}"


def asked_again(asked: Sized, wanted: Wanted) -> dict[str, JsonValue]:
    """The arguments with the run's own names, which ask for the same again."""
    conditions: list[JsonValue] = [
        {"feature": c.feature, "op": c.op, "value": one.value if c.op.startswith("at") else 1.0}
        for c, one in zip(wanted.conditions, asked.conditions, strict=True)
    ]
    return {"conditions": conditions, "segment": wanted.segment}


def _tell_where(desk: Desk, draft: Draft, wanted: Wanted) -> None:
    """The segments that `min_group` or more of an audience are in, and what it is worth."""
    world, who = desk.world, desk.audiences.who(wanted)
    key = wanted.key
    if wanted.segment is None:
        rows = [(int((world.members[s] & who).sum()), s) for s in world.leaves]
        told = sorted((n, s) for n, s in rows if n >= world.min_group)[::-1][:3]
        if told:
            cited = [
                draft.cite(f"audience/{key}/{s}", f"{number(n)} of them in {called(world, s)}")
                for n, s in told
            ]
            parts = [f"{number(n)} in {called(world, s)}" for n, s in told]
            draft.say(f"Of these, {listed(parts)}.", *cited)
    if "spend" in world.table.column:
        each = typical(world, "spend", who)
        if not np.isnan(each):
            summed = figure_text(world, "total:spend", total(world, "spend", who))
            text = f"{summed}, {figure_text(world, 'spend', each)} by the median one"
            draft.add(f"They stand for {text}.", draft.cite(f"audience/{key}/spend", text))


def _typical(desk: Desk, feature: str, wanted: Wanted, *, inside: bool = True) -> float:
    """What is usual for those wanted, or for all others; of segments it is counted once."""
    if not wanted.conditions:
        return typical_of(desk.world, feature, wanted.segment, inside=inside)
    who = desk.audiences.who(wanted)
    return typical(desk.world, feature, who if inside else ~who)


def summarise(desk: Desk, asked: Summed) -> Result:
    """What is usual in one measure, for everybody, in a segment or of those who meet conditions."""
    world = desk.world
    feature = desk.names.feature(asked.feature)
    wanted = read_wanted(desk, asked)
    segment, everybody = wanted.segment, not (wanted.segment or wanted.conditions)
    draft = Draft("summarise", {"feature": feature, **asked_again(asked, wanted)})
    if wanted.conditions and desk.hidden:
        return refused(draft.tool, draft.arguments, "Here I can tell what is usual in segments, no "
                       "smaller groups.", "Which segments are there?")  # fmt: skip
    mask = desk.audiences.who(wanted)
    value = _typical(desk, feature, wanted)
    focus = Focus(segments=(segment,) if segment in world.segments else ())
    if np.isnan(value):
        return refused(
            draft.tool, draft.arguments, f"That is known of fewer than {world.min_group} of them."
        )
    if feature.startswith("attribute:"):
        more = (*asked.conditions, Asked(feature=feature, op="is"))
        return size_audience(desk, Sized(conditions=more, segment=segment))
    key = "run" if segment is None else f"segment/{segment}"
    name = None if segment is None else called(world, segment)
    if wanted.conditions:
        key, name = f"audience/{wanted.key}", f"the {desk.audiences.words(wanted)}"
    whom = _whom(desk, feature, name)
    told = figure_text(world, feature, value)
    usual = " on average" if is_share(feature) else ""
    records = [draft.cite(f"{key}/{feature}", f"{whom}: {told}{usual}")]
    others = float("nan") if everybody else _typical(desk, feature, wanted, inside=False)
    beside = ""
    if not np.isnan(others):
        beside = f" (others: {figure(feature, others, world.words)[0]})"
        records.append(
            draft.cite(
                f"{key}/{feature}/others", f"others: {figure_text(world, feature, others)}{usual}"
            )
        )
    draft.say(f"{whom}: {told}{usual}{beside}.", *records)
    if feature in ("spend", "events", "visits"):
        known = world.table.of(feature)[mask]
        mean = float(np.nanmean(known))
        each = figure_text(world, feature, two_digits(mean) if desk.hidden else mean)
        summed = desk.figure(segment or NOWHERE, f"total:{feature}", float(np.nansum(known)))
        about = "about " if desk.hidden else ""
        if not everybody:
            summed += f", {percent_of(np.nansum(known), np.nansum(world.table.of(feature)))} of all"
        draft.say(
            f"The mean is {about}{each.removesuffix(' spent in all')}; in all, {summed}.",
            draft.cite(f"{key}/mean:{feature}", f"mean: {about}{each}"),
            draft.cite(f"{key}/total:{feature}", f"in all: {summed}"),
        )
    draft.data = {"value": value}
    return draft.result(focus=focus)


def export_audience(desk: Desk, asked: Sized) -> Result:
    """Prepare an export: how many it would hold; a person has to confirm it."""
    world = desk.world
    if desk.hidden:
        return refused(
            "export_audience",
            {},
            f"I can't hand out lists of {desk.who} here; whoever may see individuals can.",
            "How many are in the largest segment?",
        )
    wanted = read_wanted(desk, asked)
    draft = Draft("export_audience", asked_again(asked, wanted))
    if wanted.segment is None and not wanted.conditions:
        return refused(
            draft.tool,
            draft.arguments,
            "Say whom: a segment, or conditions.",
            *(f"Export {card.name}" for card in list(world.leaves.values())[:2]),
        )
    count = desk.audiences.count(wanted)
    if count.people is None or count.people == 0:
        draft.say(count.why or "Nobody meets that, so there is nothing to export.")
        return draft.result("refused")
    words = desk.audiences.words(wanted)
    record = draft.cite(f"audience/{wanted.key}", f"{count} {words}")
    draft.say(f"Ready to export: {count} {words}, each with user_id, weight and headline.", record)
    draft.say("Nothing is written yet; you have to confirm it.")
    desk.confirmations.prepare(
        f"{count} {words}", count.people, lambda to: _write(desk, wanted, to)
    )
    draft.data = {"people": count.people, "audience": wanted.key, "confirmed": False}
    segments = (wanted.segment,) if wanted.segment in world.segments else ()
    return draft.result(focus=Focus(segments=segments))


def _write(desk: Desk, wanted: Wanted, to: str) -> int:
    world = desk.world
    leaves = set(world.leaves)
    if wanted.segment in world.segments:
        leaves = {i for i, card in world.leaves.items() if wanted.segment in (i, card.parent)}
    rows = []
    inside = desk.audiences.who(wanted)
    for user in (u for u, held in zip(world.table.users, inside, strict=True) if held):
        membership, profile = world.memberships.get(user), world.profiles.get(user)
        assert membership is not None
        assert profile is not None
        own = [w.weight for w in membership.weights if w.segment in leaves]
        weight = sum(own) if wanted.segment is not None else max(own, default=0.0)
        rows.append((user, weight, profile.headline))
    rows.sort(key=lambda row: (-row[1], row[0]))
    return write_audience(Path(to), rows)
