"""The two ways are compared on the same requests, and the ratio is what it says."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agent.errors import ModelError
from agent.evaluation.concurrency import Shop, Speed, bare, bodies, compared, ours
from tests.models.server import fails, little_server, says
from tests.profiles.facts import CATEGORIES, SHOP, TITLES, any_evidence

SHOPPERS = Shop(
    tuple(any_evidence(4 * user)[0] for user in range(4)),
    SHOP,
    (*TITLES["purchases"], *CATEGORIES["purchases"]),
)
ANSWER = {
    "headline": "a buyer",
    "sentences": [
        {"facts": ["E1"], "text": "Buys this and that."},
        {"facts": ["E2"], "text": "Comes often."},
    ],
}
SEEDS = range(40, 49)


def place(url: str) -> Any:
    return SimpleNamespace(url=url, key="k", name="little")


def in_order(requests: list[dict[str, Any]]) -> list[str]:
    """What decides the server's work, whoever sent it and when."""
    decisive = ("model", "messages", "seed", "temperature", "max_tokens", "structured_outputs")
    picked = ({name: one[name] for name in decisive} for one in requests)
    return sorted(json.dumps(one, sort_keys=True) for one in picked)


def test_both_ways_send_the_same_requests(tmp_path: Path) -> None:
    with little_server(says(json.dumps(ANSWER)), key="k") as server:
        told = place(server.url)
        made = ours(told, SHOPPERS, SEEDS, 3, tmp_path / "answers.sqlite")
        first, server.requests[:] = list(server.requests), []
        finished = bare(told, bodies(told, SHOPPERS, SEEDS), 3)
        assert in_order(first) == in_order(server.requests)
        assert [one["seed"] for one in sorted(first, key=lambda one: int(one["seed"]))] == [*SEEDS]
        assert server.most_at_once <= 3
    for speed in (made, finished):
        assert (speed.requests, speed.tokens) == (9, 9 * 7)
        assert speed.seconds > 0


def test_a_server_that_fails_is_not_measured() -> None:
    with (
        little_server(fails(500)) as server,
        pytest.raises(ModelError, match="the server answered 500"),
    ):
        bare(place(server.url), bodies(place(server.url), SHOPPERS, SEEDS), 2)


def test_the_ratio_is_taken_within_rounds() -> None:
    slow, fast = Speed(8, 800, 10.0), Speed(8, 1600, 10.0)
    found = compared(8, [(slow, slow), (fast, fast), (slow, fast)])
    assert (found.ratio, found.lowest, found.highest) == (1.0, 0.5, 1.0)
    assert (found.ours, found.bare, found.at_once, found.rounds) == (80.0, 160.0, 8, 3)
