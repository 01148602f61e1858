"""Numbers read the short way are those of the long way."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.behaviour.cells import NumberEvidence, is_plain

numbers = st.from_regex(r"-?\d{1,6}(\.\d{1,4})?", fullmatch=True)


def read(cells: list[str | None], *, plain: bool, seen: list[str]) -> list[float | None]:
    evidence = NumberEvidence()
    evidence.see(pl.Series(seen, dtype=pl.String))
    frame = pl.DataFrame({"n": cells}, schema={"n": pl.String})
    return frame.select(evidence.parse("n", plain=plain))["n"].to_list()


@given(st.lists(st.none() | numbers), st.sampled_from([[], ["2,5"], ["2.5"]]))
def test_plain_numbers_are_read_as_any_others(cells: list[str | None], seen: list[str]) -> None:
    assert is_plain(pl.Series(cells, dtype=pl.String))
    assert read(cells, plain=True, seen=seen) == read(cells, plain=False, seen=seen)


@pytest.mark.parametrize("cell", ["+1", ".5", "1.", "1e3", "£3", "1,000", "x", "", "1 2", "--1"])
def test_other_numbers_are_not_plain(cell: str) -> None:
    assert not is_plain(pl.Series(["1", None, cell]))
