"""`folkmap evaluate`: how good a run is, against what people would use instead."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.shared import JsonOption, RunOption, print_json
from agent.progress import Terminal


def evaluate(
    run: RunOption,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="One evaluation, or a group of them; may be repeated."),
    ] = None,
    sample: Annotated[
        bool,
        typer.Option("--sample", help="A reading in minutes: 1,000 users, fewer rebuilds."),
    ] = False,
    seeds: Annotated[int | None, typer.Option(min=1, help="Rebuilds with other seeds.")] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Where the report goes: FILE.md, with FILE.json and FILE.html beside it."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure a run on the ends of histories that a rebuild has not seen.

    Profiles, vectors, segments and recommendations are rebuilt from the training part of the log,
    under RUN/evaluation, and judged by what people did next. Every figure comes with an interval
    and with what it has to beat. A stopped evaluation goes on where it stopped.
    """
    from agent.evaluation.bench import SAMPLE, Scale
    from agent.evaluation.report import as_text, write_report
    from agent.evaluation.suite import evaluate_run

    scale = SAMPLE if sample else Scale()
    if seeds is not None:
        scale = scale.model_copy(update={"seeds": seeds})
    with Terminal() as terminal:
        found = evaluate_run(run, scale, terminal, only or ())
    files = write_report(found, report or run / "evaluation" / "report.md")
    if as_json:
        print_json({name: one.model_dump(mode="json") for name, one in found.results.items()})
        return
    print(as_text(found))
    print(f"\nReport: {', '.join(str(file) for file in files)}")
