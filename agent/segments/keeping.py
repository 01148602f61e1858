"""Segments kept: people of a log that has grown a little are placed in the segments it had.

Found anew in nearly the same log, the borders through a cloud without gaps come to lie elsewhere
(LOG.md), and whoever works with a segment would have to look at it again. So a rebuild goes on with
the blocks and the cores of the version before, for as long as they were learnt in the same way from
a log of nearly the same people and much the same size. Nobody moves but by a history of their own:
whoever's nearest core is the one that it was keeps the label that they had.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from agent.artefacts import Artefact, folder_digest
from agent.errors import RunError
from agent.recordfile import read_records
from agent.records import Membership, Record
from agent.runs import Run, current_version, read_manifest
from agent.segments.clustering import Clustering
from agent.segments.identity import Ancestor
from agent.segments.memberships import Cores
from agent.segments.vectors import Vectors

GROWTH = 0.2
"""Share of events or users, more or fewer, up to which segments are kept."""
SAME_PEOPLE = 0.8
"""Share of users that both logs must have."""
STAGES = ("vectors", "clusters", "segments")
SIDES = ("attributes", "ties")


class Learnt(Record):
    """How segments were found, and in what."""

    way: str
    """Hash of the settings, the seed, the weights and the code that decide what is found."""
    users: int
    events: int


@dataclass(frozen=True)
class Kept:
    """What a build goes on with; `folders` is empty where segments are found anew."""

    now: Learnt
    learnt: Learnt | None = None
    """How these segments were found."""
    digest: str = ""
    """Of the `segments` artefact gone on with."""
    folders: Mapping[str, Path] = field(default_factory=dict)
    """Its stage → folder, of `STAGES`."""
    told: str | None = None
    """What was decided and why, for the report; None in a first build."""

    @classmethod
    def on(cls, folders: Mapping[str, Path], now: Learnt) -> Kept:
        """These segments, whatever the log has become."""
        digest, _ = folder_digest(folders["segments"])
        return cls(now, digest=digest, folders={stage: folders[stage] for stage in STAGES})

    @property
    def ancestor(self) -> Ancestor | None:
        """Where ids come from, where segments are kept."""
        return Ancestor(self.folders["segments"], self.digest) if self.folders else None

    def hashes(self) -> dict[str, str]:
        """What of it decides a stage."""
        return {"kept": self.digest} if self.digest else {}

    def notes(self, *, placed: bool) -> dict[str, Any]:
        """For the next build, and for the report; `placed` says if everybody was placed again."""
        learnt, told = self.learnt, self.told
        if learnt is None or not placed:
            learnt = self.now
        if self.folders and not placed:
            told = _found_anew("one of them was left with too few members")
        return {"learnt": learnt.model_dump(mode="json"), "kept_from": self.digest, "told": told}


def learning(decided: Mapping[str, Any], events: int, evidence: Path) -> Learnt:
    """How segments are found in the log behind an evidence artefact.

    `decided` is all that decides what is found besides the log, as JSON.
    """
    # With ties or attributes for the first time, or without them, the blocks are others.
    sides = {name: not _users(evidence / f"{name}.parquet").is_empty() for name in SIDES}
    canonical = json.dumps({**decided, "sides": sides}, sort_keys=True)
    way = hashlib.sha256(canonical.encode()).hexdigest()[:16]
    return Learnt(way=way, users=len(_users(evidence / "table.parquet")), events=events)


def find_kept(
    run: Path, now: Learnt, evidence: Artefact, profiles: Artefact, *, relearn: bool
) -> Kept:
    """Whether the segments of the current version are kept for a log that is now as `now` says.

    Of a log in which nothing has changed it says what was decided for the current version, so that
    building again finds everything as it is. Raises RunError for a damaged manifest.
    """
    version = current_version(run)
    if version is None:
        return Kept(now)
    if relearn:
        return Kept(now, told=_found_anew("as --relearn asks"))
    current = Run(run, version, read_manifest(run, version))
    held = current.manifest["stages"]
    notes = held["clusters"]["notes"]
    if "learnt" not in notes:
        return Kept(now, told=_found_anew("they were found by an earlier Folkmap"))
    learnt = Learnt.model_validate(notes["learnt"])
    unchanged = all(held[made.name]["digest"] == made.digest for made in (evidence, profiles))
    if unchanged and learnt.way == now.way and not notes["kept_from"]:
        return Kept(now, told=notes["told"])
    try:
        folders = {stage: current.folder(stage) for stage in STAGES}
    except RunError:
        return Kept(now, told=_found_anew(f"version {version} is damaged"))
    if why := _why_anew(learnt, now, _share_of_both(folders["vectors"], evidence.path)):
        return Kept(now, told=_found_anew(why))
    return Kept(
        now,
        learnt,
        digest=notes["kept_from"] if unchanged else held["segments"]["digest"],
        folders=folders,
        told=f"segments of version {version} kept: since they were found, "
        f"{_change(learnt.events, now.events)} events and {_change(learnt.users, now.users)} "
        "users; --relearn finds them anew",
    )


def place_again(vectors: Vectors, kept: Kept, min_group: int) -> Clustering | None:
    """The people of `vectors` in the segments kept; `vectors` are in the blocks of these.

    None when none are kept, or one is left with fewer than `min_group` members.
    """
    folders = kept.folders
    if not folders:
        return None
    cores = Cores.load(folders["segments"])
    then = _users(folders["vectors"] / "placed.parquet").to_list()
    before = Clustering.load(folders["clusters"], then)
    if before.reason is not None:
        return None
    number = {segment: k for k, segment in enumerate(cores.segments)}
    distances = cores.distances(vectors)
    alpha = cores.alpha_at(distances)
    first = alpha.argmax(axis=1)
    labels = cores.labels_at(distances, alpha, vectors.events)
    probabilities = alpha[np.arange(len(first)), first]
    outliers = cores.outlier(distances)
    row = {user: i for i, user in enumerate(vectors.users)}
    memberships = read_records(folders["segments"] / "memberships.jsonl", Membership)
    for place, member in enumerate(memberships):
        i = row.get(member.user_id)
        if i is not None and number[member.weights[0].segment] == first[i]:
            labels[i] = -1 if member.label is None else number[member.label]
            outliers[i] = member.outlier
            if before.fitted[place]:
                probabilities[i] = before.probabilities[place]
    if np.bincount(labels[labels >= 0], minlength=len(number)).min() < min_group:
        return None
    return Clustering(
        users=vectors.users,
        labels=labels,
        probabilities=np.round(probabilities, 6),
        outliers=np.round(outliers, 6),
        fitted=np.ones(len(labels), dtype=bool),
        parents=before.parents,
        reason=None,
        report={"users": len(labels), "leaves": len(number), "kept": True},
        kept=True,
    )


def _why_anew(learnt: Learnt, now: Learnt, both: float) -> str | None:
    if learnt.way != now.way:
        return "options, the writer of profiles or what the log holds are others"
    for what, then, size in (
        ("events", learnt.events, now.events),
        ("users", learnt.users, now.users),
    ):
        if not 1 / (1 + GROWTH) <= size / max(1, then) <= 1 + GROWTH:
            return f"since they were found, {_change(then, size)} {what}"
    if both < SAME_PEOPLE:
        return "these are other people"
    return None


def _share_of_both(vectors: Path, evidence: Path) -> float:
    """Of the users before and of those now, whichever is less: the share that is in both."""
    then, now = set(_users(vectors / "placed.parquet")), set(_users(evidence / "table.parquet"))
    return len(then & now) / max(1, len(then), len(now))


def _users(table: Path) -> pl.Series:
    return pl.read_parquet(table, columns=["user_id"])["user_id"]


def _found_anew(why: str) -> str:
    return f"segments found anew: {why}"


def _change(then: int, now: int) -> str:
    """`4.2 % more`, `2 % fewer`, `as many`."""
    if then == now:
        return "as many"
    return f"{abs(100 * (now / max(1, then) - 1)):.2g} % {'more' if now > then else 'fewer'}"
