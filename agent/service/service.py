"""what all ways in share: tools called in a scope, answers, each off the event loop and bounded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from agent.chat.arguments import Arguments
from agent.chat.conversation import Conversation, Piece
from agent.chat.results import Result
from agent.chat.toolbox import BY_NAME, Tool
from agent.records import Answer, Member, Scope
from agent.service.crew import Call, Crew, Found, found_by
from agent.service.edits import Edits
from agent.service.host import Host
from agent.service.metrics import Metrics
from agent.service.problems import ProblemError, Wrong, WrongArgumentsError
from agent.service.settings import ServiceSettings
from agent.service.work import Memory, Pool

T = TypeVar("T")

PERSONAL = frozenset({"recommend", "explain_recommendation", "user_profile"})
"""Tools whose results hang on what people have stated or hidden."""
ACTING = frozenset({"export_audience"})
"""Tools that do more than look: never remembered."""
WAITING_CHATS = 8
GIVES_WAY_S = 2.0
"""So long a question lets tool calls that wait go first: four of them take less than its answer."""


class Service:
    """One host behind every way in; used from one event loop."""

    def __init__(self, host: Host, settings: ServiceSettings, metrics: Metrics) -> None:
        self.host, self.settings, self.metrics = host, settings, metrics
        self.tools = Pool(settings.tool_threads, settings.waiting, "folkmap-tool")
        self.crew = Crew(
            host,
            self.tools,
            places=settings.tool_threads,
            processes=settings.processes,
            waiting=settings.waiting,
        )
        self.chats = Pool(settings.chats, WAITING_CHATS, "folkmap-chat")
        self.memory = Memory(settings.remembered_bytes)
        self.edits = Edits(host.run)
        self._members: dict[tuple[int, str], list[Member]] = {}
        self._openings: set[asyncio.Task[None]] = set()

    def open_crew(self) -> None:
        """Begin to open the processes for tools; until they are, threads do their work."""
        opening = asyncio.create_task(self.crew.open())
        self._openings.add(opening)
        opening.add_done_callback(self._openings.discard)

    async def close(self) -> None:
        """Start nothing more."""
        self.tools.close()
        self.chats.close()
        for opening in self._openings:
            opening.cancel()
        await self.crew.close()

    # --- tools ---------------------------------------------------------------------------------

    def tool(self, name: str, scope: Scope) -> Tool[Any]:
        """A tool the scope offers. Raises a 404 or 403 problem."""
        tool = BY_NAME.get(name)
        if tool is None:
            raise ProblemError(404, f"there is no tool {name[:60]!r}; GET /v1/tools lists them")
        if tool.individuals and scope == "aggregate":
            raise individuals_problem()
        return tool

    async def call(self, scope: Scope, name: str, arguments: Mapping[str, Any]) -> bytes:
        """A tool's result as JSON. Raises problems: 404 for a name, 422 for arguments."""
        tool = self.tool(name, scope)
        try:
            asked = tool.arguments.model_validate(dict(arguments))
        except ValidationError as error:
            raise _wrong_arguments(error) from error
        return await self.called(scope, name, asked)

    async def called(self, scope: Scope, name: str, asked: Arguments) -> bytes:
        """`call` with arguments that fit the tool."""
        if name in ACTING:  # what waits for a person's word waits in this process
            acting = Call(scope, name, asked.model_dump(mode="json"))
            return self._told(name, await self.tools.run(lambda: found_by(self.host, acting)))

        async def make() -> bytes:
            call = Call(scope, name, asked.model_dump(mode="json"))
            return self._told(name, await self.crew.use(call))

        edits = await self.edits.digest() if name in PERSONAL else ""
        key = (self.host.version, scope, name, asked.model_dump_json(), edits)
        found = self.memory.get(key)
        if found is not None:
            self.metrics.tools.labels(name, "found", "yes").inc()
            return found
        return await self.memory.made(key, make)

    def _told(self, name: str, found: Found) -> bytes:
        self.metrics.tools.labels(name, found.status, "no").inc()
        if found.status == "unknown":
            raise ProblemError(404, found.text)
        return found.json

    async def remembered(self, key: tuple[Hashable, ...], make: Callable[[], bytes]) -> bytes:
        """What `make` gives on a thread, once for each version and key."""
        return await self.memory.made((self.host.version, *key), lambda: self.tools.run(make))

    def members(self, segment: str) -> list[Member]:
        """All members of a segment, strongest first; gathered once a version."""
        key = (self.host.version, segment)
        if key not in self._members:
            self._members[key] = self.host.agent.members(segment)
        return self._members[key]

    async def reload(self) -> bool:
        """Open the newest version; True when it is another one."""
        changed = await self.tools.run(self.host.reload)
        if changed:
            self.memory.clear()
            self._members.clear()
            self.open_crew()
        return changed

    # --- answers -------------------------------------------------------------------------------

    async def ask(self, scope: Scope, question: str, thread: str | None) -> Answer:
        """Answer a question. Raises a 503 problem when too many are being answered."""
        await self.crew.calm(GIVES_WAY_S)
        answer = await self.chats.run(lambda: self.host.talk(scope).ask(question, thread))
        self.metrics.answers.labels(answer.writer).inc()
        return answer

    async def stream(self, scope: Scope, question: str, thread: str | None) -> AsyncIterator[Piece]:
        """The answer sentence by sentence, then whole; begun before this returns.

        Raises what `ask` raises, before the first piece.
        """
        loop = asyncio.get_running_loop()
        pieces: asyncio.Queue[Piece | BaseException | None] = asyncio.Queue()
        gone = False

        def put(piece: Piece | BaseException | None) -> None:
            loop.call_soon_threadsafe(pieces.put_nowait, piece)

        def answer() -> None:
            try:
                for piece in self.host.talk(scope).stream(question, thread):
                    put(piece)
                    if gone:
                        return
                put(None)
            except Exception as error:
                put(error)

        await self.crew.calm(GIVES_WAY_S)
        self.chats.start(answer)
        first = await pieces.get()
        if isinstance(first, BaseException):
            raise first

        async def rest() -> AsyncIterator[Piece]:
            nonlocal gone
            piece: Piece | BaseException | None = first
            try:
                while piece is not None:
                    if isinstance(piece, BaseException):
                        raise piece
                    if isinstance(piece, Answer):
                        self.metrics.answers.labels(piece.writer).inc()
                    yield piece
                    piece = await pieces.get()
            finally:
                gone = True

        return rest()

    # --- the rest ------------------------------------------------------------------------------

    def talk(self, scope: Scope) -> Conversation:
        """The conversation of a scope; from a thread of a pool, for it may open a model."""
        return self.host.talk(scope)


def individuals_problem() -> ProblemError:
    """403 for whoever asks about single people in the aggregate scope, known or not."""
    return ProblemError(403, "this key sees groups of people and no individuals")


def found(result: bytes) -> Result:
    """A result of `Service.call` as a record."""
    return Result.model_validate_json(result)


def _wrong_arguments(error: ValidationError) -> WrongArgumentsError:
    wrong = [
        Wrong(where=".".join(str(part) for part in one["loc"]) or "arguments", what=one["msg"])
        for one in error.errors(include_url=False, include_input=False)
    ]
    return WrongArgumentsError(wrong)
