"""What a failed request means: nothing but this request, or the end of the build; in one line.

LangChain's providers raise their client's errors as `langchain_core.exceptions`, keyed to the HTTP
status; what they leave alone has a `status_code`. Both are read here, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from langchain_core import exceptions as langchain

TOO_LONG = "prompt too long"
FILTERED = "content filter"
CUT_OFF = "answer cut off"
NOT_JSON = "answer is not the JSON asked for"
REFUSED = "request refused"
SERVER_ERROR = "server error"
TIMED_OUT = "timed out"
NO_ANSWER = "no proper answer"
UNREACHABLE = "unreachable"
ENDS = {401: "wrong key", 403: "not allowed", 404: "unknown model", 429: "too many requests"}
"""Statuses that every further request would get too."""

_STATUS: dict[type[Exception], int] = {
    langchain.ModelAuthenticationError: 401,
    langchain.ModelPermissionDeniedError: 403,
    langchain.ModelNotFoundError: 404,
    langchain.ModelRateLimitError: 429,
    langchain.ModelAPIError: 500,
    langchain.ModelInvalidRequestError: 400,
}
_LONG = re.compile(
    r"context.{0,20}(length|window)|maximum.{0,30}(length|tokens)|too (long|many tokens|large)"
    r"|longer than the (maximum|model)|max_model_len|input tokens? (exceed|is longer)",
    re.IGNORECASE,
)
_FILTER = re.compile(r"content.?(filter|management|policy)|safety system|moderation", re.IGNORECASE)
SHOWN = 240
"""Characters of a server's own message that are passed on."""
OFFERED = 12
"""Names of models that are listed."""


@dataclass(frozen=True)
class Failure:
    """What went wrong, and how far it reaches."""

    reach: Literal["request", "strike", "build"]
    """`request`: only this one. `strike`: this one, unless others fail so too. `build`: all."""
    reason: str
    """A few words that stay the same from one request to the next, for counting."""
    detail: str = ""
    status: int | None = None
    """The HTTP status, where there was one."""

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}" if self.detail else self.reason


def read_failure(error: Exception) -> Failure:
    """What an exception raised by a LangChain chat model, or by its client, means."""
    said, status = _said(error), _status(error)
    if isinstance(error, langchain.ContextOverflowError):
        return Failure("request", TOO_LONG, said, status)
    if status is None:
        if isinstance(error, langchain.ModelTimeoutError | TimeoutError) or _is(error, "Timeout"):
            return Failure("strike", TIMED_OUT, said)
        if isinstance(error, langchain.ModelConnectionError | ConnectionError) or _is(
            error, "Connection"
        ):
            return Failure("build", UNREACHABLE, _root(error))
        # What the client could not make sense of: a web page, or JSON that is no chat answer.
        return Failure("strike", NO_ANSWER, f"{type(error).__name__}: {said}")
    if status in ENDS:
        return Failure("build", ENDS[status], said, status)
    if status == 408:
        return Failure("strike", TIMED_OUT, said, status)
    if status >= 500:
        return Failure("strike", SERVER_ERROR, f"{status}, {said}", status)
    code = str(getattr(error, "code", ""))
    if status == 413 or "context_length" in code or _LONG.search(said):
        return Failure("request", TOO_LONG, said, status)
    if "content_filter" in code or _FILTER.search(said):
        return Failure("request", FILTERED, said, status)
    return Failure("strike", REFUSED, said, status)


def last_line(
    failure: Failure, *, name: str, place: str, offered: Sequence[str], tries: int
) -> str:
    """The line a build ends with: what is wrong with which server, and what to do."""
    if failure.status == 401:
        return f"{place} does not take the key; put the right one into FOLKMAP_API_KEY"
    if failure.status == 403:
        return f"{place} does not let this key use {name}: {failure.detail}"
    if failure.status == 404:
        if offered:
            there = ", ".join(offered[:OFFERED])
            more = f" and {len(offered) - OFFERED} more" if len(offered) > OFFERED else ""
            return f"{place} has no model {name!r}; it offers {there}{more} (--model-name)"
        return f"{place} has no model {name!r}, or is no OpenAI-compatible server: {failure.detail}"
    if failure.status == 429:
        return (
            f"{place} still refuses after {tries} tries ({failure.detail}); wait, lower "
            "--concurrency, or have the limit raised"
        )
    if failure.reason == UNREACHABLE:
        return f"{place} cannot be reached ({failure.detail}); is the server running there?"
    if failure.reason == TIMED_OUT:
        return f"{place} does not answer in time, {tries} tries each; is it overloaded?"
    return f"{place} does not work with {name}: {failure}"


def _status(error: Exception) -> int | None:
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return status
    return next((code for kind, code in _STATUS.items() if isinstance(error, kind)), None)


def _is(error: Exception, word: str) -> bool:
    """Whether a client's own classes say so, for those that LangChain's errors do not wrap."""
    return any(word in kind.__name__ for kind in type(error).__mro__)


def _said(error: Exception) -> str:
    """The message a server sent, else the exception's own, in one line of bounded length."""
    body = getattr(error, "body", None)
    said = body.get("message") if isinstance(body, dict) else None
    text = " ".join(str(said or error).split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _root(error: BaseException) -> str:
    """The innermost cause: "Connection refused" rather than "Connection error."."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return " ".join(str(error).split())[:SHOWN] or type(error).__name__
