"""Who uses tools: threads of the service's own process, and processes beside it.

Python runs one thread at a time in a process, and most of a tool call is Python. What a tool finds
is the same wherever it is used. A process beside the service's own holds the version of the run
that is served in its memory; while none has been opened, or when one dies, the service's
own threads do all of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from agent.errors import RunError
from agent.records import Scope
from agent.service.beside import Beside
from agent.service.host import Host, settle
from agent.service.problems import busy
from agent.service.work import Pool

AHEAD = 12
"""Calls a process is given at once, so that it never waits for the event loop, which chats hold up
now and then."""
TEXTS = 16
"""Texts encoded together at most."""
GLANCE_S = 0.05
"""Seconds between two looks at whether anything waits."""
log = logging.getLogger("folkmap.service")


class Call(NamedTuple):
    """A tool and its arguments, which fit."""

    scope: Scope
    tool: str
    arguments: Mapping[str, Any]

    @property
    def text(self) -> str:
        """What will be encoded to look for, if anything."""
        return str(self.arguments.get("words") or "")


class Found(NamedTuple):
    """What came of a call: small enough to go from process to process for every one."""

    status: str
    text: str
    """As sentences, of what is not there; else empty."""
    json: bytes


class Ahead(NamedTuple):
    """Texts of calls to come, to be encoded together: one by one they take twice as long."""

    texts: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Place:
    """Room for one call: in this process, or in one beside it that holds a version."""

    process: Beside | None = None
    version: int = 0


@dataclass(eq=False)
class _Turn:
    """A call that waits for its place."""

    call: Call
    place: asyncio.Future[_Place]
    encoded_by: Beside | None = None
    """Which process was told its text ahead."""


class Crew:
    """Used from one event loop."""

    def __init__(
        self, host: Host, threads: Pool, *, places: int, processes: int, waiting: int
    ) -> None:
        self._host, self._threads = host, threads
        self._processes, self._most = processes, waiting
        self._waiting: deque[_Turn] = deque()
        self._free = [_Place() for _ in range(places)]
        self._beside: list[Beside] = []
        self._opening = asyncio.Lock()

    @property
    def opened(self) -> int:
        """How many processes beside this one take calls."""
        return len(self._beside)

    async def open(self) -> None:
        """Have the processes open the version that is served now; those of another one end."""
        if not self._processes:
            return
        async with self._opening:  # of two reloads the later one has the last word
            await self.close()
            version = self._host.version
            begun = [self._begun(version) for _ in range(self._processes)]
            for process in await asyncio.gather(*begun):
                if process is None:
                    continue
                self._beside.append(process)
                for _ in range(AHEAD):
                    self._leave(_Place(process, version))

    async def use(self, call: Call) -> Found:
        """What a tool finds. Raises a 503 problem when too many wait, and what the tool raises."""
        place = await self._take(call)
        try:
            if place.process is None:
                return await self._here(call)
            try:
                found: Found = await place.process.ask(call)
            except RunError as error:
                # It died, or cannot read its run; if nobody can, the threads will say so.
                log.warning("a process for tools is given up: %s", error)
                await self._give_up(place.process)
                return await self._here(call)
            return found
        finally:
            self._leave(place)

    async def calm(self, most_s: float) -> None:
        """Wait until no call waits for its turn, but not longer than `most_s` seconds."""
        loop = asyncio.get_running_loop()
        until = loop.time() + most_s
        while self._waiting and loop.time() < until:
            await asyncio.sleep(GLANCE_S)

    async def close(self) -> None:
        """End the processes."""
        for process in list(self._beside):
            await self._give_up(process)

    async def _take(self, call: Call) -> _Place:
        """A free place, in turn."""
        if not self._waiting and (free := self._next_free()) is not None:
            return free
        if len(self._waiting) >= self._most:
            raise busy("too much is being worked on at once; come back in a moment")
        turn = _Turn(call, asyncio.get_running_loop().create_future())
        self._waiting.append(turn)
        try:
            return await turn.place
        except asyncio.CancelledError:
            if turn.place.done() and not turn.place.cancelled():
                self._leave(turn.place.result())
            raise

    def _leave(self, place: _Place) -> None:
        self._free.append(place)
        self._hand_out()

    def _hand_out(self) -> None:
        """Give free places to those who have waited longest."""
        while self._waiting:
            if self._waiting[0].place.done():  # its client went away
                self._waiting.popleft()
                continue
            place = self._next_free()
            if place is None:
                return
            turn = self._waiting.popleft()
            self._encode_ahead(turn, place)
            turn.place.set_result(place)

    def _encode_ahead(self, turn: _Turn, place: _Place) -> None:
        """Tell a process the texts of this turn and of others that wait, unless it was told."""
        process = place.process
        if process is None or not turn.call.text or turn.encoded_by is process:
            return
        others = (other for other in self._waiting if other.call.text and not other.encoded_by)
        together = [turn, *islice(others, TEXTS - 1)]
        if len(together) == 1:
            return
        process.tell(Ahead(tuple(one.call.text for one in together)))
        for one in together:
            one.encoded_by = process

    def _next_free(self) -> _Place | None:
        """One of a process; in this one, which has the event loop to run, only for want of any."""
        self._free = [place for place in self._free if not self._is_gone(place)]
        wanted = [p for p in self._free if (p.process is None) != bool(self._beside)]
        if not wanted:
            return None
        room = Counter(place.process for place in wanted)
        chosen = max(wanted, key=lambda place: room[place.process])  # who has least to do
        self._free.remove(chosen)
        return chosen

    def _is_gone(self, place: _Place) -> bool:
        """Of a process that has ended, or that holds another version."""
        if place.process is None:
            return False
        return place.process not in self._beside or place.version != self._host.version

    async def _here(self, call: Call) -> Found:
        return await self._threads.run(lambda: found_by(self._host, call))

    async def _begun(self, version: int) -> Beside | None:
        process = await Beside.start(use_tool, (self._host.run, version))
        opened = False
        try:
            await process.ask(None)
            opened = True
        except Exception as error:  # one that is not there is no reason not to serve
            log.warning("tool calls do without a process of their own: %s", error)
        finally:  # also when the service is stopped meanwhile
            if not opened:
                await process.close()
        return process if opened else None

    async def _give_up(self, process: Beside) -> None:
        if process in self._beside:
            self._beside.remove(process)
            self._hand_out()  # this process's own places may be used now
        await process.close()


def use_tool(served: tuple[Path, int], asked: Call | Ahead | None) -> Found | None:
    """In a process beside the service's: one call; None opens what the first would wait for.

    Raises RunError when the run now has another version.
    """
    run, version = served
    host = _host(run)
    if host.version != version:
        raise RunError(f"{run} is at version {host.version} by now, not at {version}")
    if asked is None:
        host.warm()
        settle()
    elif isinstance(asked, Ahead):
        host.encode_ahead(asked.texts)
    else:
        return found_by(host, asked)
    return None


def found_by(host: Host, call: Call) -> Found:
    """The result of one call in this process."""
    result = host.talk(call.scope).call(call.tool, call.arguments)
    text = result.text() if result.status == "unknown" else ""
    return Found(result.status, text, result.model_dump_json().encode())


@lru_cache(maxsize=1)
def _host(run: Path) -> Host:
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # has none

    threadpool_limits(1, "blas")  # as in the service itself
    return Host(run)
