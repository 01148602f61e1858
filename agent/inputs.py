"""The files of one build, and a hash of what they hold."""

from __future__ import annotations

from pathlib import Path

from agent.artefacts import file_hash
from agent.behaviour.readers import find_files, open_source
from agent.records import Record


class Inputs(Record):
    """Event files or folders of them, in order, and the optional files beside them."""

    events: tuple[Path, ...]
    items: Path | None = None
    attributes: Path | None = None
    ties: Path | None = None

    def hashes(self) -> dict[str, str]:
        """Role and place → file name and SHA-256.

        Raises InputError for a file that is missing, empty, or no table.
        """
        found = {}
        for n, (source, _) in enumerate(find_files(self.events)):
            found[f"events.{n}"] = f"{source.name} {file_hash(source.path)}"
        for role in ("items", "attributes", "ties"):
            path: Path | None = getattr(self, role)
            if path is not None:
                source = open_source(path)
                found[role] = f"{source.name} {file_hash(source.path)}"
        return found

    def absolute(self) -> Inputs:
        """The same files by absolute path, to be found again from another folder."""
        found = {
            role: tuple(p.absolute() for p in value)
            if isinstance(value, tuple)
            else value.absolute()
            for role, value in self
            if value is not None
        }
        return Inputs.model_validate(found)
