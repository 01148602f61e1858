"""errors as problem details (RFC 9457): one shape for whatever goes wrong, in plain words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from agent.errors import (
    EncoderError,
    FolkmapError,
    ModelError,
    RunError,
    SettingsError,
    UnknownNameError,
)
from retrieval.errors import StoreError

MEDIA_TYPE = "application/problem+json"
RETRY_S = 2
STATUS: tuple[tuple[type[Exception], int], ...] = (
    (UnknownNameError, 404),
    (SettingsError, 422),
    (ModelError, 503),
    (EncoderError, 503),
    (RunError, 503),
    (StoreError, 503),
)


class Wrong(BaseModel):
    """One thing that is wrong with a request."""

    where: str
    what: str


class Problem(BaseModel):
    """What went wrong, as RFC 9457 has it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "Not Found",
                "status": 404,
                "detail": "no segment 's99' in this run; there are s1, s2, s3",
            }
        }
    )
    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[Wrong] | None = None


class ProblemError(Exception):
    """Raised by a route: becomes a problem of that status."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        self.status, self.detail, self.headers = status, detail, dict(headers or {})
        super().__init__(detail)


class WrongArgumentsError(ProblemError):
    """422: arguments that do not fit, one by one."""

    def __init__(self, wrong: list[Wrong]) -> None:
        self.wrong = wrong
        super().__init__(422, "; ".join(f"{one.where}: {one.what}" for one in wrong[:3]))


def busy(what: str, seconds: int = RETRY_S) -> ProblemError:
    """503 for now."""
    return ProblemError(503, what, {"Retry-After": str(seconds)})


def problem_response(
    status: int,
    detail: str,
    headers: Mapping[str, str] | None = None,
    errors: list[Wrong] | None = None,
) -> Response:
    """A problem as a response."""
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        content["errors"] = [one.model_dump() for one in errors]
    return Response(
        json.dumps(content, ensure_ascii=False).encode("utf-8", "backslashreplace"),
        status_code=status,
        headers=dict(headers or {}),
        media_type=MEDIA_TYPE,
    )


def response_to(error: Exception) -> Response | None:
    """The problem an error that was raised on purpose becomes; None for a bug."""
    if isinstance(error, WrongArgumentsError):
        return problem_response(422, error.detail, errors=error.wrong)
    if isinstance(error, ProblemError):
        return problem_response(error.status, error.detail, error.headers)
    if isinstance(error, RequestValidationError):
        wrong = [_wrong(one) for one in error.errors()]
        told = "; ".join(f"{one.where}: {one.what}" for one in wrong[:3])
        return problem_response(422, told or "the request is not understood", errors=wrong)
    if isinstance(error, HTTPException):
        detail = error.detail if isinstance(error.detail, str) else "the request cannot be served"
        return problem_response(error.status_code, detail, error.headers)
    for kind, status in STATUS:
        if isinstance(error, kind):
            headers = {"Retry-After": str(RETRY_S)} if status == 503 else None
            return problem_response(status, str(error), headers)
    if isinstance(error, FolkmapError):
        return problem_response(422, str(error))
    return None


def add_problems(app: FastAPI) -> None:
    """Have every error of an app leave as a problem."""

    async def handle(request: Request, error: Exception) -> Response:
        del request
        response = response_to(error)
        if response is None:
            raise error
        return response

    for kind in (ProblemError, RequestValidationError, HTTPException, FolkmapError, StoreError):
        app.add_exception_handler(kind, handle)


def _wrong(error: Mapping[str, Any]) -> Wrong:
    where = ".".join(str(part) for part in error["loc"])
    return Wrong(where=where, what=str(error["msg"]))
