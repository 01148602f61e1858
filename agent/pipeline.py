"""The whole flow on one screen: files in, a published version of a run out.

    events ─► histories ─► evidence ─► profiles ─► vectors ─► clusters ─► segments
      ─► recommend, labels ─► map and, beside it, index

Each stage is a function of `agent.stages` that writes one artefact. Its key is the hash of all
that decides it: the artefacts before it, its settings, the seed, the prompts and weights it uses,
and its version here. An artefact whose key exists is reused, so a stopped build goes on where it
stopped and a change redoes only what depends on it.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Event
from typing import Any

from agent import stages
from agent.artefacts import Artefact
from agent.builder import Builder, remembered
from agent.inputs import Inputs
from agent.map.page import page_hash
from agent.models.asking import LanguageModel
from agent.models.opening import open_model
from agent.profiles import gist, model_writer
from agent.progress import Reporter, Silent
from agent.prompting import prompt_hash
from agent.recommend.stage import write_recommend
from agent.report import BuildReport, describe_build
from agent.segments import label_writer
from agent.segments.identity import find_ancestor
from agent.segments.keeping import STAGES, Kept, find_kept, learning
from agent.settings import BuildSettings, Settings
from agent.stages import Advance, Notes
from retrieval.embeddings import MiniLM

STAGE_VERSIONS = {
    "events": 2,
    "histories": 2,
    "evidence": 3,
    "profiles": 4,
    "vectors": 6,
    "clusters": 5,
    "segments": 3,
    "recommend": 2,
    "labels": 6,
    "map": 2,
    "index": 1,
}
"""Raise a stage's number when its code gives another result or another schema."""


def build_run(
    inputs: Inputs, run: Path, settings: BuildSettings, *, reporter: Reporter | None = None
) -> BuildReport:
    """Build a run from files and publish it as its next version.

    Raises InputError for a file that cannot be used, SettingsError for a setting this log cannot
    serve, RunError for the run folder, ModelError for the language model; an existing version is
    then as it was.
    """
    hashes, reporter = inputs.hashes(), reporter or Silent()
    with (
        Builder(run) as builder,
        open_model(settings.model, run=run, note=reporter.note) or nullcontext() as model,
    ):
        request = {"inputs": inputs.absolute(), "settings": settings}
        builder.remember({name: part.model_dump(mode="json") for name, part in request.items()})
        stage = Stages(builder, settings, reporter)
        events = stage(
            "events", lambda out, go: stages.write_events(out, inputs, settings, go),
            given={"read": settings.read}, hashes=hashes,
        )  # fmt: skip
        made = [events, *stage.follow(events, run, model)]
        report = describe_build(made, peak_mb=_peak_mb())
        published = builder.publish(made, extra=report)
    page = run / "versions" / str(published.version) / "map" / "map.html"
    return BuildReport(
        run=str(run), version=published.version, new=published.new, map=str(page), **report
    )


def resume_run(run: Path, *, reporter: Reporter | None = None) -> BuildReport:
    """Go on with the last build begun in a run folder, with its files and settings."""
    request = remembered(run, {"inputs": Inputs, "settings": BuildSettings})
    return build_run(request["inputs"], run, request["settings"], reporter=reporter)


