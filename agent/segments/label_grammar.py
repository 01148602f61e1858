"""What a model may answer when it labels siblings: a grammar and a schema, made from their facts.

The answer is compact JSON, a key a segment, the facts of each reason before its text:

    {"s1":{"name":"…","description":"…","why":[{"facts":["S2","S3"],"text":"…"}, …]},"s2":…}

A name is one of those offered. The texts are ordinary words around phrases of the rule and of the
facts just cited (`agent.segments.label_phrases`): nothing else in them is a name or a figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Any

from agent.models.asking import Constraint
from agent.models.grounding import either, gbnf, json_text, literal, word_rules
from agent.profiles.sides import SIDE_WORDS
from agent.segments.families import Family, Subject
from agent.segments.label_phrases import AGAINST, FactPhrases, description_phrases, fact_phrases
from agent.segments.phrasing import people

FEWEST_REASONS, MOST_REASONS = 2, 3
STARTS = (
    "They ",
    "What sets them apart is that they ",
    "They stand out in that they ",
    "As a group they ",
)
BESIDE = (
    "Unlike {}, they ",
    "Next to {}, they ",
    "Compared with {}, they ",
    "Beside {}, they ",
    "What sets them apart from {} is that they ",
)
"""How a reason begins; the second kind names the sibling it compares with."""
LONGEST_TEXT = 320
"""Characters of a text, where only a schema holds a model back."""

_FRAME = (
    'lead ::= (w " "){0,3}',
    'tail ::= (" " w){0,3}',
    'open ::= cw (" " w){0,2} " "',
    'next ::= " and " | "; "',
    'stop ::= ".\\"}"',
)


def label_constraint(family: Family, words: frozenset[str]) -> Constraint:
    """What the labels of a family may be.

    `words` may be used freely (`grounding.free_words`), those aside that say whose a figure is.
    """
    rules = [*_rules(family), *_word_rules(words - SIDE_WORDS)]
    return Constraint(schema=label_schema(family), grammar=gbnf(rules))


def label_schema(family: Family) -> dict[str, Any]:
    """The JSON schema of the same answer, for servers that know no grammars."""
    told = {s.id: fact_phrases(s, family.called, family.vocabulary) for s in family.subjects}
    return _object({s.id: _one(s, told[s.id]) for s in family.subjects})


def _one(subject: Subject, told: Sequence[FactPhrases]) -> dict[str, Any]:
    text = {"type": "string", "minLength": 10, "maxLength": LONGEST_TEXT}
    ids = [one.fact.id for one in told] or [subject.facts[0].id]
    cited = {
        "type": "array",
        "items": {"type": "string", "enum": ids},
        "minItems": 1,
        "maxItems": 2,
    }
    fewest, most = _reasons(told)
    return _object(
        {
            "name": {"type": "string", "enum": [name.text for name in subject.names]},
            "description": text,
            "why": {
                "type": "array",
                "items": _object({"facts": cited, "text": text}),
                "minItems": fewest,
                "maxItems": most,
            },
        }
    )


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _reasons(told: Sequence[FactPhrases]) -> tuple[int, int]:
    return min(FEWEST_REASONS, max(1, len(told))), min(MOST_REASONS, max(1, len(told)))


def _rules(family: Family) -> Iterator[str]:
    labels = [f"{literal(_key(s.id))} l{i}" for i, s in enumerate(family.subjects)]
    yield 'root ::= "{" ' + ' "," '.join(labels) + ' "}"'
    yield from _FRAME
    for i, subject in enumerate(family.subjects):
        yield from _label(f"{i}", subject, family)


def _key(segment: str) -> str:
    return f'"{json_text(segment)}":'


def _label(tag: str, subject: Subject, family: Family) -> Iterator[str]:
    told = fact_phrases(subject, family.called, family.vocabulary)
    yield (
        f'l{tag} ::= "{{\\"name\\":\\"" n{tag} "\\",\\"description\\":\\"" d{tag} '
        f'".\\",\\"why\\":[" y{tag} "]}}"'
    )
    yield f"n{tag} ::= {either(name.text for name in subject.names)}"
    yield from _description(tag, subject, family)
    if not told:
        size = subject.facts[0]
        yield f"y{tag} ::= {literal(_citing([size.id]))} {either([size.text])} stop"
        return
    fewest, most = _reasons(told)
    more = f' ("," x{tag}){{{fewest - 1},{most - 1}}}' if most > 1 else ""
    yield f"y{tag} ::= x{tag}{more}"
    cited = []
    for group in _citable(told):
        own = "x".join(map(str, group))
        ids = [told[at].fact.id for at in group]
        cited.append(f"{literal(_citing(ids))} x{tag}t{own}")
        yield f"x{tag}t{own} ::= {_reason(tag, group, told)} stop"
    yield f"x{tag} ::= {' | '.join(cited)}"
    for at, one in enumerate(told):
        for kind, deeds in (("k", one.deeds), ("v", one.versus)):
            closed, open_ended = _divided(deeds)
            if closed:
                yield f"x{tag}{kind}{at} ::= {either(closed)}"
                yield f"x{tag}{kind}{at}c ::= {either(open_ended or closed)}"
        if one.whole:
            yield f"x{tag}w{at} ::= {either(one.whole)}"


def _citing(ids: Sequence[str]) -> str:
    return '{"facts":[' + ",".join(f'"{json_text(i)}"' for i in ids) + '],"text":"'


def _citable(told: Sequence[FactPhrases]) -> list[tuple[int, ...]]:
    """Each fact alone, and two that compare with the same sibling or that name none."""
    pairs = [
        (a, b)
        for a, b in combinations(range(len(told)), 2)
        if told[a].rival == told[b].rival and told[a].deeds and told[b].deeds
    ]
    return [*((at,) for at in range(len(told))), *pairs]


def _reason(tag: str, group: tuple[int, ...], told: Sequence[FactPhrases]) -> str:
    """`They … put 61 % …`, `Unlike Gift buyers, they …`, `56 % of them are based in France`."""
    first = told[group[0]]
    if not first.deeds:
        return f"x{tag}w{group[0]}"
    starts = " | ".join(map(literal, STARTS))
    forms = [f"({starts} | open) {_deeds(tag, 'k', group)} tail"]
    if all(told[at].versus for at in group):
        named = " | ".join(literal(json_text(start.format(first.rival))) for start in BESIDE)
        forms.append(f"({named}) {_deeds(tag, 'v', group)} tail")
    return f"({' | '.join(forms)})"


def _deeds(tag: str, kind: str, group: tuple[int, ...]) -> str:
    """One deed or two. After `…, against 3 %` the others are meant until `they` is said again."""
    first, *second = (f"x{tag}{kind}{at}" for at in group)
    if not second:
        return f"lead ({first} | {first}c)"
    return f'lead ({first} next lead | {first}c "; they " lead) ({second[0]} | {second[0]}c)'


def _divided(deeds: Sequence[str]) -> tuple[list[str], list[str]]:
    """Deeds without and with a figure of the other side after a comma."""
    open_ended = [deed for deed in deeds if AGAINST in deed]
    return [deed for deed in deeds if AGAINST not in deed], open_ended


def _description(tag: str, subject: Subject, family: Family) -> Iterator[str]:
    """`Customers who … ; also into …; often bought …`."""
    who = people(family.vocabulary).capitalize()
    told = description_phrases(subject, family.vocabulary)
    heads = [literal(who) + f' " who " lead e{tag}'] if told.deeds else []
    heads += [literal(who) + f' " into " t{tag} tail'] if told.tastes else []
    heads += [] if heads else [f"{literal(who)} {literal(' of ')} lead tail"]
    # In this order and each once, so that no model can go round in circles.
    further = [f'(" and " e{tag})?'] if len(told.deeds) > 1 else []
    further += [f'(", into " t{tag} (" and " t{tag})?)?'] if told.deeds and told.tastes else []
    further += [f'("; " a{tag})?'] if told.asides else []
    yield f"d{tag} ::= " + " ".join([f"({' | '.join(heads)})", *further])
    if told.deeds:
        yield f"e{tag} ::= {either(told.deeds)}"
    if told.tastes:
        yield f"t{tag} ::= {either(told.tastes)}"
    if told.asides:
        yield f"a{tag} ::= {either(told.asides)}"


@lru_cache(maxsize=8)
def _word_rules(words: frozenset[str]) -> tuple[str, ...]:
    return tuple(word_rules(words))
