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


def test_who_can_wait_waits_until_a_pool_is_calm() -> None:
    async def go() -> list[str]:
        pool, hold = Pool(1, 10, "test"), threading.Event()
        order: list[str] = []
        first = asyncio.ensure_future(pool.run(hold.wait))
        second = asyncio.ensure_future(pool.run(lambda: order.append("tool")))
        await asyncio.sleep(0)

        async def question() -> None:
            await pool.calm(30.0)
            order.append("question")

        asked = asyncio.ensure_future(question())
        await asyncio.sleep(0.1)
        assert order == []
        hold.set()
        await asyncio.gather(first, second, asked)
        pool.close()
        return order

    assert asyncio.run(go()) == ["tool", "question"]


def test_but_not_longer_than_is_said() -> None:
    async def go() -> bool:
        pool, hold = Pool(1, 10, "test"), threading.Event()
        waiting = [asyncio.ensure_future(pool.run(hold.wait)) for _ in range(3)]
        await asyncio.sleep(0)
        await asyncio.wait_for(pool.calm(0.2), 20.0)
        ended = any(one.done() for one in waiting)
        hold.set()
        await asyncio.gather(*waiting)
        pool.close()
        return ended

    assert not asyncio.run(go())
