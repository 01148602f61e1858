"""One function per arrow of the flow: read the artefacts before it, write one folder.

The thinking stands in the packages; here is only what is read and what is written. Every file
is deterministic: the same inputs, settings and seed give the same bytes, but for the index's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import polars as pl

from agent.behaviour.categories import with_categories
from agent.behaviour.counting import take_measures
from agent.behaviour.events import read_log
from agent.behaviour.evidence import Surroundings, evidence_lines, freeze_population, lay_out
from agent.behaviour.histories import load_histories, make_histories
from agent.behaviour.measures import load_measures, save_measures
from agent.behaviour.vocabulary import read_vocabulary
from agent.cores import cores_for, over_cores
from agent.inputs import Inputs
from agent.map import drawing
from agent.models.asking import LanguageModel
from agent.models.grounding import free_words
from agent.profiles import model_writer, shards, writer
from agent.profiles.gist import Gist, encoder_text
from agent.profiles.lexicon import Lexicon, names_of
from agent.profiles.writer import Tally
from agent.progress import Reporter
from agent.recordfile import (
    Line,
    line_of,
    read_json,
    read_records,
    read_shards,
    write_frame,
    write_json,
    write_lines,
    write_matrix,
    write_records,
)
from agent.records import Evidence, Label, Membership, Vocabulary
from agent.segments.clustering import Clustering, find_segments
from agent.segments.identity import Ancestor, SegmentIds, name_clusters
from agent.segments.keeping import Kept, place_again
from agent.segments.label_writer import ModelLabels
from agent.segments.labelling import label_segments
from agent.segments.memberships import Cores, describe_cores, fit_cores
from agent.segments.memberships import memberships as place_all
from agent.segments.vectors import VectorModel, Vectors, fit_blocks
from agent.segments.writing import LabelTally
from agent.settings import BuildSettings
from retrieval.embeddings import DIMENSIONS, Encoder
from retrieval.store import Store

R = TypeVar("R")

Notes = Mapping[str, Any]
"""What a stage remarks; kept with its artefact and outside its bytes."""

Advance = Callable[[int, int | None], None]
"""Told how much of a stage is done, and of how much where that is known."""


ENCODED_AT_ONCE = 2_000


def write_events(out: Path, inputs: Inputs, settings: BuildSettings, advance: Advance) -> Notes:
    """The report goes into the notes: it tells CSV from Parquet, which the events do not."""
    log = read_log(
        inputs.events,
        items=inputs.items,
        attributes=inputs.attributes,
        ties=inputs.ties,
        settings=settings.read,
        progress=lambda _, rows: advance(rows, None),
        scratch=out,
    )
    for name in ("events", "items", "attributes", "ties"):
        write_frame(out / f"{name}.parquet", getattr(log, name))
    write_json(out / "about.json", {"item_noun": log.report.item_noun})
    return log.report.model_dump(mode="json")


def write_histories(out: Path, events: Path, settings: BuildSettings) -> Notes:
    histories, returns = make_histories(pl.read_parquet(events / "events.parquet"))
    vocabulary = read_vocabulary(
        histories,
        item=str(read_json(events / "about.json")["item_noun"]),
        currency=settings.evidence.currency,
    )
    items, source = with_categories(pl.read_parquet(events / "items.parquet"), histories)
    write_frame(out / "histories.parquet", histories)
    write_frame(out / "items.parquet", items)
    (out / "vocabulary.json").write_text(vocabulary.model_dump_json(indent=1))
    return {
        "events": histories.height,
        "users": histories["user_id"].n_unique(),
        "items": histories.filter(pl.col("item_id") != "")["item_id"].n_unique(),
        "returns": {"cancelling": returns.cancelling, "unmatched": returns.unmatched},
        "categories": {"from": source, "count": items["categories"].explode().n_unique()},
    }


def write_evidence(
    out: Path, events: Path, histories: Path, settings: BuildSettings, advance: Advance
) -> Notes:
    rows = load_histories(histories / "histories.parquet")
    measures = take_measures(
        rows,
        items=pl.read_parquet(histories / "items.parquet"),
        attributes=pl.read_parquet(events / "attributes.parquet"),
        ties=pl.read_parquet(events / "ties.parquet"),
        vocabulary=Vocabulary.model_validate_json((histories / "vocabulary.json").read_text()),
    )
    save_measures(measures, out)
    population = freeze_population(rows, measures)
    (out / "population.json").write_text(population.model_dump_json(indent=1))
    users = measures.table.height
    found = over_cores(
        evidence_lines,
        Surroundings.of(measures, population, settings.evidence),
        lay_out(rows, measures),
        workers=cores_for(users),
    )
    write_lines(out / "facts.jsonl", counted(chain.from_iterable(found), users, advance))
    return {}


def write_profiles(
    out: Path, evidence: Path, settings: BuildSettings, model: LanguageModel | None,
    reporter: Reporter,
) -> Notes:  # fmt: skip
    """Profiles in the model's words, or without one in the extractive writer's."""
    measures, tally = load_measures(evidence), Tally()
    facts, users = evidence / "facts.jsonl", measures.table.height
    if model is None:
        around = shards.Surroundings(measures.vocabulary, Lexicon.of(measures), settings.seed)
        pieces = read_shards(facts, shards.SHARD_USERS)
        written = over_cores(shards.profile_lines, around, pieces, workers=cores_for(users))
        lines = tallied(written, tally)
    else:
        model_writer.announce_cost(model, facts, users, reporter)
        profiles = writer.write_profiles(
            read_records(facts, Evidence),
            measures.vocabulary,
            Lexicon.of(measures),
            writer=model_writer.ModelWriter(model, names_of(measures), short=model.short),
            seed=settings.seed,
            tally=tally,
            concurrency=settings.model.concurrency,
        )
        lines = (line_of(profile, "user_id") for profile in profiles)
    write_lines(out / "profiles.jsonl", counted(lines, users, reporter.advance))
    return {**tally.notes(), "usage": None if model is None else model.usage.settle()}


def write_vectors(
    out: Path, evidence: Path, profiles: Path, kept: Kept, settings: BuildSettings,
    encoder: Encoder, advance: Advance,
) -> Notes:  # fmt: skip
    """Text vectors of all profiles, and the blocks that distances are taken in."""
    measures = load_measures(evidence)
    users = measures.users
    text = np.empty((len(users), DIMENSIONS), dtype=np.float32)
    batch = read_records(profiles / "profiles.jsonl", Gist)
    done = 0
    while shard := list(islice(batch, ENCODED_AT_ONCE)):
        texts = [encoder_text(profile) for profile in shard]
        text[done : done + len(shard)] = encoder.encode([p.user_id for p in shard], texts)
        done += len(shard)
        advance(done, len(users))
    write_matrix(out / "text.npy", text)
    if kept.folders:
        model = VectorModel.load(kept.folders["vectors"])
        vectors = model.transform(measures, text)
    else:
        model, vectors = fit_blocks(measures, text, settings.vectors, settings.seed)
    model.save(out)
    vectors.save(out)
    blocks = {name: vectors.weights[name] for name in vectors.blocks}
    return {"blocks": blocks, "features": settings.vectors.features}


def write_clusters(out: Path, vectors: Path, kept: Kept, settings: BuildSettings) -> Notes:
    """The segments kept, or segments found anew."""
    placed, fewest = Vectors.load(vectors), settings.labels.min_group
    again = place_again(placed, kept, fewest)
    found = again or find_segments(placed, settings.clusters, settings.seed, min_group=fewest)
    found.save(out)
    return {
        "reason": found.reason,
        "clusterer": settings.clusters.clusterer,
        "report": found.report,
        **kept.notes(placed=again is not None),
    }


def write_segments(
    out: Path, vectors: Path, clusters: Path, ancestor: Ancestor, settings: BuildSettings
) -> Notes:
    """Give clusters the ids they had in the version before, and everybody a membership."""
    placed = Vectors.load(vectors)
    found = Clustering.load(clusters, placed.users)
    if found.kept and ancestor.folder is not None:
        ids, cores = SegmentIds.load(ancestor.folder), Cores.load(ancestor.folder)
    else:
        ids = name_clusters(found, ancestor.folder)
        cores = fit_cores(placed, found, ids.leaves, settings.seed)
    ids.save(out)
    cores.save(out)
    memberships = list(place_all(cores, placed, found))
    write_records(out / "memberships.jsonl", memberships, key="user_id")
    noise = sum(membership.noise for membership in memberships)
    report = describe_cores(cores, placed, found)
    return {
        "segments": len(ids.leaves),
        "noise": round(noise / max(1, len(memberships)), 4),
        "agreement": report["agreement"],
        "ancestor": ancestor.digest,
        "report": report,
    }


def write_labels(
    out: Path, evidence: Path, clusters: Path, segments: Path, settings: BuildSettings,
    model: LanguageModel | None,
) -> Notes:  # fmt: skip
    """What the segments are called and why, in the model's words where there is one."""
    measures, tally = load_measures(evidence), LabelTally()
    found = Clustering.load(clusters, measures.users)
    assignment = {
        membership.user_id: membership.label
        for membership in read_records(segments / "memberships.jsonl", Membership)
    }
    labeller = None
    if model is not None and model.good_at("label"):
        labeller = ModelLabels(model, free_words(names_of(measures)), short=model.short)
    described, labels = label_segments(
        measures,
        assignment,
        SegmentIds.load(segments).parents_of_leaves(),
        probabilities=dict(zip(found.users, map(float, found.probabilities), strict=True)),
        settings=settings.labels,
        seed=settings.seed,
        writer=labeller,
        tally=tally,
        concurrency=1 if model is None else settings.model.concurrency,
    )
    write_records(out / "segments.jsonl", described)
    write_records(out / "labels.jsonl", labels)
    return {**tally.notes(), "usage": None if model is None else model.usage.settle()}


