"""What the text encoder reads of a profile, and as much of a profile as that takes.

A profile is read once for its vector and once for the index; without the parts that neither needs
a line is read in a third of the time.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from agent.prompting import render
from agent.records import Profile

PROMPT = "embed_profile"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Interest(_Part):
    name: str


class _Sentence(_Part):
    facts: tuple[str, ...]


class _Fact(_Part):
    id: str
    text: str


class Gist(_Part):
    """A line of `profiles.jsonl` without what `encoder_text` leaves out."""

    user_id: str
    interests: tuple[_Interest, ...]
    sentences: tuple[_Sentence, ...]
    facts: tuple[_Fact, ...]


def encoder_text(profile: Profile | Gist) -> str:
    """What the text encoder sees of a profile."""
    cited = {fact for sentence in profile.sentences for fact in sentence.facts}
    return render(
        PROMPT,
        interests=[interest.name for interest in profile.interests],
        facts=[fact.text for fact in profile.facts if fact.id in cited],
    )
