"""What reading did: every row accounted for, every guess told."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from agent.behaviour.hostile import FAMILIES
from agent.records import Record


class Rows(Record):
    """Rows of one file or of a log; `read == kept + sum(dropped.values())` always."""

    read: int
    kept: int
    dropped: dict[str, int] = Field(default_factory=dict)
    """Reason → rows, most frequent first."""

    @model_validator(mode="after")
    def _adds_up(self) -> Rows:
        if self.read != self.kept + sum(self.dropped.values()):
            raise ValueError(f"rows do not add up: {self.read} read, {self.kept} kept")
        return self


class FileReport(Record):
    """What was decided about one file."""

    name: str
    role: Literal["events", "items", "attributes", "ties"]
    rows: Rows
    columns: dict[str, str]
    """Field → the column it was found in."""
    given: tuple[str, ...] = ()
    """Fields named with `--map`; the other columns were guessed by name."""
    attributes: tuple[str, ...] = ()
    """Columns looked at as attributes of users; `ReadReport` says which were refused or skipped."""
    unused: tuple[str, ...] = ()
    """Columns nothing is done with."""
    file: dict[str, str] = Field(default_factory=dict)
    """format, and for text encoding, line_ends and delimiter."""
    times: str = ""
    """How times are read; says where that is a guess."""
    action: str = ""
    """The action of rows that name none."""

    def summary(self) -> str:
        """One line for a person: `log.csv: CSV, utf-8, LF; user = CustomerID, …`."""
        found = ", ".join(f"{field} = {column}" for field, column in self.columns.items())
        parts = [", ".join(self.file.values()), found]
        parts += [f"times: {self.times}"] if self.times else []
        return f"{self.name}: " + "; ".join(part for part in parts if part)


class ReadReport(Record):
    """What reading a log found. Holds file names only, so that it is the same in every checkout."""

    rows: Rows
    """The rows of the event files."""
    files: tuple[FileReport, ...]
    item_noun: str = "item"
    """What an item is called: `movie`, `discussion`, `item` …"""
    has_times: bool
    """False when no file has times and the rows' order is the history."""
    has_clock: bool
    """False when times are dates only: nothing is known of the time of day."""
    items_with_several_titles: int = 0
    """Items described in several ways; the most frequent title is used."""
    not_goods: dict[str, str] = Field(default_factory=dict)
    """Item id → usual description of what was dropped as postage, fee or adjustment."""
    refused: dict[str, int] = Field(default_factory=dict)
    """Sensitive attribute → values left unread."""
    skipped_attributes: dict[str, str] = Field(default_factory=dict)
    """Column → why it is no attribute."""
    self_ties: int = 0
    """Ties of a person to themselves, left out (their events stay)."""
    passed_over: dict[str, str] = Field(default_factory=dict)
    """File of a folder → why it was not read as events."""
    hostile: dict[str, int] = Field(default_factory=dict)
    """Family (`agent.behaviour.hostile`) → distinct texts made harmless, most first."""
    hostile_examples: dict[str, str] = Field(default_factory=dict)
    """Family → one of its texts, as it is now."""

    def hostile_summary(self) -> str | None:
        """One line for a person: how many texts were made harmless, of what kinds, and one."""
        if not self.hostile:
            return None
        told = "; ".join(f"{n:,} {FAMILIES[family]}" for family, n in self.hostile.items())
        total, most = sum(self.hostile.values()), next(iter(self.hostile))
        texts = "1 text was" if total == 1 else f"{total:,} texts were"
        example = self.hostile_examples.get(most)
        such = f", such as “{example}”" if example else ""
        return f"{texts} aimed at a model or hid characters, and made harmless ({told}){such}"
