"""Weights by validation: λ, recency and the blend are what ranks best, never set by hand.

First λ and the recency exponent, by EASE alone; then for each level of evidence the weights of
text, segments and popularity, one after the other, twice round, from 0. A part is scaled by the
mean spread of its scores over items before it is weighed, so that the steps mean the same for
each. As a search starts from EASE alone, the blend is never worse than it on these users; where
text, segments or popularity alone do better than EASE, one starts from each of these, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from agent.recommend.affinity import Affinity, fit_affinity
from agent.recommend.blend import PARTS, Blend, Level, Part, Reading
from agent.recommend.ease import gram, solve_ease
from agent.recommend.judging import ndcg
from agent.recommend.texts import ItemTexts
from agent.recommend.validation import (
    People,
    Placing,
    cut_histories,
    held_out,
    sample,
    split_histories,
)

RIDGES = (50.0, 100.0, 200.0, 400.0, 800.0)
RECENCIES = (0.0, 0.5, 1.0)
STEPS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)
"""Weights tried, in spreads of the part per spread of EASE's scores."""
ROUNDS = 2
MOST_ITEMS = 4_000
"""Items judged over, the most liked ones: EASE's solution grows with the cube of their number."""
FEWEST_JUDGED = 20
"""With fewer people to judge by, nothing is chosen: EASE alone, popularity breaking ties."""
LEVELS: tuple[tuple[str, int | None, int], ...] = (
    ("few", 5, 3), ("some", 20, 10), ("many", None, 0),
)  # fmt: skip
"""Name, the most likes of the level, and how many likes its judged users are cut to (0: none)."""
TIEBREAK = 1e-3

Scores = npt.NDArray[np.float32]


def choose_blend(
    histories: pl.DataFrame, placing: Placing, texts: ItemTexts, words: Mapping[str, np.ndarray],
    seed: int,
) -> Blend:  # fmt: skip
    """All that is chosen, on the validation split of one log.

    `histories` as `make_histories` makes them; `words` holds the vector (384,) of a sentence for
    each category, from which stated tastes are made up.
    """
    split = split_histories(histories)
    people = placing.people(split.histories, split.targets)
    liked = np.asarray(people.likes.binary().sum(axis=0)).ravel()
    items = np.sort(np.lexsort((np.arange(len(liked)), -liked))[:MOST_ITEMS])
    people = people.column(items)
    out = held_out(people.likes.users, seed)
    learnt = people.rows(np.flatnonzero(~out))
    able = sample(learnt, seed)
    if len(able) < FEWEST_JUDGED:
        return _unchosen()
    ridge, recency, tried, weights = _choose_ease(learnt, able, seed)
    affinity = fit_affinity(learnt.likes.binary(), learnt.alpha)
    bench = _Bench(weights, recency, texts, items, affinity)
    levels, readings = [], {}
    for name, most, count in LEVELS:
        if count:
            strangers = [u for u, is_out in zip(people.likes.users, out, strict=True) if is_out]
            cut, after = cut_histories(split, strangers, count)
            judged = sample(placing.people(cut, after).column(items), seed)
        else:
            judged = able.rows(np.flatnonzero(able.likes.pull.getnnz(axis=1) > LEVELS[-2][1]))
        if len(judged) < FEWEST_JUDGED:
            judged = able
        level, reading = bench.choose(name, most, judged)
        levels.append(level)
        readings[name] = reading
    stated, readings["words"] = bench.choose_words(able, words)
    return Blend(
        ridge=ridge, recency=recency, levels=tuple(levels), words=stated, readings=readings,
        ridges=tried,
    )  # fmt: skip


def _unchosen() -> Blend:
    weights: dict[Part, float] = dict.fromkeys(PARTS, 0.0)
    weights |= {"together": 1.0, "popularity": TIEBREAK}
    level = Level(name="any", most=None, weights=weights)
    return Blend(ridge=RIDGES[2], recency=0.0, levels=(level,), words=TIEBREAK)


def _choose_ease(
    learnt: People, able: People, seed: int
) -> tuple[float, float, dict[str, float], npt.NDArray[np.floating]]:
    """λ, recency, all that was tried, and B of the users learnt from at that λ."""
    counts = gram(learnt.likes.binary())
    tried: dict[tuple[float, float], float] = {}
    best = -1.0
    kept: npt.NDArray[np.floating] = np.empty((0, 0))
    for ridge in RIDGES:
        weights = solve_ease(counts, ridge, seed=seed)
        for recency in RECENCIES:
            scores = able.likes.pulls(recency) @ weights
            tried[ridge, recency] = _mean(ndcg(scores, able.likes.seen, able.targets))
            if tried[ridge, recency] > best:
                best, kept, chosen = tried[ridge, recency], weights, (ridge, recency)
    told = {f"ridge {ridge:g}, recency {recency:g}": v for (ridge, recency), v in tried.items()}
    return *chosen, told, kept


