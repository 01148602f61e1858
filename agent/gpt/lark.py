"""Grammars as llguidance takes them, written from GBNF rule by rule.

llguidance's own converter reads any grammar, in Python and in 85 ms for one of a profile. Ours have
one rule a line, and most lines are the same for every user (the ordinary words): each is converted
once. What is not of that shape is left to the library.
"""

from __future__ import annotations

import re
from functools import lru_cache

_RULE = re.compile(r"([a-z][a-z0-9-]*) ::= (.+)")
_PART = re.compile(r'("(?:[^"\\]|\\["\\nrt])*")|([a-z][a-z0-9-]*)|([ |()?*+]|\{\d+,\d*\})')
HEAD = "%llguidance {}\n\n"


class _UnlikeOursError(ValueError):
    """The grammar uses what this module does not know."""


def lark(grammar: str) -> str:
    """The same grammar in llguidance's dialect of Lark: the same strings are of it.

    Every rule but the root becomes a terminal, which llguidance's lexer decides; that no rule leads
    back to itself makes it possible. Raises what the library raises for what is no grammar.
    """
    try:
        return _converted(grammar)
    except _UnlikeOursError:
        from llguidance import grammar_from

        return grammar_from("gbnf", grammar)


def _converted(grammar: str) -> str:
    rules = [_rule(line) for line in grammar.splitlines()]
    names = [name for name, _, _ in rules]
    if not names or names[0] != "root" or len({*names}) < len(names):
        raise _UnlikeOursError
    if any("root" in asked for _, _, asked in rules):
        raise _UnlikeOursError
    _check_order({name: asked for name, _, asked in rules})
    return HEAD + "".join(text for _, text, _ in rules)


def _check_order(asked: dict[str, frozenset[str]]) -> None:
    """Every rule there is, and none that leads back to itself."""
    done: set[str] = set()
    under_way: list[tuple[str, bool]] = [("root", False)]
    above: set[str] = set()
    while under_way:
        name, over = under_way.pop()
        if over:
            above.discard(name)
            done.add(name)
        elif name in above or name not in asked:
            raise _UnlikeOursError
        elif name not in done:
            above.add(name)
            under_way.append((name, True))
            under_way += [(other, False) for other in asked[name] - done]


@lru_cache(maxsize=4096)
def _rule(line: str) -> tuple[str, str, frozenset[str]]:
    """A rule's name, its text in Lark, and the rules it refers to."""
    found = _RULE.fullmatch(line)
    if found is None:
        raise _UnlikeOursError
    name, body = found.groups()
    parts, asked, at = [], set(), 0
    while at < len(body):
        part = _PART.match(body, at)
        if part is None:
            raise _UnlikeOursError
        other = part.group(2)
        if other:
            asked.add(other)
        parts.append(_terminal(other) if other else part.group())
        at = part.end()
    own = "start" if name == "root" else _terminal(name)
    return name, f"{own}: {''.join(parts)}\n", frozenset(asked)


def _terminal(name: str) -> str:
    return name.replace("-", "_").upper()
