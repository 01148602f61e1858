"""talking to a run: questions in, answers with their citations out, the thread kept."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from agent.chat.answering import write_answer
from agent.chat.confirming import Pending
from agent.chat.desk import Desk
from agent.chat.outage import Outage
from agent.chat.results import Result, Said
from agent.chat.router import LONGEST, Router
from agent.chat.threads import Threads, Turn
from agent.chat.toolbox import Toolbox
from agent.chat.world import Recommends, World
from agent.errors import ModelError, UnknownNameError
from agent.records import Answer, Scope
from agent.runs import Run
from retrieval.embeddings import Encoder

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

    from agent.chat.assistant import Assistant
    from agent.models.asking import LanguageModel

Piece = str | Answer
"""What a stream yields: pieces of the text as they stand, then the whole answer, once."""


class Conversation:
    """Answers questions about one run in one scope; for any number of threads at once.

    With a `model` an agent chooses the tools and writes, and every sentence is verified; without,
    or while the model is down, rules choose and the tools' own sentences are the answer.

    >>> talk = Conversation(Run.open("runs/shop"))
    >>> talk.ask("Which segment is worth most?").text
    """

    def __init__(
        self,
        run: Run,
        *,
        scope: Scope = "analyst",
        model: LanguageModel | None = None,
        encoder: Encoder | None = None,
        recommender: Recommends | None = None,
        world: World | None = None,
        outage: Outage | None = None,
    ) -> None:
        """`world` and `outage` can be shared with another scope's conversation."""
        world = world or World(run, encoder=encoder, recommender=recommender)
        self.desk = Desk(world, scope)
        self.outage = outage or Outage()
        self.toolbox = Toolbox(self.desk)
        self.threads = Threads(run.path)
        # A small model that was never taught to choose tools would only guess: rules choose then.
        self._model = model if model is not None and model.good_at("chat") else None
        self._answering, self._preparing = threading.Lock(), threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the search index."""
        self.desk.world.close()

    def ask(self, question: str, thread: str | None = None) -> Answer:
        """Answer a question; `thread` goes on with a conversation, None begins one.

        Raises UnknownNameError for an empty question or what can be no thread, RunError when the
        run cannot be read. A model that fails raises nothing: the answer says so.
        """
        answer: Answer | None = None
        for piece in self.stream(question, thread):
            if isinstance(piece, Answer):
                answer = piece
        assert answer is not None
        return answer

    def stream(self, question: str, thread: str | None = None) -> Iterator[Piece]:
        """The answer sentence by sentence, then whole; only verified sentences are yielded."""
        question = " ".join(question.split())[:LONGEST]
        if not question:
            raise UnknownNameError(
                "there is no question; ask something such as: which segments are there?"
            )
        thread = self.threads.name(thread)
        turns = self.threads.turns(thread, self.desk.scope)
        results, said, answer = self._answered(question, thread, turns)
        for one in said:
            yield str(one)
        self.threads.add(
            self.desk.scope, Turn(question=question, answer=answer, results=tuple(results))
        )
        yield answer

    async def aask(self, question: str, thread: str | None = None) -> Answer:
        """`ask` without holding up the event loop."""
        return await asyncio.to_thread(self.ask, question, thread)

    async def astream(self, question: str, thread: str | None = None) -> AsyncIterator[Piece]:
        """`stream` without holding up the event loop."""
        pieces = self.stream(question, thread)
        end = object()
        while True:
            piece = await asyncio.to_thread(next, pieces, end)
            if piece is end:
                return
            assert isinstance(piece, str | Answer)
            yield piece

    def warm(self) -> None:
        """Open what the first question would wait for."""
        self.toolbox.call("overview", {})
        self._router.warm()

    def call(self, tool: str, arguments: Mapping[str, Any]) -> Result:
        """Use one tool, as `Toolbox.call` does, beside whatever else goes on here."""
        return self.toolbox.call(tool, arguments)

    def prepare_export(self, arguments: Mapping[str, Any]) -> tuple[Result, Pending | None]:
        """Prepare an export; what waits for a person's word, or None when there is nothing to."""
        with self._preparing:  # or two at once would both be given the last one's token
            result = self.toolbox.call("export_audience", arguments)
            waiting = self.pending()
        return result, waiting[-1] if result.status == "found" and waiting else None

    def pending(self) -> list[Pending]:
        """Exports that wait for a person's word; show them, never to a model."""
        return self.desk.confirmations.pending()

    def confirm(self, token: str, to: str) -> int:
        """Do what a person has confirmed; returns how many users were written to the file `to`."""
        return self.desk.confirmations.confirm(token, to)

    def as_tools(self) -> list[BaseTool]:
        """The tools as LangChain's, for somebody else's agent."""
        from agent.chat.langchain_tools import as_langchain

        return as_langchain(self.toolbox)

    def _answered(
        self, question: str, thread: str, turns: list[Turn]
    ) -> tuple[list[Result], list[Said], Answer]:
        remark = ""
        if self._model is not None and not self.outage.passes():
            remark = _by_rules(self.outage.why)
        elif self._model is not None:
            try:
                replied = self._ready().answer(question, turns)
            except ModelError as error:
                self.outage.failed(error)
                remark = _by_rules(str(error))
            else:
                self.outage.worked()
                answer = write_answer(
                    replied.results,
                    thread,
                    said=replied.said,
                    records=replied.records,
                    writer=replied.writer,
                    verification=replied.verification,
                    remark=replied.remark,
                )
                return list(replied.results), list(replied.said), answer
        # One question at a time: rules need a processor and wait for nothing, and many at once
        # would only take turns with each other and with whoever calls a tool.
        with self._answering:
            results = list(self._router.answer(question, turns))
            said = [one for result in results for one in result.said]
            answer = write_answer(
                results,
                thread,
                remark=remark,
                answered=lambda question: self._router.asks_again(question, results),
            )
        return results, said, answer

    @cached_property
    def _router(self) -> Router:
        return Router(self.toolbox)

    def _ready(self) -> Assistant:
        """The assistant; after an outage a new one, on a new connection."""
        assert self._model is not None
        if self.outage.why is not None:
            self.__dict__.pop("_assistant", None)
            self._model.reopen()
        return self._assistant

    @cached_property
    def _assistant(self) -> Assistant:
        from agent.chat.assistant import Assistant

        assert self._model is not None
        return Assistant(self.toolbox, self._model)


def _by_rules(why: str | None) -> str:
    return f"The model could not be used ({why}); this was answered by rules."
