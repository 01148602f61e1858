"""An evaluation: data, solvers, a scorer. `run_task` puts them together.

    data(bench)           what is asked about, or NotMeasurableError with the reason there is none
    solvers(bench, data)  name → a function that answers; ours first, then what it has to beat
    scorer(data, answer)  metric → scores, one a unit (a user, a segment, a pair of runs)

A module of evaluations holds `TASKS`; `agent.evaluation.suite` lists the modules. To add one, such
as `chat` or `reasons`: write `agent/evaluation/<name>.py` with its `TASKS`, and name it there. To
add a writer of profiles or an encoder of texts: give `profiles` another solver.

Scores of the same metric must be of the same units in the same order; NaN is "unscored". A solver
may leave a metric out that makes no sense for it. Results are kept beside the rebuilds they come
from, so that what was measured once is not measured again until the log, the settings, a stage, the
code of the evaluations, or that of a package the task `rests_on` changes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from agent.artefacts import file_hash
from agent.errors import FolkmapError
from agent.evaluation.bench import Bench
from agent.evaluation.measure import Drawn, Measure, NotMeasured, measure
from agent.pipeline import STAGE_VERSIONS
from agent.recordfile import read_json, write_json

AGENT = Path(__file__).parents[1]

D = TypeVar("D")
A = TypeVar("A")

Scores = npt.NDArray[np.float64] | Drawn
"""(units,), or (units, replicates) to be averaged; or a figure of all units at once."""

Results = dict[str, Measure | NotMeasured]


class NotMeasurableError(FolkmapError):
    """This log cannot answer this question; the message says why."""


@dataclass(frozen=True)
class Task(Generic[D, A]):
    """One question about a run."""

    name: str
    question: str
    data: Callable[[Bench], D]
    solvers: Callable[[Bench, D], Mapping[str, Callable[[], A]]]
    scorer: Callable[[D, A], Mapping[str, Scores]]
    about: Mapping[str, str] = field(default_factory=dict)
    """Metric → what it is, in words; `{}` what has no words is told by its name."""
    lower: frozenset[str] = frozenset()
    """Metrics of which less is better."""
    neither: frozenset[str] = frozenset()
    """Metrics that only describe."""
    unit: str = "users"
    rests_on: tuple[str, ...] = ()
    """Folders of `agent` whose code is asked itself, and not only what its stages have written."""


def run_task(task: Task[Any, Any], bench: Bench) -> Results:
    """The measures of one task, by `<task>.<metric>`."""
    try:
        data = task.data(bench)
    except NotMeasurableError as why:
        return {task.name: NotMeasured(not_measured=str(why))}
    scores: dict[str, dict[str, Scores]] = {}
    for name, solve in task.solvers(bench, data).items():
        begun = time.monotonic()
        for metric, found in task.scorer(data, solve()).items():
            scores.setdefault(metric, {})[name] = found
        bench.reporter.note(f"  {task.name}: {name}, {time.monotonic() - begun:.1f} s")
    results: Results = {}
    for metric, by_solver in scores.items():
        (_, ours), *others = by_solver.items()
        results[f"{task.name}.{metric}"] = measure(
            ours,
            dict(others),
            about=task.about.get(metric, ""),
            unit=task.unit,
            higher=None if metric in task.neither else metric not in task.lower,
        )
    return results


def kept_task(task: Task[Any, Any], bench: Bench) -> Results:
    """`run_task`, or what it found when everything that decides it was the same."""
    decided = {
        "task": task.name,
        "scale": bench.scale.model_dump(mode="json"),
        "settings": bench.settings.model_dump(mode="json"),
        "stages": STAGE_VERSIONS,
    }

    def make(folder: Any) -> None:
        found = run_task(task, bench)
        write_json(
            folder / "results.json", {k: v.model_dump(mode="json") for k, v in found.items()}
        )

    artefact = bench.builder.stage(
        "measured",
        make,
        version=1,
        settings=decided,
        hashes={"log": bench.log, "split": bench.split.hash, "code": code_hash(task)},
    )
    told = read_json(artefact.path / "results.json")
    return {
        name: NotMeasured.model_validate(one)
        if isinstance(one, dict) and "not_measured" in one
        else Measure.model_validate(one)
        for name, one in told.items()
    }


def code_hash(task: Task[Any, Any]) -> str:
    """Hash of all the code, and the questions, that decide what a task finds."""
    digest = blake2b(digest_size=16)
    for folder in ("evaluation", *task.rests_on):
        for file in sorted((AGENT / folder).rglob("*")):
            if file.suffix in (".py", ".jsonl"):
                digest.update(f"{file.relative_to(AGENT)}\0{file_hash(file)}\0".encode())
    return digest.hexdigest()
