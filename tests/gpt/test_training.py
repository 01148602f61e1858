"""The loop learns, goes on where it stopped, and leaves a checkpoint that answers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from agent.gpt.batches import Batch, Coded, batches, padded, read_shard, rounds, write_shard
from agent.gpt.checkpoint import load_network
from agent.gpt.copying import copying_batch
from agent.gpt.model import GPT, Shape
from agent.gpt.tokenizer import Coder
from agent.gpt.training import Training


def practice(length: int = 32, rows: int = 8) -> Batch:
    return copying_batch(
        np.random.default_rng(0),
        rows=rows,
        length=length,
        vocabulary=400,
        first=50,
        names=range(6, 40),
        mark=4,
    )


@pytest.mark.parametrize("length", [32, 64, 192])
def test_what_counts_in_copying_was_said_before(length: int) -> None:
    batch = practice(length)
    assert (batch.weights > 0).any(axis=1).all()
    for tokens, weights in zip(batch.tokens.tolist(), batch.weights.tolist(), strict=True):
        for at in np.flatnonzero(weights):
            pair = tokens[at - 1 : at + 1]
            assert any(tokens[i : i + 2] == pair for i in range(at - 1))


def some(number: int) -> list[Coded]:
    rng = np.random.default_rng(1)
    return [
        Coded(rng.integers(6, 400, int(size)).astype(np.uint16), int(size) // 2)
        for size in rng.integers(10, 90, number)
    ]


def test_a_shard_holds_what_was_put_into_it(tmp_path: Path) -> None:
    examples = some(7)
    assert write_shard(tmp_path / "a" / "one.npz", examples) == 7
    back = read_shard(tmp_path / "a" / "one.npz")
    assert [one.tokens.tolist() for one in back] == [one.tokens.tolist() for one in examples]
    assert [one.answer_at for one in back] == [one.answer_at for one in examples]


def test_every_example_comes_once_and_only_answers_count() -> None:
    examples = some(50)
    made = list(batches(examples, size=300, rng=np.random.default_rng(0), pad=0))
    assert sum(len(batch.tokens) for batch in made) == 50
    answers = sum(len(one.tokens) - one.answer_at for one in examples)
    assert sum((batch.weights > 0).sum() for batch in made) == answers
    assert all(batch.tokens.size <= 300 for batch in made)


def test_shards_that_come_later_come_before_a_second_round(tmp_path: Path) -> None:
    write_shard(tmp_path / "one.npz", some(3))
    made = rounds(tmp_path, size=10_000, rng=np.random.default_rng(0), pad=0)
    assert len(next(made).tokens) == 3
    write_shard(tmp_path / "two.npz", some(5))
    assert len(next(made).tokens) == 5
    assert len(next(made).tokens) == 8


def test_it_learns_and_goes_on_where_it_stopped(checkpoint: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    coder = Coder.read(checkpoint)
    network = GPT(Shape.of(2, vocabulary=1280, context=512))
    network.start(0)
    training = Training(network, coder, tmp_path, compiled=False)
    batch = practice()
    first, _ = training.step(batch)
    for _ in range(30):
        last, _ = training.step(batch)
    assert last < first / 2
    training.progress.step = 31
    training.save()

    again = GPT(Shape.of(2, vocabulary=1280, context=512))
    resumed = Training(again, coder, tmp_path, compiled=False)
    resumed.resume()
    assert resumed.progress.step == 31
    assert resumed.step(batch) == training.step(batch)

    saved = load_network(tmp_path / "checkpoint").state_dict()
    for name, tensor in network.state_dict().items():
        assert torch.allclose(saved[name], tensor, atol=0.1)  # kept as bfloat16, a step ago


def test_scores_are_kept(checkpoint: Path, tmp_path: Path) -> None:
    network = GPT(Shape.of(2, vocabulary=1280, context=512))
    network.start(0)
    training = Training(network, Coder.read(checkpoint), tmp_path, compiled=False)
    training.run(
        iter([practice()] * 50), 0.2, held_out=lambda: {"profile": padded(some(6), pad=0)}, fall=0.5
    )
    line = json.loads((tmp_path / "log.jsonl").read_text().splitlines()[-1])
    assert line["loss"] > 0
    assert 0 <= line["profile"]["right"] <= 1
    assert padded(some(2), pad=0).tokens.shape[1] % 16 == 0
