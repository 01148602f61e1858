"""what a question names: segments, users, items, categories, declared values and measures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cached_property, lru_cache

from agent.chat.dates import dates
from agent.chat.demonyms import spellings
from agent.chat.desk import Desk
from agent.chat.meant import PERSON, Meant, stems
from agent.chat.patterns import PEOPLE, compiled
from agent.chat.question import Question
from agent.chat.spelling import Speller, words_of
from agent.chat.strangers import Strangers
from agent.chat.vocabulary import Phrase, in_figures, phrases
from agent.profiles.names import folded, shown, stem, tokens
from agent.profiles.prose import PROSE

REMEMBERED = 256
"""Questions whose reading is kept, in memory only."""


class Reader:
    """Reads questions about one run; builds its dictionaries once."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.world = desk, desk.world
        # A question is read whole and in parts, and what is suggested is read to be asked.
        self.read = lru_cache(maxsize=REMEMBERED)(self._read)

    def _read(self, question: str) -> Question:
        """What a question names. Names of a segment or an item hide the words they are made of."""
        text = in_figures(" ".join(question.translate(_STRAIGHT).split()))
        text = self._speller.mend(text)
        hidden = [False] * len(text)
        places: dict[str, int] = {}
        segments = self._segments(text, hidden, places)
        users, unknown = self._users(text, hidden, places)
        items = self._items(text, hidden, places)
        meant = [] if segments else self._meant.find(text, hidden)
        kinds = {w for name in self.world.catalogue.of_category for w in stems(name)}
        for segment, (start, end) in meant:
            # Words that are also a category's may ask who is into that: the name stays readable.
            if not self._meant.words[segment] & set(stems(text[start:end])) <= kinds:
                segments.append(segment)
                places[segment] = start
                _hide(hidden, start, end)
        bare = _without(text, hidden).casefold()
        dated = tuple(dates(bare, self.world.measures.calendar.end))
        for one in dated:  # `since September` is no word about the season
            bare = bare[: one.start] + "·" * (one.end - one.start) + bare[one.end :]
        values = self._values(bare, places)
        named = phrases(bare, self.world.table, self.world.words)
        categories = [
            name
            for name in self._categories(bare, places)
            # `french clients` come from France, `the average basket size` is of no basket.
            if not _beside_people(bare, places[f"category:{name}"], (places[v] for v in values))
            and not any(_holds(p, places[f"category:{name}"], name) for p in named)
        ]
        measured = [
            p for p in named if not any(_inside(p, bare, name) for name in (*categories, *values))
        ]
        return Question(
            text=text.casefold(),
            segments=tuple(segments),
            meant=tuple(segment for segment, _ in meant),
            users=tuple(users),
            unknown_user=unknown,
            items=tuple(items),
            categories=tuple(categories),
            values=tuple(values),
            phrases=tuple(measured),
            bare=bare,
            dates=dated,
            places=places,
            unknown=self._strangers.find(text, hidden),
        )

    @cached_property
    def _meant(self) -> Meant:
        return Meant(self.world)

    @cached_property
    def _strangers(self) -> Strangers:
        return Strangers(self.desk)

    @cached_property
    def _speller(self) -> Speller:
        catalogue = self.world.catalogue
        names = [*catalogue.titles.values(), *catalogue.of_category]
        names += [card.name for card in self.world.segments.values()]
        names += [f.partition(":")[2] for f in self.world.table.names if ":" in f]
        return Speller(words_of(names), words_of(catalogue.of_category))

    def _segments(self, text: str, hidden: list[bool], places: dict[str, int]) -> list[str]:
        found: dict[str, int] = {}
        names = sorted(self.world.segments.values(), key=lambda card: -len(card.name))
        for card in names:
            pattern = rf"(?<![\w-]){re.escape(card.name)}(?![\w-])|\b{re.escape(card.id)}\b"
            for match in compiled(pattern, re.IGNORECASE).finditer(text):
                if not any(hidden[match.start() : match.end()]):
                    found.setdefault(card.id, match.start())
                    _hide(hidden, match.start(), match.end())
        places.update(found)
        return sorted(found, key=lambda segment: found[segment])

    def _users(
        self, text: str, hidden: list[bool], places: dict[str, int]
    ) -> tuple[list[str], str | None]:
        if self.desk.hidden:
            # Without a look at who there is: not even that may be told.
            asked = _USER.search(text) or _LIKE_AN_ID.search(_without(text, hidden))
            return [], next(g for g in asked.groups() if g) if asked else None
        row, found = self.world.row, []
        for match in _WORD.finditer(text):
            word = match[0].rstrip(".")
            introduced = _BEFORE_USER.search(text[: match.start()]) is not None
            if word in row and (introduced or not word.isdigit() or len(word) >= 4):
                found.append(word)
                places[word] = match.start()
                _hide(hidden, match.start(), match.start() + len(word))
        asked = _USER.search(text)
        unknown = asked[1] if asked and not found and asked[1].casefold() not in PROSE else None
        return list(dict.fromkeys(found)), unknown

    def _items(self, text: str, hidden: list[bool], places: dict[str, int]) -> list[str]:
        spans = tokens(text)
        forms = [token for _, _, token in spans]
        found: list[str] = []
        at = 0
        while at < len(spans):
            size, item = self._title_at(forms, at)
            start, end = spans[at][0], spans[at + size - 1][1] if size else 0
            quoted = start > 0 and text[start - 1] in "\"'"
            plain = size and all(not t[0].isalpha() or t in PROSE for t in forms[at : at + size])
            lone = size == 1 and text[start:end] == text[start:end].lower()
            if item and not any(hidden[start:end]) and (quoted or not (plain or lone)):
                found.append(item)
                places[item] = start
                _hide(hidden, start, end)
                at += size
            else:
                at += 1
        return list(dict.fromkeys(found))

    def _title_at(self, forms: list[str], at: int) -> tuple[int, str]:
        """The longest title, or beginning of one, at a place: how many words, and whose."""
        for size in self._title_sizes.get(forms[at], ()):
            item = self._titles.get(tuple(forms[at : at + size]))
            if item is not None and at + size <= len(forms):
                return size, item
        for size in (5, 4, 3, 2):
            start = tuple(forms[at : at + size])
            if len(start) == size and (item := self._beginnings.get(start)) is not None:
                return size, item
        return 0, ""

    @cached_property
    def _beginnings(self) -> dict[tuple[str, ...], str]:
        """First words of titles, at least two and not all of ordinary prose → most touched item.

        Those that also begin a category's or a segment's name are left out.
        """
        names = [folded(name) for name in self.world.catalogue.of_category]
        names += [folded(card.name) for card in self.world.segments.values()]
        made: dict[tuple[str, ...], str] = {}
        for form, item in self._titles.items():
            for size in range(2, min(6, len(form))):
                start = form[:size]
                wordy = any(word[0].isalpha() and word not in PROSE for word in start)
                if wordy and start[-1][0].isalnum() and not any(n[:size] == start for n in names):
                    made[start] = item  # in the order of `_titles`, the most touched comes last
        return made

    @cached_property
    def _titles(self) -> dict[tuple[str, ...], str]:
        users = self.world.catalogue.users
        made: dict[tuple[str, ...], str] = {}
        # Of items that share a title, the one most people touched.
        for item, title in sorted(
            self.world.catalogue.titles.items(), key=lambda one: (users[one[0]], one[0])
        ):
            for form in (folded(title), folded(shown(title)), folded(item)):
                if form:
                    made[form] = item
        return made

    @cached_property
    def _title_sizes(self) -> dict[str, list[int]]:
        sizes: dict[str, set[int]] = {}
        for form in self._titles:
            sizes.setdefault(form[0], set()).add(len(form))
        return {first: sorted(found, reverse=True) for first, found in sizes.items()}

    def _categories(self, bare: str, places: dict[str, int]) -> list[str]:
        """Categories by their whole name, else by a word that no other category has."""
        forms = [(start, stem(t)) for start, _, t in tokens(bare)]
        written_as = [t for _, _, t in tokens(bare)]
        words = [form for _, form in forms]
        found: dict[str, int] = {}
        taken: set[int] = set()
        known = {name: stems(name) for name in self.world.catalogue.of_category}
        # Of bags called shopper nobody speaks who says `shoppers`, or `when they last shopped`.
        known = {n: own for n, own in known.items() if n in written_as or not PERSON.fullmatch(n)}
        forms_of = {(name, own) for n, o in known.items() for name, own in _written(n, o)}
        for name, own in sorted(forms_of, key=lambda one: (-len(one[1]), one)):
            for at in range(len(words) - len(own) + 1):
                span = set(range(at, at + len(own)))
                if tuple(words[at : at + len(own)]) == own and own and not span & taken:
                    found[name] = forms[at][0]
                    taken |= span
        owners = Counter(word for own in known.values() for word in set(own))
        for name, own in known.items():
            for at, word in enumerate(words):
                telling = len(word) > 3 and owners[word] == 1 and word not in _COMMON
                telling = telling and written_as[at] not in PROSE
                if word in own and telling and at not in taken and name not in found:
                    found[name] = forms[at][0]
                    taken.add(at)
        places.update({f"category:{name}": at for name, at in found.items()})
        return sorted(found, key=lambda name: found[name])

    def _values(self, bare: str, places: dict[str, int]) -> list[str]:
        """Declared values; a bare figure or an ordinary word counts beside its attribute's name."""
        found: dict[str, int] = {}
        for feature in self.world.table.names:
            if not feature.startswith("attribute:"):
                continue
            name, _, value = feature.removeprefix("attribute:").partition("=")
            for spelt in spellings(value):
                match = _value_at(bare, name.casefold(), spelt)
                if match is not None:
                    break
            if match:
                found[feature] = match.start()
        spans = {f: (at, at + len(f.partition("=")[2])) for f, at in found.items()}
        kept = [
            feature
            for feature, (start, end) in spans.items()
            if not any(
                other != feature and start >= low and end <= high and high - low > end - start
                for other, (low, high) in spans.items()
            )
        ]
        places.update({feature: found[feature] for feature in kept})
        return sorted(kept, key=lambda feature: found[feature])


