"""English words: those of the text encoder's vocabulary, so that no list has to be kept."""

from __future__ import annotations

import json
from functools import cache

from retrieval.embeddings import published_folder


@cache
def english_words() -> tuple[str, ...]:
    """Some twenty thousand words in lower case, the commoner first.

    Raises EncoderError when the encoder's package is not installed.
    """
    text = (published_folder() / "tokenizer.json").read_text("utf-8")
    listed = json.loads(text)["model"]["vocab"]
    return tuple(word for word in listed if word.isascii() and word.isalpha())
