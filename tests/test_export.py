import csv
from pathlib import Path

import pytest

from agent.errors import SettingsError
from agent.export import write_audience


def test_cells_a_spreadsheet_would_run_are_disarmed(tmp_path: Path) -> None:
    path = tmp_path / "audience.csv"
    hostile = ['=HYPERLINK("http://x","y")', "+1", "-2+3", "@SUM(A1)", "\t=1", 'plain, "quoted"']
    assert write_audience(path, [(cell, 0.5, cell) for cell in hostile]) == len(hostile)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row, cell in zip(rows, hostile, strict=True):
        expected = cell if cell.startswith("plain") else "'" + cell
        assert (row["user_id"], row["weight"], row["headline"]) == (expected, "0.5000", expected)


def test_a_file_that_cannot_be_written_is_one_line_and_leaves_the_old_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be written"):
        write_audience(tmp_path / "missing" / "audience.csv", [("u", 1.0, "h")])
    path = tmp_path / "audience.csv"
    path.write_text("before")

    def breaks_off() -> object:
        yield ("u", 1.0, "h")
        raise OSError(28, "No space left on device")

    with pytest.raises(SettingsError, match="No space left"):
        write_audience(path, breaks_off())  # type: ignore[arg-type]
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
