"""tools that recommend: what to show a user, a segment or a taste, and why an item or why not."""

from __future__ import annotations

import numpy as np

from agent.chat.arguments import Arguments, ItemName, Many, SegmentName, UserName, Words
from agent.chat.desk import Desk
from agent.chat.figures import called, item_name, listed, title
from agent.chat.results import Draft, Focus, Result, refused
from agent.chat.tools_items import Demand, segment_demand
from agent.profiles.names import written
from agent.records import Recommendation, Share

TOLD_SHARES = 2
NOT_BUILT = "This run was built without recommendations; build it again to have them."


class Recommended(Arguments):
    """For whom: exactly one of `user`, `segment` and `taste`."""

    user: UserName | None = None
    segment: SegmentName | None = None
    taste: Words | None = None
    count: Many = 5


class Explained(Arguments):
    user: UserName
    item: ItemName


def recommend(desk: Desk, asked: Recommended) -> Result:
    """What to show a user, a segment, or somebody with a taste."""
    world = desk.world
    given = asked.model_dump(mode="json")
    if sum(one is not None for one in (asked.user, asked.segment, asked.taste)) != 1:
        return refused("recommend", given, "Say for whom: one user, one segment or one taste.")
    if asked.user is not None and desk.hidden:
        return refused(
            "recommend",
            {},
            f"I don't speak of single {desk.who} here.",
            "What should we show the largest segment?",
        )
    user = desk.names.user(asked.user) if asked.user is not None else None
    segment = desk.names.segment(asked.segment) if asked.segment is not None else None
    if world.recommender is None:
        if segment is not None:
            return segment_demand(desk, Demand(segment=segment, count=asked.count))
        return refused("recommend", given, NOT_BUILT)
    draft = Draft("recommend", {**given, "user": user, "segment": segment})
    recommender, k = world.recommender, asked.count  # the tool tells the shares in its own words
    if user is not None:
        found, whom = recommender.for_user(user, k=k, told=False), user
    elif segment is not None:
        found, whom = recommender.for_segment(segment, k=k, told=False), called(world, segment)
    else:
        found = recommender.for_taste(asked.taste or "", k=k, told=False)
        whom = f"somebody who likes {written(asked.taste or '')}"
    key = user or segment or "taste"
    items = [one for one in found.items if not desk.hidden or enough(desk, one.item_id)]
    parts, records = [], []
    for one in items:
        text = _shares_text(one) if segment is None else _wanted_text(desk, segment, one.item_id)
        name = item_name(world, one.item_id)
        record = draft.cite(f"recommendation/{key}/{one.item_id}", f"{name}: {text}")
        if segment is None:
            parts.append(f"{title(world, one.item_id)}{_because(desk, one)}")
        else:
            parts.append(f"{title(world, one.item_id)} ({text})")
        records.append(record)
    if parts and segment is not None:
        draft.say(
            f"Show {whom} what they go for more than others do: {'; '.join(parts)}.", *records
        )
        _say_owned(desk, draft, segment, [one.item_id for one in items])
    elif parts:
        draft.say(f"For {whom}, best first: {'; '.join(parts)}.", *records)
    else:
        draft.say(f"There is nothing left to recommend to {whom}.")
    draft.data = {
        "items": [{"item": one.item_id, "title": one.title, "score": one.score} for one in items]
    }
    if user and items:
        draft.could_ask += [f"Why {title(world, items[0].item_id)} for {user}?"]
    if segment:
        draft.could_ask += [f"Draft a campaign for {called(world, segment)}"]
    return draft.result(
        "found" if items else "nothing",
        Focus(
            users=(user,) if user else (),
            segments=(segment,) if segment else (),
            items=tuple(one.item_id for one in items),
        ),
    )


