"""Random answers of a grammar: what a model with no sense at all would write under it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from typing import Any

import llguidance
import llguidance.numpy
import numpy as np

END = 256


class _Bytes:
    """A tokenizer whose tokens are bytes."""

    eos_token_id, bos_token_id, special_token_ids = END, None, (END,)
    tokens = (*(bytes([byte]) for byte in range(END)), b"<end>")

    def __call__(self, text: bytes | str) -> list[int]:
        return list(text.encode() if isinstance(text, str) else text)


@cache
def _tokenizer() -> Any:
    return llguidance.LLTokenizer(llguidance.TokenizerWrapper(_Bytes()))


def _matcher(grammar: str) -> Any:
    matcher = llguidance.LLMatcher(_tokenizer(), llguidance.grammar_from("gbnf", grammar))
    assert not matcher.is_error(), matcher.get_error()
    return matcher


def accepts(grammar: str, text: str) -> bool:
    """Whether `text` is an answer of the grammar, to its end."""
    matcher, given = _matcher(grammar), list(text.encode())
    return bool(matcher.try_consume_tokens(given) == len(given) and matcher.is_accepting())


def answers(grammar: str, how_many: int, seed: int) -> Iterator[str]:
    """Answers made by choosing evenly among the bytes that may follow."""
    rng = random.Random(seed)
    start = _matcher(grammar)
    mask = llguidance.numpy.allocate_token_bitmask(1, END + 1)
    for _ in range(how_many):
        matcher, said = start.deep_copy(), bytearray()
        while True:
            forced = matcher.compute_ff_bytes()
            assert not forced or matcher.consume_tokens(list(forced))
            said += forced
            if matcher.is_stopped():
                break
            llguidance.numpy.fill_next_token_bitmask(matcher, mask)
            assert not matcher.is_error(), matcher.get_error()
            allowed = np.unpackbits(mask.view(np.uint8), bitorder="little")[: END + 1].nonzero()[0]
            chosen = int(rng.choice(allowed)) if len(allowed) else END
            if chosen == END:
                break
            assert matcher.consume_token(chosen)
            said.append(chosen)
        yield said.decode()
