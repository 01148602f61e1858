"""What a model said, as it said it, and whether that is an answer.

The judgement is kept apart from what was said: the cache keeps the words, so that an answer that
was cut off is not paid for again, and code that judges better applies to old answers too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.models.failures import CUT_OFF, FILTERED, NOT_JSON, Failure
from agent.models.spending import estimate_tokens

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage

THOUGHT = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)
FENCED = re.compile(r"^\s*```\w*\s*\n(.*?)\n?\s*```\s*$", re.DOTALL)
LENGTH = ("length", "max_tokens")
DECLINED = ("content_filter", "refusal")


@dataclass(frozen=True)
class Answer:
    """What a model said, and what it took."""

    text: str
    tokens_in: int
    tokens_out: int
    finish: str
    """Why it ended: `stop`, `length`, `content_filter`, or what the server calls it."""
    overruled: tuple[int, ...] = ()
    """Characters at which a grammar forbade what the model would have said, where that is known."""


def answer_of(message: AIMessage, asked: Sequence[BaseMessage]) -> Answer:
    """The answer in a message; tokens are estimated where the server does not count them."""
    said, usage = message.text, message.usage_metadata
    finish = str(message.response_metadata.get("finish_reason") or "stop")
    if message.additional_kwargs.get("refusal"):
        finish = "refusal"
    overruled = tuple(message.response_metadata.get("overruled") or ())
    if usage is None:
        read = sum(estimate_tokens(question.text) for question in asked)
        return Answer(said, read, estimate_tokens(said), finish, overruled)
    return Answer(said, usage["input_tokens"], usage["output_tokens"], finish, overruled)


def judge(answer: Answer) -> tuple[str, Failure | None]:
    """The JSON of an answer, and what is wrong with it; None when it is a JSON object.

    What models put around JSON is taken off: thoughts before it, a fence about it.
    """
    text = THOUGHT.sub("", answer.text).strip()
    fenced = FENCED.match(text)
    text = fenced[1] if fenced else text
    if answer.finish in LENGTH:
        return text, Failure("request", CUT_OFF, f"after {answer.tokens_out:,} tokens")
    if answer.finish in DECLINED:
        return text, Failure("request", FILTERED, "the model or its server declined")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        return text, Failure("request", NOT_JSON, str(error))
    if not isinstance(said, dict):
        return text, Failure("request", NOT_JSON, f"a {type(said).__name__}, not an object")
    return text, None
