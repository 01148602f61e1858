"""arguments of tools: typed, and narrowed to what one run holds when a model sees them."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from agent.chat.desk import Desk
from agent.chat.world import NOWHERE

MOST_NAMES = 250
"""Names listed in a schema, at most; longer lists are checked when the tool is called."""


class Arguments(BaseModel):
    """What a tool is called with; a misspelt argument is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _named(kind: str, description: str) -> Any:
    return Field(description=description, max_length=300, json_schema_extra={"holds": kind})


SegmentName = Annotated[str, _named("segment", "Id of a segment.")]
SomeSegment = Annotated[
    str, _named("segment or none", f"Id of a segment; `{NOWHERE}` for the users of no segment.")
]
Feature = Annotated[str, _named("feature", "What is measured, by its name here.")]
Ranking = Annotated[str, _named("ranking", "What segments are put in order by.")]
Attribute = Annotated[str, _named("attribute", "Something people declare.")]
Category = Annotated[str, _named("category", "A category of items.")]
ItemName = Annotated[str, Field(description="Id or exact title of an item.", max_length=300)]
UserName = Annotated[str, Field(description="Id of a user, as in the log.", max_length=300)]
Words = Annotated[str, Field(description="A description in words.", min_length=1, max_length=500)]
Many = Annotated[int, Field(description="How many to list.", ge=1, le=25)]


def schema_of(arguments: type[Arguments], desk: Desk) -> dict[str, Any]:
    """The JSON schema of a tool's arguments, names narrowed to those of the run."""
    schema = copy.deepcopy(arguments.model_json_schema())
    _narrow(schema, known_names(desk))
    return schema


def known_names(desk: Desk) -> dict[str, list[str]]:
    """Kind of name → all there are."""
    world = desk.world
    features = list(world.table.names)
    segments = list(world.segments)
    return {
        "segment": segments,
        "segment or none": [*segments, NOWHERE],
        "feature": features,
        "ranking": ["size", *totals(desk), *features],
        "attribute": desk.names.attributes(),
        "category": list(world.catalogue.of_category),
    }


def totals(desk: Desk) -> list[str]:
    """Rankings by a sum over members rather than by a typical member."""
    known = ("spend", "events", "visits")
    return [f"total:{name}" for name in known if name in desk.world.table.column]


def _narrow(part: Any, names: Mapping[str, list[str]]) -> None:
    if isinstance(part, dict):
        kind = part.pop("holds", None)
        if kind is not None and len(names[kind]) <= MOST_NAMES:
            part["enum"] = names[kind]
        for value in part.values():
            _narrow(value, names)
    elif isinstance(part, list):
        for value in part:
            _narrow(value, names)
