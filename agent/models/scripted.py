"""A chat model whose replies are written beforehand, for tests and demonstrations without a model.

A file holds a JSON object a line; the first whose `match` is found in the last message replies:

    {"match": "E1: (?P<fact>.+)", "reply": {"headline": "\\\\g<fact>", "sentences": []}}
    {"match": "who buys gifts", "tool_calls": [{"name": "find", "args": {"query": "gift"}}]}
    {"match": "busy", "error": "429", "times": 2}
    {"match": "", "reply": "The same to everybody else."}

`reply` is text or JSON; `\\g<name>` in it stands for a group of the match. `error` is an HTTP
status, `timeout` or `unreachable`; beside a reply it strikes when half of it has been streamed. A
line with `times` replies that often and then no more. The model never stands in for another by
itself, and its name goes into all it writes.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from langchain_core import exceptions as langchain
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.tool import tool_call, tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from agent.errors import SettingsError
from agent.models.spending import estimate_tokens

Answering = Callable[[Sequence[BaseMessage], Mapping[str, Any]], str | AIMessage]
"""From the messages and the options of a request (seed, schema, grammar, tools …) to a reply."""

GROUP = re.compile(r"\\g<(\w+)>")
ERRORS: dict[str, tuple[type[Exception], str]] = {
    "timeout": (langchain.ModelTimeoutError, "Request timed out."),
    "unreachable": (langchain.ModelConnectionError, "Connection refused"),
    "400": (langchain.ModelInvalidRequestError, "scripted: bad request"),
    "401": (langchain.ModelAuthenticationError, "scripted: wrong key"),
    "403": (langchain.ModelPermissionDeniedError, "scripted: not allowed"),
    "404": (langchain.ModelNotFoundError, "scripted: no such model"),
    "413": (langchain.ContextOverflowError, "scripted: the prompt is too long"),
    "429": (langchain.ModelRateLimitError, "scripted: too many requests"),
    "500": (langchain.ModelAPIError, "scripted: server error"),
    "503": (langchain.ModelAPIError, "scripted: overloaded"),
}


class ScriptedCall(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    args: dict[str, JsonValue] = Field(default_factory=dict)


class ScriptedReply(BaseModel):
    """One line of a script; the module says what it means."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    match: re.Pattern[str] = re.compile("")
    reply: JsonValue = None
    tool_calls: tuple[ScriptedCall, ...] = ()
    error: str | None = Field(default=None, pattern=f"^({'|'.join(ERRORS)})$")
    finish: str = "stop"
    """The reason given for its end: `length` for a reply that was cut off."""
    times: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _groups_exist(self) -> Self:
        known = {*self.match.groupindex, *map(str, range(self.match.groups + 1))}
        unknown = {name for text in _texts(self.reply) for name in GROUP.findall(text)} - known
        if unknown:
            raise ValueError(f"the reply names groups that the match has not: {sorted(unknown)}")
        return self

    def text(self, found: re.Match[str]) -> str:
        """The reply with the groups of the match filled in."""
        filled = _filled(self.reply, found)
        if filled is None:
            return ""
        return filled if isinstance(filled, str) else json.dumps(filled, ensure_ascii=False)


