"""The `recommend` stage: artefacts of a log in, the recommender's artefact out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agent.behaviour.histories import load_histories
from agent.behaviour.measures import load_measures
from agent.recommend.affinity import alphas
from agent.recommend.model import fit_model
from agent.recommend.validation import Placing
from agent.recordfile import read_records
from agent.records import Membership
from agent.segments.memberships import Cores
from agent.segments.vectors import VectorModel
from retrieval.embeddings import Encoder


def write_recommend(
    out: Path,
    histories: Path,
    evidence: Path,
    vectors: Path,
    segments: Path,
    *,
    encoder: Encoder,
    seed: int,
) -> dict[str, Any]:
    """Fit the recommender on the folders of the stages before it and write it into `out`.

    Writes the files that `agent.recommend.model` names, the same bytes for the same inputs.
    Returns what was chosen on the validation split and how well it did there.
    """
    cores = Cores.load(segments)
    placing = Placing(load_measures(evidence), VectorModel.load(vectors), cores)
    memberships = read_records(segments / "memberships.jsonl", Membership)
    model = fit_model(
        load_histories(histories / "histories.parquet"),
        alphas(memberships, cores.segments),
        placing,
        encoder,
        seed,
    )
    model.save(out)
    return {
        "items": len(model.affinity.popularity),
        "items_together": len(model.together.places),
        **model.blend.model_dump(mode="json", include={"ridge", "recency", "readings"}),
    }
