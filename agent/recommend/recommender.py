"""The recommender of one run: whom to recommend for goes in, a card with reasons comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from agent.behaviour.measures import Measures, load_measures
from agent.errors import SettingsError, UnknownNameError
from agent.profiles.lexicon import Lexicon
from agent.recommend.affinity import alphas
from agent.recommend.cards import PlacementCard, Recommendations
from agent.recommend.casework import Deeds, deeds_of, make_case
from agent.recommend.likes import MOST_PULL
from agent.recommend.model import Model
from agent.recommend.person import Person, place_newcomer, places_of
from agent.recommend.placement import place
from agent.recommend.ranking import Wish, pick, wished
from agent.recommend.rationale import RationaleWriter, write_rationale
from agent.recommend.reasons import Places, shares_of
from agent.recommend.scoring import Scored, Scorer
from agent.recordfile import RecordFile, read_records
from agent.records import Label, Membership, Recommendation, Segment
from agent.runs import Run
from agent.segments.memberships import Cores
from agent.segments.vectors import VectorModel
from agent.state import State
from retrieval.embeddings import Encoder, MiniLM


class Recommender:
    """Recommendations from one version of a run.

    >>> recommender = Recommender.open(run)
    >>> recommender.for_user("u42", k=5)
    >>> recommender.for_taste("I like slow-burn thrillers")
    >>> recommender.for_newcomer(["item7", "item9"])
    >>> recommender.why("u42", "item3")
    """

    def __init__(
        self,
        model: Model,
        measures: Measures,
        cores: Cores,
        vectors: VectorModel,
        memberships: RecordFile[Membership],
        segments: Sequence[tuple[Segment, Label]],
        state: State,
        encoder: Encoder,
        writer: RationaleWriter | None = None,
    ) -> None:
        self.model, self.measures, self.cores, self.vectors = model, measures, cores, vectors
        self.memberships, self.segments, self.state = memberships, segments, state
        self.scorer = Scorer(model, encoder)
        self.writer = writer

    @classmethod
    def open(
        cls, run: Run, *, encoder: Encoder | None = None, writer: RationaleWriter | None = None
    ) -> Recommender:
        """The recommender of a run's version; raises RunError when the version has none."""
        labels = run.folder("labels")
        return cls(
            Model.load(run.folder("recommend")),
            load_measures(run.folder("evidence")),
            Cores.load(run.folder("segments")),
            VectorModel.load(run.folder("vectors")),
            RecordFile(run.folder("segments") / "memberships.jsonl", Membership),
            list(
                zip(
                    read_records(labels / "segments.jsonl", Segment),
                    read_records(labels / "labels.jsonl", Label),
                    strict=True,
                )
            ),
            State(run.path),
            encoder or MiniLM(cache=Path(run.path) / "cache" / "encoded.sqlite"),
            writer,
        )

    # --- lists ---------------------------------------------------------------------------------

    def for_user(
        self,
        user: str,
        *,
        k: int = 10,
        wish: Wish | None = None,
        hide: Iterable[str] = (),
        told: bool = True,
    ) -> Recommendations:
        """For a user of the run, by history, segments and what they have stated.

        Without `told` nobody writes rationales: for whoever says the shares in other words. Raises
        UnknownNameError for a user the run does not hold.
        """
        person = self.person(user, hide=hide)
        return Recommendations(user_id=user, items=self._list(person, k, wish, told=told))

    def for_segment(
        self, segment: str, *, k: int = 10, wish: Wish | None = None, told: bool = True
    ) -> Recommendations:
        """For a segment, by id or name: what it likes more than everybody does."""
        found = self._segment(segment)
        weight = {
            leaf: float(one.size)
            for leaf, one in ((s.id, s) for s, _ in self.segments)
            if leaf in self.cores.segments and found in (leaf, one.parent)
        }
        alpha = np.array([weight.get(leaf, 0.0) for leaf in self.cores.segments])
        empty = np.zeros(0, dtype=np.int64)
        person = Person("", empty, np.zeros(0), alpha / max(1.0, alpha.sum()), group=True)
        items = self._list(person, k, wish, told=told)
        return Recommendations(user_id=None, segment=found, items=items)

    def for_taste(
        self, words: str, *, k: int = 10, wish: Wish | None = None, told: bool = True
    ) -> Recommendations:
        """For a taste in words, no history at all; negations are not understood."""
        words = " ".join(words.split())
        if not words:
            raise UnknownNameError("a taste needs words, such as “slow-burn thrillers”")
        empty, none = np.zeros(0, dtype=np.int64), np.zeros(len(self.cores.segments))
        person = Person("", empty, np.zeros(0), none, words=words)
        items = self._list(person, k, wish, told=told)
        return Recommendations(user_id=None, taste=words, items=items)

    def for_newcomer(
        self,
        likes: Sequence[str] | Mapping[str, float],
        *,
        seen: Iterable[str] = (),
        k: int = 10,
        wish: Wish | None = None,
    ) -> Recommendations:
        """For somebody the run does not know, by a few items they like, without rebuilding.

        `likes` are item ids, or ids with weights (1 a purchase or a top rating, below 0 what they
        dislike); ids the catalogue lacks are left out and counted in the remark. Raises
        UnknownNameError when none of them is known, SettingsError for a weight out of range.
        """
        person, unknown = self.newcomer(likes, seen=seen)
        remark = f"{unknown} of the items named are not in this run." if unknown else ""
        return Recommendations(user_id=None, items=self._list(person, k, wish), remark=remark)

    # --- one item ------------------------------------------------------------------------------

    def why(self, user: str, item: str) -> PlacementCard:
        """Why an item is, or is not, on a user's list; what would change that."""
        scored = self.scorer.score(self.person(user))
        return place(self.scorer, scored, self._place[self.item(item)], self.places)

    def item(self, item: str) -> str:
        """The id of an item named by id, or by its whole title where only one has it.

        Raises UnknownNameError for what names no item, or several.
        """
        if item in self._place:
            return item
        folded = item.casefold()
        named = [i for i, title in enumerate(self.places.titles) if title.casefold() == folded]
        if len(named) == 1:
            return self.places.items[named[0]]
        what = "several items are called" if named else "no item"
        raise UnknownNameError(f"{what} {item!r} in this run; name one by its id, as in the log")

    def interest(self, name: str) -> str:
        """An interest as it is stated: a category as the catalogue spells it, or any words."""
        name = " ".join(name.split())
        known = {category.casefold(): category for category in self.model.texts.categories}
        return known.get(name.casefold(), name)

    # --- whom ----------------------------------------------------------------------------------

    def person(self, user: str, *, hide: Iterable[str] = ()) -> Person:
        """A user of the run as the scorer sees them; memberships are those of the build."""
        membership = self.memberships.get(user)
        if membership is None:
            raise UnknownNameError(
                f"no user {user!r} in this run; ids are as in the log, without a trailing .0"
            )
        tastes = self.measures.item_tastes_of(user)
        weights = zip(tastes["item_id"], tastes["weight"], strict=True)
        pull = {item: weight for item, weight in weights if weight > 0}
        history = self._places(pull)
        touched = self.measures.items_of(user)["item_id"].to_list()
        statements, hidden = self.state.of(user)
        return Person(
            user,
            history,
            np.array([min(MOST_PULL, pull[self.places.items[h]]) for h in history]),
            alphas([membership], self.cores.segments)[0],
            seen=self._places(touched),
            hidden=self._places([*hide, *hidden]),
            statements=statements,
        )

    def newcomer(
        self, likes: Sequence[str] | Mapping[str, float], *, seen: Iterable[str] = ()
    ) -> tuple[Person, int]:
        """Somebody new as the scorer sees them, and how many items were not known."""
        weights = dict(likes) if isinstance(likes, Mapping) else dict.fromkeys(likes, 1.0)
        for item, weight in weights.items():
            if not -1 <= weight <= 1:
                raise SettingsError(f"the weight of {item!r} is {weight:g}: -1 to 1, 1 a purchase")
        known = {i: w for i, w in weights.items() if i in self._place}
        if not known:
            raise UnknownNameError("none of the items named is in this run; ids are as in the log")
        alpha = place_newcomer(known, self.measures, self.vectors, self.cores)
        liked = {item: weight for item, weight in known.items() if weight > 0}
        history = self._places(liked)
        pulls = np.array([min(MOST_PULL, liked[self.places.items[h]]) for h in history])
        passed = self._places([*seen, *known])
        return Person("", history, pulls, alpha, seen=passed), len(weights) - len(known)

    def _list(
        self, person: Person, k: int, wish: Wish | None, *, told: bool = True
    ) -> tuple[Recommendation, ...]:
        wish = wish or Wish()
        scored = wished(self.scorer, self.scorer.score(person), wish)
        picked = pick(self.scorer, scored, k, wish).tolist()
        found = [self._reasoned(scored, item) for item in picked]
        if not told:
            return tuple(found)
        deeds = deeds_of(self.measures, person.user_id) if person.user_id else {}
        pairs = enumerate(zip(found, picked, strict=True))
        return tuple(self._told(one, scored, item, n, deeds) for n, (one, item) in pairs)

    def _reasoned(self, scored: Scored, item: int) -> Recommendation:
        return Recommendation(
            item_id=self.places.items[item],
            title=self.places.titles[item],
            score=float(scored.total[item]),
            rationale="",
            because=shares_of(self.scorer, scored, item, self.places),
        )

    def _told(
        self, one: Recommendation, scored: Scored, item: int, n: int, deeds: Deeds
    ) -> Recommendation:
        words = self.measures.vocabulary
        case = make_case(self.scorer, scored, item, one.because, self.places, deeds, words, n)
        sentences, writer = write_rationale(case, self.lexicon, self.writer)
        rationale = " ".join(sentence.text for sentence in sentences)
        return one.model_copy(
            update={"rationale": rationale, "sentences": sentences, "writer": writer}
        )

    # --- names ---------------------------------------------------------------------------------

    @cached_property
    def places(self) -> Places:
        """What the places in the model stand for."""
        catalogue = self.measures.catalogue
        by_id = {segment.id: (segment, label) for segment, label in self.segments}
        leaves = [by_id[leaf] for leaf in self.cores.segments]
        return Places(
            catalogue["item_id"].to_list(),
            catalogue["title"].to_list(),
            catalogue["categories"].to_list(),
            list(self.cores.segments),
            [label.name for _, label in leaves],
            [segment.facts for segment, _ in leaves],
        )

    @cached_property
    def lexicon(self) -> Lexicon:
        """Every name of the catalogue, to check rationales against."""
        catalogue = self.measures.catalogue
        kinds = catalogue["categories"].explode().drop_nulls().unique().sort()
        return Lexicon(catalogue["title"], kinds, self.measures.vocabulary)

    @cached_property
    def _place(self) -> dict[str, int]:
        return {item: i for i, item in enumerate(self.places.items)}

    def _places(self, items: Iterable[str]) -> np.ndarray:
        return places_of(self._place, items)

    def _segment(self, segment: str) -> str:
        known = {s.id: label.name for s, label in self.segments}
        found = [i for i, name in known.items() if segment in (i, name)]
        if len(found) == 1:
            return found[0]
        raise UnknownNameError(f"no segment {segment!r} in this run; there are {', '.join(known)}")
