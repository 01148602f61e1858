"""Users as vectors: named blocks, each with the weight it has in distances.

A block's mean squared distance between two users is 1 before its weight, so that weights mean
what they say whatever the number of columns. The default weight of a block is `MIX` times the
share of users whom the block says anything about; blocks the log cannot fill are absent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import numpy.typing as npt
import polars as pl

from agent.errors import RunError, SettingsError
from agent.recordfile import write_arrays, write_frame, write_json
from agent.segments.blocks import (
    AttributeFlags,
    CategoryShares,
    Matrix,
    Part,
    TextDirections,
    evidence,
    rounded,
)
from agent.segments.factors import Factors
from agent.segments.scales import MeasureColumns
from agent.segments.word2vec import learn_word2vec
from agent.settings import Block, Features, VectorSettings

if TYPE_CHECKING:
    from agent.behaviour.measures import Measures

BLOCKS: tuple[Block, ...] = get_args(Block)

MIX: dict[Block, float] = {
    "tastes": 1.0,
    "text": 0.05,
    "rhythm": 0.3,
    "value": 0.25,
    "attributes": 0.05,
    "ties": 0.1,
}
"""Default weights. What people are after leads; when and how much refine it; the profile text
repeats the others in words, and whom one knows and where one lives say little of tastes, so they
only tip the balance (`--by` changes that)."""

PRESETS: dict[str, dict[Block, float]] = {
    "behaviour": {"tastes": 0.5, "rhythm": 0.75, "value": 0.75},
    "interest": {"tastes": 1.0, "text": 0.4},
    "attribute": {"attributes": 1.0},
    "social": {"ties": 1.0},
}

FEATURES: dict[Features, dict[Block, float]] = {
    "tfidf": {"tastes": 1.0},
    "word2vec": {"tastes": 1.0},
    "sentence": {"text": 1.0},
}
"""Which block holds the features that stand in for ours (`--features`)."""

ITEM_DIRECTIONS = 32
TFIDF_DIRECTIONS = 64
PEOPLE_DIRECTIONS = 24

_PARTS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (CategoryShares, Factors, MeasureColumns, AttributeFlags, TextDirections)
}


def parse_by(text: str) -> dict[Block, float]:
    """`behaviour`, `interest=0.7,social=0.3`, `tastes=1,ties=0.5` → the weight of each block.

    Presets and blocks can be mixed; a part without a number counts 1; parts add up. Raises
    SettingsError for an unknown name, a number that is not positive, or nothing at all.
    """
    mix: dict[Block, float] = {}
    known = ", ".join([*PRESETS, *BLOCKS])
    for part in text.split(","):
        name, _, number = (piece.strip() for piece in part.partition("="))
        try:
            amount = float(number) if number or "=" in part else 1.0
        except ValueError:
            amount = 0.0
        if not 0 < amount < float("inf"):
            raise SettingsError(f"--by {text!r}: {part.strip()!r} needs a number above 0 after '='")
        blocks = PRESETS.get(name) or {b: 1.0 for b in BLOCKS if b == name}
        if not blocks:
            raise SettingsError(f"--by {text!r}: {name!r} is none of {known}")
        for block, weight in blocks.items():
            mix[block] = mix.get(block, 0.0) + amount * weight
    return mix


@dataclass(frozen=True)
class LearntBlock:
    """The parts of one block, each scaled to an equal share of the block's distances."""

    parts: tuple[Part, ...]
    scales: tuple[float, ...]
    weight: float

    @property
    def columns(self) -> list[str]:
        return [name for part in self.parts for name in part.columns]

    def transform(self, measures: Measures, text: Matrix | None) -> Matrix:
        return rounded(
            np.hstack(
                [
                    part.transform(measures, text) * scale
                    for part, scale in zip(self.parts, self.scales, strict=True)
                ]
            )
        )


