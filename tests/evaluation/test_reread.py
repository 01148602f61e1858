"""Rows of a log in another order: read alike."""

from __future__ import annotations

from agent.evaluation.bench import reread
from tests.evaluation.test_split import crowd
from tests.recommend.logs import events


def test_rows_in_another_order_read_alike() -> None:
    log = events(crowd())
    read = reread(log)
    assert read.height == log.height
    assert read["timestamp"].to_list() == log.sort("user_id", "timestamp")["timestamp"].to_list()
    assert read.equals(reread(log.sample(fraction=1.0, shuffle=True, seed=3)))
