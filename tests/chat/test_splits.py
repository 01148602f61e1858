"""What can be worked out from told counts is never about a few: tried by linear algebra."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agent.chat.splits import Table, suppress

LEAST = 5

tables = st.integers(2, 3).flatmap(
    lambda rows: st.integers(2, 4).flatmap(
        lambda columns: st.lists(
            st.lists(st.integers(0, 14), min_size=columns, max_size=columns),
            min_size=rows,
            max_size=rows,
        )
    )
)


def margins_large(counts: np.ndarray) -> bool:
    """Splits never have a part that is too small."""
    return bool((counts.sum(axis=0) >= LEAST).all() and (counts.sum(axis=1) >= LEAST).all())


def known(counts: np.ndarray, opened: np.ndarray) -> np.ndarray:
    """What a reader knows, as equations over the cells: open cells, rows and columns."""
    rows, columns = counts.shape
    equations = []
    for r in range(rows):
        for c in range(columns):
            if opened[r, c]:
                cell = np.zeros((rows, columns))
                cell[r, c] = 1
                equations.append(cell.ravel())
    for r in range(rows):
        row = np.zeros((rows, columns))
        row[r] = 1
        equations.append(row.ravel())
    for c in range(columns):
        column = np.zeros((rows, columns))
        column[:, c] = 1
        equations.append(column.ravel())
    return np.array(equations)


@given(tables)
def test_no_group_of_a_few_can_be_worked_out_from_a_table(cells: list[list[int]]) -> None:
    counts = np.array(cells)
    if not margins_large(counts):
        return
    opened = suppress(counts, LEAST)
    equations = known(counts, opened)
    projection = np.linalg.pinv(equations) @ equations
    closed = np.flatnonzero(~opened.ravel())
    for size in range(1, len(closed) + 1):
        for group in combinations(closed, size):
            indicator = np.zeros(counts.size)
            indicator[list(group)] = 1
            if np.allclose(indicator @ projection, indicator, atol=1e-8):
                people = int(counts.ravel()[list(group)].sum())
                assert people >= LEAST, (counts, opened, group)


@given(tables, st.data())
def test_what_a_table_tells_follows_from_what_is_known(
    cells: list[list[int]], data: st.DataObject
) -> None:
    counts = np.array(cells)
    if not margins_large(counts):
        return
    table = Table(counts, suppress(counts, LEAST))
    block = np.zeros(counts.shape, dtype=bool)
    rows = data.draw(st.sets(st.integers(0, counts.shape[0] - 1), min_size=1))
    columns = data.draw(st.sets(st.integers(0, counts.shape[1] - 1), min_size=1))
    block[np.ix_(sorted(rows), sorted(columns))] = True
    if table.tells(block):
        equations = known(counts, table.open)
        indicator = block.ravel().astype(float)
        assert np.allclose(indicator @ np.linalg.pinv(equations) @ equations, indicator, atol=1e-8)
        assert counts[block].sum() >= LEAST


def test_a_table_without_small_cells_is_told_whole() -> None:
    assert suppress(np.array([[7, 9], [5, 30]]), LEAST).all()


def test_one_small_cell_takes_others_with_it() -> None:
    opened = suppress(np.array([[20, 2, 9], [30, 8, 12], [15, 25, 6]]), LEAST)
    assert not opened[0, 1]
    assert opened.any()
    # Alone in its row or column the small cell could be had by subtraction.
    assert (~opened).sum() >= 4
