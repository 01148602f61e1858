"""One network, three ways of computing it: transformers', ours for training, ours for decoding."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import Qwen3ForCausalLM

from agent.gpt.checkpoint import load_network
from agent.gpt.model import GPT, Shape
from agent.gpt.optimiser import orthogonal
from agent.gpt.runtime import Runtime

CLOSE = 1e-4


@pytest.fixture(scope="module")
def network() -> GPT:
    torch.manual_seed(0)
    made = GPT(Shape.of(3, vocabulary=300, context=64))
    for parameter in made.parameters():
        if parameter.ndim == 1:
            torch.nn.init.uniform_(parameter, 0.5, 1.5)
        else:
            torch.nn.init.normal_(parameter, std=0.05)
    return made.eval()


def test_transformers_computes_the_same(checkpoint: Path) -> None:
    ours = load_network(checkpoint)
    theirs = Qwen3ForCausalLM.from_pretrained(checkpoint, dtype=torch.float32).eval()
    tokens = torch.randint(0, 1000, (2, 40), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        expected = theirs(tokens).logits
        assert torch.allclose(ours.logits(ours(tokens)), expected, atol=CLOSE)


def test_decoding_computes_what_training_does(network: GPT) -> None:
    runtime = Runtime(network, slots=3)
    first, second = torch.randint(0, 300, (40,)), torch.randint(0, 300, (33,))
    with torch.no_grad():
        expected = [network.logits(network(row[None]))[0] for row in (first, second)]
    assert torch.allclose(runtime.read(first[:30].tolist(), 0), expected[0][29], atol=CLOSE)
    assert torch.allclose(runtime.read(second[:12].tolist(), 1), expected[1][11], atol=CLOSE)
    for step in range(10):
        at, beside = 30 + step, 12 + step
        logits = runtime.step(torch.stack([first[at], second[beside]]), torch.tensor([at, beside]))
        assert torch.allclose(logits[0], expected[0][at], atol=CLOSE)
        assert torch.allclose(logits[1], expected[1][beside], atol=CLOSE)
    runtime.move(1, 0, 22)
    logits = runtime.step(second[22:23], torch.tensor([22]))
    assert torch.allclose(logits[0], expected[1][22], atol=CLOSE)


@pytest.mark.parametrize("shape", [(8, 20), (20, 8), (16, 16)])
def test_an_update_is_made_about_orthogonal(shape: tuple[int, int]) -> None:
    torch.manual_seed(2)
    values = torch.linalg.svdvals(orthogonal(torch.randn(shape)))
    assert values.min() > 0.5
    assert values.max() < 1.5
