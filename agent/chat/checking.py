"""a model's sentences against the records they cite: figures, names, ids, directions, comparisons.

As strict as the verifier of profiles, and by its parts: what no rule here follows does not stand. A
figure is only borne by a record about whom the sentence speaks of: after a segment's name or a
user's id come figures of that segment or user.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.chat.figures_said import MONTH_NAMES, Figure, figures
from agent.chat.results import Result, Said
from agent.chat.world import World
from agent.profiles.lexicon import Lexicon
from agent.profiles.names import folded, stem, tokens
from agent.profiles.reading import read
from agent.profiles.wording import ABOVE, BELOW, DIRECTIONS, SUPERLATIVES
from agent.records import Citation

_CITED = re.compile(r"\s*\[([^\[\]]+)\]")
_END = re.compile(r"(?<!\.\w\.)(?<=[.!?])((?:\s*\[[^\[\]]+\])*)\s+(?=[^\s\[])")
_FREE = re.compile(
    r"^(?:i can(?:'t|not)|i don't|i do not|the log (?:doesn't|does not)|you (?:could|can) ask"
    r"|there is no record|nothing is written yet)\b",
    re.I,
)
RANKING = frozenset({"rank_segments", "overview", "segment_demand", "who_buys", "recommend"})
"""Tools whose records come in order, so that the largest may be called so."""


def sentences(text: str) -> list[Said]:
    """A model's text as sentences, each with the ids in square brackets after it."""
    bare = re.sub(r"^\s*(?:[-*•]|#+)\s+", "", text.replace("**", ""), flags=re.M)
    found = []
    for line in bare.splitlines():
        for part in _split(line):
            ids = [i.strip() for group in _CITED.findall(part) for i in re.split(r"[,;]", group)]
            said = " ".join(_CITED.sub("", part).split())
            said = re.sub(r"\s+([.,;!?])", r"\1", said)
            if re.search(r"\w", said):
                found.append(Said(text=said, facts=tuple(dict.fromkeys(i for i in ids if i))))
    return found


def _split(line: str) -> list[str]:
    parts, at = [], 0
    for match in _END.finditer(line):
        parts.append(line[at : match.end(1)])
        at = match.end()
    return [*parts, line[at:]]


