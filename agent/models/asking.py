"""The one way to ask a language model: kept answers first, the form constrained, failures plain.

with open_model(settings, run=run) as model:
    reply = model.ask(messages, Constraint(schema, grammar), seed=0, max_tokens=400, …)
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from agent.errors import ModelError, RefusedError
from agent.models.answers import Answers, answer_key
from agent.models.failures import Failure, last_line, read_failure
from agent.models.replies import Answer, answer_of, judge
from agent.models.spending import Usage
from agent.settings import ModelSettings

if TYPE_CHECKING:
    # LangChain takes two seconds to import: only what has to ask a model waits for it.
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

    from agent.models.connection import Connection

KEY_VERSION = 1
"""Raise it when requests are put together in another way: what was kept is then asked again."""
STRIKES = 3
"""So many requests in a row must fail alike before it is the server that is called broken."""
SEEDS = 2**31
CLOSE_S = 2.0


@dataclass(frozen=True)
class Constraint:
    """What an answer may be, said twice: for servers with grammars and for those without."""

    schema: Mapping[str, Any]
    """JSON schema of the answer, an object."""
    grammar: str
    """GBNF of the same JSON in compact form; names and numbers can only be those given."""


@dataclass(frozen=True)
class Reply:
    """One answer: a JSON object, of the form that was asked for where the server obeys."""

    text: str
    tokens_in: int
    tokens_out: int
    cached: bool
    overruled: tuple[int, ...] = ()
    """Characters of the text at which a grammar forbade what the model would have said; known of
    the bundled model alone. What stands there is true, and may be no sentence."""


class Server(Protocol):
    """A server of our own behind the model."""

    def check(self) -> None:
        """Raises ModelError when it has died."""

    def stop(self) -> None: ...


class LanguageModel:
    """A chat model that answers in constrained JSON; a context manager, for any number of threads.

    `connect` is called at the first question that no kept answer answers; that is when a server of
    ours is started. Made by `agent.models.opening.open_model`, or with `over`.
    """

    def __init__(
        self,
        connect: Callable[[], tuple[Connection, Server | None]],
        *,
        name: str,
        identity: str,
        settings: ModelSettings,
        answers: Answers,
        place: str = "",
        paid: bool = False,
        tasks: frozenset[str] | None = None,
        note: Callable[[str], None] | None = None,
    ) -> None:
        self.name = name
        """Goes into records: `vllm:my-model`, `gpt-4o-mini`, `scripted:replies.jsonl`."""
        self.identity = identity
        """What decides its words; part of stage keys and of the keys of kept answers."""
        self.paid = paid
        """Whether asking may cost money: prices were given, or the server is not ours."""
        self.tasks = tasks
        """What a model was trained for that is good at nothing else (`profile`, `label`, `chat`),
        and that wants its prompts short; None for a model to be told what to do."""
        self.settings = settings
        self.answers = answers
        self.usage = Usage(price_in=settings.price_in, price_out=settings.price_out)
        self._connect, self._place, self._note = connect, place or name, note
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._server: Server | None = None
        self._ended: str | None = None
        self._closed = False
        self._strikes = 0
        self._noted: str | None = None

    @classmethod
    def over(
        cls,
        chat: BaseChatModel,
        *,
        name: str,
        settings: ModelSettings | None = None,
        cache: Path | None = None,
    ) -> Self:
        """Any LangChain chat model; `name` must say what decides its words.

        `cache` is a file for answers; without one nothing is kept.
        """
        from agent.models.connection import connect

        settings = settings or ModelSettings()
        return cls(
            lambda: (connect(chat, temperature=settings.temperature), None),
            name=name,
            identity=name,
            settings=settings,
            answers=Answers(cache),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def good_at(self, task: str) -> bool:
        """Whether the model is to be asked for this at all."""
        return self.tasks is None or task in self.tasks

    @property
    def short(self) -> bool:
        """Whether it is given the facts alone, without instructions."""
        return self.tasks is not None

    def close(self) -> None:
        """Stop the server, if it is ours, and close the cache; later questions raise ModelError."""
        self._closed = True
        self._ended = self._ended or f"{self.name} has been closed"
        if self._lock.acquire(timeout=CLOSE_S):
            try:
                self._let_go()
            finally:
                self._lock.release()
        # Otherwise another thread is starting the server, and stops it as soon as it can.
        self.answers.close()

    def reopen(self) -> None:
        """Forget a failure: the next question connects anew. What was closed stays closed."""
        with self._lock:
            if not self._closed:
                self._let_go()
                self._ended, self._strikes = None, 0

    def chat(self) -> BaseChatModel:
        """The chat model itself, for agents; starts what must be started. Raises ModelError."""
        return self._connected().chat

    def ask(
        self,
        messages: Sequence[BaseMessage],
        constraint: Constraint,
        *,
        seed: int,
        max_tokens: int,
        prompt_hash: str,
        evidence_hash: str,
    ) -> Reply:
        """One answer: the kept one, else a new one, which is then kept.

        Raises RefusedError when this request comes to nothing though the model works (too long,
        filtered, cut off, not JSON): its message is a reason fit for counting, a colon, details.
        Raises ModelError when the model cannot be used; whatever was answered is kept.
        """
        seed %= SEEDS
        key = answer_key(
            {
                "version": KEY_VERSION,
                "model": self.identity,
                "prompt": prompt_hash,
                "evidence": evidence_hash,
                "messages": [[message.type, message.content] for message in messages],
                "constraint": [dict(constraint.schema), constraint.grammar],
                "decoding": [self.settings.temperature, max_tokens],
                "seed": seed,
            }
        )
        kept = self.answers.get(key)
        answer = kept or self._send(messages, constraint, seed, max_tokens)
        if kept is None:
            self.answers.put(key, answer)
            self.usage.called(answer.tokens_in, answer.tokens_out)
        else:
            self.usage.found()
        self._strikes = 0
        self._remark(self.answers.problem)
        text, failure = judge(answer)
        if failure is not None:
            self.usage.refuse(failure.reason)
            raise RefusedError(str(failure))
        return Reply(
            text,
            answer.tokens_in,
            answer.tokens_out,
            cached=kept is not None,
            overruled=answer.overruled,
        )

    def _send(
        self, messages: Sequence[BaseMessage], constraint: Constraint, seed: int, max_tokens: int
    ) -> Answer:
        connection = self._connected()
        try:
            message = connection.send(messages, constraint, seed=seed, max_tokens=max_tokens)
        except Exception as error:
            raise self._failed(error) from error
        return answer_of(message, messages)

    def _connected(self) -> Connection:
        """The connection, made by whoever asks first. Raises ModelError, then and ever after."""
        connection = self._connection
        if connection is None or self._ended:
            with self._lock:
                if self._ended is not None:
                    raise ModelError(self._ended)
                connection = self._connection or self._open()
        return connection

    def _open(self) -> Connection:
        try:
            self._connection, self._server = self._connect()
            self._connection.probe()
        except Exception as error:
            broken = error if isinstance(error, ModelError) else self._broken(read_failure(error))
            self._let_go()
            self._ended = str(broken)
            raise broken from error
        if self._ended is not None:  # closed in the meantime
            self._let_go()
            raise ModelError(self._ended)
        self._remark(f"{self.name}: {self._connection.form.value}")
        return self._connection

    def _let_go(self) -> None:
        if self._server is not None:
            self._server.stop()
        if self._connection is not None:
            self._connection.close()
        self._connection = self._server = None

    def _failed(self, error: Exception) -> ModelError:
        """What to raise for a request that failed: about it alone, or about the model."""
        if self._ended is not None:
            return ModelError(self._ended)
        failure = read_failure(error)
        if failure.reach == "request":
            self.usage.refuse(failure.reason)
            return RefusedError(str(failure))
        self._strikes += 1
        if failure.reach == "strike" and self._strikes < STRIKES and not self._died():
            self.usage.refuse(failure.reason)
            return RefusedError(str(failure))
        broken = self._broken(failure)
        self._ended = str(broken)
        return broken

    def _died(self) -> str | None:
        """Why our own server is no more; None while it is, or when there is none."""
        try:
            if (server := self._server) is not None:
                server.check()
        except ModelError as error:
            return str(error)
        return None

    def _broken(self, failure: Failure) -> ModelError:
        if died := self._died():
            return ModelError(died)
        offered: list[str] = []
        if failure.status == 404 and self._connection is not None:
            with suppress(Exception):  # the list is a help, and the error stands without it
                offered = self._connection.offered()
        return ModelError(
            last_line(
                failure,
                name=self.name,
                place=self._place,
                offered=offered,
                tries=self.settings.retries + 1,
            )
        )

    def _remark(self, line: str | None) -> None:
        if line is not None and line != self._noted and self._note is not None:
            self._noted = line
            self._note(line)
