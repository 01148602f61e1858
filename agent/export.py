"""An audience as a CSV file that a spreadsheet can open without harm."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from pathlib import Path

from agent.errors import SettingsError

FIELDS = ("user_id", "weight", "headline")

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet run a cell instead of showing it (OWASP)."""


def write_audience(path: Path, rows: Iterable[tuple[str, float, str]]) -> int:
    """Write (user id, weight, headline) rows atomically; returns how many.

    Cells that a spreadsheet would run get a leading apostrophe. Raises SettingsError when the
    file cannot be written; an existing file is then as it was.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    n = 0
    try:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(FIELDS)
            for user, weight, headline in rows:
                writer.writerow([_harmless(user), f"{weight:.4f}", _harmless(headline)])
                n += 1
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise SettingsError(
            f"{path} cannot be written ({error.strerror}); choose another file with --to"
        ) from error
    return n


def _harmless(cell: str) -> str:
    return "'" + cell if cell.startswith(FORMULA_STARTS) else cell