_SIGNUP = re.compile(r"sign|join|regist|since")
_SIGNED_UP = (
    r"(?:sign(?:ed|s|ing)?[- ]?ups?|join(?:ed|ers|ing)?|regist\w+|enrol\w+|came on board"
    r"|new customers?|became (?:a )?(?:members?|customers?))"
)
_STRAIGHT = str.maketrans({"“": '"', "”": '"', "\u2018": "'", "\u2019": "'", "–": "-", "—": "-"})
_WORD = re.compile(r"[^\s,;:?!\"'()]+")
_USER = re.compile(
    r"\b(?:user|customer|client|viewer|learner|participant|account|member|person|shopper)"
    r"(?: (?:id|number|no\.?))? #?((?=[\w.-]*\d)[\w.-]*\w)",
    re.IGNORECASE,
)
_BEFORE_USER = re.compile(
    r"\b(?:users?|customers?|clients?|viewers?|learners?|participants?|accounts?|members?|persons?"
    r"|shoppers?)(?: (?:id|number|no\.?))? #?$",
    re.IGNORECASE,
)
_LIKE_AN_ID = re.compile(
    r"(?<![£$€\w])((?=[^\W\d_]*\d)(?=\d*[^\W\d_])[\w.-]{3,})(?![\w%])"
    r"|\b(?:is|about|of|for|does|why|profile) (\d{4,})\b"
)
_COMMON = frozenset(
    {"home", "garden tool", "gift", "other", "soft", "snack", "sport", "power", "walk"}
)


