"""Which cluster is which segment: ids that live on from one version of a run to the next."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from agent.artefacts import Artefact
from agent.errors import RunError
from agent.recordfile import read_records, write_json
from agent.records import Membership
from agent.runs import Run, current_version, read_manifest
from agent.segments.clustering import Clustering
from agent.segments.matching import match_segments


@dataclass(frozen=True)
class SegmentIds:
    """Ids of a clustering's leaves and parents, in the clustering's order."""

    leaves: list[str]
    parents: list[str]
    parent_of: list[int | None]
    """Place in `parents` of each leaf's parent, or None."""
    retired: list[str]
    """Ids earlier versions gave that none has now; they are never given again."""

    def parents_of_leaves(self) -> dict[str, str | None]:
        """Leaf id → parent id, or None for a leaf that stands alone."""
        return {
            leaf: None if place is None else self.parents[place]
            for leaf, place in zip(self.leaves, self.parent_of, strict=True)
        }

    def save(self, folder: Path) -> None:
        write_json(folder / "ids.json", vars(self))

    @classmethod
    def load(cls, folder: Path) -> SegmentIds:
        return cls(**json.loads((folder / "ids.json").read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Ancestor:
    """The segments artefact whose ids live on; `folder` is None in a first build."""

    folder: Path | None
    digest: str


def find_ancestor(run: Path, clusters: Artefact) -> Ancestor:
    """Where the ids of these clusters come from: the version before the one they are new in.

    Clusters that are already the current version's keep its ancestor, so that building again with
    nothing changed finds its segments as they are.
    """
    version = current_version(run)
    if version is None:
        return Ancestor(None, "")
    current = Run(run, version, read_manifest(run, version))
    stage = current.manifest["stages"]["segments"]
    if current.manifest["stages"]["clusters"]["digest"] != clusters.digest:
        return Ancestor(_kept(current), str(stage["digest"]))
    known = stage["notes"]["ancestor"]
    before = current.manifest["previous"]
    if known and before is not None:
        older = Run(run, before, read_manifest(run, before))
        if older.manifest["stages"]["segments"]["digest"] == known:
            return Ancestor(_kept(older), known)
    return Ancestor(_kept(current) if known else None, known)


def _kept(run: Run) -> Path:
    try:
        return run.folder("segments")
    except RunError as error:
        raise RunError(
            f"version {run.version} of {run.path} has damaged segments, so that their ids cannot "
            f"be carried on; build once more with the files and options of that version, or delete "
            f"{run.path / 'CURRENT'} to give new ids"
        ) from error


def name_clusters(found: Clustering, before: Path | None) -> SegmentIds:
    """Ids for the clusters: those of the segments in the folder `before` that they continue.

    `before` is the segments artefact of the version before (None: the first); the users of both
    decide, see `agent.segments.matching`.
    """
    leaves: list[set[str]] = [set() for _ in range(found.leaves)]
    parents: defaultdict[int, set[str]] = defaultdict(set)
    for user, label in zip(found.users, found.labels, strict=True):
        if label >= 0:
            leaves[label].add(user)
    for leaf, parent in enumerate(found.parents):
        if parent is not None:
            parents[parent] |= leaves[leaf]
    groups = [parents[n] for n in sorted(parents)]
    old_leaves, old_parents, used = _members_before(before)
    leaf_ids = match_segments(old_leaves, leaves, prefix="s", used=_of(used, "s"))
    parent_ids = match_segments(old_parents, groups, prefix="g", used=_of(used, "g"))
    now = {*leaf_ids, *parent_ids}
    return SegmentIds(leaf_ids, parent_ids, found.parents, sorted(used - now))


def _of(ids: set[str], prefix: str) -> set[str]:
    return {one for one in ids if one.startswith(prefix)}


def _members_before(
    before: Path | None,
) -> tuple[dict[str, set[str]], dict[str, set[str]], set[str]]:
    """Members of the leaves and of the parents before, and every id ever given."""
    if before is None:
        return {}, {}, set()
    ids = SegmentIds.load(before)
    leaves: dict[str, set[str]] = {leaf: set() for leaf in ids.leaves}
    for membership in read_records(before / "memberships.jsonl", Membership):
        if membership.label is not None:
            leaves[membership.label].add(membership.user_id)
    parents: dict[str, set[str]] = {parent: set() for parent in ids.parents}
    for leaf, parent in ids.parents_of_leaves().items():
        if parent is not None:
            parents[parent] |= leaves[leaf]
    return leaves, parents, {*leaves, *parents, *ids.retired}
