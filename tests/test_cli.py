"""The command line as somebody uses it: what it prints, where, and how it ends."""

import json
import shutil
from pathlib import Path

import pytest

from tests.runs import beside, folkmap


def test_build_reports_rows_that_add_up(shop: Path, built: Path) -> None:
    again = folkmap("build", shop / "events.csv", *beside(shop), "--run", built, "--json")
    assert again.status == 0
    report = json.loads(again.out)
    rows = report["rows"]
    assert rows["read"] == rows["kept"] + sum(rows["dropped"].values())
    assert rows["read"] == len((shop / "events.csv").read_text().splitlines()) - 1
    assert report["new"] is False, "nothing had changed"
    assert set(report["seconds"].values()) == {0.0}
    verified = report["verification"]
    assert verified["sentences"] == verified["passed"] > report["users"]
    assert report["writers"] == {"extractive": report["users"]}
    assert "as before" in again.err


def test_segments_have_the_contracts_shape(built: Path) -> None:
    segments = json.loads(folkmap("segments", "--run", built, "--json").out)
    expected = {
        "id", "level", "name", "description", "why", "facts", "rule", "size", "share", "parent",
        "precision", "recall", "writer", "exemplars",
    }  # fmt: skip
    leaves = [segment for segment in segments if segment["level"] == 1]
    assert len(leaves) >= 4
    assert len({segment["name"] for segment in segments}) == len(segments)
    for segment in segments:
        assert expected <= set(segment)
        assert segment["size"] >= 5
        assert len(segment["name"].split()) <= 5
        ids = {fact["id"] for fact in segment["facts"]}
        for sentence in segment["why"]:
            assert sentence["facts"]
            assert set(sentence["facts"]) <= ids
        assert len(segment["rule"]) <= 3


def test_segments_as_text_name_every_segment(built: Path) -> None:
    shown = folkmap("segments", "--run", built)
    for segment in json.loads(folkmap("segments", "--run", built, "--json").out):
        assert segment["name"] in shown.out
    assert shown.err == ""


def test_a_profile_cites_facts_that_exist(built: Path) -> None:
    profile = json.loads(folkmap("profile", "u0001", "--run", built, "--json").out)
    ids = {fact["id"] for fact in profile["facts"]}
    assert profile["sentences"]
    for sentence in profile["sentences"]:
        assert set(sentence["facts"]) <= ids
    assert sum(lean["weight"] for lean in profile["memberships"]) == pytest.approx(1)
    text = folkmap("profile", "u0001", "--run", built).out
    assert profile["headline"] in text
    assert "Evidence" in text


def test_export_writes_the_members(built: Path, tmp_path: Path) -> None:
    segments = json.loads(folkmap("segments", "--run", built, "--json").out)
    leaf = next(segment for segment in segments if segment["level"] == 1)
    to = tmp_path / "audience.csv"
    told = json.loads(folkmap("export", leaf["name"], "--run", built, "--to", to, "--json").out)
    assert told["users"] == leaf["size"] == len(to.read_text().splitlines()) - 1


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["profile", "nobody"], "no user 'nobody'"),
        (["segments", "--run", "nowhere"], "there is no run at nowhere"),
        (["export", "s99", "--to", "x.csv"], "no segment 's99'"),
    ],
)
def test_what_does_not_exist_is_one_line(built: Path, command: list[str], said: str) -> None:
    if "--run" not in command:
        command = [*command, "--run", str(built)]
    ended = folkmap(*command)
    assert ended.status == 1
    assert ended.out == ""
    assert ended.err.startswith("folkmap: ")
    assert said in ended.err
    assert len(ended.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--map", "user"], "write FIELD=COLUMN"),
        (["--by", "nonsense"], "'nonsense'"),
        (["--model", "gpt-9"], "--model 'gpt-9' is not known; write extractive, bundled, vllm:"),
        (["--model", "https://me:key@host"], "FOLKMAP_API_KEY"),
        (["--model", "vllm:some/model", "--model-name", "x"], "--model-name goes with the URL"),
        (["--items", "missing.csv"], "missing.csv: there is no such file"),
    ],
)
def test_options_that_cannot_be_used_are_one_line(
    shop: Path, tmp_path: Path, options: list[str], said: str
) -> None:
    ended = folkmap("build", shop / "events.csv", "--run", tmp_path / "run", *options)
    assert (ended.status, ended.out) == (1, "")
    assert said in ended.err
    assert not (tmp_path / "run" / "CURRENT").exists()


def test_a_demo_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file", tmp_path / "file" / "inside", Path("/proc/nowhere")):
        ended = folkmap("demo", "--out", out)
        assert ended.status == 1
        assert len(ended.err.strip().splitlines()) == 1
        assert "choose another --out" in ended.err


def test_wrong_usage_is_status_2(shop: Path, tmp_path: Path) -> None:
    assert folkmap("build", "--run", tmp_path / "run").status == 2
    assert folkmap("segments").status == 2
    ended = folkmap("build", shop / "events.csv", "--resume", "--run", tmp_path / "run")
    assert ended.status == 2


def test_bad_input_leaves_the_run_as_it_was(built: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(built, run)
    before = {p: p.read_bytes() for p in sorted((run / "versions").rglob("*")) if p.is_file()}
    broken = tmp_path / "broken.csv"
    broken.write_text("user_id,item_id,timestamp\nu1,,not a time\n")
    ended = folkmap("build", broken, "--run", run)
    assert ended.status == 1
    assert "broken.csv, line 2" in ended.err
    after = {p: p.read_bytes() for p in sorted((run / "versions").rglob("*")) if p.is_file()}
    assert after == before


def test_resume_takes_the_stopped_builds_files_and_options(built: Path) -> None:
    resumed = folkmap("build", "--resume", "--run", built, "--json")
    assert resumed.status == 0
    assert json.loads(resumed.out)["new"] is False


def test_nothing_to_resume_is_one_line(tmp_path: Path) -> None:
    ended = folkmap("build", "--resume", "--run", tmp_path / "run")
    assert ended.status == 1
    assert "no build to go on with" in ended.err


def test_help_teaches(built: Path) -> None:
    del built
    help_text = folkmap("--help").out
    for command in ("demo", "build", "segments", "profile", "export"):
        assert command in help_text
        assert folkmap(command, "--help").status == 0
