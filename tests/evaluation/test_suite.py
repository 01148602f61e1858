"""The whole evaluation of a small shop: nothing later is learnt from, nothing is measured twice."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from agent.artefacts import folder_digest
from agent.errors import UnknownNameError
from agent.evaluation import suite, task
from agent.evaluation.bench import Bench, Scale, open_bench
from agent.evaluation.measure import Measure, NotMeasured
from agent.evaluation.report import as_markdown, as_page, as_text
from agent.evaluation.suite import Evaluation
from agent.evaluation.summary import summary
from agent.evaluation.task import NotMeasurableError, Task, run_task
from agent.progress import Silent
from tests.runs import folkmap

SMALL = Scale(seeds=1, samples=0)


@pytest.fixture(scope="module")
def copy(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that may be written to."""
    return Path(shutil.copytree(built, tmp_path_factory.mktemp("evaluated") / "shop"))


@pytest.fixture
def bench(copy: Path) -> Iterator[Bench]:
    with open_bench(copy, SMALL, Silent()) as opened:
        yield opened


def test_what_is_to_be_predicted_reaches_no_rebuild(bench: Bench) -> None:
    """Shuffled, doubled or gone: evidence and profiles come out the same, byte for byte."""
    split, events = bench.split, bench.events
    cuts = split.interactions.filter("test").group_by("user_id").agg(cut=pl.col("timestamp").min())
    late = events.join(cuts, on="user_id").filter(pl.col("timestamp") >= pl.col("cut")).drop("cut")
    assert late.height > 1000
    shuffled = late.with_columns(pl.col("item_id").shuffle(seed=1), pl.col("price") * 3)
    early = events.join(late, on="event_id", how="anti")
    usual = bench.build(until="profiles")
    for name, changed in (
        ("gone", early),
        ("shuffled", pl.concat([early, shuffled])),
        ("doubled", pl.concat([early, late, shuffled])),
    ):
        other = bench.rebuild(name, lambda _, c=changed: split.training(c), until="profiles")
        for stage in ("events", "histories", "evidence", "profiles"):
            assert folder_digest(other.folder(stage)) == folder_digest(usual.folder(stage)), stage


def test_newcomers_and_those_left_out_of_a_subsample_are_in_no_row(bench: Bench) -> None:
    events = bench.events
    assert 10 < len(bench.strangers) < len(bench.split.users) / 2
    kept = bench.split.training(events.filter(~pl.col("user_id").is_in(bench.strangers)))
    assert not set(kept["user_id"]) & set(bench.strangers)


def test_a_task_is_data_solvers_and_a_scorer(bench: Bench) -> None:
    def unknown(_: Bench) -> np.ndarray:
        raise NotMeasurableError("nobody knows")

    doubling = Task(
        name="doubling",
        question="Who doubles?",
        data=lambda _: np.arange(10.0),
        solvers=lambda _, data: {"ours": lambda: 2 * data, "same": lambda: data},
        scorer=lambda data, answer: {"right": (answer == 2 * data).astype(np.float64)},
    )
    found = run_task(doubling, bench)["doubling.right"]
    assert isinstance(found, Measure)
    assert (found.value, found.n, found.baselines) == (1.0, 10, {"same": 0.1})
    silent = Task("silent", "?", unknown, doubling.solvers, doubling.scorer)
    assert run_task(silent, bench) == {"silent": NotMeasured(not_measured="nobody knows")}


def test_a_task_is_measured_anew_when_code_that_it_rests_on_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task, "AGENT", tmp_path)
    for folder in ("evaluation", "chat", "ui"):
        (tmp_path / folder).mkdir()
    (chat,) = suite.tasks(["chat"])
    seen = {task.code_hash(chat)}
    (tmp_path / "ui" / "page.py").write_text("1")
    assert task.code_hash(chat) in seen
    for file in ("evaluation/judging.py", "evaluation/questions.jsonl", "chat/router.py"):
        (tmp_path / file).write_text("1")
        assert task.code_hash(chat) not in seen
        seen.add(task.code_hash(chat))


def test_a_misspelt_evaluation_is_named_with_what_there_is() -> None:
    with pytest.raises(UnknownNameError, match="no evaluation 'recomendations'; there are"):
        suite.tasks(["recomendations"])
    assert {one.name for one in suite.tasks(["labels"])} == {"labels"}


def test_reports_say_the_same_and_fetch_nothing() -> None:
    results = {
        "doubling.right_twice": Measure(
            value=0.5, low=0.4, high=0.6, n=10, baselines={"<same>": 0.25}, about="a & b"
        ),
        "silent": NotMeasured(not_measured="nobody knows"),
    }
    questions = {"doubling": "Who doubles?", "silent": "Who knows?"}
    seconds = dict.fromkeys(questions, 1.0)
    how = "`folkmap evaluate --run shop` on 2 cores"
    found = Evaluation(Path("runs/shop"), "abc", "10 users", questions, results, seconds, how)
    page = as_page(found)
    assert "<svg" in page
    assert "&lt;same&gt;" in page
    assert not re.search(r"(?:src|href)=\"(?!#)|@import|url\((?!#)|<script", page)
    assert as_page(found) == page
    assert f"Measured by {how}." in as_markdown(found)
    for text in (as_text(found), as_markdown(found), page):
        assert ".500 (.400 to .600)" in text
        assert "right twice" in text
        assert "nobody knows" in text


def test_a_claim_that_cannot_be_measured_is_not_passed_over() -> None:
    good = Measure(value=0.9, low=0.8, high=1.0, n=9, baselines={"ease": 0.0})
    results = {
        "stability": NotMeasured(not_measured="everybody is in one segment"),
        "labels.median recall": good,
        "recommendations.ndcg@10": good,
    }
    told = {what: (figure, held) for what, figure, _, held in summary(results)}
    assert told == {
        "adjusted Rand index between seeds": ("not measured", ""),
        "the same between 80 % subsamples": ("not measured", ""),
        "the same after 5 % new events": ("not measured", ""),
        "recommendations against EASE": ("not measured", ""),  # nothing is a multiple of 0
        "recall of the median rule": ("0.90 (0.80 to 1.00)", "yes"),
    }


@pytest.mark.slow
def test_a_shop_is_evaluated_whole(copy: Path) -> None:
    """Every measure has a figure or a reason; a second time takes what was measured."""
    asked = ("evaluate", "--run", copy, "--sample", "--seeds", "2", "--json")
    first = folkmap(*asked)
    assert first.status == 0, first.err
    told = json.loads(first.out)
    for name, one in told.items():
        assert "not_measured" in one or one["low"] <= one["value"] <= one["high"], name
    assert (
        told["recommendations.ndcg@10"]["value"]
        > (told["recommendations.ndcg@10"]["baselines"]["popularity"])
    )
    again = folkmap(*asked)
    assert json.loads(again.out) == told
    assert "Rebuilding" not in again.err
    assert (copy / "evaluation" / "report.html").is_file()
