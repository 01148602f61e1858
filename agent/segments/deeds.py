"""What people of a segment do, as clauses: `put at least 30 % of their spend into baking`."""

from __future__ import annotations

from collections.abc import Sequence

from agent.behaviour.wording import QUARTERS
from agent.profiles.names import written
from agent.records import Vocabulary
from agent.segments.lexicon import PLACES, plain
from agent.segments.phrasing import DAYPARTS, figure, spaced
from agent.segments.readable import unit
from agent.segments.rules import Condition

Deed = tuple[str, str]
"""A verb and what follows it, apart so that two deeds can share a verb."""

_DEVOTE = {
    "purchases": ("put", "into"),
    "ratings": ("give", "to"),
    "posts": ("write", "in"),
    "events": ("spend", "on"),
}
_EVENTS = {"ratings": "gave", "posts": "wrote"}


def deed(feature: str, value: float, words: Vocabulary, bound: str = "") -> Deed:
    """A measured feature as what people do; `bound` (`at least`) stands before the figure.

    Declared attributes are no deeds: see `being`.
    """
    shown, _ = figure(feature, value, words)
    few = bound == "less than" and unit(feature) in ("count", "pieces", "days")
    n = f"{'fewer than' if few else bound} {shown}".strip()

    def counted(one: str, several: str) -> str:
        if shown == "1" and bound == "at most":  # nobody is counted who has none
            return f"a single {one}"
        return f"{n} {one if shown == '1' else several}"

    kind, _, name = feature.partition(":")
    match kind:
        case "category":
            verb, into = _DEVOTE[words.domain]
            return verb, f"{n} of their {words.share_of} {into} {written(plain(name))}"
        case "channel":
            return "have", f"{n} of their activity through {written(plain(name))}"
        case "action":
            return "have", f"{n} of their activity of the kind {written(plain(name))}"
        case "median_gap_days" if bound not in ("", "at most"):
            return "leave", f"{n} days between {words.visits}"
        case "median_gap_days":
            every = "every day" if n == "1" else f"every {shown} days"
            sooner = " or sooner" if bound else ""
            return ("order" if words.visit == "order" else "come back"), every + sooner
        case "silent_days" if bound == "at most":
            return "were", f"last seen within {shown} days of the log's end"
        case "silent_days" if bound == "at least":
            return "went", f"silent {shown} days or more before the log's end"
        case "silent_days":
            return "were", f"last seen {counted('day', 'days')} before the log's end"
        case "span_days":
            return "are", f"active over {counted('day', 'days')}"
        case "price":
            return "pay", f"{n} a piece"
        case "units_per_line":
            return "take", f"{counted('piece', 'pieces')} a {words.event}"
        case "spend":
            return "spent", f"{n} in all"
        case "basket_value":
            return "spend", f"{n} in a typical {words.visit}"
        case "items":
            return words.did, counted(words.item, f"different {words.items}")
        case "events":
            return _EVENTS.get(words.domain, "have"), counted(words.event, words.events)
        case "visits":
            return "made", counted(words.visit, words.visits)
        case "rating_mean":
            return "rate", f"{n} on average"
        case "rating_spread":
            return "have", f"a spread of ratings of {n}"
        case "text_share":
            return "add", f"words of their own to {n} of their {words.events}"
        case "returns_share":
            return "return", f"{n} of their {words.events}"
        case "repeat_share":
            return "have", f"{n} of their {words.events} on {words.items} from before"
        case "tail_share":
            return "have", f"{n} of their {words.events} on {words.items} few people touch"
        case "top_tie_share":
            return "have", f"{n} of their ties to a single person"
        case "reciprocity":
            return "have", f"{n} of their ties answered"
        case "ties_out":
            return "have", f"ties to {counted('person', 'people')}"
        case "ties_in":
            return "have", f"ties from {counted('person', 'people')}"
        case "weekend_share":
            return "make", f"{n} of their {words.visits} at the weekend"
    if feature in DAYPARTS:
        return "make", f"{n} of their {words.visits} {DAYPARTS[feature][1].partition(' (')[0]}"
    return "have", f"{n} of their {words.share_of} in {QUARTERS[int(feature[7]) - 1]}"


def being(feature: str) -> Deed:
    """A declared attribute: `are based in France`, `have role: teacher`."""
    key, _, declared = feature.removeprefix("attribute:").partition("=")
    if key.lower() in PLACES:
        return "are", f"based in {written(plain(declared))}"
    return "have", f"{spaced(key)}: {plain(declared)}"


def clauses(conditions: Sequence[Condition], words: Vocabulary) -> str:
    """Predicates as what people do: `put at least 30 % … into baking and made at most 5 orders`."""
    return together([condition_deed(condition, words) for condition in conditions])


def condition_deed(condition: Condition, words: Vocabulary) -> Deed:
    """A predicate of a rule as what people do or are."""
    if condition.feature.startswith("attribute:"):
        return being(condition.feature)
    bound = "at most" if condition.op == "<=" else "at least"
    return deed(condition.feature, condition.value, words, bound)


def together(deeds: Sequence[Deed]) -> str:
    """Several deeds, one verb said once."""
    told: dict[str, list[str]] = {}
    for verb, rest in deeds:
        told.setdefault(verb, []).append(rest)
    return listed([f"{verb} {listed(rests)}" for verb, rests in told.items()])


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