@dataclass(frozen=True)
class Vectors:
    """Users in the order of their ids; `blocks[b]` is (users, columns of b), unweighted."""

    users: list[str]
    events: Matrix
    """(users,) events' worth of taste behind each user; 0 where there is nothing to go by."""
    blocks: dict[Block, Matrix]
    columns: dict[Block, list[str]]
    weights: dict[Block, float]

    def matrix(self) -> Matrix:
        """(users, all columns): squared Euclidean distances are the weighted sum over blocks."""
        if not self.blocks:
            return np.zeros((len(self.users), 1))
        return np.hstack([np.sqrt(self.weights[b]) * values for b, values in self.blocks.items()])

    def rows(self, chosen: np.ndarray) -> Vectors:
        """The users at these places (an index array or a mask)."""
        places = np.arange(len(self.users))[chosen]
        blocks = {b: values[places] for b, values in self.blocks.items()}
        users = [self.users[i] for i in places]
        return Vectors(users, self.events[places], blocks, self.columns, self.weights)

    def save(self, folder: Path) -> None:
        """Write `placed.npz` and `placed.parquet` beside the files of the model behind them."""
        write_arrays(folder / "placed.npz", {str(b): values for b, values in self.blocks.items()})
        write_frame(
            folder / "placed.parquet", pl.DataFrame({"user_id": self.users, "events": self.events})
        )

    @classmethod
    def load(cls, folder: Path) -> Vectors:
        """Read back what this and the model's `save` wrote; RunError where an older build did."""
        learnt = VectorModel.load(folder).blocks
        if not (folder / "placed.npz").is_file():
            raise RunError(f"{folder} was written by an earlier version; build the run again")
        people = pl.read_parquet(folder / "placed.parquet")
        with np.load(folder / "placed.npz", allow_pickle=False) as arrays:
            blocks: dict[Block, Matrix] = {block: arrays[block] for block in learnt}
        return cls(
            people["user_id"].to_list(),
            people["events"].to_numpy(),
            blocks,
            {name: block.columns for name, block in learnt.items()},
            {name: block.weight for name, block in learnt.items()},
        )


@dataclass(frozen=True)
class VectorModel:
    """What was learnt of a population: enough to place anybody without learning again."""

    blocks: dict[Block, LearntBlock]

    def transform(
        self, measures: Measures, profile_vectors: npt.NDArray[np.floating[Any]] | None
    ) -> Vectors:
        """Place the users of `measures.table`; `profile_vectors` is (users, embedding) or None."""
        text = _text(measures, profile_vectors)
        return Vectors(
            measures.table["user_id"].to_list(),
            evidence(measures),
            {b: block.transform(measures, text) for b, block in self.blocks.items()},
            {b: block.columns for b, block in self.blocks.items()},
            {b: block.weight for b, block in self.blocks.items()},
        )

    def save(self, folder: Path) -> None:
        """Write `vectors.json` and `vectors.npz`, the same bytes for the same model."""
        arrays: dict[str, Matrix] = {}
        story: dict[str, Any] = {}
        for name, block in self.blocks.items():
            parts = []
            for i, part in enumerate(block.parts):
                state: dict[str, Any] = {"kind": type(part).__name__, "arrays": []}
                for field in fields(part):  # type: ignore[arg-type]
                    value = getattr(part, field.name)
                    if isinstance(value, np.ndarray):
                        arrays[f"{name}.{i}.{field.name}"] = value
                        state["arrays"].append(field.name)
                    else:
                        state[field.name] = value
                parts.append(state)
            story[name] = {"weight": block.weight, "scales": block.scales, "parts": parts}
        write_arrays(folder / "vectors.npz", arrays)
        write_json(folder / "vectors.json", story)

    @classmethod
    def load(cls, folder: Path) -> VectorModel:
        story = json.loads((folder / "vectors.json").read_text("utf-8"))
        blocks: dict[Block, LearntBlock] = {}
        with np.load(folder / "vectors.npz", allow_pickle=False) as arrays:
            for name in [b for b in BLOCKS if b in story]:
                parts = []
                for i, state in enumerate(story[name]["parts"]):
                    kind = _PARTS[state.pop("kind")]
                    held = {f: arrays[f"{name}.{i}.{f}"] for f in state.pop("arrays")}
                    parts.append(kind(**state, **held))
                scales = tuple(story[name]["scales"])
                blocks[name] = LearntBlock(tuple(parts), scales, story[name]["weight"])
        return cls(blocks)


