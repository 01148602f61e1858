"""What a build promises: the same bytes from the same rows, and no work done twice."""

import gzip
import json
import random
import shutil
from pathlib import Path
from threading import Event, Timer

import polars as pl
import pytest

from agent import SegmentAgent, pipeline
from agent.artefacts import Artefact
from agent.errors import RunError
from agent.runs import Run
from agent.settings import BuildSettings, LabelSettings
from agent.stages import Advance
from tests.runs import SHOP_FILES, beside, folkmap


def digests(run: Path) -> dict[str, str]:
    """Stage → digest of its bytes; the index is Chroma's and is left out."""
    stages = Run.open(run).manifest["stages"]
    return {name: stage["digest"] for name, stage in stages.items() if name != "index"}


def build(events: Path, shop: Path, run: Path, *, relearn: bool = False) -> SegmentAgent:
    return SegmentAgent.build(
        events,
        run=run,
        settings=BuildSettings(relearn=relearn),
        **{role: shop / f"{role}.csv" for role in SHOP_FILES},  # type: ignore[arg-type]
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "form", ["shuffled.csv", "log.tsv", "log.jsonl", "log.parquet", "log.csv.gz"]
)
def test_rows_in_any_order_and_any_format_give_the_same_bytes(
    form: str, shop: Path, built: Path, tmp_path: Path
) -> None:
    path = tmp_path / form
    frame = pl.read_csv(shop / "events.csv", infer_schema_length=None)
    frame = frame.sample(fraction=1.0, shuffle=True, seed=5)
    match form.partition(".")[2]:
        case "csv":
            frame.write_csv(path)
        case "tsv":
            frame.write_csv(path, separator="\t")
        case "jsonl":
            frame.write_ndjson(path)
        case "parquet":
            frame.write_parquet(path)
        case "csv.gz":
            path.write_bytes(gzip.compress(frame.write_csv().encode()))
    build(path, shop, tmp_path / "run")
    assert digests(tmp_path / "run") == digests(built)


def test_changing_only_the_labelling_redoes_only_the_labels(
    shop: Path, built: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    shutil.copytree(built, run)
    settings = BuildSettings(labels=LabelSettings(held_out=0.5))
    inputs = {role: shop / f"{role}.csv" for role in SHOP_FILES}
    agent = SegmentAgent.build(
        shop / "events.csv",
        run=run,
        settings=settings,
        **inputs,  # type: ignore[arg-type]
    )
    redone = {name for name, s in agent.run.manifest["stages"].items() if not s["reused"]}
    assert redone == {"labels", "map", "index"}
    assert agent.run.version == 2


def test_segments_found_anew_keep_their_ids_when_rows_are_added(
    shop: Path, built: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    shutil.copytree(built, run)
    lines = (shop / "events.csv").read_text().splitlines()
    random.Random(1).shuffle(kept := lines[1:])
    fewer = tmp_path / "events.csv"
    fewer.write_text("\n".join([lines[0], *kept[: int(0.97 * len(kept))]]) + "\n")
    before = SegmentAgent.open(run)
    members = {s.id: {m.user_id for m in before.members(s.id)} for s in before.segments()}
    after = build(fewer, shop, run, relearn=True)
    same = 0
    for segment in after.segments():
        now = {m.user_id for m in after.members(segment.id)}
        then = members.get(segment.id)
        if then is not None:
            same += 1
            assert len(now & then) > 0.3 * len(now | then), segment.id
    assert same >= len(members) / 2


def test_a_reader_keeps_its_version_while_the_next_is_built(
    shop: Path, built: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    shutil.copytree(built, run)
    reader = SegmentAgent.open(run)
    names = [segment.name for segment in reader.segments()]
    made = folkmap("build", shop / "events.csv", *beside(shop), "--run", run, "--seed", "1")
    assert made.status == 0, made.err
    assert reader.run.version == 1
    assert [segment.name for segment in SegmentAgent(reader.run).segments()] == names
    assert SegmentAgent.open(run).run.version == 2


def test_few_users_are_one_segment_and_it_says_so(tmp_path: Path) -> None:
    log = tmp_path / "few.csv"
    rows = [f"u{n % 12},i{n % 7},2024-01-{n % 28 + 1:02d}" for n in range(120)]
    log.write_text("\n".join(["user_id,item_id,timestamp", *rows]) + "\n")
    made = folkmap("build", log, "--run", tmp_path / "run", "--json")
    assert made.status == 0, made.err
    report = json.loads(made.out)
    assert report["segments"] == 1
    assert "too few" in report["reason"]
    (segment,) = json.loads(folkmap("segments", "--run", tmp_path / "run", "--json").out)
    assert (segment["name"], segment["size"]) == ("Everyone", 12)


def test_the_python_api_reads_what_the_command_line_built(built: Path) -> None:
    agent = SegmentAgent.open(built)
    assert "160 users" in repr(agent)
    segment = next(s for s in agent.segments() if s.level == 1)
    assert agent.segment(segment.name.upper()) == segment
    members = agent.members(segment.id)
    assert len(members) == segment.size
    assert [m.weight for m in members] == sorted((m.weight for m in members), reverse=True)
    assert agent.profile(members[0].user_id).memberships[0].segment == segment.id


def test_what_is_made_beside_a_block_is_stopped_when_the_block_is_left_by_an_error() -> None:
    failed, steps = Event(), []

    def make(advance: Advance) -> Artefact:
        failed.wait()
        while True:  # would go on for ever
            advance(len(steps), None)
            steps.append("made")

    def fail() -> None:
        with pipeline.beside(make):
            Timer(0.2, failed.set).start()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert steps == []


def test_an_error_of_what_is_made_beside_a_block_is_the_callers() -> None:
    def make(advance: Advance) -> Artefact:
        del advance
        raise RunError("the disk is full")

    with pipeline.beside(make) as made, pytest.raises(RunError, match="the disk is full"):
        made.result()
