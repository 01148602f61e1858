"""The run folder: resume, reuse, versions, and everything that can go wrong with a disk."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from agent.artefacts import Artefact, Make, file_hash
from agent.builder import Builder, Published, remembered
from agent.errors import EncoderError, InputError, RunError
from agent.runs import Run
from retrieval.errors import EncoderError as RetrievalEncoderError
from retrieval.errors import StoreError


def writes(content: str, name: str = "table.txt", **notes: Any) -> Make:
    def make(folder: Path) -> Mapping[str, Any]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
        return notes

    return make


def never(folder: Path) -> None:
    raise AssertionError("a finished stage was computed again")


def build(run: Path, *, event: str = "rows", label: str = "names") -> Published:
    """A run of three stages; `labels` rests on `evidence`, `index` is opened for writing."""
    with Builder(run) as builder:
        evidence = builder.stage("evidence", writes(event), version=1, settings={"log": event})
        labels = builder.stage(
            "labels", writes(label), version=1, inputs=[evidence], settings={"label": label}
        )
        index = builder.stage("index", writes("vectors"), version=1, inputs=[labels], mutable=True)
        return builder.publish([evidence, labels, index], {"seed": 0})


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "lock"
    }


def digests(version: Path) -> dict[str, str]:
    manifest = json.loads((version / "manifest.json").read_text())
    return {name: stage["digest"] for name, stage in manifest["stages"].items()}


# --- building and reading ------------------------------------------------------------------------


def test_a_reader_finds_what_a_build_published(run_folder: Path) -> None:
    assert build(run_folder) == Published(1, new=True)
    run = Run.open(run_folder)
    assert run.version == 1
    assert (run.folder("labels") / "table.txt").read_text() == "names"
    assert run.manifest["build"] == {"seed": 0}
    assert set(run.manifest["stages"]) == {"evidence", "labels", "index"}


def test_building_again_with_nothing_changed_does_nothing(run_folder: Path) -> None:
    build(run_folder)
    before = snapshot(run_folder)
    assert build(run_folder) == Published(1, new=False)
    assert snapshot(run_folder) == before


def test_changing_the_labels_redoes_only_the_labels_and_what_follows(run_folder: Path) -> None:
    build(run_folder)
    assert build(run_folder, label="better names") == Published(2, new=True)
    stages = Run.open(run_folder).manifest["stages"]
    assert {name: stage["reused"] for name, stage in stages.items()} == {
        "evidence": True,
        "labels": False,
        "index": False,
    }


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"settings": {"a": 2}},
        {"seed": 8},
        {"hashes": {"prompt": "p2"}},
        {"inputs": ()},
    ],
)
def test_whatever_decides_a_stage_is_in_its_key(run_folder: Path, change: dict[str, Any]) -> None:
    with Builder(run_folder) as builder:
        source = builder.stage("source", writes("s"), version=1)
        decided: dict[str, Any] = {
            "version": 1,
            "settings": {"a": 1},
            "seed": 7,
            "hashes": {"prompt": "p1"},
            "inputs": (source,),
        }
        first = builder.stage("stage", writes("x"), **decided)
        assert builder.stage("stage", never, **decided).reused
        other = builder.stage("stage", writes("x"), **{**decided, **change})
    assert not other.reused
    assert other.key != first.key
    assert other.digest == first.digest


def test_equal_results_of_an_input_leave_what_follows_alone(run_folder: Path) -> None:
    """Rows shuffled, same events: the later stages see the same digest and are reused."""
    with Builder(run_folder) as builder:
        for file in ("one order", "another order"):
            events = builder.stage(
                "events", writes("sorted", source=file), version=1, hashes={"log": file}
            )
            make = writes("facts") if file == "one order" else never
            evidence = builder.stage("evidence", make, version=1, inputs=[events])
            assert events.notes == {"source": file}
    assert evidence.reused


def test_a_stopped_build_goes_on_where_it_stopped(run_folder: Path) -> None:
    def stopped(folder: Path) -> None:
        (folder / "half.txt").write_text("half")
        raise KeyboardInterrupt

    with Builder(run_folder) as builder:
        builder.remember({"files": ["events.csv"]})
        builder.stage("evidence", writes("rows"), version=1)
        with pytest.raises(KeyboardInterrupt):
            builder.stage("labels", stopped, version=1)
    assert remembered(run_folder) == {"files": ["events.csv"]}
    with pytest.raises(RunError, match="holds no finished build"):
        Run.open(run_folder)
    with Builder(run_folder) as builder:
        evidence = builder.stage("evidence", never, version=1)
        labels = builder.stage("labels", writes("names"), version=1)
        builder.publish([evidence, labels])
    assert set(snapshot(Run.open(run_folder).folder("labels"))) == {"table.txt"}


def test_a_killed_build_leaves_nothing_half_done(run_folder: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from agent.builder import Builder\n"
        "def make(folder):\n"
        "    (folder / 'half.txt').write_text('half'); os._exit(9)\n"
        "with Builder(sys.argv[1]) as builder:\n"
        "    builder.stage('evidence', make, version=1)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(run_folder)], check=False)
    assert done.returncode == 9
    assert list((run_folder / "store").iterdir())  # what was being written, under another name
    with Builder(run_folder) as builder:
        made = builder.stage("evidence", writes("whole"), version=1)
        assert not made.reused
        builder.publish([made])
    assert [path.name for path in (run_folder / "store").iterdir()] == [f"evidence-{made.key}"]


def test_a_reader_keeps_its_version(run_folder: Path) -> None:
    build(run_folder)
    reader = Run.open(run_folder)
    build(run_folder, label="better names")
    assert (reader.folder("labels") / "table.txt").read_text() == "names"
    assert (Run.open(run_folder).folder("labels") / "table.txt").read_text() == "better names"


def test_only_the_last_versions_and_their_stages_are_kept(run_folder: Path) -> None:
    for label in ("a", "b", "c"):
        build(run_folder, label=label)
    assert sorted(path.name for path in (run_folder / "versions").iterdir()) == ["2", "3"]
    stored = sorted(path.name.partition("-")[0] for path in (run_folder / "store").iterdir())
    assert stored == ["evidence", "index", "index", "labels", "labels"]


def test_going_back_to_earlier_settings_computes_nothing(run_folder: Path) -> None:
    build(run_folder, label="a")
    build(run_folder, label="b")
    assert build(run_folder, label="a") == Published(3, new=True)
    assert all(stage["reused"] for stage in Run.open(run_folder).manifest["stages"].values())


def test_equal_builds_have_equal_bytes(tmp_path: Path) -> None:
    build(tmp_path / "one")
    build(tmp_path / "two")
    one, two = (snapshot(tmp_path / name / "versions" / "1") for name in ("one", "two"))
    assert one.pop("manifest.json")  # holds the times
    assert two.pop("manifest.json")
    assert one == two
    assert digests(tmp_path / "one" / "versions" / "1") == digests(
        tmp_path / "two" / "versions" / "1"
    )


def test_writing_to_an_opened_index_leaves_the_stored_one_alone(run_folder: Path) -> None:
    build(run_folder)
    (Run.open(run_folder).folder("index") / "table.txt").write_text("queries rewrite this")
    assert build(run_folder) == Published(1, new=False)
    assert build(run_folder, label="new") == Published(2, new=True)


# --- damage --------------------------------------------------------------------------------------


def stored(run: Path, stage: str) -> Path:
    return next((run / "store").glob(f"{stage}-*"))


def test_a_damaged_stage_is_noticed_and_named(run_folder: Path) -> None:
    build(run_folder)
    (stored(run_folder, "evidence") / "table.txt").write_text("rowz")
    with pytest.raises(RunError, match=r"stage 'evidence' is damaged .*delete .*evidence-.* and"):
        build(run_folder)
    shutil.rmtree(stored(run_folder, "evidence"))
    build(run_folder)


@pytest.mark.parametrize("note", ["", "[]", "{}", '{"name": "evidence"}'])
def test_a_damaged_note_is_noticed(run_folder: Path, note: str) -> None:
    build(run_folder)
    (stored(run_folder, "evidence") / ".artefact.json").write_text(note)
    with pytest.raises(RunError, match="stage 'evidence' is damaged"):
        build(run_folder)


def test_an_extra_or_missing_file_is_named(run_folder: Path) -> None:
    build(run_folder)
    (stored(run_folder, "labels") / "extra.txt").write_text("")
    with pytest.raises(RunError, match=r"stage 'labels' is damaged \(extra\.txt\)"):
        build(run_folder)


def test_a_version_that_lost_a_file_says_so_and_is_built_again(run_folder: Path) -> None:
    build(run_folder)
    (run_folder / "versions" / "1" / "labels" / "table.txt").unlink()
    with pytest.raises(RunError, match=r"table\.txt is missing or damaged; build the run again"):
        Run.open(run_folder).folder("labels")
    assert build(run_folder) == Published(2, new=True)
    assert (Run.open(run_folder).folder("labels") / "table.txt").read_text() == "names"


@pytest.mark.parametrize("said", ["", "0", "-1", "latest", "1\n2", "../1", "\u0661"])
def test_a_garbled_current_is_refused(run_folder: Path, said: str) -> None:
    build(run_folder)
    (run_folder / "CURRENT").write_text(said)
    with pytest.raises(RunError, match="CURRENT is damaged; write the number"):
        Run.open(run_folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 1, "stages": {"a": {}}}'])
def test_a_damaged_manifest_is_refused(run_folder: Path, text: str) -> None:
    build(run_folder)
    (run_folder / "versions" / "1" / "manifest.json").write_text(text)
    with pytest.raises(RunError, match=r"manifest\.json is missing or damaged"):
        Run.open(run_folder)


def test_a_newer_format_is_refused_and_left_alone(run_folder: Path) -> None:
    build(run_folder)
    file = run_folder / "versions" / "1" / "manifest.json"
    file.write_text('{"format": 2, "folkmap": "9.0", "stages": ["another shape"]}')
    before = snapshot(run_folder)
    for use in (Run.open, build):
        with pytest.raises(RunError, match=r"newer Folkmap \(9\.0, run format 2.*update"):
            use(run_folder)
    assert snapshot(run_folder) == before


def test_no_run_there(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="there is no run at"):
        Run.open(tmp_path / "nowhere")
    with pytest.raises(RunError, match="no build to go on with"):
        remembered(tmp_path)


def test_an_unknown_stage_is_refused(run_folder: Path) -> None:
    build(run_folder)
    with pytest.raises(RunError, match="has no stage 'map'"):
        Run.open(run_folder).folder("map")


# --- folders that are not ours to write ----------------------------------------------------------


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("three years of work")
    with (
        pytest.raises(RunError, match=r"is no run folder \(it holds thesis\.doc\)"),
        Builder(tmp_path),
    ):
        pass
    assert snapshot(tmp_path) == {"thesis.doc": b"three years of work"}


def test_a_file_is_no_run_folder(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("")
    with pytest.raises(RunError, match="is a file; name a folder"), Builder(tmp_path / "run"):
        pass


def test_a_build_that_made_nothing_leaves_no_folder(run_folder: Path) -> None:
    def bad_input(folder: Path) -> None:
        raise InputError("is empty", file="events.csv")

    with pytest.raises(InputError, match=r"events\.csv: is empty"), Builder(run_folder) as builder:
        builder.stage("events", bad_input, version=1)
    assert not run_folder.exists()


def test_a_failed_build_leaves_an_existing_run_as_it_was(run_folder: Path) -> None:
    def bad_input(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise InputError("is empty", file="events.csv")

    build(run_folder)
    before = snapshot(run_folder)
    with pytest.raises(InputError), Builder(run_folder) as builder:
        builder.stage("events", bad_input, version=1)
    assert snapshot(run_folder) == before


# --- one builder at a time -----------------------------------------------------------------------


def test_a_second_builder_is_told_who_holds_the_run(run_folder: Path) -> None:
    with (
        Builder(run_folder),
        pytest.raises(
            RunError, match=rf"being built by process {os.getpid()} on .*, since 2.*wait"
        ),
        Builder(run_folder),
    ):
        pass
    build(run_folder)


def test_the_lock_of_a_dead_process_is_taken_over(run_folder: Path) -> None:
    code = (
        "import os, sys; from agent.builder import Builder\n"
        "with Builder(sys.argv[1]):\n    print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(run_folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(RunError, match=f"process {other.pid}"), Builder(run_folder):
            pass
        other.kill()
    assert json.loads((run_folder / "lock").read_text())["pid"] == other.pid
    build(run_folder)


# --- disks ---------------------------------------------------------------------------------------


def fails(error: Exception) -> Make:
    def make(folder: Path) -> None:
        raise error

    return make


@pytest.mark.parametrize(
    ("error", "kind", "match"),
    [
        (OSError(errno.ENOSPC, "No space left"), RunError, "disk that holds .* is full; make room"),
        (OSError(errno.EDQUOT, "Quota"), RunError, "disk that holds .* is full; make room"),
        (OSError(errno.EROFS, "Read-only"), RunError, "cannot be written .*choose another folder"),
        (StoreError("no index"), RunError, "no index"),
        (RetrievalEncoderError("no weights"), EncoderError, "no weights"),
    ],
)
def test_what_a_stage_runs_into_becomes_one_line(
    run_folder: Path, error: Exception, kind: type[Exception], match: str
) -> None:
    with pytest.raises(kind, match=match) as caught, Builder(run_folder) as builder:
        builder.stage("evidence", fails(error), version=1)
    assert "\n" not in str(caught.value)
    assert not run_folder.exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_disk_that_fills_up_under_polars_is_one_line_too(run_folder: Path) -> None:
    def make(folder: Path) -> None:
        pl.DataFrame({"n": range(100_000)}).write_parquet("/dev/full")

    with pytest.raises(RunError, match="is full"), Builder(run_folder) as builder:
        builder.stage("evidence", make, version=1)


def test_errors_about_other_files_pass_through(run_folder: Path) -> None:
    other = PermissionError(errno.EACCES, "Permission denied", "/somewhere/events.csv")
    with pytest.raises(PermissionError), Builder(run_folder) as builder:
        builder.stage("evidence", fails(other), version=1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_place_is_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(RunError, match="cannot be made"), Builder(tmp_path / "run"):
        pass


def test_no_place_for_a_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(RunError, match=r"cannot be made .*choose another"),
        Builder(tmp_path / "file" / "run"),
    ):
        pass


def test_file_hash_is_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert file_hash(tmp_path / "a") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_an_artefact_is_frozen(run_folder: Path) -> None:
    with Builder(run_folder) as builder:
        made = builder.stage("evidence", writes("x", name="deep/file.txt"), version=1)
    assert isinstance(made, Artefact)
    assert made.files == {"deep/file.txt": 1}
    with pytest.raises(AttributeError):
        made.digest = ""  # type: ignore[misc]
