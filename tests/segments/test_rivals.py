from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn.metrics import adjusted_rand_score
from typer.testing import CliRunner

from agent.behaviour.demo import write_demo
from agent.cli import app
from agent.errors import SettingsError
from agent.segment_agent import SegmentAgent
from agent.segments.clustering import find_segments
from agent.segments.memberships import fit_cores, memberships
from agent.segments.rivals import cluster_by
from agent.segments.vectors import VectorModel, Vectors, fit_blocks
from agent.settings import Clusterer, ClusterSettings, Features, VectorSettings
from tests.segments.people import people
from tests.segments.populations import population

RIVALS: tuple[Clusterer, ...] = ("kmeans", "agglomerative", "dbscan", "gmm")


@pytest.fixture(scope="module")
def shop() -> tuple[Vectors, np.ndarray]:
    measures, truth = people(260, personas=5, wanderers=0.06, seed=1)
    _, vectors = fit_blocks(measures, None, VectorSettings(), 0)
    return vectors, np.array([truth[user] for user in vectors.users])


@pytest.mark.parametrize("clusterer", RIVALS)
def test_each_finds_the_personas_and_memberships_stand_on_it(
    shop: tuple[Vectors, np.ndarray], clusterer: Clusterer
) -> None:
    vectors, truth = shop
    settings = ClusterSettings(clusterer=clusterer)
    found = find_segments(vectors, settings, 0)
    inside = (truth >= 0) & (found.labels >= 0)
    assert found.reason is None
    assert inside.sum() > len(truth) / 3  # DBSCAN leaves out more than half
    assert adjusted_rand_score(truth[inside], found.labels[inside]) > 0.6
    assert found.report["clusterer"] == clusterer
    assert len(found.report["tried"]) > 1
    again = find_segments(vectors, settings, 0)
    np.testing.assert_array_equal(found.labels, again.labels)
    cores = fit_cores(vectors, found, [f"s{k + 1}" for k in range(found.leaves)], 0)
    placed = list(memberships(cores, vectors))
    assert clusterer == "dbscan" or not any(one.noise for one in placed)
    firsts = [int(one.weights[0].segment[1:]) - 1 for one in placed]
    assert adjusted_rand_score(found.labels[inside], np.array(firsts)[inside]) > 0.6


def test_only_dbscan_has_noise(shop: tuple[Vectors, np.ndarray]) -> None:
    vectors, _ = shop
    for kind in RIVALS:
        found = find_segments(vectors, ClusterSettings(clusterer=kind), 0)
        noise = int((found.labels[found.fitted] < 0).sum())
        assert (noise > 0) == (kind == "dbscan"), kind


@pytest.mark.parametrize("clusterer", ["kmeans", "agglomerative", "gmm"])
def test_as_many_as_were_asked_for(shop: tuple[Vectors, np.ndarray], clusterer: Clusterer) -> None:
    found = find_segments(shop[0], ClusterSettings(clusterer=clusterer, segments=7), 0)
    assert found.leaves == 7
    assert found.report["asked"] == 7


def test_small_clusters_are_dissolved() -> None:
    rng = np.random.default_rng(0)
    matrix = np.vstack([rng.normal(0, 0.1, (40, 3)), rng.normal(5, 0.1, (40, 3)), [[50, 0, 0]] * 2])
    found = cluster_by("kmeans", matrix, 3, 0, 5)
    assert found.report["dissolved"] == 1
    assert sorted(np.bincount(found.labels)[np.unique(found.labels)]) == [40, 42]


@pytest.mark.parametrize("clusterer", ["hdbscan", "dbscan"])
def test_the_dense_ones_are_not_told_how_many(clusterer: Clusterer) -> None:
    with pytest.raises(ValidationError, match="finds out itself"):
        ClusterSettings(clusterer=clusterer, segments=5)


@pytest.mark.parametrize("features", ["tfidf", "word2vec", "sentence"])
def test_other_features_are_one_block_that_finds_personas_and_survives_disk(
    features: Features, tmp_path: Path
) -> None:
    measures, truth = people(260, personas=5, wanderers=0.06, seed=1)
    rng = np.random.default_rng(0)
    own = np.array([truth[user] for user in measures.users])
    text = np.eye(384)[own + 1] + rng.normal(0, 0.02, (len(own), 384))
    settings = VectorSettings(features=features)
    model, vectors = fit_blocks(measures, text, settings, 0)
    assert len(vectors.blocks) == 1
    _, again = fit_blocks(measures, text, settings, 0)
    np.testing.assert_array_equal(vectors.matrix(), again.matrix())
    model.save(tmp_path)
    loaded = VectorModel.load(tmp_path).transform(measures, text)
    np.testing.assert_array_equal(vectors.matrix(), loaded.matrix())
    found = find_segments(vectors, ClusterSettings(clusterer="kmeans", segments=5), 0)
    one = own >= 0
    assert adjusted_rand_score(own[one], found.labels[one]) > 0.6


def test_features_a_log_cannot_have_are_refused() -> None:
    rows = {f"u{i:02d}": {"events": float(i)} for i in range(40)}
    measures = population(rows, touched={user: ["a", "b"] for user in rows})
    with pytest.raises(SettingsError, match="--features word2vec finds nothing"):
        fit_blocks(measures, None, VectorSettings(features="word2vec"), 0)


def test_a_build_with_both_switches_has_everything_on_top(tmp_path: Path) -> None:
    shop, run = tmp_path / "shop", tmp_path / "run"
    write_demo(shop, users=80, seed=1)
    options = ["--items", str(shop / "items.csv"), "--run", str(run), "--features", "word2vec"]
    runner = CliRunner()
    given = ["build", str(shop / "events.csv"), *options, "--clusterer", "kmeans"]
    built = runner.invoke(app, [*given, "--segments", "4", "--json"])
    assert built.exit_code == 0, built.stderr
    report = json.loads(built.stdout)
    assert (report["segments"], report["noise"]) == (4, 0)
    assert (report["clusterer"], report["features"]) == ("kmeans", "word2vec")
    agent = SegmentAgent.open(run)
    assert len({card.name for card in agent.segments()}) == len(agent.segments())
    assert agent.recommend("u0001", k=3).items
    assert agent.ask("How many segments are there?").text


def test_switches_that_do_not_go_together(tmp_path: Path) -> None:
    runner, given = CliRunner(), ["build", "x.csv", "--run", str(tmp_path / "run")]
    counted = runner.invoke(app, [*given, "--segments", "5"])
    assert counted.exit_code == 2
    assert "finds out itself" in counted.stderr
    mixed = runner.invoke(app, [*given, "--features", "tfidf", "--by", "social"])
    assert mixed.exit_code == 2
