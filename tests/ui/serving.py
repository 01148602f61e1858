"""The pages of a run on this machine, for as long as a test looks at them."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from agent.records import Scope
from agent.service.host import Host
from agent.ui.app import mount_ui


@contextmanager
def serving(host: Host, scope: Scope = "analyst") -> Iterator[str]:
    """Serve a host's pages until the block ends; gives their address."""
    app = mount_ui(FastAPI(docs_url=None, redoc_url=None), host, scope=scope)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the service did not start"
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
