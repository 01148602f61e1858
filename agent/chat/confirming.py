"""what is done only after a person says so: tokens that no model ever sees.

A tool that would do something prepares it here and gets a number for it, never the token. The token
goes to whoever runs the conversation (the command line, the UI), who shows it, or a button, to the
person. A model can ask for an export a hundred times; it cannot confirm one.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from agent.errors import UnknownNameError

VALID_S = 900.0
MOST = 100
"""Pending at once; the oldest goes first."""


@dataclass(frozen=True)
class Pending:
    """Something prepared: what it would do, in words, and how to do it."""

    token: str
    text: str
    size: int
    do: Callable[[str], int]
    """Takes the file to write, returns how many rows were written."""
    made: float


class Confirmations:
    """What waits for a person's word; for any number of threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._pending: dict[str, Pending] = {}

    def prepare(self, text: str, size: int, do: Callable[[str], int]) -> None:
        """Keep something to be done when a person gives its token."""
        one = Pending(secrets.token_urlsafe(12), text, size, do, self._clock())
        with self._lock:
            same = [token for token, other in self._pending.items() if other.text == text]
            for token in same:
                del self._pending[token]
            self._pending[one.token] = one
            while len(self._pending) > MOST:
                del self._pending[next(iter(self._pending))]

    def pending(self) -> list[Pending]:
        """What waits, oldest first. For whoever talks to the person, never for a model."""
        with self._lock:
            self._drop_old()
            return list(self._pending.values())

    def confirm(self, token: str, to: str) -> int:
        """Do what was prepared, once. Raises UnknownNameError for a token that is not there."""
        with self._lock:
            self._drop_old()
            found = next(
                (t for t in self._pending if secrets.compare_digest(t.encode(), token.encode())),
                None,
            )
            one = self._pending.pop(found) if found is not None else None
        if one is None:
            raise UnknownNameError(
                "nothing waits for this confirmation (it was used, or is older than "
                f"{VALID_S / 60:.0f} minutes); ask for the export again"
            )
        return one.do(to)

    def _drop_old(self) -> None:
        now = self._clock()
        self._pending = {t: p for t, p in self._pending.items() if now - p.made < VALID_S}
