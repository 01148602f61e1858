"""Items as vectors of the company they keep: Word2Vec over people's items (`--features word2vec`).

Item2Vec (Barkan & Koenigstein 2016): skip-gram with negative sampling (Mikolov et al. 2013) in
which a user's items are the sentence and every other item of theirs is context. A user is then the
mean of their items' vectors, as `agent.segments.factors` takes it. Turned by varimax, which changes
no distance, a direction can be named by the items that lie furthest along it.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from agent.segments.blocks import Matrix, key_users, rounded
from agent.segments.factors import Factors, named_factors

if TYPE_CHECKING:
    from agent.behaviour.measures import Measures

SIZE = 48
EPOCHS = 20
SAMPLE = 0.0
"""Frequent items are not thinned out: in a small log every item is frequent."""
LONGEST = 200
"""Items of one sentence, at most: with all of it as context, work grows by its square."""


def learn_word2vec(measures: Measures, names: dict[str, str], seed: int) -> Factors | None:
    """Items' vectors as a part of the block of tastes; None for fewer than 8 items of 3 users."""
    liked = measures.item_tastes.filter(pl.col("weight") > 0)
    keys = key_users(liked, "item_id").filter(pl.col("users") >= 3)["item_id"].to_list()
    if len(keys) < 8:
        return None
    vectors = _train(liked.filter(pl.col("item_id").is_in(keys)), keys, seed)
    return named_factors(
        measures, table="item_tastes", key="item_id", label="items near to", names=names,
        keys=keys, rarity=np.ones(len(keys)), directions=vectors,
    )  # fmt: skip


def _train(liked: pl.DataFrame, keys: list[str], seed: int) -> Matrix:
    """(keys, SIZE) vectors of unit length; one worker, so that a seed fixes them."""
    from gensim.models import Word2Vec  # half a second to import; only this switch pays

    strongest = liked.sort("user_id", "weight", "item_id", descending=[False, True, False])
    sentences = strongest.group_by("user_id", maintain_order=True).agg(
        pl.col("item_id").head(LONGEST)
    )
    model = Word2Vec(
        sentences=[sorted(items) for items in sentences["item_id"].to_list()],
        vector_size=SIZE, window=LONGEST, min_count=1, sg=1, negative=10, sample=SAMPLE,
        epochs=EPOCHS, workers=1, seed=seed + 1, hashfxn=_fixed_hash,
    )  # fmt: skip
    known = set(model.wv.key_to_index)
    blank = np.zeros(SIZE, dtype=np.float64)
    found = np.array([model.wv[key].astype(np.float64) if key in known else blank for key in keys])
    length = np.linalg.norm(found, axis=1, keepdims=True)
    return rounded(np.divide(found, length, out=np.zeros_like(found), where=length > 0))


def _fixed_hash(text: str) -> int:
    """Python's own hash of a string is another one in every process."""
    return zlib.crc32(text.encode())
