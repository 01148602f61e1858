"""Work that goes user by user, over the cores: shards to processes of our own, results in order.

A worker is `python -m agent.cores` at the other end of two pipes, not `multiprocessing`: that would
run the caller's own script once more in every worker, and a fork would copy the threads of Polars.
Worker or not, the same job sees the same shards, so what comes out is the same.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import IO, Any, Self, TypeVar

from agent.errors import RunError
from agent.models.window import in_order

S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")

MOST = 8
"""Workers at most: the process that writes what they send would not keep up with more."""
MOST_SPARE = 4
"""Processes beside a service's own at most: each takes its memory, all wait for one to be asked."""
LENGTH = struct.Struct(">Q")
"""Stands before every pickle on a pipe: the bytes that follow."""
WORTH = 1_500
"""Users under which starting workers takes longer than they save."""


def cores_for(users: int) -> int:
    """How many workers are worth starting on this machine: 1 is none, only this process."""
    if users < WORTH or not sys.executable:
        return 1
    return min(MOST, _cores())


def spare_cores() -> int:
    """How many processes a service may start beside its own."""
    return min(MOST_SPARE, _cores() - 1) if sys.executable else 0


def worker_command() -> tuple[list[str], dict[str, str]]:
    """Command and environment of a worker; it takes pickles in frames and ends with its input."""
    # Found where this process found it, whatever folder the work goes on in.
    root = str(Path(__file__).parents[1])
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path, "POLARS_MAX_THREADS": "1"}
    return [sys.executable, "-m", "agent.cores"], environment


def frame(value: Any) -> bytes:
    """A value as it goes over a pipe."""
    pickled = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(pickled)) + pickled


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def over_cores(
    job: Callable[[S, T], R], setup: S, shards: Iterable[T], *, workers: int
) -> Iterator[R]:
    """Yields `job(setup, shard)` for each shard, in order; a few shards a worker are in memory.

    `job` is a function of a module; `setup`, shards and results can be pickled. One worker is a
    plain loop. Raises what the job raises, RunError for a worker that dies.
    """
    if workers <= 1:
        yield from (job(setup, shard) for shard in shards)
        return
    with ExitStack() as stack:
        idle: SimpleQueue[_Worker] = SimpleQueue()
        for _ in range(workers):
            idle.put(stack.enter_context(_Worker(job, setup)))

        def ask(shard: T) -> R:
            worker = idle.get()
            try:
                answer: R = worker.ask(shard)
            finally:
                idle.put(worker)
            return answer

        yield from in_order(ask, shards, workers=workers)


def apart(job: Callable[[S, T], R], setup: S, shard: T, *, users: int) -> R:
    """`job(setup, shard)` in a process of its own, which leaves this one's other threads alone.

    Here instead where so few users or cores do not make that worth while.
    """
    if cores_for(users) == 1:
        return job(setup, shard)
    with _Worker(job, setup) as worker:
        found: R = worker.ask(shard)
    return found


class _Worker:
    """One process; it ends when its input ends, so also when this process is killed."""

    def __init__(self, job: Callable[..., Any], setup: Any) -> None:
        command, environment = worker_command()
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._first: tuple[Any, ...] | None = (job, setup)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, shard: Any) -> Any:
        """The job's result for a shard."""
        to, answers = self._process.stdin, self._process.stdout
        assert to is not None
        assert answers is not None
        try:
            if self._first is not None:
                to.write(frame(self._first))
                self._first = None
            to.write(frame(shard))
            to.flush()
            done, result = _next(answers)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            status = self._process.wait()
            raise RunError(
                f"a worker process ended with status {status}, which is memory running out more "
                f"often than not; free some and build again: what was done is kept"
            ) from error
        if not done:
            raise result
        return result


def _serve() -> None:
    """A worker's life: a job and its setup, then shard after shard until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
        job, setup = _next(sys.stdin.buffer)
        while True:
            try:
                shard = _next(sys.stdin.buffer)
            except EOFError:
                return
            try:
                answer = (True, job(setup, shard))
            except Exception as error:
                answer = (False, error)
            answers.write(frame(answer))
            answers.flush()


def _next(pipe: IO[bytes]) -> Any:
    """The next value from a pipe. Raises EOFError at its end."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    (size,) = LENGTH.unpack(head)
    return pickle.loads(pipe.read(size))


if __name__ == "__main__":
    _serve()
