"""Files that cannot be used: each ends with one line naming the file and, where there is one, the
line and the column."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
import pytest

from agent.behaviour.events import read_log
from agent.errors import InputError
from agent.settings import ReadSettings

GOOD = "user_id,item_id,timestamp\nann,tea,2025-01-02 10:00\nbob,pie,2025-01-03 11:00\n"


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def parquet(**columns: list[object]) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame(columns).write_parquet(buffer)
    return buffer.getvalue()


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("events.csv", GOOD)
    return buffer.getvalue()


PARQUET = parquet(user_id=["ann"] * 50, item_id=["tea"] * 50)
SQUEEZED = gzip.compress(GOOD.encode() * 200)

# name, content, line, column, words of the message
EVENTS: list[tuple[str, str | bytes, int | None, str | None, str]] = [
    ("empty.csv", "", None, None, "empty"),
    ("blank.csv", "\n\n  \n", None, None, "empty"),
    ("empty.csv.gz", gzip.compress(b""), None, None, "empty"),
    ("empty.parquet", "", None, None, "empty"),
    ("blank.jsonl", "\n\n", None, None, "empty"),
    ("header.csv", "user_id,item_id\n", 1, None, "no rows"),
    ("header.tsv", "user_id\titem_id\n", 1, None, "no rows"),
    ("header.parquet", parquet(user_id=[], item_id=[]), 1, None, "no rows"),
    ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, None, None, "binary"),
    ("random.csv", bytes(range(256)) * 40, None, None, "binary"),
    ("book.csv", zipped(), None, None, "zip archive"),
    ("paper.csv", b"%PDF-1.7\n" + b"x" * 90, None, None, "PDF"),
    ("old.csv", b"\xd0\xcf\x11\xe0" + b"\0" * 90, None, None, "old Excel"),
    ("shop.csv", b"SQLite format 3\0" + b"\0" * 90, None, None, "SQLite"),
    ("log.csv.bz2", b"BZh91AY" + b"x" * 90, None, None, "bzip2"),
    ("half.csv.gz", SQUEEZED[: len(SQUEEZED) // 2], None, None, "breaks off"),
    ("hurt.csv.gz", SQUEEZED[:12] + b"\xff" * 30 + SQUEEZED[42:], None, None, "gzip"),
    ("utf16.csv", b"\xff\xfe" + GOOD.encode("utf-16-le")[:-1], None, None, "utf-16"),
    ("half.parquet", PARQUET[: len(PARQUET) // 2], None, None, "breaks off"),
    ("tail.parquet", b"PAR1" + b"x" * 60 + b"PAR1", None, None, "damaged Parquet"),
    ("text.parquet", GOOD, None, None, "not a Parquet file"),
    ("nobody.csv", "who,item_id\nann,tea\n", 1, None, "--map user=COLUMN"),
    ("nothing.csv", "user_id,what\nann,tea\n", 1, None, "--map item=COLUMN"),
    ("nobody.jsonl", '{"who": "ann", "item_id": "tea"}\n', 1, None, "'item_id', 'who'"),
    ("nobody.parquet", parquet(who=["ann"], item_id=["tea"]), 1, None, "'who', 'item_id'"),
    ("headless.csv", "1,2268318,1511544070\n1,2333346,1511561733\n", 1, None, "column names"),
    ("twice.csv", "user_id,item_id,item_id\nann,tea,pie\n", 1, "item_id", "2 columns"),
    ("quote.csv", 'user_id,item_id\nann,"tea\nbob,pie\n', 2, None, "quote"),
    ("huge.csv", 'user_id,item_id\nann,"' + "x\n" * 90_000, 2, None, "quote"),
    ("users.csv", "user_id,item_id\n,tea\nnull,pie\n", 2, "user_id", "no user"),
    ("items.csv", "user_id,item_id\nann,\nbob, \n", 2, "item_id", "no item"),
    ("times.csv", "userId,item_id,Date\nann,tea,noon\n", 2, "Date", "bad timestamp 'noon'"),
    ("far.csv", "user,item,ts\nann,tea,99999999999999999999\n", 2, "ts", "bad timestamp"),
    ("feb.csv", "user,item,ts\nann,tea,2025-02-30\n", 2, "ts", "bad timestamp '2025-02-30'"),
    ("stars.csv", "user,item,rating\nann,tea,great\n", 2, "rating", "bad rating 'great'"),
    ("pieces.csv", "user,item,Quantity\nann,tea,many\n", 2, "Quantity", "bad quantity 'many'"),
    ("none.csv", "user,item,Quantity\nann,tea,0\n", 2, "Quantity", "quantity of zero"),
    ("price.csv", "user,item,price\nann,tea,cheap\n", 2, "price", "bad price 'cheap'"),
    ("free.csv", "user,item,price\nann,tea,0.00\n", 2, "price", "price of zero or less"),
    ("dwell.csv", "user,item,dwell\nann,tea,long\n", 2, "dwell", "bad duration 'long'"),
    ("post.csv", "user,item,title,price\nann,P,POSTAGE,2\n", 2, "item", "not goods"),
    ("ragged.csv", "user_id,item_id\nann\nbob,pie,1\n", 2, None, "wrong number of cells"),
    ("array.json", '[{"user_id": "ann", "item_id": "tea"}]', 1, None, "one JSON array"),
    ("rows.jsonl", '["ann", "tea"]\n["bob", "pie"]\n', 1, None, "one JSON array"),
    ("pretty.json", '{\n "user_id": "ann",\n "item_id": "tea"\n}\n', 1, None, "no line holds"),
    ("broken.jsonl", '{"user_id": "ann"\n', 1, None, "no line holds"),
    ("number.jsonl", "\n17\n", 2, None, "no line holds"),
    ("hollow.jsonl", "{}\n{}\n", 1, None, "no line holds"),
]


@pytest.mark.parametrize(
    ("name", "content", "line", "column", "words"), EVENTS, ids=[case[0] for case in EVENTS]
)
def test_a_bad_log_ends_with_the_place_and_the_reason(
    tmp_path: Path,
    name: str,
    content: str | bytes,
    line: int | None,
    column: str | None,
    words: str,
) -> None:
    message = failure(lambda: read_log([write(tmp_path, name, content)], settings=ReadSettings()))
    place = name
    place += f", line {line}" if line else ""
    place += f", column '{column}'" if column else ""
    assert message.startswith(f"{place}: ")
    assert words in message


Beside = Callable[[Path], Mapping[str, Path]]
BESIDE: list[tuple[str, str, str, int | None, str]] = [
    # role, file, content, line, words
    ("items", "items.csv", "", None, "empty"),
    ("items", "items.csv", "item_id,title\n", 1, "no rows"),
    ("items", "items.csv", "title,genre\nTea,drinks\n", 1, "--map item=COLUMN"),
    ("items", "items.csv", "item_id,title\n,Tea\n", 2, "no item"),
    ("attributes", "people.csv", "country\nIceland\n", 1, "--map user=COLUMN"),
    ("attributes", "people.csv", "user_id,country\nnull,Iceland\n", 2, "no user"),
    ("attributes", "people.parquet", "user_id,country\n", None, "not a Parquet file"),
    ("ties", "ties.csv", "user_id,since\nann,2020\n", 1, "--map other=COLUMN"),
    ("ties", "ties.csv", "from,to\nann,\n", 2, "no other"),
    ("ties", "ties.csv", "from,to,weight\nann,bob,much\n", 2, "bad weight"),
    ("ties", "ties.jsonl", "[1]\n", 1, "JSON array"),
]


@pytest.mark.parametrize(("role", "name", "content", "line", "words"), BESIDE)
def test_a_bad_file_beside_the_log_is_named(
    tmp_path: Path, role: str, name: str, content: str, line: int | None, words: str
) -> None:
    beside = {role: write(tmp_path, name, content)}
    log = write(tmp_path, "log.csv", GOOD)
    message = failure(lambda: read_log([log], settings=ReadSettings(), **beside))  # type: ignore[arg-type]
    assert message.startswith(f"{name}, line {line}" if line else f"{name}: ")
    assert words in message


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"user": "Who"}, "log.csv, column 'Who': --map user=Who: there is no such column"),
        ({"colour": "item_id"}, "--map knows no field 'colour'; it knows action, amount"),
        ({"user": "user_id", "item": "user_id"}, "to two fields"),
        ({"channel": "gender"}, "'gender' is a sensitive attribute"),
        ({"timestamp": "note"}, "line 2, column 'note': no row can be used"),
    ],
)
def test_a_map_that_cannot_be_followed_says_why(
    tmp_path: Path, given: dict[str, str], words: str
) -> None:
    log = write(tmp_path, "log.csv", "user_id,item_id,gender,note\nann,tea,x,hello\n")
    settings = ReadSettings(columns=given)
    assert words in failure(lambda: read_log([log], settings=settings))


def test_paths_that_hold_no_log_are_named(tmp_path: Path) -> None:
    settings = ReadSettings()
    (tmp_path / "logs").mkdir()
    write(tmp_path / "logs", "notes.doc", "nothing")
    log = write(tmp_path, "log.csv", GOOD)
    missing = failure(lambda: read_log([tmp_path / "gone.csv"], settings=settings))
    assert missing.endswith("gone.csv: there is no such file")
    nothing = failure(lambda: read_log([tmp_path / "logs"], settings=settings))
    assert nothing.startswith("logs: the folder holds no file to read")
    assert "no file" in failure(lambda: read_log([], settings=settings))
    folder = failure(lambda: read_log([log], items=tmp_path / "logs", settings=settings))
    assert folder == "logs: is a folder; a file is needed here"
    write(tmp_path / "logs", "colours.csv", "colour\nred\n")
    no_log = failure(lambda: read_log([tmp_path / "logs"], settings=settings))
    assert no_log.startswith("colours.csv, line 1: no user column among 'colour'")


def test_times_in_only_some_files_are_refused(tmp_path: Path) -> None:
    timed = write(tmp_path, "timed.csv", GOOD)
    untimed = write(tmp_path, "untimed.csv", "user_id,item_id\nann,tea\n")
    message = failure(lambda: read_log([timed, untimed], settings=ReadSettings()))
    assert message.startswith("untimed.csv, line 1: no times, while timed.csv has some")


def test_one_good_row_is_enough(tmp_path: Path) -> None:
    log = write(tmp_path, "log.csv", "user_id,item_id\n,tea\nann\nann,pie\n")
    report = read_log([log], settings=ReadSettings()).report
    assert report.rows.kept == 1
    assert report.rows.dropped == {"no user": 1, "wrong number of cells": 1}


def failure(act: Callable[[], object]) -> str:
    """The message of the InputError that `act` must end with, on one line."""
    with pytest.raises(InputError) as caught:
        act()
    message = str(caught.value)
    assert "\n" not in message
    return message
