"""A checkpoint, loaded and ready to answer: weights checked, grammars made, questions batched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from agent.errors import ModelError
from agent.gpt.batching import Asked, Batcher, Said
from agent.gpt.card import read_card
from agent.gpt.checkpoint import check_sums, load_network
from agent.gpt.lark import lark
from agent.gpt.place import WEIGHTS
from agent.gpt.runtime import Runtime
from agent.gpt.tokenizer import SPECIAL, Coder

if TYPE_CHECKING:
    from llguidance import LLMatcher, LLTokenizer

SLOTS = 32
"""Answers carried on at once."""
MAX_TOKENS = 700


class TooLongError(ValueError):
    """A prompt leaves no room for an answer."""


class Engine:
    """One checkpoint in this process, for any number of threads."""

    def __init__(self, coder: Coder, runtime: Runtime, grammars: LLTokenizer) -> None:
        self.coder, self._runtime, self._grammars = coder, runtime, grammars
        self._batcher = Batcher(runtime, end=coder.end)

    @classmethod
    def load(cls, folder: Path = WEIGHTS, *, slots: int = SLOTS) -> Self:
        """Raises ModelError: no checkpoint there, damaged, of another version, of a wrong kind."""
        read_card(folder)
        check_sums(folder)
        network = load_network(folder)
        coder = _coder(folder)
        if coder.size > network.shape.vocabulary:
            raise ModelError(
                f"{folder}: the tokenizer has {coder.size:,} tokens, the network knows "
                f"{network.shape.vocabulary:,}; they do not belong together"
            )
        from llguidance import LLTokenizer

        vocabulary = network.shape.vocabulary
        grammars = LLTokenizer(
            coder.tokenizer.to_str(), n_vocab=vocabulary, eos_token=coder.end, slices=[]
        )
        return cls(coder, Runtime(network, slots=slots), grammars)

    def ask(
        self,
        messages: Iterable[tuple[str, str]],
        *,
        grammar: str | None = None,
        schema: Mapping[str, Any] | None = None,
        max_tokens: int = MAX_TOKENS,
        temperature: float = 0.0,
        seed: int = 0,
        tell: Callable[[int], None] | None = None,
    ) -> tuple[Future[Said], int]:
        """The answer to come, and how many tokens the prompt has.

        `messages` are (role, text); a GBNF grammar or else a JSON schema holds the answer to its
        form. Raises TooLongError for a prompt that leaves no room, ValueError for a grammar that
        is none.
        """
        prompt = self.coder.prompt(messages)
        context = self._runtime.shape.context
        if len(prompt) >= context:
            raise TooLongError(
                f"the prompt is too long: {len(prompt):,} tokens, and the context holds "
                f"{context:,} with the answer"
            )
        asked = Asked(
            prompt,
            max_tokens,
            matcher=self._matcher(grammar, schema),
            temperature=temperature,
            seed=seed,
            tell=tell,
        )
        return self._batcher.ask(asked), len(prompt)

    def overruled(self, said: Said) -> tuple[int, ...]:
        """The characters of an answer's text at which its grammar overruled the network."""
        return tuple(len(self.coder.decode(said.tokens[:at])) for at in said.overruled)

    def _matcher(self, grammar: str | None, schema: Mapping[str, Any] | None) -> LLMatcher | None:
        if grammar is None and schema is None:
            return None
        from llguidance import LLMatcher

        made = (
            lark(grammar)
            if grammar is not None
            else LLMatcher.grammar_from_json_schema(
                dict(schema or {}), overrides={"whitespace_flexible": False}
            )
        )
        matcher = LLMatcher(self._grammars, made, log_level=0)
        if problem := matcher.get_error():
            raise ValueError(f"the grammar cannot be used: {' '.join(problem.split())[:300]}")
        return matcher

    def close(self) -> None:
        """End the thread that answers."""
        self._batcher.close()


def _coder(folder: Path) -> Coder:
    path = folder / "tokenizer.json"
    try:
        known = json.loads(path.read_text("utf-8"))["added_tokens"]
        markers = {token["content"] for token in known if token["special"]}
        if markers != {*SPECIAL}:
            raise ModelError(f"{path} is no tokenizer of ours: its markers are {sorted(markers)}")
        return Coder.read(folder)
    except ModelError:
        raise
    except Exception as error:  # tokenizers raises nothing narrower
        said = " ".join(str(error).split())[:200]
        raise ModelError(f"{path} cannot be loaded: {said}") from error
