"""What becomes of segments when a log is built again: they are kept while it is much the same."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
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

    again = build(log, shop, run)
    assert (again["version"], again["new"]) == (2, False)
    assert again["continuity"] == report["continuity"]

    # The rows that were missing are back: still the segments of the first version.
    back = build(shop / "events.csv", shop, run)
    assert (back["version"], back["continuity"].partition(":")[0]) == (
        3,
        "segments of version 2 kept",
    )


def test_members_are_where_the_kept_cores_put_them(shop: Path, run: Path, tmp_path: Path) -> None:
    build(part_of(shop, 0.96, tmp_path / "events.csv"), shop, run)
    after = Run.open(run)
    cores = Cores.load(after.folder("segments"))
    alpha = cores.alpha(Vectors.load(after.folder("vectors")))
    first = [cores.segments[k] for k in alpha.argmax(axis=1)]
    assert [m.weights[0].segment for m in members(after).values()] == first
    labelled = [m for m in members(after).values() if m.label is not None]
    assert np.mean([m.label == m.weights[0].segment for m in labelled]) > 0.8


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


@pytest.mark.parametrize(
    ("share", "options", "why"),
    [
        (0.7, [], "since they were found, 30 % fewer events"),
        (0.96, ["--seed", "1"], "options, the writer of profiles or what the log holds are others"),
        (0.96, ["--by", "interest"], "options, the writer of profiles or what the log holds"),
    ],
)
def test_segments_are_found_anew_in_another_log_or_another_way(
    share: float, options: list[str], why: str, shop: Path, run: Path, tmp_path: Path
) -> None:
    report = build(part_of(shop, share, tmp_path / "events.csv"), shop, run, *options)
    assert report["continuity"].startswith(f"segments found anew: {why}")


def test_segments_are_found_anew_of_other_people(shop: Path, run: Path, tmp_path: Path) -> None:
    text = (shop / "events.csv").read_text()
    head, *rows = text.splitlines()
    users = sorted({row.split(",")[head.split(",").index("user_id")] for row in rows})
    renamed = {user: f"other-{user}" for user in users[::3]}
    at = head.split(",").index("user_id")
    changed = []
    for row in rows:
        cells = row.split(",")
        cells[at] = renamed.get(cells[at], cells[at])
        changed.append(",".join(cells))
    log = tmp_path / "events.csv"
    log.write_text("\n".join([head, *changed]) + "\n")
    report = build(log, shop, run)
    assert report["continuity"] == "segments found anew: these are other people"


def test_segments_are_found_anew_after_damage(shop: Path, run: Path, tmp_path: Path) -> None:
    (damaged,) = run.glob("versions/1/vectors/placed.npz")
    damaged.write_bytes(damaged.read_bytes()[:-1])
    report = build(part_of(shop, 0.96, tmp_path / "events.csv"), shop, run)
    assert report["continuity"] == "segments found anew: version 1 is damaged"


def test_a_first_build_says_nothing_of_it(built: Path) -> None:
    assert Run.open(built).manifest["build"]["continuity"] is None
