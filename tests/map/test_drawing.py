"""A map written beside a run's other stages, and drawn again from what it left."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agent.errors import RunError, SettingsError
from agent.map.drawing import redraw_map, write_map
from agent.recordfile import write_records
from agent.runs import Run
from agent.segments.vectors import Vectors
from tests.map.towns import label, membership, profile, segment

N = 40


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of forty people: three quarters in two segments, the others in none."""
    path = tmp_path_factory.mktemp("run")
    stages = ("profiles", "segments", "labels", "map")
    folders = {stage: path / "versions" / "1" / stage for stage in stages}
    for folder in folders.values():
        folder.mkdir(parents=True)
    users = [f"u{n:02d}" for n in range(N)]
    homes = [(None, "bakers", "hosts", "bakers")[n % 4] for n in range(N)]
    write_records(
        folders["profiles"] / "profiles.jsonl", [profile(user, f"Is {user}") for user in users]
    )
    write_records(
        folders["segments"] / "memberships.jsonl",
        [
            membership(user, home, {home: 0.9} if home else {})
            for user, home in zip(users, homes, strict=True)
        ],
    )
    write_records(
        folders["labels"] / "segments.jsonl", [segment("bakers", 20), segment("hosts", 10)]
    )
    write_records(
        folders["labels"] / "labels.jsonl",
        [label(name, name.title(), "They do.") for name in ("bakers", "hosts")],
    )
    draw(folders["map"], run_folder=path)
    # As the index is listed: not checked byte for byte, which is not what these tests are about.
    manifest = {"stages": {stage: {"files": {}, "mutable": True} for stage in stages}}
    return Run(path, 1, manifest)


def draw(out: Path, *, run_folder: Path, most: int = N) -> dict[str, object]:
    rng = np.random.default_rng(0)
    matrix = rng.normal(0, 1, (N, 4)) + 4 * (np.arange(N) % 4)[:, None]
    vectors = Vectors(
        [f"u{n:02d}" for n in range(N)], np.full(N, 9.0), {"tastes": matrix},
        {"tastes": ["a", "b", "c", "d"]}, {"tastes": 1.0},
    )  # fmt: skip
    folders = (
        run_folder / "versions" / "1" / stage for stage in ("profiles", "segments", "labels")
    )
    return dict(write_map(out, vectors, *folders, 0, most=most))


def test_the_stage_writes_the_same_three_files_each_time(run: Run, tmp_path: Path) -> None:
    told = draw(tmp_path, run_folder=run.path)
    assert told == {"people": N, "shown": N}
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["map.html", "map.png", "places.parquet"]
    for name in names:
        assert (tmp_path / name).read_bytes() == (run.folder("map") / name).read_bytes(), name


def test_a_sample_says_so(run: Run, tmp_path: Path) -> None:
    assert draw(tmp_path, run_folder=run.path, most=32) == {"people": N, "shown": 32}


@pytest.mark.parametrize("name", ["map.html", "map.png"])
def test_drawn_again_it_is_the_same(run: Run, tmp_path: Path, name: str) -> None:
    redraw_map(run, tmp_path / name)
    assert (tmp_path / name).read_bytes() == (run.folder("map") / name).read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_drawn_for_those_who_may_know_nobody(run: Run, tmp_path: Path) -> None:
    scene = redraw_map(run, tmp_path / "all.html", scope="aggregate", min_group=12)
    assert [(group.name, group.size) for group in scene.groups] == [("Bakers", 12)]
    page = (tmp_path / "all.html").read_text("utf-8")
    assert "Hosts" not in page
    assert not [user for user in (f"u{n:02d}" for n in range(N)) if f"Is {user}" in page]


def test_what_cannot_be_written_is_said(run: Run, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"\.html or a \.png"):
        redraw_map(run, tmp_path / "map.pdf")
    with pytest.raises(SettingsError, match="cannot be written"):
        redraw_map(run, tmp_path / "missing" / "map.html")


def test_a_run_without_a_map_says_so(run: Run, tmp_path: Path) -> None:
    older = Run(run.path, 1, {"stages": {}})
    with pytest.raises(RunError, match="no stage 'map'"):
        redraw_map(older, tmp_path / "map.html")
