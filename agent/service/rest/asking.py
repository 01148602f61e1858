"""/v1/ask and /v1/threads: questions in words, answers that cite, conversations kept."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from agent.chat.conversation import Piece
from agent.errors import FolkmapError
from agent.records import Answer, Citation, Record, ToolCall
from agent.service.problems import ProblemError
from agent.service.rest.common import (
    PROBLEMS,
    WORDS,
    Asks,
    Body,
    Serves,
    json_response,
)
from agent.service.rest.examples import ANSWER

router = APIRouter(prefix="/v1", responses=PROBLEMS)

THREAD = r"^[A-Za-z0-9_.\-]{1,64}$"
ThreadName = Annotated[str, Path(description="A thread's name.", pattern=THREAD)]
MOST_TURNS = 100


class Question(Body):
    """A question in words."""

    question: str = Field(
        min_length=1,
        max_length=2_000,
        pattern=WORDS,
        examples=["Which segment is worth most, and what should we show them?"],
    )
    thread: str | None = Field(
        None, pattern=THREAD, description="Goes on with a conversation; none begins one."
    )
    stream: bool = Field(
        False,
        description="Send the sentences as they stand, as server-sent events: `sentence` with "
        "`text`, then one `answer` with the whole, or a `problem`.",
    )


class Turn(Record):
    """One question of a thread with its answer."""

    question: str
    text: str
    citations: tuple[Citation, ...]
    tool_calls: tuple[ToolCall, ...]
    writer: str


class Thread(Record):
    """A conversation, oldest turn first."""

    thread: str
    turns: tuple[Turn, ...]


class Feedback(Body):
    """A thumb and a word on an answer."""

    thread: str = Field(pattern=THREAD, examples=["5f0c2d9a41b7"])
    question: str = Field(max_length=2_000)
    answer: str = Field(max_length=20_000)
    verdict: Literal["up", "down"]
    words: str = Field("", max_length=2_000)


_STREAM = (
    'event: sentence\ndata: {"text": "86 customers … [segment/s3/S1]"}\n\n'
    f"event: answer\ndata: {json.dumps(ANSWER, ensure_ascii=False)}\n\n"
)


@router.post(
    "/ask",
    tags=["asking"],
    response_model=Answer,
    responses={
        200: {
            "description": "The answer; with `stream`, its sentences and then the answer.",
            "content": {
                "application/json": {"example": ANSWER},
                "text/event-stream": {"schema": {"type": "object"}, "example": _STREAM},
            },
        }
    },
)
async def ask(asked: Question, reader: Asks, service: Serves) -> Response:
    """Answer a question; every sentence ends in the ids of the records it rests on.

    Without a model, or while it is down, rules choose the tools and the tools' own sentences are
    the answer; `writer` and `remark` say so.
    """
    if asked.stream:
        pieces = await service.stream(reader.scope, asked.question, asked.thread)
        return StreamingResponse(_events(pieces), media_type="text/event-stream")
    answer = await service.ask(reader.scope, asked.question, asked.thread)
    return json_response(answer.model_dump_json().encode())


@router.get("/threads/{thread}", tags=["asking"], response_model=Thread)
async def get_thread(thread: ThreadName, reader: Asks, service: Serves) -> Response:
    """The last turns of a conversation; another scope's threads are not found."""

    def make() -> bytes:
        turns = service.talk(reader.scope).threads.turns(thread, reader.scope, last=MOST_TURNS)
        if not turns:
            raise ProblemError(404, f"there is no thread {thread!r}")
        told = tuple(
            Turn(
                question=turn.question,
                text=turn.answer.text,
                citations=turn.answer.citations,
                tool_calls=turn.answer.tool_calls,
                writer=turn.answer.writer,
            )
            for turn in turns
        )
        return Thread(thread=thread, turns=told).model_dump_json().encode()

    return json_response(await service.tools.run(make))


@router.delete("/threads/{thread}", tags=["asking"], status_code=204)
async def forget_thread(thread: ThreadName, reader: Asks, service: Serves) -> None:
    """Delete a conversation."""

    def forget() -> None:
        threads = service.talk(reader.scope).threads
        if not threads.turns(thread, reader.scope, last=1):
            raise ProblemError(404, f"there is no thread {thread!r}")
        threads.forget(thread)

    await service.tools.run(forget)


@router.post("/feedback", tags=["asking"], status_code=204)
async def give_feedback(feedback: Feedback, reader: Asks, service: Serves) -> None:
    """Say whether an answer was of use; kept with the run."""
    given = feedback.model_dump()
    await service.tools.run(lambda: service.host.agent.feedback(**given))


async def _events(pieces: AsyncIterator[Piece]) -> AsyncIterator[bytes]:
    try:
        async for piece in pieces:
            if isinstance(piece, Answer):
                yield f"event: answer\ndata: {piece.model_dump_json()}\n\n".encode()
            else:
                said = json.dumps({"text": piece}, ensure_ascii=False)
                yield f"event: sentence\ndata: {said}\n\n".encode()
    except FolkmapError as error:  # the status has gone out; the problem goes where the text went
        said = json.dumps({"detail": str(error)}, ensure_ascii=False)
        yield f"event: problem\ndata: {said}\n\n".encode()
