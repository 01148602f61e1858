"""a service from start to end: the run opened or built, the address told, everything let go of."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import uvicorn
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # has none

from agent.behaviour.demo import CURRENCY, write_demo
from agent.errors import SettingsError
from agent.inputs import Inputs
from agent.models.opening import read_spec
from agent.pipeline import build_run
from agent.progress import Terminal
from agent.runs import current_version
from agent.service.app import create_app
from agent.service.host import Host, settle
from agent.service.keys import Keys
from agent.service.settings import ServiceSettings, is_local
from agent.settings import BuildSettings, EvidenceSettings, ModelSettings

DEMO = Path("runs", "demo")
DEMO_SHOP = Path("runs", "demo-shop")
PORT = 7860
TRIED_PORTS = 20


def serve(
    run: Path | None,
    model: ModelSettings,
    settings: ServiceSettings,
    keys: Keys,
    tell: Callable[[str], None],
) -> None:
    """Serve a run until told to stop; without one the demo's, built when it is missing.

    `tell` gets lines for whoever started it. Raises SettingsError for an address that cannot be
    listened on or that others could reach without a key, RunError for the run.
    """
    read_spec(model)
    if not settings.local and not keys:
        where = settings.host if not is_local(settings.host) else settings.allow_hosts[0]
        raise SettingsError(
            f"{where} lets others in: give a key (FOLKMAP_ANALYST_KEY or FOLKMAP_AGGREGATE_KEY, "
            "or a file with --api-keys) or a login (FOLKMAP_LOGIN, or a file with --auth), or "
            "leave --host and --allow-host away to serve this machine only"
        )
    with _listening(settings) as listening:
        opened = run if run is not None else demo_run(tell)
        with Host(opened, model, note=tell) as host:
            _end_to_end(host, settings, keys, listening, tell)
    tell("Stopped.")


def demo_run(tell: Callable[[str], None]) -> Path:
    """The run of the demo shop, simulated and built when it is missing."""
    if DEMO.is_dir() and current_version(DEMO) is not None:
        return DEMO
    tell(f"Building the demo in {DEMO}: a minute or two, the first time only")
    if not (DEMO_SHOP / "events.csv").is_file():
        write_demo(DEMO_SHOP)
    files = {role: DEMO_SHOP / f"{role}.csv" for role in ("items", "attributes", "ties")}
    inputs = Inputs(events=(DEMO_SHOP / "events.csv",), **files)
    settings = BuildSettings(evidence=EvidenceSettings(currency=CURRENCY))
    with Terminal(yes=True) as terminal:
        build_run(inputs, DEMO, settings, reporter=terminal)
    return DEMO


def _end_to_end(
    host: Host,
    settings: ServiceSettings,
    keys: Keys,
    listening: socket.socket,
    tell: Callable[[str], None],
) -> None:
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(message)s"
    )
    config = uvicorn.Config(
        create_app(host, settings, keys),
        log_config=None,
        # A line a request would hold the ids of users, and who asked for them.
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=int(settings.drain_s),
        limit_max_requests=None,
    )
    # Requests are what runs side by side here; BLAS's own threads would spin between them.
    threadpool_limits(1, "blas")
    threading.Thread(target=_warm, args=(host,), daemon=True, name="folkmap-warm").start()
    server = _Server(config, lambda: _told(host, settings, listening, tell))
    with suppress(KeyboardInterrupt, asyncio.CancelledError):  # handed on when all is done
        server.run(sockets=[listening])


class _Server(uvicorn.Server):
    """Says so when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()


def _told(
    host: Host, settings: ServiceSettings, listening: socket.socket, tell: Callable[[str], None]
) -> None:
    name = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{name}:{listening.getsockname()[1]}"
    tell(f"\nFolkmap serves {host.run} (version {host.version}) at  {address}/")
    tell(f"  API {address}/docs  ·  MCP {address}/mcp  ·  writer: {host.model_name}")
    if host.model_down is not None:
        tell(f"  The model cannot be used now; rules answer meanwhile: {host.model_down}")
    tell("  Ctrl-C ends it.")


def _warm(host: Host) -> None:
    """Open what the first question would wait for; a failure shows when somebody asks."""
    try:
        host.warm()
        settle()
    except Exception as error:
        logging.getLogger("folkmap.service").warning("%s", error)


def _listening(settings: ServiceSettings) -> socket.socket:
    """A socket on the address: bound now, so that a taken port is known before a build."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    first = PORT if settings.port is None else settings.port
    tries = TRIED_PORTS if settings.port is None else 1
    for port in range(first, first + tries):
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((settings.host, port))
        except OSError as error:
            listening.close()
            if error.errno == errno.EADDRINUSE and port < first + tries - 1:
                continue
            raise SettingsError(
                f"{settings.host}:{port} cannot be listened on ({error.strerror or error}); choose "
                "another with --port or --host"
            ) from error
        return listening
    raise AssertionError("the last try returns or raises")
