"""A rebuild as evaluations read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from agent.behaviour.measures import Measures, load_measures
from agent.recommend.affinity import alphas
from agent.recordfile import read_records
from agent.records import Evidence, Label, Membership, Profile, Segment
from agent.segments.memberships import Cores
from agent.segments.vectors import VectorModel, Vectors
from agent.settings import BuildSettings
from retrieval.embeddings import Encoder


@dataclass(frozen=True)
class Built:
    """A rebuild as evaluations read it; every part is opened when first asked for."""

    paths: Mapping[str, Path]
    """Stage → its folder."""
    settings: BuildSettings
    encoder: Encoder

    def folder(self, stage: str) -> Path:
        return self.paths[stage]

    @cached_property
    def measures(self) -> Measures:
        return load_measures(self.folder("evidence"))

    @cached_property
    def histories(self) -> pl.DataFrame:
        return pl.read_parquet(self.folder("histories") / "histories.parquet")

    @cached_property
    def users(self) -> list[str]:
        return self.measures.users

    @cached_property
    def vectors(self) -> Vectors:
        return Vectors.load(self.folder("vectors"))

    @cached_property
    def vector_model(self) -> VectorModel:
        return VectorModel.load(self.folder("vectors"))

    @cached_property
    def cores(self) -> Cores:
        return Cores.load(self.folder("segments"))

    @cached_property
    def memberships(self) -> list[Membership]:
        return list(read_records(self.folder("segments") / "memberships.jsonl", Membership))

    @cached_property
    def alpha(self) -> npt.NDArray[np.float64]:
        """(users, K) the three strongest memberships."""
        return alphas(self.memberships, self.cores.segments)

    @cached_property
    def argmax(self) -> npt.NDArray[np.int64]:
        """(users,) α's first choice: everybody has one, those whom HDBSCAN calls noise too."""
        return np.asarray(self.alpha.argmax(axis=1), dtype=np.int64)

    @cached_property
    def hdbscan(self) -> npt.NDArray[np.int64]:
        """(users,) HDBSCAN's own segment, -1 for noise."""
        place = {segment: k for k, segment in enumerate(self.cores.segments)}
        labels = [place[m.label] if m.label is not None else -1 for m in self.memberships]
        return np.array(labels, dtype=np.int64)

    def evidence(self) -> Iterator[Evidence]:
        return read_records(self.folder("evidence") / "facts.jsonl", Evidence)

    def profiles(self) -> Iterator[Profile]:
        return read_records(self.folder("profiles") / "profiles.jsonl", Profile)

    def labels(self) -> list[tuple[Segment, Label]]:
        folder = self.folder("labels")
        segments = read_records(folder / "segments.jsonl", Segment)
        return list(zip(segments, read_records(folder / "labels.jsonl", Label), strict=True))
