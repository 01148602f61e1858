"""Whether a profile tells its person from others.

Profiles are written from the first half of every history. Given a profile's text alone, the text
embedding ranks the second halves of ten histories: the person's own and those of the nine people
nearest by behaviour. A second half is told as a profile of its own, by the same writer, and the two
are compared passage by passage (headline, sentences, interests): the likeness of each passage to
its likest, on average (late interaction, Khattab & Zaharia 2020). In one vector of the whole, dates
and sums drown what is liked. The behaviour vector of the first half does the same with the vector
of the second: what it can tell is what there is to be told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from agent.behaviour.counting import take_measures
from agent.evaluation.bench import Bench
from agent.evaluation.built import Built
from agent.evaluation.profiles import words
from agent.evaluation.task import NotMeasurableError, Scores, Task
from agent.profiles.gist import encoder_text
from agent.recommend.texts import item_text
from agent.records import Profile
from agent.segments.blocks import user_rows
from retrieval.embeddings import Encoder

NEAR = 9
"""People a profile has to be told from, the nearest by behaviour vector."""
FEWEST_EVENTS = 5
"""Items in either half, for a person to be judged."""

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Halves:
    """Two halves of every history: profiles and vectors of the first, traces of the second."""

    built: Built
    judged: npt.NDArray[np.int64]
    """Rows of users with enough in both halves."""
    candidates: npt.NDArray[np.int64]
    """(judged, 1 + NEAR) rows; the person's own comes first."""
    behaviour: Matrix
    """(users, columns) vectors of the second halves, as the first half's model places them."""
    text: Matrix
    """(users, 384) mean text of the items of the second halves, rare ones counting more."""
    items: Matrix
    """(users, 384) the same of the first halves: what an embedding can know without words."""
    first: list[list[str]]
    """(users,) the passages of the profile of each first half."""
    second: list[list[str]]
    """(users,) and of each second half; none for who has none."""


Telling = Callable[[int, npt.NDArray[np.int64]], Matrix]
"""A row and its candidates' rows → how like each candidate's second half is to what is told."""


def _halves(bench: Bench) -> Halves:
    built = bench.first_half()
    known = built.measures
    second = bench.second_half(built.users)
    later = take_measures(
        second.histories,
        items=known.catalogue.select("item_id", "title", "categories"),
        attributes=known.attributes, ties=known.ties, vocabulary=known.vocabulary,
    )  # fmt: skip
    place = {user: i for i, user in enumerate(built.users)}
    rows = np.array([place[user] for user in later.users], dtype=np.int64)
    first = built.vectors.matrix()
    behaviour = np.zeros_like(first)
    behaviour[rows] = built.vector_model.transform(later, None).matrix()
    users = pl.Series("user_id", built.users, dtype=pl.String)
    halves = [
        user_rows(m.items, users, "item_id", known.catalogue["item_id"].to_list(), pl.lit(1.0))
        for m in (known, later)
    ]
    enough = np.min([half.getnnz(axis=1) for half in halves], axis=0) >= FEWEST_EVENTS
    judged = np.flatnonzero(enough)
    if len(judged) <= 2 * NEAR:
        raise NotMeasurableError(f"only {len(judged)} users have enough in both halves")
    titles = known.catalogue.select("title", "categories").iter_rows()
    texts = [item_text(title, kinds or ()) for title, kinds in titles]
    vectors = bench.encoder.encode(known.catalogue["item_id"].to_list(), texts).astype(np.float64)
    users_of = np.asarray(sum(half.getnnz(axis=0) for half in halves), dtype=np.float64)
    rarity = np.log(2 * len(built.users) / np.maximum(1.0, users_of))
    items, text = (_mean(half, vectors, rarity) for half in halves)
    told = {profile.user_id: _passages(profile) for profile in second.profiles()}
    return Halves(
        built, judged, _nearest(first, judged), behaviour, text, items,
        first=[_passages(profile) for profile in built.profiles()],
        second=[told.get(user, []) for user in built.users],
    )  # fmt: skip


def _mean(half: sparse.csr_matrix, vectors: Matrix, rarity: Matrix) -> Matrix:
    """(users, 384) mean vector of a user's items, relative to that of all items.

    Rare items count more, as words do in TF-IDF: what everybody has says nothing of anybody.
    """
    weighed = half.multiply(rarity).tocsr()
    total = np.maximum(1e-9, np.asarray(weighed.sum(axis=1)).reshape(-1, 1))
    return np.asarray(weighed @ (vectors - vectors.mean(axis=0)) / total)


