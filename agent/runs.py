"""The run folder: what a build leaves and everything else reads.

    <run>/CURRENT               the version readers open, switched in one step
    <run>/versions/N/           immutable: manifest.json and one folder a stage
    <run>/store/<stage>-<key>/  finished stages, kept so that a next build need not repeat them
    <run>/cache/                encoded texts; only saves time
    <run>/request.json          what the last build was asked to do, so that it can be gone on with
    <run>/lock                  held by the one process that builds

A reader never sees half a world: it opens one version and keeps it. `agent.builder` writes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.artefacts import folder_digest
from agent.errors import RunError

FORMAT = 1
"""Raised when a reader of the format before could not read a run any more."""


@dataclass(frozen=True)
class Run:
    """One version of a run, open for reading."""

    path: Path
    version: int
    manifest: Mapping[str, Any]
    _checked: set[str] = field(default_factory=set, init=False, repr=False, compare=False)

    @classmethod
    def open(cls, path: str | Path) -> Run:
        """The current version. Raises RunError: no run there, unfinished, damaged or too new."""
        path = Path(path)
        if not path.is_dir():
            raise RunError(
                f"there is no run at {path}; make one with: folkmap build … --run {path}"
            )
        version = current_version(path)
        if version is None:
            raise RunError(
                f"{path} holds no finished build; run folkmap build … --run {path} (again)"
            )
        return cls(path, version, read_manifest(path, version))

    def folder(self, stage: str) -> Path:
        """A stage's folder in this version. Raises RunError when it is missing or damaged.

        The first time a stage is asked for, its bytes are compared with the digest of what was
        written; the index, which changes as it is used, only has to be there.
        """
        folder = self.path / "versions" / str(self.version) / stage
        way_out = f"build the run again: folkmap build … --run {self.path}"
        if stage not in self.manifest["stages"]:
            raise RunError(
                f"version {self.version} of {self.path} has no stage '{stage}'; {way_out}"
            )
        if not folder.is_dir():
            raise RunError(f"{folder} is missing; {way_out}")
        if stage not in self._checked and not self.manifest["stages"][stage]["mutable"]:
            for name, size in self.manifest["stages"][stage]["files"].items():
                file = folder / name
                if not file.is_file() or file.stat().st_size != size:
                    raise RunError(f"{file} is missing or damaged; {way_out}")
            if folder_digest(folder)[0] != self.manifest["stages"][stage]["digest"]:
                raise RunError(f"{folder} is damaged (other bytes than were written); {way_out}")
            self._checked.add(stage)
        return folder


def current_version(path: Path) -> int | None:
    """The number in CURRENT; None when nothing was published yet. Raises RunError if garbled."""
    try:
        said = (path / "CURRENT").read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise RunError(f"{path / 'CURRENT'} cannot be read: {error}") from error
    if not re.fullmatch(r"[1-9][0-9]{0,8}\n?", said, re.ASCII):
        raise RunError(
            f"{path / 'CURRENT'} is damaged; write the number of a folder in {path / 'versions'} "
            f"into it, or delete it and build again"
        )
    return int(said)


def read_manifest(path: Path, version: int) -> dict[str, Any]:
    """The manifest of one version. Raises RunError when it is damaged or of a newer format."""
    file = path / "versions" / str(version) / "manifest.json"
    try:
        manifest = json.loads(file.read_text("utf-8"))
        number = int(manifest["format"])
        if number <= FORMAT:
            stage_keys(manifest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        before = _other_version(path, version)
        back = f"write {before} into {path / 'CURRENT'} to go back to that version, or "
        raise RunError(
            f"{file} is missing or damaged; {back if before else ''}delete {path / 'CURRENT'} "
            f"and build again"
        ) from error
    if number > FORMAT:
        raise RunError(
            f"{path} was built by a newer Folkmap ({manifest.get('folkmap')}, run format {number}; "
            f"this one reads up to {FORMAT}); update Folkmap, or build into another folder"
        )
    return dict(manifest)


def _other_version(path: Path, version: int) -> int:
    """The newest other version that has a manifest, 0 when there is none."""
    names = (file.parent.name for file in path.glob("versions/*/manifest.json"))
    return max(
        (int(name) for name in names if name.isdecimal() and int(name) != version), default=0
    )


def stage_keys(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Stage → key. Raises KeyError, TypeError or AttributeError for what is no manifest."""
    for stage in manifest["stages"].values():
        _ = stage["files"].items(), stage["mutable"], stage["digest"]
    return {name: str(stage["key"]) for name, stage in manifest["stages"].items()}
