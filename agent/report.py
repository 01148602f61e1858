"""What a build did: the JSON contract of `folkmap build`, and the same in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.artefacts import Artefact
from agent.behaviour.reports import ReadReport, Rows
from agent.behaviour.wording import number, percent
from agent.records import Record

CLUSTERERS = {
    "hdbscan": "HDBSCAN",
    "kmeans": "K-means",
    "agglomerative": "agglomerative clustering",
    "dbscan": "DBSCAN",
    "gmm": "a Gaussian mixture",
}
WITH_NOISE = ("hdbscan", "dbscan")


class VerificationTotals(Record):
    """Sentences by what became of them; `passed + replaced == sentences`."""

    sentences: int
    passed: int
    retried: int
    replaced: int


class ModelUsage(Record):
    """What was asked of the language model in one stage, and what it cost."""

    calls: int
    cached: int
    """Answers that an earlier try had kept."""
    tokens_in: int
    tokens_out: int
    cost: float
    refused: dict[str, int]
    """Requests that came to nothing, by reason."""


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
    """How often the strongest membership is the clusterer's own segment."""
    clusterer: str = "hdbscan"
    blended: bool = False
    """Whether many HDBSCANs were blended, for want of gaps between groups."""
    features: str = "ours"
    reason: str | None
    """Why there is one segment only, if so."""
    continuity: str | None = None
    """In a rebuild, whether the segments are those of the version before, and why."""
    writers: dict[str, int]
    verification: VerificationTotals
    fallbacks: dict[str, int]
    """Profiles that fell to the extractive writer because the model's did not come, by reason."""
    label_writers: dict[str, int]
    label_verification: VerificationTotals
    label_fallbacks: dict[str, int]
    """The same for labels."""
    usage: dict[str, ModelUsage]
    """Stage → what it asked of the language model; empty without one."""
    hostile: dict[str, int]
    """Texts made harmless because they addressed a model or hid characters, by kind."""
    seconds: dict[str, float]
    peak_mb: int
    map: str
    """The page to open."""

    def __str__(self) -> str:
        rows = f"{self.rows.read:,} rows read, {self.rows.kept:,} kept"
        lines = [*self.guesses, rows]
        lines += [f"  dropped {n:>9,}  {reason}" for reason, n in self.rows.dropped.items()]
        lines += self.remarks
        lines.append(f"{self.users:,} users, {self.items:,} items")
        if self.reason:
            lines.append(f"One segment, everyone: {self.reason}.")
        else:
            name = CLUSTERERS[self.clusterer]
            if self.blended:
                name = f"a blend of {name}s, for there are no gaps between groups"
            told = f"{self.segments} segments by {name}; "
            told += (
                f"{number(percent(self.noise))} % of users in none"
                if self.clusterer in WITH_NOISE
                else "it leaves nobody out"
            )
            if self.agreement is not None:
                told += f"; memberships agree with it for {number(percent(self.agreement))} %"
            if self.features != "ours":
                told += f"; users compared by {self.features} alone"
            lines.append(told)
        if self.continuity:
            lines.append(f"{self.continuity[0].upper()}{self.continuity[1:]}.")
        lines.append(_written("Profiles", self.writers, self.verification))
        lines += [f"  {n:>9,}  without the model: {why}" for why, n in self.fallbacks.items()]
        lines.append(_written("Labels", self.label_writers, self.label_verification))
        lines += [f"  {n:>9,}  without the model: {why}" for why, n in self.label_fallbacks.items()]
        lines += [_used(stage, usage) for stage, usage in self.usage.items()]
        seconds = sum(self.seconds.values())
        lines.append(f"{seconds:.0f} s, {self.peak_mb:,} MB at the most")
        lines.append(f"Map: {self.map}")
        state = f"version {self.version} of {self.run}"
        lines.append(state if self.new else f"Nothing has changed: {state} stands.")
        return "\n".join(lines)


def _written(what: str, writers: Mapping[str, int], v: VerificationTotals) -> str:
    by = ", ".join(f"{name} ({n:,})" for name, n in writers.items()) if len(writers) > 1 else ""
    return (
        f"{what} by {by or ', '.join(writers)}: {v.sentences:,} sentences, {v.passed:,} "
        f"passed verification, {v.retried:,} retried, {v.replaced:,} replaced"
    )


def _used(stage: str, usage: ModelUsage) -> str:
    told = f"Asked for {stage}: {usage.calls:,} answers, {usage.cached:,} more kept from before"
    told += f", {usage.tokens_in:,} tokens in, {usage.tokens_out:,} out"
    return f"{told}, {usage.cost:,.2f} at the prices given" if usage.cost else told


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
        "clusterer": notes["clusters"]["clusterer"],
        "blended": "blended" in notes["clusters"]["report"],
        "continuity": notes["clusters"]["told"],
        "features": notes["vectors"]["features"],
        "writers": notes["profiles"]["writers"],
        "verification": notes["profiles"]["verification"],
        "fallbacks": notes["profiles"]["fallbacks"],
        "label_writers": notes["labels"]["writers"],
        "label_verification": notes["labels"]["verification"],
        "label_fallbacks": notes["labels"]["fallbacks"],
        "usage": {
            stage: notes[stage]["usage"]
            for stage in ("profiles", "labels")
            if notes[stage]["usage"]
        },
        "hostile": read.hostile,
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
    if hostile := read.hostile_summary():
        yield hostile
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
