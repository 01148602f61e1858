"""Who gets what: users to arms by a salted hash, the same people held out of every experiment.

A user's arm hangs on the experiment's name and the user's id alone. So the same user meets the
same arm whenever it is asked, a rebuilt run moves nobody, and two experiments are independent of
each other; inside every segment the arms are random samples of its people.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import Field

from agent.errors import SettingsError
from agent.export import write_rows
from agent.records import Record

HOLDOUT = "holdout"
NO_SEGMENT = "noise"
"""The stratum of the users that belong to no segment."""
COLUMNS = ("user_id", "segment", "arm", "share")


class Plan(Record):
    """An experiment before it begins: its name is the salt, `arms` says who gets how much."""

    name: str = Field(min_length=1)
    arms: dict[str, float]
    """Arm → share of all users; with `holdout` they sum to 1. The first is the baseline."""
    holdout: float = Field(default=0.0, ge=0, lt=1)
    """Share of users left out of every experiment, the same people each time."""

    @classmethod
    def of(cls, name: str, arms: Sequence[str], holdout: float = 0.0) -> Plan:
        """From `control=2`, `treatment=1` or bare names, which weigh 1 each.

        Raises SettingsError for fewer than two groups, a weight that is none, or a name twice.
        """
        weights: dict[str, float] = {}
        for arm in arms:
            word, equals, weight = arm.partition("=")
            word = word.strip()
            try:
                weights[word] = float(weight) if equals else 1.0
            except ValueError:
                weights[word] = 0.0
            if not word or word == HOLDOUT or not 0 < weights[word] < float("inf"):
                raise SettingsError(
                    f"--arm {arm!r}: write NAME or NAME=WEIGHT, such as control=2; the held-out "
                    f"group is --holdout SHARE"
                )
        if len(weights) < len(arms):
            raise SettingsError(f"--arm names one arm twice: {', '.join(arms)}")
        if not weights or len(weights) + (holdout > 0) < 2:
            raise SettingsError("an experiment compares two groups; name two with --arm")
        if not name.strip():
            raise SettingsError("--name is empty; it decides who gets which arm")
        whole = sum(weights.values()) / (1 - holdout)
        shares = {arm: weight / whole for arm, weight in weights.items()}
        return cls(name=name.strip(), arms=shares, holdout=holdout)

    def arm_of(self, user: str) -> str:
        """The arm of one user."""
        if _place(HOLDOUT, user) < self.holdout:
            return HOLDOUT
        place = _place(f"arm of {self.name}", user) * (1 - self.holdout)
        for arm, share in self.arms.items():
            if (place := place - share) < 0:
                return arm
        return arm  # a rounding error beyond the last share

    @property
    def shares(self) -> dict[str, float]:
        """Every group's planned share, that of the people held out included."""
        return {**self.arms, **({HOLDOUT: self.holdout} if self.holdout else {})}


class Assigned(Record):
    """One user's line of the file."""

    user_id: str
    segment: str
    arm: str


def assign(segments: Mapping[str, str], plan: Plan, *, min_group: int) -> list[Assigned]:
    """Every user of `segments` (user → segment) with an arm, by user id.

    Raises SettingsError where an arm would have fewer than `min_group` people of a segment: no
    figure could be given of so few, and they could be told apart.
    """
    found = [Assigned(user_id=u, segment=s, arm=plan.arm_of(u)) for u, s in segments.items()]
    sizes = Counter((one.segment, one.arm) for one in found)
    strata = sorted({one.segment for one in found})
    few = {s: a for s in strata for a in plan.shares if sizes[s, a] < min_group}
    if few:
        segment, arm = next(iter(few.items()))
        enough = [s for s in strata if s not in few]
        way_out = (
            "choose with " + " ".join(f"--segment {s}" for s in enough)
            if enough
            else "make fewer arms, or larger ones"
        )
        raise SettingsError(
            f"{len(few)} of {len(strata)} segments are too small for these arms: {segment} would "
            f"have {sizes[segment, arm]} people in {arm}, and nothing is told about fewer than "
            f"{min_group}; {way_out}"
        )
    return sorted(found, key=lambda one: one.user_id)


def write_assignment(path: Path, assigned: Sequence[Assigned], plan: Plan) -> int:
    """The file to act on and to read the outcomes back with; returns how many users it holds."""
    shares = {arm: f"{share:.6g}" for arm, share in plan.shares.items()}
    rows = ((one.user_id, one.segment, one.arm, shares[one.arm]) for one in assigned)
    return write_rows(path, COLUMNS, rows)


def _place(salt: str, user: str) -> float:
    """A uniform number in [0, 1) that only this salt and this user give."""
    digest = hashlib.sha256(f"{salt}\0{user}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
