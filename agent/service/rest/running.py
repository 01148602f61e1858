"""the run that is open, its health and its figures; opening a newer version."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import JsonValue

from agent.builder import own_version
from agent.records import Record, Scope
from agent.service.host import Host
from agent.service.metrics import CONTENT_TYPE_LATEST
from agent.service.rest.common import PROBLEMS, Analyst, Asks, Serves

router = APIRouter(tags=["run"], responses=PROBLEMS)


class Model(Record):
    """Who writes answers."""

    name: str
    down: str | None
    """Why it cannot be used now; answers then come by rules."""


class Health(Record):
    """That the service lives, and what it serves."""

    status: Literal["ok", "degraded"]
    """`degraded`: the model is down; everything can still be read and asked."""
    folkmap: str
    run_version: int
    model: Model


class RunInfo(Record):
    """What is open, and as what it is read."""

    run: str
    version: int
    scope: Scope
    model: Model


class Reloaded(Record):
    version: int
    changed: bool


@router.get("/healthz", response_model=Health)
async def health(service: Serves) -> Health:
    """Whether the service lives. Needs no key."""
    model = _model(service.host)
    return Health(
        status="ok" if model.down is None else "degraded",
        folkmap=own_version(),
        run_version=service.host.version,
        model=model,
    )


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(service: Serves) -> Response:
    """Counters for Prometheus; no ids in them."""
    service.metrics.version.set(service.host.version)
    service.metrics.processes.set(service.crew.opened)
    service.metrics.model_up.set(service.host.model_down is None)
    return Response(service.metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})


@router.get("/v1/run", response_model=RunInfo)
async def run_info(reader: Asks, service: Serves) -> RunInfo:
    """Which run and version is open, what this key may see, who writes."""
    host = service.host
    return RunInfo(run=host.run.name, version=host.version, scope=reader.scope, model=_model(host))


@router.get("/v1/run/report", response_model=dict[str, JsonValue])
async def run_report(reader: Analyst, service: Serves) -> dict[str, Any]:
    """What the build of this version counted: rows kept and dropped, writers, seconds; analysts."""
    return service.host.agent.report


@router.post("/v1/reload", response_model=Reloaded)
async def reload(reader: Analyst, service: Serves) -> Reloaded:
    """Open the run's newest version; who is being answered is answered from the one before."""
    changed = await service.reload()
    return Reloaded(version=service.host.version, changed=changed)


def _model(host: Host) -> Model:
    return Model(name=host.model_name, down=host.model_down)