class _Bench:
    """One model of the validation, and people scored by it."""

    def __init__(
        self, weights: npt.NDArray[np.floating], recency: float, texts: ItemTexts,
        items: np.ndarray, affinity: Affinity,
    ) -> None:  # fmt: skip
        self.weights, self.recency, self.affinity = weights, recency, affinity
        self.texts, self.items = texts, items
        self.vectors = texts.vectors[items].astype(np.float32)

    def parts(self, people: People) -> dict[Part, Scores]:
        """Part → (users, items), raw."""
        pulls = people.likes.pulls(self.recency)
        alike = (pulls @ self.vectors) @ self.vectors.T
        shape = (len(people), len(self.items))
        return {
            "together": np.asarray(pulls @ self.weights, dtype=np.float32),
            "text": np.asarray(alike, dtype=np.float32),
            "segments": np.asarray(people.alpha @ self.affinity.beta, dtype=np.float32),
            "popularity": np.broadcast_to(self.affinity.popularity, shape),
        }

    def choose(self, name: str, most: int | None, people: People) -> tuple[Level, Reading]:
        """The best weights for these people, and what they and each part alone reach."""
        parts = self.parts(people)
        spread = {part: max(float(s.std(axis=1).mean()), 1e-12) for part, s in parts.items()}
        unit = {part: spread["together"] / spread[part] for part in PARTS}

        def value(scores: npt.NDArray[np.floating]) -> float:
            return _mean(ndcg(scores, people.likes.seen, people.targets))

        alone = {part: value(scores) for part, scores in parts.items()}
        # Where a part does better than EASE, the search from EASE alone may stop short of it.
        better = [part for part in PARTS[1:] if alone[part] > alone["together"]]
        starts = [{}, *({part: STEPS[-1] * unit[part]} for part in better)]
        climbed = [_climb(parts, unit, value, start) for start in starts]
        best, weights = max(climbed, key=lambda found: found[0])
        weights["popularity"] = max(weights["popularity"], TIEBREAK * unit["popularity"])
        level = Level(name=name, most=most, weights=weights)
        return level, Reading(users=len(people), ndcg={**alone, "blend": best})

    def choose_words(
        self, people: People, words: Mapping[str, np.ndarray]
    ) -> tuple[float, Reading]:
        """What popularity counts beside words, by tastes that users might have stated.

        Each is taken to name the category whose share of their likes stands out most, and to ask
        for items of it: what is to be found are their later likes in that category.
        """
        held = self.texts.within_all[self.items]
        if not words or not held.nnz:
            return TIEBREAK, Reading(users=0, ndcg={})
        shares = (people.likes.binary() @ held).toarray() + 0.0
        shares /= np.maximum(1.0, shares.sum(axis=1, keepdims=True))
        usual = shares.mean(axis=0)
        stated = (shares - usual).argmax(axis=1)
        told = np.flatnonzero([self.texts.categories[i] in words for i in stated])
        people, stated = people.rows(told), stated[told]
        asked = sparse.csr_matrix(people.targets.multiply(held.T.tocsr()[stated]))
        able = np.flatnonzero(asked.getnnz(axis=1) > 0)
        if len(able) < FEWEST_JUDGED:
            return TIEBREAK, Reading(users=0, ndcg={})
        people, stated, asked = people.rows(able), stated[able], asked[able]
        fits = {i: self.texts.fit(words[self.texts.categories[i]]) for i in set(stated.tolist())}
        scores = np.array([fits[i][self.items] for i in stated.tolist()])
        matched = np.array([self.texts.match(fits[i])[self.items] for i in stated.tolist()])
        popularity = self.affinity.popularity.astype(np.float64)
        unit = float(scores.std(axis=1).mean()) / max(float(popularity.std()), 1e-12)
        popular = popularity * matched
        found = {
            step: _mean(ndcg(scores + step * unit * popular, people.likes.seen, asked))
            for step in STEPS
        }
        best = max(found, key=lambda step: (found[step], -step))
        everywhere = np.broadcast_to(popularity, scores.shape)
        alone = _mean(ndcg(everywhere, people.likes.seen, asked))
        reading = {"words": found[0.0], "popularity": alone, "blend": found[best]}
        return max(best, TIEBREAK) * unit, Reading(users=len(people), ndcg=reading)


def _climb(
    parts: Mapping[Part, Scores],
    unit: Mapping[Part, float],
    value: Callable[[npt.NDArray[np.floating]], float],
    start: Mapping[Part, float],
) -> tuple[float, dict[Part, float]]:
    """The best that changing one weight at a time comes to from `start`, and these weights."""
    weights = dict.fromkeys(PARTS, 0.0) | {"together": 1.0} | dict(start)
    total = parts["together"].astype(np.float64)
    for part, weight in start.items():
        total = total + weight * parts[part]
    best = value(total)
    for _ in range(ROUNDS):
        before = dict(weights)
        for part in PARTS[1:]:
            bare = total - weights[part] * parts[part]
            for step in STEPS:
                found = value(bare + step * unit[part] * parts[part])
                if found > best:
                    best, weights[part] = found, step * unit[part]
            total = bare + weights[part] * parts[part]
        if weights == before:
            break
    return best, weights


def _mean(values: npt.NDArray[np.float64]) -> float:
    return round(float(values.mean()), 5)
