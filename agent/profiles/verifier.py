"""Text against the facts it cites: reads it, has `judge` decide, and reports what it found.

The verifier never asks whether a sentence is good, only whether it is covered. It is strict by
choice: a true sentence it cannot follow costs a second try, a false one it lets pass costs trust.
It does not see claims that hold no figure, name, date, direction or comparison ("loyal"), nor a
product described in ordinary words that no title of the catalogue uses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agent.profiles.judge import Finding, judge
from agent.profiles.lexicon import Lexicon
from agent.profiles.standing import standing, standings
from agent.records import Evidence, Fact, Profile

__all__ = ["FactSheet", "Finding", "verify_profile", "verify_sentence"]


def verify_sentence(text: str, facts: Sequence[Fact], lexicon: Lexicon) -> list[Finding]:
    """What `text` says beyond the `facts` it cites; an empty list means that it is covered."""
    if not facts:
        return [Finding("citation", text, "cites no fact")]
    return judge(text, standings(facts), lexicon)


class FactSheet:
    """The facts of one user, read once, against which many sentences are checked."""

    def __init__(self, evidence: Evidence, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._standing = {fact.id: standing(fact, i) for i, fact in enumerate(evidence.facts)}

    def check(self, text: str, cited: Iterable[str]) -> list[Finding]:
        """What `text` says beyond the facts cited by id; unknown ids are findings."""
        ids = tuple(cited)
        unknown = [i for i in ids if i not in self._standing]
        if unknown or not ids:
            return [Finding("citation", ", ".join(unknown), "is no fact of this user")]
        return judge(text, [self._standing[i] for i in ids], self.lexicon)

    def check_headline(self, text: str) -> list[Finding]:
        """A headline cites nothing and may draw on all facts."""
        return self.check(text, self._standing)


def verify_profile(profile: Profile, evidence: Evidence, lexicon: Lexicon) -> list[Finding]:
    """Findings of the headline, of every sentence and of the interests' names, in that order."""
    sheet = FactSheet(evidence, lexicon)
    found = sheet.check_headline(profile.headline)
    for sentence in profile.sentences:
        found += sheet.check(sentence.text, sentence.facts)
    known = {name for fact in evidence.facts for name in fact.names.values()}
    found += [
        Finding("name", interest.name, "is an interest that no fact names")
        for interest in profile.interests
        if interest.name not in known
    ]
    return found
