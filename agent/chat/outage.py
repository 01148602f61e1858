"""a model that is down: noticed once, passed over for a while, then tried again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from agent.errors import ModelError, RefusedError

RETRY_S = 30.0
"""Nobody waits for a model that failed less than this ago."""


class Outage:
    """Whether a model can be used now, as its last use showed; for any number of threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._why: str | None = None
        self._since = 0.0

    @property
    def why(self) -> str | None:
        """Why the model cannot be used, in one line; None when nothing is known against it."""
        return self._why

    def passes(self) -> bool:
        """Whether the model may be tried: always while it works, else once every `RETRY_S`."""
        with self._lock:
            if self._why is None:
                return True
            due = self._clock() - self._since >= RETRY_S
            if due:
                self._since = self._clock()  # others go on without it while one tries
            return due

    def failed(self, error: ModelError) -> None:
        """Note a failure; one that is about a single request says nothing about the model."""
        if isinstance(error, RefusedError):
            return
        with self._lock:
            self._why, self._since = str(error), self._clock()

    def worked(self) -> None:
        """Note that the model answered."""
        with self._lock:
            self._why = None
