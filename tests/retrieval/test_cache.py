"""A cache of vectors started from another: all of it, once, and the other untouched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.cache import VectorCache, share_vectors
from retrieval.errors import StoreError

ONE, OTHER = np.arange(3, dtype=np.float32), np.ones(3, dtype=np.float32)


def test_a_new_cache_starts_with_what_another_holds_and_goes_its_own_way(tmp_path: Path) -> None:
    source, target = tmp_path / "a #1" / "encoded.sqlite", tmp_path / "b" / "encoded.sqlite"
    share_vectors(source, target)
    assert not target.exists()  # there is nothing to start from
    with VectorCache(source) as cache:
        cache.put({b"one": ONE})
    share_vectors(source, target)
    with VectorCache(target) as cache:
        assert cache.get([b"one"])[b"one"].tolist() == ONE.tolist()
        cache.put({b"one": OTHER, b"two": OTHER})
    share_vectors(source, target)
    with VectorCache(target) as cache, VectorCache(source) as first:
        assert cache.get([b"one"])[b"one"].tolist() == OTHER.tolist()
        assert first.get([b"two"]) == {}


def test_what_is_no_cache_is_refused_by_name(tmp_path: Path) -> None:
    source = tmp_path / "encoded.sqlite"
    source.write_bytes(b"not a database at all, but long enough to be looked at" * 40)
    with pytest.raises(StoreError, match="cannot be used"):
        share_vectors(source, tmp_path / "new.sqlite")
