"""How much each token of an answer counts in training.

Most of what a profile's loss is made of nobody could foresee: which of many ways of saying it.
What must be right, and can be, is what is looked up in the facts: figures and names. These count
in full.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from agent.gpt.batches import Coded
from agent.gpt.tokenizer import Coder
from agent.profiles.rounding import NUMBER_WORDS

WORDING = 0.25
"""What a token counts that is not looked up."""
COMMON = 0.2
"""Share of prompts from which on a token is of the form of facts, not of one fact."""
_SPELLED = (*NUMBER_WORDS, "twice", "half", "third", "quarter", "thirds", "quarters")


class Weigher:
    """Knows by some prompts what is common to all of them."""

    def __init__(self, coder: Coder, examples: Iterable[Coded]) -> None:
        seen, prompts = np.zeros(coder.size), 0
        for one in examples:
            seen[np.unique(one.tokens[: one.answer_at])] += 1
            prompts += 1
        self._common = seen >= COMMON * max(1, prompts)
        self._figure = np.zeros(coder.size, bool)
        texts = [coder.decode([token]).strip() for token in range(coder.size)]
        for token, text in enumerate(texts):
            self._figure[token] = (text.isdigit() and text.isascii()) or text in _SPELLED

    def __call__(self, one: Coded) -> npt.NDArray[np.float32]:
        """A weight for each token of the answer."""
        prompt, answer = one.tokens[: one.answer_at], one.tokens[one.answer_at :]
        named = np.isin(answer, prompt) & ~self._common[answer]
        return np.where(named | self._figure[answer], 1.0, WORDING).astype(np.float32)
