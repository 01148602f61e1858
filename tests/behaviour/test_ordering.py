"""However few rows are held at once, the same events come out."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from agent.behaviour import ordering
from agent.behaviour.events import Log, read_log
from agent.settings import ReadSettings


def write(path: Path, rows: list[str]) -> Path:
    path.write_text("user,item,day\n" + "".join(rows), encoding="utf-8")
    return path


def frames(log: Log) -> list[list[tuple[object, ...]]]:
    return [frame.rows() for frame in (log.events, log.items, log.attributes, log.ties)]


@pytest.mark.parametrize(("in_range", "dealt"), [(1, 1), (7, 10), (40, 1_000)])
def test_ranges_and_deals_of_any_size_give_the_same_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_range: int, dealt: int
) -> None:
    chance = random.Random(0)
    rows = [
        f"u{chance.randrange(12)},i{chance.randrange(9)},2025-01-{chance.randrange(10, 31)}\n"
        for _ in range(200)
    ]
    files = [write(tmp_path / "one.csv", rows[:120]), write(tmp_path / "two.csv", rows[90:])]
    whole = read_log(files)
    assert whole.report.rows.dropped[ordering.TWICE] >= 30
    monkeypatch.setattr(ordering, "RANGE_ROWS", in_range)
    monkeypatch.setattr(ordering, "DEALT_ROWS", dealt)
    parts = read_log(files, settings=ReadSettings(batch_rows=13))
    assert frames(parts) == frames(whole)
    assert parts.report.rows == whole.report.rows
