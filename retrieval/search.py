"""A query → filtered, ranked hits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retrieval.embeddings import Encoder
from retrieval.store import Collection, Filter, Value


@dataclass(frozen=True)
class Hit:
    """One thing found; `score` is the cosine to the query, 1 the same and 0 unrelated."""

    id: str
    score: float
    metadata: Mapping[str, Value]
    text: str


def search(
    collection: Collection,
    query: str | npt.NDArray[np.float32],
    *,
    encoder: Encoder | None = None,
    count: int = 10,
    where: Filter | None = None,
    least: float = -1.0,
    told: bool = True,
) -> list[Hit]:
    """The `count` best hits for a text or a vector (dimensions,), best first, equal ones by id.

    `where` filters on metadata before ranking (Chroma's operators); hits under the score `least`
    are left out, so the list may be shorter than `count` or empty. Without `told` hits come without
    their metadata and texts, in a good half of the time. A text needs the `encoder` the
    collection was built with. Raises ValueError for a text without one, StoreError when the index
    cannot be read.
    """
    if isinstance(query, str):
        if encoder is None:
            raise ValueError("a text query needs the encoder the collection was built with")
        vector: npt.NDArray[np.float32] = encoder.encode(["query"], [query])[0]
    else:
        vector = query
    rows = collection.query(vector, count, where, told=told)
    hits = [Hit(row.id, row.similarity, row.metadata, row.text) for row in rows]
    return sorted((hit for hit in hits if hit.score >= least), key=lambda hit: (-hit.score, hit.id))
