"""The one process that writes a run: lock, stages, versions."""

from __future__ import annotations

import fcntl
import importlib.metadata
import json
import os
import shutil
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from pydantic import BaseModel

from agent.artefacts import (
    Artefact,
    Make,
    artefact_key,
    discard,
    find_artefact,
    make_artefact,
    sync,
)
from agent.disk import link, replace_text, storage_errors
from agent.errors import RunError
from agent.runs import FORMAT, Run, current_version, read_manifest, stage_keys

REQUEST = "request.json"


@dataclass(frozen=True)
class Published:
    """Where a build's results stand; `new` is False when nothing had changed."""

    version: int
    new: bool


class Builder:
    """The one process that may write a run; a context manager.

        with Builder("runs/shop") as builder:
            events = builder.stage("events", make, version=1, hashes={"events": file_hash(f)})
            builder.publish([events, …])

    Raises RunError when another process builds there, the folder is something else, cannot be
    written, or was written by a newer Folkmap.
    """

    def __init__(self, path: str | Path, *, keep_versions: int = 2) -> None:
        self.path = Path(path)
        self.store = self.path / "store"
        self.keep_versions = max(1, keep_versions)
        self._lock: IO[str] | None = None
        self._was_there = True

    def __enter__(self) -> Self:
        self._was_there = self.path.exists()
        if self._was_there:
            _refuse_others(self.path)
        try:
            self.store.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(
                f"{self.path} cannot be made ({error.strerror}); choose another folder with --run"
            ) from error
        with storage_errors(self.path):
            self._lock = _lock(self.path)
            for leftover in [*self.store.glob(".tmp-*"), *self.path.glob("versions/.tmp-*")]:
                shutil.rmtree(leftover)
            for leftover in self.path.glob(".tmp-*"):
                leftover.unlink()
        try:
            if (version := current_version(self.path)) is not None:
                # Refuses a newer format before anything is written.
                read_manifest(self.path, version)
        except BaseException:
            self._lock.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._lock is not None
        if not self._was_there and not any(self.store.iterdir()):
            shutil.rmtree(self.path)  # nothing was made: leave no folder that looks like a run
        self._lock.close()  # and with it goes the lock

    def remember(self, request: Mapping[str, Any]) -> None:
        """Keep what was asked of this build (JSON), for `remembered` should it be stopped."""
        with storage_errors(self.path):
            replace_text(
                self.path / REQUEST, json.dumps(request, indent=1, ensure_ascii=False) + "\n"
            )

    def stage(
        self,
        name: str,
        make: Make,
        *,
        version: int,
        inputs: Sequence[Artefact] = (),
        settings: Mapping[str, Any] | None = None,
        seed: int | None = None,
        hashes: Mapping[str, str] | None = None,
        mutable: bool = False,
    ) -> Artefact:
        """The artefact of one stage: found when all that decides it is unchanged, else made.

        `settings` are those that matter to this stage, as JSON (`model_dump(mode="json")`);
        `hashes` are of the prompts, weights and files it reads; raise `version` when its code
        gives another result or another schema. `make(folder)` fills an empty folder; what it
        returns becomes `artefact.notes`. Raises RunError for a damaged artefact or a disk that
        is full or read-only, EncoderError for the encoder's weights.
        """
        key = artefact_key(name, version, inputs, settings or {}, seed, hashes or {})
        with storage_errors(self.path):
            return find_artefact(self.store, name, key) or make_artefact(
                self.store, name, key, make, mutable=mutable
            )

    def publish(
        self, artefacts: Sequence[Artefact], extra: Mapping[str, Any] | None = None
    ) -> Published:
        """Make these artefacts the version readers open, and drop what nobody needs any more.

        `extra` goes into the manifest under "build" (inputs, settings, command line). When every
        stage is the current version's, nothing is written. A version that a stopped build put in
        place and did not get to name in CURRENT is taken up when it is this one, else removed.
        """
        before = current_version(self.path)
        keys = {artefact.name: artefact.key for artefact in artefacts}
        if before is not None and self._holds(before, keys):
            return Published(before, new=False)
        with storage_errors(self.path):
            newest = max(self._versions(), default=0)
            if newest > (before or 0) and self._holds(newest, keys):
                replace_text(self.path / "CURRENT", f"{newest}\n")
                self._prune()
                return Published(newest, new=True)
            if before is not None:
                for never_current in (n for n in self._versions() if n > before):
                    discard(self.path / "versions" / str(never_current))
            number = max(self._versions(), default=0) + 1
            manifest = {
                "format": FORMAT,
                "folkmap": own_version(),
                "version": number,
                "previous": before,
                "created": datetime.now(UTC).isoformat(timespec="seconds"),
                "build": dict(extra or {}),
                "stages": {
                    artefact.name: {
                        "key": artefact.key,
                        "digest": artefact.digest,
                        "seconds": artefact.seconds,
                        "reused": artefact.reused,
                        "mutable": artefact.mutable,
                        "files": dict(artefact.files),
                        "notes": dict(artefact.notes),
                    }
                    for artefact in artefacts
                },
            }
            self._assemble(number, artefacts, manifest)
            replace_text(self.path / "CURRENT", f"{number}\n")
            self._prune()
        return Published(number, new=True)

    def _holds(self, version: int, keys: Mapping[str, str]) -> bool:
        """Whether a version is these stages and whole."""
        try:
            run = Run(self.path, version, read_manifest(self.path, version))
            if stage_keys(run.manifest) != keys:
                return False
            for name in keys:
                run.folder(name)
        except RunError:
            return False
        return True

    def _assemble(
        self, number: int, artefacts: Sequence[Artefact], manifest: Mapping[str, Any]
    ) -> None:
        """versions/N under a temporary name, renamed when whole."""
        versions = self.path / "versions"
        working = versions / f".tmp-{number}"
        working.mkdir(parents=True)
        try:
            for artefact in artefacts:
                for name in artefact.files:
                    target = working / artefact.name / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    copy: Callable[..., object] = shutil.copyfile if artefact.mutable else link
                    copy(artefact.path / name, target)
            (working / "manifest.json").write_text(
                json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8"
            )
            for path in working.rglob("*"):
                sync(path)
            sync(working)
            working.rename(versions / str(number))
        except BaseException:
            shutil.rmtree(working, ignore_errors=True)
            raise
        sync(versions)

    def _prune(self) -> None:
        """Remove versions beyond the last few, and stored stages that no kept version refers to."""
        numbers = self._versions()
        for number in numbers[: -self.keep_versions]:
            discard(self.path / "versions" / str(number))
        wanted = set()
        for number in numbers[-self.keep_versions :]:
            with suppress(RunError):  # an older version that was damaged holds on to nothing
                manifest = read_manifest(self.path, number)
                wanted |= {f"{name}-{key}" for name, key in stage_keys(manifest).items()}
        for folder in self.store.iterdir():
            if folder.name not in wanted:
                discard(folder)

    def _versions(self) -> list[int]:
        names = (path.name for path in self.path.glob("versions/*"))
        return sorted(int(name) for name in names if name.isdecimal())


