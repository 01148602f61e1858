"""The wheel works elsewhere: it builds a run away from the checkout and finds its prompts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path, path: str = "") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**environment, "PYTHONPATH": path} if path else environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = run(
        sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder,
        cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("folkmap-*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new virtual environment with the wheel, borrowing only this one's dependencies."""
    folder = tmp_path_factory.mktemp("elsewhere")
    environment = folder / "venv"
    venv.create(environment, with_pip=True, symlinks=True)
    python = environment / "bin" / "python"
    done = run(
        python, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet", wheel, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    # Not a .pth processed by site: that would follow an editable install back to the checkout.
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder)
    borrow = f"import sys; sys.path.append({sysconfig.get_path('purelib')!r})\n"
    (Path(site.stdout.strip()) / "borrowed.pth").write_text(borrow)
    return folder


def test_the_wheel_holds_the_packages_the_prompts_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"agent", "retrieval", "prompts", "folkmap.py"}
    prompts = {path.name for path in (ROOT / "prompts").glob("*.jinja")}
    assert {f"prompts/{name}" for name in prompts} <= set(names)
    checkout = {
        path.relative_to(ROOT).as_posix()
        for package in ("agent", "retrieval")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert checkout - {"agent/launch.py"} <= set(names)  # the launcher travels as folkmap.py


def test_it_builds_a_run_away_from_the_checkout(elsewhere: Path) -> None:
    where = run(
        elsewhere / "venv/bin/python", "-c", "import agent, prompts; print(agent.__file__)",
        cwd=elsewhere,
    )  # fmt: skip
    assert where.stdout.startswith(str(elsewhere)), where.stdout + where.stderr
    folkmap = elsewhere / "venv/bin/folkmap"
    done = run(folkmap, "demo", "--out", "shop", "--users", "120", cwd=elsewhere)
    assert done.returncode == 0, done.stderr
    done = run(
        folkmap, "build", "shop/events.csv", "--items", "shop/items.csv", "--attributes",
        "shop/attributes.csv", "--ties", "shop/ties.csv", "--run", "run", "--json", cwd=elsewhere,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["users"] == 120
    done = run(folkmap, "segments", "--run", "run", "--json", cwd=elsewhere)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def test_another_package_called_agent_is_one_clear_line(elsewhere: Path, tmp_path: Path) -> None:
    (tmp_path / "agent").mkdir()
    (tmp_path / "agent" / "__init__.py").write_text("raise SystemExit('somebody else ran')")
    done = run(elsewhere / "venv/bin/folkmap", "segments", cwd=elsewhere, path=str(tmp_path))
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("folkmap: another package called 'agent' is in the way")
