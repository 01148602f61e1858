"""A recommendation's rationale by a language model: its reasons in a prompt, cited sentences out.

Reasons are called `R1`, `R2`, … in prompt and answer, and their facts again in what comes out. It
is not verified yet; `agent.recommend.rationale` does that with every writer's words.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

from agent.errors import RefusedError
from agent.models.asking import Constraint
from agent.models.grounding import either, gbnf, literal, word_rules
from agent.profiles.model_writer import SPLIT, Asked, one_line
from agent.profiles.names import written
from agent.profiles.telling import finish
from agent.prompting import prompt_hash, render
from agent.recommend.rationale import Case, Reason, facts_of
from agent.records import Sentence

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

PROMPT = "short_rationale"
MAX_TOKENS = 160
MOST_SENTENCES = 2
LONGEST_TEXT = 320
MOST_PIECES = 48
"""Words, names and figures of a sentence."""

_SPOKEN = """
you your it its this that these them they who which because and but too so for to of on in
    with from at by as than not alone also another besides here much way what where
    rated bought liked like likes tend reads alike goes together carries carry speaks speak against
    adds add makes make rests rest comes come takes take off stands stand out single no reason
    score part lean leans answers asked stated struck people everybody everyone times often about
    more less counts count weighs weigh close second then after before same pulls brings behind
    owes most main thing is are was were have has had do did used wrote stays small side
"""
_WORDS = frozenset(_SPOKEN.split())
"""Words of this kind of sentence beside the ordinary ones."""


class ModelRationale:
    """Has a language model say why; `words` may be used freely (`grounding.free_words`)."""

    def __init__(self, model: Asked, words: frozenset[str]) -> None:
        self._model, self._words = model, words

    @property
    def name(self) -> str:
        """The model's, as records have it."""
        return self._model.name

    def write(self, case: Case, attempt: int = 0) -> tuple[Sentence, ...]:
        """One or two sentences; none where nothing usable came.

        Raises ModelError where the model cannot be used at all.
        """
        messages = rationale_messages(case)
        told = "\n".join(str(message.content) for message in messages)
        try:
            reply = self._model.ask(
                messages,
                rationale_constraint(case, self._words),
                seed=attempt,
                max_tokens=MAX_TOKENS,
                prompt_hash=prompt_hash(PROMPT),
                evidence_hash=hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:16],
            )
        except RefusedError:
            return ()
        return read_rationale(reply.text, case)


def rationale_messages(case: Case) -> list[BaseMessage]:
    """The prompt: the task from the system, the item and its reasons from the user."""
    # LangChain takes two seconds to import; only a command with a model waits for it.
    from langchain_core.messages import HumanMessage, SystemMessage

    system, user = rationale_parts(case)
    return [SystemMessage(system), HumanMessage(user)]


def rationale_parts(case: Case) -> tuple[str, str]:
    """The text of both messages, the system's and the user's."""
    told = [f"R{n} {one_line(reason_line(r, case))}" for n, r in enumerate(case.reasons, 1)]
    title = one_line(written(case.title))
    text = render(PROMPT, item=case.words.item, title=title, reasons=told)
    system, _, user = text.partition(f"\n{SPLIT}\n")
    return system, user


def reason_line(reason: Reason, case: Case) -> str:
    """`41 % bought wooden garland in 28 orders, goes with it`."""
    figures, words = reason.figures, case.words
    part = f"{reason.percent} %"
    title = written(reason.share.title)
    match reason.share.kind:
        case "item":
            deed = f"{part} {words.did} {title}{did(reason, case)}"
            return f"{deed}, {'reads like it' if reason.through == 'text' else 'goes with it'}"
        case "segment":
            yours = f", {figures['alpha']:g} % yours" if "alpha" in figures else ""
            return f"{part} segment {title}{yours}, {figures['lift']:g} times as often"
        case "taste":
            stance = "stated" if reason.share.id.startswith("stated/") else "struck out"
            return f"{part} {stance} “{reason.share.title}”"
    liked = f", {figures['liked']:g} % of everybody like it" if "liked" in figures else ""
    return f"{part} rest{liked}"


def did(reason: Reason, case: Case) -> str:
    """What stands after the title of what the user did: ` in 28 orders`, ` at 5`, or nothing."""
    figures = reason.figures
    if "rating" in figures:
        return f" at {figures['rating']:g}"
    if figures.get("visits", 0) > 1:
        return f" in {figures['visits']:,.0f} {case.words.visits}"
    return ""


