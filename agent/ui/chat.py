"""The chat: questions in, answers out sentence by sentence, with what is behind them on request."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from agent.chat.answering import EXTRACTIVE
from agent.chat.confirming import Pending
from agent.chat.figures import people
from agent.errors import FolkmapError
from agent.records import Answer
from agent.ui.room import Asks, Reply, Room, Served
from agent.ui.telling import about, bare, lay_out

MOST_TURNS = 50
"""Turns of a thread that are shown again, at most."""

_log = logging.getLogger(__name__)


class Asked(Asks):
    question: str
    thread: str | None = None
    turn: int = 0
    """The page's own number of the question, given back with every piece."""


class Thread(Asks):
    thread: str


class Verdict(Asks):
    thread: str
    question: str
    answer: Annotated[str, Field(max_length=50_000)]
    verdict: Literal["up", "down"]
    words: str = ""


class Nothing(Asks):
    """Nothing to say."""


class Chat:
    """What the chat's page asks for."""

    def __init__(self, room: Room) -> None:
        self.room = room

    def served(self) -> list[Served]:
        serve = self.room.served
        return [
            serve("welcome", Nothing, self.welcome),
            serve("thread", Thread, self.thread),
            serve("forget", Thread, self.forget),
            serve("feedback", Verdict, self.feedback),
            serve("model", Nothing, self.model),
        ]

    def welcome(self, asked: Nothing) -> Reply:
        """What an empty conversation shows: what there is, and questions for a start."""
        room, desk = self.room, self.room.desk
        said = room.page.words["chat"]
        leaves = sorted(room.world.leaves.values(), key=lambda card: -card.size)
        everybody = room.world.table
        size = desk.audiences.size(everybody.mask(set(everybody.users)))
        questions = [said["suggest_which"]]
        if "spend" in everybody.column and leaves:
            questions.insert(0, said["suggest_valuable"].format(who=desk.who))
        if leaves:
            questions.append(said["suggest_apart"].format(name=leaves[0].name))
        if len(leaves) > 1:
            questions.append(
                said["suggest_compare"].format(one=leaves[0].name, other=leaves[1].name)
            )
        who = people(room.world.words)
        html = room.draw("welcome", people=f"{size} {who}", leaves=leaves, questions=questions)
        return {"html": html}

    def thread(self, asked: Thread) -> Reply:
        """A conversation as it was, to go on with."""
        threads = self.room.talk.threads
        turns = threads.turns(threads.name(asked.thread), self.room.scope, last=MOST_TURNS)
        if not turns:
            return {"error": self.room.page.words["chat"]["lost"]}
        drawn: list[Any] = [self._turn(turn.question, turn.answer) for turn in turns]
        return {"turns": drawn, "title": turns[0].question}

    def forget(self, asked: Thread) -> Reply:
        threads = self.room.talk.threads
        threads.turns(threads.name(asked.thread), self.room.scope, last=1)  # of this scope only
        return {"forgotten": threads.forget(asked.thread)}

    def feedback(self, asked: Verdict) -> Reply:
        self.room.agent.feedback(
            thread=asked.thread,
            question=asked.question,
            answer=asked.answer,
            verdict=asked.verdict,
            words=asked.words,
        )
        return {"said": self.room.page.words["chat"]["kept"]}

    def model(self, asked: Nothing) -> Reply:
        """Who writes the answers now, honestly."""
        said, host = self.room.page.words["model"], self.room.host
        if host.model_down:
            state, name = "down", said["down"]
            why = said["down_why"].format(why=host.model_down)
        elif host.model_name == EXTRACTIVE:
            state, name, why = "rules", said["rules"], said["rules_why"]
        else:
            state, name = "model", said["model"].format(model=host.model_name)
            why = said["model_why"].format(model=host.model_name)
        return {"state": state, "name": name, "why": why, "run": host.run.name}

    async def ask(self, data: Any) -> AsyncIterator[Reply]:
        """An answer as it comes: `writing` with what stands so far, then `done` or `failed`."""
        said = self.room.page.words
        try:
            asked = Asked.model_validate(data or {})
        except ValidationError:
            yield {"turn": -1, "state": "failed", "error": said["common"]["misasked"]}
            return
        told: list[str] = []
        try:
            # A host may have to open its model first.
            talk = await asyncio.to_thread(lambda: self.room.talk)
            async for piece in talk.astream(asked.question, asked.thread):
                if isinstance(piece, Answer):
                    yield {"turn": asked.turn, "state": "done", **self._turn(asked.question, piece)}
                    return
                told.append(bare(piece))
                html = self.room.draw("writing", sentences=told)
                yield {"turn": asked.turn, "state": "writing", "html": html}
        except FolkmapError as error:
            yield {"turn": asked.turn, "state": "failed", "error": str(error)}
        except Exception:
            _log.exception("a question could not be answered")
            yield {"turn": asked.turn, "state": "failed", "error": said["common"]["failed"]}

    def _turn(self, question: str, answer: Answer) -> dict[str, Any]:
        shown = about(answer, self.room.world)
        html = self.room.draw(
            "answer",
            answer=answer,
            paragraphs=lay_out(answer.text, answer.citations),
            on_map=bool(shown.segments or shown.users),
            pending=self._pending(answer),
        )
        return {
            "question": question,
            "html": html,
            "answer": answer.text,
            "thread": answer.thread,
            "about": {"segments": list(shown.segments), "users": list(shown.users)},
        }

    def _pending(self, answer: Answer) -> Pending | None:
        """The export that this answer prepared, while it waits for a person's word."""
        if not any(call.tool == "export_audience" for call in answer.tool_calls):
            return None
        said = {citation.text for citation in answer.citations}
        waiting = [one for one in self.room.talk.pending() if one.text in said]
        return waiting[-1] if waiting else None
