"""Results are made once, kept within bounds, and waited for together."""

from __future__ import annotations

import asyncio
import threading

import pytest

from agent.service.problems import ProblemError
from agent.service.work import Memory, Pool


def test_what_is_being_made_is_waited_for_not_made_again() -> None:
    async def several() -> tuple[list[bytes], int]:
        memory, made = Memory(1_000), 0

        async def make() -> bytes:
            nonlocal made
            made += 1
            await asyncio.sleep(0.01)
            return b"result"

        waiting = [asyncio.ensure_future(memory.made("key", make)) for _ in range(5)]
        await asyncio.sleep(0)
        waiting[0].cancel()  # its client went away
        return await asyncio.gather(*waiting[1:]), made

    results, made = asyncio.run(several())
    assert results == [b"result"] * 4
    assert made == 1


def test_memory_stays_within_its_bounds_and_keeps_what_is_used() -> None:
    async def fill() -> list[bytes | None]:
        memory = Memory(1_000)

        async def make() -> bytes:
            return bytes(100)

        for n in range(10):
            await memory.made(n, make)
        memory.get(0)
        await memory.made("more", make)
        return [memory.get(0), memory.get(1), memory.get("more")]

    assert [one is not None for one in asyncio.run(fill())] == [True, False, True]


def test_a_failure_is_everybodys_and_is_not_kept() -> None:
    async def fail_then_work() -> bytes:
        memory = Memory(1_000)

        async def fail() -> bytes:
            raise ValueError("no")

        async def work() -> bytes:
            return b"yes"

        both = await asyncio.gather(
            memory.made(1, fail), memory.made(1, fail), return_exceptions=True
        )
        assert all(isinstance(one, ValueError) for one in both)
        return await memory.made(1, work)

    assert asyncio.run(fail_then_work()) == b"yes"


def test_a_pool_counts_a_thread_until_it_ends() -> None:
    async def crowd() -> None:
        pool, go = Pool(1, 1, "test"), threading.Event()
        first = asyncio.ensure_future(pool.run(go.wait))
        second = asyncio.ensure_future(pool.run(lambda: True))
        await asyncio.sleep(0.05)
        with pytest.raises(ProblemError) as caught:
            await pool.run(lambda: True)
        assert caught.value.status == 503
        first.cancel()  # its client went away, its thread goes on
        await asyncio.sleep(0.05)
        with pytest.raises(ProblemError):
            await pool.run(lambda: True)
        go.set()
        assert await second
        await asyncio.sleep(0.05)
        assert await pool.run(lambda: True)
        pool.close()

    asyncio.run(crowd())
