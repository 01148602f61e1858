"""Vectors kept on disk, keyed by encoder and text, so that no text is encoded twice."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from retrieval.errors import StoreError

Vector = npt.NDArray[np.float32]


def text_key(encoder: str, text: str) -> bytes:
    """SHA-256 of the encoder's identity and the text."""
    return hashlib.sha256(f"{encoder}\0{text}".encode("utf-8", "surrogatepass")).digest()


def share_vectors(source: Path, target: Path) -> None:
    """Start a cache at `target` with what the cache at `source` holds, where that saves work.

    Nothing happens where there is no `source`, or a `target` already. Raises StoreError.
    """
    if not source.is_file() or target.exists():
        return
    # SQLite's own copy: another process may be writing to the source.
    with VectorCache(target) as cache:
        cache.take_all(source)


class VectorCache:
    """One SQLite file of key → float32 vector; with no path, nothing is kept.

    It only saves time: deleting the file loses nothing. Raises StoreError when it cannot be used.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._database: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        if self.path is not None:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._database = sqlite3.connect(self.path)
                self._database.execute(
                    "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) "
                    "WITHOUT ROWID"
                )
            except (OSError, sqlite3.Error) as error:
                raise self._failure(error) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._database is not None:
            self._database.close()

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Vector]:
        """The vectors that are there, by key."""
        found: dict[bytes, Vector] = {}
        if self._database is None:
            return found
        try:
            for start in range(0, len(keys), 500):  # SQLite's oldest limit on variables is 999
                part = keys[start : start + 500]
                marks = ",".join("?" * len(part))
                rows = self._database.execute(
                    f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part
                )
                found.update((key, np.frombuffer(vector, np.float32)) for key, vector in rows)
        except (sqlite3.Error, ValueError) as error:
            raise self._failure(error) from error
        return found

    def put(self, vectors: Mapping[bytes, Vector]) -> None:
        if self._database is None:
            return
        try:
            with self._database:
                self._database.executemany(
                    "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                    [(key, vector.tobytes()) for key, vector in vectors.items()],
                )
        except sqlite3.Error as error:
            raise self._failure(error) from error

    def take_all(self, source: Path) -> None:
        """Every vector of another cache."""
        if self._database is None:
            return
        try:
            other = sqlite3.connect(f"file:{quote(str(source.absolute()))}?mode=ro", uri=True)
            try:
                other.backup(self._database)
            finally:
                other.close()
        except sqlite3.Error as error:
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> StoreError:
        return StoreError(
            f"the vector cache {self.path} cannot be used ({error}); make room, or "
            f"delete the file: vectors are computed again"
        )
