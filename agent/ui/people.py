"""People: whom to look for, and one person with their facts, segments and interests."""

from __future__ import annotations

from typing import Any

from pydantic import JsonValue

from agent.cards import ProfileCard
from agent.chat.results import Result
from agent.chat.world import NOWHERE
from agent.errors import UnknownNameError
from agent.records import Statement
from agent.ui.room import Asks, Reply, Room, Served
from agent.ui.telling import Line, Mark, lay_out

FOUND = 12


class Sought(Asks):
    query: str = ""


class Person(Asks):
    user: str


class Belonging(Asks):
    user: str
    segment: str


class Edit(Asks):
    user: str
    add: tuple[str, ...] = ()
    strike: tuple[str, ...] = ()
    withdraw: tuple[str, ...] = ()


class People:
    """What the pages about single people ask for; not there where none may be seen."""

    def __init__(self, room: Room) -> None:
        self.room = room

    def served(self) -> list[Served]:
        if self.room.hidden:
            return []
        serve = self.room.served
        return [
            serve("find_people", Sought, self.find),
            serve("person", Person, self.person),
            serve("belonging", Belonging, self.belonging),
            serve("edit_person", Edit, self.edit),
        ]

    def find(self, asked: Sought) -> Reply:
        """People by id or by a description; without either those who stand for their segments."""
        world, query = self.room.world, asked.query.strip()
        if not query:
            leaves = sorted(world.leaves.values(), key=lambda card: (-card.size, card.id))
            users = [card.exemplars[0] for card in leaves if card.exemplars]
            return self._listed(users, query)
        try:
            exact = [self.room.desk.names.user(query)]
        except UnknownNameError:
            exact = []
        by_id = [user for user in world.table.users if user.startswith(query)][:FOUND]
        found: list[str] = []
        if not exact:
            hits = self.room.call("find_users", words=query, count=FOUND).data.get("users")
            found = [str(hit["user"]) for hit in hits or () if isinstance(hit, dict)]  # type: ignore[union-attr]
        return self._listed(list(dict.fromkeys([*exact, *by_id, *found]))[:FOUND], query)

    def person(self, asked: Person) -> Reply:
        """One person: profile, facts, segments; what to show them is asked for apart."""
        room = self.room
        card = room.agent.profile(asked.user)
        marks = {
            fact.id: Mark(int(fact.id[1:]), f"user/{card.user_id}/{fact.id}", fact.text, "")
            for fact in card.facts
        }
        told = [
            Line(sentence.text, tuple(marks[fact] for fact in sentence.facts))
            for sentence in card.sentences
        ]
        html = room.draw(
            "person",
            card=card,
            told=[told],
            marks=list(marks.values()),
            segments=[(room.world.segments.get(w.segment), w) for w in card.memberships],
            others=[
                one
                for one in room.world.leaves.values()
                if one.id not in {w.segment for w in card.memberships}
            ],
            colours=room.colours(),
            interests=self._interests(card),
        )
        leans = [w.segment for w in card.memberships[:1]]
        return {"html": html, "user": card.user_id, "leans": list[JsonValue](leans)}

    def belonging(self, asked: Belonging) -> Reply:
        """Why a person is, or is not, in a segment."""
        result: Result = self.room.call("why_in_segment", user=asked.user, segment=asked.segment)
        html = self.room.draw("told", paragraphs=lay_out(result.text(), result.citations))
        return {"html": html}

    def edit(self, asked: Edit) -> Reply:
        """Keep what is stated of somebody's interests; gives the interests as they stand now."""
        card = self.room.agent.edit_profile(
            asked.user, add=asked.add, strike=asked.strike, withdraw=asked.withdraw
        )
        return {"html": self._interests(card)}

    def _interests(self, card: ProfileCard) -> str:
        stated: dict[str, Statement] = {one.name.casefold(): one for one in card.statements}
        observed = {one.name.casefold() for one in card.interests}
        return self.room.draw(
            "interests",
            interests=[(one, stated.get(one.name.casefold())) for one in card.interests],
            stated=[one for name, one in stated.items() if name not in observed],
            categories=list(self.room.world.catalogue.of_category),
        )

    def _listed(self, users: list[str], query: str) -> Reply:
        world, found = self.room.world, list[dict[str, Any]]()
        for user in users:
            profile, membership = world.profiles.get(user), world.memberships.get(user)
            if profile is None or membership is None:
                continue
            leaf = world.leaves.get(membership.label or NOWHERE)
            found.append(
                {
                    "user": user,
                    "headline": profile.headline,
                    "segment": leaf.name if leaf else "",
                    "shade": self.room.colours().get(leaf.id) if leaf else None,
                }
            )
        return {"html": self.room.draw("people_found", found=found, query=query)}
