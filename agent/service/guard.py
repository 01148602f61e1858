"""what every request passes first: where it comes from, whose it is, how large, how often."""

from __future__ import annotations

import logging
import math
import time
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as AsgiScope

from agent.records import Scope
from agent.service.keys import Keys, Reader
from agent.service.limits import Rates
from agent.service.metrics import Metrics
from agent.service.problems import problem_response, response_to
from agent.service.settings import LOCAL_NAMES, ServiceSettings, is_local

OURS = ("/v1", "/mcp", "/healthz", "/metrics", "/openapi.json", "/docs")
"""Where the routes of the service are; everything else is the pages'."""
OPEN = "/healthz"
"""Answers whoever asks: a supervisor has no key."""
GUESSES_A_SECOND = 0.2
GUESSES = 10
"""Wrong keys from one address before it has to wait."""

_SHARED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY = "; ".join(
    [
        "default-src 'self'",
        # Gradio's pages hold inline scripts and compile some of their own.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "frame-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    ]
)


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


PAGE_HEADERS = _raw(_SHARED_HEADERS | {"Content-Security-Policy": PAGE_POLICY})
DATA_HEADERS = _raw(
    _SHARED_HEADERS | {"Content-Security-Policy": DATA_POLICY, "Cache-Control": "no-store"}
)
log = logging.getLogger("folkmap.service")


class Guard:
    """ASGI middleware. Whoever passes is a `Reader`, found in `request.state.reader`."""

    def __init__(
        self, app: ASGIApp, settings: ServiceSettings, keys: Keys, metrics: Metrics
    ) -> None:
        self.app, self.settings, self.keys, self.metrics = app, settings, keys, metrics
        self.pages_scope = pages_scope(settings, keys)
        self.rates = Rates(settings.rate, settings.burst)
        self.guesses = Rates(GUESSES_A_SECOND, GUESSES)

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if scope["type"] == "websocket":
            if refusal is not None:
                await send({"type": "websocket.close", "code": 1008})
                return
            await self.app(scope, receive, send)
            return
        sent = _Sent(send, DATA_HEADERS if is_ours(scope["path"]) else PAGE_HEADERS)
        began = time.perf_counter()
        self.metrics.under_way.inc()
        try:
            if refusal is not None:
                self.metrics.refused.labels(refusal[0]).inc()
                await problem_response(*refusal[1:])(scope, receive, sent)
            else:
                await self._pass(scope, receive, sent)
        finally:
            self.metrics.under_way.dec()
            route = _route(scope) if refusal is None else "(refused)"
            self.metrics.seconds.labels(route).observe(time.perf_counter() - began)
            self.metrics.requests.labels(_method(scope), route, str(sent.status)).inc()

    async def _pass(self, scope: AsgiScope, receive: Receive, sent: _Sent) -> None:
        try:
            await self.app(scope, self._measured(receive), sent)
        except Exception as error:
            response = response_to(error)
            if response is None:
                log.exception("a bug while serving %s", _route(scope))
                response = problem_response(500, "this is a bug in Folkmap; its log has the trace")
            if sent.status:  # too late to say so; the connection ends in the middle
                raise
            await response(scope, receive, sent)

    def _measured(self, receive: Receive) -> Receive:
        """`receive` that gives up on a body which grows larger than it may."""
        left = self.settings.body_bytes

        async def measured() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(413, self._too_large)
            return message

        return measured

    @property
    def _too_large(self) -> str:
        return f"a request may have {self.settings.body_bytes:,} bytes"

    # --- who may pass --------------------------------------------------------------------------

    def _refusal(self, scope: AsgiScope) -> tuple[str, int, str, dict[str, str]] | None:
        """(reason, status, detail, headers) of a request that may not pass."""
        headers = Headers(scope=scope)
        wrong = self._foreign(headers)
        if wrong:
            return ("foreign", 403, wrong, {})
        client = str((scope.get("client") or ("nobody",))[0])
        said = headers.get("authorization")
        reader = self.keys.reader(said) if said and self.keys else None
        if reader is None and scope["path"] != OPEN and (said or not self.settings.local):
            # On this machine a key is not needed, but one that is given must be right.
            if said and self.keys and (seconds := self.guesses.wait_for(client)):
                return ("guessing", 429, "too many wrong keys; wait a while", _retry(seconds))
            if said and not self.keys and self.settings.local:
                pass  # no key is known here: OpenAI's clients always send one
            else:
                return ("key", 401, _no_key(said), {"WWW-Authenticate": 'Basic realm="Folkmap"'})
        if reader is None:
            reader = Reader("analyst", f"address {client}")
        if seconds := self.rates.wait_for(reader.name):
            return ("rate", 429, "too many requests at once; wait a little", _retry(seconds))
        if reader.scope != self.pages_scope and not is_ours(scope["path"]):
            return ("scope", 403, "the pages show individuals; this key may not see any", {})
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > self.settings.body_bytes:
            return ("size", 413, self._too_large, {})
        scope.setdefault("state", {})["reader"] = reader
        return None

    def _foreign(self, headers: Headers) -> str:
        """What is wrong with where a request says it goes to and comes from; empty if nothing.

        A page elsewhere can have its visitor's browser send requests here, under a name that it has
        pointed at this machine (DNS rebinding) or under our own; neither passes.
        """
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._known(_name(hosts[0])):
            return (
                "this service is not known under the name in the Host header; names of its own are "
                "given with --allow-host"
            )
        origin = headers.get("origin")
        if origin is not None:
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or not _same(parts.netloc, hosts[0]):
                return "pages of another origin may not call this service"
        elif headers.get("sec-fetch-site") == "cross-site" and (
            headers.get("sec-fetch-mode") != "navigate"
        ):
            return "pages of another site may not call this service"
        return ""

    def _known(self, name: str) -> bool:
        allowed = {*LOCAL_NAMES, self.settings.host, *self.settings.allow_hosts}
        if name in {one.lower() for one in allowed}:
            return True
        # An address cannot be pointed elsewhere, as a name can.
        return not is_local(self.settings.host) and _is_address(name)


class _Sent:
    """`send` with the headers every response has, and the status that went out."""

    def __init__(self, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
        self._send, self._headers, self.status = send, headers, 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            said = list(message.get("headers", ()))
            names = {name.lower() for name, _ in said}
            message["headers"] = said + [one for one in self._headers if one[0] not in names]
        await self._send(message)


def pages_scope(settings: ServiceSettings, keys: Keys) -> Scope:
    """Whom the pages are for: analysts, unless there are keys for the aggregate scope only."""
    return "analyst" if settings.local or keys.scopes != {"aggregate"} else "aggregate"


def is_ours(path: str) -> bool:
    """Whether a path is one of the service's own routes rather than of the pages."""
    return any(path == one or path.startswith(f"{one}/") for one in OURS)


def _route(scope: AsgiScope) -> str:
    """The route's template: a label that holds no ids."""
    if not is_ours(scope["path"]):
        return "(pages)"
    route: Any = scope.get("route")
    template = getattr(route, "path", "")
    return template if template and "{rest" not in template else "(none)"


def _method(scope: AsgiScope) -> str:
    method = str(scope["method"])
    return method if method in ("GET", "POST", "PUT", "PATCH", "DELETE") else "other"


def _no_key(said: str | None) -> str:
    if said:
        return "this key or login is not known here"
    return "a key or login is needed: send it as Authorization: Bearer KEY"


def _retry(seconds: float) -> dict[str, str]:
    return {"Retry-After": str(max(1, math.ceil(seconds)))}


def _name(host: str) -> str:
    """`localhost` of `localhost:7860`, `::1` of `[::1]:7860`; empty for what is no host."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _same(netloc: str, host: str) -> bool:
    def bare(one: str) -> str:
        return one.lower().removesuffix(":80").removesuffix(":443")

    return bool(netloc) and bare(netloc) == bare(host)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
