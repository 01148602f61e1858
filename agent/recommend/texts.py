"""What items say of themselves: their texts as vectors, and how well they answer words.

An item's text is its title and its categories. Vectors are kept relative to the mean item, since
all titles of one shop look alike to an encoder. Negations ("nothing scary") are not understood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse

from agent.recordfile import read_json, write_arrays, write_json
from retrieval.embeddings import DIMENSIONS, Encoder

MOST_TEXTS = 20_000
"""Items whose texts are encoded, the most liked first; the others stand at the mean."""

UNTOUCHED, FULL = 0.5, 2.5
"""Standard deviations of fit between which words match an item from not at all to fully."""

MOST_WIDE = 30_000
"""Items whose vectors are kept in float64 too."""
MOST_PAIRED = 2_500
"""Items whose products with each other are kept."""

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ItemTexts:
    """Vectors of items and categories, relative to their means."""

    vectors: npt.NDArray[np.float16]
    """(items, 384)"""
    mean: Matrix
    """(384,)"""
    categories: list[str]
    """Sorted."""
    category_vectors: npt.NDArray[np.float16]
    """(categories, 384)"""
    category_mean: Matrix
    held: tuple[tuple[int, ...], ...]
    """Item → places of its categories."""

    def score(self, history: np.ndarray, pulls: Matrix) -> Matrix:
        """(items,) how much each item's text is like those of a history."""
        taste = pulls @ self._wide(history)
        return np.asarray((self.vectors if self._all is None else self._all) @ taste)

    def influence(self, history: np.ndarray, items: np.ndarray) -> Matrix:
        """(history, items) inner products, before the pulls."""
        if self._products is not None:
            return np.asarray(self._products[np.ix_(history, items)])
        return np.asarray(self._wide(history) @ self._wide(items).T)

    def between(self, one: int, other: int) -> float:
        """The inner product of two items."""
        return float(self.influence(np.array([one]), np.array([other]))[0, 0])

    def _wide(self, items: np.ndarray) -> Matrix:
        """(items, 384) their vectors in float64."""
        found: Matrix
        found = self.vectors[items].astype(np.float64) if self._all is None else self._all[items]
        return found

    @cached_property
    def _all(self) -> Matrix | None:
        """All of them, where that takes less than 100 MB: half floats are slow to widen."""
        return self.vectors.astype(np.float64) if len(self.vectors) <= MOST_WIDE else None

    @cached_property
    def _products(self) -> Matrix | None:
        """(items, items) all inner products, where they take at most 50 MB."""
        if self._all is None or len(self.vectors) > MOST_PAIRED:
            return None
        return np.asarray(self._all @ self._all.T)

    def alike(self, item: int, others: np.ndarray) -> Matrix:
        """(others,) cosine of one item's text to those of others."""
        vectors = self.vectors[np.append(others, item)].astype(np.float64)
        length = np.linalg.norm(vectors, axis=1)
        vectors /= np.where(length > 0, length, 1.0)[:, None]
        return np.asarray(vectors[:-1] @ vectors[-1])

    def fit(self, words: npt.NDArray[np.floating]) -> Matrix:
        """(items,) how well items answer words (384,), in standard deviations of both signs.

        The text of the item and the names of its categories count the same.
        """
        text = _standard(self.vectors @ (words - self.mean))
        if not self.categories:
            return text
        named = np.maximum(self.category_vectors @ (words - self.category_mean), 0.0) ** 2
        kinds = self.within_all @ named / np.sqrt(np.maximum(1, self.within_all.getnnz(axis=1)))
        return text + _standard(kinds)

    def within(self, name: str) -> Matrix | None:
        """(items,) 1 for the items of the category of that name; None when there is none."""
        folded = {category.casefold(): i for i, category in enumerate(self.categories)}
        wanted = folded.get(name.casefold())
        return None if wanted is None else self.within_all[:, [wanted]].toarray().ravel()

    @cached_property
    def within_all(self) -> sparse.csr_matrix:
        """(items, categories) 1.0 where an item is of a category."""
        rows = np.repeat(np.arange(len(self.held)), [len(one) for one in self.held])
        columns = np.array([c for one in self.held for c in one], dtype=np.int64)
        shape = (len(self.held), len(self.categories))
        return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)

    def match(self, fit: Matrix) -> Matrix:
        """(items,) 0 to 1: how far an item is what the words of this `fit` name."""
        ramp = (_standard(fit) - UNTOUCHED) / (FULL - UNTOUCHED)
        return np.asarray(np.clip(ramp, 0.0, 1.0))

    def save(self, folder: Path) -> None:
        """Write `texts.npz` and `categories.json` into `folder`."""
        arrays: dict[str, np.ndarray] = {
            "vectors": self.vectors, "mean": self.mean,
            "category_vectors": self.category_vectors, "category_mean": self.category_mean,
        }  # fmt: skip
        write_arrays(folder / "texts.npz", arrays)
        write_json(folder / "categories.json", {"categories": self.categories, "held": self.held})

    @classmethod
    def load(cls, folder: Path) -> ItemTexts:
        story = read_json(folder / "categories.json")
        categories, held = story["categories"], story["held"]
        assert isinstance(categories, list)
        assert isinstance(held, list)
        with np.load(folder / "texts.npz", allow_pickle=False) as arrays:
            return cls(
                arrays["vectors"], arrays["mean"], categories, arrays["category_vectors"],
                arrays["category_mean"], tuple(tuple(one) for one in held),
            )  # fmt: skip


def fit_texts(
    items: Sequence[str],
    titles: Sequence[str],
    categories: Sequence[Sequence[str]],
    liked: np.ndarray,
    encoder: Encoder,
) -> ItemTexts:
    """Encode a catalogue; `liked` (items,) decides whose texts are encoded when there are many."""
    chosen = np.sort(np.lexsort((np.arange(len(items)), -liked))[:MOST_TEXTS])
    texts = [item_text(titles[i], categories[i]) for i in chosen]
    vectors = np.zeros((len(items), DIMENSIONS))
    encoded = encoder.encode([items[i] for i in chosen], texts).astype(np.float64)
    mean = encoded.mean(axis=0) if len(chosen) else np.zeros(DIMENSIONS)
    vectors[chosen] = encoded - mean
    names = sorted({name for held in categories for name in held})
    place = {name: i for i, name in enumerate(names)}
    named = encoder.encode(names, names).astype(np.float64)
    named_mean = named.mean(axis=0) if names else np.zeros(DIMENSIONS)
    return ItemTexts(
        vectors.astype(np.float16),
        mean,
        names,
        (named - named_mean).astype(np.float16),
        named_mean,
        tuple(tuple(sorted({place[name] for name in held})) for held in categories),
    )


def item_text(title: str, categories: Sequence[str]) -> str:
    """What the encoder reads of an item."""
    return f"{title}. {', '.join(categories)}" if categories else title


def _standard(values: npt.NDArray[np.floating]) -> Matrix:
    values = np.asarray(values, dtype=np.float64)
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 1e-12 else np.zeros_like(values)