def write_map(
    out: Path, vectors: Path, profiles: Path, segments: Path, labels: Path, settings: BuildSettings
) -> Notes:
    """Everybody's place on a plane, as a page and as a picture."""
    placed = Vectors.load(vectors)
    return drawing.write_map(out, placed, profiles, segments, labels, settings.seed)


def write_index(
    out: Path, profiles: Path, vectors: Path, segments: Path, labels: Path, encoder: Encoder,
    advance: Advance,
) -> Notes:  # fmt: skip
    """Profiles and labels as searchable texts."""
    text = np.load(vectors / "text.npy", allow_pickle=False)
    memberships = read_records(segments / "memberships.jsonl", Membership)
    with Store(out, create=True) as store:
        people = store.create("profiles")
        pairs = zip(read_records(profiles / "profiles.jsonl", Gist), memberships, strict=True)
        done = 0
        while shard := list(islice(pairs, ENCODED_AT_ONCE)):
            people.upsert(
                [profile.user_id for profile, _ in shard],
                text[done : done + len(shard)],
                [{"segment": m.label or "", "noise": m.noise} for _, m in shard],
                [encoder_text(profile) for profile, _ in shard],
            )
            done += len(shard)
            advance(done, len(text))
        named = list(read_records(labels / "labels.jsonl", Label))
        described = [f"{label.name}. {label.description}" for label in named]
        groups = store.create("segments")
        if named:
            ids = [label.segment for label in named]
            groups.upsert(
                ids, encoder.encode(ids, described), [{"name": n.name} for n in named], described
            )
    return {}


def tallied(written: Iterable[shards.Written], tally: Tally) -> Iterator[Line]:
    """The lines of all shards, their counts added to `tally` as they pass."""
    for shard in written:
        tally.merge(shard.tally)
        yield from shard.lines


def counted(records: Iterable[R], total: int, advance: Advance) -> Iterator[R]:
    """Pass records through, telling `advance` of every hundredth."""
    for n, record in enumerate(records, start=1):
        yield record
        if n % 100 == 0 or n == total:
            advance(n, total)
