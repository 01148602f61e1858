"""Whether what is recommended is what people go on to like, and how varied and how usual it is.

The blend, as the product ranks, against what people would use instead, fitted on the same likes:
for everybody, for those with many and with few likes, for items few people know; after one date;
and for newcomers, users of whom no model has seen a row, known by their first three events.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from agent.evaluation.baselines import GRIDS, chosen, fitted, popularity
from agent.evaluation.bench import Bench
from agent.evaluation.built import Built
from agent.evaluation.ranking import Score, rank_quality, top_items
from agent.evaluation.split import Split
from agent.evaluation.task import NotMeasurableError, Scores, Task
from agent.recommend.ease import gram, solve_ease
from agent.recommend.likes import read_likes
from agent.recommend.model import Model
from agent.recommend.person import Person, place_newcomer
from agent.recommend.scoring import Scorer
from agent.segments.blocks import user_rows

FIRST = 3
"""Events a newcomer is known by."""
FEWEST = 20
"""Judged users under whom there is nothing to tell recommenders apart by."""
TIEBREAK = 1e-6
COLD = 3
"""Likes up to which an item is hardly known."""
SHORT_HEAD = 0.2
"""Share of items, the most liked ones, that are no long tail."""

ABOUT = {
    "ndcg@10": "NDCG@10 of the last fifth of each history, all items ranked, seen ones left out",
    "recall@10": "share of that found among ten, of as many as ten places can hold",
    "ndcg@10 of hot users": "NDCG@10 for the third of users with the most likes",
    "ndcg@10 of cold users": f"NDCG@10 for users of {FIRST} events at most: none where the split "
    "asks for ten items a user; newcomers, below, stand in for them",
    "ndcg@10 of cold items": f"NDCG@10 when only items liked {COLD} times at most count",
    "ndcg@10 of long-tail users": "NDCG@10 for the third of users with the fewest likes",
    "ndcg@10 of long-tail items": "NDCG@10 when only items outside the most liked fifth count",
    "diversity": "mean distance (1 - cosine of their texts) of two items on a list of ten",
    "novelty": "mean surprise of an item listed: -log2 of the share of users who like it",
    "coverage": "share of all items on anybody's list of ten",
}


@dataclass(frozen=True)
class Question:
    """Whom to recommend for, and what to judge lists by."""

    split: Split
    texts: npt.NDArray[np.float64]
    """(items, 384) unit vectors of the items' texts, or zeros."""


def question(bench: Bench, split: Split) -> Question:
    """Raises NotMeasurableError where too few went on to like anything."""
    if len(split.judged) < FEWEST:
        raise NotMeasurableError(
            f"{len(split.judged)} users can be judged; it takes {FEWEST} ({split.kind})"
        )
    catalogue = pl.read_parquet(bench.run.folder("events") / "items.parquet")
    titles = dict(catalogue.select("item_id", "title").iter_rows())
    texts = [titles.get(item) or item for item in split.items]
    vectors = bench.encoder.encode(split.items, texts).astype(np.float64)
    vectors -= vectors.mean(axis=0)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return Question(split, vectors / np.maximum(length, 1e-9))


def blend(bench: Bench, built: Built, split: Split) -> Score:
    """The product's own scores of a rebuild's users, over the items of a split."""
    model = Model.load(built.folder("recommend"))
    scorer, items = Scorer(model, bench.encoder), built.measures.catalogue["item_id"].to_list()
    likes = read_likes(built.measures, items)
    place = {user: i for i, user in enumerate(likes.users)}
    known, columns = _columns(items, split)

    def score(rows: np.ndarray) -> npt.NDArray[np.floating]:
        found = np.full((len(rows), len(split.items)), -np.inf)
        for at, row in enumerate(rows):
            user = place[split.users[row]]
            pull = likes.pull[user]
            person = Person("", pull.indices.astype(np.int64), pull.data, built.alpha[user])
            found[at, columns] = scorer.score(person).total[known]
        return _finite(found)

    return score


def _columns(items: list[str], split: Split) -> tuple[np.ndarray, np.ndarray]:
    """Places of a catalogue that a split knows, and where they stand there."""
    place = {item: i for i, item in enumerate(split.items)}
    known = [i for i, item in enumerate(items) if item in place]
    return np.array(known), np.array([place[items[i]] for i in known])


