"""Who likes what: tastes as a sparse matrix, and what each user has been through already."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse

from agent.behaviour.measures import Measures
from agent.segments.blocks import user_rows

MOST_PULL = 1.0
"""One item counts at most this much, however often it was bought: the tenth order of a thing says
little more about what else to show (better on both real sets than no cap)."""


@dataclass(frozen=True)
class Likes:
    """Users × items; `pull` is how strongly each is drawn to what they like, `seen` a mask."""

    users: list[str]
    items: list[str]
    pull: sparse.csr_matrix
    """(users, items) in (0, 1]: recent likes near 1, older ones less; dislikes are absent."""
    seen: sparse.csr_matrix
    """(users, items) 1.0 where the user has bought, rated or used the item, liked or not."""

    def pulls(self, recency: float) -> sparse.csr_matrix:
        """`pull ** recency`: 0 counts every like the same, 1 keeps its full decay."""
        weighed = self.pull.copy()
        weighed.data = damped(weighed.data, recency)
        return weighed

    def binary(self) -> sparse.csr_matrix:
        """(users, items) float32, 1 where liked."""
        return self.pulls(0.0).astype(np.float32)

    def rows(self, chosen: np.ndarray) -> Likes:
        """The users at these places."""
        users = [self.users[i] for i in chosen]
        return Likes(users, self.items, self.pull[chosen], self.seen[chosen])


def read_likes(measures: Measures, items: list[str]) -> Likes:
    """The likes of everybody in `measures`, over `items`; what is not among them is left out."""
    users = measures.table["user_id"]
    capped = pl.col("weight").clip(upper_bound=MOST_PULL)
    liked = measures.item_tastes.filter(pl.col("weight") > 0)
    return Likes(
        users.to_list(),
        items,
        user_rows(liked, users, "item_id", items, capped),
        user_rows(measures.items, users, "item_id", items, pl.lit(1.0)),
    )


def damped(pull: np.ndarray, recency: float) -> np.ndarray:
    """Pulls as the collaborative part and the text part count them."""
    return np.asarray(np.power(pull, recency), dtype=np.float64)
