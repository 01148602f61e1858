"""Tokens and money: said before, counted after, and a person may stop in between."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agent.errors import ModelError
from agent.models.opening import open_model
from agent.models.spending import Usage, announce, estimate, estimate_tokens
from agent.progress import Silent
from agent.settings import ModelSettings


class Listener(Silent):
    def __init__(self, *, willing: bool) -> None:
        self.willing, self.heard = willing, []

    def agree(self, text: str) -> bool:
        self.heard.append(text)
        return self.willing


def opened(run: Path, **settings):
    told = {"spec": "https://api.example.com/v1", "name": "m", **settings}
    return open_model(ModelSettings(**told), run=run)


def test_an_estimate_scales_a_sample_of_prompts() -> None:
    prompts = ["x" * 3_500, "x" * 7_000]
    expected = estimate(prompts, requests=1_000, tokens_out=200, price_in=2.0, price_out=8.0)
    assert expected.tokens_in == pytest.approx(1_500_000, rel=0.01)
    assert expected.tokens_out == 200_000
    assert expected.cost == pytest.approx(3.0 + 1.6, rel=0.01)
    assert str(expected) == (
        "about 1,000 requests, 1.5 million tokens in and 200,000 out, 4.61 at the prices given"
    )


def test_tokens_are_estimated_within_a_factor_of_what_tokenizers_say() -> None:
    # 36 tokens in the vocabulary of the text encoder.
    text = (
        "E1 51 orders from 2010-12-05 to 2011-11-22, 7 days apart on the median; party goods "
        "72 % of spend (population: 6 %)"
    )
    assert 36 / 1.5 < estimate_tokens(text) < 36 * 1.5


def test_without_prices_only_tokens_are_told(tmp_path: Path) -> None:
    listener = Listener(willing=True)
    with opened(tmp_path) as model:
        announce(model, ["facts " * 100], requests=20, tokens_out=150, reporter=listener)
    (told,) = listener.heard
    assert told.startswith("m: about 20 requests, ")
    assert "prices" not in told


def test_a_person_may_stop_before_anything_is_spent(tmp_path: Path) -> None:
    with (
        opened(tmp_path, price_in=1.0) as model,
        pytest.raises(ModelError, match="before anything was spent; --yes"),
    ):
        announce(model, ["facts"], requests=20, tokens_out=150, reporter=Listener(willing=False))


def test_a_server_of_ones_own_costs_nothing_and_nobody_is_asked(tmp_path: Path) -> None:
    listener = Listener(willing=False)
    with opened(tmp_path, spec="http://localhost:1/v1") as model:
        announce(model, ["facts"], requests=20, tokens_out=150, reporter=listener)
    assert listener.heard == []


def test_usage_is_counted_by_any_number_of_threads() -> None:
    usage = Usage(price_in=1.0, price_out=10.0)

    def work(number: int) -> None:
        usage.called(1_000, 100)
        usage.found()
        usage.refuse("content filter" if number % 2 else "answer cut off")

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(1_000)))
    assert usage.settle() == {
        "calls": 1_000,
        "cached": 1_000,
        "tokens_in": 1_000_000,
        "tokens_out": 100_000,
        "cost": 2.0,
        "refused": {"answer cut off": 500, "content filter": 500},
    }