def _value_at(bare: str, name: str, value: str) -> re.Match[str] | None:
    """Where a declared value stands; a figure or an ordinary word only beside its name."""
    plain = value.isdigit() or value in PROSE or len(value) < 2
    written = re.escape(value)
    beside = rf"\b{re.escape(name)}(?: is| of| in|:)? {written}\b|\b{written} {re.escape(name)}\b"
    beside += rf"|\b{re.escape(name.split()[0])}(?:ed)?(?: up)?(?: in)? {written}\b"
    if _SIGNUP.search(name):
        beside += rf"|\b{_SIGNED_UP}(?: \w+){{0,2}}(?: in| during)? {written}\b"
    if not value.isdigit():
        beside += rf"|\b(?:on|from) (?:the )?{written}\b(?! \d)"
    return compiled(beside if plain else rf"{beside}|(?<!\w){written}(?!\w)").search(bare)


def _written(name: str, own: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """A category and the ways to write it: `Sci-Fi` is `sci fi` and `scifi` to many."""
    if "-" not in name:
        return [(name, own)]
    return [(name, own), *((name, stems(name.replace("-", gap))) for gap in (" ", ""))]


def _beside_people(bare: str, at: int, values: Iterable[int]) -> bool:
    """Whether a category stands where a declared value does, before a word for people."""
    return at in values and re.match(rf"[\w&-]+ {PEOPLE}\b", bare[at:]) is not None


def _hide(hidden: list[bool], start: int, end: int) -> None:
    hidden[start:end] = [True] * (end - start)


def _without(text: str, hidden: list[bool]) -> str:
    return "".join("·" if hide else c for c, hide in zip(text, hidden, strict=True))


def _holds(phrase: Phrase, at: int, name: str) -> bool:
    """Whether what stands at a place is only part of a phrase."""
    return (
        phrase.start <= at
        and at + len(name) <= phrase.end
        and phrase.end - phrase.start > len(name) + 1
    )


def _inside(phrase: Phrase, text: str, name: str) -> bool:
    """Whether a phrase is only part of the name of a category or value in the text."""
    name = name.rpartition("=")[2].casefold() if name.startswith("attribute:") else name.casefold()
    at = text.find(name)
    return at >= 0 and at <= phrase.start and phrase.end <= at + len(name)
