"""The recommender as an artefact: fitted once a build, small on disk, opened for reading.

Files: `places.npy` with `together.npy` (or `directions.npy` and `gain.npz` beyond 10,000 items),
`texts.npz`, `categories.json`, `affinity.npz`, `blend.json`. Rows of items are in the order of the
catalogue that `agent.behaviour.measures` keeps, rows of segments in that of the cores.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from agent.recommend.affinity import Affinity, Matrix, fit_affinity
from agent.recommend.blend import Blend
from agent.recommend.likes import Likes, read_likes
from agent.recommend.texts import ItemTexts, fit_texts
from agent.recommend.together import Together, fit_together
from agent.recommend.validation import Placing
from agent.recommend.weighing import choose_blend
from retrieval.embeddings import Encoder


@dataclass(frozen=True)
class Model:
    """All that scores are made of."""

    together: Together
    texts: ItemTexts
    affinity: Affinity
    blend: Blend

    def save(self, folder: Path) -> None:
        """Write every part into `folder`; the same bytes for the same model."""
        self.together.save(folder)
        self.texts.save(folder)
        self.affinity.save(folder)
        (folder / "blend.json").write_text(self.blend.model_dump_json(indent=1), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> Model:
        affinity = Affinity.load(folder)
        return cls(
            Together.load(folder, len(affinity.popularity)),
            ItemTexts.load(folder),
            affinity,
            Blend.model_validate_json((folder / "blend.json").read_text("utf-8")),
        )


def fit_model(
    histories: pl.DataFrame, alpha: Matrix, placing: Placing, encoder: Encoder, seed: int
) -> Model:
    """Fit on a whole log, with weights chosen on its validation split.

    `histories` as `make_histories` makes them, `alpha` (users, segments) in the order of the users
    of `placing.measures` and of the segments of `placing.cores`.
    """
    measures = placing.measures
    catalogue = measures.catalogue
    items = catalogue["item_id"].to_list()
    likes = read_likes(measures, items)
    texts = read_texts(catalogue, likes, encoder)
    names = texts.categories
    sentences = encoder.encode(names, [stated_taste(name) for name in names])
    words = dict(zip(names, sentences.astype(np.float64), strict=True))
    blend = choose_blend(histories, placing, texts, words, seed)
    binary = likes.binary()
    return Model(fit_together(binary, blend.ridge, seed), texts, fit_affinity(binary, alpha), blend)


def read_texts(catalogue: pl.DataFrame, likes: Likes, encoder: Encoder) -> ItemTexts:
    """The catalogue's texts, those of the most liked items first where there are too many."""
    liked = np.asarray(likes.binary().sum(axis=0)).ravel()
    return fit_texts(
        catalogue["item_id"].to_list(),
        catalogue["title"].to_list(),
        catalogue["categories"].to_list(),
        liked,
        encoder,
    )


def stated_taste(name: str) -> str:
    """A taste as somebody might state it, for choosing what popularity counts beside one."""
    return f"I like {name}"
