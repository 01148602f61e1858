"""Scores as exact sums: every part of every item's score for one person, and each item's share.

    score_j = Σ_h x_h (w₁ B_hj + w₂ t_h·t_j) + w₃ Σ_k α_k β_kj + w₄ p_j + Σ_s D_s m_sj

over the history h with pulls x, segments k, and what the person has stated, s; w are the blend's
weights for as many likes as the person has. A statement moves an item that matches it fully
(m = 1) by D. An interest that was struck out moves it down by the distance of a middling item from
the tenth best, or by what brings the best of what matches level with the middling one; one that was
added moves it up by half of that distance, or by what brings the best of what matches level with
the third on the list; whichever is more. For a taste in words the score is how
an item fits them, with popularity as far as it fits: what is popular but something else is no
answer. For a segment it is Σ_k α_k β_kj alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from agent.recommend.affinity import Matrix
from agent.recommend.blend import PARTS, Level, Part
from agent.recommend.likes import damped
from agent.recommend.model import Model
from agent.recommend.person import Person
from agent.records import Statement
from retrieval.embeddings import Encoder

TOP = 10
ADDED_TO = 3
"""The rank that an added interest brings its best item to, at least: it is not the only one."""


@dataclass(frozen=True)
class Scored:
    """One person's scores, taken apart."""

    person: Person
    level: Level
    pulls: Matrix
    """(history,) after the recency exponent."""
    parts: dict[Part, Matrix]
    """Part → (items,) weighted."""
    words: Matrix
    """(items,) fit to a taste in words; 0 where none is stated."""
    moved: tuple[float, ...] = ()
    """D of each statement: how far it moves an item that matches it fully."""
    statements: tuple[Matrix, ...] = ()
    """(items,) for each statement of the person."""
    penalty: Matrix = field(default_factory=lambda: np.zeros(0))
    """(items,) what the long-tail option takes off; empty when it is off."""

    @cached_property
    def total(self) -> Matrix:
        """(items,) the score."""
        found = sum(self.parts.values(), self.words.copy())
        for one in self.statements:
            found = found + one
        return found + self.penalty if len(self.penalty) else found


class Scorer:
    """Scores people by one model."""

    def __init__(self, model: Model, encoder: Encoder) -> None:
        self.model, self.encoder = model, encoder

    def score(
        self, person: Person, *, level: Level | None = None, moved: tuple[float, ...] | None = None
    ) -> Scored:
        """Every part of every score.

        `level` and `moved` hold the weights and the force of statements where they should stay
        those of another history (what would be without an item).
        """
        model = self.model
        level = level or model.blend.level(len(person.history))
        pulls = damped(person.pulls, model.blend.recency)
        weights = level.weights
        if person.group:
            weights = {part: float(part == "segments") for part in PARTS}
            level = Level(name="segment", most=None, weights=weights)
        if person.words:
            words = model.texts.fit(self._encoded(person.words))
            popular = model.affinity.popularity * model.texts.match(words)
            none = np.zeros_like(words)
            parts: dict[Part, Matrix] = {
                "together": none, "text": none, "segments": none,
                "popularity": model.blend.words * popular,
            }  # fmt: skip
        else:
            words = np.zeros(len(model.affinity.popularity))
            parts = {
                "together": weights["together"] * model.together.score(person.history, pulls),
                "text": weights["text"] * model.texts.score(person.history, pulls),
                "segments": weights["segments"]
                * (person.alpha @ model.affinity.beta.astype(np.float64)),
                "popularity": weights["popularity"] * model.affinity.popularity.astype(np.float64),
            }
        scored = Scored(person, level, pulls, parts, words)
        if not person.statements:
            return scored
        matches = [self._match(one.name) for one in person.statements]
        if moved is None:
            pairs = zip(person.statements, matches, strict=True)
            moved = tuple(self._force(scored, one, match) for one, match in pairs)
        said = tuple(force * match for force, match in zip(moved, matches, strict=True))
        return Scored(person, level, pulls, parts, words, moved, said)

    def _force(self, scored: Scored, statement: Statement, match: Matrix) -> float:
        """D: what a statement adds to an item that matches it fully."""
        spread, struck = self.spread(scored), statement.stance == "struck"
        free = unseen(scored.person, len(match))
        if not (match[free] > 0).any():
            return -spread if struck else 0.0
        total, most = scored.total[free], match[free].max()
        best = total[match[free] >= most].max()
        if struck:
            return -float(max(spread, (best - np.median(total)) / most))
        third = np.sort(total)[-min(ADDED_TO, len(total))]
        return float(max((third - best) / most, spread / 2))

    def spread(self, scored: Scored) -> float:
        """How far the tenth best item not seen lies above the middling one."""
        total = scored.total[unseen(scored.person, len(scored.words))]
        if len(total) == 0:
            return 0.0
        tenth = np.sort(total)[-min(TOP, len(total))]
        return float(tenth - np.median(total))

    def of_history(self, scored: Scored, items: np.ndarray) -> Matrix:
        """(history, items) each like's exact share of each item's score."""
        shares = self.of_likes(scored, scored.person.history, items)
        return np.asarray(shares * scored.pulls[:, None])

    def of_likes(self, scored: Scored, items: np.ndarray, others: np.ndarray) -> Matrix:
        """(items, others) what liking each as of now would add to the score of each other."""
        weights = scored.level.weights
        share = weights["together"] * self.model.together.influence(items, others)
        share += weights["text"] * self.model.texts.influence(items, others)
        return np.asarray(share)

    def of_segments(self, scored: Scored, item: int) -> Matrix:
        """(K,) each segment's exact share of one item's score."""
        beta = self.model.affinity.beta[:, item].astype(np.float64)
        return np.asarray(scored.level.weights["segments"] * scored.person.alpha * beta)

    def _match(self, name: str) -> Matrix:
        """(items,) 0 to 1: a category's items and no others, or what answers other words."""
        within = self.model.texts.within(name)
        if within is not None:
            return within
        return self.model.texts.match(self.model.texts.fit(self._encoded(name)))

    def _encoded(self, words: str) -> Matrix:
        return np.asarray(self.encoder.encode(["words"], [words])[0], dtype=np.float64)


def unseen(person: Person, size: int) -> np.ndarray:
    """(items,) mask of what may be recommended."""
    free = np.ones(size, dtype=bool)
    for items in (person.history, person.seen, person.hidden):
        free[items] = False
    return free
