"""what a disk does to a run: its errors in one line, small files replaced in one step, links."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.artefacts import sync
from agent.errors import EncoderError, RunError
from retrieval import errors as retrieval_errors

_NUMPY_CUT_SHORT = re.compile(r"^\d+ requested and \d+ written$")
"""How numpy says that a disk is full, without the system's number."""


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn what the disk and the retrieval package raise into one line that names the run."""
    try:
        yield
    except retrieval_errors.EncoderError as error:
        raise EncoderError(str(error)) from error
    except retrieval_errors.RetrievalError as error:
        if "disk is full" in str(error):  # SQLite's words, under Chroma and the vector cache
            raise RunError(_full(path)) from error
        raise RunError(str(error)) from error
    except Exception as error:
        # Polars passes the system's error on in words only: "… (os error 28)".
        worded = re.search(r"\(os error (\d+)\)", str(error))
        number = int(worded[1]) if worded else getattr(error, "errno", None)
        if number in (errno.ENOSPC, errno.EDQUOT) or _NUMPY_CUT_SHORT.search(str(error)):
            raise RunError(_full(path)) from error
        if number == errno.EFBIG:
            raise RunError(
                f"a file in {path} would be larger than this system lets it be (ulimit -f); raise "
                f"the limit and build again: finished stages are kept"
            ) from error
        if number in (errno.EROFS, errno.EACCES, errno.EPERM) and _inside(error, path):
            raise RunError(
                f"{path} cannot be written ({os.strerror(number)}); choose another folder with "
                f"--run, or change its permissions"
            ) from error
        raise


def _full(path: Path) -> str:
    return (
        f"the disk that holds {path} is full; make room and build again: finished stages are kept"
    )


def _inside(error: Exception, path: Path) -> bool:
    """Whether an error is about a file of the run (or names none) rather than, say, an input."""
    name = getattr(error, "filename", None)
    return name is None or Path(os.fsdecode(name)).absolute().is_relative_to(path.absolute())


def link(source: Path, target: Path) -> None:
    """A hard link, or a copy where the file system has none."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV):
            raise
        shutil.copyfile(source, target)


def replace_text(path: Path, text: str) -> None:
    """Write a small file so that readers find either the old text or the new one."""
    working = path.with_name(f".tmp-{path.name}")
    working.write_text(text, "utf-8")
    sync(working)
    working.replace(path)
    sync(path.parent)
