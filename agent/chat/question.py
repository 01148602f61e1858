"""a question taken apart: the words that claim something, and what it names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property

from agent.chat.dates import Since
from agent.chat.patterns import compiled
from agent.chat.vocabulary import Phrase

ORDINALS = {
    word: place
    for place, words in enumerate(
        (
            "first 1st",
            "second 2nd next",
            "third 3rd",
            "fourth 4th",
            "fifth 5th",
            "sixth 6th",
            "seventh 7th",
            "eighth 8th",
            "ninth 9th",
            "tenth 10th",
        ),
        1,
    )
    for word in words.split()
}
NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "couple": 2,
}

_NUMBER = rf"(\d{{1,2}}|{'|'.join(NUMBERS)})"
_COUNT = re.compile(
    rf"\b(?:top|first(?! one\b)|best|show(?: me)?|list|name|give me)(?: the)? {_NUMBER}\b(?! ?%)"
    rf"|\b{_NUMBER} (?:largest|biggest|smallest|best|most|top|examples?|segments|items"
    rf"|products|customers|users|people|members|movies)\b"
)


@dataclass(frozen=True)
class Question:
    """A question with what it names, in the order of the text."""

    text: str
    """Lower case, straight quotes, one space."""
    segments: tuple[str, ...] = ()
    meant: tuple[str, ...] = ()
    """The segment that `the video game people` means, where that is not its name."""
    users: tuple[str, ...] = ()
    unknown_user: str | None = None
    """What stands where a user's id should."""
    items: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    """Declared values, as features (`attribute:plan=plus`)."""
    phrases: tuple[Phrase, ...] = ()
    dates: tuple[Since, ...] = ()
    bare: str = ""
    """The text without the names of items, segments and users, whose words claim nothing."""
    places: dict[str, int] = field(default_factory=dict)
    """Where names stand in the text, by id or feature."""
    unknown: str | None = None
    """A name that people are asked to be of, which the run does not hold for enough of them."""

    def has(self, pattern: str) -> bool:
        """Whether the words outside names hold a pattern."""
        return self.where(pattern) is not None

    def where(self, pattern: str) -> int | None:
        """Where the words outside names hold a pattern first."""
        found = compiled(rf"\b(?:{pattern})").search(self.bare)
        return found.start() if found else None

    @property
    def names(self) -> bool:
        """Whether it names anything of the run."""
        return bool(
            self.segments or self.meant or self.users or self.unknown_user
            or self.items or self.categories or self.values
        )  # fmt: skip

    def about(self, other: Question) -> Question:
        """The same question about what another one names."""
        return replace(
            self,
            segments=other.segments,
            meant=other.meant,
            users=other.users,
            items=other.items,
            categories=other.categories,
            values=other.values,
            places=dict.fromkeys(other.places, 0),
        )

    @property
    def person(self) -> str | None:
        """The user who is named, or what stands where a user's id should."""
        return self.users[0] if self.users else self.unknown_user

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Measures and categories that are named, each once."""
        named = [phrase.feature for phrase in self.phrases]
        return tuple(dict.fromkeys([*(f"category:{c}" for c in self.categories), *named]))

    @cached_property
    def ordinal(self) -> int | None:
        """`the second largest` → 2."""
        for word, place in ORDINALS.items():
            if compiled(rf"\b{word}\b(?! (?:quarter|purchase|order|visit))").search(self.bare):
                return place
        return None

    @cached_property
    def count(self) -> int | None:
        """`top 3`, `the five largest` → how many are asked for."""
        asked = _COUNT.search(self.bare)
        if asked is None:
            return None
        found = asked[1] or asked[2]
        return min(25, max(1, NUMBERS.get(found) or int(found)))
