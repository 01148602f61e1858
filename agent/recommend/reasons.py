"""Why this item: the score as exact shares of history, segments, statements and the rest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

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
    found = [*_history(scorer, scored, item, places), *_segments(scorer, scored, item, places)]
    found += _stated(scored, item)
    found = [one for one in found if one.share != 0]
    found.sort(key=lambda one: (-abs(one.share), one.kind, one.id))
    told, others = found[:most], found[most:]
    rest = float(scored.parts["popularity"][item]) + sum(one.share for one in others)
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


def _history(scorer: Scorer, scored: Scored, item: int, places: Places) -> list[Share]:
    if scored.person.words:
        return []
    shares = scorer.of_history(scored, np.array([item]))[:, 0]
    return [
        Share(
            kind="item",
            id=places.items[h],
            title=places.titles[h],
            share=float(share),
            facts=(f"item/{places.items[h]}",),
        )
        for h, share in zip(scored.person.history, shares, strict=True)
    ]


def _segments(scorer: Scorer, scored: Scored, item: int, places: Places) -> list[Share]:
    if scored.person.words:
        return []
    return [
        Share(
            kind="segment",
            id=places.segments[k],
            title=places.names[k],
            share=float(share),
            facts=carrying(places, k, item),
        )
        for k, share in enumerate(scorer.of_segments(scored, item))
        if share != 0
    ]


def _stated(scored: Scored, item: int) -> list[Share]:
    person = scored.person
    found = [
        Share(
            kind="taste",
            id=f"{one.stance}/{one.name}",
            title=one.name,
            share=float(moved[item]),
            facts=(f"stated/{one.name}",),
        )
        for one, moved in zip(person.statements, scored.statements, strict=True)
    ]
    if person.words:
        found.append(
            Share(
                kind="taste",
                id=f"stated/{person.words}",
                title=person.words,
                share=float(scored.words[item]),
                facts=(f"stated/{person.words}",),
            )
        )
    return found


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
