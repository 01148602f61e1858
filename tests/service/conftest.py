"""The service over the run of the small demo shop, in this process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from agent.service.app import create_app
from agent.service.host import Host
from agent.service.keys import Keys
from agent.service.settings import ServiceSettings
from tests.chat.asking import Cast

ADDRESS = "http://127.0.0.1:7860"
ANALYST = "analyst-key-of-a-test"
AGGREGATE = "aggregate-key-of-a-test"


@pytest.fixture(scope="session")
def run(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the run, which requests may write to."""
    run = tmp_path_factory.mktemp("served") / "shop"
    shutil.copytree(built, run, symlinks=True)
    return run


@pytest.fixture(scope="session")
def host(run: Path) -> Iterator[Host]:
    with Host(run) as host:
        yield host


@pytest.fixture(scope="session")
def cast(host: Host) -> Cast:
    return Cast(host.world)


@pytest.fixture(scope="session")
def keys() -> Keys:
    return Keys.read(
        environment={"FOLKMAP_ANALYST_KEY": ANALYST, "FOLKMAP_AGGREGATE_KEY": AGGREGATE}
    )


@pytest.fixture(scope="session")
def client(host: Host, keys: Keys) -> Iterator[TestClient]:
    """On this machine, without a key: an analyst."""
    app = create_app(host, ServiceSettings(), keys, pages=False)
    with TestClient(app, base_url=ADDRESS) as client:
        yield client


@pytest.fixture(scope="session")
def hidden(client: TestClient) -> TestClient:
    """The same service for whoever may not see individuals."""
    return TestClient(
        client.app, base_url=ADDRESS, headers={"Authorization": f"Bearer {AGGREGATE}"}
    )
