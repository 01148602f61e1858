"""For every test: no network, no environment of whoever runs it, the same examples every time."""

from __future__ import annotations

import fcntl
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Before anything imports torch or Chroma.
os.environ.update(
    OMP_WAIT_POLICY="PASSIVE",
    KMP_BLOCKTIME="0",
    HF_HUB_OFFLINE="1",
    ANONYMIZED_TELEMETRY="False",
)
OTHERS = ("FOLKMAP_", "OPENAI_", "LANGCHAIN_", "LANGSMITH_")
for name in [name for name in os.environ if name.startswith(OTHERS)]:
    del os.environ[name]

import hypothesis  # noqa: E402  (it reads the environment when imported)
import pytest  # noqa: E402

hypothesis.settings.register_profile("folkmap", derandomize=True, deadline=None)
hypothesis.settings.load_profile("folkmap")


MadeOnce = Callable[[str, Callable[[Path], None]], Path]


class NetworkForbiddenError(RuntimeError):
    """A test tried to reach a network."""


LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""A test may run a server and talk to it; nothing leaves this machine, and no name is looked up."""


def _refuse_networks(event: str, args: tuple[Any, ...]) -> None:
    """An audit hook rather than a patched module: nothing a library imports can undo it."""
    if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"):
        connection, address = args[0], args[1]
        inside = connection.family == socket.AF_UNIX or address is None
        if not inside and address[0] not in LOOPBACK:
            raise NetworkForbiddenError(f"tests must not reach a network: {address}")
    if event == "socket.getaddrinfo" and args[0] not in LOOPBACK:
        raise NetworkForbiddenError(f"tests must not look up names: {args[0]}")
    if event in ("socket.gethostbyname", "socket.gethostbyaddr") and args[0] not in LOOPBACK:
        raise NetworkForbiddenError(f"tests must not look up names: {args[0]}")


sys.addaudithook(_refuse_networks)


def pytest_addoption(parser: pytest.Parser) -> None:
    """How thorough the slowest test is: `make test-kills` asks for more than CI has time for."""
    parser.addoption("--kills", default="4", help="builds killed and resumed (4)")


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """A place for a run that does not exist yet."""
    return tmp_path / "run"


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """Makes a folder once, whichever of pytest-xdist's workers asks for it first."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent

    def make_once(name: str, make: Callable[[Path], None]) -> Path:
        with (base / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (done := base / f"{name}.done").exists():
                make(base / name)
                done.touch()
        return base / name

    return make_once


@pytest.fixture(scope="session")
def shop(made_once: MadeOnce) -> Path:
    """A demo shop of 160 people."""
    from agent.behaviour.demo import write_demo

    def write(folder: Path) -> None:
        write_demo(folder, users=160, seed=3)

    return made_once("shop", write)


@pytest.fixture(scope="session")
def built(shop: Path, made_once: MadeOnce, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of that shop; tests read it and leave it as it is.

    Each worker has a copy of its own, for threads and statements are kept in the run itself.
    """
    from tests.runs import beside, copy_run, folkmap

    def build(run: Path) -> None:
        made = folkmap("build", shop / "events.csv", *beside(shop), "--run", run)
        assert made.status == 0, made.err

    return copy_run(made_once("built", build), tmp_path_factory.mktemp("runs") / "shop")
