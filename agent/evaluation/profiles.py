"""How profiles read: whether every sentence is true, how long they are, how much they are alike.

A writer is a solver: to judge another one, add how it writes to `_writers`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from agent.evaluation.bench import Bench
from agent.evaluation.measure import Drawn
from agent.evaluation.task import Scores, Task
from agent.profiles.lexicon import Lexicon
from agent.profiles.verifier import FactSheet
from agent.records import Evidence, Profile

COMPARED = 200
"""Profiles that are compared with each other for sameness."""
DRAWS = 200


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
        length.append(len(words(profile).split()))
    every = max(1, len(profiles) // COMPARED)
    texts = [words(profile).lower().split() for profile in list(profiles)[::every][:COMPARED]]
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


def words(profile: Profile) -> str:
    """Headline and sentences of a profile, as people read them."""
    return " ".join([f"{profile.headline}.", *(s.text for s in profile.sentences)])


TASKS: tuple[Task[Written, Sequence[Profile]], ...] = (
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
