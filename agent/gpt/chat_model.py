"""The bundled GPT as a LangChain chat model: in this process, with no network, batched.

Beside what every chat model takes, a request may hold `grammar` (GBNF) or `schema` (JSON), `seed`,
`temperature` and `max_tokens`. Requests of many threads are answered together. An answer's metadata
says under `overruled` at which characters the grammar left the network nothing it thought likely.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.exceptions import ContextOverflowError
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.output_parsers import JsonOutputParser
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import BaseModel, ConfigDict, PrivateAttr

from agent.gpt.engine import MAX_TOKENS, Engine, TooLongError
from agent.gpt.place import WEIGHTS

ROLES = {"system": "system", "human": "user", "ai": "assistant", "tool": "tool"}


class BundledChat(BaseChatModel):
    """A checkpoint of ours as a chat model; loaded at the first question. Greedy by default."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    folder: Path = WEIGHTS
    temperature: float = 0.0
    max_tokens: int = MAX_TOKENS
    _engine: Engine | None = PrivateAttr(default=None)
    _loading: Any = PrivateAttr(default_factory=threading.Lock)

    @property
    def _llm_type(self) -> str:
        return "folkmap-bundled"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"folder": str(self.folder), "temperature": self.temperature}

    def load(self) -> Engine:
        """The engine, loaded by whoever asks first. Raises ModelError when it cannot be."""
        with self._loading:
            if self._engine is None:
                self._engine = Engine.load(self.folder)
            return self._engine

    def close(self) -> None:
        """Let go of the engine; another question would load it again."""
        with self._loading:
            if self._engine is not None:
                self._engine.close()
            self._engine = None

    def with_structured_output(
        self, schema: Any, *, include_raw: bool = False, **kwargs: Any
    ) -> Runnable[LanguageModelInput, Any]:
        """Answers held to a JSON schema or a pydantic class, and read into it."""
        if include_raw or kwargs:
            raise ValueError("the bundled model gives the parsed answer only")
        if isinstance(schema, type) and issubclass(schema, BaseModel):
            asked = self.bind(schema=schema.model_json_schema())
            return asked | JsonOutputParser() | schema.model_validate
        held = dict(schema)
        return self.bind(schema=held) | JsonOutputParser()

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: str | None = None, **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Its answer is then one call of one of the tools, its arguments as the tool wants them."""
        del tool_choice  # it always calls one
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        del run_manager
        tools = kwargs.pop("tools", None)
        engine = self.load()
        future, read = self._ask(engine, messages, tools=tools, **kwargs)
        said = future.result()
        text, cut = _until(engine.coder.decode(said.tokens), stop)
        finish = "stop" if said.ended or cut else "length"
        message = _called(text) if tools and finish == "stop" else AIMessage(text)
        message.usage_metadata = _usage(read, len(said.tokens))
        message.response_metadata = {
            "finish_reason": finish,
            "model_name": self._llm_type,
            "overruled": engine.overruled(said),
        }
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        if kwargs.get("tools") or stop:
            result = self._generate(messages, stop, run_manager, **kwargs).generations[0].message
            assert isinstance(result, AIMessage)
            yield ChatGenerationChunk(
                message=AIMessageChunk(content=result.content, tool_calls=result.tool_calls)
            )
            return
        engine = self.load()
        tokens: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        future, read = self._ask(engine, messages, tell=tokens.put, **kwargs)
        future.add_done_callback(lambda _: tokens.put(None))
        so_far: list[int] = []
        shown = ""
        while (token := tokens.get()) is not None:
            so_far.append(token)
            text = engine.coder.decode(so_far)
            if text.endswith("\ufffd"):  # in the middle of a character
                continue
            more, shown = text[len(shown) :], text
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=more))
            if run_manager is not None:
                run_manager.on_llm_new_token(more, chunk=chunk)
            yield chunk
        said = future.result()
        yield ChatGenerationChunk(
            message=AIMessageChunk(
                content="",
                usage_metadata=_usage(read, len(said.tokens)),
                response_metadata={"finish_reason": "stop" if said.ended else "length"},
            )
        )

    def _ask(
        self,
        engine: Engine,
        messages: Sequence[BaseMessage],
        *,
        tools: Sequence[dict[str, Any]] | None = None,
        schema: dict[str, Any] | None = None,
        grammar: str | None = None,
        seed: int = 0,
        temperature: float | None = None,
        max_tokens: int | None = None,
        tell: Callable[[int], None] | None = None,
    ) -> Any:
        try:
            return engine.ask(
                [(ROLES[message.type], message.text) for message in messages],
                grammar=grammar,
                schema=_call_schema(tools) if tools else schema,
                max_tokens=max_tokens or self.max_tokens,
                temperature=self.temperature if temperature is None else temperature,
                seed=seed,
                tell=tell,
            )
        except TooLongError as error:
            raise ContextOverflowError(str(error)) from error


def _call_schema(tools: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What a call of one of the tools may be: only tools that exist, only arguments they take."""
    calls = [
        {
            "type": "object",
            "properties": {
                "name": {"const": tool["function"]["name"]},
                "arguments": {"type": "object", "properties": {}}
                | dict(tool["function"].get("parameters") or {})
                | {"additionalProperties": False},
            },
            "required": ["name", "arguments"],
            "additionalProperties": False,
        }
        for tool in tools
    ]
    return {"anyOf": calls}


def _called(text: str) -> AIMessage:
    call = json.loads(text)
    made = {"name": call["name"], "args": call["arguments"], "id": "call_0", "type": "tool_call"}
    return AIMessage("", tool_calls=[made])


def _until(text: str, stop: list[str] | None) -> tuple[str, bool]:
    """The text up to the first of `stop`, and whether one was found."""
    at = min((text.find(end) for end in stop or () if end in text), default=-1)
    return (text[:at], True) if at >= 0 else (text, False)


def _usage(read: int, said: int) -> UsageMetadata:
    return UsageMetadata(input_tokens=read, output_tokens=said, total_tokens=read + said)
