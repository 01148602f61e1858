"""What a reader gets of recommendations: the JSON contract, and the same as text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from agent.profiles.names import shown
from agent.records import Placement, Recommendation, Record, Share

WIDTH = 96
TOLD = 4
"""Shares shown under an item in text; JSON has them all."""


class Recommendations(Record):
    """A list for a user, a segment, somebody new or a taste, best first."""

    user_id: str | None
    items: tuple[Recommendation, ...]
    segment: str | None = None
    taste: str | None = None
    remark: str = ""
    """What should be known about the list as a whole."""

    def __str__(self) -> str:
        return "\n".join(self._lines())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from agent.notebook import recommendations_html

        return recommendations_html(self)

    @property
    def whom(self) -> str:
        """Whom the list is for, in words."""
        taste = f"“{self.taste}”" if self.taste else "somebody new"
        return self.user_id or self.segment or taste

    def _lines(self) -> Iterator[str]:
        yield f"Recommended for {self.whom}"
        if self.remark:
            yield from _wrapped(self.remark)
        for n, one in enumerate(self.items, start=1):
            yield f"{n:>3}  {shown(one.title)} [{one.item_id}]  {one.score:.3f}"
            for sentence in one.sentences:
                cited = "".join(f"[{fact}]" for fact in sentence.facts)
                yield from _wrapped(f"{sentence.text} {cited}")
            yield from _wrapped(_told(one.because))


class PlacementCard(Placement):
    """Where one item stands for a user, as text."""

    def __str__(self) -> str:
        lines = [f"{shown(self.title)} [{self.item_id}] for {self.user_id}"]
        lines += _wrapped(self.text)
        if self.status in ("listed", "below"):
            lines += _wrapped(_told(self.because))
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from agent.notebook import placement_html

        return placement_html(self)


def _told(because: tuple[Share, ...]) -> str:
    """`+0.31 Heat, +0.12 Casino, … , -0.02 the rest`: what is not shown is in the rest."""
    named, rest = because[:-1], because[-1].share
    rest += sum(one.share for one in named[TOLD:])
    shares = [f"{one.share:+.3f} {shown(one.title)}" for one in named[:TOLD]]
    return " · ".join([*shares, f"{rest:+.3f} the rest"])


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="     ", subsequent_indent="     ")
