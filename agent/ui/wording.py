"""Names of what is measured, for forms and tables, where sentences would be too long."""

from __future__ import annotations

from agent.segments.lexicon import plain
from agent.segments.phrasing import phrase, spaced
from agent.ui.room import Room


def measure_name(room: Room, feature: str) -> str:
    """`Visits at the weekend`, `Spend in Baking`, `Region: London`."""
    kind, _, rest = feature.partition(":")
    said = room.page.words["measures"]
    if feature in said:
        return said[feature]
    if kind == "attribute":
        key, _, value = rest.partition("=")
        return _capital(f"{spaced(key)}: {plain(value)}")
    words = room.world.words
    name = " ".join(phrase(feature, "", words)[1].split()).removeprefix("of ").removesuffix(" of")
    return _capital(name)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
