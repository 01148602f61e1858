"""The two levels: leaves in their order, and the parents that join those which lie close."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import silhouette_score

from agent.segments.blocks import Matrix

Labels = npt.NDArray[np.int64]

FEWEST_WITH_PARENTS = 4


def by_size(labels: np.ndarray) -> Labels:
    """Number clusters by size, largest first; equal ones by their first user."""
    found = [c for c in np.unique(labels) if c >= 0]
    order = sorted(found, key=lambda c: (-int((labels == c).sum()), int(np.argmax(labels == c))))
    renamed = np.full(len(labels), -1, dtype=np.int64)
    for new, old in enumerate(order):
        renamed[labels == old] = new
    return renamed


def find_parents(matrix: Matrix, labels: Labels) -> list[int | None]:
    """Leaves that lie close together get a parent; one that is close to none stands alone.

    Ward's linkage of the leaves' centres, cut into a fifth to a half as many groups as there are
    leaves, where the leaves' mean silhouette is best.
    """
    leaves = int(labels.max()) + 1
    if leaves < FEWEST_WITH_PARENTS:
        return [None] * leaves
    centres = np.array([matrix[labels == leaf].mean(axis=0) for leaf in range(leaves)])
    tree = linkage(np.round(centres, 6), "ward")
    counts = range(max(2, -(-leaves // 5)), max(3, leaves // 2 + 1))
    cuts = [fcluster(tree, groups, "maxclust") for groups in counts]
    best = max(cuts, key=lambda cut: round(float(silhouette_score(centres, cut)), 6))
    numbers: dict[int, int] = {}
    parents: list[int | None] = []
    for group in best:
        if (best == group).sum() < 2:
            parents.append(None)
            continue
        parents.append(numbers.setdefault(int(group), len(numbers)))
    return parents
