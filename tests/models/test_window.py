"""Working on many things at once: in order, bounded, and over at once when something breaks."""

from __future__ import annotations

import random
import threading
import time
from itertools import count, islice

import pytest

from agent.models.window import AHEAD, in_order


def test_results_come_in_order_whatever_takes_longest() -> None:
    chance = random.Random(0)
    naps = [chance.random() / 100 for _ in range(200)]

    def work(at: int) -> int:
        time.sleep(naps[at])
        return at

    assert list(in_order(work, range(200), workers=16)) == list(range(200))


@pytest.mark.parametrize("workers", [1, 4])
def test_nothing_to_do_is_done(workers: int) -> None:
    assert list(in_order(str, [], workers=workers)) == []


def test_so_many_at_once_and_no_more() -> None:
    lock, now, most = threading.Lock(), 0, 0

    def work(at: int) -> int:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.005)
        with lock:
            now -= 1
        return at

    list(in_order(work, range(100), workers=8))
    assert most == 8


def test_an_endless_input_is_taken_only_as_far_as_the_window() -> None:
    taken = 0

    def endless():
        nonlocal taken
        for number in count():
            taken += 1
            yield number

    results = in_order(lambda number: number, endless(), workers=4)
    assert list(islice(results, 10)) == list(range(10))
    assert taken <= 10 + 4 * AHEAD
    results.close()


def test_a_slow_first_one_keeps_nobody_idle_and_the_window_bounded() -> None:
    release, done = threading.Event(), []

    def work(at: int) -> int:
        if at == 0:
            release.wait(10)
        done.append(at)
        return at

    results = in_order(work, range(1000), workers=4)
    first = threading.Thread(target=lambda: next(results))
    first.start()
    until = time.monotonic() + 10
    while len(done) < 4 * AHEAD - 1 and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.05)
    assert sorted(done) == list(range(1, 4 * AHEAD))
    release.set()
    first.join(10)
    results.close()


def test_what_breaks_is_raised_at_once_and_the_rest_given_up() -> None:
    release, done = threading.Event(), []

    def work(at: int) -> int:
        if at == 0:
            release.wait(10)
        if at == 2:
            raise ValueError("the third one")
        time.sleep(0.02)
        done.append(at)
        return at

    before = time.monotonic()
    with pytest.raises(ValueError, match="the third one"):
        list(in_order(work, range(1000), workers=4))
    assert time.monotonic() - before < 5  # although the first never came
    time.sleep(0.2)
    assert len(done) < 20
    release.set()


def test_an_input_that_breaks_is_raised() -> None:
    def source():
        yield 1
        raise OSError("the disk")

    with pytest.raises(OSError, match="the disk"):
        list(in_order(lambda number: number, source(), workers=4))
