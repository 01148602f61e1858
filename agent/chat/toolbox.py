"""the tools of one run and scope, by name: what each takes, checked, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import JsonValue, ValidationError

from agent.chat import tools_audience as audience
from agent.chat import tools_breakdown as breakdown
from agent.chat import tools_campaign as campaign
from agent.chat import tools_help as helping
from agent.chat import tools_items as items
from agent.chat import tools_listing as listing
from agent.chat import tools_people as people
from agent.chat import tools_ranking as ranking
from agent.chat import tools_recommend as recommending
from agent.chat import tools_segments as segments
from agent.chat import tools_when as when
from agent.chat.arguments import Arguments, schema_of
from agent.chat.desk import Desk
from agent.chat.results import Draft, Result
from agent.errors import UnknownNameError

A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True)
class Tool(Generic[A]):
    """One thing that can be asked of a run."""

    name: str
    description: str
    arguments: type[A]
    call: Callable[[Desk, A], Result]
    individuals: bool = False
    """Whether it speaks of single people, and so is not offered in the aggregate scope."""


TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        "overview",
        "What this run holds: how many people, items and events, the segments, who is in none.",
        segments.Overview,
        segments.overview,
    ),
    Tool(
        "rank_segments",
        "Segments in order: by `size`, by a sum over members (`total:spend`: what they are worth), "
        "or by what a typical member does. For the largest, the most valuable, who does most of X. "
        "`start` 2 tells from the second on.",
        ranking.Ranked,
        ranking.rank_segments,
    ),
    Tool(
        "find_segments",
        "Segments that fit a description in words, such as `people with small children`.",
        segments.Wanted,
        segments.find_segments,
    ),
    Tool(
        "describe_segment",
        "What one segment is, why it is one, what tells it from its neighbours.",
        segments.Described,
        segments.describe_segment,
    ),
    Tool(
        "compare_segments",
        "What two segments differ in most, or how they compare in one measure.",
        segments.Compared,
        segments.compare_segments,
    ),
    Tool(
        "segment_members",
        "Members of a segment: those who stand for it, then the firmest.",
        segments.Membership,
        segments.segment_members,
        individuals=True,
    ),
    Tool(
        "size_audience",
        "How many people meet conditions on what they do, declare or have touched, in a segment or "
        "overall. Shares are percentages. All conditions must hold.",
        audience.Sized,
        audience.size_audience,
    ),
    Tool(
        "summarise",
        "What is usual in one measure, for everybody or in one segment, and the sum where it adds "
        "up.",
        audience.Summed,
        audience.summarise,
    ),
    Tool(
        "break_down",
        "People by something they declare, such as a region or plan: how many of each, or how they "
        "differ in a measure.",
        breakdown.BrokenDown,
        breakdown.break_down,
    ),
    Tool(
        "when_active",
        "When people come: how all visits spread over the day or the week, or spend over the year, "
        "for everybody or in one segment.",
        when.When,
        when.when_active,
    ),
    Tool(
        "list_users",
        "Single users who meet conditions, those with most (or least) of a measure first.",
        listing.Listed,
        listing.list_users,
        individuals=True,
    ),
    Tool(
        "users_like",
        "Users whose profile reads most like that of a given user.",
        listing.Alike,
        listing.users_like,
        individuals=True,
    ),
    Tool(
        "find_users",
        "Users whose profile fits a description in words.",
        people.Sought,
        people.find_users,
        individuals=True,
    ),
    Tool(
        "user_profile",
        "One user: profile, facts, interests, and the segments they lean to.",
        people.Person,
        people.user_profile,
        individuals=True,
    ),
    Tool(
        "why_in_segment",
        "Why a user is, or is not, in a segment: the features and distances that decide, and what "
        "would change it.",
        people.Belonging,
        people.why_in_segment,
        individuals=True,
    ),
    Tool(
        "segment_demand",
        "Items or categories that a segment goes for: most of all, or more than others do. Without "
        "a segment: what everybody goes for.",
        items.Demand,
        items.segment_demand,
    ),
    Tool(
        "who_buys",
        "Which segments are after an item or a category.",
        items.Buyers,
        items.who_buys,
    ),
    Tool(
        "recommend",
        "What to show next to a user, to a segment, or to somebody with a taste put in words.",
        recommending.Recommended,
        recommending.recommend,
    ),
    Tool(
        "explain_recommendation",
        "Why an item is, or is not, recommended to a user, and what would change it.",
        recommending.Explained,
        recommending.explain_recommendation,
        individuals=True,
    ),
    Tool(
        "campaign_brief",
        "A short brief for a campaign to a segment.",
        campaign.Briefed,
        campaign.campaign_brief,
    ),
    Tool(
        "export_audience",
        "Prepare a list of users for export: a segment, or those who meet conditions. Only a "
        "person can confirm it; you cannot.",
        audience.Sized,
        audience.export_audience,
        individuals=True,
    ),
    Tool(
        "help",
        "What can be asked here, or what a word such as noise, lift or precision means.",
        helping.Helped,
        helping.help_,
    ),
)

BY_NAME = {tool.name: tool for tool in TOOLS}


class Toolbox:
    """The tools as one reader may use them; `call` never raises for what was asked."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @property
    def tools(self) -> tuple[Tool[Any], ...]:
        """Those the scope offers."""
        return tuple(t for t in TOOLS if not (t.individuals and self.desk.hidden))

    def schema(self, tool: Tool[Any]) -> dict[str, Any]:
        """JSON schema of a tool's arguments, with the names there are."""
        return schema_of(tool.arguments, self.desk)

    def call(self, name: str, arguments: Mapping[str, Any]) -> Result:
        """Use a tool. A name it does not hold, and arguments that do not fit, become results.

        Raises RunError and EncoderError when the run itself cannot be read.
        """
        tool = BY_NAME.get(name)
        if tool is None:
            return _unknown(name, {}, f"there is no tool {name!r}")
        try:
            asked = tool.arguments.model_validate(dict(arguments))
        except ValidationError as error:
            wrong = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in wrong["loc"])
            return _unknown(name, _plain(arguments), f"{where}: {wrong['msg']}")
        try:
            return tool.call(self.desk, asked)
        except UnknownNameError as error:
            return _unknown(name, _plain(arguments), str(error))


def _unknown(tool: str, arguments: Mapping[str, JsonValue], why: str) -> Result:
    draft = Draft(tool, arguments)
    draft.say(f"{why[:1].upper()}{why[1:]}.")
    draft.could_ask += ["Which segments are there?"]
    return draft.result("unknown")


def _plain(arguments: Mapping[str, Any]) -> dict[str, JsonValue]:
    """Arguments as they were given, as far as JSON holds them."""
    kept: dict[str, JsonValue] = {}
    for name, value in arguments.items():
        if value is None or isinstance(value, str | int | float | bool):
            kept[str(name)] = value[:300] if isinstance(value, str) else value
    return kept
