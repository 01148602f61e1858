"""counts told without telling on a few: fixed tables, cells suppressed, the rest rounded.

For readers who may not see individuals. People are only ever split by two things at a time, each
along cuts that are fixed for the run, whatever threshold is asked for: sliding a threshold past one
person is impossible. Both things make a table, whose margins are known. A cell of fewer than
`least` people is closed, and so are further cells, until nothing that can be worked out from the
open cells and the margins, by any sums and differences, is a group of fewer than `least`. What is
told is then rounded to a multiple of `least`.

What can be worked out about closed cells (Gusfield 1988, "A graph theoretic approach to statistical
data security"): take closed cells as edges between their rows and columns; a group of them can be
worked out exactly when it is made of cuts {closed cells of rows R outside columns C}, where no row
outside R has a closed cell in C.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from agent.behaviour.wording import amount
from agent.chat.world import NOWHERE, World
from agent.segments.readable import Mask, unit

SEGMENT = "segment"
CUTS = (0.25, 0.5, 0.75)
"""Quantiles of the users near which amounts are cut; shares of one category have a single cut."""
MOST_PARTS = 10
"""Of the smaller side of a table."""


@dataclass(frozen=True)
class Split:
    """A partition of all users: every part has `least` people or more."""

    name: str
    parts: tuple[Mask, ...]
    cuts: tuple[float, ...] = ()
    """For a measure: where each part but the first begins."""
    labels: tuple[str, ...] = ()
    """For a declared attribute and the segments: what each part is."""


@dataclass(frozen=True)
class Table:
    """Counts of one split crossed with another, and which may be told."""

    counts: npt.NDArray[np.int64]
    """(parts, parts)"""
    open: Mask
    """(parts, parts)"""

    def tells(self, cells: Mask) -> bool:
        """Whether the sum over `cells`, a block of whole rows × whole columns, may be told.

        In each row, or in each column, the closed cells must be all in or all out.
        """
        return _derivable(self.open, cells) or _derivable(self.open.T, cells.T)


def _derivable(opened: Mask, cells: Mask) -> bool:
    closed_in, closed_out = (cells & ~opened).any(axis=1), (~cells & ~opened).any(axis=1)
    touched = cells.any(axis=1)
    return not (closed_in & closed_out & touched).any()


class Splits:
    """The splits of one run, and the tables they make."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.least = world.min_group
        self._tables: dict[tuple[str, str], Table] = {}
        self._splits: dict[str, Split | None] = {}

    def rounded(self, people: float) -> int:
        """To the nearest multiple of `least`."""
        return int(self.least * np.floor(people / self.least + 0.5))

    def split(self, name: str) -> Split | None:
        """By `segment`, an attribute (`attribute:plan`), an item (`item:p1001`) or a measure.

        None when people cannot be split by it without a part that is too small.
        """
        if name not in self._splits:
            self._splits[name] = self._made(name)
        return self._splits[name]

    def table(self, one: Split, other: Split) -> Table:
        """The table of two splits, the same whichever comes first."""
        key = (one.name, other.name)
        if key not in self._tables:
            counts = np.array([[int((a & b).sum()) for b in other.parts] for a in one.parts])
            self._tables[key] = Table(counts, suppress(counts, self.least))
            turned = self._tables[key]
            self._tables[key[::-1]] = Table(turned.counts.T, turned.open.T)
        return self._tables[key]

    def _made(self, name: str) -> Split | None:
        if name == SEGMENT:
            return self._segments
        kind, _, rest = name.partition(":")
        if kind == "attribute":
            return self._attribute(rest)
        if kind == "item":
            bought = self.world.touched.of(rest)
            return None if bought is None else self._whole(name, [~bought, bought], labels=("", ""))
        return self._measure(name)

    @cached_property
    def _segments(self) -> Split | None:
        members = self.world.members
        names = tuple(name for name in [*self.world.leaves, NOWHERE] if members[name].any())
        return self._merged(SEGMENT, {name: members[name] for name in names})

    def _attribute(self, name: str) -> Split | None:
        table = self.world.table
        prefix = f"attribute:{name}="
        values = {
            feature.removeprefix(prefix): table.of(feature) == 1
            for feature in table.names
            if feature.startswith(prefix)
        }
        if not values:
            return None
        free = np.ones(len(table.users), dtype=np.bool_)
        apart: dict[str, Mask] = {}
        for value, mask in values.items():
            apart[value] = mask & free  # a user with two values counts with the first
            free &= ~mask
        return self._merged(f"attribute:{name}", {**apart, "": free})

    def _merged(self, name: str, parts: dict[str, Mask]) -> Split | None:
        """With the small parts made one, nameless, and as many others as it takes to hide them."""
        kept = {label: mask for label, mask in parts.items() if mask.any()}
        loose = np.zeros(len(self.world.table.users), dtype=np.bool_)
        for label in sorted(kept, key=lambda label: (int(kept[label].sum()), label)):
            small = kept[label].sum() < self.least
            if small or label == "" or 0 < loose.sum() < self.least:
                loose |= kept.pop(label)
        if loose.any():
            kept = {**kept, "": loose}
        return self._whole(name, list(kept.values()), labels=tuple(kept))

    def _measure(self, name: str) -> Split | None:
        table = self.world.table
        values = table.of(name)
        known = values[~np.isnan(values)]
        if len(known) < 2 * self.least:
            return None
        if name.startswith("category:"):
            wanted = [table.theirs(name)]
        else:
            wanted = [human(float(cut), name) for cut in np.quantile(known, CUTS)]
        # Unknown counts as lowest, so that "at least" and "less than" add up to everybody.
        filled = np.where(np.isnan(values), -np.inf, values)
        cuts: list[float] = []
        for cut in sorted(set(wanted)):
            below = (filled < cut) & (filled >= (cuts[-1] if cuts else -np.inf))
            if below.sum() >= self.least and (filled >= cut).sum() >= self.least:
                cuts.append(cut)
        edges = [-np.inf, *cuts, np.inf]
        parts = [(filled >= low) & (filled < high) for low, high in pairwise(edges)]
        return self._whole(name, parts, cuts=tuple(cuts))

    def _whole(
        self,
        name: str,
        parts: list[Mask],
        *,
        cuts: tuple[float, ...] = (),
        labels: tuple[str, ...] = (),
    ) -> Split | None:
        if len(parts) < 2 or any(part.sum() < self.least for part in parts):
            return None
        return Split(name, tuple(parts), cuts, labels)


