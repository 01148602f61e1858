"""When people come, against the rows."""

from __future__ import annotations

import polars as pl
import pytest

from agent.chat.desk import Desk
from agent.chat.toolbox import Toolbox
from agent.chat.world import World


@pytest.fixture(scope="module")
def visits(world: World) -> pl.DataFrame:
    """A row a visit, at the time it began."""
    folder = world.run.folder("histories")
    rows = pl.read_parquet(folder / "histories.parquet")
    live = rows.filter(~pl.col("cancelled"))
    return live.group_by("user_id", "visit").agg(pl.col("timestamp").min().alias("at"))


def test_shares_of_everybodys_visits_are_those_of_the_rows(
    world: World, visits: pl.DataFrame
) -> None:
    result = Toolbox(Desk(world)).call("when_active", {"by": "time of day"})
    hours = visits.select(pl.col("at").dt.hour() // 6).to_series()
    shares = result.data["shares"]
    assert isinstance(shares, dict)
    for part, name in enumerate(("night", "morning", "afternoon", "evening")):
        assert shares[f"{name}_share"] == pytest.approx((hours == part).mean(), abs=0.002)


def test_a_week_adds_up(world: World, visits: pl.DataFrame) -> None:
    result = Toolbox(Desk(world)).call("when_active", {"by": "week"})
    shares = result.data["shares"]
    assert isinstance(shares, dict)
    weekend = (visits["at"].dt.weekday() >= 6).mean()
    assert shares == {"weekend_share": pytest.approx(weekend, abs=0.002)}
    assert "from Monday to Friday" in result.text()


def test_a_segments_year_is_its_members(world: World) -> None:
    segment = next(iter(world.leaves))
    result = Toolbox(Desk(world)).call("when_active", {"by": "time of year", "segment": segment})
    shares = result.data["shares"]
    assert isinstance(shares, dict)
    total = sum(share for share in shares.values() if isinstance(share, float))
    assert total == pytest.approx(1.0, abs=0.002)
    assert all(record.id.startswith(f"segment/{segment}/all:") for record in result.citations)
