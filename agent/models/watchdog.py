"""the process between us and a model server: ends the server when we end, however we end

Run as a script, with nothing but the standard library, by `agent.models.serving`:

    python watchdog.py PARENT_PID SCRATCH COMMAND…

It starts the command in a process group of its own and looks four times a second. When the parent
is gone (kill -9 included), when the command ends, or on SIGTERM, it ends the whole group and waits
until nobody of it is left: a server's own children, which outlive a killed server otherwise, have
become children of this process. Then it removes the scratch folder, in which the server left its
sockets and the like, and exits with the command's status, 128 + N for signal N.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from types import FrameType

LOOK_S = 0.25
GRACE_S = 4.0
"""Seconds the group gets between being asked to end and being killed."""
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def watch(parent: int, command: list[str]) -> int:
    """Run the command for as long as the parent lives and nobody asks it to end; its status."""
    asked: list[int] = []

    def ask(number: int, frame: FrameType | None) -> None:
        del frame
        asked.append(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, ask)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    server = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_end_with_parent,  # should somebody kill this process
    )
    while server.poll() is None and not asked and os.getppid() == parent:
        time.sleep(LOOK_S)
    ended = server.poll()
    _end_group(server)
    status = server.returncode if ended is None else ended
    return 128 - status if status < 0 else status


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def _end_group(server: subprocess.Popen[bytes]) -> None:
    """End everybody in the server's group, politely first, and wait for them."""
    for number, patience in ((signal.SIGTERM, GRACE_S), (signal.SIGKILL, GRACE_S)):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(server.pid, number)
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if server.poll() is not None and not _others_left():
                return
            time.sleep(0.05)


def _others_left() -> bool:
    """Whether we have children left once those that ended are buried; only after the server is."""
    with suppress(ChildProcessError):
        while True:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                return True
    return False


if __name__ == "__main__":
    try:
        status = watch(int(sys.argv[1]), sys.argv[3:])
    finally:
        shutil.rmtree(sys.argv[2], ignore_errors=True)
    sys.exit(status)
