"""Encodings, line ends, compression and quoting: the same rows come out."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from agent.behaviour.formats import open_table
from agent.behaviour.readers import find_files, open_source

ROWS = [["user", "item"], ["Zoë", "café, crème"], ["李雷", "红茶"], ["ann", 'a "b"\nc']]


def csv_text(rows: list[list[str]], delimiter: str = ",", end: str = "\n") -> str:
    def quoted(cell: str) -> str:
        special = set(cell) & set(delimiter + '"\n')
        return '"' + cell.replace('"', '""') + '"' if special else cell

    return "".join(delimiter.join(map(quoted, row)) + end for row in rows)


def read(path: Path, size: int = 2) -> tuple[list[list[str]], list[int], dict[str, str]]:
    """A file's rows, header first, the lines they begin on, and what was decided about it."""
    table = open_table(open_source(path))
    rows: list[list[str]] = [list(table.columns)]
    lines: list[int] = []
    for batch in table.batches(table.columns, size):
        rows += [list(row) for row in batch.cells.iter_rows()]
        lines += batch.lines.to_list()
    return rows, lines, table.facts


@pytest.mark.parametrize(
    ("encoding", "decided"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
        ("gb18030", "gb18030"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, decided: str, end: str) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(csv_text(ROWS, end=end).encode(encoding))
    rows, lines, facts = read(path)
    assert rows == ROWS
    assert lines == [2, 3, 4]
    assert facts["encoding"] == decided
    assert {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}[end] in facts["line_ends"]


@pytest.mark.parametrize(
    ("words", "encoding", "decided"),
    [
        ("Zoë aß café, crème brûlée", "cp1252", "cp1252"),
        ("price in € — “quoted”", "cp1252", "cp1252"),
        ("Müller élan née", "latin-1", "cp1252"),
        ("caf\u00e9 \x90", "latin-1", "latin-1"),
        ("红茶和绿茶 tea", "gbk", "gb18030"),
        ("plain", "ascii", "utf-8"),
    ],
)
def test_eight_bit_encodings_are_told_apart(
    tmp_path: Path, words: str, encoding: str, decided: str
) -> None:
    path = tmp_path / "log.csv"
    rows = [["user", "item"], ["ann", words]]
    path.write_bytes(csv_text(rows).encode(encoding))
    assert read(path)[0] == rows
    assert read(path)[2]["encoding"] == decided


def test_one_odd_byte_far_down_decides_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(b"user,item\n" + b"ann,tea\n" * 300_000 + "zoë,thé\n".encode("latin-1"))
    rows, _, facts = read(path, size=100_000)
    assert rows[-1] == ["zoë", "thé"]
    assert facts["encoding"] == "cp1252"


@pytest.mark.parametrize(
    ("name", "delimiter", "told"),
    [
        ("log.tsv", "\t", "tab"),
        ("log.csv", ";", "semicolon"),
        ("log.txt", "|", "bar"),
        ("log.csv", "\t", "tab"),
        ("log.tsv", ",", "comma"),
    ],
)
def test_the_delimiter_is_the_header_s(
    tmp_path: Path, name: str, delimiter: str, told: str
) -> None:
    path = tmp_path / name
    path.write_text(csv_text(ROWS, delimiter), encoding="utf-8")
    assert read(path)[0] == ROWS
    assert read(path)[2]["delimiter"] == told


def test_gzip_is_known_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    for name in ("log.csv.gz", "log.csv"):
        (tmp_path / name).write_bytes(gzip.compress(csv_text(ROWS).encode()))
        assert read(tmp_path / name)[0] == ROWS
    (tmp_path / "plain.csv.gz").write_text(csv_text(ROWS), encoding="utf-8")
    assert read(tmp_path / "plain.csv.gz")[0] == ROWS


def test_lines_are_counted_through_quoted_breaks_and_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text('user,item\n\nann,"a\nb\nc"\nshort\nbob,pie\n', encoding="utf-8")
    table = open_table(open_source(path))
    (batch,) = table.batches(["item"], 10)
    assert batch.lines.to_list() == [3, 7]
    assert batch.rows.to_list() == [0, 2]
    assert batch.bad == ((6, "wrong number of cells"),)
    assert batch.cells["item"].to_list() == ["a\nb\nc", "pie"]


def test_nul_characters_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(b"user,item\nan\0n,tea\n" + b"bob,pie\n" * 100)
    assert read(path)[0][1] == ["ann", "tea"]


def test_json_lines_keep_the_digits_and_flatten_lists(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(
        '{"user": 17850.0, "price": 2.50, "tags": ["a", null, 3], "ok": true}\n'
        "\n"
        "[1, 2]\n"
        '{"user": 99999999999999999999, "more": {"b": 1, "a": NaN}, "odd": "\\ud800!"}\n',
        encoding="utf-8",
    )
    table = open_table(open_source(path))
    assert table.columns == ("more", "odd", "ok", "price", "tags", "user")
    (batch,) = table.batches(table.columns, 10)
    assert batch.cells.row(0) == (None, None, "true", "2.50", "a|3", "17850.0")
    assert batch.cells.row(1)[0] == '{"a": null, "b": "1"}'
    assert batch.cells.row(1)[1] == "?!"
    assert batch.cells.row(1)[5] == "99999999999999999999"
    assert batch.lines.to_list() == [1, 4]
    assert batch.bad == ((3, "not a JSON object"),)


def test_a_folder_gives_its_tables_by_name(tmp_path: Path) -> None:
    for name in ("b.csv", "a.jsonl.gz", ".hidden.csv", "_meta.csv", "notes.doc", "c.PARQUET"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    found = [(source.name, in_folder) for source, in_folder in find_files([tmp_path])]
    assert found == [("a.jsonl.gz", True), ("b.csv", True), ("c.PARQUET", True)]
