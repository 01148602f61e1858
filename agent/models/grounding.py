"""what every grammar for a model's answer is made of: literals, JSON text, and ordinary words

A grammar is GBNF, the dialect that vLLM's backends (xgrammar, llguidance) and llama.cpp share. Two
shapes keep one fast beside a vocabulary of 150,000 tokens, where each place at which many tokens
can follow costs about a millisecond to prepare: words are factored by their first letter, and
what varies from user to user refers to shared rules instead of repeating them.
"""

from __future__ import annotations

import json
import string
from collections.abc import Iterable, Sequence

from agent.models.ordinary import FUNCTION, ORDINARY
from agent.profiles.names import Tokens, folded, needs_quotes, shown, stem
from agent.profiles.prose import PROSE

_HEX = frozenset(string.hexdigits)
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def literal(text: str) -> str:
    """`text` as a GBNF literal that no character of it can end.

    It may be more than one quoted piece in a row: xgrammar writes `£` as the escape `\\xa3` when it
    prints a grammar and would read a digit that follows as part of it. Other control characters
    than line ends and tabs raise ValueError; names as prose writes them (`names.shown`) have none.
    """
    pieces = ['"']
    before = ""
    for character in text:
        if before > "\x7f" and character in _HEX:
            pieces.append('" "')
        if character < " " and character not in _ESCAPES:
            raise ValueError(f"a grammar cannot hold the control character {character!r}")
        pieces.append(_ESCAPES.get(character, character))
        before = character
    return "".join(pieces) + '"'


def json_text(text: str) -> str:
    """`text` as it stands between the quotation marks of a compact JSON string, not as ASCII."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def either(texts: Iterable[str]) -> str:
    """A choice of texts inside a JSON string; each once, in an order that only they decide."""
    return f"({' | '.join(literal(json_text(text)) for text in sorted(set(texts)))})"


def word_rules(words: Iterable[str], name: str = "w") -> list[str]:
    """Rules `w` (one of `words`, in lower case) and `cw` (the same with a capital).

    Factored by the first letter, which both share the rest of.
    """
    rests: dict[str, list[str]] = {}
    for word in sorted(set(words)):
        rests.setdefault(word[0], []).append(word[1:])
    rules = [
        f"{name} ::= " + " | ".join(f"{literal(c)} {name}-{c}" for c in rests),
        f"c{name} ::= " + " | ".join(f"{literal(c.upper())} {name}-{c}" for c in rests),
    ]
    rules += [f"{name}-{c} ::= {' | '.join(map(literal, ends))}" for c, ends in rests.items()]
    return rules


def gbnf(rules: Sequence[str]) -> str:
    """Rules, the root first, as one grammar."""
    return "\n".join(rules) + "\n"


def free_words(names: Iterable[str]) -> frozenset[str]:
    """The ordinary words that a text may use freely beside a catalogue of `names`.

    Left out are words that belong to the catalogue rather than to prose, and words that would
    turn one of its names into another (`small` where it has both `bunting` and `small bunting`).
    Articles, prepositions and their like always stay; what they make of names is the verifier's.
    """
    forms = {form for name in names for form in (folded(name), folded(shown(name))) if form}
    stems = {stem(token) for form in forms for token in form}
    free = {word for word in ORDINARY if word in PROSE or stem(word) not in stems}
    turning = {word for form in forms for word in _turning(form, forms)}
    return frozenset(free - turning) | FUNCTION


def _turning(form: Tokens, forms: set[Tokens]) -> set[str]:
    """Ordinary words around a shorter name of the catalogue that make `form` of it."""
    found: set[str] = set()
    last = len(form)
    lead = 0
    while True:
        end = last
        while True:
            core = form[lead:end]
            if core != form and core in forms and not needs_quotes(" ".join(core)):
                found.update(form[:lead] + form[end:])
            if end - 1 <= lead or form[end - 1] not in ORDINARY:
                break
            end -= 1
        if lead + 1 >= last or form[lead] not in ORDINARY:
            return found
        lead += 1
