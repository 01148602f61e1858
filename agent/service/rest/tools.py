"""/v1/tools: the tools the chat uses, for programs and for agents that are not ours."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import JsonValue

from agent.chat.arguments import Arguments
from agent.chat.results import Result
from agent.chat.toolbox import TOOLS, Tool
from agent.records import Record
from agent.service.rest.common import PROBLEMS, Analyst, Asks, Serves, example, json_response
from agent.service.rest.examples import RESULT
from agent.service.service import ACTING, Service

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


def _add(tool: Tool[Any]) -> None:
    """A route for one tool, its arguments described in full."""

    async def call(arguments: Arguments, reader: Asks, request: Request) -> Response:
        service: Service = request.app.state.service
        return json_response(await service.called(reader.scope, tool.name, arguments))

    call.__annotations__["arguments"] = tool.arguments
    call.__annotations__["reader"] = Analyst if tool.individuals else Asks
    router.add_api_route(
        f"/{tool.name}",
        call,
        methods=["POST"],
        name=tool.name,
        summary=tool.name.replace("_", " ").capitalize(),
        description=f"{tool.description}\n\nWhat it found are cited sentences, and the same for "
        "programs in `data`. `status` is `refused` for what a rule forbids to tell, such as a "
        "group that is too small.",
        response_model=Result,
        responses=example(RESULT),
    )


for _tool in TOOLS:
    if _tool.name not in ACTING:  # an export is prepared and confirmed under /v1/exports
        _add(_tool)
