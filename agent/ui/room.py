"""What every view works with: the host's run as it is now, one scope, one set of templates."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from agent.chat.conversation import Conversation
from agent.chat.desk import Desk
from agent.chat.results import Result
from agent.chat.world import World
from agent.errors import FolkmapError
from agent.map.palette import Shade
from agent.map.scene import segment_colours
from agent.records import Scope
from agent.segment_agent import SegmentAgent
from agent.ui.page import Page

if TYPE_CHECKING:
    from agent.service.host import Host

Reply = Mapping[str, JsonValue]
"""What a page is sent: mostly `{"html": …}`."""
Served = Callable[[Any], Reply]

_log = logging.getLogger(__name__)


class Asks(BaseModel):
    """What a page asks with; the browser is a stranger, so all of it is checked."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_max_length=2_000)


A = TypeVar("A", bound=Asks)


@dataclass
class Room:
    """One reader's pages over one host, which may open another version of the run at any time."""

    host: Host
    scope: Scope = "analyst"
    page: Page = field(default_factory=Page)
    _colours: tuple[str, dict[str, Shade]] | None = None

    @property
    def talk(self) -> Conversation:
        return self.host.talk(self.scope)

    @property
    def agent(self) -> SegmentAgent:
        return self.host.agent

    @property
    def desk(self) -> Desk:
        return self.talk.desk

    @property
    def world(self) -> World:
        return self.talk.desk.world

    @property
    def hidden(self) -> bool:
        """Whether individuals are out of sight."""
        return self.scope == "aggregate"

    @property
    def version(self) -> str:
        """Which version of the run is shown; another one after a reload."""
        return str(self.world.run.folder("labels"))

    def call(self, tool: str, **arguments: Any) -> Result:
        """A tool's result in this scope, as the chat would get it."""
        return self.talk.toolbox.call(tool, arguments)

    def colours(self) -> dict[str, Shade]:
        """Segment → its colour on the map."""
        if self._colours is None or self._colours[0] != self.version:
            self._colours = (self.version, segment_colours(list(self.world.segments.values())))
        return self._colours[1]

    def draw(self, template: str, **values: Any) -> str:
        return self.page.draw(template, hidden=self.hidden, **values)

    def served(self, name: str, asks: type[A], tell: Callable[[A], Reply]) -> Served:
        """A function for the browser: its argument checked, what goes wrong told in a line."""

        def answer(data: Any = None) -> Reply:
            try:
                return tell(asks.model_validate(data or {}))
            except ValidationError:
                _log.warning("%s was asked with what it does not take", name)
                return {"error": self.page.words["common"]["misasked"]}
            except FolkmapError as error:
                return {"error": _sentence(str(error))}
            except Exception:
                _log.exception("%s failed", name)
                return {"error": self.page.words["common"]["failed"]}

        answer.__name__ = name
        return answer


def _sentence(text: str) -> str:
    text = text.rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
