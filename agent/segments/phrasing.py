"""Contrasts, items and rules as facts: what is counted of a segment, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from agent.behaviour.wording import QUARTERS, amount, feature_text, money, number, percent, printed
from agent.records import Fact, FactKind, Predicate, Vocabulary
from agent.segments.contrast import Contrast, TypicalItem
from agent.segments.lexicon import plain
from agent.segments.readable import unit
from agent.segments.rules import Condition

Phrase = Callable[[str, Vocabulary], str]

_KINDS: dict[str, FactKind] = {
    "category": "category",
    "channel": "channel",
    "action": "action",
    "attribute": "attribute",
}

TITLE_LENGTH = 80


def many(shown: str, one: str, many: str) -> str:
    return f"{shown} {one if shown == '1' else many}"


DAYPARTS = {
    "night_share": ("night", "at night (before 06:00)"),
    "morning_share": ("morning", "in the morning"),
    "afternoon_share": ("afternoon", "in the afternoon"),
    "evening_share": ("evening", "in the evening (from 18:00)"),
}

_HOURS = {
    "night_share": "00:00–06:00",
    "morning_share": "06:00–12:00",
    "afternoon_share": "12:00–18:00",
    "evening_share": "18:00–24:00",
}

_PHRASES: dict[str, tuple[FactKind, Phrase]] = {
    "visits": ("totals", lambda n, v: many(n, v.visit, v.visits)),
    "span_days": ("totals", lambda n, v: f"{many(n, 'day', 'days')} from first to last {v.event}"),
    "events": ("totals", lambda n, v: many(n, v.event, v.events)),
    "median_gap_days": ("cadence", lambda n, v: f"{many(n, 'day', 'days')} between {v.visits}"),
    "silent_days": ("recency", lambda n, v: f"{many(n, 'day', 'days')} since the last {v.event}"),
    "weekend_share": ("weekpart", lambda n, v: f"{n} of {v.visits} at the weekend"),
    "items": ("breadth", lambda n, v: many(n, v.item, f"different {v.items}")),
    "spend": ("spend", lambda n, v: f"{n} spent in all"),
    "basket_value": ("basket", lambda n, v: f"{n} in the median {v.visit}"),
    "price": ("price", lambda n, v: f"{n} a piece"),
    "units_per_line": ("quantity", lambda n, v: f"{many(n, 'piece', 'pieces')} a {v.event}"),
    "returns_share": ("returns", lambda n, v: f"{n} of {v.events} returned"),
    "repeat_share": ("repeat", lambda n, v: f"{n} of {v.events} on {v.items} from before"),
    "tail_share": ("tail", lambda n, v: f"{n} of {v.events} on {v.items} few people touch"),
    "text_share": ("words", lambda n, v: f"{n} of {v.events} with words of their own"),
    "rating_mean": ("rating", lambda n, v: f"an average rating of {n}"),
    "rating_spread": ("rating", lambda n, v: f"a spread of ratings of {n}"),
    "ties_out": ("ties", lambda n, v: f"ties to {many(n, 'person', 'people')}"),
    "top_tie_share": ("ties", lambda n, v: f"{n} of ties to one person"),
    "reciprocity": ("ties", lambda n, v: f"{n} of ties answered"),
    "ties_in": ("audience", lambda n, v: f"ties from {many(n, 'person', 'people')}"),
    **{
        feature: ("daypart", lambda n, v, when=when: f"{n} of {v.visits} {when}")  # type: ignore[misc]
        for feature, (_, when) in DAYPARTS.items()
    },
    **{
        f"quarter{i}_share": ("season", lambda n, v, q=q: f"{n} of {v.share_of} in {q}")  # type: ignore[misc]
        for i, q in enumerate(QUARTERS, start=1)
    },
}


def people(words: Vocabulary) -> str:
    return "customers" if words.domain == "purchases" else "people"


def figure(feature: str, value: float, words: Vocabulary) -> tuple[str, float]:
    """A feature's value as printed, and the number that stands in the text."""
    match unit(feature):
        case "share":
            shown = percent(value)
            return f"{number(shown)} %", printed(shown)
        case "money":
            return money(value, words), amount(value)
        case "rating":
            return number(round(value, 2)), printed(round(value, 2))
        case "count" | "days" | "pieces":
            value = float(round(value)) if value >= 10 else round(value, 1)
            return number(value), printed(value)


def phrase_kind(feature: str) -> FactKind:
    """The kind of fact that tells a feature."""
    kind = feature.partition(":")[0]
    return _KINDS.get(kind) or _PHRASES[feature][0]


def phrase(feature: str, value: str, words: Vocabulary) -> tuple[FactKind, str]:
    """The kind of fact and the noun phrase: `("units_per_line", "48")` → `48 pieces a line`."""
    kind, _, name = feature.partition(":")
    match kind:
        case "category":
            return "category", f"{value} of {words.share_of} in {plain(name)}"
        case "channel":
            return "channel", f"{value} of activity through {plain(name)}"
        case "action":
            return "action", f"{value} of activity of the kind {plain(name)}"
        case "attribute":
            key, _, declared = name.partition("=")
            return "attribute", f"{value} with {spaced(key)}: {plain(declared)}"
    found, tell = _PHRASES[feature]
    return found, tell(value, words)


