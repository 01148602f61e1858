"""/v1/recommendations: what to show a user, a segment, a stated taste, or somebody new."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi import Body as RequestBody
from pydantic import Field

from agent.chat.tools_recommend import Recommended, enough
from agent.chat.tools_recommend import recommend as told_by_tool
from agent.recommend.cards import Recommendations
from agent.service.redaction import recommendations
from agent.service.rest.common import (
    NAME,
    PROBLEMS,
    WORDS,
    Asks,
    Body,
    Serves,
    example,
    json_response,
)
from agent.service.rest.examples import RECOMMENDATIONS
from agent.service.service import Service, individuals_problem

router = APIRouter(prefix="/v1/recommendations", tags=["recommendations"], responses=PROBLEMS)

MOST_TOLD = 25
"""Items of a list in the aggregate scope: what the tool lists at most."""


class Wish(Body):
    """How many, how varied, how usual."""

    k: int = Field(10, ge=1, le=100, description="How many items.")
    diversity: float = Field(0.0, ge=0, le=1, description="How varied the list is.")
    long_tail: float = Field(0.0, ge=0, le=1, description="Less of what is popular.")

    def arguments(self) -> dict[str, Any]:
        return self.model_dump(exclude_defaults=True)


class ForUser(Wish):
    user: str = Field(description="A user's id, as in the log.", **NAME)


class ForSegment(Wish):
    segment: str = Field(description="A segment's id or name.", **NAME)


class ForTaste(Wish):
    taste: str = Field(
        description="A taste in words; negations are not understood.",
        min_length=1,
        max_length=500,
        pattern=WORDS,
    )


class ForNewcomer(Wish):
    likes: dict[Annotated[str, Field(max_length=300)], Annotated[float, Field(ge=-1, le=1)]] = (
        Field(
            description="Items somebody new likes: id → weight; 1 is a purchase, -1 a dislike.",
            min_length=1,
            max_length=200,
        )
    )


Asked = Annotated[
    ForUser | ForSegment | ForTaste | ForNewcomer,
    RequestBody(
        openapi_examples={
            "user": {"value": {"user": "u0042", "k": 5}},
            "segment": {"value": {"segment": "s3"}},
            "taste": {"value": {"taste": "slow-burn thrillers", "diversity": 0.3}},
            "newcomer": {"value": {"likes": {"p0107": 1.0, "p0111": 0.5}}},
        }
    ),
]


@router.post("", response_model=Recommendations, responses=example(RECOMMENDATIONS))
async def recommend(asked: Asked, reader: Asks, service: Serves) -> Response:
    """What to show: exactly one of `user`, `segment`, `taste` and `likes` says whom.

    For analysts each item comes with the exact shares of its score. In the aggregate scope there is
    nothing for single users of the run, no shares, and no item that only a few have touched.
    """
    hidden = reader.scope == "aggregate"
    if hidden and isinstance(asked, ForUser):
        raise individuals_problem()
    edits = await service.edits.digest() if isinstance(asked, ForUser) else ""
    key = ("recommendations", hidden, type(asked).__name__, asked.model_dump_json(), edits)

    def make() -> bytes:
        found = service.host.agent.recommend(**asked.arguments())
        if hidden:
            found = _without_individuals(service, asked, found)
        return found.model_dump_json().encode()

    return json_response(await service.remembered(key, make))


def _without_individuals(
    service: Service, asked: ForUser | ForSegment | ForTaste | ForNewcomer, found: Recommendations
) -> Recommendations:
    """The list as the tool may tell it to those who see groups only."""
    desk = service.talk("aggregate").desk
    if isinstance(asked, ForNewcomer):
        items = [one for one in found.items if enough(desk, one.item_id)]
        words = {one.item_id: "goes with what was named" for one in items}
        return recommendations(found, words)
    whom = Recommended(segment=found.segment, taste=found.taste, count=min(MOST_TOLD, asked.k))
    told = told_by_tool(desk, whom)
    words = {one.id.rpartition("/")[2]: one.text for one in told.citations}
    return recommendations(found, words)
