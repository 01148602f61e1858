"""For whom: a user of the run, a segment, somebody new, or a taste in words, as one shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from agent.behaviour.measures import Measures
from agent.recommend.affinity import Matrix, alphas
from agent.recommend.likes import MOST_PULL
from agent.records import Statement
from agent.segments.memberships import Cores, memberships
from agent.segments.vectors import VectorModel

Places = npt.NDArray[np.int64]
NOBODY: Places = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Person:
    """Whom to recommend for, by places of items in the catalogue."""

    user_id: str
    history: Places
    """What they like, ascending."""
    pulls: Matrix
    """(history,) in (0, 1], before the recency exponent."""
    alpha: Matrix
    """(K,) memberships; may be all 0."""
    seen: Places = field(default_factory=lambda: NOBODY)
    """Never recommended, with the history."""
    hidden: Places = field(default_factory=lambda: NOBODY)
    statements: tuple[Statement, ...] = ()
    """What they say of themselves."""
    words: str = ""
    """A taste stated instead of a history."""
    group: bool = False
    """A segment rather than a person: only what it likes more than everybody does counts."""

    def without(self, items: Places) -> Person:
        """The same person had they never liked these; memberships held, the items still unseen.

        They stay out of the recommendations, since nobody is shown what they were asked to forget.
        """
        kept = ~np.isin(self.history, items)
        seen = np.union1d(self.seen, self.history[~kept])
        return replace(self, history=self.history[kept], pulls=self.pulls[kept], seen=seen)

    def plus(self, items: Places) -> Person:
        """The same person had they liked these too, as of now; memberships held."""
        more = np.setdiff1d(items, self.history)
        history = np.concatenate([self.history, more])
        pulls = np.concatenate([self.pulls, np.full(len(more), MOST_PULL)])
        order = np.argsort(history, kind="stable")
        return replace(self, history=history[order], pulls=pulls[order])


def place_newcomer(
    likes: Mapping[str, float], measures: Measures, vectors: VectorModel, cores: Cores
) -> Matrix:
    """(K,) memberships of somebody with these likes (item → weight) and nothing else known.

    The segments' cores place them by taste; rhythm, worth, attributes, ties and text are unknown
    and stand where the population does. Items that the catalogue lacks are left out.
    """
    tastes = pl.DataFrame(
        {"user_id": [""] * len(likes), "item_id": list(likes), "weight": list(likes.values())},
        schema={"user_id": pl.String, "item_id": pl.String, "weight": pl.Float64},
    ).sort("item_id")
    kinds = measures.catalogue.select("item_id", "categories").explode("categories").drop_nulls()
    by_category = (
        tastes.join(kinds, on="item_id")
        .group_by("user_id", pl.col("categories").alias("category"))
        .agg(pl.col("weight").sum())
        .sort("category")
    )
    alone = replace(
        measures,
        table=pl.DataFrame({"user_id": [""]}),
        item_tastes=tastes,
        category_tastes=by_category,
        attributes=measures.attributes.clear(),
        ties=measures.ties.clear(),
    )
    alpha: Matrix = alphas(memberships(cores, vectors.transform(alone, None)), cores.segments)[0]
    return alpha


def places_of(place: Mapping[str, int], wanted: Iterable[str]) -> Places:
    """Places of the wanted ids that there are, ascending, each once."""
    return np.array(sorted({place[w] for w in wanted if w in place}), dtype=np.int64)
