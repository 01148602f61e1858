"""For every test: no network, no environment of whoever runs it, the same examples every time."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Any

# Before anything imports torch or Chroma.
os.environ.update(
    OMP_WAIT_POLICY="PASSIVE",
    KMP_BLOCKTIME="0",
    HF_HUB_OFFLINE="1",
    ANONYMIZED_TELEMETRY="False",
)
for name in [name for name in os.environ if name.startswith("FOLKMAP_")]:
    del os.environ[name]

import hypothesis  # noqa: E402  (it reads the environment when imported)
import pytest  # noqa: E402

hypothesis.settings.register_profile("folkmap", derandomize=True, deadline=None)
hypothesis.settings.load_profile("folkmap")


class NetworkForbiddenError(RuntimeError):
    """A test tried to reach a network."""


def _refuse_networks(event: str, args: tuple[Any, ...]) -> None:
    """An audit hook rather than a patched module: nothing a library imports can undo it."""
    if event == "socket.__new__" and args[1] not in (
        socket.AF_UNIX,
        -1,
    ):  # -1: an open one, by number
        raise NetworkForbiddenError("tests must not open network sockets")
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        raise NetworkForbiddenError(f"tests must not look up names: {args[0]}")


sys.addaudithook(_refuse_networks)


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """A place for a run that does not exist yet."""
    return tmp_path / "run"


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo shop of 160 people."""
    from agent.behaviour.demo import write_demo

    folder = tmp_path_factory.mktemp("shop")
    write_demo(folder, users=160, seed=3)
    return folder


@pytest.fixture(scope="session")
def built(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of that shop; tests read it and leave it as it is."""
    from tests.runs import beside, folkmap

    run = tmp_path_factory.mktemp("runs") / "shop"
    made = folkmap("build", shop / "events.csv", *beside(shop), "--run", run)
    assert made.status == 0, made.err
    return run
