"""The same log in another order or another format is the same log, to the byte; no row is lost."""

from __future__ import annotations

import gzip
import io
import json
import random
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.behaviour.events import Log, read_log
from agent.behaviour.formats import open_table
from agent.behaviour.readers import open_source
from agent.settings import ReadSettings

Row = dict[str, Any]
COLUMNS = ("user_id", "item_id", "timestamp", "rating", "review", "Country", "title", "genres")

# control characters aside: many of them make a file binary
words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), include_characters="\n\r\t"),
    max_size=12,
)
rows = st.fixed_dictionaries(
    {
        "user_id": st.sampled_from([1, 2, 30, None]),
        "item_id": st.sampled_from(["tea", "pie", "a,b", ' "x"\n', None]),
        "timestamp": st.sampled_from(["2025-01-02 10:00:00", "2025-01-03 10:00:00", "?"]),
        "rating": st.sampled_from([1.0, 2.5, 4.0, None]),
        "review": words,
        "Country": st.sampled_from(["Iceland", "Côte d'Ivoire", None]),
        "title": st.sampled_from(["Tea", "Pie", "Tea  pot", None]),
        "genres": st.sampled_from(["Hot|Wet", "Hot", None]),
    }
)


def write(path: Path, log: list[Row]) -> Path:
    """Write rows in the format the file's name asks for."""
    kind = path.name.removesuffix(".gz").rsplit(".", 1)[1]
    if kind == "parquet":
        schema = {"user_id": pl.Float64, "rating": pl.Float64}
        frame = pl.DataFrame(log, schema_overrides=schema, infer_schema_length=None)
        missing = [c for c in COLUMNS if frame[c].dtype == pl.Null]
        frame.with_columns(pl.col(missing).cast(pl.String)).write_parquet(path)
        return path
    if kind == "jsonl":
        text = "".join(json.dumps(row) + "\n" for row in log)
    else:
        mark = "\t" if kind == "tsv" else ","

        def quoted(cell: str) -> str:
            return '"' + cell.replace('"', '""') + '"'

        lines = [[str(c) for c in COLUMNS]]
        lines += [["" if row[c] is None else str(row[c]) for c in COLUMNS] for row in log]
        text = "".join(mark.join(map(quoted, line)) + "\n" for line in lines)
    data = text.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def frames(log: Log) -> dict[str, bytes]:
    """Every frame of a log as the bytes it is kept in, and how its rows were counted."""
    told = {"rows": log.report.rows.model_dump_json().encode()}
    for name in ("events", "items", "attributes", "ties"):
        buffer = io.BytesIO()
        getattr(log, name).write_parquet(buffer)
        told[name] = buffer.getvalue()
    return told


@settings(max_examples=10, deadline=None)
@given(st.lists(rows, min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_order_and_format_change_nothing(log: list[Row], chance: random.Random) -> None:
    log.append({**log[0], "user_id": 1, "item_id": "tea", "timestamp": "2025-01-31 23:59:59"})
    mixed = chance.sample(log, len(log))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = frames(read_log([write(folder / "log.csv", log)], settings=ReadSettings()))
        for kind in ("csv.gz", "tsv", "jsonl", "parquet"):
            path = write(folder / f"mixed.{kind}", mixed)
            other = frames(read_log([path], settings=ReadSettings(batch_rows=7)))
            assert other == first, kind


@settings(max_examples=20, deadline=None)
@given(st.lists(rows, min_size=1, max_size=30))
def test_every_row_is_kept_or_dropped_for_a_reason(log: list[Row]) -> None:
    log.append({**log[0], "user_id": 1, "item_id": "tea", "timestamp": "2025-01-31 23:59:59"})
    with tempfile.TemporaryDirectory() as name:
        path = write(Path(name) / "log.csv", log)
        path.write_text(path.read_text("utf-8") + "short\n\n", encoding="utf-8")
        report = read_log([path, path], settings=ReadSettings()).report
    assert report.rows.read == 2 * (len(log) + 1)
    good = sum(
        row["user_id"] is not None and row["item_id"] is not None and row["timestamp"] != "?"
        for row in log
    )
    assert report.rows.kept == good
    assert report.rows.dropped["already read from another file"] == good
    assert report.rows.dropped["wrong number of cells"] == 2
    assert sum(report.rows.dropped.values()) == report.rows.read - good


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(words, words), min_size=1, max_size=20),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
    st.sampled_from([",", "\t", ";"]),
)
def test_cells_come_back_as_they_were_written(
    pairs: list[tuple[str, str]], encoding: str, delimiter: str
) -> None:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    text = f"a{delimiter}b\n" + "".join(f"{quoted(a)}{delimiter}{quoted(b)}\n" for a, b in pairs)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "log.csv"
        path.write_bytes(text.encode(encoding))
        table = open_table(open_source(path))
        read = [row for batch in table.batches(("a", "b"), 3) for row in batch.cells.iter_rows()]

    def line_ends(cell: str) -> str:
        return cell.replace("\r\n", "\n").replace("\r", "\n")

    assert read == [(line_ends(a), line_ends(b)) for a, b in pairs]
