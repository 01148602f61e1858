"""what people have changed of a run, as something to compare: remembered results hang on it."""

from __future__ import annotations

import asyncio
import hashlib
import math
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from agent.state import BUSY_SECONDS, FILE

_QUERIES = (
    "SELECT user_id, name, stance FROM statements ORDER BY user_id, name",
    "SELECT user_id, item_id FROM hidden ORDER BY user_id, item_id",
)


LOOK_S = 0.2
"""Seconds in which the file is looked at once: even that waits for a turn among the threads."""


class Edits:
    """A digest of all statements and hidden items of a run, whoever changed them.

    Used from one event loop.
    """

    def __init__(self, run: Path) -> None:
        self._file = run / FILE
        self._seen: tuple[int, int] | None = None
        self._digest, self._reading = "", asyncio.Lock()
        self._looked = -math.inf

    async def digest(self) -> str:
        """The same as long as nothing was edited; reads the file only when it has changed.

        On a thread: every answer in a chat is kept in the same file, and waiting for its lock would
        hold up the event loop. For a moment it is not looked at again: what another process has
        edited shows `LOOK_S` later, what this one has, at once (`look_again`).
        """
        now = time.monotonic()
        if now - self._looked < LOOK_S:
            return self._digest
        self._looked = now
        if self._stamp() != self._seen:
            async with self._reading:
                seen = self._stamp()
                if seen != self._seen:
                    self._digest = await asyncio.to_thread(self._read) if seen else ""
                    self._seen = seen
        return self._digest

    def look_again(self) -> None:
        """Something was edited here."""
        self._looked = -math.inf

    def _stamp(self) -> tuple[int, int] | None:
        try:
            stat = self._file.stat()
        except FileNotFoundError:
            return None
        return stat.st_mtime_ns, stat.st_size

    def _read(self) -> str:
        held = hashlib.sha256()
        with closing(sqlite3.connect(self._file, timeout=BUSY_SECONDS)) as database:
            for query in _QUERIES:
                try:
                    for row in database.execute(query):
                        held.update(repr(row).encode())
                except sqlite3.OperationalError:  # nothing was ever kept there
                    continue
        return held.hexdigest()
