"""the tools as LangChain's: for our own agent, and for somebody else's."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from langchain_core.tools import BaseTool, StructuredTool

from agent.chat.results import Result
from agent.chat.toolbox import Tool, Toolbox


def as_langchain(toolbox: Toolbox) -> list[BaseTool]:
    """Typed tools whose arguments are narrowed to what the run holds.

    Each gives text for the model, data delimited, and the `Result` as its artifact.
    """
    return [
        StructuredTool(
            name=tool.name,
            description=tool.description,
            args_schema=toolbox.schema(tool),
            func=_function(toolbox, tool),
            response_format="content_and_artifact",
        )
        for tool in toolbox.tools
    ]


def _function(toolbox: Toolbox, tool: Tool[Any]) -> Callable[..., tuple[str, Result]]:
    def call(**arguments: Any) -> tuple[str, Result]:
        result = toolbox.call(tool.name, arguments)
        return delimited(result), result

    call.__name__ = tool.name
    return call


def delimited(result: Result) -> str:
    """A result for a model: what was found as JSON lines between two marker lines.

    The titles and names in it were typed by strangers; the marker hashes the lines, so none of
    them can hold it.
    """
    lines = [
        json.dumps({"id": c.id, "record": c.text}, ensure_ascii=False) for c in result.citations
    ]
    lines += [
        json.dumps({"said": one.text, "facts": list(one.facts)}, ensure_ascii=False)
        for one in result.said
    ]
    marker = f"=== data {sha256(chr(10).join(lines).encode()).hexdigest()[:12]} ==="
    return "\n".join([f"status: {result.status}", marker, *lines, marker])
