"""What a terminal is told and asked while a build runs."""

from __future__ import annotations

from io import StringIO
from unittest.mock import patch

import pytest
from rich.console import Console
from rich.progress import Task

from agent.progress import Rate, Silent, Terminal


class Keyboard(StringIO):
    def isatty(self) -> bool:
        return True


def terminal(*, yes: bool = False, live: bool = True) -> tuple[Terminal, StringIO]:
    heard = StringIO()
    told = Terminal(yes=yes)
    told.console = told.progress.live.console = Console(
        file=heard, force_terminal=live, width=200, highlight=False
    )
    return told, heard


@pytest.mark.parametrize(
    ("typed", "willing"),
    [("y\n", True), ("Yes\n", True), ("\n", False), ("no\n", False), ("", False)],
)
def test_a_person_is_asked_once_and_enter_means_no(typed: str, willing: bool) -> None:
    told, heard = terminal()
    with patch("sys.stdin", Keyboard(typed)), told:
        assert told.agree("m: about 20 requests [5 in all]") is willing
    assert "about 20 requests [5 in all]" in heard.getvalue()
    assert heard.getvalue().count("Go on?") == 1


@pytest.mark.parametrize(
    ("yes", "live", "keyboard"),
    [(True, True, Keyboard), (False, False, Keyboard), (False, True, StringIO)],
)
def test_nobody_is_asked_who_cannot_answer_or_has(yes: bool, live: bool, keyboard: type) -> None:
    told, heard = terminal(yes=yes, live=live)
    with patch("sys.stdin", keyboard("")), told:
        assert told.agree("m: about 20 requests")
    assert "about 20 requests" in heard.getvalue()
    assert "Go on?" not in heard.getvalue()
    assert Silent().agree("m")


def test_a_stage_that_goes_on_beside_another_is_told_of_when_it_ends() -> None:
    told, heard = terminal(live=False)
    told.start("map")
    told.finish("index", 2.0, reused=False)
    told.advance(1, 2)
    told.finish("map", 3.0, reused=True)
    assert [line.split() for line in heard.getvalue().splitlines()] == [
        ["index", "2.0", "s"],
        ["map", "as", "before"],
    ]


def test_a_note_is_one_line_as_it_is() -> None:
    told, heard = terminal(live=False)
    told.note("starting vLLM for [m]: loading weights, 30 s " + "x" * 300)
    assert heard.getvalue().count("\n") == 1
    assert "[m]" in heard.getvalue()


@pytest.mark.parametrize(
    ("speed", "shown"), [(None, ""), (0.5, "30/min"), (9.9, "594/min"), (1234.0, "1,234/s")]
)
def test_a_rate_is_told_a_second_or_a_minute(speed: float | None, shown: str) -> None:
    task = Task(1, "profiles", 100, 10, _get_time=lambda: 1.0)  # type: ignore[arg-type]
    task.finished_speed = speed
    assert str(Rate().render(task)) == shown