def explain_recommendation(desk: Desk, asked: Explained) -> Result:
    """Why an item is, or is not, recommended to a user, and what would change it."""
    world = desk.world
    if desk.hidden:
        return refused(
            "explain_recommendation",
            {},
            f"I don't speak of single {desk.who} here.",
            "What should we show the largest segment?",
        )
    user, item = desk.names.user(asked.user), desk.names.item(asked.item)
    draft = Draft("explain_recommendation", {"user": user, "item": item})
    if world.recommender is None:
        return refused(draft.tool, draft.arguments, NOT_BUILT)
    found = world.recommender.why(user, item)
    text = found.text
    if found.status == "seen":
        text = f"{user} has {title(world, item)} in the history, so it is not recommended again."
    record = draft.cite(f"recommendation/{user}/{item}", text)
    draft.say(text, record)
    parts = _parts(found.because, found.score)
    if parts and found.status in ("listed", "below"):
        shares = draft.cite(
            f"recommendation/{user}/{item}/shares", _told_shares(found.because, found.score)
        )
        draft.say(
            f"Its score rests on {listed([f'{_share_name(desk, s)} ({p} %)' for s, p in parts])}.",
            shares,
        )
    draft.data = found.model_dump(mode="json")
    draft.could_ask += [f"What should we show {user}?"]
    return draft.result(focus=Focus(users=(user,), items=(item,)))


def enough(desk: Desk, item: str) -> bool:
    """Whether so many have touched an item that it may be spoken of where nobody is singled out."""
    return desk.world.touched.people(item) >= desk.world.min_group


def _parts(because: tuple[Share, ...], score: float) -> list[tuple[Share, int]]:
    """The largest shares that speak for an item, in percent of its score."""
    if score <= 0:
        return []
    parts = [(s, round(100 * s.share / score)) for s in because if s.kind != "rest"]
    return [(s, part) for s, part in parts if part >= 5][:TOLD_SHARES]


def _because(desk: Desk, one: Recommendation) -> str:
    parts = _parts(one.because, one.score)
    if not parts:
        return ""
    told = [f"{part} % of its score from {_share_name(desk, share)}" for share, part in parts]
    return f", {listed(told)}"


def _share_name(desk: Desk, share: Share) -> str:
    if share.kind == "segment" and share.id in desk.world.segments:
        return f"what {called(desk.world, share.id)} like"
    return written(share.title)


def _shares_text(one: Recommendation) -> str:
    return _told_shares(one.because, one.score)


def _wanted_text(desk: Desk, segment: str, item: str) -> str:
    """`bought by 65 % of them, by 0 % of others`, as far as the scope lets it be told."""
    world = desk.world
    touched, inside = world.touched.of(item), world.members[segment]
    here = int((touched & inside).sum()) if touched is not None else 0
    if touched is None or here < world.min_group or not desk.tells_item(segment, item):
        return "liked more there than elsewhere"
    others = int((touched & ~inside).sum())
    n, rest = int(inside.sum()), max(1, int((~inside).sum()))
    ours, theirs = desk.part(100 * here / n, n), desk.part(100 * others / rest, rest)
    return f"{world.words.did} by {ours} of them, by {theirs} of others"


def _say_owned(desk: Desk, draft: Draft, segment: str, items: list[str]) -> None:
    """How many of these the typical member has already: what is worth showing is the rest."""
    world = desk.world
    inside = world.members[segment]
    masks = (world.touched.of(item) for item in items)
    touched = [mask[inside] for mask in masks if mask is not None]
    if desk.hidden or len(touched) < 2:
        return  # how many of them have a single item is told beside it
    owned = int(np.median(np.sum(touched, axis=0)))
    text = f"the median member of {called(world, segment)} has {owned} of these {len(items)} in the"
    record = draft.cite(f"recommendation/{segment}/owned", f"{text} history")
    draft.say(
        f"The median member already has {owned} of these {len(items)}; a list for one of the "
        f"{desk.who} leaves out what is there.",
        record,
    )


def _told_shares(because: tuple[Share, ...], score: float) -> str:
    shares = [f"{s.title} {s.share:+.3f}" for s in because[:4]]
    parts = [f"{round(100 * s.share / score)} %" for s in because[:4]] if score > 0 else []
    return f"score {score:.3f}: " + ", ".join(
        f"{share} ({part})" for share, part in zip(shares, parts or [""] * len(shares), strict=True)
    )
