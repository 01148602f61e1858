"""A server of our own is started, waited for, watched and ended, whatever it or we do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from agent.errors import ModelError
from agent.models.checkpoints import model_identity
from agent.models.serving import VllmServer, last_words
from agent.models.vllm_environment import FOLDER, VARIABLE, find_vllm

ROOT = Path(__file__).parents[2]
STAND_IN = Path(__file__).with_name("vllm_stand_in.py")


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    folder = tmp_path / "small-model"
    folder.mkdir()
    (folder / "config.json").write_text('{"max_position_embeddings": 2048}')
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


@pytest.fixture
def python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A "Python" whose vLLM is the stand-in; what it is to do is set with STAND_IN."""
    script = tmp_path / "python"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} {STAND_IN} "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("STAND_IN", "serve")
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setenv("STAND_IN_PIDS", str(tmp_path / "pids"))
    return script


def pids(folder: Path) -> list[int]:
    """The stand-in's processes, once both have said who they are."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        lines = (folder / "pids").read_text().split() if (folder / "pids").exists() else []
        if len(lines) == 2:
            return [int(line) for line in lines]
        time.sleep(0.05)
    raise AssertionError("the stand-in did not start")


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(numbers: list[int], within_s: float) -> bool:
    until = time.monotonic() + within_s
    while any(alive(number) for number in numbers) and time.monotonic() < until:
        time.sleep(0.05)
    return not any(alive(number) for number in numbers)


def test_it_answers_and_leaves_nobody_behind(
    checkpoint: Path, python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine")
    server = VllmServer(str(checkpoint), log=tmp_path / "logs" / "vllm.log", python=python)
    with server:
        assert server.url.startswith("http://127.0.0.1:")
        assert server.name == "small-model"
        server.check()
        numbers = pids(tmp_path)
        for part in ("cmdline", "environ"):
            told = Path(f"/proc/{numbers[0]}/{part}").read_text()
            assert "sk-mine" not in told
            assert (server.key in told) is (part == "environ")
        assert server.start() is server  # it is not started twice
        assert pids(tmp_path) == numbers
        begun = time.monotonic()
    assert gone(numbers, 0)
    assert time.monotonic() - begun < 10
    assert not list((tmp_path / "tmp").iterdir())
    server.stop()


def test_why_it_did_not_start_is_said_in_a_line(
    checkpoint: Path, python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN", "die")
    log = tmp_path / "vllm.log"
    with pytest.raises(ModelError) as raised:
        VllmServer(str(checkpoint), log=log, python=python).start()
    assert str(raised.value) == (
        "the vLLM server for small-model ended with status 1; "
        f"ValueError: no room for the weights; its log: {log}"
    )
    assert "Engine core initialization failed" in log.read_text()
    assert gone(pids(tmp_path), 0)


def test_it_is_not_waited_for_without_end(
    checkpoint: Path, python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN", "hang")
    server = VllmServer(
        str(checkpoint), log=tmp_path / "vllm.log", python=python, start_timeout_s=4
    )
    with pytest.raises(ModelError, match="small-model did not answer within 4 s"):
        server.start()
    assert gone(pids(tmp_path), 0)


def test_a_killed_server_is_noticed_and_its_children_end(
    checkpoint: Path, python: Path, tmp_path: Path
) -> None:
    with VllmServer(str(checkpoint), log=tmp_path / "vllm.log", python=python) as server:
        numbers = pids(tmp_path)
        os.kill(numbers[0], signal.SIGKILL)
        assert gone(numbers, 10)
        time.sleep(0.5)
        with pytest.raises(ModelError, match=r"small-model was killed \(signal 9"):
            server.check()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_does_not_outlive_us(
    checkpoint: Path, python: Path, tmp_path: Path, number: signal.Signals
) -> None:
    code = (
        "import threading, time\n"
        "from pathlib import Path\n"
        "from agent.models.serving import VllmServer\n"
        f"log, python = Path({str(tmp_path / 'vllm.log')!r}), Path({str(python)!r})\n"
        f"server = VllmServer({str(checkpoint)!r}, log=log, python=python)\n"
        "starting = threading.Thread(target=server.start)\n"
        "starting.start(); starting.join()\n"  # the thread that started it may end, it may not
        "time.sleep(1); server.check(); print('up', flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as us:
        assert us.stdout is not None
        assert us.stdout.readline() == "up\n"
        numbers = pids(tmp_path)
        assert all(alive(number) for number in numbers)
        us.send_signal(number)
    assert gone(numbers, 10)


def test_a_missing_environment_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, sys.executable)
    with pytest.raises(ModelError, match="is no Python that has vLLM; make it with: make vllm"):
        find_vllm()
    monkeypatch.delenv(VARIABLE)
    (tmp_path / FOLDER / "bin").mkdir(parents=True)
    (tmp_path / FOLDER / "bin" / "python").symlink_to(sys.executable)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match="has no vLLM; make it again with: make vllm"):
        find_vllm()


def test_the_environment_beside_us_is_found(
    tmp_path: Path, python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / FOLDER / "bin").mkdir(parents=True)
    link = tmp_path / FOLDER / "bin" / "python"
    link.symlink_to(python)
    monkeypatch.chdir(tmp_path)
    found = find_vllm()
    assert (found.python, found.version, found.cpu) == (link, "0.32.0", True)


def test_the_last_error_that_says_something_is_passed_on() -> None:
    assert last_words([]) == ""
    assert last_words(["INFO 11-22 16:30:59 [a.py:1] reading", "", "Killed"]) == "Killed"
    address = "OSError: [Errno 98] Address already in use"
    assert last_words([f"(APIServer pid=1) {address}", "leaked semaphore objects"]) == address
    dead = "vllm.v1.engine.exceptions.EngineDeadError: EngineCore encountered an issue."
    assert last_words(["torch.OutOfMemoryError: 2 GiB", dead]) == "torch.OutOfMemoryError: 2 GiB"
    worker = f"Exception: WorkerProc initialization failed due to an exception. {'x' * 9}"
    assert last_words(["(Worker pid=3) RuntimeError: no weights", worker]).endswith("no weights")
    refused = ["pydantic_core.ValidationError: 1 validation error for ModelConfig"]
    assert last_words([*refused, "  Value error, unknown type `x`"]) == "unknown type `x`"
    told = "RuntimeError: Worker failed with error 'no room', please check the stack trace above"
    assert last_words([told]) == "no room"
    usage = "api_server.py: error: argument --port: invalid int value: 'x'"
    assert last_words(["usage: api_server.py [-h]", usage]) == usage


def test_an_identity_is_what_decides_the_words(checkpoint: Path, tmp_path: Path) -> None:
    identity = model_identity(str(checkpoint))
    assert identity == model_identity(f"{checkpoint}/")
    elsewhere = checkpoint.rename(tmp_path / "moved")
    (elsewhere / "README.md").write_text("trained on a Sunday")
    assert model_identity(str(elsewhere)) == identity
    (elsewhere / "tokenizer.json").write_text("{}")
    assert (tokenized := model_identity(str(elsewhere))) != identity
    (elsewhere / "model.safetensors").write_bytes(b"weighty")
    assert model_identity(str(elsewhere)) not in (identity, tokenized)


def test_names_on_a_hub_and_paths_to_nowhere(tmp_path: Path) -> None:
    assert model_identity("somebody/a-model") == "somebody/a-model"
    with pytest.raises(ModelError, match="name a checkpoint's folder"):
        model_identity("")
    for nowhere in ("./models/none", str(tmp_path / "none"), "~/nothing-here"):
        with pytest.raises(ModelError, match="there is no checkpoint"):
            model_identity(nowhere)
    with pytest.raises(ModelError, match=r"is no checkpoint: it has no config\.json"):
        model_identity(str(tmp_path))
