"""A tiny checkpoint of ours that has learnt nothing, made in a second."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from agent.gpt.card import write_card
from agent.gpt.checkpoint import save_weights
from agent.gpt.model import GPT, Shape
from agent.gpt.tokenizer import Coder, save_tokenizer, train_tokenizer
from agent.models.ordinary import ORDINARY

VOCABULARY, CONTEXT = 1280, 512
TEXTS = (
    "E1 party goods 72 % of spend, 210 lines (population: 6 %, about 10 times as much)",
    "E2 48 pieces a line on the median (population: 6)",
    "E3 nothing since 7 November 1996; the log runs to 24 September 2018",
    "S4 61 % of spend in party goods on average (others: 3 %; Gift buyers: 14 %)",
)


def tokenizer_texts() -> Iterator[list[str]]:
    yield from ([text] for text in TEXTS)


def make_checkpoint(folder: Path, *, seed: int = 0, tasks: frozenset[str] | None = None) -> Path:
    """Two layers of 128; the same bytes for the same seed."""
    bpe = train_tokenizer(tokenizer_texts(), dict.fromkeys(ORDINARY, 1), vocabulary=VOCABULARY)
    coder = Coder(bpe)
    network = GPT(Shape.of(2, vocabulary=VOCABULARY, context=CONTEXT))
    network.start(seed)
    save_tokenizer(bpe, folder, context=CONTEXT)
    write_card(folder, tasks or frozenset({"profile", "label"}))
    save_weights(network, folder, end=coder.end, pad=coder.pad)
    return folder