class Sheet:
    """The records of some results, against which many sentences are checked."""

    def __init__(self, world: World, results: Sequence[Result], *, lexicon: Lexicon) -> None:
        self.world, self.lexicon = world, lexicon
        self.records: dict[str, Citation] = {c.id: c for r in results for c in r.citations}
        self.ranked = {c.id for r in results if r.tool in RANKING for c in r.citations}

    def findings(self, said: Said, asked: str = "") -> list[str]:
        """What a sentence says beyond the records it cites; empty when it is covered.

        `asked` is the question: its words may be taken up, its figures may not.
        """
        unknown = [i for i in said.facts if i not in self.records]
        if unknown:
            return [f"{i} is no record of a tool's result" for i in unknown]
        cited = [self.records[i] for i in said.facts]
        text = said.text
        if not cited:
            claims = figures(text) or self._names(text) or self._subjects(text)
            free = text.endswith("?") or _FREE.match(text)
            return [] if free and not claims else ["cites no record"]
        found = self._figures(text, cited)
        found += self._unknown_names(text, cited, asked)
        found += self._words(text, cited)
        return found

    def _figures(self, text: str, cited: Sequence[Citation]) -> list[str]:
        subjects = self._subjects(text)
        masked = self._masked(text, cited)
        found = []
        for figure in figures(masked):
            if re.match(r"^\d+\.\s", masked[figure.start :]) and not masked[: figure.start].strip():
                continue  # the number of an item in a list
            before = [name for at, name in subjects if at < figure.start]
            bearing = self._bearing(cited, before[-1] if before else None)
            if not any(figure.borne_by(one) for text in bearing for one in figures(text)):
                found.append(
                    f"the figure {_near(masked, figure)!r} stands in no record cited for it"
                )
        return found

    def _bearing(self, cited: Sequence[Citation], subject: str | None) -> list[str]:
        """Texts, or parts of texts, that a figure about a subject can stand in."""
        texts = []
        for record in cited:
            own = self._about(record)
            for piece in record.text.split("; "):
                masked = self._masked(piece, [record])
                named = [name for _, name in self._subjects(piece)]
                if (
                    subject is None
                    or subject in named
                    or (not named and own in (subject, None))
                    or (own == subject and not set(named) - {subject})
                ):
                    texts.append(masked)
        return texts

    def _about(self, record: Citation) -> str | None:
        kind, _, rest = record.id.partition("/")
        return rest.partition("/")[0] if kind in ("segment", "user") else None

    def _subjects(self, text: str) -> list[tuple[int, str]]:
        """Segments and users that a text names, with where."""
        found = []
        for segment, card in self.world.segments.items():
            pattern = (
                rf"(?<!\w){re.escape(card.name)}(?!\w)|(?<![\w/]){re.escape(segment)}(?![\w/])"
            )
            found += [(m.start(), segment) for m in re.finditer(pattern, text, re.I)]
        for match in re.finditer(r"[^\s,;:?!\"'()\[\]]+", text):
            word = match[0].rstrip(".")
            if word in self.world.row and not word.isdigit():
                found.append((match.start(), word))
        return sorted(found)

    def _masked(self, text: str, cited: Sequence[Citation]) -> str:
        """The text without names of segments, users and cited items, whose figures are none."""
        for _, name in sorted(self._subjects(text), reverse=True):
            card = self.world.segments.get(name)
            for written in (card.name if card else name, name):
                text = re.sub(re.escape(written), lambda m: "·" * len(m[0]), text, flags=re.I)
        chars = list(text)
        spans = tokens(text)
        forms = tuple(token for _, _, token in spans)
        for at in range(len(spans)):
            longest = self.lexicon.longest(forms, at)
            if (
                longest
                and longest[0] > 1
                and any(longest[1].casefold() in c.text.casefold() for c in cited)
            ):
                start, end = spans[at][0], spans[at + longest[0] - 1][1]
                chars[start:end] = "·" * (end - start)
        return "".join(chars)

    def _names(self, text: str) -> tuple[str, ...]:
        return read(text, [], self.lexicon).strangers

    def _unknown_names(self, text: str, cited: Sequence[Citation], asked: str) -> list[str]:
        told = " · ".join([*(record.text for record in cited), *self._whom(cited)])
        ids = " ".join(record.id for record in cited)
        told_form = " ".join(folded(told))
        found = [
            f"{name!r} is in no record cited"
            for name in self._names(text)
            if " ".join(folded(name)).strip("' \"") not in told_form
        ]
        for _, name in self._subjects(text):
            card = self.world.segments.get(name)
            by_name = card is not None and card.name.casefold() in told.casefold()
            if (
                f"/{name}/" not in f"{ids}/"
                and name not in told
                and not by_name
                and f"/{name}" not in ids
            ):
                found.append(f"{name!r} is in no record cited")
        own = {stem(t) for t in (*folded(told), *folded(asked))}
        names = {stem(t) for segment in self.world.segments.values() for t in folded(segment.name)}
        for word in (t for _, _, t in tokens(text) if t[0].isalpha()):
            if self.lexicon.borrows(word) and stem(word) not in own | names:
                found.append(f"{word!r} is a word of the catalogue, in no record cited")
        return found

    def _whom(self, cited: Sequence[Citation]) -> list[str]:
        """Names of the segments and users that records are about."""
        about = [self._about(record) for record in cited]
        cards = [self.world.segments.get(one) for one in about if one is not None]
        return [*(one for one in about if one), *(card.name for card in cards if card)]

    def _words(self, text: str, cited: Sequence[Citation]) -> list[str]:
        told = {t for record in cited for t in folded(record.text)}
        low, found = text.casefold(), []
        for word in folded(text):
            if word in MONTH_NAMES and word not in told:
                found.append(f"{word!r} is in no record cited")
            if word in DIRECTIONS and not any(DIRECTIONS.get(t) == DIRECTIONS[word] for t in told):
                found.append(f"{word!r} says how something changes, which no record cited does")
            if word in SUPERLATIVES and not any(record.id in self.ranked for record in cited):
                found.append(f"{word!r} needs a ranking")
        for pattern, sign in ((ABOVE, 1), (BELOW, -1)):
            if pattern.search(low) and not any(_compared(r.text) * sign > 0 for r in cited):
                found.append("the comparison is in no record cited")
        return found


def _compared(text: str) -> float:
    """Own figure less that of the others in a record: `31 % … (others: 0.4 %)` → 30.6."""
    own = [f for f in figures(text) if not f.others]
    others = [f for f in figures(text) if f.others]
    return own[0].value - others[0].value if own and others else 0.0


def _near(text: str, figure: Figure) -> str:
    return text[figure.start : figure.start + 24].replace("·", "").strip()
