"""What a build did: the JSON contract of `folkmap build`, and the same in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.artefacts import Artefact
from agent.behaviour.reports import ReadReport, Rows
from agent.behaviour.wording import number, percent
from agent.records import Record


class VerificationTotals(Record):
    """Sentences by what became of them; `passed + replaced == sentences`."""

    sentences: int
    passed: int
    retried: int
    replaced: int


class BuildReport(Record):
    """Counts, rates and times of one build; `noise` and `agreement` are shares of users."""

    run: str
    version: int
    new: bool
    """False when nothing had changed and the version was there already."""
    rows: Rows
    guesses: tuple[str, ...]
    """A line a file: format, encoding, columns, and how times were read."""
    remarks: tuple[str, ...]
    """What was refused, left out or decided, in words."""
    users: int
    items: int
    segments: int
    noise: float
    agreement: float | None
    """How often the strongest membership is HDBSCAN's own segment."""
    reason: str | None
    """Why there is one segment only, if so."""
    writers: dict[str, int]
    verification: VerificationTotals
    seconds: dict[str, float]
    peak_mb: int
    map: str | None = None

    def __str__(self) -> str:
        rows = f"{self.rows.read:,} rows read, {self.rows.kept:,} kept"
        lines = [*self.guesses, rows]
        lines += [f"  dropped {n:>9,}  {reason}" for reason, n in self.rows.dropped.items()]
        lines += self.remarks
        lines.append(f"{self.users:,} users, {self.items:,} items")
        if self.reason:
            lines.append(f"One segment, everyone: {self.reason}.")
        else:
            told = f"{self.segments} segments; {number(percent(self.noise))} % of users in none"
            if self.agreement is not None:
                told += f"; memberships agree with HDBSCAN for {number(percent(self.agreement))} %"
            lines.append(told)
        v = self.verification
        lines.append(
            f"Profiles by {', '.join(self.writers)}: {v.sentences:,} sentences, {v.passed:,} "
            f"passed verification, {v.retried:,} retried, {v.replaced:,} replaced"
        )
        seconds = sum(self.seconds.values())
        lines.append(f"{seconds:.0f} s, {self.peak_mb:,} MB at the most")
        state = f"version {self.version} of {self.run}"
        lines.append(state if self.new else f"Nothing has changed: {state} stands.")
        return "\n".join(lines)


def describe_build(artefacts: Sequence[Artefact], *, peak_mb: int) -> dict[str, Any]:
    """The parts of a BuildReport that the stages remarked, as JSON for the manifest."""
    notes = {artefact.name: artefact.notes for artefact in artefacts}
    read = ReadReport.model_validate(notes["events"])
    return {
        "rows": read.rows.model_dump(mode="json"),
        "guesses": [file.summary() for file in read.files],
        "remarks": list(_remarks(read, notes["histories"])),
        "users": notes["histories"]["users"],
        "items": notes["histories"]["items"],
        "segments": notes["segments"]["segments"],
        "noise": notes["segments"]["noise"],
        "agreement": notes["segments"]["agreement"],
        "reason": notes["clusters"]["reason"],
        "writers": notes["profiles"]["writers"],
        "verification": notes["profiles"]["verification"],
        "seconds": {a.name: 0.0 if a.reused else a.seconds for a in artefacts},
        "peak_mb": peak_mb,
    }


def _remarks(read: ReadReport, histories: Mapping[str, Any]) -> Iterator[str]:
    """What was refused, left out or decided, each in a line."""
    for name, n in read.refused.items():
        yield (
            f"'{name}' is sensitive: {n:,} values left unread (--allow-sensitive {name} to use it)"
        )
    if read.not_goods:
        told = ", ".join(f"{code} ({title})" for code, title in read.not_goods.items())
        yield f"not goods: {told}"
    if read.items_with_several_titles:
        yield (
            f"{read.items_with_several_titles:,} items are described in several ways; "
            "the most frequent title is used"
        )
    if read.self_ties:
        yield f"{read.self_ties:,} ties of people to themselves left out (their events stay)"
    for name, why in {**read.passed_over, **read.skipped_attributes}.items():
        yield f"{name}: {why}"
    returns = histories["returns"]
    if returns["cancelling"] or returns["unmatched"]:
        yield (
            f"{returns['cancelling']:,} returns cancel earlier purchases; "
            f"{returns['unmatched']:,} are of purchases the log does not hold"
        )
    if histories["categories"]["from"] == "titles":
        yield (
            f"the log has no categories: {histories['categories']['count']:,} kinds of item are "
            "read off the titles"
        )