class ScriptedModel(BaseChatModel):
    """A LangChain chat model that says what it was told to say; deterministic, also in threads.

    `replies` is a script or a function. With `times`, which request gets which reply depends on
    their order, so ask one after the other then.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)
    replies: tuple[ScriptedReply, ...] | Answering
    name: str | None = "scripted"
    digest: str = ""
    """Of the file, if it is one: what decides its words."""
    _used: dict[int, int] = PrivateAttr(default_factory=dict)
    _lock: Any = PrivateAttr(default_factory=threading.Lock)

    @classmethod
    def read(cls, path: Path) -> Self:
        """The script in a JSONL file. Raises SettingsError, with file and line."""
        try:
            content = path.read_bytes()
            lines = content.decode("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"the script {path} cannot be read: {error}") from error
        replies = []
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    replies.append(ScriptedReply.model_validate_json(line))
                except ValidationError as error:
                    wrong = error.errors()[0]
                    where = ".".join(map(str, wrong["loc"])) or "line"
                    raise SettingsError(
                        f"{path}, line {number}, {where}: {wrong['msg']}"
                    ) from error
        return cls(
            replies=tuple(replies), name=path.name, digest=hashlib.sha256(content).hexdigest()[:16]
        )

    @property
    def _llm_type(self) -> str:
        return "scripted"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"name": self.name, "digest": self.digest}

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Tools reach functions among the options; a script names the tools it calls itself."""
        return self.bind(
            tools=[convert_to_openai_tool(tool) for tool in tools],
            tool_choice=tool_choice,
            **kwargs,
        )

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        message, error = self._reply(messages, {**kwargs, "stop": stop})
        if error is not None:
            raise error
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        """Word by word; a scripted error after half of the reply, or at once if there is none."""
        message, error = self._reply(messages, {**kwargs, "stop": stop})
        words = re.findall(r"\s*\S+|\s+$", message.text)
        for word in words[: len(words) // 2] if error is not None else words:
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=word))
            if run_manager is not None:
                run_manager.on_llm_new_token(word, chunk=chunk)
            yield chunk
        if error is not None:
            raise error
        yield ChatGenerationChunk(
            message=AIMessageChunk(
                content="",
                tool_call_chunks=[
                    tool_call_chunk(
                        name=call["name"], args=json.dumps(call["args"]), id=call["id"], index=at
                    )
                    for at, call in enumerate(message.tool_calls)
                ],
                usage_metadata=message.usage_metadata,
                response_metadata=message.response_metadata,
                chunk_position="last",
            )
        )

    def _reply(
        self, messages: list[BaseMessage], options: Mapping[str, Any]
    ) -> tuple[AIMessage, Exception | None]:
        if callable(self.replies):
            said = self.replies(messages, options)
            message = said if isinstance(said, AIMessage) else AIMessage(said)
            return _counted(message, messages), None
        line, found = self._line(messages[-1].text)
        message = AIMessage(
            line.text(found),
            tool_calls=[
                # The id says which question it answers, as a server's would: never twice the same
                # in one conversation.
                tool_call(name=call.name, args=call.args, id=f"call-{len(messages)}-{at}")
                for at, call in enumerate(line.tool_calls)
            ],
            response_metadata={"finish_reason": line.finish},
        )
        error = None
        if line.error is not None:
            kind, text = ERRORS[line.error]
            error = kind(text)
        return _counted(message, messages), error

    def _line(self, asked: str) -> tuple[ScriptedReply, re.Match[str]]:
        assert not callable(self.replies)
        for at, line in enumerate(self.replies):
            found = line.match.search(asked)
            if found is None:
                continue
            with self._lock:
                used = self._used[at] = self._used.get(at, 0) + 1
            if line.times is None or used <= line.times:
                return line, found
        raise langchain.ModelInvalidRequestError(f"no line of {self.name} matches the request")


def _counted(message: AIMessage, messages: Sequence[BaseMessage]) -> AIMessage:
    """With tokens estimated, as a server would count them, where the reply does not say."""
    if message.usage_metadata is None:
        read = sum(estimate_tokens(asked.text) for asked in messages)
        written = estimate_tokens(message.text)
        message.usage_metadata = {
            "input_tokens": read,
            "output_tokens": written,
            "total_tokens": read + written,
        }
    return message


def _filled(value: JsonValue, found: re.Match[str]) -> JsonValue:
    """The value with the groups of the match in its texts, whatever quotes they hold."""
    if isinstance(value, str):
        return GROUP.sub(lambda name: found.expand(name[0]), value)
    if isinstance(value, list):
        return [_filled(part, found) for part in value]
    if isinstance(value, dict):
        return {key: _filled(part, found) for key, part in value.items()}
    return value


def _texts(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
