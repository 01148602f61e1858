"""tools about items: what a segment is after, and who is after an item or a category."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from agent.behaviour.wording import number, percent
from agent.chat.arguments import Arguments, Category, ItemName, Many, SomeSegment
from agent.chat.desk import Desk
from agent.chat.figures import (
    called,
    figure_text,
    item_name,
    listed,
    title,
    typical,
    typical_of,
)
from agent.chat.results import Draft, Focus, Result, refused
from agent.chat.tools_audience import MOST_CONDITIONS, Asked, Sized, asked_again, read_wanted
from agent.profiles.names import written
from agent.segments.readable import Mask


class Demand(Arguments):
    segment: SomeSegment | None = None
    """None: what everybody goes for, or those who meet the conditions."""
    conditions: Annotated[tuple[Asked, ...], Field(max_length=MOST_CONDITIONS)] = ()
    kind: Literal["items", "categories"] = "items"
    order: Literal["distinctive", "popular"] = "distinctive"
    """`popular`: by how many members; `distinctive`: by how much more than others, too."""
    count: Many = 5


@dataclass(frozen=True)
class _Group:
    """Whose demand it is."""

    name: str
    key: str
    """Of its records: `segment/s3`, `audience/1f2e3d4c`."""
    members: Mask
    segment: str | None


class Buyers(Arguments):
    item: ItemName | None = None
    category: Category | None = None
    count: Many = 3


def segment_demand(desk: Desk, asked: Demand) -> Result:
    """What a segment, or those who meet conditions, go for against all others; or everybody."""
    if asked.segment is None and not asked.conditions:
        return _everybody(desk, asked)
    sized = Sized(conditions=asked.conditions, segment=asked.segment)
    wanted = read_wanted(desk, sized)
    draft = Draft("segment_demand", {**asked.model_dump(mode="json"), **asked_again(sized, wanted)})
    focus = Focus(segments=(wanted.segment,) if wanted.segment else ())
    if wanted.conditions and desk.hidden:
        return refused(draft.tool, draft.arguments, "Here I can tell what segments go for, no "
                       "smaller groups.", "Which segments are there?")  # fmt: skip
    count = desk.audiences.count(wanted)
    if not count.people:
        return refused(draft.tool, draft.arguments, count.why or "Nobody meets that.")
    if wanted.conditions or wanted.segment is None:
        key = f"audience/{wanted.key}"
        group = _Group(desk.audiences.words(wanted), key, desk.audiences.who(wanted), None)
        size = draft.cite(key, f"{count} {group.name}")
        draft.say(f"{count} {group.name}.", size)
    else:
        name, key = called(desk.world, wanted.segment), f"segment/{wanted.segment}"
        group = _Group(name, key, desk.world.members[wanted.segment], wanted.segment)
        size = desk.cite_size(draft, wanted.segment)
    tell = _category_demand if asked.kind == "categories" else _item_demand
    if not tell(desk, draft, group, asked):
        draft.say(f"Nothing stands out in what {group.name} go for.", size)
        return draft.result("nothing", focus)
    if group.segment:
        draft.could_ask += [f"Draft a campaign for {group.name}", f"What sets {group.name} apart?"]
    return draft.result(focus=Focus(segments=focus.segments, items=tuple(_ids(draft))))


def _everybody(desk: Desk, asked: Demand) -> Result:
    """What most people touch, or put most into."""
    world, words = desk.world, desk.world.words
    draft = Draft("segment_demand", asked.model_dump(mode="json"))
    parts, records = [], []
    if asked.kind == "categories":
        shares = [(typical_of(world, f, None), f) for f in world.table.names
                  if f.startswith("category:")]  # fmt: skip
        for share, feature in sorted(shares, key=lambda one: (-one[0], one[1]))[: asked.count]:
            name, told = feature.removeprefix("category:"), f"{number(percent(share))} %"
            parts.append(f"{written(name)} ({told})")
            records.append(draft.cite(f"run/{feature}", f"{name}: {told} of {words.share_of} on "
                                      "average"))  # fmt: skip
        lead = f"On average most {words.share_of} goes to"
    else:
        people = world.touched.people
        popular = sorted(world.touched.items, key=lambda item: (-people(item), item))
        items = [item for item in popular if _tellable(desk, item)][: asked.count]
        for item in items:
            told = desk.audiences.told(people(item))
            parts.append(f"{title(world, item)} ({told})")
            records.append(draft.cite(f"item/{item}", f"{item_name(world, item)}: {words.did} by "
                                      f"{told} {desk.who}"))  # fmt: skip
        draft.data = {
            "items": [{"item": i, "title": world.catalogue.titles.get(i, i)} for i in items]
        }
        lead = f"Most {desk.who} {words.did}"
    if not parts:
        draft.say(f"No {words.items} have enough {desk.who} to speak of.")
        return draft.result("nothing")
    draft.say(f"{lead} {listed(parts)}.", *records)
    draft.could_ask += ["Which segments are there?"]
    return draft.result(focus=Focus(items=tuple(_ids(draft))))


def _tellable(desk: Desk, item: str) -> bool:
    """Whether enough people touched an item, and where individuals are hidden enough did not."""
    if item == "" or desk.world.touched.people(item) < desk.world.min_group:
        return False
    return not desk.hidden or desk.audiences.splits.split(f"item:{item}") is not None


def _ids(draft: Draft) -> list[str]:
    found = draft.data.get("items")
    rows = found if isinstance(found, list) else []
    return [str(one["item"]) for one in rows if isinstance(one, dict)]


def _item_demand(desk: Desk, draft: Draft, group: _Group, asked: Demand) -> bool:
    """Items by share of members; each bought by `min_group` members or more."""
    world, words = desk.world, desk.world.words
    n = int(group.members.sum())
    rest = len(group.members) - n
    by_members = world.touched.by(group.members)
    by_others = world.touched.by_all - by_members
    # Of those who bought an item that they bought it says nothing.
    said = {"", *(c.feature.removeprefix("item:") for c in asked.conditions)}
    ranked = []
    for at in np.flatnonzero(by_members >= world.min_group):
        item = world.touched.items[at]
        if item in said:
            continue
        share, other = int(by_members[at]) / n, int(by_others[at]) / max(1, rest)
        worth = share if asked.order == "popular" else share - other
        ranked.append((-worth, item, share, other))
    ranked.sort()
    told: list[tuple[str, str, str]] = []
    for _, item, share, other in ranked:
        if len(told) == asked.count:
            break
        if asked.order == "distinctive" and share < 1.5 * other:
            continue
        name = item_name(world, item)
        key = f"{group.key}/item/{item}"
        if group.segment is None or desk.tells_item(group.segment, item):
            ours, theirs = _two_shares(desk, share, n, other, rest)
            text = f"{name}: {words.did} by {ours} of {group.name}, by {theirs} of others"
            beside = f" ({ours} of them, {theirs} of others)"
        else:  # that they stand out says nothing of a few; how far might
            text, beside = f"{name}: {words.did} more by {group.name} than by others", ""
        told.append((item, f"{title(world, item)}{beside}", draft.cite(key, text)))
    if not told:
        return False
    lead = "stand out for" if asked.order == "distinctive" else f"are {words.did} most by"
    draft.say(
        f"These {words.items} {lead} {_them(group)}: {'; '.join(part for _, part, _ in told)}.",
        *(record for *_, record in told),
    )
    draft.data = {
        "items": [
            {"item": item, "title": world.catalogue.titles.get(item, item)} for item, *_ in told
        ]
    }
    return True


def _them(group: _Group) -> str:
    """A segment by its name; an audience whose words have been told as `them`."""
    return group.name if group.segment else "them"


def _two_shares(desk: Desk, share: float, n: int, other: float, rest: int) -> tuple[str, str]:
    return desk.part(100 * share, n), desk.part(100 * other, rest)


def _category_demand(desk: Desk, draft: Draft, group: _Group, asked: Demand) -> bool:
    """Categories by the mean share of what members spend."""
    world = desk.world
    inside, words = group.members, world.words
    ranked = []
    for feature in (name for name in world.table.names if name.startswith("category:")):
        if group.segment is not None:
            share, other = (
                typical_of(world, feature, group.segment, inside=i) for i in (True, False)
            )
        else:
            share, other = (typical(world, feature, mask) for mask in (inside, ~inside))
        worth = share if asked.order == "popular" else share - other
        if share >= 0.01 and not np.isnan(worth):
            ranked.append((-worth, feature, share, other))
    ranked.sort()
    told = [one for one in ranked if asked.order == "popular" or one[2] > one[3]][: asked.count]
    if not told:
        return False
    name, records, parts = group.name if group.segment else "they", [], []
    for _, feature, share, other in told:
        category = feature.removeprefix("category:")
        ours, theirs = (f"{number(percent(one))} %" for one in (share, other))
        parts.append(f"{written(category)} ({ours}, others {theirs})")
        records.append(
            draft.cite(
                f"{group.key}/{feature}",
                f"{name}: {ours} of {words.share_of} in {category} on average, others {theirs}",
            )
        )
    verb = "most of their" if asked.order == "popular" else "more of their"
    tail = "" if asked.order == "popular" else " than others do"
    name = f"{name[:1].upper()}{name[1:]}"
    draft.say(f"{name} put {verb} {words.share_of} into these{tail}: {'; '.join(parts)}.", *records)
    draft.data = {"categories": [feature.removeprefix("category:") for _, feature, *_ in told]}
    return True


def who_buys(desk: Desk, asked: Buyers) -> Result:
    """Which segments are after an item or a category."""
    world, words = desk.world, desk.world.words
    if (asked.item is None) == (asked.category is None):
        return refused("who_buys", asked.model_dump(mode="json"), "Name one item or one category.")
    if asked.category is not None:
        return _who_buys_category(desk, desk.names.category(asked.category), asked.count)
    item = desk.names.item(asked.item or "")
    draft = Draft("who_buys", {"item": item, "count": asked.count})
    touched = world.touched.of(item)
    if touched is None:
        touched = ~world.everybody
    name = title(world, item)
    focus = Focus(items=(item,))
    people = int(touched.sum())
    secret = desk.hidden and desk.audiences.splits.split(f"item:{item}") is None
    if people < world.min_group or secret:
        few = f"Fewer than {world.min_group} {desk.who} {words.did} {name}; too few to speak of."
        draft.say(few if people < world.min_group else f"I can't tell here who {words.did} {name}.")
        draft.could_ask += [f"Which {words.items} stand out for a segment?"]
        return draft.result("nothing", focus)
    size = desk.audiences.size(touched)
    record = draft.cite(
        f"item/{item}",
        f"{item_name(world, item)}: {words.did} by {size} {desk.who}, {desk.share(touched)} of all",
    )
    draft.say(f"{size} {desk.who}, {desk.share(touched)} of all, {words.did} {name}.", record)
    rows = []
    for segment in world.leaves:
        inside = world.members[segment]
        here = int((touched & inside).sum())
        if here >= world.min_group:
            rows.append((here / int(inside.sum()), segment))
    rows.sort(key=lambda row: (-row[0], row[1]))
    told = [segment for _, segment in rows[: asked.count]]
    parts, records = [], []
    for share, segment in rows[: asked.count]:
        n, group = int(world.members[segment].sum()), called(world, segment)
        part = f" ({desk.part(100 * share, n)} of them)" if desk.tells_item(segment, item) else ""
        parts.append(f"{group}{part}")
        text = (
            f"{item_name(world, item)}: {words.did} by {world.min_group} or more of {group}{part}"
        )
        records.append(draft.cite(f"segment/{segment}/item/{item}", text))
    if told:
        draft.say(f"Most at home with {listed(parts)}.", *records)
    else:
        draft.say(f"In no segment have {world.min_group} or more of them {words.did} it.", record)
    draft.could_ask += [f"What sets {called(world, segment)} apart?" for segment in told[:1]]
    return draft.result(focus=Focus(items=(item,), segments=tuple(told)))


def _who_buys_category(desk: Desk, category: str, count: int) -> Result:
    world, words = desk.world, desk.world.words
    draft = Draft("who_buys", {"category": category, "count": count})
    feature = f"category:{category}"
    if feature not in world.table.column:
        draft.say(f"Too few {desk.who} are into {written(category)} for me to count them.")
        return draft.result("nothing")
    usual = typical_of(world, feature, None)
    rows = sorted(
        ((typical_of(world, feature, s), s) for s in world.leaves),
        key=lambda row: (-row[0], row[1]),
    )
    told = [(share, s) for share, s in rows if share > 1.2 * usual][:count]
    record = draft.cite(
        f"run/{feature}", f"everybody: {figure_text(world, feature, usual)} on average"
    )
    if not told:
        draft.say(
            f"No segment is much more into {written(category)} than everybody: "
            f"{figure_text(world, feature, usual)}.",
            record,
        )
        return draft.result("nothing")
    parts, records = [], []
    for share, segment in told:
        figure = figure_text(world, feature, share)
        parts.append(
            f"{called(world, segment)} ({number(percent(share))} % of their "
            f"{words.share_of}, {desk.size(segment)} {desk.who})"
        )
        records.append(
            draft.cite(
                f"segment/{segment}/{feature}", f"{called(world, segment)}: {figure} on average"
            )
        )
        records.append(desk.cite_size(draft, segment))
    draft.say(
        f"{listed(parts)} are most into {written(category)}; "
        f"everybody puts {number(percent(usual))} % there.",
        *records,
        record,
    )
    draft.could_ask += [f"What sets {called(world, told[0][1])} apart?"]
    return draft.result(focus=Focus(segments=tuple(segment for _, segment in told)))
