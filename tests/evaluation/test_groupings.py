"""Baselines: groups at the number asked for, recommenders with parameters that were chosen."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from agent.evaluation import groupings
from agent.evaluation.baselines import GRIDS, chosen, fitted
from agent.evaluation.ranking import rank_quality
from agent.evaluation.split import Split, split_log
from tests.evaluation.test_split import Row
from tests.recommend.logs import day, events


def blobs() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    truth = np.repeat(np.arange(4), 40)
    return generator.normal(0, 0.1, (160, 6)) + 2 * np.eye(6)[truth], truth


def two_tastes() -> Split:
    """Two halves of a catalogue, each liked by half of the users, in an order of their own."""
    generator = np.random.default_rng(0)
    rows: list[Row] = []
    for user in range(60):
        items = generator.permutation(20)[:15] + 20 * (user % 2)
        rows += [(f"u{user:02}", f"i{item:02}", day(n), None) for n, item in enumerate(items)]
    return split_log(events(rows))


def test_every_way_to_group_finds_groups_that_are_plain() -> None:
    matrix, truth = blobs()
    for labels in (
        groupings.k_means(matrix, 4, 0),
        groupings.agglomerative(matrix, 4),
        groupings.dbscan(matrix, 4),
        groupings.mixture(matrix, 4, 0).argmax(axis=1),
        groupings.soft_k_means(matrix, 4, 0, 1.0).argmax(axis=1),
    ):
        assert adjusted_rand_score(truth, labels) > 0.9


def test_soft_groups_are_three_at_most_and_sum_to_one() -> None:
    alpha = groupings.soft_k_means(blobs()[0], 6, 0, 0.1)
    assert alpha.sum(axis=1) == pytest.approx(1)
    assert ((alpha > 0).sum(axis=1) <= 3).all()


def test_word_vectors_put_those_together_who_share_items() -> None:
    split = two_tastes()
    vectors = groupings.word2vec(split, 0)
    labels = groupings.k_means(vectors, 2, 0)
    assert adjusted_rand_score([int(u[1:]) % 2 for u in split.users], labels) == 1


@pytest.mark.parametrize("name", sorted(GRIDS))
def test_every_recommender_ranks_by_parameters_of_its_grid(name: str) -> None:
    split = two_tastes()
    grid = GRIDS[name][1]
    assert all(value in grid[key] for key, value in chosen(name, split).items())
    found = rank_quality(fitted(name, split), split)["ndcg@10"].mean()
    by_chance = rank_quality(lambda rows: np.zeros((len(rows), len(split.items))), split)
    if name != "popularity":
        assert found > by_chance["ndcg@10"].mean()
