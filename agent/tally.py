"""What a run reports about what was written for it: the counters of profiles and of labels."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Counts:
    """Counted while texts stream past; `passed + replaced == sentences`."""

    sentences: int = 0
    passed: int = 0
    retried: int = 0
    replaced: int = 0
    writers: Counter[str] = field(default_factory=Counter)
    fallbacks: Counter[str] = field(default_factory=Counter)
    """Texts that fell to the extractive writer, by the reason why the model's did not come."""

    def count(self, *, sentences: int, retried: int, replaced: int, writer: str) -> None:
        """One text in, as verification left it."""
        self.sentences += sentences
        self.passed += sentences - replaced
        self.retried += retried
        self.replaced += replaced
        self.writers[writer] += 1

    def merge(self, other: Counts) -> None:
        """Counts another's texts in."""
        self.sentences += other.sentences
        self.passed += other.passed
        self.retried += other.retried
        self.replaced += other.replaced
        self.writers.update(other.writers)
        self.fallbacks.update(other.fallbacks)

    def verification(self) -> dict[str, int]:
        """The four counters, under the names the build reports."""
        return {
            **{"sentences": self.sentences, "passed": self.passed},
            **{"retried": self.retried, "replaced": self.replaced},
        }

    def notes(self) -> dict[str, object]:
        """All of it, for a stage's notes."""
        return {
            "writers": dict(self.writers),
            "verification": self.verification(),
            "fallbacks": dict(self.fallbacks),
        }
