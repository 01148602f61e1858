"""Kept answers: found again, by any thread and after any end, and never a reason to fail."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agent.models.answers import Answers, answer_key
from agent.models.replies import Answer

SAID = Answer('{"headline":"Größe ✓"}', 11, 7, "stop")
KEY = answer_key({"model": "m", "seed": 0})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "answers.sqlite"


def kept(path: Path, count: int = 1) -> None:
    answers = Answers(path)
    for number in range(count):
        answers.put(answer_key({"number": number}), SAID)
    answers.put(KEY, SAID)
    answers.close()


def test_an_answer_is_found_again(path: Path) -> None:
    kept(path)
    answers = Answers(path)
    assert answers.get(KEY) == SAID
    assert answers.get(answer_key({"model": "m", "seed": 1})) is None
    assert len(answers) == 2
    assert answers.problem is None


def test_without_a_path_nothing_is_kept() -> None:
    answers = Answers(None)
    answers.put(KEY, SAID)
    assert (answers.get(KEY), len(answers), answers.problem) == (None, 0, None)


def test_threads_share_it(path: Path) -> None:
    answers = Answers(path)

    def work(number: int) -> bool:
        key = answer_key({"number": number % 50})
        answers.put(key, SAID)
        return answers.get(key) == SAID

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(work, range(400)))
    assert len(answers) == 50
    assert answers.problem is None


def test_what_was_put_outlives_a_kill(path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path\n"
        "from agent.models.answers import Answers, answer_key\n"
        "from agent.models.replies import Answer\n"
        "answers = Answers(Path(sys.argv[1]))\n"
        "for number in range(40): answers.put(answer_key({'number': number}), "
        "Answer('{}', 1, 1, 'stop'))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    root = str(Path(__file__).parents[2])
    ended = subprocess.run(
        [sys.executable, "-c", script, str(path)], env={**os.environ, "PYTHONPATH": root}
    )
    assert ended.returncode == -9
    answers = Answers(path)
    assert len(answers) == 40
    assert answers.get(answer_key({"number": 39})) == Answer("{}", 1, 1, "stop")


@pytest.mark.parametrize("damage", ["not a database at all, but text", ""])
def test_a_file_that_is_no_database_is_begun_anew(path: Path, damage: str) -> None:
    path.parent.mkdir()
    path.write_text(damage * 100)
    answers = Answers(path)
    answers.put(KEY, SAID)
    assert answers.get(KEY) == SAID
    assert (answers.problem is None) == (damage == "")
    if damage:
        assert "was damaged and is begun anew" in str(answers.problem)
        assert path.with_name("answers.sqlite.damaged").read_text().startswith("not a database")


def test_a_damaged_page_costs_answers_and_nothing_else(path: Path) -> None:
    kept(path, 300)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4096] = bytes(4096)
    path.write_bytes(content)
    answers = Answers(path)
    found = [answers.get(answer_key({"number": number})) for number in range(300)]
    assert set(found) <= {SAID, None}
    assert None in found
    assert answers.problem is not None
    answers.put(KEY, SAID)  # whether or not it can be


def test_an_answer_under_another_key_is_not_believed(path: Path) -> None:
    kept(path)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE answers SET answer = replace(answer, '11', '12')")
    database.close()
    assert Answers(path).get(KEY) is None


def test_a_full_disk_is_told_and_the_build_goes_on(path: Path) -> None:
    answers = Answers(path)
    answers.put(KEY, SAID)
    assert answers._database is not None
    answers._database.execute("PRAGMA max_page_count = 1")  # SQLite's own way of being full
    answers.put(answer_key({"number": 1}), Answer("x" * 100_000, 1, 1, "stop"))
    assert "no longer kept" in str(answers.problem)
    assert "full" in str(answers.problem)
    assert answers.get(KEY) is None
    answers.put(KEY, SAID)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    answers = Answers(tmp_path / "cache" / "answers.sqlite")
    answers.put(KEY, SAID)
    assert answers.get(KEY) is None
    assert "cannot be kept" in str(answers.problem)
