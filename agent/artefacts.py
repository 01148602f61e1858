"""Stage artefacts: folders of files, written whole or not at all, found again by what decided them.

A finished artefact is `<store>/<stage>-<key>/` with a note, `.artefact.json`, that holds its digest
and what may differ between equal results: how long it took and what the stage remarked. Nothing
of that enters the digest, so equal results have equal digests.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from agent.errors import RunError

NOTE = ".artefact.json"

Make = Callable[[Path], Mapping[str, Any] | None]
"""Writes a stage's files into an empty folder; what it returns is kept as the artefact's notes."""


@dataclass(frozen=True)
class Artefact:
    """What one stage made: `path` is its folder, `digest` hashes its file names and bytes."""

    name: str
    key: str
    """Hash of all that decided it: stage and version, settings, seed, hashes, inputs' digests."""
    path: Path
    digest: str
    files: Mapping[str, int]
    """File (relative, with `/`) → bytes."""
    seconds: float
    """How long making it took, in the build that made it."""
    notes: Mapping[str, Any] = field(default_factory=dict)
    """What the stage remarked (rows dropped, what was guessed); JSON, outside the digest."""
    mutable: bool = False
    """Whether opening it writes to it, as with the index; every version gets its own copy."""
    reused: bool = False
    """Whether this build found it ready."""


def artefact_key(
    name: str,
    version: int,
    inputs: Iterable[Artefact],
    settings: Mapping[str, Any],
    seed: int | None,
    hashes: Mapping[str, str],
) -> str:
    """32 hex digits over all that decides a stage's result."""
    decided = {
        "stage": name,
        "version": version,
        "inputs": {artefact.name: artefact.digest for artefact in inputs},
        "settings": settings,
        "seed": seed,
        "hashes": hashes,
    }
    canonical = json.dumps(decided, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_digest(folder: Path) -> tuple[str, dict[str, int]]:
    """SHA-256 over sorted file names and bytes, and each file's size; the note does not count."""
    names = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    total, sizes = hashlib.sha256(), {}
    for name in names:
        if name != NOTE:
            sizes[name] = (folder / name).stat().st_size
            total.update(f"{name}\0{sizes[name]}\0{file_hash(folder / name)}\n".encode())
    return total.hexdigest(), sizes


def make_artefact(store: Path, name: str, key: str, make: Make, *, mutable: bool) -> Artefact:
    """Run `make` in a temporary sibling, then rename it into place; a stopped one leaves nothing.

    What `make` raises passes through, and its folder is removed.
    """
    begun = time.monotonic()
    folder, working = store / f"{name}-{key}", store / f".tmp-{name}-{key}"
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir(parents=True)
    try:
        notes = json.loads(json.dumps(make(working) or {}))
        digest, sizes = folder_digest(working)
        seconds = round(time.monotonic() - begun, 3)
        made = Artefact(name, key, folder, digest, sizes, seconds, notes, mutable)
        stored = {k: v for k, v in vars(made).items() if k not in ("path", "reused")}
        (working / NOTE).write_text(json.dumps(stored, indent=1, ensure_ascii=False), "utf-8")
        for path in working.rglob("*"):
            sync(path)
        sync(working)
        working.rename(folder)
    except BaseException:
        shutil.rmtree(working, ignore_errors=True)
        raise
    sync(store)
    return made


def find_artefact(store: Path, name: str, key: str) -> Artefact | None:
    """The finished artefact of that key, or None.

    Raises RunError when its files are no longer those that were written.
    """
    folder = store / f"{name}-{key}"
    if not folder.is_dir():
        return None
    way_out = f"delete {folder} and build again: what it held is computed anew"
    try:
        stored = json.loads((folder / NOTE).read_text("utf-8"))
        found = Artefact(path=folder, **stored)
    except (OSError, ValueError, TypeError) as error:
        raise RunError(
            f"the stored stage '{name}' is damaged ({NOTE}: {error}); {way_out}"
        ) from error
    digest, sizes = folder_digest(folder)
    if (found.name, found.key, found.digest) != (name, key, digest):
        changed = sorted(
            file for file in {*sizes, *found.files} if sizes.get(file) != found.files.get(file)
        )
        what = ", ".join(changed[:3]) or "same sizes, other bytes"
        raise RunError(f"the stored stage '{name}' is damaged ({what}); {way_out}")
    return replace(found, reused=True)


def discard(folder: Path) -> None:
    """Remove a folder so that a stop in the middle leaves nothing under its name."""
    working = folder.with_name(f".tmp-gone-{folder.name}")
    folder.rename(working)
    shutil.rmtree(working)


def sync(path: Path) -> None:
    """Have a file or folder on the disk before anything that relies on it is."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
