"""the application: guard, routes, MCP and the pages, over one host."""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.routing import Match, Route

from agent.records import Scope
from agent.service.documents import add_document
from agent.service.guard import OURS, Guard, pages_scope
from agent.service.host import Host
from agent.service.keys import Keys
from agent.service.mcp import McpEndpoint
from agent.service.metrics import Metrics
from agent.service.problems import ProblemError, add_problems
from agent.service.reference import add_reference
from agent.service.rest import (
    asking,
    audiences,
    completions,
    recommending,
    running,
    segments,
    tools,
    users,
)
from agent.service.service import Service
from agent.service.settings import ServiceSettings

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


def create_app(
    host: Host,
    settings: ServiceSettings | None = None,
    keys: Keys | None = None,
    *,
    pages: bool = True,
) -> FastAPI:
    """The whole service over an opened run; the caller closes the host.

    `pages` mounts the chat UI at `/`.
    """
    settings, keys, metrics = settings or ServiceSettings(), keys or Keys(), Metrics()
    service = Service(host, settings, metrics)
    endpoint = McpEndpoint(service)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with endpoint.running():
            service.open_crew()
            try:
                yield
            finally:
                await service.close()

    app = FastAPI(
        title="Folkmap", lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None
    )
    app.state.service, app.state.continued = service, completions.Continued()
    # In the order in which they are looked through for every request: the busiest first.
    for module in (
        tools, segments, users, recommending, asking, audiences, completions, running,
    ):  # fmt: skip
        app.include_router(module.router)
    app.router.routes.append(Route("/mcp", endpoint, methods=["GET", "POST", "DELETE"]))
    add_document(app, keys_needed=not settings.local)
    add_reference(app)
    add_problems(app)
    _close_off(app)
    if pages:
        app = _with_pages(app, host, pages_scope(settings, keys))
    app.add_middleware(Guard, settings=settings, keys=keys, metrics=metrics)
    return app


def _close_off(app: FastAPI) -> None:
    """Answer for whatever else is asked under the service's own paths, before the pages get it."""

    @app.get("/openapi.json", include_in_schema=False)
    async def document() -> Response:
        return JSONResponse(app.openapi())

    own = list(app.router.routes)

    async def nothing(request: Request) -> Response:
        allowed = sorted(
            {
                method
                for route in own
                if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE
                for method in route.methods or ()
            }
        )
        if allowed:
            raise ProblemError(
                405,
                f"{request.method} is not for this address; it takes {', '.join(allowed)}",
                {"Allow": ", ".join(allowed)},
            )
        raise ProblemError(404, "there is nothing at this address; /docs lists what there is")

    for prefix in OURS:
        for path in (prefix, f"{prefix}/{{rest:path}}"):
            app.add_api_route(path, nothing, methods=METHODS, include_in_schema=False)


def _with_pages(app: FastAPI, host: Host, scope: Scope) -> FastAPI:
    if importlib.util.find_spec("agent.ui") is not None:
        from agent.ui.app import mount_ui

        return mount_ui(app, host, scope=scope)

    @app.get("/", include_in_schema=False)
    async def no_pages() -> Response:
        return Response("The pages are not installed here; /docs lists the API.\n")

    return app
