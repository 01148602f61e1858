"""How the service holds under load: many clients at once, each with its next request when the last
is answered, over loopback, for a bounded time.

    python -m agent.evaluation.service_load runs/demo --clients 200 --seconds 60

The service runs in a process of its own, as `folkmap serve` starts it, and the load begins when it
has opened its tables, index and encoder. Clients call tools with arguments drawn from what the run
holds, so that most calls are new ones; one in twenty asks the chat. A client asks again the moment
it is answered, which is far harsher than as many people would be: with 200 clients, answers within
a second take 200 of them a second. `--think S` has each wait S seconds on average in between.

Told are, for tools and for the chat, requests, the share answered with 200, statuses, and quantiles
of the seconds they took; how long the service took to be ready, its largest memory, and the
processor seconds that it and these clients used.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from agent.cores import spare_cores

START_S = 120.0
CHAT_EVERY = 20
"""One client in so many asks the chat."""
LIMIT_S = 1.0
ENOUGH = 0.99


@dataclass(frozen=True)
class Request:
    """One request and which figure it counts in."""

    kind: str
    path: str
    body: dict[str, Any]

    def encoded(self, host: str) -> bytes:
        body = json.dumps(self.body).encode()
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


@dataclass
class Tally:
    """What came of the requests of one kind."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        """Figures for people; quantiles are over the requests answered with 200."""
        taken = sorted(self.seconds)

        def quantile(part: float) -> float | None:
            return round(taken[min(len(taken) - 1, int(part * len(taken)))], 3) if taken else None

        requests = self.statuses.total()
        return {
            "requests": requests,
            "answered": round(self.statuses[200] / requests, 4) if requests else None,
            "statuses": {str(status): n for status, n in sorted(self.statuses.items())},
            "p50_s": quantile(0.5),
            "p95_s": quantile(0.95),
            "p99_s": quantile(0.99),
            "max_s": round(taken[-1], 3) if taken else None,
        }


class Asker:
    """Requests about one run, drawn at random from what it holds."""

    def __init__(self, run: Path, seed: int) -> None:
        from agent.chat.world import World
        from agent.runs import Run

        world = World(Run.open(run))
        self._random = random.Random(seed)
        self._users, self._segments = world.table.users, list(world.segments)
        self._items = list(world.catalogue.titles)
        self._categories = list(world.catalogue.of_category)
        self._names = [card.name for card in world.segments.values()]
        plain = (name for name in world.table.names if not name.startswith("attribute:"))
        self._features = list(plain)

    def tool(self) -> Request:
        """A call of one of the tools."""
        pick = self._random.choice
        user, segment, item = pick(self._users), pick(self._segments), pick(self._items)
        one, other = self._random.sample(self._segments, 2)
        bound = {"feature": pick(self._features), "op": "at least", "value": pick((5, 10, 20, 40))}
        calls: tuple[tuple[str, dict[str, Any]], ...] = (
            ("overview", {}),
            ("rank_segments", {"by": pick(self._features)}),
            ("find_segments", {"words": pick(self._categories)}),
            ("describe_segment", {"segment": segment}),
            ("compare_segments", {"segment": one, "other": other}),
            ("segment_members", {"segment": segment}),
            ("size_audience", {"segment": segment, "conditions": [bound]}),
            ("summarise", {"feature": pick(self._features), "segment": segment}),
            ("list_users", {"segment": segment, "by": pick(self._features)}),
            ("users_like", {"user": user}),
            ("find_users", {"words": f"{pick(self._categories)} and {pick(self._categories)}"}),
            ("user_profile", {"user": user}),
            ("why_in_segment", {"user": user}),
            ("segment_demand", {"segment": segment}),
            ("who_buys", {"item": item}),
            ("recommend", {"user": user}),
            ("recommend", {"segment": segment}),
            ("explain_recommendation", {"user": user, "item": item}),
            ("campaign_brief", {"segment": segment}),
        )
        name, arguments = pick(calls)
        return Request("tools", f"/v1/tools/{name}", arguments)

    def pause(self, mean: float) -> Iterator[float]:
        """Seconds to wait before each request of one client."""
        while True:
            yield self._random.uniform(0, 2 * mean) if mean else 0.0

    def question(self) -> Request:
        """A question for the chat."""
        pick = self._random.choice
        question = pick(
            (
                "Which segment is worth most, and what should we show them next?",
                f"What sets {pick(self._names)} apart?",
                f"Who is {pick(self._users)}?",
                f"Who buys {pick(self._categories)}?",
                "How many customers come at the weekend?",
            )
        )
        return Request("chat", "/v1/ask", {"question": question})


async def load(
    host: str, port: int, asker: Asker, clients: int, seconds: float, think: float = 0.0
) -> dict[str, Tally]:
    """Keep so many clients busy for so long; kind → what came of it.

    `think` is the mean of the seconds, drawn evenly from 0 to twice that, between an answer and the
    next request.
    """
    tallies = {"tools": Tally(), "chat": Tally()}
    until = time.perf_counter() + seconds
    draws: list[Callable[[], Request]] = [
        asker.question if n % CHAT_EVERY == CHAT_EVERY - 1 else asker.tool for n in range(clients)
    ]
    async with asyncio.TaskGroup() as group:
        for draw in draws:
            group.create_task(_client(host, port, draw, until, tallies, asker.pause(think)))
    return tallies


async def _client(
    host: str,
    port: int,
    draw: Callable[[], Request],
    until: float,
    tallies: dict[str, Tally],
    pauses: Iterator[float],
) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        while True:
            pause = next(pauses)
            if time.perf_counter() + pause >= until:
                return
            await asyncio.sleep(pause)
            request = draw()
            began = time.perf_counter()
            writer.write(request.encoded(f"{host}:{port}"))
            status, wait = await _answer(reader)
            tally = tallies[request.kind]
            tally.statuses[status] += 1
            if status == 200:
                tally.seconds.append(time.perf_counter() - began)
            else:
                await asyncio.sleep(min(wait, max(0.0, until - time.perf_counter())))
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, float]:
    """Status and `Retry-After` of one response, its body read."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    headers = dict(re.findall(r"(?m)^([\w-]+): *(.*?)\r$", head.lower()))
    await reader.readexactly(int(headers.get("content-length", 0)))
    return int(head.split(" ", 2)[1]), float(headers.get("retry-after", 0))


