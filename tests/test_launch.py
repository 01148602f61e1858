"""The `folkmap` command where another package is called `agent`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent.launch import MARKS, in_the_way

ROOT = Path(__file__).parents[1]


def launch(*path: Path, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *options, str(ROOT / "agent" / "launch.py"), "--help"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))},
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_is_in_the_way_here() -> None:
    assert in_the_way() is None


@pytest.mark.parametrize("name", sorted(MARKS))
@pytest.mark.parametrize("kind", ["package", "module"])
def test_another_package_in_the_way_is_one_clear_line(tmp_path: Path, name: str, kind: str) -> None:
    foreign = tmp_path / f"{name}.py" if kind == "module" else tmp_path / name / "__init__.py"
    foreign.parent.mkdir(exist_ok=True)
    foreign.write_text("raise SystemExit('somebody else ran')")
    done = launch(tmp_path, ROOT)
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"folkmap: another package called '{name}' is in the way ({tmp_path}")


def test_a_missing_part_is_one_clear_line(tmp_path: Path) -> None:
    done = launch(tmp_path, options=("-S",))  # without site-packages, where an install would be
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line == "folkmap: the package 'agent' is missing; install Folkmap again"
