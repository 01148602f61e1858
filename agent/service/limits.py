"""how often one client may ask: token buckets."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

MOST_CLIENTS = 10_000
"""Remembered at once; the one that has been quiet longest goes first."""


@dataclass
class _Bucket:
    tokens: float
    at: float


class Rates:
    """Token buckets, one a client; used from the event loop only."""

    def __init__(
        self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._buckets: dict[str, _Bucket] = {}

    def wait_for(self, client: str) -> float:
        """Take a token; 0.0, or the seconds after which there will be one."""
        now = self._clock()
        bucket = self._buckets.pop(client, None) or _Bucket(self._burst, now)
        self._buckets[client] = bucket
        if len(self._buckets) > MOST_CLIENTS:
            del self._buckets[next(iter(self._buckets))]
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._rate)
        bucket.at = now
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / self._rate
        bucket.tokens -= 1
        return 0.0
