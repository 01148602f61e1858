"""Reasons are checked by taking recommendations apart; wrong shares are found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agent.evaluation import reasons
from agent.recommend.recommender import Recommender
from agent.runs import Run


@pytest.fixture(scope="module")
def recommender(built: Path) -> Recommender:
    return Recommender.open(Run.open(built))


def test_shares_add_up_and_the_stated_fall_is_the_true_one(
    recommender: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reasons, "RECOMMENDATIONS", 60)
    checked = list(reasons.check(recommender))
    assert len(checked) >= 60
    assert max(one.apart for one in checked) <= reasons.CLOSE
    cited = [one for one in checked if one.cited]
    assert len(cited) >= 10
    assert max(one.off for one in cited) <= reasons.CLOSE
    falls = np.array([(one.fell, one.fell_by_lot) for one in cited])
    ours, by_lot = np.nanmean(falls, axis=0)
    assert ours > by_lot


def test_a_share_that_is_not_the_ranker_s_is_found(
    recommender: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reasons, "RECOMMENDATIONS", 20)
    honest = Recommender.for_user

    def embellished(self: Recommender, user: str, *, k: int = 10) -> object:
        listed = honest(self, user, k=k)
        items = []
        for one in listed.items:
            because = tuple(s.model_copy(update={"share": s.share + 0.01}) for s in one.because)
            items.append(one.model_copy(update={"because": because}))
        return listed.model_copy(update={"items": tuple(items)})

    monkeypatch.setattr(Recommender, "for_user", embellished)
    checked = list(reasons.check(recommender))
    assert min(one.apart for one in checked) > reasons.CLOSE
    cited = [one.off for one in checked if not np.isnan(one.off)]
    assert min(cited) > reasons.CLOSE
