"""Questions with placeholders for the names of a run, and what is expected of them."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from agent.chat.results import Result
from agent.chat.world import World
from agent.profiles.names import shown

QUESTIONS = Path(__file__).parent / "questions.jsonl"


class Expected(BaseModel):
    """A question, the tool it should reach, and the arguments that matter."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    ask: str
    tool: str
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    or_: dict[str, Any] = Field(default_factory=dict, alias="or")
    or_tool: str | None = None
    conditions: tuple[str, ...] | None = None
    reason: str | None = None
    status: str | None = None


class Cast:
    """The names of one run that stand for the placeholders."""

    def __init__(self, world: World) -> None:
        self.world = world

    @cached_property
    def names(self) -> dict[str, str]:
        first, second = sorted(self.world.leaves.values(), key=lambda s: (-s.size, s.id))[:2]
        member = next(u for u, inside in zip(self.world.table.users, self.world.members[first.id],
                                             strict=True) if inside)  # fmt: skip
        catalogue = self.world.catalogue
        item = max(catalogue.users, key=lambda i: (catalogue.users[i], i))
        return {
            "{first}": first.name, "{first_id}": first.id,
            "{second}": second.name, "{second_id}": second.id,
            "{user}": member, "{item}": shown(catalogue.titles[item]), "{item_id}": item,
        }  # fmt: skip

    def fill(self, text: str) -> str:
        for placeholder, name in self.names.items():
            text = text.replace(placeholder, name)
        return text


def read_questions() -> list[Expected]:
    lines = QUESTIONS.read_text("utf-8").splitlines()
    return [Expected.model_validate_json(line) for line in lines]


def wrong(expected: Expected, result: Result, cast: Cast) -> str | None:
    """What is wrong with a result, or None."""
    arguments = result.arguments
    if result.tool not in (expected.tool, expected.or_tool):
        return f"{result.tool} {arguments}"
    wanted = {k: cast.fill(v) if isinstance(v, str) else v for k, v in expected.with_.items()}
    other = {k: cast.fill(v) if isinstance(v, str) else v for k, v in expected.or_.items()}
    if not _holds(wanted, arguments) and not (other and _holds(other, arguments)):
        return f"{arguments}, not {wanted}"
    if expected.conditions is not None:
        said = arguments.get("conditions")
        found = {_told(one) for one in said} if isinstance(said, list) else set()
        if found != {cast.fill(one) for one in expected.conditions}:
            return f"{found}, not {expected.conditions}"
    if expected.reason is not None and arguments.get("reason") != expected.reason:
        return f"{arguments}, not {expected.reason}"
    if expected.status is not None and result.status != expected.status:
        return f"{result.status}, not {expected.status}"
    return None


def _holds(wanted: dict[str, Any], arguments: dict[str, Any]) -> bool:
    return all(arguments.get(name) == value for name, value in wanted.items())


def _told(condition: Any) -> str:
    one = dict(condition)
    value = "" if one["op"].startswith("is") else f" {one['value']:g}"
    return f"{one['feature']} {one['op']}{value}"
