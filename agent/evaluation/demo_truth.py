"""How well a build finds the demo shop's personas, which nothing in the build has seen.

    python -m agent.evaluation.demo_truth --users 1000 --users 300 --seeds 5

builds each shop and prints, for the segments, for K-means with the true number of groups on the
same vectors, and for an oracle that knows the personas' tastes and rhythms:

    ARI      adjusted Rand index over all but mixtures and newcomers; belonging nowhere (noise,
             wanderers) is a class of its own
    placed   share of one-persona users in a segment
    apart    share of wanderers left out of every segment
"""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from agent.behaviour.demo import CURRENCY, write_demo
from agent.behaviour.shop.oracle import oracle_labels
from agent.inputs import Inputs
from agent.pipeline import build_run
from agent.recordfile import read_records
from agent.records import Membership, Record
from agent.runs import Run
from agent.segments.vectors import Vectors
from agent.settings import BuildSettings, EvidenceSettings

NOWHERE = ""


class Truth(Record):
    """One simulated person: `persona` is empty for a wanderer, `a+b` for a mixture."""

    user_id: str
    persona: str
    kind: str


class Score(Record):
    """Agreement of one labelling with the truth; see the top of this file."""

    ari: float
    placed: float
    apart: float
    groups: int


def read_truth(shop: Path) -> list[Truth]:
    """The people of a shop that `write_demo` made, from its truth.csv."""
    with (shop / "truth.csv").open(encoding="utf-8", newline="") as file:
        return [Truth.model_validate(row) for row in csv.DictReader(file)]


def score(truth: list[Truth], found: dict[str, str]) -> Score:
    """Compare labels (user → group, `NOWHERE` for none) with the truth."""
    judged = [one for one in truth if one.kind not in ("mixture", "newcomer")]
    labels = [found.get(one.user_id, NOWHERE) for one in judged]
    single = [found.get(one.user_id, NOWHERE) for one in truth if one.kind == "persona"]
    wanderers = [found.get(one.user_id, NOWHERE) for one in truth if one.kind == "wanderer"]
    return Score(
        ari=float(adjusted_rand_score([one.persona for one in judged], labels)),
        placed=float(np.mean([label != NOWHERE for label in single])),
        apart=float(np.mean([label == NOWHERE for label in wanderers])),
        groups=len({*found.values()} - {NOWHERE}),
    )


def score_shop(users: int, seed: int, folder: Path) -> dict[str, Score]:
    """Simulate a shop, build it, and score the segments, K-means and the oracle."""
    shop, run = folder / "shop", folder / "run"
    write_demo(shop, users=users, seed=seed)
    inputs = Inputs(
        events=(shop / "events.csv",),
        items=shop / "items.csv",
        attributes=shop / "attributes.csv",
        ties=shop / "ties.csv",
    )
    settings = BuildSettings(evidence=EvidenceSettings(currency=CURRENCY))
    build_run(inputs, run, settings)
    truth, opened = read_truth(shop), Run.open(run)
    segments = {
        membership.user_id: membership.label or NOWHERE
        for membership in read_records(opened.folder("segments") / "memberships.jsonl", Membership)
    }
    placed = Vectors.load(opened.folder("vectors"))
    personas = len({one.persona for one in truth if one.kind == "persona"})
    means = KMeans(personas, n_init=10, random_state=0).fit_predict(placed.matrix())
    oracle = dict(oracle_labels(shop).select("user_id", "label").iter_rows())
    return {
        "segments": score(truth, segments),
        "k-means": score(truth, dict(zip(placed.users, map(str, means), strict=True))),
        "oracle": score(truth, oracle),
    }


def main(
    users: Annotated[
        list[int] | None, typer.Option(help="Size of a shop; may be repeated.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Shops of each size.")] = 5,
    first: Annotated[int, typer.Option(min=0, help="Seed of the first shop.")] = 0,
) -> None:
    """Print how well the demo shop's personas are found."""
    print(f"{'users':>6} {'seed':>5}  {'':<9} {'ARI':>5} {'placed':>7} {'apart':>6} {'groups':>7}")
    for size in users or [1000, 300]:
        for seed in range(first, first + seeds):
            with tempfile.TemporaryDirectory(prefix="folkmap-truth-") as folder:
                scores = score_shop(size, seed, Path(folder))
            for name, one in scores.items():
                print(
                    f"{size:>6} {seed:>5}  {name:<9} {one.ari:>5.3f} {one.placed:>7.1%} "
                    f"{one.apart:>6.1%} {one.groups:>7}",
                    flush=True,
                )


if __name__ == "__main__":
    typer.run(main)
