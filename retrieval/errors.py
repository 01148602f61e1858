"""What can go wrong with vectors and search.

    RetrievalError       one line: what is wrong, where, what to do
    ├── EncoderError     the encoder's files are missing, damaged or not the published ones
    └── StoreError       the index, or the cache of vectors, cannot be opened, read or written

This package must not import `agent`; `agent.builder.storage_errors` turns these into those of
`agent.errors`.
"""

from __future__ import annotations


class RetrievalError(Exception):
    """Base class; `str(error)` is one line fit for a person."""


class EncoderError(RetrievalError):
    """The text encoder cannot be loaded, or its files are not the published ones."""


class StoreError(RetrievalError):
    """An index or a cache that cannot be opened, read or written; names the folder."""
