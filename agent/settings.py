"""Settings: one small frozen class per component, bundled in `BuildSettings`.

An explicit argument always wins over the default; nothing is read from the environment. The
docstring under a field is its documentation.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Block = Literal["tastes", "text", "rhythm", "value", "attributes", "ties"]
Features = Literal["ours", "tfidf", "word2vec", "sentence"]
Clusterer = Literal["hdbscan", "kmeans", "agglomerative", "dbscan", "gmm"]


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReadSettings(Settings):
    """How files become events (`agent.behaviour.readers` and its neighbours)."""

    columns: dict[str, str] = Field(default_factory=dict)
    """Field → column name, for logs whose columns are not found by name (`--map user=Who`)."""
    allow_sensitive: tuple[str, ...] = ()
    """Names of sensitive attributes somebody switched on, such as `gender`."""
    batch_rows: int = Field(default=50_000, ge=1)
    """Rows held in memory at once while a file is read."""


class EvidenceSettings(Settings):
    """How histories become facts (`agent.behaviour.evidence`)."""

    currency: str = ""
    """Printed before amounts, such as `£`; a log does not say."""
    max_facts: int = Field(default=18, ge=3)
    """At most this many facts a user, the most distinguishing ones."""


class EncoderSettings(Settings):
    """The text encoder (`retrieval.embeddings`)."""

    batch_size: int = Field(default=64, ge=1)


class VectorSettings(Settings):
    """How profiles and measures become blocks of numbers (`agent.segments.vectors`)."""

    weights: dict[Block, float] = Field(default_factory=dict)
    """Weight of each block in distances (`--by`); empty means the default mix."""
    features: Features = "ours"
    """`ours`: the named blocks. Else one block alone, as people often do it: `tfidf` and
    `word2vec` of the items, or `sentence` embeddings of the profiles."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.weights and self.features != "ours":
            raise ValueError("weights of blocks go with features 'ours': the others are one block")
        return self


class ClusterSettings(Settings):
    """How vectors become segments (`agent.segments.clustering`)."""

    clusterer: Clusterer = "hdbscan"
    """What finds the segments; only `hdbscan` and `dbscan` may leave people out as noise."""
    segments: int | None = Field(default=None, ge=2)
    """How many, for `kmeans`, `agglomerative` and `gmm`; None: by their own criterion."""
    min_users: int = Field(default=30, ge=2)
    """Under this many users there is one segment, "everyone"."""
    sample: int = Field(default=50_000, ge=100)
    """Cores are found on at most this many users; everybody gets a membership from them."""
    max_noise: float = Field(default=0.35, ge=0, le=1)
    """Share of noise above which a clustering is passed over for one that covers more."""

    @model_validator(mode="after")
    def _countable(self) -> Self:
        if self.segments is not None and self.clusterer in ("hdbscan", "dbscan"):
            raise ValueError(f"{self.clusterer} finds out itself how many segments there are")
        return self


class ModelSettings(Settings):
    """Which language model writes, and how it is asked (`agent.models`)."""

    spec: str = "extractive"
    """`extractive`, `vllm:<folder or name>`, `scripted:<file>`, or the URL of a server."""
    name: str | None = None
    """The model's name on a server that is given by URL; one server may have many."""
    concurrency: int = Field(default=32, ge=1)
    """Requests under way at once."""
    timeout_s: float = Field(default=120.0, gt=0)
    """Seconds one request may take."""
    retries: int = Field(default=6, ge=0)
    """Further tries after 429, 5xx and time-outs, with growing, jittered pauses."""
    temperature: float = Field(default=0.7, ge=0, le=2)
    price_in: float = Field(default=0.0, ge=0)
    """Price of a million tokens read, in the currency of the bill."""
    price_out: float = Field(default=0.0, ge=0)
    """Price of a million tokens written."""


class LabelSettings(Settings):
    """How segments get names and rules (`agent.segments.labelling`)."""

    held_out: float = Field(default=0.2, gt=0, lt=1)
    """Share of members a rule is tested on and never learnt from."""
    min_group: int = Field(default=5, ge=2)
    """No label, count or export about fewer people than this."""


class BuildSettings(Settings):
    """Everything that decides a build besides its inputs."""

    seed: int = 0
    read: ReadSettings = ReadSettings()
    evidence: EvidenceSettings = EvidenceSettings()
    encoder: EncoderSettings = EncoderSettings()
    vectors: VectorSettings = VectorSettings()
    clusters: ClusterSettings = ClusterSettings()
    model: ModelSettings = ModelSettings()
    labels: LabelSettings = LabelSettings()
    relearn: bool = False
    """Whether to find segments anew where those of the version before would be kept."""
