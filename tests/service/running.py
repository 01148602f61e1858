"""The service on a socket of its own, for clients that need one."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from agent.service.app import create_app
from agent.service.host import Host
from agent.service.keys import Keys
from agent.service.settings import ServiceSettings


@contextmanager
def running(host: Host, keys: Keys, *, pages: bool = False) -> Iterator[str]:
    """The address of a service that runs in a thread until the block ends."""
    app = create_app(host, ServiceSettings(), keys, pages=pages)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, proxy_headers=False))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()
