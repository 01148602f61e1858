"""Every error Folkmap raises on purpose.

    FolkmapError                  one line: what is wrong, where, what to do
    ├── InputError                a file somebody gave us (names file, line, column)
    ├── SettingsError             an option or environment variable out of range
    ├── RunError                  a run folder: missing, held by another builder, damaged, too new
    ├── UnknownNameError          a user, segment or item that the run does not hold
    ├── EncoderError              text embedding weights missing or not the published ones
    └── ModelError                a language model: cannot be started, reached or used
        └── RefusedError          one request only: too long, filtered, cut off, not the form asked

The command line catches FolkmapError once, prints the line and exits 1; anything else is a bug
and keeps its traceback.
"""

from __future__ import annotations

from pathlib import Path


class FolkmapError(Exception):
    """Base class; `str(error)` is one line fit for a person."""


class InputError(FolkmapError):
    """Bad input, with the place: `events.csv, line 7, column 'timestamp': …`."""

    def __init__(
        self,
        problem: str,
        *,
        file: str | Path | None = None,
        line: int | None = None,
        column: str | None = None,
    ) -> None:
        self.problem, self.file, self.line, self.column = problem, file, line, column
        place = [str(file)] if file is not None else []
        if line is not None:
            place.append(f"line {line}")
        if column is not None:
            place.append(f"column {column!r}")
        prefix = ", ".join(place)
        super().__init__(" ".join(f"{prefix}: {problem}".split()) if prefix else problem)


class SettingsError(FolkmapError):
    """A setting that cannot be used; names the setting and the accepted values."""


class RunError(FolkmapError):
    """A run folder that cannot be read or written; names the folder and the way out."""


class UnknownNameError(FolkmapError):
    """A user, segment or item that does not exist in this run."""


class EncoderError(FolkmapError):
    """The text encoder cannot be loaded, or its weights are not the published ones."""


class ModelError(FolkmapError):
    """A language model that cannot be started, reached or used; ends a build, loses nothing."""


class RefusedError(ModelError):
    """One request that a working model did not serve; the next one may go well."""
