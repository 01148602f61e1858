"""/v1/users: one person's profile, where they belong and why, what they edited; analysts only."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from agent.cards import ProfileCard
from agent.chat.results import Result
from agent.recommend.cards import PlacementCard, Recommendations
from agent.records import Record, Weight
from agent.service.rest.common import (
    PROBLEMS,
    WORDS,
    Analyst,
    Body,
    ItemName,
    SegmentName,
    Serves,
    UserName,
    example,
    json_response,
)
from agent.service.rest.examples import PROFILE, RECOMMENDATIONS, RESULT

router = APIRouter(prefix="/v1/users", tags=["users"], responses=PROBLEMS)

Interests = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=200, pattern=WORDS)], ...],
    Field(max_length=50),
]


class Edit(Body):
    """What a person says of their own interests; kept beside what was observed."""

    add: Interests = Field((), description="Interests to add.", examples=[["sourdough baking"]])
    strike: Interests = Field((), description="Interests to strike out.", examples=[["dog food"]])
    withdraw: Interests = Field((), description="Statements to take back.", examples=[[]])


class Memberships(Record):
    """Where somebody belongs; `weights` add up to 1, strongest first."""

    user_id: str
    weights: tuple[Weight, ...]
    label: str | None
    noise: bool
    outlier: float


@router.get("/{user}", response_model=ProfileCard, responses=example(PROFILE))
async def get_profile(user: UserName, reader: Analyst, service: Serves) -> Response:
    """A user's profile: cited sentences, the facts behind them, interests and memberships."""
    key = ("profile", user, await service.edits.digest())
    make = lambda: service.host.agent.profile(user).model_dump_json().encode()  # noqa: E731
    return json_response(await service.remembered(key, make))


@router.patch("/{user}", response_model=ProfileCard, responses=example(PROFILE))
async def edit_profile(user: UserName, edit: Edit, reader: Analyst, service: Serves) -> Response:
    """Add or strike out interests. Kept as the user's own statements; moves what is recommended."""

    def make() -> bytes:
        card = service.host.agent.edit_profile(
            user, add=edit.add, strike=edit.strike, withdraw=edit.withdraw
        )
        return card.model_dump_json().encode()

    edited = await service.tools.run(make)
    service.edits.look_again()
    return json_response(edited)


@router.get("/{user}/memberships", response_model=Memberships)
async def get_memberships(user: UserName, reader: Analyst, service: Serves) -> Response:
    """Where a user belongs: up to three segments with weights, and whether they are in none."""

    def make() -> bytes:
        talk = service.talk(reader.scope)
        found = talk.desk.world.memberships.get(talk.desk.names.user(user))
        assert found is not None
        return Memberships(**found.model_dump()).model_dump_json().encode()

    return json_response(await service.remembered(("memberships", user), make))


@router.get("/{user}/memberships/{segment}", response_model=Result, responses=example(RESULT))
async def why_in_segment(
    user: UserName, segment: SegmentName, reader: Analyst, service: Serves
) -> Response:
    """Why a user is, or is not, in a segment: what decides, and what would change it."""
    asked = {"user": user, "segment": segment}
    return json_response(await service.call(reader.scope, "why_in_segment", asked))


@router.get(
    "/{user}/recommendations", response_model=Recommendations, responses=example(RECOMMENDATIONS)
)
async def recommend(
    user: UserName,
    reader: Analyst,
    service: Serves,
    k: Annotated[int, Query(ge=1, le=100, description="How many items.")] = 10,
    diversity: Annotated[float, Query(ge=0, le=1, description="How varied the list is.")] = 0.0,
    long_tail: Annotated[float, Query(ge=0, le=1, description="Less of what is popular.")] = 0.0,
) -> Response:
    """What to show a user, each item with the exact shares of its score, adding up to it."""
    key = ("recommend", user, k, diversity, long_tail, await service.edits.digest())

    def make() -> bytes:
        found = service.host.agent.recommend(user, k=k, diversity=diversity, long_tail=long_tail)
        return found.model_dump_json().encode()

    return json_response(await service.remembered(key, make))


@router.get("/{user}/recommendations/{item}", response_model=PlacementCard)
async def why_item(user: UserName, item: ItemName, reader: Analyst, service: Serves) -> Response:
    """Why an item is, or is not, on a user's list, and what would change that.

    `would_drop` is the smallest set of items without which it leaves the top ten, `would_bring`
    what would bring it in; both are checked by ranking again.
    """
    key = ("why", user, item, await service.edits.digest())
    make = lambda: service.host.agent.why(user, item).model_dump_json().encode()  # noqa: E731
    return json_response(await service.remembered(key, make))


@router.put("/{user}/hidden/{item}", status_code=204)
async def hide_item(user: UserName, item: ItemName, reader: Analyst, service: Serves) -> None:
    """Never recommend an item to a user again."""
    await service.tools.run(lambda: service.host.agent.hide_item(user, item))
    service.edits.look_again()


@router.delete("/{user}/hidden/{item}", status_code=204)
async def show_item(user: UserName, item: ItemName, reader: Analyst, service: Serves) -> None:
    """Take back that an item was hidden."""
    await service.tools.run(lambda: service.host.agent.show_item(user, item))
    service.edits.look_again()
