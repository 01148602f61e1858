"""Files as bytes and text: which files there are, gzip, encoding, line ends.

What the text means (CSV, JSON Lines, Parquet) is `formats`; which column is which is `columns`.
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from agent.errors import InputError

SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".jsonl", ".ndjson", ".json", ".parquet", ".pq")
"""File names looked for in a folder, each also with `.gz` behind it."""

_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"
_ARCHIVES = {
    b"PK\x03\x04": "a zip archive or a spreadsheet: unpack it, or save it as CSV",
    b"BZh": "compressed with bzip2: unpack it first",
    b"\xfd7zXZ": "compressed with xz: unpack it first",
    b"\x28\xb5\x2f\xfd": "compressed with zstd: unpack it first",
    b"7z\xbc\xaf": "a 7z archive: unpack it first",
    b"%PDF": "a PDF: save the table as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel file: save it as CSV",
    b"SQLite format 3": "an SQLite database: export the table as CSV",
}
_BOMS = (  # the longer first: UTF-32's mark begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 20
_LINE_ENDS = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}


@dataclass(frozen=True)
class Source:
    """A file that exists and is not empty, with what its first bytes say."""

    path: Path
    gzipped: bool
    parquet: bool

    @property
    def name(self) -> str:
        """The name people know it by; a path would differ between checkouts."""
        return self.path.name

    @property
    def suffix(self) -> str:
        """`.csv` for both `log.csv` and `log.csv.gz`."""
        name = self.path.name.lower().removesuffix(".gz")
        return Path(name).suffix

    def open(self) -> IO[bytes]:
        return cast("IO[bytes]", gzip.open(self.path)) if self.gzipped else self.path.open("rb")

    def chunks(self) -> Iterator[bytes]:
        """The unpacked bytes in order; raises InputError where a gzip stream breaks off."""
        try:
            with self.open() as handle:
                while chunk := handle.read(_CHUNK):
                    yield chunk
        except EOFError:
            raise InputError("the gzip file breaks off in the middle", file=self.name) from None
        except (gzip.BadGzipFile, zlib.error) as error:
            raise InputError(f"damaged gzip file ({error})", file=self.name) from None
        except OSError as error:
            raise InputError(f"cannot be read ({error.strerror})", file=self.name) from None


def find_files(paths: Sequence[Path]) -> list[tuple[Source, bool]]:
    """Every file named, and for a folder the tables in it by name; True marks those from a folder.

    Raises InputError for a path that is missing or empty, and a folder with nothing to read.
    """
    if not paths:
        raise InputError("no file of events was given")
    found: list[tuple[Source, bool]] = []
    for path in paths:
        if path.is_dir():
            inside = [p for p in sorted(path.iterdir()) if p.is_file() and _is_table(p)]
            if not inside:
                kinds = ", ".join(SUFFIXES)
                raise InputError(f"the folder holds no file to read ({kinds})", file=path.name)
            found.extend((open_source(p), True) for p in inside)
        else:
            found.append((open_source(path), False))
    return found


def open_source(path: Path) -> Source:
    """Look at a file's first bytes; raises InputError when it is missing, empty or no table."""
    if path.is_dir():
        raise InputError("is a folder; a file is needed here", file=path.name)
    try:
        with path.open("rb") as handle:
            head = handle.read(16)
    except FileNotFoundError:
        raise InputError("there is no such file", file=str(path)) from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=str(path)) from None
    if not head:
        raise InputError("the file is empty", file=path.name)
    source = Source(path, gzipped=head.startswith(_GZIP), parquet=head.startswith(_PARQUET))
    if source.gzipped:
        head = next(source.chunks(), b"")[:16]
        if not head:
            raise InputError("the file is empty", file=path.name)
        source = Source(path, gzipped=True, parquet=head.startswith(_PARQUET))
    for magic, words in _ARCHIVES.items():
        if head.startswith(magic):
            raise InputError(f"this is {words}", file=path.name)
    return source


def _is_table(path: Path) -> bool:
    name = path.name.lower()
    return not name.startswith((".", "_")) and name.removesuffix(".gz").endswith(SUFFIXES)


class Text:
    """A source's text, line by line, in the encoding decided from the whole file.

    The order of trials: a byte order mark (UTF-8, UTF-16, UTF-32); strict UTF-8; GB18030 (a
    superset of GBK) where it decodes strictly *and* most bytes beyond ASCII stand side by side,
    as Chinese characters' do and accents in Western words don't; Windows-1252; Latin-1.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.encoding = decide_encoding(source)
        self.line_ends = ""
        """LF, CRLF, CR or several of them with +; known after `lines` has run."""

    def lines(self) -> Iterator[str]:
        """Lines with `\\n` whatever the file's own line ends, without NUL characters."""
        stream = _Unpacked(self.source)
        with io.TextIOWrapper(io.BufferedReader(stream, _CHUNK), encoding=self.encoding) as text:
            try:
                for line in text:
                    yield line.replace("\0", "") if "\0" in line else line
            except UnicodeError as error:  # a damaged UTF-16 or UTF-32 file
                raise InputError(
                    f"not valid {self.encoding}: {error}", file=self.source.name
                ) from None
            ends = text.newlines or "\n"
            kinds = (ends,) if isinstance(ends, str) else ends
            self.line_ends = "+".join(sorted(_LINE_ENDS[kind] for kind in kinds))


class _Unpacked(io.RawIOBase):
    """`Source.chunks` as a stream, so that a broken gzip file raises our error while decoding."""

    def __init__(self, source: Source) -> None:
        self._chunks = source.chunks()
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if not self._rest:
            self._rest = next(self._chunks, b"")
        n = min(len(buffer), len(self._rest))
        buffer[:n], self._rest = self._rest[:n], self._rest[n:]
        return n


def decide_encoding(source: Source) -> str:
    """The encoding of the whole file (see `Text`); raises InputError for a binary file."""
    head = next(source.chunks(), b"")
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    sample = head[:8192]
    odd = sum(byte < 32 and byte not in b"\t\n\r\f\x1a\x1b" for byte in sample)
    if odd > 3 + len(sample) // 50:
        raise InputError("a binary file, not a table of text", file=source.name)
    if not (rest := _strictly(source, "utf-8")):
        return "utf-8"
    beyond, together, undefined = rest
    if 2 * together >= beyond and not _strictly(source, "gb18030"):
        return "gb18030"
    return "latin-1" if undefined else "cp1252"


def _strictly(source: Source, encoding: str) -> tuple[int, int, bool] | None:
    """None when the whole file decodes; else how many bytes are beyond ASCII, how many of those
    stand side by side, and whether there are any that Windows-1252 leaves undefined.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in source.chunks():
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        beyond = together = 0
        undefined = False
        for chunk in source.chunks():
            for run in re.findall(rb"[\x80-\xff]+", chunk):
                beyond += len(run)
                together += len(run) if len(run) > 1 else 0
                undefined = undefined or bool(re.search(rb"[\x81\x8d\x8f\x90\x9d]", run))
        return beyond, together, undefined
    return None
