"""what questions are asked of: one version of a run, its parts opened when first needed."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from agent.behaviour.measures import Measures, load_measures
from agent.builder import remembered
from agent.cards import SegmentCard
from agent.chat.opening import opened
from agent.chat.touched import Touched
from agent.disk import storage_errors
from agent.errors import RunError
from agent.recordfile import RecordFile, read_records
from agent.records import Label, Membership, Placement, Profile, Recommendation, Segment, Vocabulary
from agent.runs import Run
from agent.segments.memberships import Cores
from agent.segments.readable import Mask, Matrix, Readable, readable
from agent.segments.vectors import Vectors
from agent.settings import LabelSettings
from retrieval.embeddings import Encoder, MiniLM
from retrieval.search import Hit, search
from retrieval.store import Collection, Store

MOST_HEADLINES = 20_000
"""Kept in memory at once, a hundred bytes or two each."""

NOWHERE = "none"
"""Stands for the users of no segment where a segment is asked for."""


class Listed(Protocol):
    """A list of recommendations."""

    @property
    def items(self) -> tuple[Recommendation, ...]: ...


class Recommends(Protocol):
    """What recommends; `agent.recommend.recommender.Recommender` is one.

    Without `told` nobody writes rationales.
    """

    def for_user(self, user: str, *, k: int, told: bool) -> Listed: ...

    def for_segment(self, segment: str, *, k: int, told: bool) -> Listed: ...

    def for_taste(self, words: str, *, k: int, told: bool) -> Listed: ...

    def why(self, user: str, item: str) -> Placement: ...


@dataclass(frozen=True)
class Catalogue:
    """Items and categories by name. `users` is how many people touched the item."""

    titles: dict[str, str]
    """Id → title."""
    users: dict[str, int]
    of_category: dict[str, tuple[str, ...]]
    """Category → ids of its items."""


class Firm(NamedTuple):
    """A member of a segment."""

    user: str
    weight: float
    """Of the membership there, 0..1."""


class World:
    """One version of a run as the tools see it; nothing is read before it is needed.

    For any number of threads: a part is opened by the one that needs it first, and is then only
    read. What is counted from the parts and kept is the same whoever counts it.

    `encoder` and `recommender` can be given, for tests and for a service that shares them.
    """

    def __init__(
        self, run: Run, *, encoder: Encoder | None = None, recommender: Recommends | None = None
    ) -> None:
        self.run = run
        self._opening = threading.RLock()
        self.typical: dict[tuple[str, str | None, bool], float] = {}
        """(feature, segment or None for everybody, inside or outside) → what is usual there, as far
        as it was asked for."""
        self._firmest: dict[str, tuple[Firm, ...]] = {}
        self._headlines: dict[str, str] = {}
        self._mean_ranks: dict[str, Matrix] = {}
        self._collections: dict[str, Collection] = {}
        self._encoder, self._recommender = encoder, recommender

    @opened
    def min_group(self) -> int:
        """Fewest people that may be spoken of, as the build was told."""
        try:
            return int(remembered(self.run.path)["settings"]["labels"]["min_group"])
        except (RunError, KeyError, TypeError, ValueError):
            return LabelSettings().min_group

    @opened
    def segments(self) -> dict[str, SegmentCard]:
        """Labelled segments by id, parents before leaves; none of fewer than `min_group`."""
        folder = self.run.folder("labels")
        labels = read_records(folder / "labels.jsonl", Label)
        found = read_records(folder / "segments.jsonl", Segment)
        cards = (SegmentCard.of(s, label) for s, label in zip(found, labels, strict=True))
        return {card.id: card for card in cards if card.size >= self.min_group}

    @opened
    def leaves(self) -> dict[str, SegmentCard]:
        """Those without parts; everybody in a segment is in exactly one of them."""
        return {i: card for i, card in self.segments.items() if card.level == 1}

    @opened
    def profiles(self) -> RecordFile[Profile]:
        return RecordFile(self.run.folder("profiles") / "profiles.jsonl", Profile)

    @opened
    def memberships(self) -> RecordFile[Membership]:
        return RecordFile(self.run.folder("segments") / "memberships.jsonl", Membership)

    @opened
    def measures(self) -> Measures:
        return load_measures(self.run.folder("evidence"))

    @property
    def words(self) -> Vocabulary:
        return self.measures.vocabulary

    @opened
    def table(self) -> Readable:
        """Users × readable features, users sorted by id."""
        return readable(self.measures, min_group=self.min_group)

    @opened
    def row(self) -> dict[str, int]:
        """User → row of `table`."""
        return {user: i for i, user in enumerate(self.table.users)}

    @opened
    def everybody(self) -> Mask:
        """(users,) mask of all."""
        mask: Mask = np.ones(len(self.table.users), dtype=np.bool_)
        mask.flags.writeable = False
        return mask

    @opened
    def members(self) -> dict[str, Mask]:
        """Segment → (users,) mask of those the clustering put there; `NOWHERE` has the rest."""
        label = dict.fromkeys(self.table.users, NOWHERE)
        label |= {m.user_id: m.label or NOWHERE for m in self.memberships}
        own = np.array([label[user] for user in self.table.users])
        masks = {i: own == i for i in [*self.leaves, NOWHERE]}
        for parent in (i for i, card in self.segments.items() if card.level == 0):
            parts = [i for i, card in self.leaves.items() if card.parent == parent]
            masks[parent] = np.isin(own, parts)
        return masks

    @opened
    def cores(self) -> Cores:
        return Cores.load(self.run.folder("segments"))

    @opened
    def vectors(self) -> Vectors:
        """Users in the named blocks, in the order of the measures."""
        return Vectors.load(self.run.folder("vectors"))

    @opened
    def vector_row(self) -> dict[str, int]:
        """User → row of `vectors`."""
        return {user: i for i, user in enumerate(self.vectors.users)}

    @opened
    def texts(self) -> np.ndarray:
        """(users, dimensions) vectors of the profiles' texts, in the order of `table`; on disk."""
        path = self.run.folder("vectors") / "text.npy"
        return np.asarray(np.load(path, allow_pickle=False, mmap_mode="r"))

    @opened
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

    @opened
    def touched(self) -> Touched:
        """Who bought, rated or used what."""
        return Touched(self.measures.items, self.table.users, self.buyers)

    @opened
    def buyers(self) -> Mask:
        """(users,) those of whom it can be said that they bought, rated or used something.

        Of people who only looked, what they looked at is measured in place of purchases.
        """
        if self.words.domain != "purchases" or "spend" not in self.table.column:
            return np.ones(len(self.table.users), dtype=np.bool_)
        spent: Mask = ~np.isnan(self.table.of("spend"))
        return spent

    @opened
    def encoder(self) -> Encoder:
        return self._encoder or MiniLM(cache=Path(self.run.path) / "cache" / "encoded.sqlite")

    @opened
    def recommender(self) -> Recommends | None:
        """None for a run whose build did not make recommendations."""
        if self._recommender is None and "recommend" in self.run.manifest["stages"]:
            from agent.recommend.recommender import Recommender

            self._recommender = Recommender.open(self.run, encoder=self.encoder)
        return self._recommender

    def headline(self, user: str) -> str:
        """The headline of a user's profile."""
        found = self._headlines.get(user)
        if found is None:
            profile = self.profiles.get(user)
            assert profile is not None
            if len(self._headlines) >= MOST_HEADLINES:
                self._headlines.clear()
            self._headlines[user] = found = profile.headline
        return found

    def firmest(self, segment: str) -> tuple[Firm, ...]:
        """Everybody in a segment (`NOWHERE`: in none), whose membership weighs most first."""
        found = self._firmest.get(segment)
        if found is None:
            leaves = {i for i, card in self.leaves.items() if segment in (i, card.parent)}
            rows = []
            for at in np.flatnonzero(self.members[segment]):
                user = self.table.users[at]
                membership = self.memberships.get(user)
                own = membership.weights if membership else ()
                rows.append(Firm(user, sum(w.weight for w in own if w.segment in leaves)))
            found = tuple(sorted(rows, key=lambda one: (-one.weight, one.user)))
            self._firmest[segment] = found
        return found

    def mean_ranks(self, segment: str) -> Matrix:
        """(features,) the mean rank, 0..1, that a segment's people have in each feature."""
        found = self._mean_ranks.get(segment)
        if found is None:
            found = self.table.ranks[self.members[segment]].mean(axis=0)
            self._mean_ranks[segment] = found
        return found

    def find(self, collection: str, query: str, count: int) -> list[Hit]:
        """The best hits of the search index for a text. Raises RunError when it cannot be used."""
        index = self.run.folder("index")
        with storage_errors(index):
            vector = self.encoder.encode(["query"], [query])[0]
            return search(self._collection(collection, index), vector, count=count, told=False)

    def alike(self, user: str, count: int) -> list[Hit]:
        """The users whose profile texts are nearest to a user's, that one first."""
        index = self.run.folder("index")
        with storage_errors(index):
            vector = np.asarray(self.texts[self.row[user]], dtype=np.float32)
            return search(self._collection("profiles", index), vector, count=count, told=False)

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
            with self._opening:
                self._collections[name] = self._store(index).collection(name)
        return self._collections[name]

    def _store(self, index: Path) -> Store:
        if "_opened" not in self.__dict__:
            self.__dict__["_opened"] = store = Store(index)
            # Whoever still asks a version that was replaced keeps it open; the last one closes it.
            weakref.finalize(self, store.close)
        found: Store = self.__dict__["_opened"]
        return found
