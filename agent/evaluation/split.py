"""What trains and what tests: the end of every history set aside, before anything is learnt.

    events ─► interactions ─► items with ≥ 5 users, then users with ≥ 10 items
           ─► each user's last fifth by time is test; all the user's events from there on are unseen

An interaction is the first occurrence of a user and an item: a rating where the log has ratings,
else a purchase where it has purchases, else any event but a return. It is positive unless its
rating is under four fifths of the scale's top (under 4 of 5). Interactions of a user are in the
order of time, equal times in the order of item ids, and a cut goes neither through equal times nor
through one basket: it goes to the place nearest to four fifths that is neither, so that the test
part is a fifth as nearly as may be and never more than half. `split_by_date` cuts everybody at one
moment instead.

The hash of a split is over every interaction and the part it is in: figures with the same hash
were measured on the same question.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import polars as pl
from scipy import sparse

from agent.segments.blocks import user_rows

LEAST_USERS = 5
"""Users an item has at least."""
LEAST_ITEMS = 10
"""Items a user has at least."""
TEST = 0.2
LEAST_TRAINING = 0.625
"""Share of what ought to train that has to, where big baskets leave no better place to cut: half
of a history where a fifth ought to be test."""
POSITIVE = 0.8
"""Share of the scale's top from which a rating is positive: 4 of 5."""


@dataclass(frozen=True)
class Split:
    """Interactions of one log in two parts; matrices are (users, items) of 1.0 in these orders."""

    interactions: pl.DataFrame
    """user_id, item_id, timestamp, row, basket, positive, test; by user and time."""
    users: list[str]
    items: list[str]
    kind: str
    """What was set aside, in words."""

    @cached_property
    def seen(self) -> sparse.csr_matrix:
        """All that trains, liked or not: what is not recommended again."""
        return self._matrix(~pl.col("test"))

    @cached_property
    def likes(self) -> sparse.csr_matrix:
        """The positive part of what trains."""
        return self._matrix(~pl.col("test") & pl.col("positive"))

    @cached_property
    def targets(self) -> sparse.csr_matrix:
        """What is to be found: the positive part of the test."""
        return self._matrix(pl.col("test") & pl.col("positive"))

    @cached_property
    def judged(self) -> list[int]:
        """Rows of users who have something to be found and something to be known by."""
        able = (self.targets.getnnz(axis=1) > 0) & (self.seen.getnnz(axis=1) > 0)
        return [row for row, is_able in enumerate(able) if is_able]

    @cached_property
    def hash(self) -> str:
        """12 hex digits over every interaction and the part it is in."""
        total = hashlib.sha256()
        ordered = self.interactions.sort("user_id", "item_id")
        columns = ordered.select("user_id", "item_id", "positive", "test")
        for user, item, positive, test in columns.iter_rows():
            total.update(f"{user}\x1f{item}\x1f{positive:d}{test:d}\n".encode())
        return total.hexdigest()[:12]

    def training(self, events: pl.DataFrame) -> pl.DataFrame:
        """The events that train: of the split's users and items, before each user's cut.

        Whatever the others hold, the result is the same: nothing later reaches what is learnt.
        """
        first = self.interactions.filter("test").sort("user_id", *_ORDER, nulls_last=True)
        cuts = first.group_by("user_id", maintain_order=True).agg(
            pl.col("timestamp").first().alias("cut"),
            pl.col("row").min().alias("cut_row"),
            pl.lit(True).alias("is_cut"),
        )
        known = pl.DataFrame({"user_id": self.users}, schema={"user_id": pl.String})
        rows = events.join(known, on="user_id", how="semi").filter(
            pl.col("item_id").is_in(self.items) | (pl.col("item_id") == "")
        )
        timed = pl.col("timestamp").is_not_null()
        before = (
            pl.when(timed & pl.col("cut").is_not_null())
            .then(pl.col("timestamp") < pl.col("cut"))
            .when(timed | pl.col("cut").is_not_null())
            .then(timed)  # rows without a time come after those with one
            .otherwise(pl.col("row") < pl.col("cut_row"))
        )
        rows = rows.join(cuts, on="user_id", how="left", maintain_order="left")
        kept = rows.filter(pl.col("is_cut").is_null() | before)
        return kept.drop("cut", "cut_row", "is_cut")

    def validation(self) -> Split:
        """The training part split once more the same way, to choose parameters on."""
        frame = self.interactions.filter(~pl.col("test")).drop("test")
        return Split(_cut(frame), self.users, self.items, f"validation part of: {self.kind}")

    def _matrix(self, which: pl.Expr) -> sparse.csr_matrix:
        users = pl.Series("user_id", self.users, dtype=pl.String)
        rows = self.interactions.filter(which)
        return user_rows(rows, users, "item_id", self.items, pl.lit(1.0))


