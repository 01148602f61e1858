"""The workbench of an evaluation: one run's log, its split, and rebuilds from parts of it.

Everything made lies under `<run>/evaluation/` and is found again by what decided it, as in a build:
a stopped evaluation goes on where it stopped. Rebuilds see the events of their part and nothing
else of the log; a part is made by `Split.training`, so nothing that is to be predicted is in it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from agent.behaviour.events import read_log
from agent.builder import Builder, remembered
from agent.evaluation.built import Built
from agent.evaluation.split import Split, split_by_date, split_log
from agent.inputs import Inputs
from agent.models.asking import LanguageModel
from agent.models.opening import open_model
from agent.pipeline import Stages
from agent.progress import Reporter
from agent.recordfile import read_json, write_frame, write_json
from agent.runs import Run
from agent.segments.embedding import draw
from agent.settings import BuildSettings, ReadSettings, Settings
from retrieval.cache import share_vectors
from retrieval.embeddings import MiniLM

FOLDER = "evaluation"
ENCODED = Path("cache", "encoded.sqlite")
"""Where a run, and so an evaluation of it, keeps the vectors of texts."""
HELD_OUT = 0.2
"""Share of users of whom a rebuild knows nothing, to stand for newcomers."""
KEPT = 0.8
"""Share of users in a subsample."""
NEW = 0.05
"""New events that a later rebuild has over an earlier one, as a share of the earlier's."""


class Scale(Settings):
    """How much is measured."""

    users: int | None = None
    """At most so many users, drawn by their ids; None for all."""
    seeds: int = 10
    """Rebuilds with different seeds."""
    samples: int = 3
    """Rebuilds from 80 % of the users."""

    @property
    def told(self) -> str:
        """In words, for whoever reads a figure."""
        users = "all users" if self.users is None else f"a sample of at most {self.users:,} users"
        return f"{users}, {self.seeds} seeds, {self.samples} subsamples"


SAMPLE = Scale(users=1_000, seeds=2, samples=2)


