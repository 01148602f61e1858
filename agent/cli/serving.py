"""`folkmap serve` and `folkmap mcp`: a run for browsers, programs and agents."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.shared import RunOption
from agent.records import Scope
from agent.settings import ModelSettings


def serve(
    run: Annotated[
        Path | None,
        typer.Option("--run", help="The run folder; without one the demo's, built when missing."),
    ] = None,
    model: Annotated[
        str, typer.Option(help="Who chooses the tools and writes the answers; as for build.")
    ] = ModelSettings().spec,
    model_name: Annotated[
        str | None,
        typer.Option(help="The model on a server given by URL, where it offers more than one."),
    ] = None,
    host: Annotated[
        str,
        typer.Option(help="Address to listen on. Others than this machine's need a key or login."),
    ] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port; without one 7860, or the next that is free."),
    ] = None,
    api_keys: Annotated[
        Path | None,
        typer.Option(
            "--api-keys",
            "--api-key",
            help="File with a line a key: `analyst KEY` or `aggregate KEY` (sees no individuals). "
            "Or FOLKMAP_ANALYST_KEY and FOLKMAP_AGGREGATE_KEY in the environment.",
        ),
    ] = None,
    auth: Annotated[
        Path | None,
        typer.Option(
            help="File with a line a person, `name:password`, for browsers. Or FOLKMAP_LOGIN in "
            "the environment."
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Name a proxy in front is reached by, without a port."),
    ] = None,
    rate: Annotated[
        float | None, typer.Option(min=0.1, help="Requests a second one key may send (2,000).")
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=32,
            help="Processes beside this one for tool calls, each with the run in memory; without "
            "this one less than there are cores, at most four.",
        ),
    ] = None,
) -> None:
    """Serve a run: chat in the browser, REST, OpenAI's chat API, MCP; and print the address.

    Only this machine can reach it unless --host says otherwise, and then a key or login is needed.
    """
    from agent.cores import spare_cores
    from agent.service.keys import Keys
    from agent.service.serving import serve as serve_run
    from agent.service.settings import ServiceSettings

    settings = ServiceSettings(
        host=host,
        port=port,
        allow_hosts=tuple(allow_host or ()),
        processes=spare_cores() if processes is None else processes,
    )
    if rate is not None:
        burst = max(1, int(4 * rate))
        settings = settings.model_copy(update={"rate": rate, "burst": burst})
    asked = ModelSettings(spec=model, name=model_name)
    serve_run(run, asked, settings, Keys.read(api_keys, auth), lambda line: print(line, flush=True))


def mcp(
    run: RunOption,
    scope: Annotated[
        Scope, typer.Option(help="analyst sees individuals; aggregate groups of people only.")
    ] = "analyst",
) -> None:
    """Speak the Model Context Protocol on stdin and stdout: a run's tools for somebody's agent."""
    from agent.service.host import Host
    from agent.service.mcp import serve_stdio

    with Host(run) as host:
        asyncio.run(serve_stdio(host, scope))
