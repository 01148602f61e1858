"""A small log with three crowds, and a recommender fitted on it; made once and read by many."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from agent.behaviour.histories import make_histories
from agent.behaviour.rows import SCHEMA
from retrieval.embeddings import DIMENSIONS


class WordVectors:
    """An encoder in which texts are alike as far as they share words."""

    identity = "words"

    def encode(self, ids: Sequence[str], texts: Sequence[str]) -> npt.NDArray[np.float32]:
        rows = np.zeros((len(ids), DIMENSIONS), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.casefold().replace(".", " ").replace(",", " ").split():
                row[
                    int(hashlib.sha256(word.rstrip("s").encode()).hexdigest(), 16) % DIMENSIONS
                ] += 1
            row /= max(1e-6, float(np.linalg.norm(row)))
        return rows


def events(rows: Sequence[tuple[str, str, datetime | None, str | None]]) -> pl.DataFrame:
    """User, item, time and basket as the events frame of a log."""
    columns = {
        "event_id": [str(n) for n in range(len(rows))],
        "user_id": [r[0] for r in rows],
        "item_id": [r[1] for r in rows],
        "timestamp": [r[2] for r in rows],
        "basket": [r[3] for r in rows],
        "row": list(range(len(rows))),
        "action": ["event"] * len(rows),
    }
    return pl.DataFrame(
        {name: columns.get(name, [None] * len(rows)) for name in SCHEMA}, schema=SCHEMA
    )


def histories(
    rows: Sequence[tuple[str, str, datetime | None, str | None]],
) -> pl.DataFrame:
    return make_histories(events(rows))[0]


def day(n: int, hour: int = 12) -> datetime:
    return datetime(2024, 1, 1, hour) + timedelta(days=n)


def folder_bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
