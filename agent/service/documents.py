"""the OpenAPI document: problems under their own media type, keys where keys are needed."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from agent.builder import own_version
from agent.service.problems import MEDIA_TYPE

DESCRIPTION = """\
Segments of people found in a behaviour log, their profiles, recommendations with their exact
reasons, and answers that cite. Every number comes from code and stands in a record with an id.

Scopes: `analyst` sees individuals; `aggregate` sees groups of people, with rounded counts, and gets
403 for anything about one person. On this machine no key is needed; elsewhere send
`Authorization: Bearer KEY`. Errors are problem details (RFC 9457). 429 and 503 say in `Retry-After`
when to come back. Beside this: `/mcp` speaks the Model Context Protocol.
"""
PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}


def add_document(app: FastAPI, *, keys_needed: bool) -> None:
    """Have an app describe itself."""
    made: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not made:
            made.update(_document(app, keys_needed))
        return made

    app.openapi = openapi  # type: ignore[method-assign]


def _document(app: FastAPI, keys_needed: bool) -> dict[str, Any]:
    document = get_openapi(
        title="Folkmap",
        version=own_version(),
        description=DESCRIPTION,
        routes=app.routes,
        tags=[
            {"name": "segments", "description": "Groups of people."},
            {"name": "users", "description": "Single people; analysts only."},
            {"name": "recommendations", "description": "What to show whom, and why."},
            {"name": "asking", "description": "Questions in words."},
            {"name": "audiences", "description": "How many meet conditions, and lists of them."},
            {"name": "tools", "description": "What the chat is made of."},
            {"name": "OpenAI's shape", "description": "For chat clients that speak it."},
            {"name": "run", "description": "What is open, and how it does."},
        ],
    )
    for operation in (one for path in document["paths"].values() for one in path.values()):
        for status, response in operation["responses"].items():
            if status.startswith(("4", "5")):
                response["content"] = PROBLEM
                if status in ("429", "503"):
                    response["headers"] = {
                        "Retry-After": {
                            "description": "Seconds after which to come back.",
                            "schema": {"type": "integer", "minimum": 1},
                        }
                    }
    schemas = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    if keys_needed:
        document["components"]["securitySchemes"] = {
            "key": {"type": "http", "scheme": "bearer"},
            "login": {"type": "http", "scheme": "basic"},
        }
        document["security"] = [{"key": []}, {"login": []}]
        document["paths"]["/healthz"]["get"]["security"] = []
    return document
