"""Rankings judged over all items, and "popular where you are" as a recommender."""

from __future__ import annotations

import numpy as np
import pytest

from agent.evaluation.ranking import group_popularity, one_hot, rank_quality, top_items
from agent.evaluation.split import split_log
from tests.evaluation.test_split import crowd
from tests.recommend.logs import events


def test_the_targets_themselves_rank_best() -> None:
    split = split_log(events(crowd()))
    perfect = rank_quality(lambda rows: split.targets[rows].toarray(), split)
    assert perfect["ndcg@10"] == pytest.approx(1)
    assert perfect["recall@10"] == pytest.approx(1)
    # All that is left unseen are the three targets: the worst order of them is perfect too.
    assert rank_quality(lambda rows: -split.targets[rows].toarray(), split)["ndcg@10"].min() == 1


def test_what_was_seen_is_never_listed() -> None:
    split = split_log(events(crowd()))
    lists = top_items(lambda rows: split.seen[rows].toarray(), split, k=3)
    for row, items in zip(split.judged, lists, strict=True):
        assert split.seen[row, items].sum() == 0


def test_popular_in_your_group_is_what_your_group_likes() -> None:
    split = split_log(events(crowd()))
    likes = split.likes.tolil()
    likes[:6, :] = 0
    likes[:6, 3] = 1
    alpha = one_hot(np.array([0] * 6 + [-1] * 6))
    scores = group_popularity(likes.tocsr(), alpha)(np.array([0, 11]))
    assert scores[0].argmax() == 3
    assert scores[1, 3] < scores[0, 3]
