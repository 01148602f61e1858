"""Collections of vectors on disk: create, upsert, delete, query. The only import of Chroma.

An index can always be rebuilt from a run's artefacts and is never the only copy of anything. One
process opens a folder at a time: a second writer can corrupt it, and an open reader silently
misses what another process writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np
import numpy.typing as npt

from retrieval.errors import StoreError

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.models.Collection import Collection as ChromaCollection

Value = str | int | float | bool
Filter = Mapping[str, Any]
"""Chroma's `where`: `{"field": value}` or `{"$and": [{"field": {"$gte": 3}}, …]}`."""

BATCH = 5_000
"""Rows in one call; Chroma 1.5 takes 5,461 at most."""
HNSW: CreateCollectionConfiguration = {
    "hnsw": {"space": "cosine", "ef_construction": 100, "max_neighbors": 16, "ef_search": 64}
}
"""Recall@10 of .999 at 2.4 ms a query on 20,000 × 384."""


@dataclass(frozen=True)
class Row:
    """One stored vector as it comes back; `similarity` is the cosine to the query, −1 to 1."""

    id: str
    similarity: float
    metadata: dict[str, Value]
    text: str


class Store:
    """The collections in one folder. A context manager: `with Store(folder) as store: …`.

    `Store(folder)` opens what is there, `Store(folder, create=True)` makes an empty one. Raises
    StoreError when the folder cannot be opened, read or written.
    """

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self.folder = folder
        if not create and not (folder / "chroma.sqlite3").is_file():
            raise StoreError(f"there is no index in {folder}; build the run again")
        self._client = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write out what is pending and let go of the folder; it may then be copied."""
        self._client.close()

    def create(self, name: str) -> Collection:
        """A new, empty collection; one of that name is replaced."""
        with self._errors():
            if name in self.names():
                self._client.delete_collection(name)
            made = self._client.create_collection(
                name,
                embedding_function=None,  # the default one downloads a model
                configuration=HNSW,
            )
        return Collection(made, self._errors)

    def collection(self, name: str) -> Collection:
        """An existing collection. Raises StoreError when there is none of that name."""
        with self._errors():
            names = self.names()
            if name not in names:
                raise StoreError(
                    f"the index in {self.folder} has no collection {name!r} "
                    f"(it has: {', '.join(names) or 'none'}); build the run again"
                )
            return Collection(
                self._client.get_collection(name, embedding_function=None), self._errors
            )

    def names(self) -> list[str]:
        with self._errors():
            return sorted(found.name for found in self._client.list_collections())

    def _open(self) -> Client:
        import chromadb  # here, because it takes a second that most commands need not spend
        from chromadb.config import Settings

        with self._errors():
            self.folder.mkdir(parents=True, exist_ok=True)
            settings = Settings(anonymized_telemetry=False, allow_reset=False)
            # The declared type is the interface, which lacks close(); what comes back is a Client.
            return cast("Client", chromadb.PersistentClient(str(self.folder), settings=settings))

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Whatever goes wrong inside Chroma leaves as a StoreError that names the folder."""
        try:
            yield
        except (StoreError, ValueError, TypeError):
            raise  # ours already, or the caller's mistake
        except Exception as error:  # Chroma's native errors share no narrower base
            said = " ".join(str(error).split())
            raise StoreError(
                f"the index in {self.folder} cannot be used ({said}); it can be rebuilt: "
                f"delete the folder and build the run again"
            ) from error


class Collection:
    """Vectors of one kind, each with an id, flat metadata and a text."""

    def __init__(
        self, chroma: ChromaCollection, errors: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._chroma = chroma
        self._errors = errors
        self._size: int | None = None

    def __len__(self) -> int:
        if self._size is None:
            with self._errors():
                self._size = int(self._chroma.count())
        return self._size

    def upsert(
        self,
        ids: Sequence[str],
        vectors: npt.NDArray[np.float32],
        metadatas: Sequence[Mapping[str, Value]],
        texts: Sequence[str],
    ) -> None:
        """Insert or replace rows; `vectors` is (len(ids), dimensions), rows in the order of ids.

        Raises ValueError when the lengths differ, an id comes twice, a vector is not finite, or a
        row's metadata is empty or nested.
        """
        if not len(ids) == len(vectors) == len(metadatas) == len(texts):
            raise ValueError("ids, vectors, metadatas and texts must be equally many")
        if len(set(ids)) != len(ids):
            raise ValueError("an id comes twice")
        if not np.isfinite(vectors).all():
            raise ValueError("a vector is not finite")
        for row_id, metadata in zip(ids, metadatas, strict=True):
            if not metadata or not all(isinstance(v, Value) for v in metadata.values()):
                raise ValueError(f"the metadata of {row_id!r} must be flat and not empty")
        self._size = None
        with self._errors():
            for start in range(0, len(ids), BATCH):
                part = slice(start, start + BATCH)
                # Chroma's own upsert would keep old metadata that the new row does not have.
                there = self._chroma.get(ids=list(ids[part]), include=[])["ids"]
                if there:
                    self._chroma.delete(ids=there)
                self._chroma.add(
                    ids=list(ids[part]),
                    embeddings=np.ascontiguousarray(vectors[part], dtype=np.float32),
                    metadatas=[dict(metadata) for metadata in metadatas[part]],
                    documents=list(texts[part]),
                )

    def delete(self, ids: Sequence[str]) -> None:
        """Remove rows; ids that are not there are passed over."""
        self._size = None
        with self._errors():
            for start in range(0, len(ids), BATCH):
                self._chroma.delete(ids=list(ids[start : start + BATCH]))

    def query(
        self,
        vector: npt.NDArray[np.float32],
        count: int,
        where: Filter | None = None,
        *,
        told: bool = True,
    ) -> list[Row]:
        """The `count` rows nearest to `vector` (dimensions,) that pass `where`, nearest first.

        Without `told` their metadata and texts are left empty, and need not be read.
        """
        size = len(self)
        if size == 0 or count < 1:
            return []
        with self._errors():
            found = self._chroma.query(
                query_embeddings=np.asarray(vector, dtype=np.float32)[None, :],
                n_results=min(count, size),
                where=dict(where) if where else None,
                include=["metadatas", "documents", "distances"] if told else ["distances"],
            )
        ids = found["ids"][0]
        untold: list[Any] = [None] * len(ids)
        rows = zip(
            ids,
            (found["distances"] or [[]])[0],
            (found["metadatas"] or [untold])[0],
            (found["documents"] or [untold])[0],
            strict=True,
        )
        return [Row(i, 1.0 - float(d), dict(m or {}), t or "") for i, d, m, t in rows]  # type: ignore[arg-type]