def remembered(
    path: str | Path, kinds: Mapping[str, type[BaseModel]] | None = None
) -> dict[str, Any]:
    """What the last build in a run folder was asked to do.

    With `kinds` (`{"inputs": Inputs, …}`) these parts must be there, and come back as models.
    Raises RunError when nothing says what was asked, or not in a form this version knows.
    """
    file = Path(path) / REQUEST
    try:
        request = dict(json.loads(file.read_text("utf-8")))
        models = {name: kind.model_validate(request[name]) for name, kind in (kinds or {}).items()}
    except (OSError, ValueError, TypeError, KeyError) as error:
        why = "missing, damaged or of another version of Folkmap"
        raise RunError(
            f"{path} holds no build to go on with ({REQUEST} is {why}); "
            f"name the files: folkmap build FILES --run {path}"
        ) from error
    return {**request, **models}


def _refuse_others(path: Path) -> None:
    """Keep a mistyped --run from turning somebody's folder into a run."""
    try:
        entries = {entry.name for entry in path.iterdir()}
    except NotADirectoryError:
        raise RunError(f"{path} is a file; name a folder with --run") from None
    except PermissionError as error:
        raise RunError(f"{path} cannot be read ({error.strerror}); choose another --run") from error
    if entries and not entries & {"CURRENT", "store"}:
        raise RunError(
            f"{path} is not empty and is no run folder (it holds {min(entries)}); choose another "
            f"folder with --run"
        )


def _lock(path: Path) -> IO[str]:
    """The builder's lock, held until the file is closed or the process ends, however it ends."""
    file = (path / "lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        try:
            holder = json.loads(file.read())
            who = f"process {holder['pid']} on {holder['host']}, since {holder['since']}"
        except (ValueError, KeyError, TypeError):
            who = "another process"
        file.close()
        raise RunError(
            f"{path} is being built by {who}; wait until it is done, or choose another --run"
        ) from None
    file.truncate(0)
    since = datetime.now(UTC).isoformat(timespec="seconds")
    json.dump({"pid": os.getpid(), "host": socket.gethostname(), "since": since}, file)
    file.flush()
    return file


@lru_cache(maxsize=1)
def own_version() -> str:
    """The version of the installed package; read once, for it lies in a file."""
    try:
        return importlib.metadata.version("folkmap")
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
