"""who bought, rated or used what, as a sparse table: most people touch little of a catalogue."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from agent.segments.readable import Mask

Counts = npt.NDArray[np.int64]


class Touched:
    """Items × users; read by any number of threads.

    `pairs` has a row for each user_id and item_id, `users` says which place each user has, and
    `buyers` (users,) of whom it may be said that they touched anything.
    """

    def __init__(self, pairs: pl.DataFrame, users: tuple[str, ...], buyers: Mask) -> None:
        self.items: tuple[str, ...] = tuple(pairs["item_id"].unique(maintain_order=True))
        """Every item that is in a pair, also where it may be said of nobody."""
        self._place = {item: at for at, item in enumerate(self.items)}
        found = (
            pairs.select("user_id", "item_id")
            .unique()
            .join(pl.DataFrame({"user_id": users}).with_row_index("user"), on="user_id")
            .join(pl.DataFrame({"item_id": self.items}).with_row_index("item"), on="item_id")
            .sort("item", "user")
        )
        rows, columns = found["item"].to_numpy(), found["user"].to_numpy()
        may = buyers[columns]
        self._table = sparse.csr_matrix(
            (np.ones(int(may.sum()), dtype=np.int64), (rows[may], columns[may])),
            shape=(len(self.items), len(users)),
        )

    def of(self, item: str) -> Mask | None:
        """(users,) mask of those who touched an item; None for what nobody even looked at."""
        at = self._place.get(item)
        if at is None:
            return None
        mask: Mask = np.zeros(self._table.shape[1], dtype=np.bool_)
        mask[self._table.indices[self._table.indptr[at] : self._table.indptr[at + 1]]] = True
        return mask

    def people(self, item: str) -> int:
        """How many touched an item."""
        at = self._place.get(item)
        return 0 if at is None else int(self.by_all[at])

    def by(self, members: Mask) -> Counts:
        """(items,) how many of some users touched each, in the order of `items`."""
        return np.asarray(self._table @ members.astype(np.int64))

    @cached_property
    def by_all(self) -> Counts:
        """(items,) how many touched each."""
        return np.diff(self._table.indptr).astype(np.int64)
