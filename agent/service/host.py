"""what a service serves: one version of a run, a conversation a scope, the model behind them."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self, get_args

from agent.chat.conversation import Conversation
from agent.chat.outage import Outage
from agent.chat.world import World
from agent.errors import ModelError
from agent.models.asking import LanguageModel
from agent.models.opening import open_model
from agent.records import Scope
from agent.runs import Run, current_version
from agent.segment_agent import SegmentAgent
from agent.service.recent import Recent
from agent.settings import ModelSettings
from retrieval.embeddings import Encoder, MiniLM

IMPATIENT = {"retries": 1, "timeout_s": 60.0}
"""A build waits for a model as long as it takes; somebody who chats does not."""


class Host:
    """An opened run for any number of threads; it keeps its version until told to reload.

    A model that cannot be opened or used takes nothing away: `model_down` says why, answers come
    by rules, and it is tried again from time to time. Raises RunError when the run cannot be read,
    SettingsError when `model` makes no sense.

    >>> with Host(Path("runs/shop")) as host:
    ...     host.talk("aggregate").ask("Which segments are there?").text
    """

    def __init__(
        self,
        run: Path,
        model: ModelSettings | None = None,
        *,
        note: Callable[[str], None] | None = None,
    ) -> None:
        self.run = Path(run)
        settings = model or ModelSettings()
        self._settings = settings.model_copy(update=IMPATIENT)
        self._note = note
        self._lock, self._reloading = threading.RLock(), threading.Lock()
        # What people ask is not kept on disk.
        many = MiniLM(cache=self.run / "cache" / "encoded.sqlite")
        self._encoder = Recent(MiniLM(padded=True), many)
        self._outage = Outage()
        self._model: LanguageModel | None = None
        self._opened = _Opened(Run.open(self.run), self._encoder)
        self._open_model()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def agent(self) -> SegmentAgent:
        """The version opened now."""
        return self._opened.agent

    @property
    def world(self) -> World:
        """The same version as the tools see it."""
        return self._opened.world

    @property
    def version(self) -> int:
        """The number of the version opened now."""
        return self.agent.run.version

    @property
    def model_name(self) -> str:
        """Who is to write: `extractive`, or a model's name."""
        return self._model.name if self._model is not None else self._settings.spec

    @property
    def model_down(self) -> str | None:
        """Why the model cannot be used now, in one line; None when it is fine, or there is none."""
        return self._outage.why

    def talk(self, scope: Scope = "analyst") -> Conversation:
        """The conversation of a scope; the same one until the next reload."""
        self._open_model()
        with self._lock:
            return self._opened.talk(scope, self._model, self._outage)

    def warm(self) -> None:
        """Open what the first question would wait for: the tables, the index and the encoder."""
        for scope in get_args(Scope):
            self.talk(scope).warm()
        world = self.world
        world.find("segments", "anybody", 1)
        _ = world.touched, world.memberships.get(""), world.profiles.get("")

    def encode_ahead(self, texts: Sequence[str]) -> None:
        """Encode together what tools will look for in a moment."""
        self._encoder.remember(texts)

    def reload(self) -> bool:
        """Open the newest version; True when it is another one.

        Whoever is being answered from the version before is still answered from it.
        """
        with self._reloading:
            if current_version(self.run) == self.version:
                return False
            opened = _Opened(Run.open(self.run), self._encoder)
            with self._lock:  # for a moment: others are answered while a version is opened
                self._opened = opened
            return True

    def close(self) -> None:
        """Let go of the index and of the model; a server of our own is stopped."""
        with self._lock:
            self._opened.world.close()
            model, self._model = self._model, None
        if model is not None:
            model.close()

    def _open_model(self) -> None:
        """Open the model unless it is; after a failure not again for a while."""
        if self._model is not None or self._settings.spec == "extractive":
            return
        if not self._outage.passes():
            return
        try:
            model = open_model(self._settings, run=self.run, note=self._note)
        except ModelError as error:
            self._outage.failed(error)
            return
        with self._lock:
            self._model = model
            self._opened.forget_talks()
        self._outage.worked()


def settle() -> None:
    """For a process that serves and does nothing else, once it is warm.

    The cycle collector does not look at what was opened again and again, which held up requests
    for a tenth of the time; new garbage is collected as ever, less often and more at once.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


class _Opened:
    """One version of a run with what was opened of it, shared by all scopes."""

    def __init__(self, run: Run, encoder: Encoder) -> None:
        self.agent = SegmentAgent(run)
        recommender = None
        if "recommend" in run.manifest["stages"]:
            from agent.recommend.recommender import Recommender

            recommender = Recommender.open(run, encoder=encoder)
            self.agent.recommender = recommender
        self.world = World(run, encoder=encoder, recommender=recommender)
        if recommender is not None:
            self.world.measures = recommender.measures  # the largest part; once in memory is enough
        self._talks: dict[Scope, Conversation] = {}

    def talk(self, scope: Scope, model: LanguageModel | None, outage: Outage) -> Conversation:
        if scope not in self._talks:
            self._talks[scope] = Conversation(
                self.agent.run, scope=scope, model=model, world=self.world, outage=outage
            )
        return self._talks[scope]

    def forget_talks(self) -> None:
        self._talks = {}
