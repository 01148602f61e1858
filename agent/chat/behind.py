"""what a segment's description rests on: the rule and the facts that hold its names and figures."""

from __future__ import annotations

import re

from agent.cards import SegmentCard
from agent.chat.desk import OF_PEOPLE, Desk
from agent.chat.results import Draft
from agent.records import Sentence

_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
MOST = 5


def cite_description(draft: Draft, desk: Desk, card: SegmentCard) -> tuple[str, ...]:
    """Make what a description says citable; ids of the records that bear it out, the rule first."""
    cited = []
    if card.rule:
        told = " and ".join(predicate.text for predicate in card.rule)
        cited.append(draft.cite(f"segment/{card.id}/rule", f"rule: {told}"))
    facts = {fact.id: fact for fact in card.facts}
    for one in _behind(card, countable=not desk.hidden):
        cited.append(draft.cite(f"segment/{card.id}/{one}", desk.fact_text(card, facts[one])))
    return tuple(cited) or (desk.cite_size(draft, card.id),)


def description(card: SegmentCard) -> Sentence:
    """A label's description with the facts it rests on, none that counts people; else the size."""
    facts = _behind(card, countable=False) or (card.facts[0].id,)
    return Sentence(text=card.description, facts=facts)


def _behind(card: SegmentCard, *, countable: bool) -> tuple[str, ...]:
    """Ids of the facts whose names or figures a description says; the rule's figures need none."""
    told = " ".join(predicate.text for predicate in card.rule)
    wanted = _figures(card.description) - _figures(told)
    found = []
    for fact in card.facts[1:]:
        if fact.kind in OF_PEOPLE and not countable:
            continue
        names = [name for role, name in fact.names.items() if role != "rival"]
        figures = wanted & _figures(fact.text)
        if figures or any(name.casefold() in card.description.casefold() for name in names):
            found.append(fact.id)
            wanted -= figures
    return tuple(found[:MOST])


def _figures(text: str) -> set[str]:
    return {figure.replace(",", "").rstrip(".") for figure in _FIGURE.findall(text)}
