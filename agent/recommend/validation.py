"""What people went on to like: the end of every history set aside, and histories cut to a start.

The likes of a user, each item at its first occurrence, in order: the last fifth is what is to be
found, and all events from the first of these on are out of sight. A cut never goes through equal
times or one basket. Some users are held out altogether (no model sees a row of theirs): cut to
their first likes they stand for people of whom little is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse

from agent.behaviour.counting import take_measures
from agent.behaviour.measures import Measures
from agent.recommend.affinity import Matrix, alphas
from agent.recommend.likes import Likes, read_likes
from agent.segments.blocks import user_rows
from agent.segments.embedding import draw
from agent.segments.memberships import Cores, memberships
from agent.segments.vectors import VectorModel

TARGETS = 0.2
"""Share of a user's likes that is to be found."""
FEWEST_LIKES = 5
"""Users with fewer keep all of their history."""
HELD_OUT = 0.3
"""Share of users whose rows no model of the validation sees."""
MOST_USERS = 1_000
"""Users judged in one reading, a seeded sample of those who can be."""


@dataclass(frozen=True)
class People:
    """Users as a recommender sees them, and what they went on to like."""

    likes: Likes
    alpha: Matrix
    """(users, K)"""
    targets: sparse.csr_matrix
    """(users, items) 1.0 at what was to be found; nothing of it is in `likes`."""

    def __len__(self) -> int:
        return len(self.likes.users)

    def rows(self, chosen: np.ndarray) -> People:
        return People(self.likes.rows(chosen), self.alpha[chosen], self.targets[chosen])

    def column(self, items: np.ndarray) -> People:
        """Over these items only."""
        likes = Likes(
            self.likes.users,
            [self.likes.items[i] for i in items],
            self.likes.pull[:, items],
            self.likes.seen[:, items],
        )
        return People(likes, self.alpha, self.targets[:, items])


@dataclass(frozen=True)
class Placing:
    """What is needed to see a stretch of histories as the recommender would."""

    measures: Measures
    """Of the whole log: its catalogue, attributes, ties and words."""
    vectors: VectorModel
    cores: Cores

    def people(self, histories: pl.DataFrame, targets: pl.DataFrame) -> People:
        """Users of `histories` (whole rows), with α by what these rows say alone.

        The profile text was written with the whole history in sight, so it stands at the mean
        here; who has a place in which segment is thus a little less sure than in service.
        """
        known = self.measures
        seen = take_measures(
            histories,
            items=known.catalogue.select("item_id", "title", "categories"),
            attributes=known.attributes,
            ties=known.ties,
            vocabulary=known.vocabulary,
        )
        items = known.catalogue["item_id"].to_list()
        placed = memberships(self.cores, self.vectors.transform(seen, None))
        users = seen.table["user_id"]
        likes = read_likes(seen, items)
        wanted = user_rows(targets, users, "item_id", items, pl.lit(1.0))
        fresh = wanted - wanted.multiply(likes.seen)
        fresh.eliminate_zeros()
        return People(likes, alphas(placed, self.cores.segments), sparse.csr_matrix(fresh))


@dataclass(frozen=True)
class Split:
    """Histories before the cut, and the likes after it."""

    histories: pl.DataFrame
    likes: pl.DataFrame
    """user_id, item_id, place (0, 1, …), position: every like at its first occurrence."""
    targets: pl.DataFrame
    """The same columns, likes at or after the cut."""


def split_histories(histories: pl.DataFrame) -> Split:
    """Set aside the last fifth of everybody's likes; histories as `make_histories` makes them."""
    liked = (
        histories.filter((pl.col("weight") > 0) & (pl.col("item_id") != ""))
        .select("user_id", "item_id", "position", "timestamp", "basket")
        .sort("user_id", "position")
        .unique(["user_id", "item_id"], keep="first", maintain_order=True)
        .with_columns(
            pl.int_range(pl.len(), dtype=pl.Int64).over("user_id").alias("place"),
            pl.len().over("user_id").alias("all"),
        )
    )
    start = pl.col("place")
    for together in ("basket", "timestamp"):
        first = start.min().over("user_id", together)
        start = pl.when(pl.col(together).is_not_null()).then(first).otherwise(start)
        liked = liked.with_columns(start.alias("start"))
        start = pl.col("start")
    late = (pl.col("start") >= (1 - TARGETS) * pl.col("all")) & (pl.col("all") >= FEWEST_LIKES)
    columns = ("user_id", "item_id", "place", "position")
    targets = liked.filter(late).select(columns)
    cut = targets.group_by("user_id").agg(pl.col("position").min().alias("cut"))
    before = histories.join(cut, on="user_id", how="left", maintain_order="left").filter(
        pl.col("cut").is_null() | (pl.col("position") < pl.col("cut"))
    )
    return Split(before.drop("cut"), liked.select(columns), targets)


def cut_histories(split: Split, users: list[str], count: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Histories up to each user's like number `count`, and all likes after it.

    Users with no more than `count` likes are left out.
    """
    named = pl.DataFrame({"user_id": users}, schema={"user_id": pl.String})
    likes = split.likes.join(named, on="user_id", how="semi")
    last = likes.filter(pl.col("place") == count - 1).select("user_id", cut="position")
    after = likes.filter(pl.col("place") >= count)
    last = last.join(after, on="user_id", how="semi")
    full = split.histories.join(last, on="user_id").filter(pl.col("position") <= pl.col("cut"))
    return full.drop("cut").sort("user_id", "position"), after.join(last, on="user_id", how="semi")


def held_out(users: list[str], seed: int) -> np.ndarray:
    """(users,) whether a user is held out: decided by the user and the seed alone."""
    return np.array([draw(user, seed, "held out") < HELD_OUT for user in users], dtype=bool)


def sample(people: People, seed: int) -> People:
    """At most `MOST_USERS` of those who have something to be found."""
    able = np.flatnonzero(people.targets.getnnz(axis=1) > 0)
    order = sorted(able, key=lambda i: draw(people.likes.users[i], seed, "judged"))
    return people.rows(np.sort(np.array(order[:MOST_USERS], dtype=np.int64)))
