"""Segments as cards, one of them in full, and two or three side by side."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from agent.cards import SegmentCard
from agent.chat.desk import OF_PEOPLE, Desk
from agent.chat.figures import typical_of
from agent.chat.world import NOWHERE
from agent.records import Fact
from agent.segments.phrasing import figure
from agent.segments.readable import is_share, share_family
from agent.ui.room import Asks, Reply, Room, Served
from agent.ui.telling import lay_out
from agent.ui.wording import measure_name

SIDE_BY_SIDE = 3
APART = 3
"""Facts on a card that set a segment apart."""
ROWS = 12
"""Measures in a comparison, at most."""
OF_A_KIND = 3
"""Categories, or hours of the day, among them."""
CLEARLY = 0.12
"""Difference of mean ranks (0..1) from which segments differ in a measure."""

_OTHERS = re.compile(r"(.+?)(?: on average| on the median)? \((others: [^;)]+)")


class Nothing(Asks):
    """Nothing to say."""


class One(Asks):
    segment: str


class Several(Asks):
    segments: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One measure of a comparison: what it is called and each segment's figure and bar."""

    name: str
    cells: tuple[tuple[str, float], ...]
    """(figure, share of the largest)."""


class Segments:
    """What the segments' page asks for."""

    def __init__(self, room: Room) -> None:
        self.room = room

    def served(self) -> list[Served]:
        serve = self.room.served
        return [
            serve("segments", Nothing, self.cards),
            serve("segment", One, self.one),
            serve("compare", Several, self.compare),
        ]

    def cards(self, asked: Nothing) -> Reply:
        """Families with their leaves, larger ones first, and who is in none."""
        world = self.room.world
        parents = sorted(
            (card for card in world.segments.values() if card.level == 0),
            key=lambda card: (-card.size, card.id),
        )
        known = {card.id for card in parents}
        families: list[tuple[Any, list[Any]]] = []
        for parent in parents:
            inside = [c for c in world.leaves.values() if c.parent == parent.id]
            families.append((self._shown(parent), self._sorted(inside)))
        alone = [card for card in world.leaves.values() if card.parent not in known]
        if alone:
            families.append((None, self._sorted(alone)))
        nowhere = world.members[NOWHERE]
        html = self.room.draw(
            "segments_cards",
            families=families,
            leaves=len(world.leaves),
            who=self.room.desk.who,
            nowhere=self.room.desk.audiences.size(nowhere) if nowhere.any() else "",
            nowhere_share=self.room.desk.share(nowhere),
        )
        return {"html": html}

    def one(self, asked: One) -> Reply:
        """Everything about one segment."""
        room = self.room
        card = room.world.segments[room.desk.names.segment(asked.segment)]
        described = room.call("describe_segment", segment=card.id, detail=True)
        demand = room.call("segment_demand", segment=card.id, kind="categories")
        shown = room.call("recommend", segment=card.id)
        members = None if room.hidden else room.call("segment_members", segment=card.id, count=8)
        users: list[Any] = []
        if members is not None:
            for user in members.data.get("users") or ():  # type: ignore[union-attr]
                profile = room.world.profiles.get(str(user))
                users.append((user, profile.headline if profile else ""))
        facts = [(f"segment/{card.id}/{f.id}", room.desk.fact_text(card, f)) for f in card.facts]
        html = room.draw(
            "segment",
            one=self._shown(card),
            detail=lay_out(described.text(), described.citations),
            demand=lay_out(demand.text(), demand.citations),
            shown=lay_out(shown.text(), shown.citations),
            users=users,
            exemplars=card.exemplars,
            facts=facts,
            parts_of=[c for c in room.world.leaves.values() if c.parent == card.id],
            parent=room.world.segments.get(card.parent or ""),
            who=room.desk.who,
        )
        return {"html": html, "name": card.name}

    def compare(self, asked: Several) -> Reply:
        """Two or three segments side by side: what they are, and what they differ in most."""
        room = self.room
        names = [room.desk.names.segment(one) for one in asked.segments[:SIDE_BY_SIDE]]
        names = list(dict.fromkeys(names))
        cards = [self._shown(room.world.segments[one]) for one in names]
        html = room.draw("segments_compare", cards=cards, rows=self._rows(names), who=room.desk.who)
        return {"html": html, "names": [one["card"].name for one in cards]}

    def _sorted(self, cards: list[SegmentCard]) -> list[dict[str, Any]]:
        return [self._shown(card) for card in sorted(cards, key=lambda c: (-c.size, c.id))]

    def _shown(self, card: SegmentCard) -> dict[str, Any]:
        """A card as far as the scope lets it be seen; said as the chat would."""
        desk, world = self.room.desk, self.room.world
        said = self.room.call("describe_segment", segment=card.id)
        cited = {fact for one in said.said[1:] for fact in one.facts}
        sentences = lay_out(
            " ".join(str(one) for one in said.said[1:]),
            [citation for citation in said.citations if citation.id in cited],
        )
        apart = [f for f in card.facts[1:] if f.kind not in ("items", "trend")][:APART]
        tested = card.precision is not None and card.recall is not None and not desk.hidden
        return {
            "card": card,
            "shade": self.room.colours().get(card.id),
            "size": desk.size(card.id),
            "share": desk.share(world.members[card.id]),
            "part": _part(desk, card.id),
            "said": [sentences[0][:1]] if sentences else [],
            "why": [sentences[0][1:]] if sentences and len(sentences[0]) > 1 else [],
            "apart": [_contrast(desk.fact_text(card, fact), fact) for fact in apart],
            "trend": [desk.fact_text(card, f) for f in card.facts if f.kind == "trend"],
            "precision": card.precision if tested else None,
            "recall": card.recall if tested else None,
        }

    def _rows(self, names: list[str]) -> list[Row]:
        """Measures by how far apart the segments' mean ranks are, the clearest first."""
        world = self.room.world
        table = world.table
        if len(names) < 2:
            return []
        ranks = np.array([world.mean_ranks(one) for one in names])
        gap = ranks.max(axis=0) - ranks.min(axis=0)
        rows: list[Row] = []
        told: list[str] = []
        for at in np.argsort(-gap, kind="stable"):
            feature = table.names[at]
            kind = share_family(feature) or feature
            if len(rows) == ROWS or gap[at] < CLEARLY:
                break
            if feature.startswith(("attribute:", "action:")) or told.count(kind) == OF_A_KIND:
                continue
            values = [typical_of(world, feature, one) for one in names]
            if np.isnan(values).any():
                continue
            figures = [figure(feature, value, world.words)[0] for value in values]
            if len(set(figures)) == 1:
                continue
            told.append(kind)
            most = 1.0 if is_share(feature) else max(max(map(abs, values)), 1e-9)
            bars = [abs(value) / most for value in values]
            name = measure_name(self.room, feature)
            rows.append(Row(name, tuple(zip(figures, bars, strict=True))))
        return rows


def _part(desk: Desk, segment: str) -> float:
    """A segment's share of everybody, for a bar; of rounded numbers where exact ones are hidden."""
    inside, everybody = int(desk.world.members[segment].sum()), len(desk.world.table.users)
    if desk.hidden:
        inside, everybody = (desk.audiences.splits.rounded(n) for n in (inside, everybody))
    return inside / max(1, everybody)


def _contrast(text: str, fact: Fact) -> dict[str, Any]:
    """A fact as a figure with that of others beside it, and a bar where it is a share."""
    match = _OTHERS.match(text)
    own, others = fact.numbers.get("share"), fact.numbers.get("population")
    bar = own is not None and others is not None and fact.kind not in OF_PEOPLE
    return {
        "text": match[1] if match else text,
        "beside": match[2] if match else "",
        "part": own / 100 if bar and own is not None else None,
        "others": others / 100 if bar and others is not None else None,
    }
