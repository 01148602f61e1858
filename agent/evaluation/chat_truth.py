"""What is true of a run, counted from its rows and lists alone: nothing the chat counts with.

Words such as `loyal`, `worth` or `late` can be counted in more than one fair way, over orders or
over lines, with the mean or the median of a segment. So a truth is a set: whatever leads, or is
the figure, under any of these ways is right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from agent.profiles.names import shown
from agent.recordfile import read_records
from agent.records import Label, Membership, Profile, Segment
from agent.runs import Run

Numbers = npt.NDArray[np.float64]
Where = Mapping[str, Any]

NOWHERE = "none"
AMONG = 8
"""An item or category of so many that lead is right."""
HOURS = {"night": (0, 6), "morning": (6, 12), "afternoon": (12, 18), "evening": (18, 24)}


class Truth:
    """The people of one run as rows, and what follows from them."""

    def __init__(self, run: Run) -> None:
        self.run = run
        folder = run.folder("labels")
        self.segments = list(read_records(folder / "segments.jsonl", Segment))
        self.labels = {one.segment: one for one in read_records(folder / "labels.jsonl", Label)}
        self.names = {s.id: self.labels[s.id].name for s in self.segments}
        self.leaves = sorted((s for s in self.segments if s.level == 1), key=lambda s: -s.size)
        rows = pl.read_parquet(run.folder("histories") / "histories.parquet")
        rows = rows.with_columns(pl.col("timestamp").dt.hour().alias("hour"))
        items = pl.read_parquet(run.folder("histories") / "items.parquet")
        self.rows = rows.sort("user_id", "timestamp", "row")
        self.bought = self.rows.filter((pl.col("action") == "buy") & ~pl.col("cancelled"))
        self.titles = dict(items.select("item_id", "title").iter_rows())
        self.kinds = items.select("item_id", "categories").explode("categories").drop_nulls()
        self.users = sorted(rows["user_id"].unique())
        self.place = {user: i for i, user in enumerate(self.users)}
        self._counted: dict[str, list[Numbers]] = {}
        self.declared = pl.read_parquet(run.folder("events") / "attributes.parquet")

    # --- who ----------------------------------------------------------------------------------

    @cached_property
    def home(self) -> npt.NDArray[np.str_]:
        """(users,) each one's leaf, or `none`."""
        found = dict.fromkeys(self.users, NOWHERE)
        for one in read_records(self.run.folder("segments") / "memberships.jsonl", Membership):
            found[one.user_id] = one.label or NOWHERE
        return np.array([found[user] for user in self.users])

    def segment(self, name: str) -> str:
        """The id of a segment by its name."""
        return next(i for i, own in self.names.items() if own == name)

    def who(self, where: Where) -> npt.NDArray[np.bool_]:
        """(users,) those who meet every condition."""
        found = np.ones(len(self.users), dtype=np.bool_)
        for key, value in where.items():
            found &= self._one(key, value)
        return found

    def _one(self, key: str, value: Any) -> npt.NDArray[np.bool_]:
        if key == "segment":
            segment = value if value == NOWHERE else self.segment(value)
            leaves = [s.id for s in self.segments if segment in (s.id, s.parent)] or [NOWHERE]
            return np.isin(self.home, leaves)
        if key.startswith("attribute") or key == "not":
            name, wanted = value
            rows = self.declared.filter(pl.col("name") == name, pl.col("value") == wanted)
            held = self._mask(rows["user_id"])
            return ~held if key == "not" else held
        if key == "item":
            return self._mask(self.bought.filter(pl.col("item_id") == value)["user_id"])
        if key == "category":
            mine = self.kinds.filter(pl.col("categories") == value).select("item_id")
            return self._mask(self.bought.join(mine, on="item_id")["user_id"])
        measure, bound = value
        figures = self.measures(measure)[0]  # NaN, and so outside, for those who never bought
        return np.asarray(figures >= bound if key == "min" else figures <= bound)

    def _mask(self, users: pl.Series) -> npt.NDArray[np.bool_]:
        return np.isin(self.users, users.unique().to_list())

    # --- how much -----------------------------------------------------------------------------

    def measures(self, name: str) -> list[Numbers]:
        """(users,) figures under every fair way to count them, the plainest first."""
        if name not in self._counted:
            self._counted[name] = self._count(name)
        return self._counted[name]

    def _count(self, name: str) -> list[Numbers]:
        part, _, kind = name.partition("_")
        if kind == "share" and part in HOURS:
            low, high = HOURS[part]
            return self._timed(pl.col("hour").is_between(low, high, closed="left"))
        if name == "weekend_share":
            return self._timed(pl.col("timestamp").dt.weekday() >= 6)
        if name.startswith("channel:"):
            mine = pl.col("channel") == name.partition(":")[2]
            return [self._mean(self.rows, mine), self._mean(self.bought, mine)]
        if name.startswith("category:"):
            return [self._category(name.partition(":")[2])]
        return self._WAYS[name](self)

    def _timed(self, within: pl.Expr) -> list[Numbers]:
        visits = self.rows.group_by("user_id", "visit").first()
        orders = self.bought.group_by("user_id", "visit").first()
        return [self._mean(frame, within) for frame in (visits, orders, self.rows)]

    def _spend(self) -> list[Numbers]:
        return [self._each(self.bought, pl.col("amount").sum())]

    def _visits(self) -> list[Numbers]:
        return [self._each(self.bought, pl.col("visit").n_unique(), 0.0),
                self._each(self.bought, pl.col("basket").n_unique(), 0.0)]  # fmt: skip

    def _items(self) -> list[Numbers]:
        return [self._each(self.bought, pl.col("item_id").n_unique(), 0.0)]

    def _basket(self) -> list[Numbers]:
        orders = self.bought.group_by("user_id", "visit").agg(pl.col("amount").sum())
        return [self._each(orders, pl.col("amount").median())]

    def _units(self) -> list[Numbers]:
        return [self._each(self.bought, pl.col("pieces").median()),
                self._each(self.bought, pl.col("pieces").mean())]  # fmt: skip

    def _price(self) -> list[Numbers]:
        whole = pl.col("amount").sum() / pl.col("pieces").sum()
        return [self._each(self.bought, pl.col("price").median()),
                self._each(self.bought, whole)]  # fmt: skip

    def _silent(self) -> list[Numbers]:
        end = self.rows["timestamp"].max()
        days = (pl.lit(end) - pl.col("timestamp").max()).dt.total_days()
        return [self._each(frame, days) for frame in (self.rows, self.bought)]

    def _gap(self) -> list[Numbers]:
        ways = []
        for frame in (self.bought, self.rows):
            visits = frame.group_by("user_id", "visit").agg(pl.col("timestamp").min())
            visits = visits.sort("user_id", "timestamp")
            hours = pl.col("timestamp").diff().over("user_id").dt.total_hours()
            ways.append(self._each(visits.with_columns(hours.alias("gap")), pl.col("gap").median()))
        return [way / 24 for way in ways]

    def _returned(self) -> list[Numbers]:
        sold = self.rows.filter(pl.col("action").is_in(["buy", "return"]))
        gone = (pl.col("action") == "return") | pl.col("cancelled")
        bought = self.rows.filter(pl.col("action") == "buy")
        return [self._mean(sold, gone), self._mean(bought, pl.col("cancelled"))]

    def _repeated(self) -> list[Numbers]:
        again = pl.col("visit").rank("dense").over("user_id", "item_id") > 1
        return [self._mean(self.bought.with_columns(again.alias("again")), pl.col("again"))]

    def _tail(self) -> list[Numbers]:
        users = self.bought.group_by("item_id").agg(pl.col("user_id").n_unique().alias("held"))
        ways = []
        for cut in (0.5, 0.6, 0.7, 0.75, 0.8):
            rare = users.filter(pl.col("held") <= users["held"].quantile(cut)).select("item_id")
            rows = self.bought.with_columns(
                pl.col("item_id").is_in(rare["item_id"].implode()).alias("rare")
            )
            ways.append(self._mean(rows, pl.col("rare")))
        return ways

    def _autumn(self) -> list[Numbers]:
        late = self.bought.with_columns(
            pl.when(pl.col("timestamp").dt.month() >= 10)
            .then(pl.col("amount")).otherwise(0.0).alias("late")
        )  # fmt: skip
        spent = self._each(late, pl.col("late").sum() / pl.col("amount").sum())
        return [spent, *self._timed(pl.col("timestamp").dt.month() >= 10)]

    def _category(self, name: str) -> Numbers:
        """(users,) share of spend in a category; 0 for those who spent nothing."""
        mine = self.kinds.filter(pl.col("categories") == name)["item_id"].implode()
        rows = self.bought.with_columns(
            pl.when(pl.col("item_id").is_in(mine)).then(pl.col("amount")).otherwise(0.0).alias("in")
        )
        return np.nan_to_num(self._each(rows, pl.col("in").sum() / pl.col("amount").sum(), 0.0))

    _WAYS: Mapping[str, Callable[[Truth], list[Numbers]]] = {
        "spend": _spend, "visits": _visits, "items": _items, "basket_value": _basket,
        "units_per_line": _units, "price": _price, "silent_days": _silent,
        "median_gap_days": _gap, "returns_share": _returned, "repeat_share": _repeated,
        "tail_share": _tail, "quarter4_share": _autumn,
    }  # fmt: skip

    def _each(self, frame: pl.DataFrame, what: pl.Expr, otherwise: float = np.nan) -> Numbers:
        found = frame.group_by("user_id").agg(what.cast(pl.Float64).alias("figure"))
        table = dict(found.select("user_id", "figure").iter_rows())
        figures = [table.get(user) for user in self.users]
        return np.array([otherwise if one is None else one for one in figures])

    def _mean(self, frame: pl.DataFrame, what: pl.Expr) -> Numbers:
        return self._each(frame, what.cast(pl.Float64).mean())

    # --- what leads ---------------------------------------------------------------------------

    def figures(self, measure: str, who: npt.NDArray[np.bool_], agg: Sequence[str]) -> list[float]:
        """A group's figure under every way to count and to sum up."""
        found = []
        for way in self.measures(measure):
            own = way[who & np.isfinite(way)]
            if len(own):
                sums = {"total": own.sum(), "mean": own.mean(), "median": np.median(own)}
                found += [float(sums[one]) for one in agg]
        return found

    def leaders(
        self, measure: str, *, order: str = "most", rank: int = 1,
        agg: Sequence[str] = ("median", "mean"),
    ) -> set[str]:  # fmt: skip
        """Ids of the leaves that stand at a rank, under any way to count."""
        leaves = [s.id for s in self.leaves]
        if measure == "size":
            tables = [[float((self.home == leaf).sum()) for leaf in leaves]]
        else:
            own = [self.figures(measure, self.home == leaf, agg) for leaf in leaves]
            tables = [list(column) for column in zip(*own, strict=True)]
        found = set()
        for table in tables:
            ranked = sorted(table, reverse=order == "most")
            found |= {leaf for leaf, one in zip(leaves, table, strict=True)
                      if one == ranked[rank - 1]}  # fmt: skip
        return found

    def keenest(self, category: str) -> set[str]:
        """Ids of the leaves that are most into a category, under any way to count."""
        (share,) = self.measures(f"category:{category}")
        had = self.who({"category": category})
        leaves = [s.id for s in self.leaves]
        tables = [
            [float(np.mean(share[self.home == leaf])) for leaf in leaves],
            [float(np.median(share[self.home == leaf])) for leaf in leaves],
            [float(np.mean(had[self.home == leaf])) for leaf in leaves],
            [float(np.sum(had[self.home == leaf])) for leaf in leaves],
        ]
        return {leaves[int(np.argmax(table))] for table in tables if max(table) > 0}

    def values(self, attribute: str, measure: str, rank: int) -> set[str]:
        """Declared values that stand at a rank of a measure, under any way to sum up."""
        rows = self.declared.filter(pl.col("name") == attribute)
        kinds = sorted(rows["value"].unique())
        found = set()
        for agg in ("total", "mean", "median"):
            figures = {
                kind: self.figures(measure, self.who({"attribute": [attribute, kind]}), [agg])
                for kind in kinds
            }
            ranked = sorted((f[0], kind) for kind, f in figures.items() if f)[::-1]
            found.add(ranked[min(rank, len(ranked)) - 1][1])
        return found

    def top_items(self, where: Where) -> set[str]:
        """Titles of what a group buys most, and most against others."""
        who = self.who(where)
        inside, outside = self._reach("item_id", who), self._reach("item_id", ~who)
        return {shown(self.titles[item]) for item in _leading(inside, outside)}

    def top_categories(self, where: Where) -> set[str]:
        """Categories a group buys most, by people or by share of spend, and most against others."""
        who = self.who(where)
        inside, outside = self._reach("categories", who), self._reach("categories", ~who)
        names = sorted(self.kinds["categories"].unique())
        shares = {name: self.measures(f"category:{name}")[0] for name in names}
        put = {name: float(share[who].mean()) for name, share in shares.items()}
        others = {n: float(s[~who].mean()) if (~who).any() else 0.0 for n, s in shares.items()}
        return _leading(inside, outside) | _leading(put, others)

    def _reach(self, column: str, who: npt.NDArray[np.bool_]) -> dict[str, float]:
        """Item or category → share of these users who bought it."""
        users = [user for user, inside in zip(self.users, who, strict=True) if inside]
        rows = self.bought.filter(pl.col("user_id").is_in(users))
        if column == "categories":
            rows = rows.join(self.kinds, on="item_id")
        counts = rows.group_by(column).agg(pl.col("user_id").n_unique().alias("n"))
        return {name: n / max(1, len(users)) for name, n in counts.iter_rows()}

    # --- one person ---------------------------------------------------------------------------

    @cached_property
    def headlines(self) -> dict[str, str]:
        profiles = read_records(self.run.folder("profiles") / "profiles.jsonl", Profile)
        return {one.user_id: one.headline for one in profiles}

    def had(self, user: str) -> set[str]:
        """Ids of what a user bought."""
        return set(self.bought.filter(pl.col("user_id") == user)["item_id"])


def _leading(inside: Mapping[str, float], outside: Mapping[str, float]) -> set[str]:
    """Names with the most, and with the most more than outside."""
    most = sorted(inside, key=lambda name: (-inside[name], name))[:AMONG]
    more = sorted(inside, key=lambda name: (outside.get(name, 0.0) - inside[name], name))[:AMONG]
    return {*most, *more}
