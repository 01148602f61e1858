"""One process beside the service's own, asked from the event loop: no thread waits for it."""

from __future__ import annotations

import asyncio
import pickle
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self

from agent.cores import LENGTH, frame, worker_command
from agent.errors import RunError


class Beside:
    """A worker of `agent.cores`, which takes its questions one after the other."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._asked: deque[asyncio.Future[Any]] = deque()
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, job: Callable[[Any, Any], Any], setup: Any) -> Self:
        """Start a process that answers with `job(setup, question)`; it may be asked at once."""
        command, environment = worker_command()
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, stdin=PIPE, stdout=PIPE
        )
        beside = cls(process)
        beside._send((job, setup))
        return beside

    async def ask(self, question: Any) -> Any:
        """The answer. Raises what the job raises, RunError when the process is no more."""
        # Whoever waits may go away; the answer still comes, and in its turn.
        return await asyncio.shield(self.tell(question))

    def tell(self, question: Any) -> asyncio.Future[Any]:
        """`ask` for who need not wait for the answer."""
        answer = asyncio.get_running_loop().create_future()
        answer.add_done_callback(_seen)
        if self._listening.done():
            answer.set_exception(_ended())
        else:
            self._asked.append(answer)
            self._send(question)
        return answer

    async def close(self) -> None:
        """End it, whatever it is at; what was asked and not answered raises RunError."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        await self._listening

    def _send(self, value: Any) -> None:
        assert self._process.stdin is not None
        # A few hundred bytes a question and a few questions at once: the pipe holds them.
        self._process.stdin.write(frame(value))

    async def _listen(self) -> None:
        answers = self._process.stdout
        assert answers is not None
        with suppress(asyncio.IncompleteReadError, OSError):
            while True:
                (size,) = LENGTH.unpack(await answers.readexactly(LENGTH.size))
                done, result = _read(await answers.readexactly(size))
                answer = self._asked.popleft()
                if answer.cancelled():
                    continue
                if done:
                    answer.set_result(result)
                else:
                    answer.set_exception(result)
        for answer in self._asked:
            if not answer.done():
                answer.set_exception(_ended())


def _read(pickled: bytes) -> tuple[bool, Any]:
    try:
        done, result = pickle.loads(pickled)
    except Exception as error:  # as of an error whose parts are not what it is made from
        return False, RunError(f"its answer cannot be read: {error}")
    return done, result


def _seen(answer: asyncio.Future[Any]) -> None:
    """Take note of an error that nobody waits for any more."""
    if not answer.cancelled():
        answer.exception()


def _ended() -> RunError:
    return RunError("it has ended, which is memory running out more often than not")
