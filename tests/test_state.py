"""What people stated is read as it stands in the file, whoever wrote it and however that ended."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from agent.records import Statement
from agent.state import FILE, State

KILLED_WRITER = """
import os, sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA cache_size = 1")  # so that pages reach the file before the end
database.execute("BEGIN")
database.execute("DELETE FROM statements")
rows = [(f"u{n}", "nothing" * 40) for n in range(2000)]
database.executemany("INSERT INTO statements (user_id, name, stance) VALUES (?, ?, 'added')", rows)
os._exit(0)
"""


def stated(state: State) -> list[str]:
    return [one.name for one in state.statements("u1")]


def test_what_another_process_keeps_is_seen_at_once(tmp_path: Path) -> None:
    here, there = State(tmp_path), State(tmp_path)
    assert stated(here) == []
    there.state_interest("u1", Statement(name="lamps", stance="added"))
    assert stated(here) == ["lamps"]
    there.state_interest("u1", Statement(name="toys", stance="added"))
    assert stated(here) == ["lamps", "toys"]
    (tmp_path / FILE).unlink()
    assert stated(here) == []
    there.state_interest("u1", Statement(name="rugs", stance="added"))
    assert stated(here) == ["rugs"]


def test_every_thread_reads(tmp_path: Path) -> None:
    state, found = State(tmp_path), []
    state.state_interest("u1", Statement(name="lamps", stance="added"))
    threads = [threading.Thread(target=lambda: found.append(stated(state))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["lamps"]] * 4


def test_what_a_killed_writer_left_half_done_is_undone(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.state_interest("u1", Statement(name="lamps", stance="added"))
    assert stated(state) == ["lamps"]
    subprocess.run([sys.executable, "-c", KILLED_WRITER, str(tmp_path / FILE)], check=True)
    assert (tmp_path / f"{FILE}-journal").stat().st_size > 0
    assert stated(state) == ["lamps"]
