"""Tool calls over threads and processes: in turn, the same results, and nothing lost."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest

from agent.service import crew as crews
from agent.service.beside import Beside
from agent.service.crew import Ahead, Call, Crew, Found, found_by
from agent.service.host import Host
from agent.service.problems import ProblemError
from agent.service.work import Pool


class Slow:
    """Stands for a process; answers when it is let, and keeps what it was sent."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.answers: list[asyncio.Future[Found]] = []

    async def ask(self, call: Call) -> Found:
        self.sent.append(call)
        self.answers.append(asyncio.get_running_loop().create_future())
        return await self.answers[-1]

    def tell(self, ahead: Ahead) -> None:
        self.sent.append(ahead)

    async def close(self) -> None:
        for answer in self.answers:
            if not answer.done():
                answer.cancel()

    def answer(self, number: int) -> None:
        self.answers[number].set_result(Found("found", "", str(number).encode()))


def lookup(words: str) -> Call:
    return Call("analyst", "find_users", {"words": words})


OVERVIEW = Call("analyst", "overview", {})


@contextmanager
def crew_of(host: Host, *, processes: int = 0, waiting: int = 100) -> Iterator[Crew]:
    threads = Pool(1, 100, "test")
    yield Crew(host, threads, places=1, processes=processes, waiting=waiting)
    threads.close()


async def opened(crew: Crew, monkeypatch: pytest.MonkeyPatch, ahead: int) -> Slow:
    slow = Slow()

    async def start(*_: object) -> Beside:
        return cast(Beside, slow)

    monkeypatch.setattr(Beside, "start", start)
    monkeypatch.setattr(crews, "AHEAD", ahead)
    opening = asyncio.create_task(crew.open())
    await asyncio.sleep(0)
    while not slow.answers:
        await asyncio.sleep(0)
    slow.answer(0)
    await opened_fully(opening)
    slow.sent.clear()
    slow.answers.clear()
    return slow


async def opened_fully(opening: asyncio.Task[None]) -> None:
    await asyncio.wait_for(opening, 5)


async def until_asked(slow: Slow, count: int) -> None:
    async with asyncio.timeout(5):
        while len(slow.answers) < count:
            await asyncio.sleep(0)


def test_a_process_gives_what_this_one_gives_and_its_death_loses_nothing(
    host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    user = host.world.table.users[0]
    calls = [
        OVERVIEW,
        Call("analyst", "user_profile", {"user": user}),
        Call("analyst", "recommend", {"user": user}),
        Call("aggregate", "find_segments", {"words": "people who like to read"}),
        Call("analyst", "user_profile", {"user": "nobody at all"}),
    ]

    async def both() -> tuple[list[Found], int, list[Found], int]:
        with crew_of(host, processes=1) as crew:
            await crew.open()
            process = crew._beside[0]._process
            first = list(await asyncio.gather(*map(crew.use, calls)))
            open_then = crew.opened
            os.kill(process.pid, signal.SIGKILL)
            after = list(await asyncio.gather(*map(crew.use, calls)))
            open_now = crew.opened
            await crew.close()
            return first, open_then, after, open_now

    first, open_then, after, open_now = asyncio.run(both())
    here = [found_by(host, call) for call in calls]
    assert first == here
    assert after == here
    assert (open_then, open_now) == (1, 0)
    assert here[-1].status == "unknown"
    assert "given up" in caplog.text


def test_calls_are_taken_in_turn_and_too_many_are_sent_away(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def several() -> list[Any]:
        with crew_of(host, processes=1, waiting=2) as crew:
            slow = await opened(crew, monkeypatch, ahead=1)
            calls = [asyncio.create_task(crew.use(lookup(str(n)))) for n in range(4)]
            await until_asked(slow, 1)
            with pytest.raises(ProblemError) as refused:
                await calls[3]
            assert refused.value.status == 503
            calls[1].cancel()  # its client went away; its turn is the next one's
            slow.answer(0)
            await until_asked(slow, 2)
            slow.answer(1)
            assert await calls[2] == Found("found", "", b"1")
            asked = [one for one in slow.sent if isinstance(one, Call)]
            await crew.close()
            return asked

    assert asyncio.run(several()) == [lookup("0"), lookup("2")]


def test_texts_that_wait_are_encoded_together_and_once(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def several() -> list[Any]:
        with crew_of(host, processes=1) as crew:
            slow = await opened(crew, monkeypatch, ahead=1)
            calls = [lookup("a"), lookup("b"), OVERVIEW, lookup("c")]
            tasks = [asyncio.create_task(crew.use(call)) for call in calls]
            for number in range(len(calls)):
                await until_asked(slow, number + 1)
                slow.answer(number)
            await asyncio.gather(*tasks)
            await crew.close()
            return slow.sent

    assert asyncio.run(several()) == [
        lookup("a"),
        Ahead(("b", "c")),
        lookup("b"),
        OVERVIEW,
        lookup("c"),
    ]


def test_a_process_with_another_version_is_not_asked(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def one() -> tuple[Found, int]:
        with crew_of(host, processes=1) as crew:
            slow = await opened(crew, monkeypatch, ahead=1)
            monkeypatch.setattr(Host, "version", property(lambda _: 99))
            waiting = asyncio.create_task(crew.use(OVERVIEW))
            await asyncio.sleep(0)
            assert not slow.sent
            await crew.close()  # as `open` does first of all
            return await waiting, len(slow.sent)

    found, sent = asyncio.run(one())
    assert found == found_by(host, OVERVIEW)
    assert sent == 0


def test_a_question_lets_calls_that_wait_go_first_but_not_for_ever(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> list[str]:
        with crew_of(host, processes=1) as crew:
            slow = await opened(crew, monkeypatch, ahead=1)
            calls = [asyncio.create_task(crew.use(OVERVIEW)) for _ in range(2)]
            await until_asked(slow, 1)
            order: list[str] = []
            await asyncio.wait_for(crew.calm(0.1), 20.0)
            order.append("waited long enough")

            async def question() -> None:
                await crew.calm(30.0)
                order.append("calm")

            asked = asyncio.create_task(question())
            await asyncio.sleep(0.1)
            slow.answer(0)
            await until_asked(slow, 2)
            order.append("no call waits")
            slow.answer(1)
            await asyncio.gather(asked, *calls)
            await crew.close()
            return order

    assert asyncio.run(go()) == ["waited long enough", "no call waits", "calm"]
