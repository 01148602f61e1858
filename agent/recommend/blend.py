"""The weights of the blend, by how much is known of a user, and where they come from."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from agent.records import Record

Part = Literal["together", "text", "segments", "popularity"]

PARTS: tuple[Part, ...] = ("together", "text", "segments", "popularity")
"""What a score is the sum of, besides what a user has stated:

together    what people who like the history also like (EASE)
text        how the item reads like those of the history
segments    what the user's segments like more than everybody does
popularity  what everybody likes
"""


class Level(Record):
    """The weights for users with at most `most` likes (None: any number)."""

    name: str
    most: int | None
    weights: dict[Part, float]
    """Times the raw parts; `together` counts 1, so scores are on EASE's scale."""


class Reading(Record):
    """NDCG@10 on the validation split, of each recipe; `users` is how many were judged."""

    users: int
    ndcg: dict[str, float]


class Blend(Record):
    """Everything that was chosen on the validation split."""

    ridge: float
    """EASE's λ."""
    recency: float
    """Exponent on the decay of old likes: 0 counts all alike."""
    levels: tuple[Level, ...]
    """Fewest likes first."""
    words: float
    """What popularity counts beside the fit to a taste stated in words."""
    readings: dict[str, Reading] = Field(default_factory=dict)
    """By level, and `words`; empty where too few people could be judged."""
    ridges: dict[str, float] = Field(default_factory=dict)
    """λ and recency tried → NDCG@10 of EASE alone."""

    def level(self, likes: int) -> Level:
        """The weights for a user with so many likes."""
        return next(one for one in self.levels if one.most is None or likes <= one.most)
