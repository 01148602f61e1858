"""Many questions answered together: a queue before one network, which carries all answers on.

Whoever asks waits for a future; one thread of its own reads new prompts as slots fall free, and
takes a step for all answers under way. Greedy, or sampled with the seed of the request.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from agent.errors import ModelError
from agent.gpt.runtime import Runtime

if TYPE_CHECKING:
    from llguidance import LLMatcher


UNLIKELY = math.log(0.1)
"""Log of the probability under which a token that a grammar leaves is none of the network's own."""
_BITS = torch.arange(32, dtype=torch.int32)


@dataclass(frozen=True)
class Said:
    """The tokens of an answer, its end left out."""

    tokens: tuple[int, ...]
    ended: bool
    """Whether it came to its end; it was cut off otherwise."""
    overruled: tuple[int, ...] = ()
    """Places among the tokens, the end among them, where the grammar forbade what the network would
    have said and left it nothing that it thought likely."""


@dataclass
class Asked:
    """One question, and how far its answer is."""

    prompt: list[int]
    most: int
    """Tokens of the answer, at most."""
    matcher: LLMatcher | None = None
    temperature: float = 0.0
    seed: int = 0
    tell: Callable[[int], None] | None = None
    """Told every token as it comes."""
    future: Future[Said] = field(default_factory=Future)
    said: list[int] = field(default_factory=list)
    overruled: list[int] = field(default_factory=list)
    random: torch.Generator | None = None

    @property
    def length(self) -> int:
        """Tokens in its slot before the one that was said last."""
        return len(self.prompt) + len(self.said) - 1


class Batcher:
    """The queue and its thread; `close` ends both. Any number of threads may ask."""

    def __init__(self, runtime: Runtime, *, end: int) -> None:
        self._runtime, self._end = runtime, end
        self._waiting: deque[Asked] = deque()
        self._active: list[Asked] = []
        """The answer under way in each slot, from the first slot on without a gap."""
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    def ask(self, asked: Asked) -> Future[Said]:
        """Put a question into the queue. Raises ModelError when it was closed."""
        with self._changed:
            if self._closed:
                raise ModelError("the bundled model has been closed")
            self._waiting.append(asked)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="gpt", daemon=True)
                self._thread.start()
            self._changed.notify()
        return asked.future

    def close(self) -> None:
        """End the thread; what is under way is cancelled."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while True:
            with self._changed:
                while not (self._waiting or self._active or self._closed):
                    self._changed.wait()
                if self._closed:
                    for asked in (*self._active, *self._waiting):
                        asked.future.cancel()
                    return
                room = self._runtime.slots - len(self._active)
                new = [self._waiting.popleft() for _ in range(min(room, len(self._waiting)))]
            try:
                self._admit(new)
                self._step()
            except Exception as error:  # everybody who waits must hear of it
                for asked in {id(one): one for one in (*self._active, *new)}.values():
                    if not asked.future.done():
                        asked.future.set_exception(error)
                self._active = []

    def _admit(self, new: list[Asked]) -> None:
        for asked in new:
            if asked.temperature > 0:
                asked.random = torch.Generator().manual_seed(asked.seed)
            slot = len(self._active)
            self._active.append(asked)
            logits = self._runtime.read(asked.prompt, slot)
            self._choose([slot], logits[None])
        self._sweep()

    def _step(self) -> None:
        if not self._active:
            return
        tokens = torch.tensor([asked.said[-1] for asked in self._active])
        lengths = torch.tensor([asked.length for asked in self._active])
        logits = self._runtime.step(tokens, lengths)
        self._choose(list(range(len(self._active))), logits)
        self._sweep()

    @torch.inference_mode()
    def _choose(self, slots: list[int], logits: Tensor) -> None:
        """The next token of the answers in these slots, by logits (slots, vocabulary)."""
        foremost = logits.argmax(-1).tolist()
        for row, slot in enumerate(slots):
            one = self._active[slot]
            token = self._next(one, logits[row], foremost[row])
            one.said.append(token)
            if token != self._end and one.tell is not None:
                one.tell(token)

    def _next(self, one: Asked, logits: Tensor, foremost: int) -> int:
        """The next token of one answer, which its grammar has taken up.

        Where the foremost token is allowed anyway, nothing else need be known: to look one token
        up takes microseconds, to look up all of them a millisecond and more.
        """
        matcher = one.matcher
        if one.random is None and (matcher is None or self._taken(matcher, foremost)):
            return foremost
        if matcher is not None:
            whole = torch.logsumexp(logits, -1)
            self._forbid(matcher, logits)
        if one.random is None:
            token = int(logits.argmax())
        else:
            chances = torch.softmax(logits / one.temperature, -1)
            token = int(torch.multinomial(chances, 1, generator=one.random))
        if matcher is not None:
            if logits[foremost] == float("-inf") and logits[token] - whole < UNLIKELY:
                one.overruled.append(len(one.said))
            if token != self._end:
                matcher.consume_token(token)
        return token

    def _taken(self, matcher: LLMatcher, token: int) -> bool:
        """Whether the token is allowed next; if so, the grammar has taken it up."""
        if token == self._end:
            return matcher.is_accepting()
        return matcher.try_consume_tokens([token]) == 1

    def _forbid(self, matcher: LLMatcher, logits: Tensor) -> None:
        """What the grammar does not allow next becomes impossible."""
        words = -(-len(logits) // 32)
        mask = torch.zeros(words, dtype=torch.int32)
        matcher.unsafe_compute_mask_ptr(mask.data_ptr(), words * 4)
        bits = (mask[:, None] >> _BITS) & 1
        logits.masked_fill_(bits.view(-1)[: len(logits)] == 0, float("-inf"))

    def _sweep(self) -> None:
        """Hand over finished answers; the last slot's takes the place of one that is gone."""
        slot = 0
        while slot < len(self._active):
            asked = self._active[slot]
            ended = asked.said[-1] == self._end
            full = len(asked.prompt) + len(asked.said) >= self._runtime.shape.context
            if not (ended or full or len(asked.said) >= asked.most):
                slot += 1
                continue
            last = self._active.pop()
            if last is not asked:
                self._runtime.move(len(self._active), slot, last.length)
                self._active[slot] = last
            tokens = asked.said[:-1] if ended else asked.said
            asked.future.set_result(Said(tuple(tokens), ended, tuple(asked.overruled)))
