"""What is counted about users: the registry of measures and the frames that hold them.

They are counted in `agent.behaviour.counting`. A measure that cannot be taken of a user (a gap
between visits after one visit) is null, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

import polars as pl

from agent.records import Record, Vocabulary

Unit = Literal["share", "count", "days", "money", "pieces", "rating"]
MeasureBlock = Literal["rhythm", "value", "ties"]

LONG_LOG_DAYS = 300
"""A log shorter than this has no seasons to speak of."""


@dataclass(frozen=True)
class Measure:
    """One column of `Measures.table`: the block it belongs to and the unit it is told in."""

    name: str
    block: MeasureBlock
    unit: Unit


def _registry(*groups: tuple[MeasureBlock, Unit, str]) -> dict[str, Measure]:
    return {
        name: Measure(name, block, unit) for block, unit, names in groups for name in names.split()
    }


MEASURES = _registry(
    ("rhythm", "count", "visits"),
    ("rhythm", "days", "span_days median_gap_days silent_days"),
    ("rhythm", "share", "night_share morning_share afternoon_share evening_share weekend_share"),
    ("rhythm", "share", "quarter1_share quarter2_share quarter3_share quarter4_share later_share"),
    ("value", "count", "events items"),
    ("value", "money", "spend basket_value price"),
    ("value", "pieces", "units_per_line"),
    ("value", "share", "returns_share repeat_share tail_share text_share"),
    ("value", "rating", "rating_mean rating_spread"),
    ("ties", "count", "ties_out ties_in"),
    ("ties", "share", "top_tie_share reciprocity"),
)


def measure(name: str) -> Measure:
    """The registry entry, also for the prefixed columns `channel:…` and `action:…`."""
    if name.startswith("channel:"):
        return Measure(name, "rhythm", "share")
    if name.startswith("action:"):
        return Measure(name, "value", "share")
    return MEASURES[name]


class Calendar(Record):
    """The ends of the log, and whether its times have hours (dates alone do not)."""

    start: datetime | None
    end: datetime | None
    has_hours: bool

    @property
    def has_seasons(self) -> bool:
        return bool(self.start and self.end and (self.end - self.start).days >= LONG_LOG_DAYS)


@dataclass(frozen=True)
class Measures:
    """Everything counted about the users of one log; frames are sorted by user_id.

    table       user_id and a Float64 column per measure (null: not measurable)
    categories  user_id, category, share (0..1 of `vocabulary.measure`), events
    items       user_id, item_id, events, visits, weight, value (mean rating)
    category_tastes, item_tastes  user_id, category or item_id, weight (recent events count more)
    attributes  user_id, name, value
    ties        user_id, other_id, weight
    catalogue   item_id, title, categories, users (how many touched it)
    """

    table: pl.DataFrame
    categories: pl.DataFrame
    items: pl.DataFrame
    category_tastes: pl.DataFrame
    item_tastes: pl.DataFrame
    attributes: pl.DataFrame
    ties: pl.DataFrame
    catalogue: pl.DataFrame
    vocabulary: Vocabulary
    calendar: Calendar

    @property
    def users(self) -> list[str]:
        return self.table["user_id"].to_list()

    def items_of(self, user: str) -> pl.DataFrame:
        """A user's rows of `items`, found without reading the others."""
        return _part(self.items, self._item_spans, user)

    def item_tastes_of(self, user: str) -> pl.DataFrame:
        """A user's rows of `item_tastes`, found without reading the others."""
        return _part(self.item_tastes, self._taste_spans, user)

    @cached_property
    def _item_spans(self) -> dict[str, tuple[int, int]]:
        return _spans(self.items)

    @cached_property
    def _taste_spans(self) -> dict[str, tuple[int, int]]:
        return _spans(self.item_tastes)


def _spans(frame: pl.DataFrame) -> dict[str, tuple[int, int]]:
    """User → where their rows start, and how many there are."""
    runs = frame.select(pl.col("user_id").rle()).unnest("user_id")
    starts = runs["len"].cum_sum() - runs["len"]
    return dict(zip(runs["value"], zip(starts, runs["len"], strict=True), strict=True))


def _part(frame: pl.DataFrame, spans: dict[str, tuple[int, int]], user: str) -> pl.DataFrame:
    return frame.slice(*spans.get(user, (0, 0)))


FRAMES = (
    "table", "categories", "items", "category_tastes", "item_tastes", "attributes", "ties",
    "catalogue",
)  # fmt: skip


def save_measures(measures: Measures, folder: Path) -> None:
    """One Parquet file a frame, with the vocabulary and the calendar beside them."""
    for name in FRAMES:
        frame: pl.DataFrame = getattr(measures, name)
        frame.rechunk().write_parquet(folder / f"{name}.parquet", row_group_size=100_000)
    (folder / "vocabulary.json").write_text(measures.vocabulary.model_dump_json(indent=1))
    (folder / "calendar.json").write_text(measures.calendar.model_dump_json(indent=1))


def load_measures(folder: Path) -> Measures:
    """Read back what `save_measures` wrote."""
    frames = {name: pl.read_parquet(folder / f"{name}.parquet") for name in FRAMES}
    return Measures(
        **frames,
        vocabulary=Vocabulary.model_validate_json((folder / "vocabulary.json").read_text()),
        calendar=Calendar.model_validate_json((folder / "calendar.json").read_text()),
    )
