"""Whether a profile is true, tells its person from others, and does not read like every other.

Profiles are written from the first half of every history. Given a profile's text alone, the text
embedding ranks the second halves of ten histories: the person's own and those of the nine people
nearest by behaviour. A profile is read passage by passage (headline, sentences, interests), as
texts of several subjects are: in one vector of the whole, dates and sums drown what is liked. The
behaviour vector of the first half does the same: what it can tell is what there is to be told. A
writer is a solver: to judge another one, add how it writes to `_writers`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from agent.behaviour.counting import take_measures
from agent.behaviour.histories import make_histories
from agent.evaluation.bench import Bench, Built
from agent.evaluation.measure import Drawn
from agent.evaluation.task import NotMeasurableError, Scores, Task
from agent.profiles.gist import encoder_text
from agent.profiles.lexicon import Lexicon
from agent.profiles.verifier import FactSheet
from agent.recommend.texts import item_text
from agent.records import Evidence, Profile
from agent.segments.blocks import user_rows
from retrieval.embeddings import Encoder

NEAR = 9
"""People a profile has to be told from, the nearest by behaviour vector."""
FEWEST_EVENTS = 5
"""Items in either half, for a person to be judged."""
COMPARED = 200
"""Profiles that are compared with each other for sameness."""
DRAWS = 200

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


Telling = Callable[[int, npt.NDArray[np.int64]], Matrix]
"""A row and its candidates' rows → how like each candidate's second half is to what is told."""


def _halves(bench: Bench) -> Halves:
    split, built = bench.half_split, bench.first_half()
    known = built.measures
    late = bench.events.join(split.training(bench.events), on="event_id", how="anti")
    late = late.filter(pl.col("user_id").is_in(built.users) & pl.col("item_id").is_in(split.items))
    later = take_measures(
        make_histories(late)[0],
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
    return Halves(built, judged, _nearest(first, judged), behaviour, text, items)


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
        "profile": lambda: of_text(_passages),
        "profile without interests, as one text": lambda: of_text(lambda p: [_words(p)]),
        "profile as embedded": lambda: of_text(lambda p: [encoder_text(p)]),
        "behaviour vector": behaviour,
        "mean of item texts": items,
        "chance": lambda: lambda _, others: np.zeros(len(others)),
    }


def _passages(profile: Profile) -> list[str]:
    """The text of a profile in its parts: headline, sentences, and what it lists as interests."""
    names = ", ".join(interest.name for interest in profile.interests)
    told = [f"Into {names}."] if names else []
    return [profile.headline, *(sentence.text for sentence in profile.sentences), *told]


def _words(profile: Profile) -> str:
    """Headline and sentences of a profile, as people read them."""
    return " ".join([f"{profile.headline}.", *(s.text for s in profile.sentences)])


def mean_vectors(texts: Sequence[Sequence[str]], encoder: Encoder) -> Matrix:
    """(rows, 384) mean vector of each row's texts; 0 for a row without any."""
    known = sorted({text for row in texts for text in row})
    place = {text: i for i, text in enumerate(known)}
    vectors = encoder.encode([str(i) for i in range(len(known))], known).astype(np.float64)
    found = np.zeros((len(texts), vectors.shape[1]))
    for row, own in enumerate(texts):
        if own:
            found[row] = vectors[[place[text] for text in own]].mean(axis=0)
    return found


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


# --- how they read -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """Profiles of one writer, with the evidence they were written from."""

    profiles: Sequence[Profile]
    evidence: Sequence[Evidence]
    lexicon: Lexicon


def _written(bench: Bench) -> Written:
    built = bench.build()
    return Written(list(built.profiles()), list(built.evidence()), Lexicon.of(built.measures))


def _writers(_: Bench, data: Written) -> Mapping[str, Callable[[], Sequence[Profile]]]:
    return {"profiles": lambda: data.profiles}


def _read(data: Written, profiles: Sequence[Profile]) -> Mapping[str, Scores]:
    """Precision by reading every sentence once more; length and sameness of the texts."""
    borne, fallen, length = [], [], []
    for profile, evidence in zip(profiles, data.evidence, strict=True):
        sheet = FactSheet(evidence, data.lexicon)
        borne += [not sheet.check(s.text, s.facts) for s in profile.sentences]
        fallen.append(profile.verification.replaced > 0)
        length.append(len(_words(profile).split()))
    every = max(1, len(profiles) // COMPARED)
    texts = [_words(profile).lower().split() for profile in list(profiles)[::every][:COMPARED]]
    return {
        "sentences borne out": np.array(borne, dtype=np.float64),
        "words": np.array(length, dtype=np.float64),
        "profiles with a sentence replaced": np.array(fallen, dtype=np.float64),
        "self-bleu": np.array([_bleu(text, i, texts) for i, text in enumerate(texts)]),
        "distinct-2": _over_texts(texts, _distinct),
    }


def _pairs(text: Sequence[str], n: int = 2) -> list[tuple[str, ...]]:
    return list(zip(*(text[i:] for i in range(n)), strict=False))


def _distinct(texts: Iterable[Sequence[str]]) -> float:
    """Share of different ones among all pairs of neighbouring words (Li 2016)."""
    pairs = [pair for text in texts for pair in _pairs(text)]
    return len(set(pairs)) / max(1, len(pairs))


def _over_texts(
    texts: Sequence[Sequence[str]], statistic: Callable[[Iterable[Sequence[str]]], float]
) -> Drawn:
    """With an interval over halves of the texts: drawn twice, a text would be its own copy."""
    generator, n = np.random.default_rng(0), len(texts)
    halves = [generator.permutation(n)[: n // 2] for _ in range(DRAWS)]
    draws = np.array([statistic(texts[i] for i in half) for half in halves])
    whole = statistic(texts)
    return Drawn(whole, whole + (draws - draws.mean()) / np.sqrt(2), n)


def _bleu(text: Sequence[str], own: int, texts: Sequence[Sequence[str]]) -> float:
    """BLEU-4 of a text against all others (self-BLEU, Zhu 2018)."""
    logs = []
    for n in range(1, 5):
        counts = Counter(_pairs(text, n))
        most: Counter[tuple[str, ...]] = Counter()
        for i, other in enumerate(texts):
            if i != own:
                most |= Counter(pair for pair in _pairs(other, n) if pair in counts)
        found = sum((counts & most).values())
        logs.append(np.log(max(found, 0.1) / max(1, sum(counts.values()))))
    return float(np.exp(np.mean(logs)))


TASKS: tuple[Task[Halves, Telling] | Task[Written, Sequence[Profile]], ...] = (
    Task(
        name="profiles",
        question="Does the text alone pick its person among the ten most alike?",
        data=_halves,
        solvers=_tellers,
        scorer=_picks,
        about={
            "picked first of ten": "given a profile of the first half of a history, the second "
            "halves of ten people who behave alike ranked by the text embedding",
        },
    ),
    Task(
        name="how profiles read",
        question="Is every sentence true, and does everybody get their own?",
        data=_written,
        solvers=_writers,
        scorer=_read,
        about={
            "sentences borne out": "share of sentences whose every claim stands in a fact they "
            "cite, by the verifier; n counts sentences",
            "words": "length of a profile",
            "profiles with a sentence replaced": "share whose writer had to be helped out",
            "distinct-2": "share of different word pairs among all pairs of the profiles compared",
            "self-bleu": "BLEU-4 of a profile against the others compared; 1 is the same text",
        },
        lower=frozenset({"self-bleu", "profiles with a sentence replaced"}),
        neither=frozenset({"words"}),
    ),
)
