"""Are a recommendation's reasons the ranker's own? Add the shares up, take the cited items away.

Over recommendations to people drawn by lot: the shares must add up to the score; without the items
of the history that the rationale cites, all else held, scoring anew must give a score lower by what
was stated; and the item must lose its rank more often than without as many items of the history
drawn by lot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from agent.evaluation.bench import Bench
from agent.evaluation.task import NotMeasurableError, Scores, Task
from agent.recommend.counterfactual import without
from agent.recommend.ranking import rank_of
from agent.recommend.recommender import Recommender
from agent.recommend.scoring import Scored
from agent.records import Recommendation

LIST = 10
RECOMMENDATIONS = 1_050
"""Judged at least, where there are people enough."""
CLOSE = 1e-5
DRAWS = 5
"""Sets drawn by lot for each recommendation."""


@dataclass(frozen=True)
class Checked:
    """One recommendation, taken apart."""

    apart: float
    """How far its shares are from its score when added up."""
    cited: int
    """Items of the history that its rationale cites."""
    off: float
    """How far the fall of the score is from what was stated; NaN where no item is cited."""
    fell: float
    """Whether the rank fell without the cited items: 1 or 0; NaN where none or all are cited."""
    fell_by_lot: float
    """The same without as many drawn by lot: the mean over the draws."""


def _checked_of(bench: Bench) -> list[Checked]:
    """Raises NotMeasurableError where nobody likes anything."""
    recommender = Recommender.open(bench.run, encoder=bench.encoder)
    found = list(check(recommender, seed=bench.settings.seed))
    if not found:
        raise NotMeasurableError("nobody in this run has a history to recommend from")
    return found


def _solvers(_: Bench, checked: list[Checked]) -> Mapping[str, Callable[[], Scores]]:
    return {
        "the cited items": lambda: np.array([one.fell for one in checked]),
        "as many items by lot": lambda: np.array([one.fell_by_lot for one in checked]),
    }


def _score(checked: list[Checked], fell: Scores) -> Mapping[str, Scores]:
    """What the shares say is the same whatever is taken away; only the ranks are compared."""
    apart = np.array([one.apart for one in checked])
    off = np.array([one.off for one in checked])
    return {
        "rank_falls": fell,
        "add_up": (apart <= CLOSE).astype(np.float64),
        "stated_fall": np.where(np.isnan(off), np.nan, (off <= CLOSE).astype(np.float64)),
    }


TASKS: tuple[Task[Any, Any], ...] = (
    Task(
        name="reasons",
        rests_on=("recommend",),
        question="Are the reasons of a recommendation the ranker's own?",
        data=_checked_of,
        solvers=_solvers,
        scorer=_score,
        about={
            "add_up": f"shares add up to the score within {CLOSE:g}",
            "stated_fall": "without the cited items the score falls by what was stated, within "
            f"{CLOSE:g}",
            "rank_falls": "without the cited items of the history the item loses its rank",
        },
        unit="recommendations",
    ),
)


def check(recommender: Recommender, *, seed: int = 0) -> Iterator[Checked]:
    """Recommendations to people drawn by lot, each taken apart."""
    draw = np.random.default_rng(seed)
    users = sorted(recommender.measures.users)
    judged = 0
    for at in draw.permutation(len(users)):
        if judged >= RECOMMENDATIONS:
            return
        scored = recommender.scorer.score(recommender.person(users[int(at)]))
        if len(scored.person.history) == 0:
            continue
        for one in recommender.for_user(users[int(at)], k=LIST).items:
            yield _checked(recommender, scored, one, draw)
            judged += 1


def _checked(
    recommender: Recommender, scored: Scored, one: Recommendation, draw: np.random.Generator
) -> Checked:
    scorer, history = recommender.scorer, scored.person.history
    item = recommender.places.items.index(one.item_id)
    apart = abs(sum(share.share for share in one.because) - one.score)
    told = {fact for sentence in one.sentences for fact in sentence.facts}
    cited = [s for s in one.because if s.kind == "item" and told & set(s.facts)]
    if not cited:
        return Checked(apart, 0, np.nan, np.nan, np.nan)
    away = np.array([recommender.places.items.index(share.id) for share in cited])
    without_cited = without(scorer, scored, away)
    fall = one.score - float(without_cited.total[item])
    off = abs(fall - sum(share.share for share in cited))
    if len(cited) == len(history):
        return Checked(apart, len(cited), off, np.nan, np.nan)
    before = rank_of(scored, item)
    by_lot = [
        rank_of(without(scorer, scored, draw.choice(history, len(cited), replace=False)), item)
        for _ in range(DRAWS)
    ]
    return Checked(
        apart,
        len(cited),
        off,
        float(_fell(before, rank_of(without_cited, item))),
        float(np.mean([_fell(before, rank) for rank in by_lot])),
    )


def _fell(before: int | None, after: int | None) -> bool:
    return before is not None and after is not None and after > before
