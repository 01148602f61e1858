"""What becomes of segments when a log is built again: they are kept while it is much the same."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from sklearn.metrics import adjusted_rand_score

from agent.recordfile import read_records
from agent.records import Membership
from agent.runs import Run
from agent.segments.memberships import Cores
from agent.segments.vectors import Vectors
from tests.runs import beside, copy_run, folkmap


@pytest.fixture
def run(built: Path, tmp_path: Path) -> Path:
    return copy_run(built, tmp_path / "run")


def part_of(shop: Path, share: float, to: Path) -> Path:
    """A log of some of the shop's rows, drawn by lot."""
    head, *rows = (shop / "events.csv").read_text().splitlines()
    random.Random(1).shuffle(rows)
    to.write_text("\n".join([head, *rows[: round(share * len(rows))]]) + "\n")
    return to


def build(log: Path, shop: Path, run: Path, *more: str) -> dict[str, Any]:
    made = folkmap("build", log, *beside(shop), "--run", run, "--json", *more)
    assert made.status == 0, made.err
    report: dict[str, Any] = json.loads(made.out)
    return report


def members(run: Run) -> dict[str, Membership]:
    path = run.folder("segments") / "memberships.jsonl"
    return {member.user_id: member for member in read_records(path, Membership)}


def test_segments_are_kept_when_a_few_rows_change(shop: Path, run: Path, tmp_path: Path) -> None:
    before = Run.open(run)
    log = part_of(shop, 0.96, tmp_path / "events.csv")
    report = build(log, shop, run)
    assert report["version"] == 2
    assert report["continuity"].startswith(
        "segments of version 1 kept: since they were found, 4 % "
    )

    after = Run.open(run)
    for name in ("cores.npz", "cores.json", "ids.json"):
        there = (after.folder("segments") / name).read_bytes()
        assert there == (before.folder("segments") / name).read_bytes()
    now, then = members(after), members(before)
    both = sorted(now.keys() & then.keys())
    labels = [[str(side[user].label) for user in both] for side in (then, now)]
    assert adjusted_rand_score(*labels) > 0.9

    # Who moved has come nearer to another core; the others keep even what was chance.
    for user in both:
        if now[user].weights[0].segment == then[user].weights[0].segment:
            assert now[user].label == then[user].label, user

    # Weights are those of the cores that were kept.
    cores = Cores.load(after.folder("segments"))
    alpha = cores.alpha(Vectors.load(after.folder("vectors")))
    first = [cores.segments[k] for k in alpha.argmax(axis=1)]
    assert [member.weights[0].segment for member in now.values()] == first

    again = build(log, shop, run)
    assert (again["version"], again["new"]) == (2, False)
    assert again["continuity"] == report["continuity"]

    # The rows that were missing are back: still the segments of the first version.
    back = build(shop / "events.csv", shop, run)
    assert (back["version"], back["continuity"].partition(":")[0]) == (
        3,
        "segments of version 2 kept",
    )


def test_segments_are_found_anew_when_asked(shop: Path, run: Path, tmp_path: Path) -> None:
    log = part_of(shop, 0.96, tmp_path / "events.csv")
    kept = build(log, shop, run)
    assert "kept" in kept["continuity"]
    report = build(log, shop, run, "--relearn")
    assert report["continuity"] == "segments found anew: as --relearn asks"
    assert report["version"] == 3
    # They are now what stands for this log, asked for or not.
    for option in ([], ["--relearn"]):
        again = build(log, shop, run, *option)
        assert (again["version"], again["new"]) == (3, False)


def test_segments_are_found_anew_in_another_way(shop: Path, run: Path) -> None:
    report = build(shop / "events.csv", shop, run, "--by", "interest")
    why = "options, the writer of profiles or what the log holds are others"
    assert report["continuity"] == f"segments found anew: {why}"


def test_a_first_build_says_nothing_of_it(built: Path) -> None:
    assert Run.open(built).manifest["build"]["continuity"] is None
