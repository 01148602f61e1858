"""CSV and its kin."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from operator import itemgetter

from agent.behaviour.batches import Batch, in_batches
from agent.behaviour.readers import Text
from agent.errors import InputError

WRONG_CELLS = "wrong number of cells"


class Delimited:
    """CSV and its kin, read by Python's csv module: quoted cells may hold line breaks."""

    _END = "\x1eend\x1e"
    """A line added behind the last: whoever swallows it has left a quote open."""

    def __init__(self, text: Text, delimiter: str) -> None:
        self.source, self._text, self._delimiter = text.source, text, delimiter
        header = next((row for _, row in self._records()), [])
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
        width = len(self.columns)
        records = ((line, row if len(row) == width else None) for line, row in self._records())
        next(records, None)
        cells = {name: itemgetter(self.columns.index(name)) for name in columns}
        return in_batches(records, cells, WRONG_CELLS, size)

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """(line a record begins on, its cells), the header first, blank lines left out."""
        reader = csv.reader(
            chain(self._text.lines(), [self._END]),
            delimiter=self._delimiter,
            skipinitialspace=self._delimiter != "\t",
        )
        line = 1
        try:
            for row in reader:
                if row == [self._END]:
                    return
                if row and row[-1].endswith(self._END):
                    problem = "a quote opened here is never closed"
                    raise InputError(problem, file=self.source.name, line=line)
                if row and (len(row) > 1 or row[0].strip()):
                    yield line, row
                line = reader.line_num + 1
        except csv.Error as error:
            problem = f"cannot be read as a table ({error}); is a quote left open?"
            raise InputError(problem, file=self.source.name, line=line) from None