def _finite(scores: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Items a model has never heard of stand below all others."""
    known = np.isfinite(scores)
    return np.where(known, scores, scores[known].min() - 1 if known.any() else 0.0)


def judge(asked: Question, score: Score) -> Mapping[str, Scores]:
    """Every metric of one recommender; see `ABOUT`."""
    split, rows = asked.split, np.array(asked.split.judged)
    found = dict(rank_quality(score, split))
    likes = split.likes.getnnz(axis=1)[rows]
    low, high = np.quantile(likes, [1 / 3, 2 / 3])
    found["ndcg@10 of hot users"] = found["ndcg@10"][likes >= high]
    found["ndcg@10 of long-tail users"] = found["ndcg@10"][likes <= low]
    seen = split.seen.getnnz(axis=1)[rows]
    found["ndcg@10 of cold users"] = found["ndcg@10"][seen <= FIRST]
    cold = split.likes.getnnz(axis=0) <= COLD
    found["ndcg@10 of cold items"] = rank_quality(score, split, cold)["ndcg@10"]
    share = np.asarray(split.likes.mean(axis=0)).ravel()
    tail = share <= np.quantile(share, 1 - SHORT_HEAD)
    found["ndcg@10 of long-tail items"] = rank_quality(score, split, tail)["ndcg@10"]
    lists = top_items(score, split)
    found["novelty"] = -np.log2(np.maximum(share, 1 / (2 * len(split.users))))[lists].mean(axis=1)
    found["coverage"] = np.isin(np.arange(len(split.items)), lists).astype(np.float64)
    size = lists.shape[1]
    summed = asked.texts[lists].sum(axis=1)
    own = (asked.texts[lists] ** 2).sum(axis=(1, 2))
    found["diversity"] = 1 - ((summed**2).sum(axis=1) - own) / (size * (size - 1))
    return found


def _solvers(
    bench: Bench, split: Split, built: Callable[[], Built]
) -> Mapping[str, Callable[[], Score]]:
    baselines = {name: partial(fitted, name, split) for name in GRIDS}
    return {"blend": lambda: blend(bench, built(), split), **baselines}


# --- after one date ------------------------------------------------------------------------------


def _by_date(bench: Bench) -> Question:
    if bench.date_split is None:
        raise NotMeasurableError("the log has no times")
    return question(bench, bench.date_split)


# --- newcomers -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Newcomers:
    """Users held out, known by their first events, and the likes of everybody else."""

    asked: Split
    """Their first events train, all later ones are test."""
    others: Split
    """Everybody else: what models learn from."""


def _newcomers(bench: Bench) -> Newcomers:
    split, out = bench.split, pl.col("user_id").is_in(bench.strangers)
    place = pl.int_range(pl.len()).over("user_id")
    theirs = split.interactions.filter(out).with_columns((place >= FIRST).alias("test"))
    asked = Split(theirs, bench.strangers, split.items, "all but the first three of newcomers")
    if len(asked.judged) < FEWEST:
        raise NotMeasurableError(f"only {len(asked.judged)} newcomers can be judged")
    rest = [user for user in split.users if user not in set(bench.strangers)]
    return Newcomers(asked, Split(split.interactions.filter(~out), rest, split.items, split.kind))


def _newcomer_solvers(bench: Bench, data: Newcomers) -> Mapping[str, Callable[[], Score]]:
    users = pl.Series("user_id", data.asked.users, dtype=pl.String)
    first = data.asked.interactions.filter(~pl.col("test"))
    known = user_rows(first.filter("positive"), users, "item_id", data.asked.items, pl.lit(1.0))

    def folded() -> Score:
        """With popularity where it is silent, so that who liked none of the three gets a list."""
        ridge = chosen("ease", data.others)["ridge"]
        influence = solve_ease(gram(data.others.likes), ridge)
        usual = TIEBREAK * np.asarray(data.others.likes.mean(axis=0)).ravel()
        return lambda rows: np.asarray(known[rows] @ influence + usual)

    return {
        "blend": lambda: _newcomer_blend(bench, data, known),
        "popularity": lambda: popularity(data.others.likes),
        "ease folded in": folded,
    }


def _newcomer_blend(bench: Bench, data: Newcomers, known: sparse.csr_matrix) -> Score:
    """The product as it places and serves somebody new (`Recommender.for_newcomer`)."""
    built = bench.without_strangers()
    model = Model.load(built.folder("recommend"))
    scorer, items = Scorer(model, bench.encoder), built.measures.catalogue["item_id"].to_list()
    held, columns = _columns(items, data.asked)
    place = {item: i for i, item in enumerate(items)}

    def score(rows: np.ndarray) -> npt.NDArray[np.floating]:
        found = np.full((len(rows), len(data.asked.items)), -np.inf)
        for at, row in enumerate(rows):
            liked = [data.asked.items[i] for i in known[row].indices]
            likes = dict.fromkeys([item for item in liked if item in place], 1.0)
            alpha = place_newcomer(likes, built.measures, built.vector_model, built.cores)
            history = np.array(sorted(place[item] for item in likes), dtype=np.int64)
            person = Person("", history, np.ones(len(history)), alpha)
            found[at, columns] = scorer.score(person).total[held]
        return _finite(found)

    return score


TASKS: tuple[Task[Question, Score] | Task[Newcomers, Score], ...] = (
    Task(
        name="recommendations",
        rests_on=("recommend",),
        question="Does the blend rank what people go on to like better than other recommenders?",
        data=lambda bench: question(bench, bench.split),
        solvers=lambda bench, _: _solvers(
            bench, bench.split, lambda: bench.build(until="recommend")
        ),
        scorer=judge,
        about=ABOUT,
        neither=frozenset({"diversity", "novelty", "coverage"}),
    ),
    Task(
        name="recommendations after a date",
        rests_on=("recommend",),
        question="And when one date divides what trains from what tests?",
        data=_by_date,
        solvers=lambda bench, asked: _solvers(bench, asked.split, bench.by_date),
        scorer=lambda asked, score: rank_quality(score, asked.split),
        about={"ndcg@10": "NDCG@10 of all that people like after one date"},
    ),
    Task(
        name="recommendations for newcomers",
        rests_on=("recommend",),
        question="And for users of whom three events are known and no model has seen a row?",
        data=_newcomers,
        solvers=_newcomer_solvers,
        scorer=lambda data, score: rank_quality(score, data.asked),
        about={"ndcg@10": "NDCG@10 of all that a newcomer likes after the first three events"},
    ),
)
