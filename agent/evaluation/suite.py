"""The whole evaluation of a run: every task, what it found, and the report.

`MODULES` is the list to add to. A module is imported only when one of its tasks is asked for.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.errors import UnknownNameError
from agent.evaluation.bench import Bench, Scale, open_bench
from agent.evaluation.task import Results, Task, kept_task
from agent.progress import Reporter

MODULES = ("segments", "truth", "recommendations", "labels", "profiles", "reasons", "chat")
"""Files of `agent.evaluation` that hold `TASKS`, in the order they are reported."""


@dataclass(frozen=True)
class Evaluation:
    """What was found about one run."""

    run: Path
    split: str
    """Hash of the split the figures were measured on."""
    about: str
    """The log, the split and how much was measured, in words."""
    questions: dict[str, str]
    """Task → what it asks."""
    results: Results
    seconds: dict[str, float]


def tasks(only: Sequence[str] = ()) -> list[Task[Any, Any]]:
    """The tasks of these modules or of these names; all when none is named.

    Raises UnknownNameError for a name that is neither.
    """
    found = [
        (module, task)
        for module in MODULES
        for task in importlib.import_module(f"agent.evaluation.{module}").TASKS
    ]
    known = {*MODULES, *(task.name for _, task in found)}
    for name in only:
        if name not in known:
            raise UnknownNameError(f"no evaluation {name!r}; there are {', '.join(sorted(known))}")
    return [task for module, task in found if not only or {module, task.name} & set(only)]


def evaluate_run(
    path: Path, scale: Scale, reporter: Reporter, only: Sequence[str] = ()
) -> Evaluation:
    """Measure a run; what was measured before with the same inputs is not measured again.

    Raises UnknownNameError for an evaluation there is none of, RunError for the run folder.
    """
    asked = tasks(only)
    results: Results = {}
    seconds: dict[str, float] = {}
    with open_bench(path, scale, reporter) as bench:
        reporter.note(_about(bench))
        for task in asked:
            begun = time.monotonic()
            reporter.note(f"{task.name}: {task.question}")
            results |= kept_task(task, bench)
            seconds[task.name] = round(time.monotonic() - begun, 1)
        return Evaluation(
            run=path,
            split=bench.split.hash,
            about=_about(bench),
            questions={task.name: task.question for task in asked},
            results=results,
            seconds=seconds,
        )


def _about(bench: Bench) -> str:
    split = bench.split
    return (
        f"{len(split.users):,} users with {len(split.items):,} items, {split.kind} is test "
        f"({len(split.judged):,} users can be judged), split {split.hash}; {bench.scale.told}"
    )
