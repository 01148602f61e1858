"""An audience as a CSV file that a spreadsheet can open without harm."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from agent.errors import SettingsError

FIELDS = ("user_id", "weight", "headline")

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet run a cell instead of showing it (OWASP)."""


def write_audience(path: Path, rows: Iterable[tuple[str, float, str]]) -> int:
    """Write (user id, weight, headline) rows as `write_rows` does; returns how many."""
    return write_rows(path, FIELDS, ((user, f"{weight:.4f}", said) for user, weight, said in rows))


def write_rows(path: Path, fields: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write a CSV file atomically; returns how many rows.

    Cells that a spreadsheet would run get a leading apostrophe (`written_as` takes it off again).
    Raises SettingsError when the file cannot be written; an existing file is then as it was.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    n = 0
    try:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(fields)
            for row in rows:
                writer.writerow([_harmless(cell) for cell in row])
                n += 1
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise SettingsError(
            f"{path} cannot be written ({error.strerror}); choose another file with --to"
        ) from error
    return n


def written_as(cell: str) -> str:
    """The cell that `write_rows` was given, from the one it wrote."""
    return cell[1:] if cell[:1] == "'" and _runs(cell[1:]) else cell


def _harmless(cell: str) -> str:
    return "'" + cell if _runs(cell) else cell


def _runs(cell: str) -> bool:
    """Whether a spreadsheet would run it, once apostrophes before it are taken off."""
    return cell.lstrip("'").startswith(FORMULA_STARTS)
