"""The personas can be told apart by somebody who knows their design."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from sklearn.metrics import adjusted_rand_score

from agent.behaviour.demo import write_demo
from agent.behaviour.shop.oracle import oracle_labels


@pytest.mark.parametrize("seed", [0, 1])
def test_oracle_finds_the_personas(tmp_path: Path, seed: int) -> None:
    write_demo(tmp_path, users=300, seed=seed)
    truth = pl.read_csv(tmp_path / "truth.csv").with_columns(pl.col("persona").fill_null(""))
    judged = oracle_labels(tmp_path).join(truth, on="user_id", maintain_order="left")
    assert judged["user_id"].equals(truth["user_id"].sort())
    scored = judged.filter(~pl.col("kind").is_in(["mixture", "newcomer"]))
    assert adjusted_rand_score(scored["persona"], scored["label"]) > 0.9
    wanderers = scored.filter(kind="wanderer")
    assert (wanderers["label"] == "").mean() > 0.7
    changed = scored.filter(kind="changed")
    assert (changed["label"] == changed["persona"]).mean() > 0.7


def test_oracle_never_reads_the_truth(tmp_path: Path) -> None:
    write_demo(tmp_path, users=30, seed=0)
    with_truth = oracle_labels(tmp_path)
    (tmp_path / "truth.csv").unlink()
    assert oracle_labels(tmp_path).equals(with_truth)
