from __future__ import annotations

import sys
from pathlib import Path

import pytest

from agent.evaluation.scaling import StageCost, growth, measure, tell
from agent.pipeline import STAGE_VERSIONS


def test_growth_is_the_exponent() -> None:
    assert growth((10, 3.0), (1_000, 300.0)) == pytest.approx(1.0)
    assert growth((100, 1.0), (1_000, 100.0)) == pytest.approx(2.0)


def test_the_table_has_a_row_a_stage_and_the_whole() -> None:
    found = {
        size: {
            "events": StageCost(seconds=size / 100, mb=50),
            "index": StageCost(seconds=size / 50, mb=70),
            "all": StageCost(seconds=size * 0.03, mb=70),
        }
        for size in (100, 1_000)
    }
    lines = tell(found).splitlines()
    assert [line.split()[0] for line in lines] == ["users", "s", "events", "index", "all"]
    assert lines[-1].split() == ["all", "3.0", "70", "30.0", "70", "1.00"]


@pytest.mark.skipif(sys.platform != "linux", reason="measures memory as only Linux tells it")
def test_every_stage_of_a_real_build_is_measured(shop: Path, run_folder: Path) -> None:
    costs = measure(shop, run_folder)
    assert [*costs] == [*STAGE_VERSIONS, "all"]
    assert all(cost.mb > 50 for cost in costs.values())
    assert costs["all"].seconds > max(costs[stage].seconds for stage in STAGE_VERSIONS)
