"""CSV and its kin."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

import polars as pl

from agent.behaviour.batches import Batch
from agent.behaviour.readers import Text
from agent.errors import InputError

WRONG_CELLS = "wrong number of cells"

_BLANK = r"^[\s\x1c-\x1f]*$"
"""What `str.strip` leaves nothing of."""

_Record = tuple[int, list[str]]
"""The line it begins on, and its cells."""


class Delimited:
    """CSV and its kin: quoted cells may hold delimiters and line breaks.

    A record is what Python's csv module takes for one. Lines without a quote, all there is in most
    logs, Polars splits in the same way and many times as fast.
    """

    _END = "\x1eend\x1e"
    """A line added behind the last: whoever swallows it has left a quote open."""

    def __init__(self, text: Text, delimiter: str) -> None:
        self.source, self._text, self._delimiter = text.source, text, delimiter
        header = next((cells for _, cells in self._records(text.lines(), first=1)), [])
        self.columns = tuple(
            name.strip().lstrip("\ufeff") or f"column {place}"
            for place, name in enumerate(header, start=1)
        )
        for name, count in Counter(self.columns).items():
            if count > 1:
                problem = f"{count} columns have this name; rename all but one"
                raise InputError(problem, file=self.source.name, line=1, column=name)

    @property
    def facts(self) -> dict[str, str]:
        names = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}
        return {
            "format": "TSV" if self._delimiter == "\t" else "CSV",
            "encoding": self._text.encoding,
            "line_ends": self._text.line_ends,
            "delimiter": names[self._delimiter],
        }

    def batches(self, columns: Sequence[str], size: int) -> Iterator[Batch]:
        """The records below the header, those that begin on the next `size` lines at a time."""
        places = [self.columns.index(name) for name in columns]
        lines = _Counted(self._text.lines())
        next(self._records(lines, first=1), None)
        seen = 0
        while chunk := list(islice(lines, size)):
            first = lines.taken - len(chunk) + 1
            found = self._split(chunk, first, places)
            if found is None:
                going_on = self._records(chain(chunk, lines), first, least=len(chunk))
                found = self._frame(going_on, places)
            rows = pl.Series("row", range(seen, seen + len(found)), dtype=pl.UInt64)
            seen += len(found)
            if len(found):
                whole = found["whole"]
                cells = [
                    found[f"cell {at}"].alias(n) for at, n in zip(places, columns, strict=True)
                ]
                yield Batch(
                    pl.DataFrame(cells).filter(whole),
                    found["line"].filter(whole),
                    rows.filter(whole),
                    tuple((line, WRONG_CELLS) for line in found["line"].filter(~whole)),
                )

    def _split(self, chunk: list[str], first: int, places: Sequence[int]) -> pl.DataFrame | None:
        """The records of these lines (see `_frame`), or None where one goes on over its line's end.

        None too where the csv module would refuse a line for its length: it is to say so itself.
        """
        if max(map(len, chunk)) > csv.field_size_limit():
            return None
        text = pl.Series("text", chunk, dtype=pl.String).str.strip_suffix("\n")
        numbers = pl.Series("line", range(first, first + len(chunk)), dtype=pl.UInt64)
        quoted = text.str.contains('"', literal=True)
        plain = self._plain(pl.DataFrame([numbers, text]).filter(~quoted), places)
        if not quoted.any():
            return plain
        lone = list(self._reader(chain(text.filter(quoted), [self._END])))
        if len(lone) != quoted.sum() + 1 or lone.pop() != [self._END]:
            return None
        records = zip(numbers.filter(quoted), lone, strict=True)
        held = ((line, cells) for line, cells in records if _holds_anything(cells))
        return pl.concat([plain, self._frame(held, places)]).sort("line")

    def _plain(self, lines: pl.DataFrame, places: Sequence[int]) -> pl.DataFrame:
        """The records of lines without a quote, as `_frame` has them."""
        text, most = pl.col("text"), len(self.columns) - 1
        delimiters = text.str.count_matches(self._delimiter, literal=True)
        blank = (delimiters == 0) & text.str.contains(_BLANK)
        cells = text.str.split_exact(self._delimiter, most).struct
        return lines.filter(~blank).select(
            "line",
            (delimiters == most).alias("whole"),
            *(self._begun(cells.field(f"field_{at}")).alias(f"cell {at}") for at in places),
        )

    def _begun(self, cell: pl.Expr) -> pl.Expr:
        """The cell without the blanks that the csv module skips."""
        return cell if self._delimiter == "\t" else cell.str.strip_chars_start(" ")

    def _frame(self, records: Iterable[_Record], places: Sequence[int]) -> pl.DataFrame:
        """`line`, `whole` (whether there is a cell for each column) and the wanted `cell N`."""
        found, width = list(records), len(self.columns)
        whole = [cells if len(cells) == width else None for _, cells in found]
        columns = {f"cell {at}": [cells and cells[at] for cells in whole] for at in places}
        schema = {"line": pl.UInt64, "whole": pl.Boolean, **dict.fromkeys(columns, pl.String)}
        return pl.DataFrame(
            {
                "line": [line for line, _ in found],
                "whole": [cells is not None for cells in whole],
                **columns,
            },
            schema=schema,
        )

    def _records(
        self, lines: Iterable[str], first: int, *, least: int | None = None
    ) -> Iterator[_Record]:
        """The records of lines of which `first` is the number of the first, blank ones left out.

        With `least` it ends with the record that ends on or behind that many lines.
        """
        reader = self._reader(chain(lines, [self._END]))
        line = first
        try:
            for row in reader:
                if row == [self._END]:
                    return
                if row and row[-1].endswith(self._END):
                    problem = "a quote opened here is never closed"
                    raise InputError(problem, file=self.source.name, line=line)
                if _holds_anything(row):
                    yield line, row
                if least is not None and reader.line_num >= least:
                    return
                line = first + reader.line_num
        except csv.Error as error:
            problem = f"cannot be read as a table ({error}); is a quote left open?"
            raise InputError(problem, file=self.source.name, line=line) from None

    def _reader(self, lines: Iterable[str]) -> Any:
        blanks = self._delimiter != "\t"
        return csv.reader(lines, delimiter=self._delimiter, skipinitialspace=blanks)


class _Counted(Iterator[str]):
    """Lines, and how many of them have been taken."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines, self.taken = lines, 0

    def __next__(self) -> str:
        line = next(self._lines)
        self.taken += 1
        return line


def _holds_anything(cells: Sequence[str]) -> bool:
    """Whether a record is more than a blank line."""
    return len(cells) > 1 or bool(cells and cells[0].strip())
