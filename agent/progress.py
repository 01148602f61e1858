"""Progress on stderr: a live bar on a terminal, a line a stage elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class Reporter(Protocol):
    """What a build tells while it runs."""

    def start(self, stage: str) -> None: ...

    def advance(self, done: int, total: int | None) -> None: ...

    def finish(self, stage: str, seconds: float, *, reused: bool) -> None: ...


class Silent:
    """Tells nothing; the default from Python."""

    def start(self, stage: str) -> None:
        del stage

    def advance(self, done: int, total: int | None) -> None:
        del done, total

    def finish(self, stage: str, seconds: float, *, reused: bool) -> None:
        del stage, seconds, reused


class Terminal:
    """Bars with an estimate on a terminal; one line a finished stage where stderr is a file."""

    def __init__(self) -> None:
        self.console = Console(stderr=True, highlight=False)
        self.progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<10}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        self.task: TaskID | None = None

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.progress.stop()

    def start(self, stage: str) -> None:
        self.task = self.progress.add_task(stage, total=None)

    def advance(self, done: int, total: int | None) -> None:
        if self.task is not None:
            self.progress.update(self.task, completed=done, total=total)

    def finish(self, stage: str, seconds: float, *, reused: bool) -> None:
        if self.task is not None:
            self.progress.remove_task(self.task)
            self.task = None
        told = "as before" if reused else f"{seconds:6.1f} s"
        self.console.print(f"{stage:<10} {told}")
