"""cards for those who may not see individuals: rounded, no names, nothing that tells of a few."""

from __future__ import annotations

from agent.cards import SegmentCard
from agent.chat.behind import description
from agent.chat.desk import Desk
from agent.recommend.cards import Recommendations
from agent.records import Fact, Recommendation


def segment_card(desk: Desk, card: SegmentCard) -> SegmentCard:
    """A segment as the scope may read it."""
    if not desk.hidden:
        return card
    rounded = desk.audiences.splits.rounded
    size = rounded(int(desk.world.members[card.id].sum()))
    everybody = max(1, rounded(len(desk.world.table.users)))
    facts = tuple(
        Fact(id=fact.id, kind=fact.kind, text=desk.fact_text(card, fact), direction=fact.direction)
        for fact in card.facts
    )
    said = description(card)
    return card.model_copy(
        update={
            "size": size,
            "share": round(size / everybody, 2),
            "facts": facts,
            "description": said.text if desk.tells(card, said) else "",
            "why": tuple(one for one in card.why if desk.tells(card, one)),
            "precision": None,
            "recall": None,
            "exemplars": (),
        }
    )


def recommendations(found: Recommendations, words: dict[str, str]) -> Recommendations:
    """A list without the shares behind it: of the items there are words for, those words."""
    kept = (one for one in found.items if one.item_id in words)
    return found.model_copy(update={"items": tuple(_bare(one, words) for one in kept)})


def _bare(one: Recommendation, words: dict[str, str]) -> Recommendation:
    return Recommendation(
        item_id=one.item_id,
        title=one.title,
        score=round(one.score, 2),
        rationale=words[one.item_id],
        because=(),
    )
