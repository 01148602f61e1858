"""The map: the run's own page in a frame, which tells what is clicked and is told what to show."""

from __future__ import annotations

import threading

from agent.map.drawing import TITLE, read_scene
from agent.map.page import draw_page
from agent.ui.room import Asks, Reply, Room, Served


class Nothing(Asks):
    """Nothing to say."""


class Map:
    """What the map's page asks for."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self._lock = threading.Lock()
        self._drawn: tuple[str, str] | None = None

    def served(self) -> list[Served]:
        return [self.room.served("people_map", Nothing, self.people_map)]

    def people_map(self, asked: Nothing) -> Reply:
        """The page of the version that is open, drawn once; without persons in `aggregate`."""
        room = self.room
        with self._lock:
            if self._drawn is None or self._drawn[0] != room.version:
                scene = read_scene(room.world.run, scope=room.scope, min_group=room.world.min_group)
                self._drawn = (room.version, draw_page(scene, TITLE))
            return {"page": self._drawn[1]}
