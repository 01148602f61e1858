"""Numbers and predicates in words: the one place that decides how a figure is printed."""

from __future__ import annotations

from collections.abc import Callable

from agent.records import Vocabulary

LIFT_BANDS = (1.5, 2, 3, 4, 5, 8, 10, 15, 20, 30, 50, 100)
"""Lifts are told in bands, so that one more event does not change the fact."""

QUARTERS = ("January to March", "April to June", "July to September", "October to December")


def percent(share: float) -> float:
    """A share 0..1 as the percentage that is printed: whole, or one decimal under 1."""
    value = 100 * share
    return float(round(value)) if value >= 0.95 else round(value, 1)


def number(value: float) -> str:
    """`34684.2` → `34,684`; `7.0` → `7`; `2.5` → `2.5`; `1.25` → `1.25`."""
    if abs(value) >= 100 or float(value).is_integer():
        return f"{round(value):,}"
    return f"{value:,.2f}" if abs(value) < 10 and round(value, 1) != value else f"{value:,.1f}"


def printed(value: float) -> float:
    """The number that `number` prints, for `Fact.numbers`."""
    return float(number(value).replace(",", ""))


def amount(value: float) -> float:
    """Money as it is printed: whole from 10 up, pence below."""
    return float(round(value) if value >= 10 else round(value, 2))


def money(value: float, words: Vocabulary) -> str:
    """`£34,684`, `£1.25`; without the sign where the currency is unknown."""
    shown = amount(value)
    return words.currency + (f"{shown:,.0f}" if shown.is_integer() else f"{shown:,.2f}")


def lift_band(lift: float) -> float | None:
    """The largest band not above `lift`; None under 1.5 times."""
    return max((band for band in LIFT_BANDS if band <= lift * (1 + 1e-9)), default=None)


def count(n: float, one: str, many: str) -> str:
    """`count(1, "order", "orders")` → `1 order`."""
    return f"{number(n)} {one if n == 1 else many}"


def feature_text(feature: str, op: str, value: float | str, words: Vocabulary) -> str:
    """A predicate in words: `("units_per_line", ">=", 24)` → `24 or more pieces a line`.

    `feature` is a measure, `category:<name>`, `channel:<name>`, `action:<name>` or
    `attribute:<name>=<value>`; shares are given as 0..1.
    """
    kind, _, name = feature.partition(":")
    if kind == "attribute" and name:
        key, _, declared = name.partition("=")
        return f"{key}: {declared}" if value and op != "<=" else f"{key}: not {declared}"
    assert not isinstance(value, str)
    if kind in _PREFIXED:
        return _share(op, value, _PREFIXED[kind](name, words))
    if feature in _SHARES:
        return _share(op, value, _SHARES[feature](words))
    figure = money(value, words) if feature in _MONEY else number(value)
    return _QUANTITIES[feature](_bound(op, figure, feature in _MONEY), words)


def _share(op: str, value: float, of: str) -> str:
    bound = {">=": "at least", "<=": "at most", "==": "exactly"}[op]
    return f"{bound} {number(percent(value))} % {of}"


def _bound(op: str, figure: str, is_money: bool) -> str:
    if op == "==":
        return figure
    if is_money:
        return f"{'at least' if op == '>=' else 'at most'} {figure}"
    return f"{figure} or {'more' if op == '>=' else 'fewer'}"


_PREFIXED: dict[str, Callable[[str, Vocabulary], str]] = {
    "category": lambda name, v: f"of {v.share_of} in {name}",
    "channel": lambda name, v: f"of activity through {name}",
    "action": lambda name, v: f"of activity of the kind {name}",
}
_SHARES: dict[str, Callable[[Vocabulary], str]] = {
    "night_share": lambda v: f"of {v.visits} at night (before 06:00)",
    "morning_share": lambda v: f"of {v.visits} in the morning",
    "afternoon_share": lambda v: f"of {v.visits} in the afternoon",
    "evening_share": lambda v: f"of {v.visits} in the evening (from 18:00)",
    "weekend_share": lambda v: f"of {v.visits} at the weekend",
    **{
        f"quarter{i}_share": lambda v, name=name: f"of {v.share_of} in {name}"  # type: ignore[misc]
        for i, name in enumerate(QUARTERS, start=1)
    },
    "later_share": lambda v: f"of {v.events} in the later half of their time here",
    "returns_share": lambda v: f"of {v.events} returned",
    "repeat_share": lambda v: (
        f"of {v.events} repeating an {v.item} from before"
        if v.item[:1] in "aeiou"
        else f"of {v.events} repeating a {v.item} from before"
    ),
    "tail_share": lambda v: f"of {v.events} on {v.items} that few people touch",
    "text_share": lambda v: f"of {v.events} with words of their own",
    "top_tie_share": lambda v: "of ties to one person",
    "reciprocity": lambda v: "of ties answered",
}
_MONEY = frozenset({"spend", "basket_value", "price"})
_QUANTITIES: dict[str, Callable[[str, Vocabulary], str]] = {
    "visits": lambda n, v: f"{n} {v.visits}",
    "span_days": lambda n, v: f"{n} days between the first and the last {v.event}",
    "median_gap_days": lambda n, v: f"{n} days between {v.visits}",
    "silent_days": lambda n, v: f"{n} days since the last {v.event}",
    "events": lambda n, v: f"{n} {v.events}",
    "items": lambda n, v: f"{n} different {v.items}",
    "spend": lambda n, v: f"{n} spent in all",
    "basket_value": lambda n, v: f"{n} in the median {v.visit}",
    "price": lambda n, v: f"{n} a piece on the median",
    "units_per_line": lambda n, v: f"{n} pieces a {v.event}",
    "rating_mean": lambda n, v: f"an average rating of {n}",
    "rating_spread": lambda n, v: f"a spread of ratings of {n}",
    "ties_out": lambda n, v: f"ties to {n} people",
    "ties_in": lambda n, v: f"ties from {n} people",
}
