"""One small demo shop and one run of it, made once and read by many tests."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from agent.cli import main

SHOP_FILES = ("items", "attributes", "ties")


@dataclass(frozen=True)
class Outcome:
    status: int
    out: str
    err: str


def folkmap(*arguments: str | Path) -> Outcome:
    """Run the command line in this process, as the `folkmap` script does."""
    with _captured("folkmap", *map(str, arguments)) as (out, err):
        try:
            main()
            status = 0
        except SystemExit as stop:
            status = stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
    return Outcome(status, out.getvalue(), err.getvalue())


def beside(shop: Path) -> list[str | Path]:
    """The options that name the shop's other files."""
    return [part for role in SHOP_FILES for part in (f"--{role}", shop / f"{role}.csv")]


def copy_run(run: Path, to: Path) -> Path:
    """A copy in which a stage's stored files and a version's are one, as in the run itself."""
    inodes: dict[int, Path] = {}
    for path in sorted(run.rglob("*")):
        target = to / path.relative_to(run)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        elif (same := inodes.get(path.stat().st_ino)) is not None:
            os.link(same, target)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            inodes[path.stat().st_ino] = target
    return to


@contextmanager
def _captured(*argv: str) -> Iterator[tuple[StringIO, StringIO]]:
    out, err = StringIO(), StringIO()
    with (
        patch.object(sys, "argv", list(argv)),
        patch.object(sys, "stdout", out),
        patch.object(sys, "stderr", err),
    ):
        yield out, err