def suppress(counts: npt.NDArray[np.int64], least: int) -> Mask:
    """(rows, columns) of a table whose margins are known → which cells may be told.

    All are closed when the table is too large to be looked at whole (`MOST_PARTS`).
    """
    if counts.shape[1] > counts.shape[0]:
        turned: Mask = suppress(counts.T, least).T
        return turned
    opened: Mask = counts >= least
    if counts.shape[1] > MOST_PARTS:
        return np.zeros_like(opened)
    while (leak := _leak(counts, ~opened, least)) is not None:
        rows, inside = leak
        # Either closes one more cell of the cut, which makes it large enough, or one that keeps it
        # from being a cut; a cut without such a cell is a sum of whole margins, and large enough.
        choice = opened & (rows[:, None] ^ inside[None, :])
        at = min(zip(*np.nonzero(choice), strict=True), key=lambda cell: (counts[cell], cell))
        opened[at] = False
    return opened


def _leak(counts: npt.NDArray[np.int64], closed: Mask, least: int) -> tuple[Mask, Mask] | None:
    """Rows and columns of a cut of fewer than `least` people, if there is one."""
    columns = counts.shape[1]
    for bits in range(2**columns):
        inside = np.array([bits >> c & 1 for c in range(columns)], dtype=np.bool_)
        rows: Mask = np.asarray(closed[:, inside].any(axis=1))
        # Without columns: each row alone, with all its closed cells.
        alone = [np.arange(len(counts)) == row for row in range(len(counts))]
        for cut in [rows] if bits else alone:
            cells = closed & cut[:, None] & ~inside[None, :]
            if cells.any() and counts[cells].sum() < least:
                return cut, inside
    return None


def human(value: float, feature: str) -> float:
    """A threshold as people say it: 5 % steps, whole pounds and days, two figures of the rest."""
    match unit(feature):
        case "share":
            return round(round(value * 20) / 20, 2)
        case "money":
            return amount(two_digits(value))
        case "rating":
            return round(value, 1)
        case "count" | "days" | "pieces":
            return float(round(two_digits(value))) if value >= 2 else float(np.ceil(value))


def two_digits(value: float) -> float:
    """`108392` → `110000`."""
    return float(f"{value:.2g}")


def cells_of(rows: list[int], columns: list[int], shape: tuple[int, ...]) -> Mask:
    """(parts, parts) mask of the block of these rows and columns."""
    cells = np.zeros(shape, dtype=np.bool_)
    cells[np.ix_(rows, columns)] = True
    return cells