def fit_blocks(
    measures: Measures,
    profile_vectors: npt.NDArray[np.floating[Any]] | None,
    settings: VectorSettings,
    seed: int,
) -> tuple[VectorModel, Vectors]:
    """Learn the blocks of a population and place it in them.

    `profile_vectors` is (users, embedding) in the order of `measures.table`. With
    `settings.weights` only its blocks are made, with these weights; with `settings.features` other
    than ours only theirs; raises SettingsError when the log can fill none of them.
    """
    text = _text(measures, profile_vectors)
    features = settings.features
    wanted = settings.weights or FEATURES.get(features) or MIX
    blocks: dict[Block, LearntBlock] = {}
    for name in BLOCKS:
        if wanted.get(name, 0.0) <= 0:
            continue
        found = _parts(name, measures, text, features, seed)
        learnt = _learn(found, measures, text, wanted[name], damp=wanted is MIX)
        if learnt is not None:
            blocks[name] = learnt
    if settings.weights and not blocks:
        raise SettingsError(
            f"--by asks for {', '.join(settings.weights)}, of which this log has nothing to tell "
            "users apart by; add a file with ties or attributes, or leave --by out"
        )
    if features != "ours" and not blocks:
        raise SettingsError(
            f"--features {features} finds nothing in this log to tell users apart by (items need "
            "three users each, and there have to be eight such items); leave --features out"
        )
    model = VectorModel(blocks)
    return model, model.transform(measures, profile_vectors)


def _learn(
    found: list[Part], measures: Measures, text: Matrix | None, weight: float, *, damp: bool
) -> LearntBlock | None:
    parts: list[Part] = []
    scales: list[float] = []
    known = np.zeros(len(measures.table), dtype=bool)
    for part in found:
        values = part.transform(measures, text)
        spread = 2 * float(values.var(axis=0).sum())
        if spread < 1e-12:
            continue
        parts.append(part)
        scales.append(float(np.sqrt(1 / spread)))
        known |= part.known(measures)
    if not parts:
        return None
    shared = tuple(float(rounded(scale / np.sqrt(len(parts)))) for scale in scales)
    cover = float(rounded(known.mean())) if damp else 1.0
    return LearntBlock(tuple(parts), shared, float(rounded(weight * cover)))


def _parts(
    name: Block, measures: Measures, text: Matrix | None, features: Features, seed: int
) -> list[Part]:
    """What can be learnt of one block."""
    parts: list[Part | None] = []
    if name == "tastes":
        titles = dict(measures.catalogue.select("item_id", "title").drop_nulls().rows())
        if features == "word2vec":
            parts = [learn_word2vec(measures, titles, seed)]
        else:
            size = TFIDF_DIRECTIONS if features == "tfidf" else ITEM_DIRECTIONS
            items = Factors.learn(
                measures, table="item_tastes", key="item_id", label="items alike to", names=titles,
                size=size, seed=seed,
            )  # fmt: skip
            parts = [items] if features == "tfidf" else [CategoryShares.learn(measures), items]
    elif name == "ties":
        people = Factors.learn(
            measures, table="ties", key="other_id", label="people around", names={},
            size=PEOPLE_DIRECTIONS, seed=seed, mirrored=True,
        )  # fmt: skip
        parts = [people, MeasureColumns.learn(measures, "ties")] if len(measures.ties) else []
    elif name == "attributes":
        parts = [AttributeFlags.learn(measures)]
    elif name == "text":
        parts = [TextDirections.learn(text)]
    else:
        parts = [MeasureColumns.learn(measures, name)]
    return [part for part in parts if part is not None]


def _text(
    measures: Measures, profile_vectors: npt.NDArray[np.floating[Any]] | None
) -> Matrix | None:
    if profile_vectors is None:
        return None
    text = np.asarray(profile_vectors, dtype=np.float64)
    if len(text) != len(measures.table):
        raise ValueError(f"{len(text)} profile vectors for {len(measures.table)} users")
    return text
