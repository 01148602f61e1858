"""Segment affinity: β, how much more the people of a segment like an item than everybody does.

    r_kj = (Σ_u α_uk x_uj + m p_j) / (Σ_u α_uk + m)        β_kj = r_kj - p_j

with x binary likes, α memberships, p_j the share of all users who like j, and m = `PRIOR_MEMBERS`
further members who like things as everybody does: a segment of few says little. β is 0 where a
segment is like everybody, so what it adds to a score (Σ_k α_uk β_kj) is what belonging there adds;
p_j itself is the popularity part. The lift people speak of is r_kj / p_j.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse

from agent.recordfile import write_arrays
from agent.records import Membership

PRIOR_MEMBERS = 5.0

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Affinity:
    """What segments and everybody like."""

    beta: npt.NDArray[np.float32]
    """(K, items), rows in the order of the segments."""
    popularity: npt.NDArray[np.float32]
    """(items,) share of users who like it, 0..1."""

    def lift(self, segment: int, item: int) -> float:
        """How many times as common liking the item is there as among everybody."""
        base = float(self.popularity[item])
        return (base + float(self.beta[segment, item])) / base if base > 0 else 1.0

    def save(self, folder: Path) -> None:
        """Write `affinity.npz` into `folder`."""
        arrays = {"beta": self.beta, "popularity": self.popularity}
        write_arrays(folder / "affinity.npz", arrays)

    @classmethod
    def load(cls, folder: Path) -> Affinity:
        with np.load(folder / "affinity.npz", allow_pickle=False) as held:
            return cls(held["beta"], held["popularity"])


def fit_affinity(likes: sparse.csr_matrix, alpha: Matrix) -> Affinity:
    """β and p of binary likes (users, items) and memberships (users, K)."""
    users = max(1, likes.shape[0])
    popularity = np.asarray(likes.sum(axis=0), dtype=np.float64).ravel() / users
    liked = np.asarray((likes.T @ alpha).T)
    members = alpha.sum(axis=0)[:, None]
    share = (liked + PRIOR_MEMBERS * popularity) / (members + PRIOR_MEMBERS)
    return Affinity((share - popularity).astype(np.float32), popularity.astype(np.float32))


def alphas(memberships: Iterable[Membership], segments: list[str]) -> Matrix:
    """(memberships, K) α as a table."""
    place = {segment: k for k, segment in enumerate(segments)}
    found = [[0.0] * len(segments)]
    for membership in memberships:
        row = [0.0] * len(segments)
        for one in membership.weights:
            row[place[one.segment]] = one.weight
        found.append(row)
    return np.array(found[1:], dtype=np.float64).reshape(-1, len(segments))
