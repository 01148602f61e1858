"""Profiles of many users by rules: a shard of evidence in, a shard of profiles out.

What `agent.cores` gives a worker process to do. A model's profiles need no workers: there the time
goes by waiting for a server.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from agent.profiles.extractive import ExtractiveWriter
from agent.profiles.lexicon import Lexicon
from agent.profiles.writer import Tally, write_profiles
from agent.recordfile import Line, line_of
from agent.records import Evidence, Vocabulary

SHARD_USERS = 250


class Surroundings(NamedTuple):
    """What every profile is written with."""

    vocabulary: Vocabulary
    lexicon: Lexicon
    seed: int


class Written(NamedTuple):
    """A shard's profiles as lines of their file, and what was counted of them."""

    lines: list[Line]
    tally: Tally


def profile_lines(around: Surroundings, evidence: Sequence[bytes]) -> Written:
    """Verified profiles by the extractive writer; `evidence` is lines of its file."""
    tally = Tally()
    profiles = write_profiles(
        (Evidence.model_validate_json(line) for line in evidence),
        around.vocabulary,
        around.lexicon,
        writer=ExtractiveWriter(),
        seed=around.seed,
        tally=tally,
    )
    return Written([line_of(profile, "user_id") for profile in profiles], tally)
