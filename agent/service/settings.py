"""settings of the service: where it listens, who may ask, how much at once."""

from __future__ import annotations

from ipaddress import ip_address

from pydantic import Field

from agent.settings import Settings

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


class ServiceSettings(Settings):
    """The docstring under a field is its documentation."""

    host: str = "127.0.0.1"
    """The address to listen on; only this machine can reach the default one."""
    port: int | None = Field(default=None, ge=0, le=65535)
    """None: 7860, or the first free port after it; 0: any free one."""
    allow_hosts: tuple[str, ...] = ()
    """Names a proxy in front is reached by; other names in a request are refused."""
    body_bytes: int = Field(default=1_000_000, ge=1_000)
    """Largest request."""
    rate: float = Field(default=2_000.0, gt=0)
    """Requests a second that one key, or one address without a key, may send on the long run."""
    burst: int = Field(default=8_000, ge=1)
    """Requests it may send at once before the rate counts."""
    tool_threads: int = Field(default=2, ge=1)
    """Tool calls worked on at once in the service's own process; others wait for their turn. Most
    of a call is Python, of which one thread runs at a time: more would only take turns with the
    event loop."""
    processes: int = Field(default=0, ge=0)
    """Processes beside the service's own that work on tool calls, each with one at a time and the
    run in memory, 0.8 GB for the demo; 0 for none."""
    waiting: int = Field(default=1_000, ge=1)
    """Tool calls that may wait; further ones are told to come back."""
    chats: int = Field(default=8, ge=1)
    """Answers in the making at once; further questions are told to come back."""
    remembered_bytes: int = Field(default=64_000_000, ge=0)
    """Memory for tool results that were asked for before."""
    drain_s: float = Field(default=8.0, ge=0)
    """Seconds that requests under way have to end in when the service is stopped."""

    @property
    def local(self) -> bool:
        """Whether only this machine can reach it, and nobody forwards to it from outside."""
        return is_local(self.host) and not self.allow_hosts


def is_local(host: str) -> bool:
    """Whether an address is one of this machine's own."""
    if host in LOCAL_NAMES:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
