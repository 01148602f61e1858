"""Progress on stderr: a live bar on a terminal, a line a stage elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class Reporter(Protocol):
    """What a build tells while it runs."""

    def start(self, stage: str) -> None: ...

    def advance(self, done: int, total: int | None) -> None: ...

    def finish(self, stage: str, seconds: float, *, reused: bool) -> None: ...

    def note(self, text: str) -> None:
        """A line to be read, such as that a server takes minutes to start."""

    def agree(self, text: str) -> bool:
        """A line somebody may want to object to; whether to go on. True when nobody is there."""


class Silent:
    """Tells nothing; the default from Python."""

    def start(self, stage: str) -> None:
        del stage

    def advance(self, done: int, total: int | None) -> None:
        del done, total

    def finish(self, stage: str, seconds: float, *, reused: bool) -> None:
        del stage, seconds, reused

    def note(self, text: str) -> None:
        del text

    def agree(self, text: str) -> bool:
        del text
        return True


class Rate(ProgressColumn):
    """How many a second, or a minute when that reads better."""

    def render(self, task: Task) -> Text:
        """Empty until it is known."""
        speed = task.finished_speed or task.speed
        if not speed:
            return Text("")
        return Text(f"{speed:,.0f}/s" if speed >= 10 else f"{speed * 60:,.0f}/min")


class Terminal:
    """Bars with rate and estimate on a terminal; a line a finished stage where stderr is a file.

    `yes` answers every question beforehand; where nobody can answer, none is asked.
    """

    def __init__(self, *, yes: bool = False) -> None:
        self.yes = yes
        self.console = Console(stderr=True, highlight=False)
        self.progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<10}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            Rate(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        self.tasks: dict[str, TaskID] = {}

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
        self.tasks[stage] = self.progress.add_task(stage, total=None)

    def advance(self, done: int, total: int | None) -> None:
        if self.tasks:
            self.progress.update([*self.tasks.values()][-1], completed=done, total=total)

    def finish(self, stage: str, seconds: float, *, reused: bool) -> None:
        if stage in self.tasks:  # one that goes on beside another has no bar
            self.progress.remove_task(self.tasks.pop(stage))
        told = "as before" if reused else f"{seconds:6.1f} s"
        self.console.print(f"{stage:<10} {told}")

    def note(self, text: str) -> None:
        self.console.print(text, markup=False, soft_wrap=True)

    def agree(self, text: str) -> bool:
        self.note(text)
        if self.yes or not (self.console.is_terminal and sys.stdin.isatty()):
            return True
        self.progress.stop()
        try:
            said = self.console.input("Go on? (y/N) ")
        except EOFError:
            said = ""
        finally:
            self.progress.start()
        return said.strip().lower() in ("y", "yes")
