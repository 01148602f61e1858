"""conversations kept in the run's `state.sqlite`: what was asked, what was answered, what from.

Kept is what a reader saw: questions, answers after verification, and the tool results they rest on.
So a model that goes on with a thread never reads a sentence that failed, and the rules can go on
where a model stopped. A thread belongs to the scope it was begun in.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import TypeAdapter

from agent.chat.results import Result
from agent.errors import RunError, UnknownNameError
from agent.records import Answer, Record, Scope
from agent.state import BUSY_SECONDS, FILE

_TABLE = """CREATE TABLE IF NOT EXISTS turns (
    thread TEXT NOT NULL, n INTEGER NOT NULL, scope TEXT NOT NULL, question TEXT NOT NULL,
    answer TEXT NOT NULL, results TEXT NOT NULL,
    asked_at TEXT NOT NULL DEFAULT (datetime('now')),
    PRIMARY KEY (thread, n)) WITHOUT ROWID"""
_NAME = re.compile(r"[\w.-]{1,64}", re.ASCII)
_RESULTS = TypeAdapter(tuple[Result, ...])


class Turn(Record):
    """One question with its answer and the results behind it."""

    question: str
    answer: Answer
    results: tuple[Result, ...]


class Threads:
    """The threads of one run; safe to use from several threads and processes.

    Raises RunError when the file cannot be read or written.
    """

    def __init__(self, run: Path) -> None:
        self.path = run / FILE

    def name(self, thread: str | None) -> str:
        """The thread asked for, or a new one. Raises UnknownNameError for no name of a thread."""
        if thread is None:
            return secrets.token_hex(6)
        if not _NAME.fullmatch(thread):
            raise UnknownNameError(
                f"{thread[:64]!r} cannot be a thread's name: 1 to 64 letters, digits, '.', '_', '-'"
            )
        return thread

    def turns(self, thread: str, scope: Scope, *, last: int = 8) -> list[Turn]:
        """The last turns, oldest first; none for a new thread.

        Raises UnknownNameError for a thread of another scope: whoever may not see individuals
        must not read on where somebody did.
        """
        if not self.path.is_file():
            return []
        with self._open() as database:
            rows = database.execute(
                "SELECT scope, question, answer, results FROM turns WHERE thread = ? "
                "ORDER BY n DESC LIMIT ?",
                (thread, last),
            ).fetchall()
        if any(row[0] != scope for row in rows):
            raise UnknownNameError(f"there is no thread {thread!r}")
        return [
            Turn(
                question=question,
                answer=Answer.model_validate_json(answer),
                results=_RESULTS.validate_json(results),
            )
            for _, question, answer, results in reversed(rows)
        ]

    def add(self, scope: Scope, turn: Turn) -> None:
        """Keep a turn at the end of its thread."""
        results = _RESULTS.dump_json(turn.results).decode()
        values = (scope, turn.question, turn.answer.model_dump_json(), results)
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")  # two answers at once must not take one number
            (n,) = database.execute(
                "SELECT coalesce(max(n), 0) + 1 FROM turns WHERE thread = ?", (turn.answer.thread,)
            ).fetchone()
            database.execute(
                "INSERT INTO turns (thread, n, scope, question, answer, results) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (turn.answer.thread, n, *values),
            )

    def forget(self, thread: str) -> int:
        """Delete a thread; returns how many turns it had."""
        if not self.path.is_file():
            return 0
        with self._open() as database:
            return database.execute("DELETE FROM turns WHERE thread = ?", (thread,)).rowcount

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        database = None
        try:
            database = sqlite3.connect(self.path, timeout=BUSY_SECONDS)
            with database:
                database.execute(_TABLE)
                yield database
        except sqlite3.Error as error:
            raise RunError(
                f"{self.path} cannot be used ({error}); check that it can be written and is no "
                "other file: it holds what people asked and stated, so don't delete it"
            ) from error
        finally:
            if database is not None:
                database.close()
