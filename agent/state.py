"""What people add to a run: edited interests and hidden items, in `state.sqlite`, kept for good.

Everything here is keyed by the ids of the log, so it outlives every rebuild; a version of a run
never holds any of it. Safe to use from several threads and processes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.errors import RunError, SettingsError
from agent.records import Statement

FILE = "state.sqlite"
LONGEST_NAME = 200
BUSY_SECONDS = 10.0

_TABLES = (
    """CREATE TABLE IF NOT EXISTS statements (
        user_id TEXT NOT NULL, name TEXT NOT NULL, stance TEXT NOT NULL,
        said_at TEXT NOT NULL DEFAULT (datetime('now')),
        PRIMARY KEY (user_id, name)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS hidden (
        user_id TEXT NOT NULL, item_id TEXT NOT NULL,
        hidden_at TEXT NOT NULL DEFAULT (datetime('now')),
        PRIMARY KEY (user_id, item_id)) WITHOUT ROWID""",
)


class State:
    """The state of one run folder; the file is made when something is first kept.

    Raises RunError when the file cannot be read or written.
    """

    def __init__(self, run: Path) -> None:
        self.path = run / FILE

    def statements(self, user_id: str) -> tuple[Statement, ...]:
        """What a user says of their interests, by name."""
        rows = self._read(
            "SELECT name, stance FROM statements WHERE user_id = ? ORDER BY name", user_id
        )
        return tuple(Statement(name=name, stance=stance) for name, stance in rows)

    def state_interest(self, user_id: str, statement: Statement) -> None:
        """Keep a statement; a later one about the same interest takes its place.

        Raises SettingsError for a name that is empty or longer than 200 characters.
        """
        name = " ".join(statement.name.split())
        if not name or len(name) > LONGEST_NAME:
            raise SettingsError(f"an interest needs a name of 1 to {LONGEST_NAME} characters")
        self._write(
            "INSERT OR REPLACE INTO statements (user_id, name, stance) VALUES (?, ?, ?)",
            (user_id, name, statement.stance),
        )

    def withdraw_interest(self, user_id: str, name: str) -> bool:
        """Forget a statement; False when there was none."""
        return self._write(
            "DELETE FROM statements WHERE user_id = ? AND name = ?",
            (user_id, " ".join(name.split())),
        )

    def hidden(self, user_id: str) -> tuple[str, ...]:
        """Items that are never to be recommended to a user."""
        rows = self._read("SELECT item_id FROM hidden WHERE user_id = ? ORDER BY item_id", user_id)
        return tuple(item for (item,) in rows)

    def hide_item(self, user_id: str, item_id: str) -> None:
        """Never recommend an item to a user again."""
        self._write(
            "INSERT OR IGNORE INTO hidden (user_id, item_id) VALUES (?, ?)", (user_id, item_id)
        )

    def show_item(self, user_id: str, item_id: str) -> bool:
        """Take back `hide_item`; False when the item was not hidden."""
        return self._write(
            "DELETE FROM hidden WHERE user_id = ? AND item_id = ?", (user_id, item_id)
        )

    def forget_user(self, user_id: str) -> int:
        """Delete everything kept of a user; returns how many rows there were."""
        if not self.path.is_file():
            return 0
        with self._open() as database:
            return sum(
                database.execute(f"DELETE FROM {table} WHERE user_id = ?", (user_id,)).rowcount
                for table in ("statements", "hidden")
            )

    def _read(self, query: str, user_id: str) -> list[tuple[str, ...]]:
        if not self.path.is_file():
            return []
        with self._open() as database:
            return list(database.execute(query, (user_id,)))

    def _write(self, command: str, values: tuple[str, ...]) -> bool:
        with self._open() as database:
            return database.execute(command, values).rowcount > 0

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One connection and one transaction: kept when the block ends well, else undone."""
        database = None
        try:
            database = sqlite3.connect(self.path, timeout=BUSY_SECONDS)
            with database:
                for table in _TABLES:
                    database.execute(table)
                yield database
        except sqlite3.Error as error:
            raise RunError(
                f"{self.path} cannot be used ({error}); check that it can be written and is no "
                "other file; it holds what people have stated, so move it rather than delete it"
            ) from error
        finally:
            if database is not None:
                database.close()
