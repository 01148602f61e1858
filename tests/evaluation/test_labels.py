from __future__ import annotations

import numpy as np
import pytest

from agent.evaluation.labels import HOLD_OUTS, Labelled, Named, hold_out, judge
from agent.records import Label
from agent.segments.contrast import separating_ranks
from agent.segments.readable import readable
from agent.settings import LabelSettings
from tests.segments.populations import shop

SETTINGS = LabelSettings()


@pytest.fixture(scope="module")
def labelled() -> Labelled:
    measures, assignment = shop()
    table = readable(measures, min_group=SETTINGS.min_group)
    kinds = sorted({kind for kind in assignment.values() if kind})
    masks = [table.mask({user for user, k in assignment.items() if k == kind}) for kind in kinds]
    space = separating_ranks(table, masks)
    found = []
    for kind, members in zip(kinds, masks, strict=True):
        tests = [hold_out(table, members, space, SETTINGS, seed) for seed in range(HOLD_OUTS)]
        label = Label(
            segment=kind, name=kind, description=kind, why=(), rule=(), precision=None,
            recall=None, writer="extractive",
        )  # fmt: skip
        found.append(Named(label, members, tuple(tests)))
    return Labelled(table, found)


def test_rules_find_their_own_and_the_rules_of_others_do_not(labelled: Labelled) -> None:
    own = list(range(len(labelled.segments)))
    rules, swapped = judge(labelled, own), judge(labelled, own[1:] + own[:1])
    assert rules["median precision"].value > 0.9
    assert rules["median recall"].value > 0.9
    assert rules["unique names"].mean() == 1
    assert "unique names" not in swapped
    assert swapped["beyond chance"].mean() < rules["beyond chance"].mean() - 0.5


def test_a_figure_is_the_mean_over_the_draws_of_who_is_held_out(labelled: Labelled) -> None:
    own = list(range(len(labelled.segments)))
    one = labelled.segments[0]
    recalls = []
    for test in one.tests:
        tested = one.members & test.tested
        assert 0 < tested.sum() < one.members.sum()
        recalls.append(test.rule.holds(labelled.table)[tested].mean())
    assert judge(labelled, own)["recall"][0] == pytest.approx(np.mean(recalls))
    assert len({(one.members & test.tested).tobytes() for test in one.tests}) == HOLD_OUTS
