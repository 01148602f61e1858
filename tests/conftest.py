"""For every test: no network, no environment of whoever runs it, the same examples every time."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any, NoReturn

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


class NetworkForbidden(RuntimeError):
    """A test tried to reach a network."""


class LocalSocket(socket.socket):
    """A socket of this machine's own processes only."""

    def __init__(self, family: int = -1, *args: Any, **kwargs: Any) -> None:
        if family != socket.AF_UNIX and kwargs.get("fileno") is None:
            raise NetworkForbidden("tests must not open network sockets")
        super().__init__(family, *args, **kwargs)


def _no_names(*args: Any, **kwargs: Any) -> NoReturn:
    raise NetworkForbidden(f"tests must not look up names: {args[0]}")


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "socket", LocalSocket)
        patch.setattr(socket, "getaddrinfo", _no_names)
        yield


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """A place for a run that does not exist yet."""
    return tmp_path / "run"
