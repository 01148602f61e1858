"""/v1/segments: what there is, who is in it, how two differ, what to show it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from agent.cards import SegmentCard
from agent.chat.results import Result
from agent.chat.world import NOWHERE
from agent.records import Member, Record
from agent.service.redaction import segment_card
from agent.service.rest.common import (
    NAME,
    PROBLEMS,
    Analyst,
    Asks,
    SegmentName,
    Serves,
    example,
    json_response,
)
from agent.service.rest.examples import RESULT, SEGMENT

router = APIRouter(prefix="/v1/segments", tags=["segments"], responses=PROBLEMS)


class Members(Record):
    """A page of a segment's members, strongest first."""

    segment: str
    size: int
    members: tuple[Member, ...]


@router.get("", response_model=list[SegmentCard], responses=example([SEGMENT]))
async def list_segments(reader: Asks, service: Serves) -> Response:
    """Every labelled segment, parents before leaves, larger ones first.

    In the aggregate scope sizes are rounded, nobody is named, and what counts few is left out.
    """
    scope = reader.scope

    def make() -> bytes:
        talk = service.talk(scope)
        cards = [segment_card(talk.desk, card) for card in talk.desk.world.segments.values()]
        return b"[" + b",".join(card.model_dump_json().encode() for card in cards) + b"]"

    return json_response(await service.remembered(("segments", scope), make))


@router.get("/{segment}", response_model=SegmentCard, responses=example(SEGMENT))
async def get_segment(segment: SegmentName, reader: Asks, service: Serves) -> Response:
    """One segment, by id or name: what it is, why it is one, its rule and how well that holds."""
    scope = reader.scope

    def make() -> bytes:
        talk = service.talk(scope)
        card = talk.desk.world.segments[talk.desk.names.segment(segment)]
        return segment_card(talk.desk, card).model_dump_json().encode()

    return json_response(await service.remembered(("segment", scope, segment), make))


@router.get("/{segment}/members", response_model=Members)
async def list_members(
    segment: SegmentName,
    reader: Analyst,
    service: Serves,
    limit: Annotated[int, Query(ge=1, le=1000, description="Members on a page.")] = 50,
    offset: Annotated[int, Query(ge=0, le=10**9, description="Members to pass over.")] = 0,
) -> Response:
    """Who is in a segment, those whose membership weighs most first; analysts only."""

    def make() -> bytes:
        talk = service.talk(reader.scope)
        name = talk.desk.names.segment(segment)
        everybody = service.members(name)
        page = tuple(everybody[offset : offset + limit])
        return Members(segment=name, size=len(everybody), members=page).model_dump_json().encode()

    return json_response(await service.remembered(("members", segment, limit, offset), make))


@router.get("/{segment}/compare/{other}", response_model=Result, responses=example(RESULT))
async def compare(
    segment: SegmentName,
    other: Annotated[str, Path(description=f"Another one; `{NOWHERE}`: those in none.", **NAME)],
    reader: Asks,
    service: Serves,
    feature: Annotated[
        str | None, Query(description="One measure to compare them in.", **NAME)
    ] = None,
) -> Response:
    """What two segments differ in most, or how they compare in one measure."""
    asked = {"segment": segment, "other": other, "feature": feature}
    return json_response(await service.call(reader.scope, "compare_segments", asked))
