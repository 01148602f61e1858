"""`folkmap experiment` from end to end on a built run."""

import json
from pathlib import Path

from tests.runs import folkmap


def test_assigned_users_can_be_read_back(built: Path, tmp_path: Path) -> None:
    arms, outcomes = tmp_path / "arms.csv", tmp_path / "outcomes.csv"
    options = ["--run", built, "--min-group", "2"]
    made = folkmap("experiment", "assign", *options, "--name", "spring", "--to", arms, "--json")
    assert made.status == 0, made.err
    told = json.loads(made.out)
    rows = [line.split(",") for line in arms.read_text().splitlines()[1:]]
    assert told["users"] == len(rows) == 160
    assert sum(one["users"] for one in told["arms"]) == 160
    outcomes.write_text(
        "user,spend\n" + "".join(f"{user},{n}\n" for n, (user, *_) in enumerate(rows))
    )
    read = folkmap("experiment", "read", arms, outcomes, *options, "--json")
    assert read.status == 0, read.err
    report = json.loads(read.out)
    assert report["users"] == 160
    assert {one["segment"] for one in report["comparisons"][0]["segments"]} == {r[1] for r in rows}
    assert folkmap("experiment", "read", arms, outcomes, *options).out.startswith("160 users")


def test_sizes_of_a_run_name_its_segments(built: Path) -> None:
    command = ["experiment", "size", "--baseline", "0.1", "--run", built]
    told = json.loads(folkmap(*command, "--json").out)
    assert told["users"] == sum(one["users"] for one in told["segments"]) == 160
    assert folkmap(*command).status == 0
    assert folkmap("experiment", "size", "--baseline", "0.1").status == 2
    assert folkmap("experiment", "size", "--users", "9").status == 2


def test_what_cannot_be_is_one_line(built: Path, tmp_path: Path) -> None:
    to = ["--run", built, "--name", "x", "--to", tmp_path / "a.csv"]
    few = folkmap("experiment", "assign", *to, "--min-group", "60")
    assert few.status == 1
    assert few.err.startswith("folkmap: ")
    assert "too small for these arms" in few.err
    assert not (tmp_path / "a.csv").exists()
