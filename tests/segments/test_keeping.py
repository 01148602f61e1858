"""Placing people again in segments that were found before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from agent.artefacts import Artefact
from agent.recordfile import read_records, write_records
from agent.records import Membership
from agent.runs import Run
from agent.segments.clustering import find_segments
from agent.segments.keeping import STAGES, Kept, Learnt, find_kept, place_again
from agent.segments.memberships import Cores, fit_cores, memberships
from agent.segments.vectors import Vectors, fit_blocks
from agent.settings import ClusterSettings, VectorSettings
from tests.runs import copy_run
from tests.segments.people import people

NOW = Learnt(way="", users=260, events=5_000)
FEWEST = 5


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> tuple[Vectors, Mapping[str, Path]]:
    """A population and the artefacts of its segments."""
    measures, _ = people(260, personas=5, wanderers=0.06, seed=1)
    model, vectors = fit_blocks(measures, None, VectorSettings(), 0)
    found = find_segments(vectors, ClusterSettings(), 0)
    cores = fit_cores(vectors, found, [f"s{k + 1}" for k in range(found.leaves)], 0)
    folders = {stage: tmp_path_factory.mktemp(stage) for stage in STAGES}
    model.save(folders["vectors"])
    vectors.save(folders["vectors"])
    found.save(folders["clusters"])
    cores.save(folders["segments"])
    write_records(
        folders["segments"] / "memberships.jsonl",
        memberships(cores, vectors, found),
        key="user_id",
    )
    return vectors, folders


def placed(vectors: Vectors, folders: Mapping[str, Path]) -> dict[str, int]:
    found = place_again(vectors, Kept.on(folders, NOW), FEWEST)
    assert found is not None
    assert found.kept
    assert found.fitted.all()
    return dict(zip(found.users, found.labels.tolist(), strict=True))


def test_whoever_has_not_changed_keeps_their_label(
    before: tuple[Vectors, Mapping[str, Path]],
) -> None:
    vectors, folders = before
    members = read_records(folders["segments"] / "memberships.jsonl", Membership)
    labels = {m.user_id: -1 if m.label is None else int(m.label[1:]) - 1 for m in members}
    assert -1 in labels.values()  # noise stays noise, whichever core it is next to
    assert placed(vectors, folders) == labels


def test_whoever_comes_near_another_core_is_labelled_by_it(
    before: tuple[Vectors, Mapping[str, Path]],
) -> None:
    vectors, folders = before
    was = placed(vectors, folders)
    mover = next(user for user in vectors.users if was[user] == 0)
    i, cores = vectors.users.index(mover), Cores.load(folders["segments"])
    blocks = {block: values.copy() for block, values in vectors.blocks.items()}
    for block, values in blocks.items():
        values[i] = cores.centres[block][1]
    now = placed(replace(vectors, blocks=blocks), folders)
    assert now[mover] == 1
    assert {u: label for u, label in now.items() if u != mover} == {
        u: label for u, label in was.items() if u != mover
    }


def test_a_newcomer_is_placed_and_who_has_left_is_not_missed(
    before: tuple[Vectors, Mapping[str, Path]],
) -> None:
    vectors, folders = before
    was = placed(vectors, folders)
    fewer = vectors.rows(np.arange(10, len(vectors.users)))
    like = fewer.users[0]
    renamed = replace(fewer, users=["a newcomer", *fewer.users[1:]])
    now = placed(renamed, folders)
    assert now["a newcomer"] in (was[like], -1)
    assert all(now[user] == was[user] for user in fewer.users[1:])


def test_no_segment_is_left_with_too_few(before: tuple[Vectors, Mapping[str, Path]]) -> None:
    vectors, folders = before
    was = placed(vectors, folders)
    out = [u for u in vectors.users if was[u] == 0]
    kept = [i for i, u in enumerate(vectors.users) if u not in out[FEWEST - 1 :]]
    assert place_again(vectors.rows(np.array(kept)), Kept.on(folders, NOW), FEWEST) is None


def test_a_segment_that_could_not_be_kept_is_told() -> None:
    earlier = NOW.model_copy(update={"users": 250})
    folders = {stage: Path(stage) for stage in STAGES}
    kept = Kept(NOW, earlier, "digest", folders, "segments kept")
    assert kept.notes(placed=True) == {
        "learnt": earlier.model_dump(),
        "kept_from": "digest",
        "told": "segments kept",
    }
    anew = kept.notes(placed=False)
    assert anew["learnt"] == NOW.model_dump()
    assert anew["told"] == "segments found anew: one of them was left with too few members"


@pytest.fixture
def run(built: Path, tmp_path: Path) -> Path:
    return copy_run(built, tmp_path / "run")


def decided(
    run: Path, people_now: pl.Series | None = None, *, digest: str = "another", **now: str | int
) -> Kept:
    """What is decided for a log that is the run's, but for what is given."""
    current = Run.open(run)
    stages = current.manifest["stages"]
    learnt = Learnt.model_validate(stages["clusters"]["notes"]["learnt"])
    evidence = run / "versions" / "1" / "evidence"
    if people_now is not None:
        evidence = run.parent / "evidence"
        evidence.mkdir()
        pl.DataFrame({"user_id": people_now}).write_parquet(evidence / "table.parquet")
    made = [Artefact(name, "", evidence, digest, {}, 0.0) for name in ("evidence", "profiles")]
    return find_kept(run, learnt.model_copy(update=now), *made, relearn=False)


def test_a_log_of_the_same_people_and_size_keeps_its_segments(run: Path) -> None:
    kept = decided(run)
    assert set(kept.folders) == set(STAGES)
    assert kept.digest == Run.open(run).manifest["stages"]["segments"]["digest"]
    assert kept.told == (
        "segments of version 1 kept: since they were found, as many events and as many users; "
        "--relearn finds them anew"
    )


@pytest.mark.parametrize(
    ("now", "why"),
    [
        ({"way": "another"}, "options, the writer of profiles or what the log holds are others"),
        ({"events": 10**6}, r"since they were found, .* % more events"),
        ({"users": 1}, r"since they were found, 99 % fewer users"),
    ],
)
def test_another_log_or_another_way_finds_them_anew(
    now: dict[str, str | int], why: str, run: Path
) -> None:
    kept = decided(run, **now)
    assert not kept.folders
    assert kept.hashes() == {}
    assert re.fullmatch(f"segments found anew: {why}", kept.told or "")


def test_other_people_have_other_segments(run: Path) -> None:
    table = run / "versions" / "1" / "evidence" / "table.parquet"
    users = pl.read_parquet(table)["user_id"]
    few = pl.select(pl.when(users.str.ends_with("1")).then("x" + users).otherwise(users))
    assert decided(run, few.to_series()).folders
    run.parent.joinpath("evidence", "table.parquet").unlink()
    run.parent.joinpath("evidence").rmdir()
    assert decided(run, "x" + users).told == "segments found anew: these are other people"


def test_a_damaged_version_is_not_gone_on_with(run: Path) -> None:
    (damaged,) = run.glob("versions/1/vectors/placed.npz")
    damaged.write_bytes(damaged.read_bytes()[:-1])
    assert decided(run).told == "segments found anew: version 1 is damaged"
