"""What a model may answer when it writes a profile: a grammar and a schema, made from the facts.

The answer is compact JSON, the facts of each sentence before its text:

    {"headline":"…","sentences":[{"facts":["E1","E3"],"text":"…"}, …]}

By the grammar a text is made of clauses of ordinary words around what the facts just cited let one
say (`agent.profiles.phrases`): nothing else in it is a name or a figure, whatever the model. One
clause tells one fact, so a figure cannot come to stand beside another fact's name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations, groupby
from typing import Any

from agent.models.asking import Constraint
from agent.models.grounding import either, gbnf, json_text, literal, word_rules
from agent.profiles.extractive import MOST_SENTENCES
from agent.profiles.headlines import MOST_WORDS
from agent.profiles.names import folded
from agent.profiles.pairing import PARTNERS
from agent.profiles.phrases import figure_phrases, name_phrases
from agent.records import Fact, Vocabulary

NEAR = 9
"""Facts further apart than this in rank are not cited together."""
MOST_PAIRS, MOST_TRIPLES = 30, 12
LONGEST_TEXT = 320
"""Characters of a sentence, where only a schema holds a model back."""
LONGEST_HEADLINE = 110
LONGEST_PHRASE = 5
"""Words of a phrase in a headline; longer ones are for sentences."""

_APART = frozenset({"category", "shift", "opinion"})
"""Tastes: a trend cited beside one would read as the trend of that taste."""
_SHARED = frozenset({"cadence", "daypart", "weekpart", "quantity"})
"""Kinds whose figures may follow the name of one of `_NAMED`: `party goods almost every week`."""
_NAMED = frozenset({"category", "items"})

_ONE_NAME = frozenset({"category", "opinion", "shift", "channel"})
"""Kinds whose figures are all of one name: `31 % of spend goes to bunting, a third of it`."""

_OPEN, _MIDDLE, _NEXT, _END = (
    *(literal('{"headline":"'), literal('","sentences":[')),
    *('"," sentence', literal("]}")),
)
_CITING = literal('{"facts":[')
_FRAME = (
    # Everything that holds a space, and so many tokens can begin at, stands here, once.
    'lead ::= w (" " w){0,6} " "',
    'tail ::= (" " w){1,5}',
    'beside ::= tail? " "',
    'gap ::= (" " w){0,5} " "',
    'link ::= " at " | " in " | " over " | " for " | " with " | " from " | " on "',
    'apart ::= tail " "',
    'plain ::= w (" " w){1,6}',
    'cap ::= cw (" " | ", ")',
    'and ::= "" | "and " | "but "',
    'break ::= ", " and | "; " and | ": " | " and "',
    'stop ::= ".\\"}"',
    'text ::= "],\\"text\\":\\"" cap? (plain (break | ": "))?',
)


def profile_constraint(
    facts: Sequence[Fact], vocabulary: Vocabulary, words: frozenset[str]
) -> Constraint:
    """What a profile on `facts` may be.

    `words` are those that may be used freely (`grounding.free_words`); the vocabulary's own nouns
    and verbs are added. The schema asks for the same JSON where a server knows no grammars.
    """
    spoken = words | _vocabulary_words(vocabulary)
    return Constraint(
        schema=profile_schema([fact.id for fact in facts]),
        grammar=gbnf([*_rules(facts, vocabulary), *_word_rules(spoken)]),
    )


def sentence_bounds(facts: int) -> tuple[int, int]:
    """The fewest and the most sentences on so many facts."""
    return min(2, facts), max(2, min(MOST_SENTENCES, facts)) if facts > 1 else 1


def profile_schema(ids: Sequence[str]) -> dict[str, Any]:
    """The JSON schema of a profile that cites facts of these ids."""
    fewest, most = sentence_bounds(len(ids))
    sentence = {
        "type": "object",
        "properties": {
            "facts": {
                "type": "array",
                "items": {"type": "string", "enum": list(ids)},
                "minItems": 1,
                "maxItems": 3,
            },
            "text": {"type": "string", "minLength": 10, "maxLength": LONGEST_TEXT},
        },
        "required": ["facts", "text"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            "headline": {"type": "string", "minLength": 3, "maxLength": LONGEST_HEADLINE},
            "sentences": {
                "type": "array",
                "items": sentence,
                "minItems": fewest,
                "maxItems": most,
            },
        },
        "required": ["headline", "sentences"],
        "additionalProperties": False,
    }


def citable(facts: Sequence[Fact]) -> list[tuple[int, ...]]:
    """Which facts may be cited together, by position: each alone, and near ones that are related.

    Related are kinds that the extractive writer tells in one sentence; in a triple each fact is
    related to another one of it.
    """
    pairs = [pair for pair in combinations(range(len(facts)), 2) if _related(facts, *pair)]
    pairs.sort(key=sum)
    related = set(pairs)
    triples = [
        triple
        for triple in combinations(range(len(facts)), 3)
        if sum(pair in related for pair in combinations(triple, 2)) >= 2
        and not any(_clash(facts, *pair) for pair in combinations(triple, 2))
    ]
    triples.sort(key=sum)
    singles = [(at,) for at in range(len(facts))]
    return [*singles, *pairs[:MOST_PAIRS], *triples[:MOST_TRIPLES]]


def _related(facts: Sequence[Fact], one: int, other: int) -> bool:
    kinds = facts[one].kind, facts[other].kind
    told = kinds[1] in PARTNERS[kinds[0]] or kinds[0] in PARTNERS[kinds[1]]
    together = bool(_NAMED & {*kinds}) and bool(_SHARED & {*kinds})
    return (told or together) and other - one <= NEAR and not _clash(facts, one, other)


def _clash(facts: Sequence[Fact], one: int, other: int) -> bool:
    kinds = {facts[one].kind, facts[other].kind}
    return "trend" in kinds and bool(kinds & _APART)


def _rules(facts: Sequence[Fact], vocabulary: Vocabulary) -> Iterator[str]:
    fewest, most = sentence_bounds(len(facts))
    figures = [figure_phrases(fact, vocabulary) for fact in facts]
    names = [name_phrases(fact, vocabulary) for fact in facts]
    groups = citable(facts)
    further = f"({_NEXT}){{{fewest - 1},{most - 1}}} " if most > 1 else ""
    yield f"root ::= {_OPEN} headline {_MIDDLE} sentence {further}{_END}"
    yield from _headline([phrase for phrases in (*names, *figures) for phrase in phrases])
    yield f"sentence ::= {_CITING} ({_citing(groups, facts)})"
    yield from _FRAME
    for at, fact in enumerate(facts):
        yield from _clauses(at, fact, figures[at], names[at])
    for group in groups:
        yield from _sentence(group, facts, figures, names)


def _citing(groups: Sequence[tuple[int, ...]], facts: Sequence[Fact], cited: int = 0) -> str:
    """A choice among groups that cite the same `cited` facts first: the next id, then the rest."""
    choices = []
    for at, same in groupby(sorted(groups), key=lambda group: group[cited]):
        group, *longer = same
        after = [f"s{_tag(group)}"] if len(group) == cited + 1 else []
        if not after:
            longer = [group, *longer]
        if longer:
            after.append(_citing(longer, facts, cited + 1))
        comma = "," if cited else ""
        choices.append(f"{literal(f'{comma}{_quoted(facts[at].id)}')} ({' | '.join(after)})")
    return " | ".join(choices)


def _quoted(text: str) -> str:
    return f'"{json_text(text)}"'


def _clauses(at: int, fact: Fact, figures: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    """Clauses on one fact: its figures, its names, ordinary words around them."""
    if figures:
        yield f"f{at} ::= {either(figures)}"
    if names:
        yield f"m{at} ::= {either(names)}"
    if not names:
        yield f"k{at} ::= lead? f{at} (gap f{at}){{0,2}} tail?"
    elif not figures:
        yield f"k{at} ::= lead? m{at} tail?"
    elif fact.kind in _ONE_NAME:
        yield f"x{at} ::= f{at} | m{at}"
        yield f'k{at} ::= lead? x{at} (gap x{at}){{0,2}} (" (" f{at} ")")? tail?'
    else:
        # Figures of a list stand beside a name only in the list's own phrases.
        beside = f'apart f{at} | tail? " (" f{at} ")"'
        yield f"k{at} ::= lead? (f{at} (gap f{at})? tail? | m{at} (tail | {beside})?)"


def _sentence(
    group: tuple[int, ...],
    facts: Sequence[Fact],
    figures: Sequence[Sequence[str]],
    names: Sequence[Sequence[str]],
) -> Iterator[str]:
    """The text of a sentence that cites `group`, to the end of its object."""
    clauses = [f"k{at}" for at in group]
    clauses += [
        f"lead? m{one} beside f{other}"
        for one in group
        for other in group
        if names[one] and facts[one].kind in _NAMED
        if figures[other] and facts[other].kind in _SHARED
    ]
    clauses += [
        f"lead? f{one} link f{other}"
        for one in group
        for other in group
        if one != other and figures[one] and figures[other] and not names[one] and not names[other]
    ]
    tag = _tag(group)
    told = " | ".join(clauses)
    yield f"c{tag} ::= {told} | plain"
    yield f"s{tag} ::= text ({told}) (break c{tag}){{0,8}} stop"


def _headline(phrases: Sequence[str]) -> Iterator[str]:
    """At most twelve words: one phrase, or two, or three short ones, with a few words around."""
    sizes: dict[int, list[str]] = {}
    for phrase in phrases:
        if len(phrase.split()) <= LONGEST_PHRASE:
            sizes.setdefault(len(phrase.split()), []).append(phrase)
    if not sizes:
        sizes = {LONGEST_PHRASE: [min(phrases, key=len)]}
    forms = [f't{one} (" " w){{0,3}}' for one in sizes]
    openings = []
    for one in sizes:
        # A gap and what closes a headline may hold a word or two of their own, and `cw` is one.
        near = [f"t{other}" for other in sizes if one + other < MOST_WORDS]
        openings.append(f"o{one} (hclose ({' | '.join(near)}))?" if near else f"o{one}")
        for other in sizes:
            room = min(3, MOST_WORDS - 3 - one - other)
            lead = f'(w " "){{0,{room}}} ' if room > 0 else ""
            if room >= 0:
                forms.append(f"{lead}t{one} hgap t{other}")
            room = min(3, MOST_WORDS - 2 - one - other)
            lead = f'(w " "){{0,{room}}} ' if room > 0 else ""
            if room >= 0:
                forms.append(f'{lead}t{one} (" " w)? ", " t{other}')
    small = [size for size in sizes if size <= 3]
    forms += [
        f"t{one} hclose t{other} hclose t{third}"
        for one in small
        for other in small
        for third in small
    ]
    forms += [f'(w " "){{1,3}} t{one} (" " w){{0,3}}' for one in sizes]
    yield f'headline ::= {" | ".join(openings)} | cw " " headlong | headlong'
    yield f"headlong ::= {' | '.join(forms)}"
    for size, own in sizes.items():
        yield f"o{size} ::= {either([phrase[:1].upper() + phrase[1:] for phrase in own])}"
        yield f"t{size} ::= {either(own)}"
    yield 'hclose ::= (" " | ", ") (w " ")? | " and "'
    yield 'hgap ::= (" " | ", ") (w " "){0,2} | " and "'


def _tag(group: tuple[int, ...]) -> str:
    return "x".join(map(str, group))


def _vocabulary_words(vocabulary: Vocabulary) -> frozenset[str]:
    v = vocabulary
    phrases = (v.did, v.doing, v.item, v.items, v.event, v.events, v.visit, v.visits, v.share_of)
    return frozenset(
        token
        for phrase in phrases
        for token in folded(phrase)
        # A log that counts days counts nothing by these words, beside a figure they would.
        if token.isascii() and token.isalpha() and token not in ("day", "days")
    )


@lru_cache(maxsize=8)
def _word_rules(words: frozenset[str]) -> tuple[str, ...]:
    return tuple(word_rules(words))
