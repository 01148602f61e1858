"""what the routes share: who asks, the service, the problems every one may answer with."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from agent.service.keys import Reader
from agent.service.problems import Problem
from agent.service.service import Service, individuals_problem

NAME: dict[str, Any] = {"min_length": 1, "max_length": 300}
WORDS = r"\S"
"""Something besides blanks."""


class Body(BaseModel):
    """What a request holds; a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


async def service_of(request: Request) -> Service:
    """Async, as are the two below: FastAPI runs what is not on a thread, for each request."""
    service: Service = request.app.state.service
    return service


async def reader_of(request: Request) -> Reader:
    reader: Reader = request.state.reader
    return reader


async def analyst_of(request: Request) -> Reader:
    """Raises a 403 problem for whoever may not see individuals."""
    reader = await reader_of(request)
    if reader.scope != "analyst":
        raise individuals_problem()
    return reader


Serves = Annotated[Service, Depends(service_of)]
Asks = Annotated[Reader, Depends(reader_of)]
Analyst = Annotated[Reader, Depends(analyst_of)]
UserName = Annotated[str, Path(description="A user's id, as in the log.", **NAME)]
SegmentName = Annotated[str, Path(description="A segment's id or its name.", **NAME)]
ItemName = Annotated[str, Path(description="An item's id, or its whole title.", **NAME)]
Words = Annotated[str, Field(pattern=WORDS, max_length=2_000)]


def json_response(content: bytes, status: int = 200) -> Response:
    """JSON that is already written."""
    return Response(content, status_code=status, media_type="application/json")


_SAID = {
    400: "The body cannot be read.",
    401: "No key or login, or one that is not known here.",
    403: "Not for this key, or from a foreign page.",
    404: "No such user, segment, item, thread or tool in this run.",
    413: "The request is too large.",
    422: "The request does not fit.",
    429: "Too many requests; `Retry-After` says when to come back.",
    503: "Too much at once, or the run cannot be read; `Retry-After` says when to come back.",
}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": said} for status, said in _SAID.items()
}
"""Goes with every route; `agent.service.documents` gives them their media type."""


def example(value: Any) -> dict[int | str, dict[str, Any]]:
    """An example of a route's response of 200."""
    return {200: {"content": {"application/json": {"example": value}}}}
