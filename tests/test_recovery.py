"""Builds that are stopped, hindered or find damage: nothing is lost, and one line says what is up.

`test_runs.py` tests the parts; here it is the `folkmap` command on a whole run, and every stage
that the pipeline has.
"""

from __future__ import annotations

import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent import SegmentAgent
from agent.artefacts import NOTE
from agent.builder import REQUEST
from agent.errors import RunError
from agent.pipeline import STAGE_VERSIONS
from agent.runs import Run
from tests.killing import finish, index_answers, kill_after, stage_files, start_build
from tests.killing import start as start_folkmap
from tests.runs import Outcome, beside, copy_run, folkmap

ROOT_USER = os.geteuid() == 0


@pytest.fixture
def run(built: Path, tmp_path: Path) -> Path:
    """A finished run that a test may spoil."""
    return copy_run(built, tmp_path / "run")


def build(shop: Path, run: Path, *options: str) -> Outcome:
    return folkmap("build", shop / "events.csv", *beside(shop), "--run", run, *options)


def one_line(outcome: Outcome) -> str:
    """The message of a command that failed as a command may: exit 1 and a last line on stderr."""
    assert outcome.status == 1, outcome.err
    assert "Traceback" not in outcome.err
    (said,) = [line for line in outcome.err.splitlines() if line.startswith("folkmap: ")]
    assert outcome.err.splitlines()[-1] == said
    return said


def everything_read(run: Path) -> list[str]:
    """What every reader says of a run; raises what a damaged one raises."""
    agent = SegmentAgent.open(run)
    told = [card.model_dump_json() for card in agent.segments()]
    user = agent.members(agent.segments()[-1].id)[0].user_id
    return [*told, agent.profile(user).model_dump_json()]


# --- damage --------------------------------------------------------------------------------------


