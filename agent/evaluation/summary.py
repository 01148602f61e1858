"""The figures a careful reader asks for first, one line each: ours, what it has to beat, how far.

README's table of results is this one, from `folkmap evaluate --run RUN`.
"""

from __future__ import annotations

from typing import NamedTuple

from agent.evaluation.measure import Measure, NotMeasured
from agent.evaluation.task import Results

NOT_MEASURED = "not measured"


class Claim(NamedTuple):
    """What ought to hold of a measure: at least `least`, or at least `least` times a baseline."""

    measure: str
    words: str
    against: str | None
    least: float


CLAIMS = (
    Claim("what segments predict.ndcg@10", "segment popularity against K-means", "k-means", 0.88),
    *(
        Claim("what segments predict.ndcg@10", f"segment popularity against {name}", name, 1.2)
        for name in (
            "k-means on recency, frequency, value",
            "k-means on sentence embeddings",
            "umap, hdbscan on sentence embeddings",
        )
    ),
    Claim("what soft segments predict.ndcg@10", "soft against soft K-means", "k-means", 1.05),
    Claim("stability.seeds", "adjusted Rand index between seeds", None, 0.95),
    Claim("stability.80 % subsamples", "the same between 80 % subsamples", None, 0.80),
    Claim("stability.5 % new events", "the same after 5 % new events", None, 0.90),
    Claim("recommendations.ndcg@10", "recommendations against EASE", "ease", 1.0),
    Claim(
        "recommendations for newcomers.ndcg@10", "newcomers against EASE", "ease folded in", 1.0
    ),
    Claim(
        "recommendations for newcomers.ndcg@10", "newcomers against popularity", "popularity", 1.3
    ),
    Claim("labels.median precision", "precision of the median rule", None, 0.80),
    Claim("labels.median recall", "recall of the median rule", None, 0.70),
    Claim("labels.unique names", "names that are unique", None, 1.0),
    Claim(
        "profiles.picked first of ten", "a text picks its person, against the behaviour vector",
        "behaviour vector", 0.8,
    ),
)  # fmt: skip


def summary(results: Results) -> list[tuple[str, str, str, str]]:
    """(claim, figure with its interval, asked, yes or no) for every claim that was asked about.

    A claim whose task found out why it cannot be measured says `not measured`, as does one whose
    baseline has no ratio; a claim of a task that was not asked for is left out.
    """
    rows = []
    for claim in CLAIMS:
        sign = "× " if claim.against else ""
        least = f"{sign}{claim.least:.2f}"
        one = results.get(claim.measure)
        if one is None:
            one = results.get(claim.measure.rpartition(".")[0])
            if not isinstance(one, NotMeasured):
                continue
        figures = None if isinstance(one, NotMeasured) else _figures(one, claim.against)
        if figures is None:
            rows.append((claim.words, NOT_MEASURED, least, ""))
            continue
        value, low, high = figures
        told = f"{sign}{value:.2f} ({low:.2f} to {high:.2f})"
        rows.append((claim.words, told, least, _verdict(value, claim.least)))
    return rows


def _figures(one: Measure, against: str | None) -> tuple[float, float, float] | None:
    """A measure, or its ratio to a baseline, with the interval; None where there is no ratio."""
    found = one if against is None else one.ratios.get(against)
    return None if found is None else (found.value, found.low, found.high)


def _verdict(value: float, least: float) -> str:
    return "yes" if value >= least else "no"
