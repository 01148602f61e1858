"""figures about groups of people, and the words they are told in."""

from __future__ import annotations

import numpy as np

from agent.behaviour.wording import money, number
from agent.chat.world import World
from agent.profiles.names import shown, written
from agent.segments.deeds import Deed, being, deed, listed, together
from agent.segments.lexicon import plain
from agent.segments.phrasing import figure, people, phrase
from agent.segments.readable import Mask, is_share

__all__ = [
    "called",
    "deeds_of",
    "figure_text",
    "listed",
    "people",
    "percent_of",
    "title",
    "total",
    "typical",
    "typical_of",
]


def typical(world: World, feature: str, members: Mask) -> float:
    """The mean of a share, the median of anything else, over the members it is known of.

    NaN when it is known of fewer than `min_group` of them.
    """
    values = world.table.of(feature)[members]
    known = values[~np.isnan(values)]
    if len(known) < world.min_group:
        return float("nan")
    return float(known.mean() if is_share(feature) else np.median(known))


def typical_of(world: World, feature: str, segment: str | None, *, inside: bool = True) -> float:
    """`typical` of a segment's members, or of all others; of everybody for None. Computed once."""
    key = (feature, segment, inside)
    found = world.typical.get(key)
    if found is None:
        members = world.members[segment] if segment is not None else world.everybody
        found = typical(world, feature, members if inside else ~members)
        world.typical[key] = found
    return found


def total(world: World, feature: str, members: Mask) -> float:
    """The sum over members of a measure that adds up, such as spend."""
    return float(np.nansum(world.table.of(feature)[members]))


def figure_text(world: World, feature: str, value: float) -> str:
    """`£904 spent in all`, `61 % of visits at the weekend`."""
    if feature.startswith("total:"):
        return total_text(world, feature.removeprefix("total:"), value)
    return phrase(feature, figure(feature, value, world.words)[0], world.words)[1]


def total_text(world: World, feature: str, value: float) -> str:
    """`£108,392 of spend`, `1,204 purchases`."""
    words = world.words
    if feature == "spend":
        return f"{money(round(value), words)} of spend"
    return f"{number(round(value))} {words.events if feature == 'events' else words.visits}"


def deeds_of(world: World, features: list[tuple[str, float]]) -> str:
    """What somebody does or is: `put 31 % of their spend into baking and are based in Wales`."""
    return together([_deed(world, feature, value) for feature, value in features])


def _deed(world: World, feature: str, value: float) -> Deed:
    if feature.startswith("attribute:"):
        verb, rest = being(feature)
        return (verb if value else f"{verb} not"), rest
    return deed(feature, value, world.words)


def percent_of(part: float, whole: float) -> str:
    """`8 %`, of a whole that may be 0; one decimal under 1."""
    share = 100 * part / whole if whole else 0.0
    return f"{number(float(round(share)) if share >= 0.95 else round(share, 1))} %"


def called(world: World, segment: str) -> str:
    """A segment's name, or what those of none are called."""
    card = world.segments.get(segment)
    return card.name if card else "users of no segment"


def title(world: World, item: str) -> str:
    """An item's title as sentences write it: a stranger's words, printable and cut."""
    return written(plain(world.catalogue.titles.get(item, item), most=80))


def item_name(world: World, item: str) -> str:
    """The same for records, without quotation marks."""
    return shown(plain(world.catalogue.titles.get(item, item), most=80))
