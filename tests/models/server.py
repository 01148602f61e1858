"""A little server on this machine, which answers as an OpenAI-compatible one or fails."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]


@dataclass
class Answering:
    """What the server sends: a status with a body and headers, after a while."""

    body: Body | str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    after_s: float = 0.0
    hang_up: bool = False


def says(
    text: str | None, *, finish: str = "stop", counts: bool = True, **message: Any
) -> Answering:
    """A chat answer."""
    body: Body = {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "little",
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": text, **message},
            }
        ],
    }
    return Answering(body)


def fails(
    status: int, message: str = "no", *, retry_after: str | None = None, **error: Any
) -> Answering:
    """An error as OpenAI words them."""
    headers = {"Retry-After": retry_after} if retry_after else {}
    return Answering({"error": {"message": message, **error}}, status, headers)


Script = Callable[[Body, int], Answering]
"""From a request and how many came before it (probes left out) to what is sent."""


@dataclass
class LittleServer:
    """`url` to ask it at; `requests` are the bodies it was sent, `probes` those that probe."""

    url: str
    requests: list[Body] = field(default_factory=list)
    probes: list[Body] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    keys: set[str | None] = field(default_factory=set)


@contextmanager
def little_server(
    script: Script | Answering,
    *,
    knows: tuple[str, ...] = ("structured_outputs", "response_format"),
    strict: bool = False,
    models: tuple[str, ...] = ("little",),
    key: str | None = None,
) -> Iterator[LittleServer]:
    """Serve until the block ends.

    `knows`: which kinds of constraint it obeys; others it passes over, or refuses when `strict`.
    """
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, format: str, *args: Any) -> None:
            del format, args

        def do_GET(self) -> None:
            if self._refused():
                return
            self._send(Answering({"object": "list", "data": [_model(name) for name in models]}))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self._refused():
                return
            if body["model"] not in models:
                self._send(fails(404, f"The model `{body['model']}` does not exist."))
                return
            if body["messages"][-1]["content"].startswith("Say hello."):
                known.probes.append(body)
                self._send(self._probed(body))
                return
            with lock:
                number = len(known.requests)
                known.requests.append(body)
                known.at_once += 1
                known.most_at_once = max(known.most_at_once, known.at_once)
            try:
                answer = script if isinstance(script, Answering) else script(body, number)
                time.sleep(answer.after_s)
            finally:
                with lock:
                    known.at_once -= 1
            self._send(answer)

        def _refused(self) -> bool:
            known.keys.add(self.headers["Authorization"])
            if key is not None and self.headers["Authorization"] != f"Bearer {key}":
                self._send(fails(401, f"Incorrect API key: {self.headers['Authorization']}"))
                return True
            return False

        def _probed(self, body: Body) -> Answering:
            for kind in ("structured_outputs", "response_format"):
                if kind in body and kind in knows:
                    return says('{"bird": "kestrel"}')
                if kind in body and strict:
                    return fails(400, f"Unrecognized request argument: {kind}", param=kind)
            return says("Hello!")

        def _send(self, answer: Answering) -> None:
            if answer.hang_up:
                self.close_connection = True
                self.connection.close()
                return
            content = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
            kind = "text/html" if isinstance(answer.body, str) else "application/json"
            try:
                self.send_response(answer.status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content.encode())))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content.encode())
            except (BrokenPipeError, ConnectionResetError):
                pass  # it was given up in the meantime

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    with Server(("127.0.0.1", 0), Handler) as server:
        known = LittleServer(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield known
        finally:
            server.shutdown()
            thread.join()


def _model(name: str) -> Body:
    return {"id": name, "object": "model", "created": 1, "owned_by": "us"}
