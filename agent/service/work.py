"""work off the event loop: a bounded pool, and results that are remembered and never made twice."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from agent.service.problems import busy

T = TypeVar("T")


class Pool:
    """Threads for what would hold up the event loop; so many may wait and no more."""

    def __init__(self, threads: int, waiting: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._most, self._now = threads + waiting, 0

    async def run(self, function: Callable[[], T]) -> T:
        """Run a function on a thread. Raises a 503 problem when too many wait."""
        return await self.start(function)

    def start(self, function: Callable[[], T]) -> asyncio.Future[T]:
        """`run` without waiting for the end."""
        if self._now >= self._most:
            raise busy("too much is being worked on at once; come back in a moment")
        loop = asyncio.get_running_loop()
        self._now += 1
        try:
            started = self._pool.submit(function)
        except RuntimeError as error:
            self._now -= 1
            raise busy("the service is being stopped") from error

        def left(_: object) -> None:
            # When the thread is done, not when whoever waited went away.
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(self._left)

        started.add_done_callback(left)
        return asyncio.wrap_future(started)

    def close(self) -> None:
        """Start nothing more; what runs is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _left(self) -> None:
        self._now -= 1


class Memory:
    """Results as bytes, by key, the ones used last kept; used from the event loop only.

    Who asks for what is being made waits for it: it is made once.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most, self._held = most_bytes, 0
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._making: dict[Hashable, asyncio.Future[bytes]] = {}

    def get(self, key: Hashable) -> bytes | None:
        """A result made before."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    async def made(self, key: Hashable, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """A result made before, or now. What `make` raises is raised to all who wait for it."""
        found = self.get(key)
        if found is not None:
            return found
        making = self._making.get(key)
        if making is None:
            making = asyncio.ensure_future(make())
            self._making[key] = making
            making.add_done_callback(lambda done: self._finished(key, done))
        # One that waits may go away; the others still want the result.
        return await asyncio.shield(making)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._held = 0

    def _finished(self, key: Hashable, made: asyncio.Future[bytes]) -> None:
        self._making.pop(key, None)
        if made.cancelled() or made.exception() is not None:
            return
        result = made.result()
        if len(result) > self._most // 8:
            return
        self._held += len(result) - len(self._kept.pop(key, b""))
        self._kept[key] = result
        while self._held > self._most:
            _, dropped = self._kept.popitem(last=False)
            self._held -= len(dropped)
