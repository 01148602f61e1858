"""The printable pieces of a fact: what the frames of sentences and headlines may fill in.

A piece that is not true of a fact is left out, and a frame that asks for it cannot be used: a
frame with the (empty) piece `{halved}` is only ever told of a halving.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agent.profiles import pieces_taste as taste
from agent.profiles import pieces_time as time
from agent.profiles import pieces_worth as worth
from agent.profiles.pieces import Slots, share_pieces
from agent.records import Fact, Vocabulary

_PRESENT = {"bought": "buys", "rated": "rates", "wrote in": "writes in", "used": "uses"}


def common_slots(v: Vocabulary) -> Slots:
    """Words every frame may use: the vocabulary's nouns and verbs, and the domain as a guard."""
    slots = {
        **{"did": v.did, "doing": v.doing, "item": v.item, "items": v.items},
        **{"event": v.event, "events": v.events, "visit": v.visit, "visits": v.visits},
        **{"a_visit": _a(v.visit), "a_item": _a(v.item), "of": v.share_of},
        "on_visit": "on" if v.visit == "day" else "in",
    }
    if v.domain != "events":
        slots[v.domain] = ""
    if v.did in _PRESENT:
        slots["does"] = _PRESENT[v.did]
    return slots


def slots_of(fact: Fact, v: Vocabulary) -> Slots:
    """The pieces of one fact; empty if it lacks what it takes to tell it."""
    return _PIECES[fact.kind](fact, v)


def _a(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


_PIECES: Mapping[str, Callable[[Fact, Vocabulary], Slots]] = {
    **{"totals": time.totals_pieces, "recency": time.recency_pieces},
    **{"cadence": time.cadence_pieces, "daypart": time.daypart_pieces},
    **{"weekpart": time.weekpart_pieces, "season": time.season_pieces},
    **{"trend": time.trend_pieces, "shift": taste.shift_pieces},
    **{"category": taste.category_pieces, "opinion": taste.opinion_pieces},
    **{"items": taste.items_pieces, "breadth": taste.breadth_pieces},
    **{"tail": taste.tail_pieces, "words": taste.words_pieces},
    "repeat": lambda fact, v: share_pieces(fact),
    **{"spend": worth.spend_pieces, "basket": worth.median_pieces, "price": worth.median_pieces},
    **{"quantity": worth.quantity_pieces, "returns": worth.returns_pieces},
    **{"rating": worth.rating_pieces, "channel": worth.channel_pieces},
    **{"action": worth.action_pieces, "ties": worth.ties_pieces},
    **{"audience": worth.audience_pieces, "attribute": worth.attribute_pieces},
}