_ORDER = ("timestamp", "item_id", "row")
_COLUMNS = ("user_id", "item_id", "timestamp", "row", "basket", "positive")


def split_log(events: pl.DataFrame, test: float = TEST) -> Split:
    """Each user's last fifth is test; `events` in the schema of `agent.behaviour.events`."""
    frame, users, items = _universe(events)
    kind = "each user's last fifth by time" if test == TEST else f"each user's last {test:.0%}"
    return Split(_cut(frame, test), users, items, kind)


def split_by_date(events: pl.DataFrame, share: float = 1 - TEST) -> Split | None:
    """What everybody did after one date is test; None for a log without times.

    The date is the one before which a `share` of all interactions was made.
    """
    frame, users, items = _universe(events)
    times = frame["timestamp"].drop_nulls().sort()
    moment = times[round(share * (len(times) - 1))] if len(times) else None
    if moment is None:
        return None
    frame = frame.with_columns((pl.col("timestamp") >= moment).fill_null(True).alias("test"))
    return Split(frame, users, items, f"everything from {moment:%Y-%m-%d %H:%M} on")


def interactions(events: pl.DataFrame) -> pl.DataFrame:
    """First occurrences of users and items, whether positive; in the order of users and time."""
    actions = set(events["action"].unique())
    made = pl.col("item_id") != ""
    positive = pl.lit(True)
    if "rate" in actions:
        made &= (pl.col("action") == "rate") & pl.col("value").is_not_null()
        top = events.filter(pl.col("action") == "rate")["value"].max()
        positive = pl.col("value") >= POSITIVE * float(top or 0.0)  # type: ignore[arg-type]
    elif "buy" in actions:
        made &= pl.col("action") == "buy"
    else:
        made &= ~pl.col("action").is_in(["return", "dislike", "search"])
    return (
        events.filter(made)
        .with_columns(positive.alias("positive"))
        .sort("user_id", *_sorting(events), nulls_last=True)
        .unique(["user_id", "item_id"], keep="first", maintain_order=True)
        .select(_COLUMNS)
    )


def _sorting(events: pl.DataFrame) -> tuple[str, ...]:
    return _ORDER if events["timestamp"].null_count() < events.height else ("row", "item_id")


def _universe(events: pl.DataFrame) -> tuple[pl.DataFrame, list[str], list[str]]:
    """Interactions of items and users that have enough of them, and who and what these are."""
    frame = interactions(events)
    frame = frame.filter(pl.len().over("item_id") >= LEAST_USERS)
    frame = frame.filter(pl.len().over("user_id") >= LEAST_ITEMS)
    return frame, sorted(frame["user_id"].unique()), sorted(frame["item_id"].unique())


def _cut(frame: pl.DataFrame, test: float = TEST) -> pl.DataFrame:
    """The same rows with `test`: those after the place nearest `1 - test` where a cut may go."""
    count, place = pl.len().over("user_id"), pl.int_range(1, pl.len() + 1).over("user_id")
    frame = frame.with_columns(place.cast(pl.Int64).alias("_place"), count.alias("_all"))
    end = pl.col("_place")
    for together in ("timestamp", "basket"):
        last = pl.col("_place").max().over("user_id", together)
        known = pl.col(together).is_not_null()
        end = pl.max_horizontal(end, pl.when(known).then(last).otherwise(0))
    frame = frame.with_columns(end.cum_max().over("user_id").alias("_end"))
    # A cut may go after a place when nothing up to it belongs with anything after it.
    least = LEAST_TRAINING * (1 - test)
    may = (pl.col("_end") == pl.col("_place")) & (pl.col("_place") >= least * pl.col("_all"))
    away = (pl.col("_place") - (1 - test) * pl.col("_all")).abs().round(6)
    frame = frame.with_columns(pl.when(may).then(away).alias("_away"))
    nearest = pl.col("_away") == pl.col("_away").min().over("user_id")
    cut = pl.when(nearest).then(pl.col("_place")).max().over("user_id")
    frame = frame.with_columns((pl.col("_place") > cut).fill_null(False).alias("test"))
    return frame.drop("_place", "_all", "_end", "_away")
