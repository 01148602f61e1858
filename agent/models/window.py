"""Work on many things at once, the results in order: a bounded window of threads.

Nothing is taken from the input before there is room for it, so however long the input, only the
window is in memory. Threads, because the work waits for a server most of the time.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

AHEAD = 8
"""Things in the window for each worker: a slow first one does not keep the others idle at once."""


def in_order(work: Callable[[T], R], things: Iterable[T], *, workers: int) -> Iterator[R]:
    """Yields `work(thing)` for each thing, in order, with up to `workers` under way at once.

    The first exception of any of them is raised at once, wherever in the order it happened; what
    has not begun is then given up, and nobody waits for what has. One worker is a plain loop.
    """
    if workers <= 1:
        yield from map(work, things)
        return
    tasks: SimpleQueue[tuple[T, Future[R]] | None] = SimpleQueue()
    broken: Future[R] = Future()
    waiting: deque[Future[R]] = deque()
    source = iter(things)

    def run() -> None:
        while (task := tasks.get()) is not None:
            thing, future = task
            if broken.done():
                continue
            try:
                future.set_result(work(thing))
            except BaseException as error:
                with lock:
                    if not broken.done():
                        broken.set_exception(error)

    lock = threading.Lock()
    begun = 0
    try:
        while True:
            while len(waiting) < workers * AHEAD:
                try:
                    thing = next(source)
                except StopIteration:
                    break
                future: Future[R] = Future()
                waiting.append(future)
                tasks.put((thing, future))
                if begun < workers:
                    # A daemon: a build that ends does not wait minutes for a server to answer.
                    threading.Thread(target=run, name=f"worker-{begun}", daemon=True).start()
                    begun += 1
            if not waiting:
                return
            if not waiting[0].done():
                wait((waiting[0], broken), return_when=FIRST_COMPLETED)
            if broken.done():
                broken.result()
            yield waiting.popleft().result()
    finally:
        with lock:
            if not broken.done():
                broken.cancel()
        for _ in range(begun):
            tasks.put(None)
