"""what questions are asked of: one version of a run, its parts opened when first needed."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np

from agent.behaviour.measures import Measures, load_measures
from agent.builder import remembered
from agent.cards import SegmentCard
from agent.disk import storage_errors
from agent.errors import RunError
from agent.recordfile import RecordFile, read_records
from agent.records import Label, Membership, Placement, Profile, Recommendation, Segment, Vocabulary
from agent.runs import Run
from agent.segments.memberships import Cores
from agent.segments.readable import Mask, Readable, readable
from agent.segments.vectors import VectorModel, Vectors
from agent.settings import LabelSettings
from retrieval.embeddings import Encoder, MiniLM
from retrieval.search import Hit, search
from retrieval.store import Collection, Store

NOWHERE = "none"
"""Stands for the users of no segment where a segment is asked for."""


class Listed(Protocol):
    """A list of recommendations."""

    @property
    def items(self) -> tuple[Recommendation, ...]: ...


class Recommends(Protocol):
    """What recommends; `agent.recommend.recommender.Recommender` is one."""

    def for_user(self, user: str, *, k: int) -> Listed: ...

    def for_segment(self, segment: str, *, k: int) -> Listed: ...

    def for_taste(self, words: str, *, k: int) -> Listed: ...

    def why(self, user: str, item: str) -> Placement: ...


@dataclass(frozen=True)
class Catalogue:
    """Items and categories by name. `users` is how many people touched the item."""

    titles: dict[str, str]
    """Id → title."""
    users: dict[str, int]
    of_category: dict[str, tuple[str, ...]]
    """Category → ids of its items."""


class World:
    """One version of a run as the tools see it; nothing is read before it is needed.

    `encoder` and `recommender` can be given, for tests and for a service that shares them.
    """

    def __init__(
        self, run: Run, *, encoder: Encoder | None = None, recommender: Recommends | None = None
    ) -> None:
        self.run = run
        self.lock = threading.RLock()
        """Held by whoever uses tools: parts are opened and kept as they are needed."""
        self.typical: dict[tuple[str, str], float] = {}
        """(feature, segment) → what is usual there, as far as it was asked for."""
        self._collections: dict[str, Collection] = {}
        self._encoder, self._recommender = encoder, recommender

    @cached_property
    def min_group(self) -> int:
        """Fewest people that may be spoken of, as the build was told."""
        try:
            return int(remembered(self.run.path)["settings"]["labels"]["min_group"])
        except (RunError, KeyError, TypeError, ValueError):
            return LabelSettings().min_group

    @cached_property
    def segments(self) -> dict[str, SegmentCard]:
        """Labelled segments by id, parents before leaves; none of fewer than `min_group`."""
        folder = self.run.folder("labels")
        labels = read_records(folder / "labels.jsonl", Label)
        found = read_records(folder / "segments.jsonl", Segment)
        cards = (SegmentCard.of(s, label) for s, label in zip(found, labels, strict=True))
        return {card.id: card for card in cards if card.size >= self.min_group}

    @cached_property
    def leaves(self) -> dict[str, SegmentCard]:
        """Those without parts; everybody in a segment is in exactly one of them."""
        return {i: card for i, card in self.segments.items() if card.level == 1}

    @cached_property
    def profiles(self) -> RecordFile[Profile]:
        return RecordFile(self.run.folder("profiles") / "profiles.jsonl", Profile)

    @cached_property
    def memberships(self) -> RecordFile[Membership]:
        return RecordFile(self.run.folder("segments") / "memberships.jsonl", Membership)

    @cached_property
    def measures(self) -> Measures:
        return load_measures(self.run.folder("evidence"))

    @property
    def words(self) -> Vocabulary:
        return self.measures.vocabulary

    @cached_property
    def table(self) -> Readable:
        """Users × readable features, users sorted by id."""
        return readable(self.measures, min_group=self.min_group)

    @cached_property
    def row(self) -> dict[str, int]:
        """User → row of `table`."""
        return {user: i for i, user in enumerate(self.table.users)}

    @cached_property
    def members(self) -> dict[str, Mask]:
        """Segment → (users,) mask of those HDBSCAN put there; `NOWHERE` has the rest."""
        label = dict.fromkeys(self.table.users, NOWHERE)
        label |= {m.user_id: m.label or NOWHERE for m in self.memberships}
        own = np.array([label[user] for user in self.table.users])
        masks = {i: own == i for i in [*self.leaves, NOWHERE]}
        for parent in (i for i, card in self.segments.items() if card.level == 0):
            parts = [i for i, card in self.leaves.items() if card.parent == parent]
            masks[parent] = np.isin(own, parts)
        return masks

    @cached_property
    def cores(self) -> Cores:
        return Cores.load(self.run.folder("segments"))

    @cached_property
    def vectors(self) -> Vectors:
        """Users in the named blocks, in the order of the measures."""
        folder = self.run.folder("vectors")
        text = np.load(folder / "text.npy", allow_pickle=False)
        return VectorModel.load(folder).transform(self.measures, text)

    @cached_property
    def catalogue(self) -> Catalogue:
        frame = self.measures.catalogue
        of_category: dict[str, list[str]] = {}
        for item, categories in frame.select("item_id", "categories").iter_rows():
            for category in categories or ():
                of_category.setdefault(category, []).append(item)
        return Catalogue(
            titles=dict(frame.select("item_id", "title").iter_rows()),
            users=dict(frame.select("item_id", "users").iter_rows()),
            of_category={name: tuple(items) for name, items in sorted(of_category.items())},
        )

    @cached_property
    def touched(self) -> dict[str, Mask]:
        """Item → (users,) mask of those who bought, rated or used it."""
        masks: dict[str, Mask] = {}
        for user, item in self.measures.items.select("user_id", "item_id").iter_rows():
            if item not in masks:
                masks[item] = np.zeros(len(self.table.users), dtype=np.bool_)
            masks[item][self.row[user]] = self.buyers[self.row[user]]
        return masks

    @cached_property
    def buyers(self) -> Mask:
        """(users,) those of whom it can be said that they bought, rated or used something.

        Of people who only looked, what they looked at is measured in place of purchases.
        """
        if self.words.domain != "purchases" or "spend" not in self.table.column:
            return np.ones(len(self.table.users), dtype=np.bool_)
        spent: Mask = ~np.isnan(self.table.of("spend"))
        return spent

    @cached_property
    def encoder(self) -> Encoder:
        return self._encoder or MiniLM(cache=Path(self.run.path) / "cache" / "encoded.sqlite")

    @cached_property
    def recommender(self) -> Recommends | None:
        """None for a run whose build did not make recommendations."""
        if self._recommender is None and "recommend" in self.run.manifest["stages"]:
            from agent.recommend.recommender import Recommender

            self._recommender = Recommender.open(self.run, encoder=self.encoder)
        return self._recommender

    def find(self, collection: str, query: str, count: int) -> list[Hit]:
        """The best hits of the search index for a text. Raises RunError when it cannot be used."""
        index = self.run.folder("index")
        with storage_errors(index):
            return search(
                self._collection(collection, index), query, encoder=self.encoder, count=count
            )

    def alike(self, user: str, count: int) -> list[Hit]:
        """The users whose profile texts are nearest to a user's, that one first."""
        folder = self.run.folder("vectors")
        text = np.load(folder / "text.npy", allow_pickle=False, mmap_mode="r")
        index = self.run.folder("index")
        with storage_errors(index):
            vector = np.asarray(text[self.row[user]], dtype=np.float32)
            return search(self._collection("profiles", index), vector, count=count)

    def encode(self, texts: list[str]) -> np.ndarray:
        """(texts, dimensions) unit vectors. Raises RunError when the encoder cannot be used."""
        with storage_errors(self.run.path):
            return self.encoder.encode(texts, texts)

    def close(self) -> None:
        """Let go of the search index."""
        self._collections.clear()
        store = self.__dict__.pop("_opened", None)
        if store is not None:
            store.close()

    def _collection(self, name: str, index: Path) -> Collection:
        if name not in self._collections:
            self._collections[name] = self._store(index).collection(name)
        return self._collections[name]

    def _store(self, index: Path) -> Store:
        if "_opened" not in self.__dict__:
            self.__dict__["_opened"] = store = Store(index)
            # Whoever still asks a version that was replaced keeps it open; the last one closes it.
            weakref.finalize(self, store.close)
        found: Store = self.__dict__["_opened"]
        return found