def rationale_constraint(case: Case, words: frozenset[str]) -> Constraint:
    """What a rationale may be: ordinary words around the names and figures of what it cites."""
    ids = [f"R{n}" for n in range(1, len(case.reasons) + 1)]
    return Constraint(schema=_schema(ids), grammar=gbnf([*_rules(case), *_word_rules(words)]))


def _schema(ids: Sequence[str]) -> dict[str, Any]:
    cited = {
        "type": "array",
        "items": {"type": "string", "enum": list(ids)},
        "minItems": 1,
        "maxItems": 2,
    }
    text = {"type": "string", "minLength": 10, "maxLength": LONGEST_TEXT}
    sentence = {
        "type": "object",
        "properties": {"facts": cited, "text": text},
        "required": ["facts", "text"],
        "additionalProperties": False,
    }
    several = {
        "type": "array",
        "items": sentence,
        "minItems": 1,
        "maxItems": MOST_SENTENCES,
    }
    return {
        "type": "object",
        "properties": {"sentences": several},
        "required": ["sentences"],
        "additionalProperties": False,
    }


def _rules(case: Case) -> Iterator[str]:
    opening, end = literal('{"sentences":['), literal("]}")
    yield f'root ::= {opening} sentence ("," sentence)? {end}'
    places = range(len(case.reasons))
    groups = [*((at,) for at in places), *combinations(places, 2)]
    cited = []
    for group in groups:
        tag = "x".join(map(str, group))
        ids = ",".join(f'"R{at + 1}"' for at in group)
        start = literal(f'{{"facts":[{ids}],"text":"')
        cited.append(f"{start} s{tag}")
        pieces = " | ".join(f"p{at}" for at in group)
        piece = f"title | {pieces}"
        yield f"e{tag} ::= w | {piece}"
        yield f's{tag} ::= (cw | e{tag}) (joint e{tag}){{2,{MOST_PIECES}}} "." "\\"}}"'
    yield f"sentence ::= {' | '.join(cited)}"
    yield 'joint ::= " " | ", " | "; " | ": "'
    yield f"title ::= {either([written(case.title), case.words.item])}"
    for at, reason in enumerate(case.reasons):
        yield f"p{at} ::= {either(_phrases(reason, case))}"


def _phrases(reason: Reason, case: Case) -> list[str]:
    """The names and figures of a reason, each with its unit."""
    part, figures = part_of(reason), reason.figures
    found = [part, f"{part} of this score", f"{part} of the score"]
    match reason.share.kind:
        case "item":
            found += [written(reason.share.title)]
            found += [said.strip() for said in [did(reason, case)] if said]
            if "rating" in figures:
                found.append(f"{figures['rating']:g}")
        case "segment":
            found += [written(reason.share.title), f"{figures['lift']:g} times"]
            if "alpha" in figures:
                found.append(f"{figures['alpha']:g} %")
        case "taste":
            found.append(f"“{reason.share.title}”")
        case _:
            if "liked" in figures:
                found.append(f"{figures['liked']:g} % of everybody")
    return found


def part_of(reason: Reason) -> str:
    """`41 %`; where others count against the item, a reason can be worth more than all."""
    percent = abs(reason.percent)
    return f"{percent} %" if percent <= 100 else "more than all"


def read_rationale(text: str, case: Case) -> tuple[Sentence, ...]:
    """The sentences of an answer, with facts for `R1`; what is of another form is left out."""
    facts: Mapping[str, set[str]] = {
        f"R{n}": facts_of(reason) for n, reason in enumerate(case.reasons, 1)
    }
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    parts = answer.get("sentences") if isinstance(answer, dict) else None
    found = []
    for part in parts if isinstance(parts, list) else ():
        if not isinstance(part, dict) or not isinstance(part.get("facts"), list):
            continue
        said = one_line(part.get("text"))
        cited = [i for i in part["facts"] if isinstance(i, str) and i in facts]
        if said and cited:
            ids = [fact for i in dict.fromkeys(cited) for fact in sorted(facts[i])]
            found.append(Sentence(text=finish(said), facts=tuple(dict.fromkeys(ids))))
    return tuple(found[:MOST_SENTENCES])


@lru_cache(maxsize=8)
def _word_rules(words: frozenset[str]) -> tuple[str, ...]:
    return tuple(word_rules(words | _WORDS))