class Stages:
    """Runs stages one after the other and tells the reporter."""

    def __init__(self, builder: Builder, settings: BuildSettings, reporter: Reporter) -> None:
        self.builder, self.settings, self.reporter = builder, settings, reporter

    def __call__(
        self,
        name: str,
        make: Callable[[Path, Advance], Notes],
        *,
        after: Sequence[Artefact] = (),
        given: Mapping[str, Settings | str | int] | None = None,
        seeded: bool = False,
        hashes: Mapping[str, str] | None = None,
        advance: Advance | None = None,
    ) -> Artefact:
        """The artefact, found or made. With `advance` the reporter hears of its end only."""
        if advance is None:
            self.reporter.start(name)
            advance = self.reporter.advance
        artefact = self.builder.stage(
            name,
            lambda out: make(out, advance),
            version=STAGE_VERSIONS[name],
            inputs=after,
            settings=_plain(given or {}),
            seed=self.settings.seed if seeded else None,
            hashes=hashes,
            mutable=name == "index",
        )
        self.reporter.finish(name, artefact.seconds, reused=artefact.reused)
        return artefact

    def follow(
        self,
        events: Artefact,
        run: Path,
        model: LanguageModel | None = None,
        keep: Mapping[str, Path] | None = None,
    ) -> Iterator[Artefact]:
        """The stages after `events`, in order, each found or made as it is asked for.

        Who stops asking has what they need: the stages after that are not made. Segments gone on
        with are the current version's, where they are kept; with `keep` (stage → folder) those
        there, whatever the log.
        """
        stage, settings, reporter = self, self.settings, self.reporter
        # What decides a model's words; without a model, nothing of it enters a key.
        worded = (
            {}
            if model is None
            else {"model": model.identity, "temperature": str(settings.model.temperature)}
        )
        encoder = MiniLM(
            cache=run / "cache" / "encoded.sqlite", batch_size=settings.encoder.batch_size
        )
        # fmt: off
        histories = stage(
            "histories", lambda out, _: stages.write_histories(out, events.path, settings),
            after=[events], given={"currency": settings.evidence.currency},
        )
        yield histories
        evidence = stage(
            "evidence",
            lambda out, go: stages.write_evidence(out, events.path, histories.path, settings, go),
            after=[events, histories], given={"evidence": settings.evidence},
        )
        yield evidence
        profiles = stage(
            "profiles",
            lambda out, _: stages.write_profiles(out, evidence.path, settings, model, reporter),
            after=[evidence], seeded=True,
            hashes=worded and {**worded, "prompt": prompt_hash(model_writer.PROMPT)},
        )
        yield profiles
        drawn = {"encoder": encoder.identity, "prompt": prompt_hash(gist.PROMPT)}
        grouped: dict[str, Settings | int] = {
            "clusters": settings.clusters, "min_group": settings.labels.min_group}
        made = (histories, evidence, profiles)
        kept = self._kept(run, made, {**drawn, **worded, **grouped}, keep)
        vectors = stage(
            "vectors", lambda out, go: stages.write_vectors(
                out, evidence.path, profiles.path, kept, settings, encoder, go),
            after=[evidence, profiles], given={"vectors": settings.vectors}, seeded=True,
            hashes={**drawn, **kept.hashes()},
        )
        yield vectors
        clusters = stage(
            "clusters",
            lambda out, _: stages.write_clusters(out, vectors.path, kept, settings),
            after=[vectors], given=grouped, seeded=True, hashes=kept.hashes(),
        )
        yield clusters
        ancestor = kept.ancestor or find_ancestor(run, clusters)
        segments = stage(
            "segments", lambda out, _: stages.write_segments(
                out, vectors.path, clusters.path, ancestor, settings),
            after=[vectors, clusters], seeded=True,
            hashes={"ancestor": ancestor.digest},
        )
        yield segments
        recommend = stage(
            "recommend", lambda out, _: write_recommend(
                out, histories.path, evidence.path, vectors.path, segments.path,
                encoder=encoder, seed=settings.seed),
            after=[histories, evidence, vectors, segments], seeded=True,
            hashes={"encoder": encoder.identity},
        )
        yield recommend
        labels = stage(
            "labels", lambda out, _: stages.write_labels(
                out, evidence.path, clusters.path, segments.path, settings, model),
            after=[evidence, clusters, segments], given={"labels": settings.labels}, seeded=True,
            hashes=worded and {**worded, "prompt": prompt_hash(label_writer.PROMPT)},
        )
        yield labels
        # Each keeps one core busy, for a minute and more where there are many people.
        with beside(
            lambda go: stage(
                "index", lambda out, go: stages.write_index(
                    out, profiles.path, vectors.path, segments.path, labels.path, encoder, go),
                after=[profiles, vectors, segments, labels],
                hashes={"encoder": encoder.identity}, advance=go,
            )
        ) as index:
            yield stage(
                "map", lambda out, _: stages.write_map(
                    out, vectors.path, profiles.path, segments.path, labels.path, settings),
                after=[vectors, profiles, segments, labels], seeded=True,
                hashes={"page": page_hash()},
            )
            yield index.result()
        # fmt: on

    def _kept(
        self,
        run: Path,
        made: tuple[Artefact, Artefact, Artefact],
        decided: Mapping[str, Settings | str | int],
        keep: Mapping[str, Path] | None,
    ) -> Kept:
        """The segments to go on with: those in `keep`, or the current version's if they last.

        `made` are histories, evidence and profiles, `decided` decides with them what is found.
        """
        histories, evidence, profiles = made
        versions = {f"version of {name}": STAGE_VERSIONS[name] for name in STAGES}
        own: dict[str, Settings | str | int] = {
            "seed": self.settings.seed,
            "vectors": self.settings.vectors,
        }
        way = _plain({**decided, **own, **versions})
        now = learning(way, histories.notes["events"], evidence.path)
        if keep:
            return Kept.on(keep, now)
        return find_kept(run, now, evidence, profiles, relearn=self.settings.relearn)


def _plain(given: Mapping[str, Settings | str | int]) -> dict[str, Any]:
    """Settings as JSON."""
    return {
        key: value.model_dump(mode="json") if isinstance(value, Settings) else value
        for key, value in given.items()
    }


class _LeftError(Exception):
    """Nobody waits for what is being made beside the block any more."""


@contextmanager
def beside(make: Callable[[Advance], Artefact]) -> Iterator[Future[Artefact]]:
    """Make an artefact in a thread while the block goes on.

    When the block is left by an exception (Ctrl-C is one), what `make` does is stopped the next
    time it says how far it is.
    """
    left = Event()

    def advance(done: int, total: int | None) -> None:
        del done, total
        if left.is_set():
            raise _LeftError

    with ThreadPoolExecutor(1) as thread:
        made = thread.submit(make, advance)
        try:
            yield made
        except BaseException:
            left.set()
            raise


def _peak_mb() -> int:
    """The most memory this process has held, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024))
