"""the segments that `the catering people` or `the runners` mean, whose names those are not."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cached_property

from agent.chat.patterns import PEOPLE
from agent.chat.vocabulary import phrases
from agent.chat.world import World
from agent.profiles.names import folded, stem
from agent.profiles.prose import PROSE

HALF = 0.5
"""How much of a name must be said for its segment to be meant."""
PERSON = re.compile(PEOPLE)
_NOT_A_NAME = re.compile(r"\b(?:in|of|for|from|with|by|to|at|on|than|what|which|do|does)\b", re.I)
"""What stands before such a word is no part of what people are called."""
_DOER = re.compile(r"\b([a-z]{3,})ers\b", re.IGNORECASE)


class Meant:
    """Finds them; builds its dictionaries once."""

    def __init__(self, world: World) -> None:
        self.world = world

    def find(self, text: str, hidden: list[bool]) -> list[tuple[str, tuple[int, int]]]:
        """`the catering people`: segments by words that only their name has, and where."""
        found: dict[str, tuple[int, int]] = {}
        for match in self._called.finditer(text):
            if any(hidden[match.start() : match.end()]):
                continue
            if match[1].split()[-1].casefold() in self._channels:
                continue  # `the app people` come by the app
            asked = set(stems(_NOT_A_NAME.split(match[1])[-1]))
            scores = {
                segment: sum(1 / self._owners[w] for w in asked & names)
                / math.sqrt(max(1, len(names)))
                for segment, names in self.words.items()
            }
            best = max(scores, key=lambda segment: (scores[segment], segment), default=None)
            if best is None or scores[best] < HALF:
                continue
            if sum(score > 0.9 * scores[best] for score in scores.values()) == 1:
                found.setdefault(best, match.span())
        return list(found.items()) or self._doers(text, hidden)

    def _doers(self, text: str, hidden: list[bool]) -> list[tuple[str, tuple[int, int]]]:
        """`the runners`, `bakers`: segments whose name has the word that they are made of."""
        found = []
        for match in _DOER.finditer(text):
            root = match[1].casefold()
            root = root[:-1] if root[-1] == root[-2] else root
            word = match[0].casefold()
            if any(hidden[match.start() : match.end()]):
                continue
            if stem(word) in PROSE or PERSON.fullmatch(word):
                continue  # `lovers` are nobody who is called love-or-hate
            fitting = [
                segment
                for segment, words in self.words.items()
                if any(word.startswith(root) for word in words)
            ]
            if len(fitting) == 1:
                found.append((fitting[0], match.span()))
        return found

    @cached_property
    def _channels(self) -> set[str]:
        names = (feature.partition(":") for feature in self.world.table.names)
        return {name.casefold() for kind, _, name in names if kind == "channel"}

    @cached_property
    def _called(self) -> re.Pattern[str]:
        """Some words and what people are called, in general or by the names of segments."""
        last = {(folded(card.name) or [""])[-1] for card in self.world.segments.values()}
        nouns = "|".join(sorted(re.escape(word) for word in last if word not in PROSE))
        people = rf"(?:{PEOPLE}|{nouns})" if nouns else PEOPLE
        return re.compile(rf"((?:[\w&-]+\s+){{1,5}}){people}\b", re.IGNORECASE)

    @cached_property
    def _owners(self) -> Counter[str]:
        """Word → how many segments' names have it."""
        return Counter(word for names in self.words.values() for word in names)

    @cached_property
    def words(self) -> dict[str, set[str]]:
        """Segment → the words of its name that say what it is."""
        return {
            segment: {
                w
                for w in stems(card.name)
                if w not in PROSE
                and not PERSON.fullmatch(w)
                # `lapsed customers` are those who lapsed, whatever a segment is called.
                and not phrases(w, self.world.table, self.world.words)
            }
            for segment, card in self.world.segments.items()
        }


def stems(name: str) -> tuple[str, ...]:
    """The words of a name, each as the stem that questions are compared by."""
    return tuple(stem(word) for word in folded(name) if word[0].isalnum())
