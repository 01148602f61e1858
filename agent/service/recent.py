"""an encoder that remembers what was asked lately, in memory: questions are nobody's to keep."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from retrieval.embeddings import Encoder

MOST = 2_000


class Recent:
    """Two encoders of one kind, for any number of threads.

    `one` encodes single texts, which are remembered here; `many` the examples that questions are
    compared with, and may keep those on disk.
    """

    def __init__(self, one: Encoder, many: Encoder) -> None:
        self._one, self._many, self._lock = one, many, threading.Lock()
        self._kept: OrderedDict[str, npt.NDArray[np.float32]] = OrderedDict()

    @property
    def identity(self) -> str:
        return self._one.identity

    def encode(self, ids: Sequence[str], texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """As they do."""
        if len(texts) != 1:
            return self._many.encode(ids, texts)
        text = texts[0]
        with self._lock:
            if text in self._kept:
                self._kept.move_to_end(text)
                return self._kept[text]
        vectors = self._one.encode(ids, texts)
        self._keep(text, vectors)
        return vectors

    def remember(self, texts: Sequence[str]) -> None:
        """Encode single texts of later on, all at once."""
        with self._lock:
            new = [text for text in dict.fromkeys(texts) if text not in self._kept]
        for text, vector in zip(new, self._one.encode(new, new), strict=True):
            self._keep(text, vector[None])

    def _keep(self, text: str, vectors: npt.NDArray[np.float32]) -> None:
        with self._lock:
            self._kept[text] = vectors
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
