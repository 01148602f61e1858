"""Answers of language models kept on disk, so that no question is paid for twice.

The cache only saves time and money: without it a build asks again. So nothing that goes wrong with
the file ends a build; it is started anew, or done without, and `problem` says so.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from agent.models.replies import Answer

WAIT_S = 10.0
"""How long one process waits for another that writes to the same file."""


def answer_key(decided_by: Mapping[str, Any]) -> bytes:
    """SHA-256 over all that decides an answer, as JSON."""
    canonical = json.dumps(decided_by, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(canonical.encode()).digest()


class Answers:
    """One SQLite file of key → answer; with no path nothing is kept. For any number of threads."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.problem: str | None = None
        """One line when the file could not be used as it was; None while all is well."""
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        if path is not None:
            self._open_or_renew(path)

    def __len__(self) -> int:
        """How many answers are kept."""
        with self._lock:
            row = self._run("SELECT count(*) FROM answers")
            return int(row[0]) if row else 0

    def get(self, key: bytes) -> Answer | None:
        """The answer, or None when there is none that is whole."""
        with self._lock:
            row = self._run("SELECT answer, digest FROM answers WHERE key = ?", (key,))
        if row is None or _digest(key, row[0]) != row[1]:
            return None
        held = json.loads(row[0])
        return Answer(**{**held, "overruled": tuple(held.get("overruled", ()))})

    def put(self, key: bytes, answer: Answer) -> None:
        """Keep an answer; it is on the disk when this returns, a full disk aside."""
        said = json.dumps(asdict(answer), ensure_ascii=True)
        with self._lock:
            self._run(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", (key, said, _digest(key, said))
            )

    def close(self) -> None:
        """Close the file; what is asked or put afterwards is neither found nor kept."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    def _run(self, statement: str, values: tuple[Any, ...] = ()) -> tuple[Any, ...] | None:
        """One statement, committed; on failure the file is done without from here on."""
        if self._database is None:
            return None
        try:
            row: tuple[Any, ...] | None = self._database.execute(statement, values).fetchone()
        except sqlite3.Error as error:
            self.problem = (
                f"answers are no longer kept in {self.path} ({error}); the build goes on, and a "
                "stopped one would ask again"
            )
            with suppress(sqlite3.Error):
                self._database.close()
            self._database = None
            return None
        return row

    def _open_or_renew(self, path: Path) -> None:
        try:
            self._database = _open(path)
        except (OSError, sqlite3.Error) as error:
            self.problem = f"answers cannot be kept in {path} ({error}); the build does without"
            if isinstance(error, sqlite3.OperationalError | OSError):
                return  # read-only, locked or no room: the file itself may be whole
            with suppress(OSError, sqlite3.Error):
                path.replace(path.with_name(f"{path.name}.damaged"))
                for beside in ("-wal", "-shm"):
                    path.with_name(path.name + beside).unlink(missing_ok=True)
                self._database = _open(path)
                self.problem = (
                    f"{path} was damaged and is begun anew (the old one is {path.name}.damaged); "
                    "answers kept in it are asked for again"
                )


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path, timeout=WAIT_S, isolation_level=None, check_same_thread=False)
    try:
        # A log beside the file: a write costs a tenth of a millisecond and outlives a kill -9.
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute(
            "CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, answer TEXT, digest BLOB) "
            "WITHOUT ROWID"
        )
        database.execute("SELECT count(*) FROM answers")  # reads the pages, so damage shows here
    except sqlite3.Error:
        database.close()
        raise
    return database


def _digest(key: bytes, said: object) -> bytes:
    """Ties an answer to its key: a page of the file that was damaged is not somebody's answer."""
    return hashlib.sha256(key + str(said).encode()).digest()[:8]
