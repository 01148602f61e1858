"""Records split by Polars are those of Python's csv module, whatever the lines."""

from __future__ import annotations

import csv
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.behaviour.delimited import WRONG_CELLS
from agent.behaviour.formats import open_table
from agent.behaviour.readers import open_source
from agent.errors import InputError

PIECES = [
    *("", "a", " b", "é ", "\x1f", ",", ",x,y\n", ";", "\t", "\n", "\r\n", "\u2028"),
    *('""', '"', '"q,"', '"w\nx"'),
]
HEADER = "user,item,line\n"
END = "the end"

Rows = list[tuple[int, list[str]]]
Faults = list[tuple[int, str]]


def by_csv(path: Path) -> tuple[Rows, Faults, int]:
    """Whole rows below the header by the line they begin on, broken ones, and where a quote that
    is never closed was opened, 0 if there is none.
    """
    whole: Rows = []
    broken: Faults = []
    line = 1
    with path.open(encoding="utf-8", newline=None) as file:
        reader = csv.reader(chain(file, [END]), skipinitialspace=True)
        for row in reader:
            if row and row != [END] and row[-1].endswith(END):
                return whole[1:], broken, line
            if row != [END] and (len(row) > 1 or (row and row[0].strip())):
                if len(row) == 3:
                    whole.append((line, row))
                else:
                    broken.append((line, WRONG_CELLS))
            line = reader.line_num + 1
    return whole[1:], broken, 0


def read(path: Path, size: int) -> tuple[Rows, Faults, list[int]]:
    """The same as we read it, and the place of each whole row among all."""
    rows: Rows = []
    faults: Faults = []
    places: list[int] = []
    table = open_table(open_source(path))
    for batch in table.batches(table.columns, size):
        rows += zip(batch.lines.to_list(), map(list, batch.cells.iter_rows()), strict=True)
        faults += batch.bad
        places += batch.rows.to_list()
    return rows, faults, places


@given(pieces=st.lists(st.sampled_from(PIECES), max_size=60), size=st.integers(1, 5))
def test_rows_lines_and_faults_are_those_of_the_csv_module(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str], size: int
) -> None:
    path = tmp_path_factory.mktemp("log") / "log.csv"
    text = HEADER + "".join(pieces) + "\n"
    path.write_text(text, encoding="utf-8", newline="")
    whole, broken, left_open = by_csv(path)
    if left_open:
        with pytest.raises(InputError, match=f"line {left_open}:"):
            read(path, size)
        return
    rows, faults, places = read(path, size)
    assert (rows, faults) == (whole, broken)
    numbered = sorted(line for line, _ in [*whole, *broken])
    assert places == [numbered.index(line) for line, _ in whole]
