"""What people add to a run, kept for good in `state.sqlite`: interests, hidden items, feedback.

Interests and hidden items are keyed by the ids of the log, so they outlive every rebuild; a version
of a run never holds any of it. Safe to use from several threads and processes.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from agent.errors import RunError, SettingsError
from agent.records import Feedback, Statement

FILE = "state.sqlite"
LONGEST_NAME = 200
LONGEST_WORDS = 2_000
"""Characters kept of what is said beside a thumb."""
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
    """CREATE TABLE IF NOT EXISTS feedback (
        thread TEXT NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL,
        verdict TEXT NOT NULL, words TEXT NOT NULL,
        given_at TEXT NOT NULL DEFAULT (datetime('now')),
        PRIMARY KEY (thread, question, answer)) WITHOUT ROWID""",
)

_STATED = "SELECT name, stance FROM statements WHERE user_id = ? ORDER BY name"
_HIDDEN = "SELECT item_id FROM hidden WHERE user_id = ? ORDER BY item_id"
_FEEDBACK = (
    "SELECT thread, question, answer, verdict, words FROM feedback "
    "ORDER BY given_at, thread, question, answer"
)


class State:
    """The state of one run folder; the file is made when something is first kept.

    Raises RunError when the file cannot be read or written.
    """

    def __init__(self, run: Path) -> None:
        self.path = run / FILE
        self._kept = threading.local()

    def statements(self, user_id: str) -> tuple[Statement, ...]:
        """What a user says of their interests, by name."""
        return self.of(user_id)[0]

    def of(self, user_id: str) -> tuple[tuple[Statement, ...], tuple[str, ...]]:
        """What a user says of their interests, and the items never to recommend to them."""
        stated, hidden = self._read((_STATED, (user_id,)), (_HIDDEN, (user_id,)))
        made = tuple(Statement(name=name, stance=stance) for name, stance in stated)
        return made, tuple(item for (item,) in hidden)

    def state_interest(self, user_id: str, statement: Statement) -> None:
        """Keep a statement; a later one about the same interest takes its place.

        Raises SettingsError for a name that is empty or longer than 200 characters.
        """
        self.edit_interests(user_id, state=[statement])

    def edit_interests(
        self, user_id: str, *, state: Sequence[Statement] = (), withdraw: Sequence[str] = ()
    ) -> None:
        """Several statements at once, kept all or none; those withdrawn first.

        Interests are the same whatever their case. Raises SettingsError for a name that is empty
        or longer than 200 characters.
        """
        said = [(user_id, _name(one.name), one.stance) for one in state]
        away = {name.casefold() for name in [*map(_name, withdraw), *(name for _, name, _ in said)]}
        with self._open() as database:
            kept = database.execute("SELECT name FROM statements WHERE user_id = ?", (user_id,))
            database.executemany(
                "DELETE FROM statements WHERE user_id = ? AND name = ?",
                [(user_id, name) for (name,) in kept.fetchall() if name.casefold() in away],
            )
            database.executemany(
                "INSERT OR REPLACE INTO statements (user_id, name, stance) VALUES (?, ?, ?)", said
            )

    def withdraw_interest(self, user_id: str, name: str) -> bool:
        """Forget a statement; False when there was none."""
        before = self.statements(user_id)
        self.edit_interests(user_id, withdraw=[name])
        return self.statements(user_id) != before

    def hidden(self, user_id: str) -> tuple[str, ...]:
        """Items that are never to be recommended to a user."""
        return self.of(user_id)[1]

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

    def keep_feedback(self, feedback: Feedback) -> None:
        """Keep what a person thought of an answer; a second thumb takes the first one's place."""
        words = feedback.words.strip()[:LONGEST_WORDS]
        self._write(
            "INSERT OR REPLACE INTO feedback (thread, question, answer, verdict, words) "
            "VALUES (?, ?, ?, ?, ?)",
            (feedback.thread, feedback.question, feedback.answer, feedback.verdict, words),
        )

    def feedback(self) -> tuple[Feedback, ...]:
        """All feedback, oldest first."""
        (rows,) = self._read((_FEEDBACK, ()))
        return tuple(
            Feedback(thread=thread, question=question, answer=answer, verdict=verdict, words=words)
            for thread, question, answer, verdict, words in rows
        )

    def forget_user(self, user_id: str) -> int:
        """Delete everything kept of a user; returns how many rows there were.

        Feedback is no user's own and has no column of ids, but its texts may name one: whatever
        holds the id as a word in its question, answer or words goes too. Where ids are plain
        numbers that takes some which meant a figure: too much is forgotten rather than too little.
        The turns of conversations are `agent.chat.threads`' and are not touched here.
        """
        if not self.path.is_file():
            return 0
        word = re.compile(rf"(?<!\w){re.escape(user_id)}(?!\w)")
        with self._open() as database:
            gone = sum(
                database.execute(f"DELETE FROM {table} WHERE user_id = ?", (user_id,)).rowcount
                for table in ("statements", "hidden")
            )
            rows = database.execute("SELECT thread, question, answer, words FROM feedback")
            named = [row[:3] for row in rows.fetchall() if any(map(word.search, row[1:]))]
            database.executemany(
                "DELETE FROM feedback WHERE thread = ? AND question = ? AND answer = ?", named
            )
        return gone + len(named)

    def _read(self, *queries: tuple[str, tuple[str, ...]]) -> list[list[tuple[Any, ...]]]:
        """The rows of each query, all of one moment."""
        try:
            file = self.path.stat()
        except FileNotFoundError:
            return [[] for _ in queries]
        try:
            reader = self._reader((file.st_dev, file.st_ino))
            return [_rows(reader, query, values) for query, values in queries]
        except sqlite3.Error:
            # As where a writer was killed: what it left undone is undone by who may write.
            with self._told(), closing(self._connected()) as database:
                return [_rows(database, query, values) for query, values in queries]

    def _reader(self, file: tuple[int, int]) -> sqlite3.Connection:
        """This thread's connection to the file that is there now, only to read from it.

        To open one takes ten times as long as to read what one user said.
        """
        kept: tuple[tuple[int, int], sqlite3.Connection] | None = getattr(self._kept, "one", None)
        if kept is None or kept[0] != file:
            place = f"{self.path.absolute().as_uri()}?mode=ro"
            kept = (file, sqlite3.connect(place, timeout=BUSY_SECONDS, uri=True))
            self._kept.one = kept
        return kept[1]

    def _write(self, command: str, values: tuple[str, ...]) -> bool:
        with self._open() as database:
            return database.execute(command, values).rowcount > 0

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One connection and one transaction: kept when the block ends well, else undone.

        The tables are made where they are missing.
        """
        with self._told(), closing(self._connected()) as database, database:
            for table in _TABLES:
                database.execute(table)
            yield database

    def _connected(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=BUSY_SECONDS)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """SQLite's errors in our words."""
        try:
            yield
        except sqlite3.Error as error:
            raise RunError(
                f"{self.path} cannot be used ({error}); check that it can be written and is no "
                "other file; it holds what people have stated, so move it rather than delete it"
            ) from error


def _rows(
    database: sqlite3.Connection, query: str, values: tuple[str, ...]
) -> list[tuple[Any, ...]]:
    """What a query finds: nothing in a file that others made and where nothing was kept yet."""
    try:
        return list(database.execute(query, values))
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return []
        raise


def _name(said: str) -> str:
    name = " ".join(said.split())
    if not name or len(name) > LONGEST_NAME:
        raise SettingsError(f"an interest needs a name of 1 to {LONGEST_NAME} characters")
    return name
