"""How the verifier reads a sentence: words with its names folded away, in clauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.profiles.lexicon import Lexicon
from agent.profiles.names import tokens
from agent.profiles.standing import Name, Standing
from agent.profiles.surroundings import Word

_OPENING, _CLOSING = '\u201c"\u2018', '\u201d"\u2019'
_BREAKS = frozenset({",", ";", ")", "and", "while", "but", ":", "—", "–", "."})


@dataclass(frozen=True, slots=True)
class Reading:
    words: tuple[Word, ...]
    strangers: tuple[str, ...]
    """Names of the catalogue, and quoted strings, that no cited fact mentions."""


def _cited(standings: Sequence[Standing]) -> dict[str, list[Name]]:
    by_first: dict[str, list[Name]] = {}
    for one in standings:
        for name in one.names:
            by_first.setdefault(name.form[0], []).append(name)
    return by_first


def read(text: str, standings: Sequence[Standing], lexicon: Lexicon) -> Reading:
    """Splits `text` into words, hiding the names its facts cite (the longest match wins).

    A cited name made of ordinary words or figures is hidden only inside quotation marks. A name
    of the catalogue that is longer than the cited one at the same place is not the cited one.
    """
    spans = tokens(text)
    forms = tuple(token for _, _, token in spans)
    by_first = _cited(standings)
    words: list[Word] = []
    strangers: list[str] = []
    segment, opens, at, quoted_until = 0, True, 0, -1
    while at < len(spans):
        start, end, token = spans[at]
        raw = text[start:end]
        names = [
            name
            for name in _names_at(forms, at, by_first)
            if name.cased in ("", text[start : spans[at + len(name.form) - 1][1]])
        ]
        length = len(names[0].form) if names else 0
        stranger = lexicon.longest(forms, at)
        if stranger is not None and stranger[0] > length:
            written = text[start : spans[at + stranger[0] - 1][1]]
            form = forms[at : at + stranger[0]]
            if _is_mention(form, written, stranger[1], opens, at <= quoted_until, lexicon):
                strangers.append(written)
                at, opens = at + stranger[0], False
                words.append(Word("", "", False, segment))
                continue
        if names and not _glued(text, start, spans[at + length - 1][1]):
            last = spans[at + length - 1][1]
            words.append(Word("", text[start:last], opens, segment, tuple(names)))
            at, opens = at + length, False
            continue
        if raw in _OPENING and at > quoted_until:
            quoted_until = _closing(text, spans, at)
            if quoted_until > at and not _quotes_name(forms, at, quoted_until, by_first):
                strangers.append(text[start : spans[quoted_until][1]])
        if token in _BREAKS:
            segment += 1
        words.append(Word(token, raw, opens, segment))
        opens = token in ".!?" or (opens and not raw.isalnum())
        at += 1
    return Reading(tuple(words), tuple(strangers))


def _names_at(forms: tuple[str, ...], at: int, by_first: dict[str, list[Name]]) -> list[Name]:
    found: list[Name] = []
    for name in by_first.get(forms[at], ()):
        size = len(name.form)
        if forms[at : at + size] != name.form:
            continue
        if name.quoted and not _in_quotes(forms, at, size):
            continue
        if not found or size > len(found[0].form):
            found = [name]
        elif size == len(found[0].form):
            found.append(name)
    return found


def _in_quotes(forms: tuple[str, ...], at: int, size: int) -> bool:
    after = forms[at + size] if at + size < len(forms) else ""
    before = forms[at - 1] if at else ""
    return before != "" and before in _OPENING + "'" and after != "" and after in _CLOSING + "'"


def _quotes_name(
    forms: tuple[str, ...], opening: int, closing: int, by_first: dict[str, list[Name]]
) -> bool:
    if closing == opening + 1:
        return False
    size = closing - opening - 1
    return any(
        forms[opening + 1 : closing] == name.form
        for name in by_first.get(forms[opening + 1], ())
        if len(name.form) == size
    )


def _closing(text: str, spans: list[tuple[int, int, str]], at: int) -> int:
    """The place of the mark that closes the quotation opened at `at`, or -1."""
    mark = text[spans[at][0]]
    wanted = _CLOSING[_OPENING.index(mark)]
    for later in range(at + 1, len(spans)):
        if text[spans[later][0] : spans[later][1]] == wanted:
            return later
    return -1


def _glued(text: str, start: int, end: int) -> bool:
    """Whether the match is only part of a longer figure or word (`alien 3` in `alien 3.5`)."""
    after = text[end : end + 2]
    return after[:1].isalnum() or (
        after[:1] == "-" and after[1:].isdigit() and text[end - 1].isdigit()
    )


def _is_mention(
    form: tuple[str, ...], written: str, name: str, opens: bool, quoted: bool, lexicon: Lexicon
) -> bool:
    """Whether a match of a catalogue name is a mention of it.

    A name with any word of its own is one however it is written. A name of ordinary words
    (`Home`, `The Last Day`) is one only in quotation marks or as written: with a capital that
    the start of a sentence does not explain.
    """
    if quoted or not lexicon.is_plain(form):
        return True
    body = written[1:] if opens else written
    return (
        body != body.lower()
        and written.casefold() == name.casefold()
        and (written == name or written[1:] == name[1:] or written == name.upper())
    )
