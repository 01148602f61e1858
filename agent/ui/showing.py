"""What to show a person: the list with its reasons, what would change it, what is hidden."""

from __future__ import annotations

from typing import Any

from agent.chat.figures import item_name
from agent.profiles.names import shown
from agent.records import Recommendation, Share
from agent.state import State
from agent.ui.room import Asks, Reply, Room, Served

LISTED = 10
NAMED = 6
"""Shares told one by one; the others are in the rest."""


class Wanted(Asks):
    user: str
    before: tuple[str, ...] | None = None
    """The items shown before a change, so that what moved can be told."""


class OneItem(Asks):
    user: str
    item: str


class Showing:
    """What a person's page asks for about their recommendations."""

    def __init__(self, room: Room) -> None:
        self.room = room

    def served(self) -> list[Served]:
        if self.room.hidden:
            return []
        serve = self.room.served
        return [
            serve("recommended", Wanted, self.recommended),
            serve("why_item", OneItem, self.why),
            serve("hide_item", OneItem, self.hide),
            serve("show_item", OneItem, self.show),
        ]

    def recommended(self, asked: Wanted) -> Reply:
        """The list, and how it differs from the one before."""
        room = self.room
        found = room.agent.recommend(asked.user, k=LISTED)
        before = {item: n for n, item in enumerate(asked.before or ())}
        items = [
            {
                "item": one,
                "title": shown(one.title),
                "parts": _parts(one),
                "moved": before[one.item_id] - n if one.item_id in before else None,
            }
            for n, one in enumerate(found.items)
        ]
        hidden = State(room.world.run.path).hidden(asked.user)
        html = room.draw(
            "recommended",
            items=items,
            compared=asked.before is not None,
            remark=found.remark,
            hidden_items=[(item, item_name(room.world, item)) for item in hidden],
        )
        moved = 0
        if asked.before is not None:
            moved = sum(one["moved"] != 0 for one in items)
        said = room.page.words["people"]["moved" if moved else "moved_none"].format(n=moved)
        return {"html": html, "items": [one.item_id for one in found.items], "said": said}

    def why(self, asked: OneItem) -> Reply:
        """Why an item stands where it does, and the smallest change that would move it."""
        card = self.room.agent.why(asked.user, asked.item)
        html = self.room.draw(
            "why_item",
            card=card,
            title=shown(card.title),
            shares=_shares(card.because),
            most=max((abs(one.share) for one in card.because), default=1.0) or 1.0,
        )
        return {"html": html}

    def hide(self, asked: OneItem) -> Reply:
        self.room.agent.hide_item(asked.user, asked.item)
        return {"said": self.room.page.words["people"]["hidden_now"]}

    def show(self, asked: OneItem) -> Reply:
        self.room.agent.show_item(asked.user, asked.item)
        return {"said": self.room.page.words["people"]["shown_now"]}


def _parts(one: Recommendation) -> list[dict[str, Any]]:
    """The score's shares by kind, as parts of a bar; negative ones keep their sign."""
    sums: dict[str, float] = {}
    for share in one.because:
        sums[share.kind] = sums.get(share.kind, 0.0) + share.share
    whole = sum(abs(part) for part in sums.values()) or 1.0
    return [
        {"kind": kind, "part": abs(part) / whole, "share": part, "less": part < 0}
        for kind, part in sums.items()
        if part
    ]


def _shares(because: tuple[Share, ...]) -> list[Share]:
    """The largest shares and the rest, which still add up to the score."""
    named, rest = list(because[:-1]), because[-1]
    small = sum(one.share for one in named[NAMED:])
    return [*named[:NAMED], rest.model_copy(update={"share": rest.share + small})]
