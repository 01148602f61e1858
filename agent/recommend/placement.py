"""Why is this item on the list, or why not: its place, what it lacks, what would change it."""

from __future__ import annotations

from agent.profiles.names import written
from agent.recommend.cards import PlacementCard
from agent.recommend.counterfactual import Change, bring, drop
from agent.recommend.ranking import best, rank_of
from agent.recommend.reasons import Places, shares_of
from agent.recommend.scoring import TOP, Scored, Scorer
from agent.records import Counterfactual

_PART_WORDS = {
    "together": "what goes with your history",
    "text": "how it reads beside your history",
    "segments": "what your segments like",
    "popularity": "popularity",
    "stated": "what was stated",
}
MOST_NAMED = 4


def place(scorer: Scorer, scored: Scored, item: int, places: Places) -> PlacementCard:
    """Everything about one item's place in somebody's list."""
    total = scored.total
    listed = best(scored, TOP)
    needed = float(total[listed[-1]]) if len(listed) else 0.0
    rank = rank_of(scored, item)
    status = _status(scored, item, rank)
    out = drop(scorer, scored, item) if status == "listed" else None
    into = bring(scorer, scored, item) if status == "below" else []
    dropped = _told(out, item, places, away=True) if out else None
    brought = tuple(_told(one, item, places, away=False) for one in into)
    lacks = _lacks(scored, item, int(listed[-1])) if status == "below" and len(listed) else {}
    title = written(places.titles[item])
    text = {
        "seen": f"{title} is in your history already and is not recommended again.",
        "hidden": f"{title} was hidden and is not recommended.",
        "listed": f"{title} is {ordinal(rank or 0)} with a score of {total[item]:.3f}.",
        "below": f"{title} is {ordinal(rank or 0)}: it scores {total[item]:.3f}, "
        f"and {TOP}th place takes {needed:.3f}.",
    }[status]
    if lacks:
        part = max(lacks, key=lambda name: (lacks[name], name))
        text += f" It lacks most in {_PART_WORDS[part]} ({-lacks[part]:+.3f} against that item)."
    if status == "listed":
        text += " " + (dropped.text if dropped else _NO_DROP)
    if status == "below":
        text += " " + (" ".join(one.text for one in brought[:1]) or _NO_BRING)
    return PlacementCard(
        user_id=scored.person.user_id,
        item_id=places.items[item],
        title=places.titles[item],
        status=status,
        rank=rank,
        score=float(total[item]),
        needed=needed,
        because=shares_of(scorer, scored, item, places),
        lacks=lacks,
        would_drop=dropped,
        would_bring=brought,
        text=text,
    )


_NO_DROP = (
    "Its place does not rest on a few likes: none of the sets of up to forty that were tried "
    "takes it out of the top ten."
)
_NO_BRING = "No five further likes that were tried would bring it into the top ten."


def _status(scored: Scored, item: int, rank: int | None) -> str:
    person = scored.person
    if item in person.hidden:
        return "hidden"
    if rank is None:
        return "seen"
    return "listed" if rank <= TOP else "below"


def _lacks(scored: Scored, item: int, other: int) -> dict[str, float]:
    """Part → how far the item is behind the other in it; they add up to the scores' difference."""
    found = {str(part): float(s[other] - s[item]) for part, s in scored.parts.items()}
    stated = [scored.words, *scored.statements]
    found["stated"] = float(sum(s[other] - s[item] for s in stated))
    return {part: amount for part, amount in found.items() if amount != 0}


def _told(change: Change, item: int, places: Places, *, away: bool) -> Counterfactual:
    titles = [written(places.titles[h]) for h in change.items]
    named = titles[:MOST_NAMED]
    if len(titles) > MOST_NAMED:
        named = [*titles[: MOST_NAMED - 1], f"{len(titles) - MOST_NAMED + 1} others"]
    listed = " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)
    before, after = ordinal(change.before or 0), ordinal(change.after or 0)
    text = (
        f"Without {listed} it would fall from {before} to {after}."
        if away
        else f"Had {listed} been liked too, it would rise from {before} to {after}."
    )
    ids = tuple(places.items[h] for h in change.items)
    return Counterfactual(
        item_id=places.items[item],
        title=places.titles[item],
        away=ids if away else (),
        more=() if away else ids,
        before=change.before,
        after=change.after,
        smallest=change.smallest,
        text=text,
    )


def ordinal(n: int) -> str:
    """`1st`, `22nd`, `113th`."""
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n:,}{ending}"
