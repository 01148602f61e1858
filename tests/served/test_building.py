"""Whole builds with a vLLM of their own: it dies, we are killed, it is missing; nothing is lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from agent.behaviour.demo import write_demo
from agent.models.opening import ANSWERS, LOG
from agent.models.vllm_environment import VARIABLE
from tests.killing import finish, stage_files, start, start_build

pytestmark = pytest.mark.served

USERS = 60
START_S = 400
"""Long enough for a server to start on two cores that others use too."""


@pytest.fixture(scope="module")
def little_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("little-shop")
    write_demo(folder, users=USERS, seed=3)
    return folder


def answered(run: Path) -> int:
    """How many answers are kept."""
    if not (run / ANSWERS).exists():
        return 0
    with closing(sqlite3.connect(run / ANSWERS)) as database:
        try:
            return int(database.execute("SELECT count(*) FROM answers").fetchone()[0])
        except sqlite3.OperationalError:  # not made yet
            return 0


def wait_until(build: subprocess.Popen[str], done: Callable[[], bool]) -> None:
    until = time.monotonic() + START_S
    while not done():
        assert build.poll() is None, finish(build)
        assert time.monotonic() < until, "the build came to a standstill"
        time.sleep(0.2)


def descendants(pid: int) -> dict[int, str]:
    """Children, their children and so on, with their command lines."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue  # it has just ended
        if told[0] != "Z":
            parents[int(folder.name)] = (int(told[1]), command)
    found: dict[int, str] = {}
    while more := {
        child: command
        for child, (parent, command) in parents.items()
        if (parent == pid or parent in found) and child not in found
    }:
        found |= more
    return found


def all_gone(pids: dict[int, str], within_s: float = 15) -> bool:
    until = time.monotonic() + within_s
    while (left := [pid for pid in pids if Path(f"/proc/{pid}").exists()]) and (
        time.monotonic() < until
    ):
        time.sleep(0.1)
    return not left


def test_a_build_survives_the_death_of_its_server_and_its_own(
    little_shop: Path, checkpoint: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    model = f"vllm:{checkpoint}"

    # The server is killed in mid-build: one line that says so, what was answered is kept.
    build = start_build(little_shop, run, "--model", model, "--concurrency", "8")
    wait_until(build, lambda: answered(run) >= 8)
    server = descendants(build.pid)
    (listening,) = [
        pid for pid, command in server.items()
        if "vllm.entrypoints" in command and "watchdog" not in command
    ]  # fmt: skip
    os.kill(listening, signal.SIGKILL)
    status, _, err = finish(build)
    assert status == 1
    assert "Traceback" not in err
    last = err.splitlines()[-1]
    assert last.startswith(f"folkmap: the vLLM server for {checkpoint.name} was killed")
    assert f"its log: {run / LOG}" in last
    assert f"folkmap build --resume --run {run}" in last
    assert all_gone(server)
    assert not (run / "CURRENT").exists()
    kept = answered(run)
    assert 8 <= kept < 2 * USERS

    # We are killed in mid-build: no process of the server's is left, what was answered is kept.
    build = start("build", "--resume", "--run", run)
    wait_until(build, lambda: answered(run) >= kept + 8)
    server = descendants(build.pid)
    assert len(server) >= 3  # the watchdog, the server, its engine
    build.kill()
    finish(build)
    assert all_gone(server)

    # Gone on with, it ends well, and asks for nothing twice.
    build = start("build", "--resume", "--run", run)
    status, _, err = finish(build)
    assert status == 0, err
    assert f"vLLM serves {checkpoint.name} after" in err

    # An undisturbed build with the same answers is the same to the byte, and needs no server.
    undisturbed = tmp_path / "undisturbed"
    (undisturbed / ANSWERS).parent.mkdir(parents=True)
    with (
        closing(sqlite3.connect(run / ANSWERS)) as ours,
        closing(sqlite3.connect(undisturbed / ANSWERS)) as theirs,
    ):
        ours.backup(theirs)
    (undisturbed / "store").mkdir()  # what makes a folder a run
    build = start_build(little_shop, undisturbed, "--model", model, "--concurrency", "24")
    status, _, err = finish(build)
    assert status == 0, err
    assert not (undisturbed / LOG).exists()
    assert stage_files(undisturbed) == stage_files(run)


def test_a_missing_vllm_is_one_clear_line(
    little_shop: Path, checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "no-such-python"))
    build = start_build(little_shop, tmp_path / "run", "--model", f"vllm:{checkpoint}")
    status, out, err = finish(build)
    assert (status, out) == (1, "")
    assert "Traceback" not in err
    assert "is no Python that has vLLM; make it with: make vllm" in err.splitlines()[-1]
