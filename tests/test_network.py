"""The guard in conftest is itself no test that cannot fail."""

from __future__ import annotations

import asyncio
import socket
import urllib.request

import pytest

OUTSIDE = "203.0.113.7"
"""An address for documentation, which belongs to nobody (RFC 5737)."""


def test_a_test_cannot_reach_a_network_or_look_up_a_name() -> None:
    with socket.socket(socket.AF_INET) as stream:
        with pytest.raises(RuntimeError, match="tests must not"):
            stream.connect((OUTSIDE, 80))
        with pytest.raises(RuntimeError, match="tests must not"):
            stream.connect_ex((OUTSIDE, 80))
        with pytest.raises(RuntimeError, match="tests must not"):
            stream.bind(("0.0.0.0", 0))
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as packets,
        pytest.raises(RuntimeError, match="tests must not"),
    ):
        packets.sendto(b"x", (OUTSIDE, 53))
    with (
        socket.socket(socket.AF_INET6) as stream,
        pytest.raises(RuntimeError, match="tests must not"),
    ):
        stream.connect(("2001:db8::7", 80))
    with pytest.raises(RuntimeError, match="tests must not"):
        socket.create_connection((OUTSIDE, 80))
    with pytest.raises(RuntimeError, match="tests must not"):
        socket.gethostbyname("example.com")
    with pytest.raises(RuntimeError, match="tests must not"):
        urllib.request.urlopen("http://example.com:9")
    with pytest.raises(RuntimeError, match="tests must not"):
        asyncio.run(asyncio.open_connection("example.com", 80))


def test_a_test_may_run_a_server_on_this_machine_and_talk_to_it() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(("localhost", server.getsockname()[1])) as client,
        server.accept()[0] as accepted,
    ):
        client.send(b"x")
        assert accepted.recv(1) == b"x"


def test_processes_of_this_machine_may_talk() -> None:
    one, other = socket.socketpair(socket.AF_UNIX)
    with one, other:
        one.send(b"x")
        assert other.recv(1) == b"x"
