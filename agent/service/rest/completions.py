"""/v1/chat/completions and /v1/models: OpenAI's shape, so that any chat client can ask."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from agent.chat.conversation import Piece
from agent.errors import FolkmapError
from agent.records import Answer, Record
from agent.service.problems import ProblemError
from agent.service.rest.common import NAME, PROBLEMS, Asks, Serves, json_response
from agent.service.rest.examples import ANSWER

router = APIRouter(prefix="/v1", tags=["OpenAI's shape"], responses=PROBLEMS)

MODEL = "folkmap"
MOST_THREADS = 10_000
NOTHING_ASKED = "What can I ask?"
"""Stands in where the last message is not the user's, or empty."""


class TextPart(BaseModel):
    """A piece of a message; only text is read."""

    model_config = ConfigDict(extra="allow")
    type: Literal["text"]
    text: str


class Message(BaseModel):
    """One message of a conversation."""

    model_config = ConfigDict(extra="allow")
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[TextPart] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class Completion(BaseModel):
    """A request for the next message; what is not named here is taken and passed over."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "model": MODEL,
                    "messages": [{"role": "user", "content": "Which segment is worth most?"}],
                }
            ]
        },
    )
    model: str = Field(MODEL, description=f"`{MODEL}`, or a name that GET /v1/models lists.")
    messages: list[Message] = Field(
        min_length=1, max_length=1_000, description="The last one is the user's question."
    )
    stream: bool | None = False


class Reply(Record):
    role: Literal["assistant"] = "assistant"
    content: str


class Choice(Record):
    index: int = 0
    message: Reply
    finish_reason: Literal["stop"] = "stop"


class Completed(Record):
    """The next message. `folkmap` has what the shape has no place for: citations, tools, thread."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: tuple[Choice, ...]
    folkmap: Answer


class ServedModel(Record):
    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = MODEL


class ServedModels(Record):
    object: Literal["list"] = "list"
    data: tuple[ServedModel, ...]


class Continued:
    """Which thread a client's messages go on with: these clients send all of it every time."""

    def __init__(self) -> None:
        self._threads: OrderedDict[str, str] = OrderedDict()

    def thread(self, scope: str, messages: Sequence[tuple[str, str]]) -> str | None:
        """The thread that `messages`, (role, text) without the new question, came out of."""
        return self._threads.get(_digest(scope, messages))

    def keep(self, scope: str, messages: Sequence[tuple[str, str]], thread: str) -> None:
        """Remember where `messages`, the answer included, came out of."""
        self._threads[_digest(scope, messages)] = thread
        while len(self._threads) > MOST_THREADS:
            self._threads.popitem(last=False)


_EXAMPLE = {
    "id": "chatcmpl-5f0c2d9a41b7",
    "object": "chat.completion",
    "created": 1795000000,
    "model": MODEL,
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": ANSWER["text"]},
            "finish_reason": "stop",
        }
    ],
    "folkmap": ANSWER,
}


@router.post(
    "/chat/completions",
    response_model=Completed,
    responses={
        200: {
            "description": "The answer; with `stream`, OpenAI's chunks as server-sent events.",
            "content": {
                "application/json": {"example": _EXAMPLE},
                "text/event-stream": {"schema": {"type": "string"}},
            },
        }
    },
)
async def complete(asked: Completion, reader: Asks, service: Serves, request: Request) -> Response:
    """Answer the last message. Follow-ups work: the client sends the conversation so far.

    Instructions in `system` messages, sampling options and tools of the client's are passed over:
    what may be said is what the records of the run bear out.
    """
    known = _names(service.host.model_name)
    if asked.model not in known:
        raise ProblemError(404, f"no model {asked.model[:60]!r}; there are {', '.join(known)}")
    said = [(one.role, one.text) for one in asked.messages if one.role in ("user", "assistant")]
    if not said or said[-1][0] != "user" or not said[-1][1].split():
        said.append(("user", NOTHING_ASKED))
    continued: Continued = request.app.state.continued
    question, thread = said[-1][1], continued.thread(reader.scope, said[:-1])
    if asked.stream:
        pieces = await service.stream(reader.scope, question, thread)

        def keep(answer: Answer, text: str) -> None:
            continued.keep(reader.scope, [*said, ("assistant", text)], answer.thread)

        return StreamingResponse(_chunks(pieces, asked.model, keep), media_type="text/event-stream")
    answer = await service.ask(reader.scope, question, thread)
    continued.keep(reader.scope, [*said, ("assistant", answer.text)], answer.thread)
    completed = Completed(
        id=_id(),
        created=int(time.time()),
        model=asked.model,
        choices=(Choice(message=Reply(content=answer.text)),),
        folkmap=answer,
    )
    return json_response(completed.model_dump_json().encode())


@router.get("/models", response_model=ServedModels)
async def list_models(reader: Asks, service: Serves) -> ServedModels:
    """The names `model` may have; all of them stand for what this service answers."""
    return ServedModels(data=tuple(ServedModel(id=n) for n in _names(service.host.model_name)))


@router.get("/models/{model}", response_model=ServedModel)
async def get_model(
    model: Annotated[str, Path(**NAME)], reader: Asks, service: Serves
) -> ServedModel:
    """One of those names."""
    if model not in _names(service.host.model_name):
        raise ProblemError(404, f"no model {model[:60]!r}")
    return ServedModel(id=model)


async def _chunks(pieces: AsyncIterator[Piece], model: str, keep: Any) -> AsyncIterator[bytes]:
    head = {"id": _id(), "object": "chat.completion.chunk", "created": int(time.time())}

    def chunk(delta: dict[str, str], end: str | None = None, **more: JsonValue) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": end}
        content = {**head, "model": model, "choices": [choice], **more}
        return f"data: {json.dumps(content, ensure_ascii=False)}\n\n".encode()

    yield chunk({"role": "assistant", "content": ""})
    text = ""
    try:
        async for piece in pieces:
            if isinstance(piece, Answer):
                rest = piece.text[len(text) :] if piece.text.startswith(text) else ""
                if rest:
                    yield chunk({"content": rest})
                keep(piece, text + rest)
                yield chunk({}, "stop", folkmap=piece.model_dump(mode="json"))
            else:
                more = f" {piece}" if text else piece
                text += more
                yield chunk({"content": more})
    except FolkmapError as error:
        said = {"error": {"message": str(error), "type": "folkmap"}}
        yield f"data: {json.dumps(said, ensure_ascii=False)}\n\n".encode()
    yield b"data: [DONE]\n\n"


def _names(model: str) -> list[str]:
    return list(dict.fromkeys([MODEL, model]))


def _id() -> str:
    return f"chatcmpl-{secrets.token_hex(12)}"


def _digest(scope: str, messages: Sequence[tuple[str, str]]) -> str:
    said = json.dumps([scope, *([role, text.strip()] for role, text in messages)])
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
