"""File formats: which one a file is in, and what a format gives.

To add a format, write a class like those in `delimited.py`, `json_lines.py` and `parquet.py`, name
its suffixes in `readers.SUFFIXES`, and choose it in `open_table`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from agent.behaviour.batches import Batch
from agent.behaviour.delimited import Delimited
from agent.behaviour.json_lines import JsonLines
from agent.behaviour.parquet import ParquetTable
from agent.behaviour.readers import Source, Text
from agent.errors import InputError


class Table(Protocol):
    """A file opened as a table. `columns` is known at once; `facts` is complete after reading."""

    source: Source
    columns: tuple[str, ...]

    @property
    def facts(self) -> dict[str, str]:
        """What was decided about the file: format, encoding, line_ends, delimiter."""
        ...

    def batches(self, columns: Sequence[str], size: int) -> Iterator[Batch]:
        """The wanted columns, `size` rows at a time."""
        ...


def open_table(source: Source) -> Table:
    """Open a file in the format its first bytes and its suffix say."""
    if source.parquet:
        return ParquetTable(source)
    if source.suffix in (".parquet", ".pq"):
        raise InputError("not a Parquet file (it does not begin with PAR1)", file=source.name)
    text = Text(source)
    first = next((line.lstrip() for line in text.lines() if line.strip()), "")
    if not first:
        raise InputError("the file is empty", file=source.name)
    if source.suffix in (".jsonl", ".ndjson", ".json") or first.startswith("{"):
        if first.startswith("["):
            problem = "one JSON array; one object a line is needed (jq -c '.[]' makes it so)"
            raise InputError(problem, file=source.name, line=1)
        return JsonLines(text)
    return Delimited(text, delimiter=_delimiter(first))


def _delimiter(header: str) -> str:
    """The most frequent of comma, tab, semicolon and bar outside quotes (in this order if equal)"""
    bare = "".join(header.split('"')[::2])
    return max(",\t;|", key=bare.count)
