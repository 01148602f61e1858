"""The order in which the tasks are learnt: few facts first, whole profiles and the rest last.

A look-up is found where little can be meant, as copying is (LOG.md): among two facts the one just
cited is soon told from the other, and what finds it there finds it among twelve.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from agent.gpt.batches import Batch
from agent.gpt.shards import DRILLS

LEVELS = (*DRILLS, "profile")
"""Folders of examples in the order in which they are taken up."""
BESIDE = ("label", "rationale")
"""Folders of what is learnt beside profiles, where there is any."""
LEARNT = 0.85
"""Share of what is looked up that must be right, in training, for the next level to begin."""
LATEST = (0.16, 0.3, 0.36)
"""Shares of the time after which a level is left in any case."""
SMOOTH = 0.96
BEFORE = 8
"""Every eighth batch is of a level before."""
COPYING = (4, 4, 8, 8)
"""Of each level: every how many batches one is practice in copying."""
OTHERS = 6
"""Every sixth batch, once profiles are learnt, is of another task."""


class Course:
    """Batches of the present level, with some of what came before among them."""

    def __init__(
        self, folder: Path, opened: Callable[[Path], Iterator[Batch]], practice: Iterator[Batch]
    ) -> None:
        self.folder, self.level, self.right = folder, 0, 0.0
        self._opened, self._practice = opened, practice
        self._streams: dict[str, Iterator[Batch]] = {}
        self._present = False

    def batches(self) -> Iterator[Batch]:
        """Endless batches, of the level that `heard` has come to."""
        for number in count():
            every = COPYING[self.level]
            if number % every == every - 1:
                self._present = False
                yield next(self._practice)
                continue
            beside = self._beside(number)
            if beside is not None:
                self._present = False
                yield next(self._stream(beside))
                continue
            back = self.level > 0 and number % BEFORE == 1  # never where copying stands
            # The levels before in turn, so that the easiest are not forgotten either.
            level = number // BEFORE % self.level if back else self.level
            self._present = not back
            yield next(self._stream(LEVELS[level]))

    def heard(self, right: float, done: float) -> bool:
        """Take in how much of the last batch was right; whether a new level begins.

        `right` is of what is looked up, `done` the share of the time that is over.
        """
        if self._present:
            self.right = SMOOTH * self.right + (1 - SMOOTH) * right
        last = self.level == len(LEVELS) - 1
        if last or (self.right < LEARNT and done < LATEST[self.level]):
            return False
        if not any((self.folder / LEVELS[self.level + 1]).glob("*.npz")):
            return False
        self.level, self.right = self.level + 1, 0.0
        return True

    def _beside(self, number: int) -> str | None:
        """The other task whose turn it is, if any."""
        if self.level < len(LEVELS) - 1 or number % OTHERS != 2:
            return None
        task = BESIDE[number // OTHERS % len(BESIDE)]
        return task if any((self.folder / task).glob("*.npz")) else None

    def _stream(self, level: str) -> Iterator[Batch]:
        if level not in self._streams:
            self._streams[level] = self._opened(self.folder / level)
        return self._streams[level]
