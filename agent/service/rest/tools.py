"""/v1/tools: the tools the chat uses, for programs and for agents that are not ours."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from fastapi import Body as RequestBody
from pydantic import JsonValue

from agent.chat.results import Result
from agent.chat.toolbox import TOOLS
from agent.records import Record
from agent.service.problems import ProblemError
from agent.service.rest.common import PROBLEMS, Asks, Serves, example, json_response
from agent.service.rest.examples import RESULT
from agent.service.service import ACTING

router = APIRouter(prefix="/v1/tools", tags=["tools"], responses=PROBLEMS)


class ToolDescription(Record):
    """A tool as function-calling models want it; `parameters` is narrowed to what the run holds."""

    name: str
    description: str
    parameters: dict[str, JsonValue]


@router.get("", response_model=list[ToolDescription])
async def list_tools(reader: Asks, service: Serves) -> Response:
    """The tools this key may use, their arguments narrowed to what exists in this run."""
    scope = reader.scope

    def make() -> bytes:
        talk = service.talk(scope)
        with talk.desk.world.lock:
            described = [
                {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": talk.toolbox.schema(tool),
                }
                for tool in talk.toolbox.tools
            ]
        return json.dumps(described, ensure_ascii=False).encode()

    return json_response(await service.remembered(("tools", scope), make))


Arguments = Annotated[
    dict[str, Any],
    RequestBody(
        openapi_examples={
            "none": {"summary": "overview", "value": {}},
            "segment": {"summary": "describe_segment", "value": {"segment": "s3"}},
            "audience": {
                "summary": "size_audience",
                "value": {
                    "segment": "s3",
                    "conditions": [{"feature": "weekend_share", "op": "at least", "value": 40}],
                },
            },
        }
    ),
]


@router.post("/{tool}", response_model=Result, responses=example(RESULT))
async def call_tool(
    tool: Annotated[
        str,
        Path(
            description="A tool's name.",
            json_schema_extra={"enum": [tool.name for tool in TOOLS]},
            max_length=60,
        ),
    ],
    arguments: Arguments,
    reader: Asks,
    service: Serves,
) -> Response:
    """Use a tool: what it found as cited sentences, and the same for programs in `data`.

    `status` is `refused` for what a rule forbids to tell, such as a group that is too small.
    """
    if tool in ACTING and reader.scope == "analyst":
        raise ProblemError(409, "an export is prepared with POST /v1/exports and confirmed there")
    return json_response(await service.call(reader.scope, tool, arguments))
