"""The official MCP client against the service over HTTP, and against `folkmap mcp` over stdio."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent

from agent.chat.results import Result
from agent.chat.toolbox import TOOLS
from agent.service.host import Host
from agent.service.keys import Keys
from tests.chat.asking import Cast
from tests.service.conftest import AGGREGATE
from tests.service.running import running

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def address(host: Host, keys: Keys) -> Iterator[str]:
    with running(host, keys) as address:
        yield address


@asynccontextmanager
async def over_http(address: str, key: str | None = None) -> AsyncIterator[ClientSession]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with (
        httpx.AsyncClient(headers=headers, trust_env=False, timeout=30) as client,
        streamable_http_client(f"{address}/mcp", http_client=client) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        yield session


@asynccontextmanager
async def over_stdio(run: Path, *options: str) -> AsyncIterator[ClientSession]:
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "agent.launch", "mcp", "--run", str(run), *options],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=str(ROOT),
    )
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        yield session


def text(result: CallToolResult) -> str:
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text


async def converse(session: ClientSession, cast: Cast) -> None:
    """What an analyst's agent may do."""
    tools = {tool.name: tool for tool in (await session.list_tools()).tools}
    assert set(tools) == {tool.name for tool in TOOLS} - {"export_audience"}
    segment = tools["describe_segment"].inputSchema["properties"]["segment"]
    assert cast.names["{first_id}"] in segment["enum"]
    found = await session.call_tool("describe_segment", {"segment": cast.names["{first_id}"]})
    assert not found.isError
    assert Result.model_validate(found.structuredContent).citations
    assert "=== data" in text(found)
    user = await session.call_tool("user_profile", {"user": cast.names["{user}"]})
    assert cast.names["{user}"] in text(user)
    for name, arguments in (
        ("describe_segment", {"segment": "s99"}),
        ("describe_segment", {"segmen": "s1"}),
        ("export_audience", {"segment": cast.names["{first_id}"]}),
        ("nothing", {}),
    ):
        assert (await session.call_tool(name, arguments)).isError, name


async def look_from_outside(session: ClientSession, cast: Cast) -> None:
    """What an agent may do that sees groups only."""
    tools = {tool.name for tool in (await session.list_tools()).tools}
    assert tools == {tool.name for tool in TOOLS if not tool.individuals}
    refused = await session.call_tool("user_profile", {"user": cast.names["{user}"]})
    assert cast.names["{user}"] not in text(refused)
    sized = await session.call_tool("size_audience", {"segment": cast.names["{first_id}"]})
    assert "about" in text(sized)


def test_over_http(address: str, cast: Cast) -> None:
    async def talk() -> None:
        async with over_http(address) as session:
            await converse(session, cast)
        async with over_http(address, AGGREGATE) as session:
            await look_from_outside(session, cast)

    asyncio.run(talk())


def test_over_stdio(run: Path, cast: Cast) -> None:
    async def talk() -> None:
        async with over_stdio(run) as session:
            await converse(session, cast)

    asyncio.run(talk())


def test_over_stdio_in_the_aggregate_scope(run: Path, cast: Cast) -> None:
    async def talk() -> None:
        async with over_stdio(run, "--scope", "aggregate") as session:
            await look_from_outside(session, cast)

    asyncio.run(talk())


def test_foreign_pages_do_not_reach_it(address: str) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
        response = httpx.post(f"{address}/mcp", json={}, headers=headers, trust_env=False)
        assert response.status_code == 403
