"""The Python API: a built run, and what can be asked of it.

Building, recommending and talking import what they need when they are first asked for.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from agent.behaviour.hostile import harmless_id
from agent.cards import ProfileCard, SegmentCard
from agent.errors import SettingsError, UnknownNameError
from agent.export import write_audience
from agent.recordfile import RecordFile, read_records
from agent.records import (
    Answer,
    Feedback,
    Label,
    Member,
    Membership,
    Profile,
    Scope,
    Segment,
    Statement,
)
from agent.runs import Run
from agent.settings import BuildSettings, ModelSettings
from agent.state import State

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.tools import BaseTool

    from agent.chat.conversation import Conversation, Piece
    from agent.models.asking import LanguageModel
    from agent.progress import Reporter
    from agent.recommend.cards import PlacementCard, Recommendations
    from agent.recommend.recommender import Recommender

    AnyModel = str | ModelSettings | BaseChatModel | LanguageModel

AnyPath = str | PathLike[str]


class SegmentAgent:
    """One version of a run, opened for reading; a build going on beside it does not disturb it.

    >>> agent = SegmentAgent.build("events.csv", items="items.csv", run="runs/shop")
    >>> agent = SegmentAgent.open("runs/shop")
    >>> agent.segments(), agent.profile("u42"), agent.members("s3")
    >>> with SegmentAgent.open("runs/shop", model="http://localhost:8000/v1") as agent:
    ...     agent.ask("Who buys gifts in bulk, and what should we show them next?")
    """

    def __init__(self, run: Run, model: AnyModel | None = None) -> None:
        self.run = run
        self._model, self._own_model = _opened(model, run)

    @classmethod
    def open(cls, run: AnyPath, model: AnyModel | None = None) -> Self:
        """Open the current version of a run; raises RunError when there is none.

        `model` answers questions: a value of `--model` such as "vllm:folder" or a server's URL,
        `ModelSettings`, or any LangChain chat model. Without one, rules answer. Raises
        SettingsError for a value that is none, ModelError for a model that is not there.
        """
        return cls(Run.open(Path(run)), model)

    def close(self) -> None:
        """Let go of the search index, and stop the model if it was opened here."""
        if "_talk" in self.__dict__:
            self._talk.close()
        if self._own_model and self._model is not None:
            self._model.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @classmethod
    def build(
        cls,
        events: AnyPath | Iterable[AnyPath],
        *,
        run: AnyPath,
        items: AnyPath | None = None,
        attributes: AnyPath | None = None,
        ties: AnyPath | None = None,
        settings: BuildSettings | None = None,
        progress: Reporter | None = None,
    ) -> Self:
        """Build a run from files and open it; finished stages are reused.

        Raises InputError for a file that cannot be used, RunError for the run folder.
        """
        from agent.inputs import Inputs
        from agent.pipeline import build_run

        paths = [events] if isinstance(events, str | PathLike) else list(events)
        inputs = Inputs(
            events=tuple(Path(path) for path in paths),
            items=Path(items) if items else None,
            attributes=Path(attributes) if attributes else None,
            ties=Path(ties) if ties else None,
        )
        build_run(inputs, Path(run), settings or BuildSettings(), reporter=progress)
        return cls.open(run)

    @property
    def report(self) -> dict[str, Any]:
        """What the build that made this version counted."""
        return dict(self.run.manifest["build"])

    def segments(self) -> list[SegmentCard]:
        """Every labelled segment, parents before leaves, larger ones first."""
        return list(self._segments.values())

    def segment(self, segment: str) -> SegmentCard:
        """One segment, by id or by name."""
        if segment in self._segments:
            return self._segments[segment]
        named = [s for s in self._segments.values() if s.name.lower() == segment.lower()]
        if len(named) == 1:
            return named[0]
        known = ", ".join(self._segments)
        raise UnknownNameError(f"no segment {segment!r} in this run; there are {known}")

    def profile(self, user: str) -> ProfileCard:
        """A user's profile, evidence and memberships."""
        user = self._user(user)
        profile, membership = self._profiles.get(user), self._memberships.get(user)
        assert profile is not None
        assert membership is not None
        return ProfileCard.of(profile, membership, self._state.statements(user))

    def edit_profile(
        self,
        user: str,
        *,
        add: Sequence[str] = (),
        strike: Sequence[str] = (),
        withdraw: Sequence[str] = (),
    ) -> ProfileCard:
        """Keep what a person says of a user's interests, beside what was observed.

        `add` and `strike` are categories or any words; recommendations follow at once, and rebuilds
        keep it all. `withdraw` takes back what was stated of an interest. All of it is kept or
        none. Raises UnknownNameError for a user the run lacks or a statement that was never made,
        SettingsError for a name that is empty, too long, or both added and struck out.
        """
        user = self._user(user)
        added, struck = map(self.recommender.interest, add), map(self.recommender.interest, strike)
        state = [
            *(Statement(name=name, stance="added") for name in added),
            *(Statement(name=name, stance="struck") for name in struck),
        ]
        names = [one.name.casefold() for one in state]
        twice = [one.name for one in state if names.count(one.name.casefold()) > 1]
        if twice:
            raise SettingsError(f"{twice[0]!r} is named twice; add an interest or strike it out")
        stated = {one.name.casefold(): one.name for one in self._state.statements(user)}
        for name in withdraw:
            if " ".join(name.split()).casefold() not in stated:
                there = ", ".join(stated.values()) or "nothing"
                raise UnknownNameError(f"{user} never stated {name!r}; stated is: {there}")
        self._state.edit_interests(user, state=state, withdraw=withdraw)
        return self.profile(user)

    def hide_item(self, user: str, item: str) -> None:
        """Never recommend an item, by id or whole title, to a user again."""
        self._state.hide_item(self._user(user), self.recommender.item(item))

    def show_item(self, user: str, item: str) -> None:
        """Take back `hide_item`; nothing happens when the item was not hidden."""
        self._state.show_item(self._user(user), self.recommender.item(item))

    def feedback(
        self,
        *,
        thread: str,
        question: str,
        answer: str,
        verdict: Literal["up", "down"],
        words: str = "",
    ) -> None:
        """Keep what a person thought of an answer; giving it again replaces it."""
        self._state.keep_feedback(
            Feedback(thread=thread, question=question, answer=answer, verdict=verdict, words=words)
        )

    def recommend(
        self,
        user: str | None = None,
        *,
        k: int = 10,
        segment: str | None = None,
        taste: str | None = None,
        likes: Sequence[str] | Mapping[str, float] | None = None,
        diversity: float = 0.0,
        long_tail: float = 0.0,
    ) -> Recommendations:
        """What to show a user, a segment, a stated taste or somebody new, with its reasons.

        `diversity` and `long_tail` are 0 to 1. Raises SettingsError unless exactly one is named,
        UnknownNameError for a user, segment or item that the run does not hold.
        """
        from agent.recommend.ranking import Wish

        wish = Wish(diversity, long_tail)
        if sum(one is not None for one in (user, segment, taste, likes)) != 1:
            raise SettingsError("name one of: a user, a segment, a taste, likes")
        if segment is not None:
            return self.recommender.for_segment(self.segment(segment).id, k=k, wish=wish)
        if taste is not None:
            return self.recommender.for_taste(taste, k=k, wish=wish)
        if likes is not None:
            return self.recommender.for_newcomer(likes, k=k, wish=wish)
        assert user is not None
        return self.recommender.for_user(user, k=k, wish=wish)

    def why(self, user: str, item: str) -> PlacementCard:
        """Why an item is, or is not, on a user's list, and what would change that."""
        return self.recommender.why(user, item)

    @cached_property
    def recommender(self) -> Recommender:
        """The run's recommender, opened on first use."""
        from agent.recommend.recommender import Recommender

        return Recommender.open(self.run)

    def talk(self, *, model: LanguageModel | None = None, scope: Scope = "analyst") -> Conversation:
        """A conversation about this version: with a model, or by rules where there is none.

        Without a `model` of its own it has the one this was opened with.
        """
        from agent.chat.conversation import Conversation

        return Conversation(self.run, model=model or self._model, scope=scope)

    def ask(self, question: str, thread: str | None = None) -> Answer:
        """Answer a question, citing records; `thread` goes on with a conversation."""
        return self._talk.ask(question, thread)

    async def aask(self, question: str, thread: str | None = None) -> Answer:
        """`ask` without holding up the event loop."""
        return await self._talk.aask(question, thread)

    def stream(self, question: str, thread: str | None = None) -> Iterator[Piece]:
        """The answer sentence by sentence, then whole."""
        return self._talk.stream(question, thread)

    def astream(self, question: str, thread: str | None = None) -> AsyncIterator[Piece]:
        """`stream` without holding up the event loop."""
        return self._talk.astream(question, thread)

    def as_tools(self) -> list[BaseTool]:
        """LangChain tools over this run, for somebody else's agent."""
        return self._talk.as_tools()

    @cached_property
    def _talk(self) -> Conversation:
        return self.talk()

    def users(self) -> list[str]:
        """The id of every user of the run, in the run's order."""
        return self._profiles.keys

    def members(self, segment: str) -> list[Member]:
        """Users the clustering put in a segment (in its leaves, for a parent), strongest first."""
        leaves = self._leaves(segment)
        found = [
            Member(
                user_id=membership.user_id,
                weight=sum(w.weight for w in membership.weights if w.segment in leaves),
            )
            for membership in self._memberships
            if membership.label in leaves
        ]
        return sorted(found, key=lambda member: (-member.weight, member.user_id))

    def export(self, segment: str, to: AnyPath) -> int:
        """Write a segment's members as CSV (user_id, weight, headline); returns how many."""
        members = self.members(segment)
        wanted = {member.user_id for member in members}
        headlines = {p.user_id: p.headline for p in self._profiles if p.user_id in wanted}
        rows = ((m.user_id, m.weight, headlines[m.user_id]) for m in members)
        return write_audience(Path(to), rows)

    def _repr_html_(self) -> str:
        from agent.notebook import agent_html

        return agent_html(self)

    def __repr__(self) -> str:
        leaves = sum(card.level == 1 for card in self.segments())
        users = len(self._profiles)
        return f"SegmentAgent({str(self.run.path)!r}: {users:,} users, {leaves} segments)"

    def _user(self, user: str) -> str:
        """A user's id as it stands in the run; raises UnknownNameError where there is none."""
        # An id that hid characters stands in the run without them.
        user = user if self._profiles.get(user) is not None else harmless_id(user)
        if self._profiles.get(user) is None:
            raise UnknownNameError(
                f"no user {user!r} in this run of {len(self._profiles):,} users; "
                "ids are as in the log, without a trailing .0"
            )
        return user

    @property
    def _state(self) -> State:
        return State(self.run.path)

    @cached_property
    def _segments(self) -> dict[str, SegmentCard]:
        folder = self.run.folder("labels")
        labels = read_records(folder / "labels.jsonl", Label)
        segments = read_records(folder / "segments.jsonl", Segment)
        cards = (SegmentCard.of(s, label) for s, label in zip(segments, labels, strict=True))
        return {card.id: card for card in cards}

    def _leaves(self, segment: str) -> set[str]:
        card = self.segment(segment)
        return {card.id} | {s.id for s in self._segments.values() if s.parent == card.id}

    @cached_property
    def _profiles(self) -> RecordFile[Profile]:
        return RecordFile(self.run.folder("profiles") / "profiles.jsonl", Profile)

    @cached_property
    def _memberships(self) -> RecordFile[Membership]:
        return RecordFile(self.run.folder("segments") / "memberships.jsonl", Membership)


def _opened(model: AnyModel | None, run: Run) -> tuple[LanguageModel | None, bool]:
    """A model ready to be asked, and whether it is ours to close."""
    if model is None:
        return None, False
    if isinstance(model, str | ModelSettings):
        from agent.models.opening import open_model

        settings = ModelSettings(spec=model) if isinstance(model, str) else model
        return open_model(settings, run=run.path), True
    from agent.models.asking import LanguageModel

    if isinstance(model, LanguageModel):
        return model, False
    name = str(getattr(model, "model_name", "") or model._llm_type)
    return LanguageModel.over(model, name=name), True
