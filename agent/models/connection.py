"""How a constrained question goes to each kind of chat model, and which constraints it obeys.

    Served     an OpenAI-compatible server, probed once: grammar, else JSON schema, else words
    Bundled    the small GPT of our own, in this process: grammar
    Direct     any other LangChain chat model: the schema in words, everything else as it was set up
    Scripted   replies from a file or a function: it is told everything

All raise what the chat model raises; `agent.models.failures` reads it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import Enum
from typing import Any, Protocol
from urllib.parse import urlsplit

import openai
from langchain_core.exceptions import ModelAPIError, ModelInvalidRequestError
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_openai import ChatOpenAI
from langchain_openai.chat_models.base import BaseChatOpenAI
from pydantic import SecretStr

from agent.gpt.chat_model import BundledChat
from agent.models.asking import Constraint
from agent.models.scripted import ScriptedModel
from agent.profiles.writer import SECOND_TRY

OPTIONAL = frozenset({"response_format", "temperature", "seed", "max_tokens"})
"""Parameters that some servers refuse by name; the request is then sent without."""
OPENAI_HOSTS = ("openai.com", "azure.com")
"""Hosts that refuse `max_tokens` beside `max_completion_tokens`; elsewhere some know only one."""
KESTREL = '{"bird":"kestrel"}'
"""Nobody answers "Say hello." like this who is not made to."""
KESTREL_ONLY = Constraint(
    schema={
        "type": "object",
        "properties": {"bird": {"type": "string", "enum": ["kestrel"]}},
        "required": ["bird"],
        "additionalProperties": False,
    },
    grammar='root ::= "{\\"bird\\":\\"kestrel\\"}"',
)
PROBE_TOKENS = 1_000
"""Enough for a model that thinks before it answers; a grammar or a greeting ends far sooner."""


class Form(Enum):
    """How a model is told what its answer may be, strictest first."""

    GRAMMAR = "a grammar holds its answers to the facts given"
    SCHEMA = "its server knows no grammars; a JSON schema holds its answers to their form"
    WORDS = (
        "its server knows no grammars and no JSON schema; answers are checked when they are here"
    )


class Connection(Protocol):
    """A chat model that can be asked; `chat` is the model itself, for agents."""

    chat: BaseChatModel
    form: Form
    temperature: float

    def probe(self) -> None:
        """Find out how the model can be told the form of its answer."""

    def send(
        self, messages: Sequence[BaseMessage], constraint: Constraint, *, seed: int, max_tokens: int
    ) -> AIMessage:
        """One answer."""

    def offered(self) -> list[str]:
        """The models the server has; empty where there is no server."""

    def close(self) -> None:
        """Let go of connections."""


class Direct:
    """Any LangChain chat model. Seed, length and temperature are as its maker set them."""

    def __init__(self, chat: BaseChatModel, *, temperature: float) -> None:
        self.chat, self.temperature, self.form = chat, temperature, Form.WORDS

    def probe(self) -> None:
        """There is one form only."""

    def send(
        self, messages: Sequence[BaseMessage], constraint: Constraint, *, seed: int, max_tokens: int
    ) -> AIMessage:
        del seed, max_tokens
        return self.chat.invoke(with_schema(messages, constraint))

    def offered(self) -> list[str]:
        return []

    def close(self) -> None:
        """Whoever made the model closes it."""


class Bundled(Direct):
    """Our own small model, in this process. Greedy at first, with chance at the second try."""

    def __init__(self, chat: BundledChat, *, temperature: float) -> None:
        super().__init__(chat, temperature=temperature)
        self.form = Form.GRAMMAR
        self._bundled = chat

    def probe(self) -> None:
        self._bundled.load()

    def send(
        self, messages: Sequence[BaseMessage], constraint: Constraint, *, seed: int, max_tokens: int
    ) -> AIMessage:
        return self._bundled.invoke(
            list(messages),
            seed=seed,
            max_tokens=max_tokens,
            temperature=self.temperature if seed >= SECOND_TRY else 0.0,
            grammar=constraint.grammar,
        )

    def close(self) -> None:
        self._bundled.close()


class Scripted(Direct):
    """A scripted model; functions that answer for it see the whole request."""

    def __init__(self, chat: ScriptedModel, *, temperature: float) -> None:
        super().__init__(chat, temperature=temperature)
        self.form = Form.GRAMMAR

    def send(
        self, messages: Sequence[BaseMessage], constraint: Constraint, *, seed: int, max_tokens: int
    ) -> AIMessage:
        return self.chat.invoke(
            list(messages),
            seed=seed,
            max_tokens=max_tokens,
            temperature=self.temperature,
            schema=constraint.schema,
            grammar=constraint.grammar,
        )


class Served:
    """A model on an OpenAI-compatible server."""

    def __init__(self, chat: BaseChatOpenAI, *, temperature: float) -> None:
        self.chat: BaseChatModel = chat
        self.temperature = temperature
        self.form = Form.WORDS
        self._root: openai.OpenAI = chat.root_client
        self._openai = (urlsplit(str(self._root.base_url)).hostname or "").endswith(OPENAI_HOSTS)
        self._left_out: frozenset[str] = frozenset()

    @classmethod
    def at(
        cls,
        url: str,
        key: str,
        model: str,
        *,
        timeout_s: float,
        retries: int,
        temperature: float,
        direct: bool,
    ) -> Served:
        """The model of that name on the server at `url`; nothing is sent yet.

        `direct`: whatever proxy the environment names, which cannot reach our own addresses.
        """
        chat = ChatOpenAI(
            model=model,
            base_url=url,
            api_key=SecretStr(key),
            timeout=timeout_s,
            max_retries=retries,
            use_responses_api=False,
            http_client=openai.DefaultHttpxClient(trust_env=not direct),
            http_async_client=openai.DefaultAsyncHttpxClient(trust_env=not direct),
        )
        return cls(chat, temperature=temperature)

    def probe(self) -> None:
        for form in (Form.GRAMMAR, Form.SCHEMA):
            try:
                said = self._send(
                    [HumanMessage("Say hello.")], KESTREL_ONLY, form, seed=0, tokens=PROBE_TOKENS
                )
            except (ModelInvalidRequestError, openai.UnprocessableEntityError, ModelAPIError):
                continue  # it knows no such thing, and says so in one way or another
            if _compact(said.text) == KESTREL:
                self.form = form
                return

    def send(
        self, messages: Sequence[BaseMessage], constraint: Constraint, *, seed: int, max_tokens: int
    ) -> AIMessage:
        return self._send(messages, constraint, self.form, seed=seed, tokens=max_tokens)

    def _send(
        self,
        messages: Sequence[BaseMessage],
        constraint: Constraint,
        form: Form,
        *,
        seed: int,
        tokens: int,
    ) -> AIMessage:
        """Send, and again without what the server refuses by name."""
        while True:
            left_out = self._left_out
            if form is Form.SCHEMA and "response_format" in left_out:
                form = Form.WORDS
            try:
                return self.chat.invoke(
                    with_schema(messages, constraint) if form is Form.WORDS else list(messages),
                    **self._options(constraint, form, left_out, seed, tokens),
                )
            except openai.BadRequestError as error:
                refused = (error.param or "").partition(".")[0]
                refused = "max_tokens" if refused == "max_completion_tokens" else refused
                if refused not in OPTIONAL - left_out:
                    raise
                self._left_out |= {refused}

    def _options(
        self, constraint: Constraint, form: Form, left_out: frozenset[str], seed: int, tokens: int
    ) -> dict[str, Any]:
        options: dict[str, Any] = {"seed": seed, "temperature": self.temperature}
        options["max_tokens"] = tokens
        body: dict[str, Any] = {} if self._openai else {"max_tokens": tokens}
        if form is Form.GRAMMAR:
            body["structured_outputs"] = {"grammar": constraint.grammar}
        elif form is Form.SCHEMA:
            # In the body: as an option of its own the client would parse the answer itself, and
            # raise for one that was cut off.
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": constraint.schema},
            }
        if "max_tokens" in left_out:
            body.pop("max_tokens", None)
        options = {name: value for name, value in options.items() if name not in left_out}
        return {**options, "extra_body": body} if body else options

    def offered(self) -> list[str]:
        return sorted(model.id for model in self._root.models.list())

    def close(self) -> None:
        self._root.close()


def connect(chat: BaseChatModel, *, temperature: float) -> Connection:
    """The connection that suits a chat model somebody made."""
    if isinstance(chat, ScriptedModel):
        return Scripted(chat, temperature=temperature)
    if isinstance(chat, BaseChatOpenAI):
        return Served(chat, temperature=temperature)
    return Direct(chat, temperature=temperature)


def with_schema(messages: Sequence[BaseMessage], constraint: Constraint) -> list[BaseMessage]:
    """The messages, the last of which also says what form the answer must have."""
    schema = json.dumps(constraint.schema, ensure_ascii=False)
    asked = f"Answer with one JSON object of this JSON schema and nothing else:\n{schema}"
    *before, last = messages
    if isinstance(last, HumanMessage) and isinstance(last.content, str):
        return [*before, HumanMessage(f"{last.content}\n\n{asked}")]
    return [*messages, HumanMessage(asked)]


def _compact(text: str) -> str:
    try:
        return json.dumps(json.loads(text), separators=(",", ":"))
    except ValueError:
        return text
