"""Real `folkmap build` processes, stopped where a test says, and runs compared byte by byte."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from agent.builder import REQUEST
from agent.runs import Run
from retrieval.store import Store
from tests.runs import beside

ROOT = Path(__file__).parents[1]


def start(*arguments: str | Path, **options: Any) -> subprocess.Popen[str]:
    """`folkmap …` in a process of its own, its output in pipes."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "agent.launch", *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def start_build(shop: Path, run: Path, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    return start("build", shop / "events.csv", *beside(shop), "--run", run, *arguments, **options)


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit status, stdout and stderr."""
    out, err = process.communicate()
    return process.returncode, out, err


def kill_after(process: subprocess.Popen[str], run: Path, seconds: float) -> str | None:
    """SIGKILL that long after the build has begun; the stage it was in, None if it was done.

    A build has begun when it has written down what it was asked.
    """
    while not (run / REQUEST).exists():
        if process.poll() is not None:
            raise AssertionError(f"the build never began: {finish(process)}")
        time.sleep(0.005)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    _, _, err = finish(process)
    if process.returncode == 0:
        return None
    at_work = [path.name.split("-")[1] for path in (run / "store").glob(".tmp-*")]
    return at_work[0] if at_work else f"after {len(err.splitlines())} lines of progress"


def stage_files(run: Path) -> dict[str, bytes]:
    """Every file of every stage of the current version, but for those of mutable stages."""
    opened = Run.open(run)
    found = {}
    for stage, about in opened.manifest["stages"].items():
        if not about["mutable"]:
            folder = opened.folder(stage)
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    found[f"{stage}/{path.relative_to(folder).as_posix()}"] = path.read_bytes()
    return found


def index_answers(run: Path, work: Path) -> Mapping[str, Any]:
    """What the index holds and answers: ids, texts and metadata, nearest first to four vectors."""
    copy = work / "index"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(Run.open(run).folder("index"), copy)  # opening an index writes to it
    text = np.load(Run.open(run).folder("vectors") / "text.npy", allow_pickle=False)
    answers: dict[str, Any] = {}
    with Store(copy) as store:
        for name in store.names():
            rows = store.collection(name)
            answers[name] = [
                sorted(
                    (-round(hit.similarity, 4), hit.id, hit.text, sorted(hit.metadata.items()))
                    for hit in rows.query(vector, len(rows))
                )
                for vector in text[:4]
            ]
    return answers