def _nearest(matrix: Matrix, judged: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """(judged, 1 + NEAR) each judged row, then the judged rows nearest to it."""
    points = matrix[judged]
    squares = (points**2).sum(axis=1)
    found = np.empty((len(judged), 1 + NEAR), dtype=np.int64)
    for at, row in enumerate(judged):
        distance = squares - 2 * points @ points[at]
        distance[at] = np.inf
        near = np.argsort(np.round(distance, 9), kind="stable")[:NEAR]
        found[at] = [row, *judged[near]]
    return found


def _tellers(bench: Bench, data: Halves) -> Mapping[str, Callable[[], Telling]]:
    built = data.built
    profiles = list(built.profiles())

    def of_text(write: Callable[[Profile], list[str]]) -> Telling:
        told = mean_vectors([write(profile) for profile in profiles], bench.encoder)
        told -= told.mean(axis=0)
        later = data.text - data.text[data.judged].mean(axis=0)
        return lambda row, others: _unit(later[others]) @ told[row]

    def behaviour() -> Telling:
        first = built.vectors.matrix()

        def near(row: int, others: npt.NDArray[np.int64]) -> Matrix:
            away = ((data.behaviour[others] - first[row]) ** 2).sum(axis=1)
            return np.asarray(-away, dtype=np.float64)

        return near

    def items() -> Telling:
        later = data.text - data.text[data.judged].mean(axis=0)
        return lambda row, others: _unit(later[others]) @ data.items[row]

    return {
        "profile": lambda: likest(data.first, data.second, bench.encoder),
        "profile against item texts": lambda: of_text(_passages),
        "the same as one text": lambda: of_text(lambda p: [words(p)]),
        "the same as embedded": lambda: of_text(lambda p: [encoder_text(p)]),
        "behaviour vector": behaviour,
        "mean of item texts": items,
        "chance": lambda: lambda _, others: np.zeros(len(others)),
    }


def _passages(profile: Profile) -> list[str]:
    """The text of a profile in its parts: headline, sentences, and what it lists as interests."""
    names = ", ".join(interest.name for interest in profile.interests)
    told = [f"Into {names}."] if names else []
    return [profile.headline, *(sentence.text for sentence in profile.sentences), *told]


def likest(
    told: Sequence[Sequence[str]], later: Sequence[Sequence[str]], encoder: Encoder
) -> Telling:
    """By how near the passages of what is told are to their likest of what comes later.

    Likeness is the cosine of vectors less the mean of all. Without a passage on either side
    nobody is like anybody.
    """
    vectors, place = _encoded((*told, *later), encoder)
    vectors = _unit(vectors - vectors.mean(axis=0))

    def near(row: int, others: npt.NDArray[np.int64]) -> Matrix:
        own = vectors[[place[text] for text in told[row]]]
        found = np.zeros(len(others))
        for at, other in enumerate(others):
            if told[row] and later[other]:
                theirs = vectors[[place[text] for text in later[other]]]
                found[at] = (own @ theirs.T).max(axis=1).mean()
        return found

    return near


def mean_vectors(texts: Sequence[Sequence[str]], encoder: Encoder) -> Matrix:
    """(rows, 384) mean vector of each row's texts; 0 for a row without any."""
    vectors, place = _encoded(texts, encoder)
    found = np.zeros((len(texts), vectors.shape[1]))
    for row, own in enumerate(texts):
        if own:
            found[row] = vectors[[place[text] for text in own]].mean(axis=0)
    return found


def _encoded(texts: Sequence[Sequence[str]], encoder: Encoder) -> tuple[Matrix, dict[str, int]]:
    """The vectors of all texts, each text once, and the row of each."""
    known = sorted({text for row in texts for text in row})
    vectors = encoder.encode([str(i) for i in range(len(known))], known)
    return vectors.astype(np.float64), {text: i for i, text in enumerate(known)}


def _unit(matrix: Matrix) -> Matrix:
    return np.asarray(matrix / np.maximum(1e-9, np.linalg.norm(matrix, axis=1, keepdims=True)))


def _picks(data: Halves, tell: Telling) -> Mapping[str, Scores]:
    """Of each judged person, whether their own second half comes first, and how early it comes."""
    right, rank = np.zeros(len(data.judged)), np.zeros(len(data.judged))
    for at, row in enumerate(data.judged):
        likeness = np.round(tell(int(row), data.candidates[at]), 9)
        above, level = (likeness > likeness[0]).sum(), (likeness == likeness[0]).sum()
        right[at] = (above == 0) / level  # equals share the first place
        rank[at] = 1 / (above + (level + 1) / 2)
    return {"picked first of ten": right, "reciprocal rank": rank}


TASKS: tuple[Task[Halves, Telling], ...] = (
    Task(
        name="profiles",
        question="Does the text alone pick its person among the ten most alike?",
        data=_halves,
        solvers=_tellers,
        scorer=_picks,
        about={
            "picked first of ten": "given a profile of the first half of a history, those of the "
            "second halves of ten people who behave alike, ranked by the text embedding",
        },
    ),
)