def contrast_fact(
    contrast: Contrast, fact_id: str, words: Vocabulary, called: Mapping[str, str]
) -> Fact:
    """`baking 61 % … (others: 3 %; Café suppliers: 14 %), at least 6 % for 92 % of members`.

    `called` has the siblings' names; a sibling without one is left out. Numbers go by the keys of
    users' facts (`share`, `median` …; everybody else is `population`) with `rival`, a bound
    (`share_at_least`) and `covered` besides.
    """
    feature = contrast.feature
    own, number_own = figure(feature, contrast.members, words)
    kind, said = phrase(feature, own, words)
    numbers = {own_key(feature): number_own}
    names = _roles(feature)
    compared = []
    if contrast.others == contrast.others:
        text, numbers["population"] = figure(feature, contrast.others, words)
        compared.append(f"others: {text}")
    rival = called.get(contrast.rival or "")
    if rival is not None and contrast.rival_value == contrast.rival_value:
        text, numbers["rival"] = figure(feature, contrast.rival_value, words)
        compared.append(f"{rival}: {text}")
        names["rival"] = rival
    beside = f" ({'; '.join(compared)})" if compared else ""
    middle = "" if kind == "attribute" else (
        " on average" if unit(feature) == "share" else " on the median"
    )  # fmt: skip
    covered = ""
    if kind != "attribute" and compared:
        said_bound = bound_of(contrast)
        limit, value = figure(feature, contrast.threshold, words)
        numbers[f"{own_key(feature)}_{said_bound.replace(' ', '_')}"] = value
        numbers["covered"] = percent(contrast.coverage)
        covered = f", {said_bound} {limit} for {number(numbers['covered'])} % of members"
    return Fact(
        id=fact_id,
        kind=kind,
        text=f"{said}{middle}{beside}{covered}",
        numbers=numbers,
        names=names,
        salience=round(contrast.score, 6),
    )


def own_key(feature: str) -> str:
    """Under which key of `numbers` the members' own figure stands: that of users' facts."""
    return _OWN.get(feature) or _OWN_OF_KIND.get(phrase_kind(feature), "share")


def bound_of(contrast: Contrast) -> str:
    """What `coverage` counts, in words: `at least`, `more than` or `less than` the threshold."""
    if contrast.threshold != contrast.others:
        return "at least"
    return "more than" if contrast.above else "less than"


_OWN = {
    "visits": "visits",
    "events": "events",
    "span_days": "span_days",
    "top_tie_share": "top_share",
    "reciprocity": "reciprocity",
    "rating_spread": "spread",
}
_OWN_OF_KIND = {
    "cadence": "median_gap_days",
    "recency": "silent_days",
    "breadth": "items",
    "spend": "spend",
    "basket": "median",
    "quantity": "median",
    "price": "median",
    "rating": "mean",
    "ties": "people",
    "audience": "people",
}


def _roles(feature: str) -> dict[str, str]:
    kind, _, name = feature.partition(":")
    if kind == "attribute":
        key, _, declared = name.partition("=")
        return {"attribute": spaced(key), "value": plain(declared)}
    if name:
        return {kind: plain(name)}
    if feature in DAYPARTS:
        return {"daypart": DAYPARTS[feature][0], "hours": _HOURS[feature]}
    if feature == "weekend_share":
        return {"weekpart": "weekend"}
    if feature.startswith("quarter"):
        return {"season": QUARTERS[int(feature[7]) - 1]}
    return {}


def spaced(key: str) -> str:
    return plain(key.replace("_", " "))


def size_fact(size: int, users: int, words: Vocabulary) -> Fact:
    share = percent(size / users)
    return Fact(
        id="S1",
        kind="totals",
        text=f"{size:,} {people(words)}, {number(share)} % of all",
        numbers={"users": float(size), "share": share},
        salience=1.0,
    )


def items_fact(items: Sequence[TypicalItem], fact_id: str, words: Vocabulary) -> Fact:
    """`typical items: PAPER BUNTING (62 % of members, others 4 %), …`."""
    numbers, names, told = {}, {}, []
    for i, item in enumerate(items, start=1):
        inside, outside = percent(item.members), percent(item.others)
        numbers[f"members{i}"], numbers[f"others{i}"] = inside, outside
        names[f"item{i}"] = title = plain(item.title, most=TITLE_LENGTH)
        told.append(f"{title} ({number(inside)} % of members, others {number(outside)} %)")
    return Fact(
        id=fact_id,
        kind="items",
        text=f"typical {words.items}: {', '.join(told)}",
        numbers=numbers,
        names=names,
        salience=round(max(item.members - item.others for item in items), 6),
    )


def predicate(condition: Condition, words: Vocabulary) -> Predicate:
    return Predicate.model_validate(
        {
            "feature": condition.feature,
            "op": condition.op,
            "value": condition.value,
            "text": feature_text(condition.feature, condition.op, condition.value, words),
        }
    )


def rule_fact(condition: Predicate, fact_id: str, words: Vocabulary) -> Fact:
    """A condition of the rule as a fact: `R1`, with its threshold as a bound."""
    feature = condition.feature
    numbers = {}
    if phrase_kind(feature) != "attribute":
        side = "at_most" if condition.op == "<=" else "at_least"
        _, numbers[f"{own_key(feature)}_{side}"] = figure(feature, float(condition.value), words)
    return Fact(
        id=fact_id,
        kind=phrase_kind(feature),
        text=plain(condition.text, most=TITLE_LENGTH),
        numbers=numbers,
        names=_roles(feature),
    )
