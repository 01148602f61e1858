"""A light command starts lightly: what it imports is counted, for seconds depend on the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = {
    "chromadb", "hdbscan", "langchain", "langchain_core", "matplotlib", "numba", "openai",
    "scipy", "sklearn", "torch", "transformers", "umap",
}  # fmt: skip
FRAMES = {"numpy", "polars"}

COMMAND = """
import sys
from agent.launch import main
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop
finally:
    print(*{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
"""


def imported(code: str, *arguments: str | Path) -> set[str]:
    """The packages a Python process of its own has imported when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.splitlines()[-1].split())


def test_help_needs_no_frames_and_no_models() -> None:
    assert not imported(COMMAND, "--help") & (HEAVY | FRAMES)
    assert not imported(COMMAND, "build", "--help") & (HEAVY | FRAMES)


@pytest.mark.parametrize(
    "command", [["segments"], ["profile", "u0001"], ["export", "s1", "--to", os.devnull]]
)
def test_readers_need_no_models(command: list[str], built: Path, tmp_path: Path) -> None:
    command = [str(tmp_path / "s1.csv") if word == os.devnull else word for word in command]
    assert not imported(COMMAND, *command, "--run", built) & HEAVY


def test_the_package_is_light_until_something_of_it_is_used() -> None:
    said = "import sys, agent; print(*sys.modules, file=sys.stderr)"
    assert not imported(said) & (HEAVY | FRAMES | {"pydantic"})
