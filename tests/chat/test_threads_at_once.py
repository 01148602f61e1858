"""Any number of threads may use one run: nothing opens twice, no answer depends on the others."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, get_args

import pytest

from agent.chat.conversation import Conversation
from agent.chat.opening import opened
from agent.chat.world import World
from agent.records import Scope
from agent.runs import Run
from tests.chat.asking import Cast

THREADS = 6


def test_answers_are_those_of_one_thread(built: Path, cast: Cast) -> None:
    alone, together = (World(Run.open(built)) for _ in range(2))
    expected = [_answer(_talks(alone), *one) for one in _asked(cast)]
    talks = _talks(together)
    barrier = threading.Barrier(THREADS)

    def ask(seed: int) -> list[str]:
        order = list(enumerate(_asked(cast)))
        random.Random(seed).shuffle(order)
        barrier.wait()  # all find the run unopened
        found = {at: _answer(talks, *one) for at, one in order}
        return [found[at] for at in range(len(order))]

    with ThreadPoolExecutor(THREADS) as pool:
        for found in pool.map(ask, range(THREADS)):
            assert found == expected
    alone.close()
    together.close()


def test_a_part_is_opened_once_while_others_wait() -> None:
    class Slow:
        def __init__(self) -> None:
            self._opening, self.times = threading.RLock(), 0

        @opened
        def inner(self) -> int:
            self.times += 1
            time.sleep(0.02)
            return self.times

        @opened
        def outer(self) -> int:
            return self.inner * 10

    slow = Slow()
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(lambda n: slow.inner if n % 2 else slow.outer, range(THREADS)))
    assert slow.times == 1
    assert found == [10, 1] * (THREADS // 2)


def test_who_touched_what_is_counted_as_the_rows_say(world: World) -> None:
    pairs = set(world.measures.items.select("user_id", "item_id").iter_rows())
    touched, members = world.touched, world.members[next(iter(world.leaves))]
    at = {item: n for n, item in enumerate(touched.items)}
    assert set(at) == {item for _, item in pairs}
    by = touched.by(members)
    for item in random.Random(0).sample(touched.items, 40):
        mask = [
            (user, item) in pairs and bool(may)
            for user, may in zip(world.table.users, world.buyers, strict=True)
        ]
        found = touched.of(item)
        assert found is not None
        assert found.tolist() == mask
        assert touched.people(item) == sum(mask)
        assert by[at[item]] == sum(m and inside for m, inside in zip(mask, members, strict=True))
    assert touched.of("nothing of the kind") is None
    assert touched.people("nothing of the kind") == 0


@pytest.mark.parametrize("scope", get_args(Scope))
def test_a_question_does_not_hold_up_a_tool(
    built: Path, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Conversation(Run.open(built), scope=scope) as talk:
        talk.warm()
        asked, done = threading.Event(), threading.Event()

        def slowly(*_: Any) -> list[Any]:
            asked.set()
            assert done.wait(30)
            return []

        monkeypatch.setattr(talk._router, "answer", slowly)
        with ThreadPoolExecutor(1) as pool:
            answering = pool.submit(talk.ask, "Which segments are there?")
            assert asked.wait(30)
            assert talk.call("overview", {}).status == "found"
            assert not answering.done()
            done.set()
            answering.result(30)


def _talks(world: World) -> dict[Scope, Conversation]:
    return {scope: Conversation(world.run, scope=scope, world=world) for scope in get_args(Scope)}


def _answer(talks: dict[Scope, Conversation], scope: Scope, tool: str, given: Any) -> str:
    talk = talks[scope]
    if tool == "ask":
        return talk.ask(given).model_copy(update={"thread": ""}).model_dump_json()
    return talk.call(tool, given).model_dump_json()


def _asked(cast: Cast) -> list[tuple[Scope, str, Any]]:
    """Something of every tool, in both scopes, and questions between."""
    name = cast.names
    first, second, user, item = name["{first}"], name["{second}"], name["{user}"], name["{item_id}"]
    bought = [{"feature": f"item:{item}", "op": "is"}]
    weekend = [{"feature": "weekend_share", "op": "at least", "value": 20}]
    calls: list[tuple[str, Any]] = [
        ("overview", {}),
        ("rank_segments", {"by": "spend"}),
        ("find_segments", {"words": "people who bake"}),
        ("describe_segment", {"segment": first}),
        ("compare_segments", {"segment": first, "other": second}),
        ("segment_members", {"segment": first}),
        ("size_audience", {"segment": first, "conditions": bought}),
        ("size_audience", {"conditions": weekend}),
        ("summarise", {"feature": "spend", "segment": second}),
        ("list_users", {"segment": first, "by": "spend"}),
        ("users_like", {"user": user}),
        ("find_users", {"words": "bakes at the weekend"}),
        ("user_profile", {"user": user}),
        ("why_in_segment", {"user": user, "segment": second}),
        ("segment_demand", {"segment": first}),
        ("segment_demand", {"kind": "categories"}),
        ("who_buys", {"item": item}),
        ("recommend", {"user": user}),
        ("recommend", {"segment": second}),
        ("explain_recommendation", {"user": user, "item": item}),
        ("campaign_brief", {"segment": second}),
        ("ask", f"What sets {first} apart?"),
        ("ask", "Which segment is worth most, and what should we show them next?"),
    ]
    return [(scope, *one) for scope in get_args(Scope) for one in calls]
