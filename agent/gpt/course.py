"""The order in which the tasks are learnt: few facts first, whole profiles and the rest last.

A look-up is found where little can be meant, as copying is (LOG.md): among two facts the one just
cited is soon told from the other, and what finds it there finds it among twelve.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

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
"""Every eighth batch, copying aside, is of a level before."""
COPYING = ((0.9, 0.5), (0.96, 0.25), (1.0, 0.125))
"""While less than so much of what is copied is right, so large a share of batches is practice in
it: names and figures are garbled by whoever copies badly, whatever else they have learnt."""
OTHERS = 6
"""Every sixth batch, copying aside, is of another task once profiles are learnt."""


class Course:
    """Batches of the present level, with some of what came before among them."""

    def __init__(
        self, folder: Path, opened: Callable[[Path], Iterator[Batch]], practice: Iterator[Batch]
    ) -> None:
        self.folder, self.level, self.right, self.copied = folder, 0, 0.0, 0.0
        self._opened, self._practice = opened, practice
        self._streams: dict[str, Iterator[Batch]] = {}
        self._kind: Literal["copying", "level", "other"] = "other"

    def batches(self) -> Iterator[Batch]:
        """Endless batches, of the level that `heard` has come to."""
        owed, number = 0.0, 0
        while True:
            owed += next((share for least, share in COPYING if self.copied < least), COPYING[-1][1])
            if owed >= 1:
                owed -= 1
                self._kind = "copying"
                yield next(self._practice)
                continue
            folder = self._folder(number)
            number += 1
            self._kind = "level" if folder == LEVELS[self.level] else "other"
            yield next(self._stream(folder))

    def heard(self, right: float, done: float) -> bool:
        """Take in how much of the last batch was right; whether a new level begins.

        `right` is of what is looked up, `done` the share of the time that is over.
        """
        if self._kind == "copying":
            self.copied = SMOOTH * self.copied + (1 - SMOOTH) * right
        if self._kind == "level":
            self.right = SMOOTH * self.right + (1 - SMOOTH) * right
        last = self.level == len(LEVELS) - 1
        if last or (self.right < LEARNT and done < LATEST[self.level]):
            return False
        if not any((self.folder / LEVELS[self.level + 1]).glob("*.npz")):
            return False
        self.level, self.right = self.level + 1, 0.0
        return True

    def _folder(self, number: int) -> str:
        """What the batch of this number is of: the level, one before it, or another task."""
        if self.level > 0 and number % BEFORE == 1:
            # In turn, so that the easiest are not forgotten either.
            return LEVELS[number // BEFORE % self.level]
        return self._beside(number) or LEVELS[self.level]

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
