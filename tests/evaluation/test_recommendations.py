"""A recommender judged for everybody, and apart for those who are hard to recommend to."""

from __future__ import annotations

import numpy as np
import pytest

from agent.evaluation.measure import NotMeasured, measure
from agent.evaluation.recommendations import ABOUT, COLD, Question, judge
from agent.evaluation.split import split_log
from tests.evaluation.test_split import crowd
from tests.recommend.logs import events


@pytest.fixture(scope="module")
def asked() -> Question:
    split = split_log(events(crowd()))
    return Question(split, np.eye(len(split.items)))


def test_every_metric_is_told_of_and_the_targets_rank_best(asked: Question) -> None:
    split = asked.split
    found = judge(asked, lambda rows: split.targets[rows].toarray())
    assert found.keys() == ABOUT.keys()
    assert found["ndcg@10"] == pytest.approx(1)
    assert found["ndcg@10 of hot users"] == pytest.approx(1)


def test_cold_items_are_those_that_hardly_anybody_liked(asked: Question) -> None:
    split = asked.split
    cold = split.likes.getnnz(axis=0) <= COLD
    wanted = split.targets.toarray()[split.judged][:, cold].any(axis=1)
    found = judge(asked, lambda rows: np.ones((len(rows), len(split.items))))
    assert len(found["ndcg@10 of cold items"]) == wanted.sum()


def test_a_split_without_cold_users_says_so(asked: Question) -> None:
    found = judge(asked, lambda rows: np.ones((len(rows), len(asked.split.items))))
    told = measure(found["ndcg@10 of cold users"])
    assert isinstance(told, NotMeasured)
    assert told.not_measured == "there are no such users"
