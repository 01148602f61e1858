"""Whether a figure bears a claim out: its unit, whose it is, what bound it is said to be, how much.

Figures of groups are told apart more finely than those of one user: a share of members is none of
what they spend, and a bound is no amount.
"""

from __future__ import annotations

from collections.abc import Container

from agent.profiles.claims import FigureClaim, WordedClaim
from agent.profiles.groups import BOUNDS, OF_PEOPLE
from agent.profiles.names import stem
from agent.profiles.rounding import agrees
from agent.profiles.standing import Figure, Standing

_SHARES = frozenset({"percent", OF_PEOPLE})
_ROLES = {"from": ("before", "own", "population"), "to": ("after", "own", "population")}


def in_units(
    claim: FigureClaim, figure: Figure, one: Standing, units: frozenset[str], crowd: str
) -> bool:
    """Whether the figure, of the fact `one`, is in one of `units`.

    `crowd` is what the share before was said to be of: `92 % of them … (others: 2 %)`.
    """
    if figure.unit not in _SHARES or not one.group:
        return figure.unit in units
    if "percent" not in units:
        return False
    of = claim.crowd or (crowd if claim.side.role != "own" else "")
    if of in ("", "people"):
        return not of or figure.unit == OF_PEOPLE
    return figure.unit == "percent" and stem(of) in one.words


def is_meant(claim: FigureClaim, figure: Figure, one: Standing, quantified: Container[int]) -> bool:
    """Whether the figure is the one claimed, as to whose it is and how much.

    A bound that so many members keep may be claimed once the sentence has said how many:
    `quantified` are the facts of which it has.
    """
    if not one.group:
        return same_side(claim, figure, one) and _same_amount(claim, figure)
    if figure.role in BOUNDS or claim.bound:
        same = figure.role == claim.bound and claim.side.role == "own"
        return same and (one.rule or figure.fact in quantified) and claim.value == figure.value
    return same_side(claim, figure, one) and _same_amount(claim, figure)


def same_side(claim: FigureClaim, figure: Figure, one: Standing) -> bool:
    """Whether the figure is of the side the claim is about."""
    if one.group:
        return _on_side(claim, figure)
    if figure.role == "limit":
        return claim.qualifier == "under"
    if claim.role in _ROLES:
        return figure.role in _ROLES[claim.role]
    if claim.role == "population":
        return figure.role == "population"
    return figure.role != "population" or figure.kind == "attribute"


def may_be_worded(claim: WordedClaim, figure: Figure, one: Standing) -> bool:
    """Whether a worded amount (`half`, `weekly`) may be said of the figure."""
    if one.group:
        return _on_side(claim, figure)
    return figure.role in ("own", "before", "after")


def _on_side(claim: FigureClaim | WordedClaim, figure: Figure) -> bool:
    """Whether a group's figure is its members', everybody else's or the sibling's, as claimed."""
    if claim.side.role == "rival" and figure.fact not in claim.side.facts:
        return False
    return figure.role == claim.side.role


def _same_amount(claim: FigureClaim, figure: Figure) -> bool:
    if figure.role == "limit":
        return claim.value == figure.value
    return agrees(claim.value, figure.value, claim.qualifier, claim.step)
