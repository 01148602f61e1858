"""What a label says against what was counted: its description and reasons through the verifier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agent.profiles.judge import Finding, judge
from agent.profiles.lexicon import Lexicon
from agent.profiles.standing import standing
from agent.records import Fact, Predicate, Vocabulary
from agent.segments.phrasing import rule_fact


class LabelSheet:
    """The facts and the rule of one segment, read once, against which sentences are checked.

    `siblings` are the names of all other segments: one that no cited fact compares with is a
    stranger in a sentence, as an item of the catalogue is.
    """

    def __init__(
        self,
        facts: Sequence[Fact],
        rule: Sequence[Predicate],
        lexicon: Lexicon,
        *,
        siblings: Iterable[str] = (),
    ) -> None:
        words: Vocabulary = lexicon.vocabulary
        self.lexicon = lexicon.beside(siblings)
        told = [*facts, *(rule_fact(p, f"R{i}", words) for i, p in enumerate(rule, start=1))]
        self._standing = {fact.id: standing(fact, i) for i, fact in enumerate(told)}
        self._facts = frozenset(fact.id for fact in facts)

    def check(self, text: str, cited: Iterable[str]) -> list[Finding]:
        """What a sentence says beyond the facts it cites by id; unknown ids are findings."""
        ids = tuple(cited)
        unknown = [i for i in ids if i not in self._facts]
        if unknown or not ids:
            return [Finding("citation", ", ".join(unknown), "is no fact of this segment")]
        return judge(text, [self._standing[i] for i in ids], self.lexicon)

    def check_description(self, text: str) -> list[Finding]:
        """A description cites nothing and may draw on all facts and on the rule."""
        return judge(text, list(self._standing.values()), self.lexicon)
