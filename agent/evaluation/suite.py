"""The whole evaluation of a run: every task, what it found, and the report.

`MODULES` is the list to add to. A module is imported only when one of its tasks is asked for.
"""

from __future__ import annotations

import importlib
import os
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any

from agent.errors import UnknownNameError
from agent.evaluation.bench import SAMPLE, Bench, Scale, open_bench
from agent.evaluation.task import Results, Task, kept_task
from agent.progress import Reporter

CPU = Path("/proc/cpuinfo")
"""Where Linux tells of its processor; elsewhere the report names none."""

MODULES = (
    "segments",
    "truth",
    "recommendations",
    "labels",
    "picking",
    "profiles",
    "reasons",
    "chat",
)
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
    how: str = ""
    """The command and the machine, in words."""


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
            how=_how(path, scale, only),
        )


def _how(path: Path, scale: Scale, only: Sequence[str]) -> str:
    """The command that finds the same figures, and the machine that found these."""
    asked = [
        "folkmap evaluate",
        f"--run {quote(path.name)}",
        *(f"--only {quote(name)}" for name in only),
    ]
    if scale == SAMPLE:
        asked.append("--sample")
    elif scale.seeds != Scale().seeds:
        asked.append(f"--seeds {scale.seeds}")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    story = CPU.read_text("utf-8") if CPU.is_file() else ""
    model = re.search(r"^model name\s*:\s*(.+)$", story, re.MULTILINE)
    named = f" of {model[1].strip()}" if model else ""
    # Text vectors differ in their last digits by it, and where groups overlap segments may too.
    half = "with" if re.search(r"\b(?:avx512|amx)_bf16\b", story) else "without"
    told = f"{cores} {'core' if cores == 1 else 'cores'}{named}, {half} bfloat16"
    return f"`{' '.join(asked)}` on {told}"


def _about(bench: Bench) -> str:
    split = bench.split
    return (
        f"{len(split.users):,} users with {len(split.items):,} items, {split.kind} is test "
        f"({len(split.judged):,} users can be judged), split {split.hash}; {bench.scale.told}"
    )
