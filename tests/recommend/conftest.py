"""A recommender fitted on the demo shop's run, made once and read by many tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.behaviour.measures import load_measures
from agent.recommend.model import Model
from agent.recommend.recommender import Recommender
from agent.recommend.stage import write_recommend
from agent.recordfile import RecordFile, read_records
from agent.records import Label, Membership, Segment
from agent.runs import Run
from agent.segments.memberships import Cores
from agent.segments.vectors import VectorModel
from agent.state import State
from tests.recommend.logs import WordVectors


@dataclass(frozen=True)
class Fitted:
    """A built run, the recommender's artefact beside it, and what the stage remarked."""

    run: Run
    folder: Path
    notes: dict[str, object]

    def write(self, out: Path) -> dict[str, object]:
        folders = [self.run.folder(n) for n in ("histories", "evidence", "vectors", "segments")]
        out.mkdir()
        return write_recommend(out, *folders, encoder=WordVectors(), seed=0)

    def open(self, state: Path) -> Recommender:
        """A recommender whose users' statements are kept in the folder `state`."""
        labels = self.run.folder("labels")
        described = read_records(labels / "segments.jsonl", Segment)
        named = read_records(labels / "labels.jsonl", Label)
        return Recommender(
            Model.load(self.folder),
            load_measures(self.run.folder("evidence")),
            Cores.load(self.run.folder("segments")),
            VectorModel.load(self.run.folder("vectors")),
            RecordFile(self.run.folder("segments") / "memberships.jsonl", Membership),
            list(zip(described, named, strict=True)),
            State(state),
            WordVectors(),
        )


@pytest.fixture(scope="session")
def fitted(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Fitted:
    folder = tmp_path_factory.mktemp("recommend") / "recommend"
    bare = Fitted(Run.open(built), folder, {})
    return Fitted(bare.run, folder, bare.write(folder))


@pytest.fixture
def recommender(fitted: Fitted, tmp_path: Path) -> Recommender:
    return fitted.open(tmp_path)