@dataclass
class Bench:
    """What evaluations are made from."""

    run: Run
    builder: Builder
    settings: BuildSettings
    inputs: Inputs
    scale: Scale
    reporter: Reporter
    model: LanguageModel | None = None
    _builds: dict[tuple[str, int, str], Built] = field(default_factory=dict)

    @cached_property
    def events(self) -> pl.DataFrame:
        """The log that is evaluated on."""
        events = pl.read_parquet(self.run.folder("events") / "events.parquet")
        if self.scale.users is None:
            return events
        users = events["user_id"].unique().sort().to_list()
        chosen = sorted(users, key=lambda user: draw(user, 0, "evaluated"))[: self.scale.users]
        return events.filter(pl.col("user_id").is_in(chosen))

    @property
    def log(self) -> str:
        """Digest of the whole log."""
        return str(self.run.manifest["stages"]["events"]["digest"])

    @cached_property
    def split(self) -> Split:
        return split_log(self.events)

    @cached_property
    def date_split(self) -> Split | None:
        return split_by_date(self.events)

    @cached_property
    def encoder(self) -> MiniLM:
        return MiniLM(
            cache=self.builder.path / ENCODED,
            batch_size=self.settings.encoder.batch_size,
        )

    def build(self, *, seed: int | None = None, until: str = "segments") -> Built:
        """The product rebuilt from the training part, with the run's settings."""
        return self.rebuild("training", self.split.training, seed=seed, until=until)

    @cached_property
    def whole(self) -> Built:
        """The run itself, built from all of its log."""
        stages_made = self.run.manifest["stages"]
        paths = {name: self.run.folder(name) for name in stages_made if name != "index"}
        return Built(paths, self.settings, self.encoder)

    @cached_property
    def half_split(self) -> Split:
        """The second half of every history as test, the first as training."""
        return split_log(self.events, test=0.5)

    def first_half(self) -> Built:
        """Profiles and vectors of the first half of every history."""
        return self.rebuild("first halves", self.half_split.training, until="vectors")

    def second_half(self, users: Sequence[str]) -> Built:
        """Profiles of the second half of these users' histories, with what is in the first."""
        split = self.half_split

        def late(events: pl.DataFrame) -> pl.DataFrame:
            rest = events.join(split.training(events), on="event_id", how="anti")
            return rest.filter(
                pl.col("user_id").is_in(users) & pl.col("item_id").is_in(split.items)
            )

        return self.rebuild("second halves", late, until="profiles")

    def by_date(self, *, until: str = "recommend") -> Built:
        """Rebuilt from what came before the date of `date_split`, which must be there."""
        assert self.date_split is not None
        return self.rebuild("before the date", self.date_split.training, until=until)

    def without_strangers(self) -> Built:
        """Rebuilt without a row of the `strangers`."""
        out = pl.col("user_id").is_in(self.strangers)
        part = "without strangers"
        return self.rebuild(part, lambda e: self.split.training(e.filter(~out)), until="recommend")

    @cached_property
    def strangers(self) -> list[str]:
        """Users held out altogether, drawn by their ids."""
        return [user for user in self.split.users if draw(user, 0, "stranger") < HELD_OUT]

    def subsample(self, number: int) -> Built:
        """Rebuilt from 80 % of the users."""
        kept = [u for u in self.split.users if draw(u, number, "subsample") < KEPT]
        some = pl.col("user_id").is_in(kept)
        return self.rebuild(f"subsample {number}", lambda e: self.split.training(e).filter(some))

    def earlier(self) -> Built:
        """Rebuilt from the training part without its newest events."""

        def older(events: pl.DataFrame) -> pl.DataFrame:
            training = self.split.training(events).sort("timestamp", "event_id")
            return training.head(round(training.height / (1 + NEW)))

        return self.rebuild("without the newest events", older)

    def grown(self) -> Built:
        """Rebuilt from the training part as a run is: going on with the segments of `earlier`."""
        return self.rebuild("training after earlier", self.split.training, after=self.earlier())

    def in_another_order(self) -> tuple[Built, Built]:
        """Rebuilt from the training part read from a file, and from one with its rows shuffled.

        When both read alike, byte for byte, what follows is the same too, and one rebuild does.
        """
        training = self.split.training(self.events)
        shuffled = training.sample(fraction=1.0, shuffle=True, seed=1)
        read, again = reread(training), reread(shuffled)
        if read.equals(again):
            return self.build(), self.build()
        return (
            self.rebuild("read from a file", lambda _: read),
            self.rebuild("read in another order", lambda _: again),
        )

    def rebuild(
        self,
        part: str,
        make: Callable[[pl.DataFrame], pl.DataFrame],
        *,
        seed: int | None = None,
        until: str = "segments",
        after: Built | None = None,
    ) -> Built:
        """A build from the part of the log that `make` leaves; found when it was made before.

        It goes on with the segments of `after`, or finds its own.
        """
        seed = self.settings.seed if seed is None else seed
        if (part, seed, until) in self._builds:
            return self._builds[part, seed, until]
        self.reporter.note(f"Rebuilding from: {part}, seed {seed}")
        settings = self.settings.model_copy(update={"seed": seed})
        stage = Stages(self.builder, settings, self.reporter)
        log = {
            "log": self.log,
            "split": self.split.hash,
            "part": part,
        }
        events = stage("events", lambda out, _: self._write_part(out, make), hashes=log)
        made = {"events": events}
        for artefact in stage.follow(
            events, self.builder.path, self.model, keep=after.paths if after else None
        ):
            made[artefact.name] = artefact
            if artefact.name == until:
                break
        paths = {name: artefact.path for name, artefact in made.items()}
        found = Built(paths, settings, self.encoder)
        self._builds[part, seed, until] = found
        return found

    def _write_part(
        self, out: Path, make: Callable[[pl.DataFrame], pl.DataFrame]
    ) -> dict[str, Any]:
        """An events artefact of a part of the log, as `agent.stages.write_events` writes one."""
        source = self.run.folder("events")
        events = make(self.events).sort("row", "event_id")
        users = events["user_id"].unique()
        items = pl.read_parquet(source / "items.parquet")
        ties = pl.read_parquet(source / "ties.parquet")
        # Ties read off the rows of the log would tell of rows that are to be predicted.
        told = self.inputs.ties is not None
        frames = {
            "events": events,
            "items": items.filter(pl.col("item_id").is_in(events["item_id"].unique().implode())),
            "attributes": pl.read_parquet(source / "attributes.parquet").filter(
                pl.col("user_id").is_in(users.implode())
            ),
            "ties": ties.filter(pl.col("user_id").is_in(users.implode())) if told else ties.clear(),
        }
        for name, frame in frames.items():
            write_frame(out / f"{name}.parquet", frame)
        write_json(out / "about.json", read_json(source / "about.json"))
        return {"events": events.height, "users": len(users)}

    def aligned(self, built: Built, values: npt.NDArray[Any], blank: float) -> npt.NDArray[Any]:
        """Rows of a rebuild's users in the order of the split's; `blank` for who is not in it."""
        place = {user: i for i, user in enumerate(built.users)}
        shape = (len(self.split.users), *values.shape[1:])
        found = np.full(shape, blank, dtype=values.dtype)
        for row, user in enumerate(self.split.users):
            if user in place:
                found[row] = values[place[user]]
        return found


def reread(events: pl.DataFrame) -> pl.DataFrame:
    """Events written as a CSV in the order they come in, and read as any log is."""
    fields = [c for c in events.columns if c not in ("event_id", "row")]
    told = [c for c in fields if events[c].null_count() < events.height]
    with tempfile.TemporaryDirectory(prefix="folkmap-rows-") as folder:
        file = Path(folder) / "events.csv"
        events.select(told).write_csv(file, datetime_format="%Y-%m-%dT%H:%M:%S%.6f")
        names = {"user_id": "user", "item_id": "item"}
        columns = {names.get(name, name): name for name in told}
        return read_log([file], settings=ReadSettings(columns=columns)).events


@contextmanager
def open_bench(path: Path, scale: Scale, reporter: Reporter) -> Iterator[Bench]:
    """The workbench of a run. Raises RunError where there is no run, or another evaluates it."""
    run = Run.open(path)
    request = remembered(path, {"inputs": Inputs, "settings": BuildSettings})
    settings: BuildSettings = request["settings"]
    with (
        Builder(path / FOLDER) as builder,
        open_model(settings.model, run=path, note=reporter.note) or nullcontext() as model,
    ):
        # Most of what rebuilds read was read for the run itself.
        share_vectors(path / ENCODED, builder.path / ENCODED)
        yield Bench(run, builder, settings, request["inputs"], scale, reporter, model)
