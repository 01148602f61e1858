"""Frames filled in: which ways there are to tell some facts together, and the sentence itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from string import Formatter

from agent.profiles import frames_pairs, frames_taste, frames_time, frames_worth
from agent.profiles.pieces import Slots

COMMON = -1
"""Place of a field that the vocabulary fills, not a fact."""

_COMMON_FIELDS = frozenset(
    [
        "did",
        "doing",
        "does",
        "item",
        "items",
        "event",
        "events",
        "visit",
        "visits",
        "a_visit",
        "a_item",
        "of",
        "on_visit",
        "purchases",
        "ratings",
        "posts",
    ]
)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A parsed frame: literal text and the fields after it, as (place of fact, piece).

    Frames are compared by identity: each is parsed once, when its table is imported.
    """

    parts: tuple[tuple[str, int, str], ...]
    asks: tuple[tuple[int, frozenset[str]], ...]
    """Place → the pieces that must be there."""
    marks: frozenset[str]
    """Which of `:`, `;` and `(` its own text holds."""

    def fill(self, slots: Sequence[Slots], common: Slots) -> str:
        """The text. Values are copied in as they are and never read as frames themselves."""
        filled = []
        for literal, place, piece in self.parts:
            filled.append(literal)
            if piece:
                filled.append((common if place == COMMON else slots[place])[piece])
        return "".join(filled)


def fitting(frames: Sequence[Frame], slots: Sequence[Slots], common: Slots) -> list[Frame]:
    """Those of which every piece they ask for is there, in order."""
    held = tuple(map(frozenset, slots))
    return list(_fitting(tuple(frames), held, frozenset(common)))


@lru_cache(maxsize=65_536)
def _fitting(
    frames: tuple[Frame, ...], held: tuple[frozenset[str], ...], common: frozenset[str]
) -> tuple[Frame, ...]:
    """`fitting` by the names of the pieces: facts of a kind have the same ones again and again."""
    return tuple(
        frame
        for frame in frames
        if all(
            pieces <= (common if place == COMMON else held[place]) for place, pieces in frame.asks
        )
    )


def parse_frame(text: str, own: frozenset[str] = frozenset()) -> Frame:
    """Reads `{piece}` (of the first fact, or the vocabulary's) and `{b.piece}`.

    Names in `own` are the fact's even where the vocabulary has a word of that name.
    """
    parts = []
    for literal, field, _, _ in Formatter().parse(text):
        if not field:
            parts.append((literal, COMMON, ""))
        elif "." in field:
            letter, _, piece = field.partition(".")
            parts.append((literal, "abc".index(letter), piece))
        elif field in _COMMON_FIELDS - own:
            parts.append((literal, COMMON, field))
        else:
            parts.append((literal, 0, field))
    needed: dict[int, set[str]] = {}
    for _, place, piece in parts:
        if piece:
            needed.setdefault(place, set()).add(piece)
    asks = tuple((place, frozenset(pieces)) for place, pieces in sorted(needed.items()))
    literal = "".join(literal for literal, _, _ in parts)
    return Frame(tuple(parts), asks, frozenset(literal) & frozenset(":(;"))


OWN_FIELDS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        ("category", "repeat", "tail", "shift", "daypart", "weekpart", "season", "channel"),
        frozenset({"of"}),
    ),
    "action": frozenset({"of"}),
    "totals": frozenset({"events", "visits"}),
    "breadth": frozenset({"events"}),
    "items": frozenset({"ratings"}),
}
"""Pieces of a kind's facts that are called like a word of the vocabulary."""


def _parsed(*tables: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[Frame, ...]]:
    return {
        kind: tuple(parse_frame(text, OWN_FIELDS.get(kind, frozenset())) for text in frames)
        for table in tables
        for kind, frames in table.items()
    }


MAIN = _parsed(frames_taste.MAIN, frames_time.MAIN, frames_worth.MAIN)
TAIL = _parsed(frames_taste.TAIL, frames_time.TAIL, frames_worth.TAIL)
TOGETHER = {
    kinds: tuple(parse_frame(text) for text in frames)
    for kinds, frames in frames_pairs.TOGETHER.items()
}
FEW = tuple(parse_frame(text) for text in frames_pairs.FEW)
FEW_TAIL = tuple(parse_frame(text) for text in frames_pairs.FEW_TAIL)


class Dice:
    """Choices that depend on what they are made for, and on nothing else."""

    def __init__(self, *of: str) -> None:
        digest = blake2b("\x1f".join(of).encode("utf-8", "surrogatepass"), digest_size=64)
        self._state = int.from_bytes(digest.digest(), "big")
        self._fresh = self._state

    def below(self, n: int) -> int:
        """A number from 0 to n - 1."""
        if self._state < n << 16:
            self._fresh = int.from_bytes(blake2b(str(self._fresh).encode()).digest(), "big")
            self._state = self._fresh
        self._state, choice = divmod(self._state, n)
        return choice


def finish(text: str) -> str:
    """A sentence: capital at the start, full stop at the end."""
    text = text if text.endswith((".", "!", "?", "…")) else text + "."
    at = 1 if text.startswith("“") else 0
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]
