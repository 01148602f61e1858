"""JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from agent.behaviour.batches import Batch, in_batches
from agent.behaviour.readers import Text
from agent.errors import InputError

NOT_AN_OBJECT = "not a JSON object"


class JsonLines:
    """One JSON object a line; numbers keep the digits they are written in."""

    def __init__(self, text: Text) -> None:
        self.source, self._text = text.source, text
        names: dict[str, None] = {}
        self._first_bad = 0
        for line, record in self._records():
            if record is not None:
                names.update(dict.fromkeys(record))
            elif not self._first_bad:
                self._first_bad = line
        if not names:
            problem = "no line holds a JSON object with fields"
            raise InputError(problem, file=self.source.name, line=self._first_bad or 1)
        self.columns = tuple(sorted(names))

    @property
    def facts(self) -> dict[str, str]:
        return {
            "format": "JSON Lines",
            "encoding": self._text.encoding,
            "line_ends": self._text.line_ends,
        }

    def batches(self, columns: Sequence[str], size: int) -> Iterator[Batch]:
        cells = {name: partial(_field, name) for name in columns}
        return in_batches(self._records(), cells, NOT_AN_OBJECT, size)

    def _records(self) -> Iterator[tuple[int, dict[str, Any] | None]]:
        decode = json.JSONDecoder(
            parse_float=str, parse_int=str, parse_constant=lambda _: None
        ).decode
        for line, text in enumerate(self._text.lines(), start=1):
            if not text.strip():
                continue
            try:
                record = decode(text)
            except (ValueError, RecursionError):
                record = None
            yield line, record if isinstance(record, dict) else None


def _field(name: str, record: dict[str, Any]) -> str | None:
    return _json_cell(record.get(name))


def _json_cell(value: object) -> str | None:
    """A cell's text; a list's members are joined with `|`, as in MovieLens' genres."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "|".join(filter(None, map(_json_cell, value)))
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
