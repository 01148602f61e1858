"""/v1/audiences and /v1/exports: how many meet conditions; lists of them, once a person agrees."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path as File
from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi import Body as RequestBody

from agent.chat.confirming import VALID_S, Pending
from agent.chat.results import Result
from agent.chat.tools_audience import Sized
from agent.records import Record
from agent.service.problems import ProblemError
from agent.service.rest.common import (
    PROBLEMS,
    Analyst,
    Asks,
    Serves,
    example,
    json_response,
)
from agent.service.rest.examples import RESULT

router = APIRouter(prefix="/v1", tags=["audiences"], responses=PROBLEMS)

Audience = Annotated[
    Sized,
    RequestBody(
        openapi_examples={
            "segment": {"value": {"segment": "s3"}},
            "conditions": {
                "value": {
                    "conditions": [{"feature": "weekend_share", "op": "at least", "value": 40}]
                }
            },
        }
    ),
]


class Export(Record):
    """An export that waits for a person's word."""

    token: str
    text: str
    """Whom it would hold."""
    people: int
    valid_s: int
    """Seconds for which the token is good, from when it was prepared."""


@router.post("/audiences/size", response_model=Result, responses=example(RESULT))
async def size_audience(audience: Audience, reader: Asks, service: Serves) -> Response:
    """How many meet conditions, in a segment or overall; shares are percentages.

    Groups of fewer than the run's `min_group` are not told of; `status` is then `refused`.
    """
    asked = audience.model_dump(mode="json")
    return json_response(await service.call(reader.scope, "size_audience", asked))


@router.post(
    "/exports",
    response_model=Export,
    status_code=201,
    responses={409: {"description": "There is nobody to export, or too few."}},
)
async def prepare_export(audience: Audience, reader: Analyst, service: Serves) -> Response:
    """Prepare a list of users: says how many it would hold, writes nothing; analysts only."""

    def make() -> bytes:
        result, waiting = service.talk(reader.scope).prepare_export(audience.model_dump())
        if result.status == "unknown":
            raise ProblemError(404, result.text())
        if waiting is None:
            raise ProblemError(409, result.text())
        return _export(waiting).model_dump_json().encode()

    return json_response(await service.tools.run(make), status=201)


@router.get("/exports", response_model=list[Export])
async def list_exports(reader: Analyst, service: Serves) -> Response:
    """Exports that wait for a person's word, such as one asked for in chat."""

    def make() -> bytes:
        waiting = [_export(one) for one in service.talk(reader.scope).pending()]
        return b"[" + b",".join(one.model_dump_json().encode() for one in waiting) + b"]"

    return json_response(await service.tools.run(make))


@router.post(
    "/exports/{token}",
    response_class=Response,
    responses={
        200: {
            "description": "user_id, weight and headline of each, as CSV.",
            "content": {
                "text/csv": {
                    "schema": {"type": "string"},
                    "example": "user_id,weight,headline\nu0042,0.93,Buys dog food every weekend\n",
                }
            },
        }
    },
)
async def confirm_export(
    token: Annotated[str, Path(description="The token of a prepared export.", max_length=64)],
    reader: Analyst,
    service: Serves,
) -> Response:
    """Do what was prepared, once; a person's decision, so no tool of a model's leads here."""

    def make() -> bytes:
        handle, name = tempfile.mkstemp(prefix="folkmap-", suffix=".csv")
        os.close(handle)
        try:
            service.talk(reader.scope).confirm(token, name)
            return File(name).read_bytes()
        finally:
            File(name).unlink(missing_ok=True)

    return Response(
        await service.tools.run(make),
        media_type="text/csv",
        headers={"Content-Disposition": 'attachment; filename="audience.csv"'},
    )


def _export(waiting: Pending) -> Export:
    return Export(token=waiting.token, text=waiting.text, people=waiting.size, valid_s=int(VALID_S))
