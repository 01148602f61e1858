"""Shares made ready to be told: what the user did with an item, how far a segment likes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from agent.behaviour.measures import Measures
from agent.behaviour.wording import percent, printed
from agent.recommend.rationale import Case, Reason
from agent.recommend.reasons import Places
from agent.recommend.scoring import Scored, Scorer
from agent.records import Share, Vocabulary

Deeds = Mapping[str, Mapping[str, float]]


def make_case(
    scorer: Scorer,
    scored: Scored,
    item: int,
    because: Sequence[Share],
    places: Places,
    deeds: Deeds,
    words: Vocabulary,
    place: int = 0,
) -> Case:
    """The reasons of one recommendation with every figure a sentence about them may use.

    `deeds` as `deeds_of` finds them; `place` is the item's on the list, from 0.
    """
    score = float(scored.total[item])
    reasons = []
    for share in because:
        figures: dict[str, float] = {}
        through: Literal["together", "text", ""] = ""
        if share.kind == "item":
            figures = dict(deeds.get(share.id, {}))
            through = _through(scorer, scored, places.place[share.id], item)
        elif share.kind == "segment":
            k = places.segments.index(share.id)
            figures = {"lift": printed(round(scorer.model.affinity.lift(k, item), 1))}
            if not scored.person.group:
                figures["alpha"] = percent(float(scored.person.alpha[k]))
        elif share.kind == "rest":
            figures = {"liked": percent(float(scorer.model.affinity.popularity[item]))}
        part = round(100 * share.share / score) if score > 0 else 0
        reasons.append(Reason(share, part, figures, through))
    return Case(places.items[item], places.titles[item], score, tuple(reasons), words, place=place)


def deeds_of(measures: Measures, user: str) -> Deeds:
    """Item → what the user did with it: `rating` where the log has them, else `visits`."""
    rows = measures.items_of(user)
    found: dict[str, dict[str, float]] = {}
    for item, visits, value in rows.select("item_id", "visits", "value").iter_rows():
        if measures.vocabulary.domain == "ratings" and value is not None:
            found[item] = {"rating": printed(round(value, 1))}
        else:
            found[item] = {"visits": float(visits)}
    return found


def _through(
    scorer: Scorer, scored: Scored, history: int, item: int
) -> Literal["together", "text"]:
    weights = scored.level.weights
    together = weights["together"] * scorer.model.together.between(history, item)
    text = weights["text"] * scorer.model.texts.between(history, item)
    return "text" if text > together else "together"