async def ready(host: str, port: int) -> float:
    """Seconds until requests that need every part of the run were answered, and until the processes
    that work on tool calls had opened it too."""
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection(host, port)
    for request in (
        Request("tools", "/v1/tools/find_users", {"words": "anybody"}),
        Request("chat", "/v1/ask", {"question": "Which segments are there?"}),
    ):
        writer.write(request.encoded(f"{host}:{port}"))
        status, _ = await _answer(reader)
        if status != 200:
            raise SystemExit(f"the service answers {request.path} with {status}")
    writer.close()
    while time.perf_counter() - began < START_S:
        with urlopen(f"http://{host}:{port}/metrics") as counted:
            open_now = re.search(r"(?m)^folkmap_tool_processes (\S+)$", counted.read().decode())
        if open_now and float(open_now[1]) >= spare_cores():
            return time.perf_counter() - began
        await asyncio.sleep(0.2)
    raise SystemExit(f"the service's processes for tools are not open after {START_S:.0f} s")


def spent(process: int) -> dict[str, float]:
    """Largest memory and processor seconds of a process so far; nothing where Linux is not."""
    folder = Path("/proc", str(process))
    if not folder.is_dir():
        return {}
    peak = re.search(r"VmHWM:\s+(\d+) kB", (folder / "status").read_text())
    ticks = (folder / "stat").read_text().rpartition(")")[2].split()[11:13]
    used = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    return {"peak_mb": round(int(peak[1]) / 1024) if peak else 0, "cpu_s": round(used, 1)}


@contextmanager
def served(run: Path) -> Iterator[tuple[str, int, int]]:
    """Host, port and process of a service started for this, ended at the end."""
    command = [sys.executable, "-m", "agent.launch", "serve", "--run", str(run), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if found := re.search(r"http://([\d.]+):(\d+)/$", line.strip()):
                yield found[1], int(found[2]), process.pid
                return
        raise SystemExit("the service ended before it listened")
    finally:
        process.terminate()
        process.wait(30)


def main() -> None:
    """Serve a run, load it, print the figures as JSON; exit 1 where they fall short."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--think", type=float, default=0.0, help="seconds between requests")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    asker = Asker(given.run, given.seed)
    with served(given.run) as (host, port, process):
        took = asyncio.run(ready(host, port))
        before, own = spent(process), time.process_time()
        tallies = asyncio.run(load(host, port, asker, given.clients, given.seconds, given.think))
        own, after = time.process_time() - own, spent(process)
    if after:
        after["cpu_s"] = round(after["cpu_s"] - before["cpu_s"], 1)
    report = {kind: tally.report() for kind, tally in tallies.items()}
    told = {"clients": given.clients, "seconds": given.seconds, "think": given.think, **report}
    told |= {"ready_s": round(took, 1), "service": after, "clients_cpu_s": round(own, 1)}
    print(json.dumps(told, indent=1))
    tools, chat = tallies["tools"], tallies["chat"]
    held = report["tools"]["answered"] >= ENOUGH and report["tools"]["p95_s"] <= LIMIT_S
    others = {status for status in (*tools.statuses, *chat.statuses) if status >= 500} - {503}
    print("holds" if held and not others else "falls short", file=sys.stderr)
    sys.exit(0 if held and not others else 1)


if __name__ == "__main__":
    main()
