"""Why this item: the score as exact shares of history, segments, statements and the rest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

from agent.recommend.scoring import Scored, Scorer
from agent.records import Fact, Share

MOST_SHARES = 8
"""Shares told one by one, the largest of either sign; the others add up to the rest."""


@dataclass(frozen=True)
class Places:
    """What the places in a model stand for."""

    items: list[str]
    titles: list[str]
    categories: list[list[str]]
    segments: list[str]
    """(K,) ids of the leaves."""
    names: list[str]
    """(K,) their names."""
    facts: list[tuple[Fact, ...]]
    """(K,) their facts."""

    @cached_property
    def place(self) -> dict[str, int]:
        """Item → its place."""
        return {item: at for at, item in enumerate(self.items)}


def shares_of(
    scorer: Scorer, scored: Scored, item: int, places: Places, *, most: int = MOST_SHARES
) -> tuple[Share, ...]:
    """Shares of one item's score, largest first; they add up to `scored.total[item]`.

    A history item's share is all it does for this item: what goes with it, and how alike the two
    read. Taking it away lowers the score by exactly that, memberships and weights held.
    """
    found = _found(scorer, scored, item)
    amounts = np.array([one.share for one in found])
    order = np.argsort(-np.abs(amounts), kind="stable")
    order = order[amounts[order] != 0]
    # Of equal ones as many as tie with the last that is told; records are made of few.
    least = abs(amounts[order[most - 1]]) if len(order) > most else 0.0
    near = int((np.abs(amounts[order]) >= least).sum())
    largest = [_share(found[at], item, scored, places) for at in order[:near]]
    largest.sort(key=lambda one: (-abs(one.share), one.kind, one.id))
    told = largest[:most]
    others = [*(one.share for one in largest[most:]), *amounts[order[near:]].tolist()]
    rest = float(scored.parts["popularity"][item]) + sum(others)
    parts = ["popularity with everybody"] if scored.parts["popularity"][item] else []
    if others:
        parts.append(f"{len(others):,} smaller shares")
    if len(scored.penalty):
        rest += float(scored.penalty[item])
        parts.append("less for being popular, as asked")
    return (
        *told,
        Share(kind="rest", id="rest", title="; ".join(parts) or "nothing else", share=rest),
    )


class _Found(NamedTuple):
    """A share, and which of its kind it is: a place in the history, a segment or a statement."""

    kind: Literal["item", "segment", "taste"]
    at: int
    share: float


def _found(scorer: Scorer, scored: Scored, item: int) -> list[_Found]:
    person = scored.person
    stated = [float(moved[item]) for moved in scored.statements]
    if person.words:
        return _each("taste", [*stated, float(scored.words[item])])
    return [
        *_each("item", scorer.of_history(scored, np.array([item]))[:, 0].tolist()),
        *_each("segment", scorer.of_segments(scored, item).tolist()),
        *_each("taste", stated),
    ]


def _each(kind: Literal["item", "segment", "taste"], shares: list[float]) -> list[_Found]:
    return [_Found(kind, at, share) for at, share in enumerate(shares)]


def _share(one: _Found, item: int, scored: Scored, places: Places) -> Share:
    person = scored.person
    facts: tuple[str, ...]
    if one.kind == "item":
        h = int(person.history[one.at])
        name, title, facts = places.items[h], places.titles[h], (f"item/{places.items[h]}",)
    elif one.kind == "segment":
        name, title = places.segments[one.at], places.names[one.at]
        facts = carrying(places, one.at, item)
    elif one.at < len(person.statements):
        stated = person.statements[one.at]
        name, title, facts = (
            f"{stated.stance}/{stated.name}",
            stated.name,
            (f"stated/{stated.name}",),
        )
    else:
        name, title, facts = f"stated/{person.words}", person.words, (f"stated/{person.words}",)
    return Share(kind=one.kind, id=name, title=title, share=one.share, facts=facts)


def carrying(places: Places, segment: int, item: int) -> tuple[str, ...]:
    """The fact of a segment that bears most on an item, as `segment/s7/S2`.

    One that names the item, else one that names a category of it and is above the usual, else its
    size; none for a segment without facts.
    """
    facts = places.facts[segment]
    title, kinds = places.titles[item], set(places.categories[item])
    named = [f for f in facts if f.kind == "items" and title in f.names.values()]
    above = [
        f
        for f in facts
        if f.kind == "category"
        and kinds & set(f.names.values())
        and f.numbers.get("share", 0) > f.numbers.get("population", 0)
    ]
    chosen = (*named, *above, *facts[:1])[:1]
    return tuple(f"segment/{places.segments[segment]}/{fact.id}" for fact in chosen)
