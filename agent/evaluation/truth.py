"""Whether segments are what people really are, where somebody knows: a truth, or a declared label.

A truth stands in `truth.csv` beside the log (the demo shop has one: a persona for everybody); a
declared label is an attribute of users with a few values. The run itself is judged, not a rebuild:
nothing in it has seen a truth, and declared labels are judged on the blocks without them.
"""

from __future__ import annotations

import csv
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    adjusted_rand_score,
    normalized_mutual_info_score,
    roc_auc_score,
)
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from agent.evaluation import groupings
from agent.evaluation.bench import Bench
from agent.evaluation.built import Built
from agent.evaluation.groupings import Labels, Matrix
from agent.evaluation.measure import Drawn
from agent.evaluation.task import NotMeasurableError, Scores, Task

FILE = "truth.csv"
JUDGED_KINDS = ("persona", "wanderer", "changed")
"""Of the demo shop's people: mixtures are of two kinds, of newcomers hardly anything is known."""
MOST_VALUES, FEWEST_USERS = 20, 20
FOLDS = 5
DRAWS = 200


@dataclass(frozen=True)
class Truth:
    """What some users of a run are; `rows` are their places among its users."""

    built: Built
    rows: npt.NDArray[np.int64]
    labels: Labels
    names: list[str]
    matrix: Matrix
    """(rows, columns) the vectors that may be used to tell."""
    draws: list[npt.NDArray[np.int64]] = field(default_factory=list)


def _truth(bench: Bench) -> Truth:
    """Raises NotMeasurableError where nobody knows."""
    told = _of_file(bench) or _declared(bench.whole)
    if told is None:
        raise NotMeasurableError(
            f"no {FILE} stands beside the log, and no attribute with 2 to {MOST_VALUES} values of "
            f"{FEWEST_USERS} users each is declared"
        )
    name, known = told
    built = bench.whole
    rows = np.array([i for i, user in enumerate(built.users) if user in known], dtype=np.int64)
    names = sorted(set(known.values()))
    labels = np.array([names.index(known[built.users[i]]) for i in rows], dtype=np.int64)
    vectors = built.vectors
    parts = [
        np.sqrt(vectors.weights[block]) * values[rows]
        for block, values in vectors.blocks.items()
        if block != "attributes" or name == FILE
    ]
    generator = np.random.default_rng(0)
    draws = [generator.choice(len(rows), len(rows)) for _ in range(DRAWS)]
    return Truth(built, rows, labels, names, np.hstack(parts), draws)


def _of_file(bench: Bench) -> tuple[str, dict[str, str]] | None:
    for events in bench.inputs.events:
        file = (events if events.is_dir() else events.parent) / FILE
        if file.is_file():
            with file.open(encoding="utf-8", newline="") as lines:
                rows = list(csv.DictReader(lines))
            if not rows or "user_id" not in rows[0] or len(rows[0]) < 2:
                continue
            column = next(c for c in ("persona", "label", *list(rows[0])[1:]) if c in rows[0])
            return FILE, {
                row["user_id"]: row[column] for row in rows
                if row.get("kind", "persona") in JUDGED_KINDS
            }  # fmt: skip
    return None


def _declared(built: Built) -> tuple[str, dict[str, str]] | None:
    """The declared attribute that tells most users, of those with few, common values."""
    best: tuple[str, dict[str, str]] | None = None
    attributes = built.measures.attributes
    for name in attributes["name"].unique().sort():
        known = dict(attributes.filter(attributes["name"] == name)["user_id", "value"].iter_rows())
        counts = Counter(known.values())
        common = {value for value, n in counts.items() if n >= FEWEST_USERS}
        known = {user: value for user, value in known.items() if value in common}
        if 2 <= len(common) <= MOST_VALUES and (best is None or len(known) > len(best[1])):
            best = name, known
    return best


