"""tools that list single people: those who meet conditions, in order; those like somebody."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from agent.chat.arguments import Arguments, Feature, Many, SomeSegment, UserName
from agent.chat.desk import Desk
from agent.chat.figures import figure_text
from agent.chat.results import Draft, Focus, Result
from agent.chat.tools_audience import MOST_CONDITIONS, Asked, Sized, asked_again, read_wanted
from agent.chat.tools_people import unseen


class Listed(Arguments):
    by: Feature = "spend"
    order: Literal["most", "least"] = "most"
    segment: SomeSegment | None = None
    conditions: Annotated[tuple[Asked, ...], Field(max_length=MOST_CONDITIONS)] = ()
    count: Many = 5


class Alike(Arguments):
    user: UserName
    count: Many = 5


def list_users(desk: Desk, asked: Listed) -> Result:
    """Users who meet conditions, those with most (or least) of a measure first."""
    if desk.hidden:
        return unseen(desk, "list_users")
    world = desk.world
    by = desk.names.feature(asked.by) if asked.by in world.table.column else "events"
    sized = Sized(conditions=asked.conditions, segment=asked.segment)
    wanted = read_wanted(desk, sized)
    draft = Draft("list_users", {**asked_again(sized, wanted), "by": by, "order": asked.order,
                                 "count": asked.count})  # fmt: skip
    values = world.table.of(by)
    rows = np.flatnonzero(desk.audiences.who(wanted) & ~np.isnan(values))
    sign = -1 if asked.order == "most" else 1
    rows = rows[np.lexsort((rows, sign * values[rows]))]
    words = desk.audiences.words(wanted)
    if not len(rows):
        draft.say(f"There are no {words}.")
        return draft.result("nothing")
    if wanted.conditions or wanted.segment:
        count = desk.audiences.count(wanted)
        told = str(count) if count.people is not None else f"Fewer than {world.min_group}"
        record = draft.cite(f"audience/{wanted.key}", f"{told} {words}")
        more = len(rows) > asked.count
        draft.say(f"{told} {words}{', the first of them:' if more else ':'}", record)
    users = [world.table.users[row] for row in rows[: asked.count]]
    for row, user in zip(rows, users, strict=False):
        headline = world.headline(user)
        figure = figure_text(world, by, float(values[row]))
        record = draft.cite(f"user/{user}/{by}", f"{user}: {figure}; {headline}")
        draft.say(f"{user}: {figure}. {headline}.", record)
    draft.data = {"users": list(users)}
    draft.could_ask += [f"Who is {users[0]}?"]
    return draft.result(focus=Focus(users=tuple(users)))


def users_like(desk: Desk, asked: Alike) -> Result:
    """Users whose profile reads most like somebody's, by the search index."""
    if desk.hidden:
        return unseen(desk, "users_like")
    world = desk.world
    user = desk.names.user(asked.user)
    draft = Draft("users_like", {"user": user, "count": asked.count})
    hits = [hit for hit in world.alike(user, asked.count + 1) if hit.id != user]
    for hit in hits[: asked.count]:
        record = draft.cite(f"user/{hit.id}", f"{hit.id}: {world.headline(hit.id)}")
        draft.say(f"{hit.id}: {world.headline(hit.id)}.", record)
    draft.data = {
        "users": [{"user": h.id, "score": round(h.score, 3)} for h in hits[: asked.count]]
    }
    draft.could_ask += [f"Who is {user}?"]
    return draft.result(focus=Focus(users=(user,)))
