"""Audiences: people by conditions, their number before anything else, an export once confirmed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from pydantic import Field

from agent.behaviour.wording import number
from agent.chat.results import Result
from agent.chat.tools_audience import MOST_CONDITIONS, Asked
from agent.chat.world import NOWHERE
from agent.segments.readable import is_share, unit
from agent.ui.room import Asks, Reply, Room, Served
from agent.ui.telling import lay_out
from agent.ui.wording import measure_name

GROUPS = ("measures", "category", "attribute", "channel", "action")
"""Kinds of conditions in the order they are offered; items are typed."""


class Nothing(Asks):
    """Nothing to say."""


class Wanted(Asks):
    segment: str = ""
    conditions: tuple[Asked, ...] = Field(default=(), max_length=MOST_CONDITIONS)


class Token(Asks):
    token: str


class Audiences:
    """What the audience builder asks for."""

    def __init__(self, room: Room) -> None:
        self.room = room

    def served(self) -> list[Served]:
        serve = self.room.served
        asked = [
            serve("builder", Nothing, self.builder),
            serve("size", Wanted, self.size),
        ]
        if self.room.hidden:
            return asked
        return [
            *asked,
            serve("prepare", Wanted, self.prepare),
            serve("confirm", Token, self.confirm),
        ]

    def builder(self, asked: Nothing) -> Reply:
        """The form: segments, and everything a condition can be about."""
        room = self.room
        groups: dict[str, list[Any]] = {group: [] for group in GROUPS}
        for feature in room.world.table.names:
            kind = feature.partition(":")[0] if ":" in feature else "measures"
            groups[kind].append({"id": feature, "name": measure_name(room, feature)})
        for names in groups.values():
            names.sort(key=lambda one: str(one["name"]).casefold())
        html = room.draw(
            "builder",
            segments=list(room.world.segments.values()),
            nowhere=NOWHERE,
            groups=[(group, names) for group, names in groups.items() if names],
            who=room.desk.who,
            most=MOST_CONDITIONS,
        )
        features: dict[str, Any] = {name: self._about(name) for name in room.world.table.names}
        return {"html": html, "features": features, "most": MOST_CONDITIONS}

    def size(self, asked: Wanted) -> Reply:
        """How many that is, in this scope's words, and where they are at home."""
        room = self.room
        result = room.call("size_audience", **_arguments(asked))
        people = result.data.get("people")
        told = lay_out(result.text(), result.citations)
        everybody = len(room.world.table.users)
        if room.hidden:
            everybody = max(1, room.desk.audiences.splits.rounded(everybody))
        shown = ""
        if isinstance(people, int):
            shown = f"{'' if result.data.get('exact') else '≈ '}{number(people)}"
        elif result.status == "nothing":
            shown = "0"
        html = room.draw(
            "audience_size",
            shown=shown,
            part=people / everybody if isinstance(people, int) else 0.0,
            told=told,
            who=room.desk.who,
            exportable=bool(people) and not room.hidden and bool(asked.segment or asked.conditions),
            found=result.status in ("found", "nothing"),
        )
        return {"html": html}

    def prepare(self, asked: Wanted) -> Reply:
        """Prepare an export; what it would hold is shown, and nothing is written yet."""
        result = self.room.call("export_audience", **_arguments(asked))
        said = {citation.text for citation in result.citations}
        waiting = [one for one in self.room.talk.pending() if one.text in said]
        if not waiting:
            return {"error": _plain(result)}
        html = self.room.draw("confirm", pending=waiting[-1])
        return {"html": html}

    def confirm(self, asked: Token) -> Reply:
        """Do what a person has confirmed: the file's text, for the browser to keep."""
        with tempfile.TemporaryDirectory(prefix="folkmap-") as folder:
            to = Path(folder) / "audience.csv"
            rows = self.room.talk.confirm(asked.token, str(to))
            text = to.read_text("utf-8")
        said = self.room.page.words["audiences"]["exported"].format(n=number(rows))
        return {"file": text, "name": f"audience-{rows}.csv", "rows": rows, "said": said}

    def _about(self, feature: str) -> dict[str, Any]:
        """How a feature is asked about: yes or no, or a bound in a unit that begins somewhere."""
        if feature.startswith("attribute:"):
            return {"yes": True}
        split = self.room.desk.audiences.splits.split(feature)
        cut = split.cuts[-1] if split and split.cuts else 0.0
        said = self.room.page.words["audiences"]
        if is_share(feature):
            return {"unit": "%", "value": round(100 * cut)}
        kind = unit(feature)
        named = {"days": said["days"], "money": self.room.world.words.currency}
        return {"unit": named.get(kind, ""), "value": round(cut, 2)}


def _arguments(asked: Wanted) -> dict[str, Any]:
    conditions = [one.model_dump(mode="json") for one in asked.conditions]
    return {"conditions": conditions, "segment": asked.segment or None}


def _plain(result: Result) -> str:
    return " ".join(one.text for one in result.said)
