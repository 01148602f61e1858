"""Users → places on a plane: who is alike stands together; the coordinates mean nothing else."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from agent.segments.embedding import choose_sample, reduce
from agent.segments.vectors import Vectors

Places = npt.NDArray[np.float64]
"""(users, 2), each column within 0..1."""

MOST = 50_000
"""Users on a map at most: more would not be told apart, and places take time to find."""
FEW = 30
"""Under so many users, principal components show as much as UMAP and never fail."""
NEIGHBOURS = 15
SPACING = 0.3
"""UMAP's min_dist. The clustering packs people as close as it can; people who look at a map want
to see single dots."""
EVENED = 0.5
"""How far places are moved to where they would stand if people were spread evenly over each axis:
islands far out would leave most of the map empty, and tight ones show no single dots."""


def lay_out(vectors: Vectors, seed: int, *, most: int = MOST) -> pl.DataFrame:
    """Places of at most `most` users as (user_id, x, y), x and y in 0..1, in the users' order.

    A 2-D UMAP (McInnes, Healy & Melville 2018) of the weighted vectors, so the same distances as
    the segments'; of more users, a sample that keeps rare tastes. The seed fixes the bytes.
    """
    # Rounded as for the clustering, so that the last bits of another machine change nothing.
    matrix = np.round(vectors.matrix(), 6)
    shown = choose_sample(vectors.users, matrix, most, seed)
    rows = matrix[shown].astype(np.float32)
    if len(rows) < FEW or len(np.unique(rows, axis=0)) < FEW:
        places = _components(rows)
    else:
        around = min(NEIGHBOURS, len(rows) - 1)
        places = reduce(rows, seed, around=around, dimensions=2, spacing=SPACING)
    places = _framed(_apart(places))
    users = [vectors.users[i] for i in shown]
    return pl.DataFrame(
        {"user_id": users, "x": places[:, 0], "y": places[:, 1]},
        schema={"user_id": pl.String, "x": pl.Float64, "y": pl.Float64},
    )


def _components(rows: npt.NDArray[np.float32]) -> Places:
    """The first two principal components; zeros where there are fewer."""
    centred = rows.astype(np.float64) - rows.mean(axis=0, dtype=np.float64)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    kept = (left * sizes)[:, :2]
    return np.pad(kept, ((0, 0), (0, 2 - kept.shape[1])))


def _apart(places: Places) -> Places:
    """Users on one spot, spread around it like seeds of a sunflower, so that each can be seen."""
    spread = float(np.ptp(places, axis=0).max()) or 1.0
    _, spot = np.unique(np.round(places / spread, 4), axis=0, return_inverse=True)
    spot = spot.ravel()
    order = np.argsort(spot, kind="stable")
    starts = np.r_[0, np.flatnonzero(np.diff(spot[order])) + 1]
    rank = np.empty(len(places))
    rank[order] = np.arange(len(places)) - np.repeat(starts, np.diff(np.r_[starts, len(places)]))
    angle = rank * np.pi * (3 - np.sqrt(5))
    step = 0.006 * spread * np.sqrt(rank)
    return np.asarray(places + step[:, None] * np.c_[np.cos(angle), np.sin(angle)])


def _framed(places: Places) -> Places:
    """Turned so that the longer side lies, evened out, and scaled into 0..1 each way."""
    centred = places - np.median(places, axis=0)
    _, turn = np.linalg.eigh(centred.T @ centred)
    turned = centred @ turn[:, ::-1]
    # An eigenvector's sign is an accident: let the longer tail point right and up.
    turned *= np.where((turned**3).sum(axis=0) < 0, -1.0, 1.0)
    return np.round((1 - EVENED) * _scaled(turned) + EVENED * _scaled(_ranks(turned)), 6)


def _ranks(places: Places) -> Places:
    """Each column's ranks; equal places share one."""
    return np.column_stack([np.unique(column, return_inverse=True)[1] for column in places.T])


def _scaled(places: Places) -> Places:
    """Each column from 0 to 1; in the middle where all are the same."""
    low, width = places.min(axis=0), np.ptp(places, axis=0)
    return np.where(width > 0, (places - low) / np.where(width > 0, width, 1.0), 0.5)
