"""Worker processes give what one process gives, in order; their failures are told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.behaviour.evidence import Surroundings, evidence_lines, freeze_population, lay_out
from agent.cores import WORTH, cores_for, over_cores
from agent.errors import RunError, SettingsError
from agent.profiles import shards
from agent.profiles.lexicon import Lexicon
from agent.recordfile import read_shards
from agent.runs import Run
from agent.settings import EvidenceSettings

ROOT = Path(__file__).parents[1]


def halved(by: int, shard: int) -> float:
    """A job: slow ones first, so that the order is not the order of getting done."""
    time.sleep(0.2 if shard == 0 else 0.0)
    print("nobody takes this for an answer")
    if shard == -1:
        raise SettingsError("not this one")
    if shard == -2:
        os.kill(os.getpid(), signal.SIGKILL)
    return shard / by


def test_results_come_in_order() -> None:
    found = over_cores(halved, 2, range(20), workers=2)
    assert list(found) == [n / 2 for n in range(20)]


def test_what_a_job_raises_is_raised() -> None:
    with pytest.raises(SettingsError, match="not this one"):
        list(over_cores(halved, 2, [1, -1], workers=2))


def test_a_worker_that_dies_is_one_line() -> None:
    with pytest.raises(RunError, match=r"a worker process ended with status -9"):
        list(over_cores(halved, 2, [1, -2], workers=2))


def test_few_users_are_not_worth_a_worker() -> None:
    assert cores_for(WORTH - 1) == 1
    assert cores_for(WORTH) >= 1


def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    code = (
        "import os, signal; from agent.cores import _Worker; from tests.test_cores import halved\n"
        "worker = _Worker(halved, 2); worker.ask(4)\n"
        "print(worker._process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    died = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    worker = int(died.stdout)
    for _ in range(200):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("the worker goes on without anybody to work for")


def test_evidence_and_profiles_have_the_same_bytes_from_workers(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import polars as pl

    from agent.behaviour import evidence
    from agent.behaviour.measures import load_measures

    run = Run.open(built)
    monkeypatch.setattr(evidence, "SHARD_USERS", 30)
    measures = load_measures(run.folder("evidence"))
    rows = pl.read_parquet(run.folder("histories") / "histories.parquet")
    around = Surroundings.of(measures, freeze_population(rows, measures), EvidenceSettings())
    found = over_cores(evidence_lines, around, lay_out(rows, measures), workers=2)
    facts = run.folder("evidence") / "facts.jsonl"
    assert b"".join(line for shard in found for _, line in shard) == facts.read_bytes()

    beside = shards.Surroundings(measures.vocabulary, Lexicon.of(measures), 0)
    written = list(over_cores(shards.profile_lines, beside, read_shards(facts, 30), workers=2))
    lines = b"".join(line for shard in written for _, line in shard.lines)
    assert lines == (run.folder("profiles") / "profiles.jsonl").read_bytes()
    counted = run.manifest["stages"]["profiles"]["notes"]["verification"]["sentences"]
    assert sum(shard.tally.sentences for shard in written) == counted
