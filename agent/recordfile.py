"""Artefacts on disk: records as JSON lines, read one by one or by user; frames and arrays."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import polars as pl
from pydantic import BaseModel

R = TypeVar("R", bound=BaseModel)


Line = tuple[str, bytes]
"""A record's key and its line in the file."""


def write_records(path: Path, records: Iterable[BaseModel], *, key: str | None = None) -> int:
    """One JSON record a line; returns how many.

    With `key` (a field such as `user_id`) an index of byte offsets is written beside the file, so
    that `RecordFile` finds one record without reading the others.
    """
    if key is not None:
        return write_lines(path, (line_of(record, key) for record in records))
    n = 0
    with path.open("wb") as file:
        for record in records:
            n += 1
            file.write(record.model_dump_json().encode() + b"\n")
    return n


def line_of(record: BaseModel, key: str) -> Line:
    """What `write_lines` takes of a record that is found by the field `key`."""
    return getattr(record, key), record.model_dump_json().encode() + b"\n"


def write_lines(path: Path, lines: Iterable[Line]) -> int:
    """Records that are lines already, and the index beside them; returns how many."""
    keys: list[str] = []
    offsets: list[int] = []
    position = 0
    with path.open("wb") as file:
        for key, line in lines:
            keys.append(key)
            offsets.append(position)
            file.write(line)
            position += len(line)
    index = pl.DataFrame({"key": keys, "offset": offsets}, schema=_INDEX_SCHEMA)
    write_frame(_index_path(path), index)
    return len(keys)


def read_records(path: Path, kind: type[R]) -> Iterator[R]:
    """All records in the file's order, one in memory at a time."""
    with path.open("rb") as file:
        for line in file:
            yield kind.model_validate_json(line)


def read_shards(path: Path, size: int) -> Iterator[list[bytes]]:
    """The file's lines as they are, `size` at a time, for a worker to read records from."""
    with path.open("rb") as file:
        while shard := list(islice(file, size)):
            yield shard


class RecordFile(Generic[R]):
    """Records by key, read from disk as they are asked for; needs the index `write_records` made.

    >>> profiles = RecordFile(folder / "profiles.jsonl", Profile)
    >>> profiles.get("u42"), profiles.keys, len(profiles)
    """

    def __init__(self, path: Path, kind: type[R]) -> None:
        self.path, self.kind = path, kind

    @cached_property
    def _offsets(self) -> dict[str, int]:
        return dict(pl.read_parquet(_index_path(self.path)).iter_rows())

    @property
    def keys(self) -> list[str]:
        return list(self._offsets)

    def __len__(self) -> int:
        return len(self._offsets)

    def __iter__(self) -> Iterator[R]:
        return read_records(self.path, self.kind)

    def get(self, key: str) -> R | None:
        """The record with this key, or None."""
        offset = self._offsets.get(key)
        if offset is None:
            return None
        with self.path.open("rb") as file:
            file.seek(offset)
            return self.kind.model_validate_json(file.readline())


_INDEX_SCHEMA = {"key": pl.String, "offset": pl.UInt64}


def _index_path(path: Path) -> Path:
    return path.with_suffix(".index.parquet")


def write_frame(path: Path, frame: pl.DataFrame) -> None:
    """Parquet with fixed row groups, so that the bytes depend on the rows alone."""
    frame.rechunk().write_parquet(path, row_group_size=100_000)


def write_json(path: Path, content: object) -> None:
    """JSON with sorted keys, a line a value."""
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def read_json(path: Path) -> dict[str, object]:
    content: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return content


def write_matrix(path: Path, matrix: np.ndarray) -> None:
    """A plain `.npy` file, without pickles."""
    with path.open("wb") as file:
        np.save(file, matrix, allow_pickle=False)


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """An npz whose bytes depend on its content alone (numpy stamps members 1980-01-01)."""
    packed = io.BytesIO()
    np.savez(packed, **{name: arrays[name] for name in sorted(arrays)})  # type: ignore[arg-type]
    path.write_bytes(packed.getvalue())
