"""The guard in conftest is itself no test that cannot fail."""

from __future__ import annotations

import socket
import urllib.request

import pytest


def test_a_test_cannot_open_a_network_socket_or_look_up_a_name() -> None:
    with pytest.raises(RuntimeError, match="tests must not"):
        socket.socket(socket.AF_INET)
    with pytest.raises(RuntimeError, match="tests must not"):
        socket.create_connection(("127.0.0.1", 9))
    with pytest.raises(RuntimeError, match="tests must not"):
        urllib.request.urlopen("http://localhost:9")


def test_processes_of_this_machine_may_talk() -> None:
    one, other = socket.socketpair(socket.AF_UNIX)
    with one, other:
        one.send(b"x")
        assert other.recv(1) == b"x"