def shorten(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def flip(path: Path) -> None:
    """One bit in the middle: same size, other bytes."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))


def largest(folder: Path) -> Path:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != NOTE]
    return max(files, key=lambda path: (path.stat().st_size, path.name))


def stored(run: Path, stage: str) -> Path:
    (folder,) = (run / "store").glob(f"{stage}-*")
    return folder


@pytest.mark.parametrize("damage", [shorten, flip])
@pytest.mark.parametrize("stage", STAGE_VERSIONS)
def test_a_damaged_stage_is_one_line_and_the_way_out_leads_out(
    stage: str, damage: object, shop: Path, built: Path, run: Path
) -> None:
    damage(largest(stored(run, stage)))  # type: ignore[operator]
    said = one_line(build(shop, run))
    assert f"the stored stage '{stage}' is damaged" in said
    found = re.search(r"delete (\S+) and build again", said)
    assert found is not None
    assert Path(found[1]) == stored(run, stage)
    if not Run.open(run).manifest["stages"][stage]["mutable"]:
        with pytest.raises(RunError, match=r"damaged.*build the run again"):
            Run.open(run).folder(stage)
    others = [name for name in STAGE_VERSIONS if name != stage]
    assert all(Run.open(run).folder(name).is_dir() for name in others)


@pytest.mark.parametrize("damage", [shorten, flip])
@pytest.mark.parametrize("stage", ["profiles", "labels", "events"])
def test_a_damaged_stage_is_made_again_and_readers_get_a_whole_version(
    stage: str, damage: object, shop: Path, built: Path, run: Path
) -> None:
    damage(largest(stored(run, stage)))  # type: ignore[operator]
    shutil.rmtree(stored(run, stage))
    assert build(shop, run).status == 0
    assert Run.open(run).version == 2
    assert stage_files(run) == stage_files(built)
    assert everything_read(run) == everything_read(built)
    assert json.loads(build(shop, run, "--json").out)["new"] is False


@pytest.mark.parametrize("command", ["segments", "profile", "export"])
def test_readers_of_a_flipped_byte_are_told(command: str, run: Path, tmp_path: Path) -> None:
    flip(largest(Run.open(run).folder("labels")))
    flip(largest(Run.open(run).folder("profiles")))
    arguments = {"segments": [], "profile": ["u1"], "export": ["s1", "--to", tmp_path / "s1.csv"]}
    said = one_line(folkmap(command, *arguments[command], "--run", run))
    assert re.search(r"(labels|profiles) is damaged \(other bytes than were written\); build", said)
    assert not (tmp_path / "s1.csv").exists()


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("CURRENT", "seven", "CURRENT is damaged; write the number"),
        ("CURRENT", "\udcff", "CURRENT is damaged; write the number"),
        ("versions/1/manifest.json", '{"format": 1', "manifest.json is missing or damaged; delete"),
        ("versions/1/manifest.json", '{"format": 2, "folkmap": "9.0"}', "newer Folkmap (9.0, run"),
    ],
)
def test_a_garbled_pointer_is_one_line_for_every_command(
    file: str, content: str, said: str, shop: Path, run: Path
) -> None:
    (run / file).write_text(content, errors="replace")
    before = sorted(run.rglob("*"))
    for outcome in (
        build(shop, run),
        folkmap("build", "--resume", "--run", run),
        folkmap("segments", "--run", run),
        folkmap("profile", "u1", "--run", run),
    ):
        assert said in one_line(outcome)
    assert sorted(run.rglob("*")) == before


def test_a_damaged_manifest_names_the_version_to_go_back_to(shop: Path, run: Path) -> None:
    assert build(shop, run, "--min-group", "6").status == 0
    shorten(run / "versions" / "2" / "manifest.json")
    assert "write 1 into" in one_line(folkmap("segments", "--run", run))
    (run / "CURRENT").write_text("1\n")
    assert everything_read(run)
    assert build(shop, run, "--min-group", "6").status == 0
    assert everything_read(run)


@pytest.mark.parametrize(
    "content",
    [
        *("", "{", "[]", "{}", '{"inputs": {}, "settings": {}}', "null"),
        '{"inputs": {"events": ["a.csv"]}, "settings": {"seed": "x"}}',
        '{"inputs": {"events": ["a.csv"]}, "settings": {"of_a_newer_folkmap": 1}}',
    ],
)
def test_a_damaged_request_is_one_line_and_naming_the_files_helps(
    content: str, shop: Path, run: Path
) -> None:
    (run / REQUEST).write_text(content)
    said = one_line(folkmap("build", "--resume", "--run", run))
    assert "holds no build to go on with" in said
    assert "name the files: folkmap build FILES" in said
    assert build(shop, run).status == 0
    assert folkmap("build", "--resume", "--run", run).status == 0


# --- publishing ----------------------------------------------------------------------------------


def test_a_version_that_was_not_named_in_current_yet_is_taken_up(shop: Path, run: Path) -> None:
    """Killed between the two steps of publishing: the version is whole, CURRENT still the old."""
    before = everything_read(run)
    assert build(shop, run, "--min-group", "6").status == 0
    made = (run / "versions" / "2" / "manifest.json").stat().st_ino
    (run / "CURRENT").write_text("1\n")
    assert everything_read(run) == before
    assert folkmap("build", "--resume", "--run", run).status == 0
    assert Run.open(run).version == 2
    assert (run / "versions" / "2" / "manifest.json").stat().st_ino == made


def test_a_version_nobody_could_read_never_pushes_out_the_one_that_is_read(
    shop: Path, run: Path
) -> None:
    assert build(shop, run, "--min-group", "6").status == 0
    reader = SegmentAgent.open(run)
    shutil.copytree(run / "versions" / "2", run / "versions" / "3")
    shorten(run / "versions" / "3" / "manifest.json")
    assert build(shop, run, "--min-group", "7").status == 0
    assert sorted(path.name for path in (run / "versions").iterdir()) == ["2", "3"]
    assert Run.open(run).version == 3
    assert [card.id for card in SegmentAgent(reader.run).segments()]


def test_what_a_stop_in_the_middle_of_tidying_leaves_is_no_damage(shop: Path, run: Path) -> None:
    labels = stored(run, "labels")
    half = run / "store" / f".tmp-gone-{labels.name}"
    labels.rename(half)
    largest(half).unlink()
    for name in (".tmp-CURRENT", ".tmp-request.json"):
        (run / name).write_text("half")
    assert build(shop, run).status == 0
    assert not [*run.rglob(".tmp-*")]


# --- two builders --------------------------------------------------------------------------------


def test_the_second_of_two_builds_says_who_holds_the_run(shop: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    with start_build(shop, run) as first:
        while not (run / REQUEST).exists():
            assert first.poll() is None
            time.sleep(0.01)
        first.send_signal(signal.SIGSTOP)  # it holds the run for as long as this takes
        request = (run / REQUEST).read_bytes()
        for second in (build(shop, run, "--seed", "5"), folkmap("build", "--resume", "--run", run)):
            assert f"is being built by process {first.pid} on " in one_line(second)
        assert (run / REQUEST).read_bytes() == request
        assert "holds no finished build" in one_line(folkmap("segments", "--run", run))
        first.kill()


# --- disks ---------------------------------------------------------------------------------------


def limit_files(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("size", [0, 2_000, 60_000])
def test_a_limit_on_files_is_one_line_and_loses_nothing(size: int, shop: Path, run: Path) -> None:
    before = everything_read(run)
    process = start_build(shop, run, "--seed", "1", preexec_fn=lambda: limit_files(size))
    assert "larger than this system lets it be (ulimit -f)" in one_line(Outcome(*finish(process)))
    assert everything_read(run) == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB of its own; only root can mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    if not ROOT_USER or subprocess.run(mounted, check=False, capture_output=True).returncode:
        pytest.skip("mounting a disk takes root")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def remount(place: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(place)], check=True)


@pytest.mark.slow
def test_a_full_disk_is_one_line_and_resumed_when_there_is_room(
    shop: Path, built: Path, small_disk: Path
) -> None:
    run = small_disk / "run"
    assert f"the disk that holds {run} is full; make room" in one_line(build(shop, run))
    done = {path.name for path in (run / "store").iterdir() if not path.name.startswith(".")}
    assert done
    remount(small_disk, "size=200m")
    assert folkmap("build", "--resume", "--run", run).status == 0
    assert done <= {path.name for path in (run / "store").iterdir()}
    assert stage_files(run) == stage_files(built)


def test_a_read_only_disk_can_be_read_and_says_so_when_built_on(
    shop: Path, built: Path, small_disk: Path
) -> None:
    remount(small_disk, "size=200m")
    run = copy_run(built, small_disk / "run")
    before = everything_read(run)
    remount(small_disk, "ro")
    for outcome in (build(shop, run), folkmap("build", "--resume", "--run", run)):
        said = one_line(outcome)
        assert "cannot be written (Read-only file system); choose another folder" in said
    assert "cannot be made" in one_line(build(shop, small_disk / "new"))
    assert everything_read(run) == before


# --- kill -9 -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_killed_at_any_moment_and_resumed_a_build_ends_in_the_same_bytes(
    shop: Path, built: Path, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """So many runs, each killed once, one in each equal part of the build's time."""
    kills = int(pytestconfig.getoption("--kills"))
    whole = stage_files(built)
    answers = index_answers(built, tmp_path)
    begun = time.monotonic()
    kill_after(start_build(shop, tmp_path / "timed"), tmp_path / "timed", 3600)
    took = time.monotonic() - begun
    moments = random.Random(kills)
    caught: list[str] = []
    for n in range(kills):
        run, share = tmp_path / f"run{n}", (n + moments.random()) / kills
        while (stage := kill_after(start_build(shop, run), run, share * took)) is None:
            shutil.rmtree(run)
            took *= 0.9  # the machine is quicker than when it was timed
        caught.append(stage)
        status, _, err = finish(start_folkmap("build", "--resume", "--run", run))
        assert status == 0, err
        assert stage_files(run) == whole, caught
        assert index_answers(run, tmp_path) == answers, caught
        assert not [*run.rglob(".tmp-*")]
        shutil.rmtree(run)
    assert len(set(caught)) >= min(3, kills // 2), caught
    print(f"killed in: {', '.join(caught)}")


@pytest.mark.slow
def test_readers_go_on_while_the_next_version_is_built_killed_and_resumed(
    shop: Path, run: Path, tmp_path: Path
) -> None:
    before, reader = everything_read(run), SegmentAgent.open(run)
    kept = [card.model_dump_json() for card in reader.segments()]
    options = ["build", shop / "events.csv", *beside(shop), "--run", run, "--seed", "1"]
    moments = random.Random(1)
    for _ in range(4):
        (run / REQUEST).unlink()
        process = start_folkmap(*options)
        assert kill_after(process, run, 2 + 8 * moments.random()) is not None
        assert everything_read(run) == before
    with start_folkmap("build", "--resume", "--run", run) as process:
        reads = 0
        while process.poll() is None:
            told = everything_read(run)
            assert told == before or Run.open(run).version == 2
            assert reader.segments()
            reads += 1
            time.sleep(0.05)
        assert reads > 3
    assert process.returncode == 0
    assert Run.open(run).version == 2
    assert [card.model_dump_json() for card in SegmentAgent(reader.run).segments()] == kept
