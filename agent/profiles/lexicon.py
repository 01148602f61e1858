"""Every name of the catalogue, ready to be found in a text."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy

from agent.behaviour.measures import Measures
from agent.profiles.claims import ClaimReader
from agent.profiles.names import Tokens, folded, shown, stem
from agent.profiles.prose import PROSE
from agent.records import Vocabulary


class Lexicon:
    """Every name a text could mention without evidence, ready to be looked up.

    Built once a run from the catalogue's titles and categories (and the values of attributes, if
    given); a lookup costs a dictionary access per token, however large the catalogue.
    """

    def __init__(
        self,
        titles: Iterable[str],
        categories: Iterable[str],
        vocabulary: Vocabulary,
        *,
        values: Iterable[str] = (),
    ) -> None:
        self.vocabulary = vocabulary
        self.claims = ClaimReader(vocabulary)
        self.prose = PROSE | frozenset(
            token
            for phrase in (
                *(vocabulary.did, vocabulary.doing, vocabulary.item, vocabulary.items),
                *(vocabulary.event, vocabulary.events, vocabulary.visit, vocabulary.visits),
                vocabulary.share_of,
            )
            for token in folded(phrase)
        )
        self._names: dict[Tokens, str] = {}
        self._words: set[str] = set()
        lengths: dict[str, set[int]] = {}
        for names in (titles, categories, values):
            for name in names:
                for form in {folded(name), folded(shown(name))}:
                    if not any(token[0].isalpha() for token in form):
                        continue  # a bare figure is judged as a number, whatever it names
                    self._names[form] = name
                    lengths.setdefault(form[0], set()).add(len(form))
                    self._words.update(stem(t) for t in form if t[0].isalpha() and len(t) > 2)
        self._words -= {stem(word) for word in self.prose}
        self._lengths = {first: tuple(sorted(n, reverse=True)) for first, n in lengths.items()}

    @classmethod
    def of(cls, measures: Measures) -> Lexicon:
        """All titles, categories and declared values of a log."""
        return cls(
            measures.catalogue["title"],
            measures.catalogue["categories"].explode().drop_nulls().unique().sort(),
            measures.vocabulary,
            values=measures.attributes["value"].unique().sort(),
        )

    def beside(self, names: Iterable[str]) -> Lexicon:
        """The same with further names that are strangers as a whole, though their words are not."""
        other = copy(self)
        other._names, other._lengths = dict(self._names), dict(self._lengths)
        for name in names:
            form = folded(name)
            other._names[form] = name
            lengths = {*other._lengths.get(form[0], ()), len(form)}
            other._lengths[form[0]] = tuple(sorted(lengths, reverse=True))
        return other

    def longest(self, words: Tokens, start: int) -> tuple[int, str] | None:
        """The longest name that begins at `words[start]`: its length in tokens, and as written."""
        for length in self._lengths.get(words[start], ()):
            form = words[start : start + length]
            if len(form) == length and form in self._names:
                return length, self._names[form]
        return None

    def is_plain(self, form: Tokens) -> bool:
        """Whether all words of a name are words of ordinary prose."""
        return all(not token[0].isalpha() or token in self.prose for token in form)

    def borrows(self, word: str) -> bool:
        """Whether a word belongs to the catalogue's names and not to ordinary prose."""
        return word not in self.prose and stem(word) in self._words


def names_of(measures: Measures) -> list[str]:
    """Every title, category and declared value of a log: what is said only where a fact does."""
    categories = measures.catalogue["categories"].explode()
    named = (measures.catalogue["title"], categories, measures.attributes["value"])
    return sorted({name for column in named for name in column.drop_nulls()})
