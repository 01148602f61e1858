"""Items as they are typed: those whose title is like the words so far."""

from __future__ import annotations

from typing import Any

from agent.chat.figures import item_name
from agent.ui.room import Asks, Reply, Room, Served

OFFERED = 8


class Typed(Asks):
    query: str


class Items:
    """What every field asks for in which an item is named."""

    def __init__(self, room: Room) -> None:
        self.room = room

    def served(self) -> list[Served]:
        return [self.room.served("items", Typed, self.items)]

    def items(self, asked: Typed) -> Reply:
        """Items whose id or title is like what is typed."""
        world, query = self.room.world, asked.query.strip()
        ids = [query] if query in world.catalogue.titles else []
        if query:
            ids += self.room.desk.names.items_like(query, OFFERED)
        found: list[Any] = [
            {"id": item, "title": item_name(world, item)} for item in dict.fromkeys(ids)
        ]
        return {"items": found[:OFFERED]}