def _groupings(_: Bench, data: Truth) -> Mapping[str, Callable[[], Labels]]:
    built, k = data.built, data.built.alpha.shape[1]
    matrix = built.vectors.matrix()
    return {
        "segments": lambda: built.hdbscan[data.rows],
        "segments, α's first choice": lambda: built.argmax[data.rows],
        "k-means": lambda: groupings.k_means(matrix, k, built.settings.seed)[data.rows],
        "agglomerative": lambda: groupings.agglomerative(matrix, k)[data.rows],
    }


def _agreement(data: Truth, found: Labels) -> Mapping[str, Scores]:
    """The intervals are over `DRAWS` draws of users."""

    def over(score: Callable[[Labels, Labels], float]) -> Scores:
        draws = np.array([score(data.labels[d], found[d]) for d in data.draws])
        return Drawn(score(data.labels, found), draws, len(found))

    return {
        "adjusted rand index": over(adjusted_rand_score),
        "normalised mutual information": over(normalized_mutual_info_score),
        "purity": _purity(data.labels, found),
    }


def _purity(truth: Labels, found: Labels) -> Matrix:
    """Per user whether they are of the most frequent kind of their group."""
    right = np.zeros(len(truth))
    for group in np.unique(found):
        own = found == group
        right[own] = truth[own] == np.bincount(truth[own]).argmax()
    return right


@dataclass(frozen=True)
class Predicted:
    """(users,) what each was taken for, and (users, kinds) how sure."""

    labels: Labels
    chances: Matrix


def _classifiers(_: Bench, data: Truth) -> Mapping[str, Callable[[], Predicted]]:
    def learnt(matrix: Matrix) -> Predicted:
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2_000, C=0.1))
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            chances = cross_val_predict(
                model, matrix, data.labels, cv=folds, method="predict_proba"
            )
        return Predicted(np.asarray(chances.argmax(axis=1), dtype=np.int64), chances)

    def usual() -> Predicted:
        shares = np.bincount(data.labels, minlength=len(data.names)) / len(data.labels)
        chances = np.tile(shares, (len(data.labels), 1))
        return Predicted(np.full(len(data.labels), shares.argmax(), dtype=np.int64), chances)

    return {
        "vectors": lambda: learnt(data.matrix),
        "segment weights only": lambda: learnt(data.built.alpha[data.rows]),
        "most frequent": usual,
    }


def _judge(data: Truth, found: Predicted) -> Mapping[str, Scores]:
    right = (found.labels == data.labels).astype(np.float64)
    scores = {"accuracy": right}
    scores["recall"] = np.array(
        [right[data.labels == kind].mean() for kind in range(len(data.names))]
    )
    scores["f1"] = np.array(
        [_f1(data.labels == k, found.labels == k) for k in range(len(data.names))]
    )
    scores["roc auc"] = np.array(
        [roc_auc_score(data.labels == k, found.chances[:, k]) for k in range(len(data.names))]
    )
    return scores


def _f1(wanted: npt.NDArray[np.bool_], found: npt.NDArray[np.bool_]) -> float:
    both = int((wanted & found).sum())
    return 2 * both / max(1, int(wanted.sum()) + int(found.sum()))


TASKS: tuple[Task[Truth, Labels] | Task[Truth, Predicted], ...] = (
    Task(
        name="truth",
        question="Are segments what people are known to be?",
        data=_truth,
        solvers=_groupings,
        scorer=_agreement,
        about={
            "adjusted rand index": "noise is a group of its own",
            "purity": "share of users who are of their group's most frequent kind",
        },
    ),
    Task(
        name="known kinds",
        question="Can a classifier read off the vectors what people are known to be?",
        data=_truth,
        solvers=_classifiers,
        scorer=_judge,
        about={
            "accuracy": f"logistic regression, {FOLDS}-fold cross-validation",
            "recall": "mean over kinds; n counts kinds",
            "f1": "mean over kinds; n counts kinds",
            "roc auc": "one kind against the rest, mean over kinds; n counts kinds",
        },
    ),
)
