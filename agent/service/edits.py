"""what people have changed of a run, as something to compare: remembered results hang on it."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from agent.state import BUSY_SECONDS, FILE

_QUERIES = (
    "SELECT user_id, name, stance FROM statements ORDER BY user_id, name",
    "SELECT user_id, item_id FROM hidden ORDER BY user_id, item_id",
)


class Edits:
    """A digest of all statements and hidden items of a run, whoever changed them."""

    def __init__(self, run: Path) -> None:
        self._file = run / FILE
        self._seen: tuple[int, int] | None = None
        self._digest = ""

    def digest(self) -> str:
        """The same as long as nothing was edited; reads the file only when it has changed."""
        try:
            stat = self._file.stat()
        except FileNotFoundError:
            return ""
        seen = (stat.st_mtime_ns, stat.st_size)
        if seen != self._seen:
            self._digest, self._seen = self._read(), seen
        return self._digest

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
