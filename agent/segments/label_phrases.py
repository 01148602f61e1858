"""What a model may say of a segment: its deeds, rule, tastes and items as phrases that hold.

Each phrase carries its unit and whose figure it is, so that whatever ordinary words a model puts
around it, it still says what its fact says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agent.profiles.names import written
from agent.records import Fact, Vocabulary
from agent.segments.contrast import Contrast
from agent.segments.deeds import being, condition_deed, deed
from agent.segments.families import Subject
from agent.segments.lexicon import plain
from agent.segments.phrasing import TITLE_LENGTH, bound_of, figure
from agent.segments.reasons import MOSTLY

AGAINST = ", against "
"""Before a figure of the other side that no bracket closes."""
TOLD = 6
"""Facts of a segment a model is shown; the rest are for readers."""


@dataclass(frozen=True)
class FactPhrases:
    """What one fact lets a sentence about `they` say, and the sibling it compares with."""

    fact: Fact
    deeds: tuple[str, ...]
    """After `they`: `put 61 % of their spend into baking`, with and without the other side."""
    versus: tuple[str, ...]
    """The same once the sibling has been named: `… (against 14 %)`."""
    whole: tuple[str, ...]
    """With a subject of their own: `56 % of them are based in France (others: 4 %)`."""
    rival: str | None


def told_facts(subject: Subject) -> list[Fact]:
    """The facts a model is shown: the most distinguishing ones, and the typical items."""
    contrasts = [fact for fact in subject.facts[1:] if fact.kind != "items"]
    items = [fact for fact in subject.facts if fact.kind == "items"]
    return [*contrasts[: TOLD - len(items)], *items]


def fact_phrases(
    subject: Subject, called: Mapping[str, str], words: Vocabulary
) -> list[FactPhrases]:
    """The phrases of each fact that is told, in the order of the facts; none without phrases."""
    by_id = {subject.cited[c.feature]: c for c in subject.portrait.contrasts
             if c.feature in subject.cited}  # fmt: skip
    found = []
    for fact in told_facts(subject):
        if fact.kind == "items":
            found.append(_items(fact, words))
        elif fact.id in by_id:
            found.append(_contrast(by_id[fact.id], fact, called, words))
    return [one for one in found if one.deeds or one.whole]


def _contrast(
    contrast: Contrast, fact: Fact, called: Mapping[str, str], words: Vocabulary
) -> FactPhrases:
    feature = contrast.feature
    own = figure(feature, contrast.members, words)[0]
    rival = fact.names.get("rival")
    sides, beside = [""], []
    if "population" in fact.numbers:
        other = figure(feature, contrast.others, words)[0]
        sides += [f" (others: {other})", f"{AGAINST}{other} among others"]
    if rival is not None and rival == called.get(contrast.rival or ""):
        other = figure(feature, contrast.rival_value, words)[0]
        sides.append(f" ({rival}: {other})")
        beside = ["", f" (against {other})", f"{AGAINST}{other}"]
    if feature.startswith("attribute:"):
        said = f"{own} of them {' '.join(being(feature))}"
        return FactPhrases(fact, (), (), tuple(said + side for side in sides), rival)
    verb, rest = deed(feature, contrast.members, words)
    deeds, versus = (tuple(f"{verb} {rest}{side}" for side in told) for told in (sides, beside))
    return FactPhrases(fact, deeds, versus, (), rival)


def _items(fact: Fact, words: Vocabulary) -> FactPhrases:
    whole = []
    for place in (1, 2, 3):
        title = fact.names.get(f"item{place}")
        if title is not None:
            own, others = (fact.numbers[f"{side}{place}"] for side in ("members", "others"))
            said = f"{own:g} % of them {words.did} {written(title)}"
            whole += [said, f"{said}, against {others:g} % of others"]
    return FactPhrases(fact, (), (), tuple(whole), None)


@dataclass(frozen=True)
class DescriptionPhrases:
    """What a description may be made of: `Customers who {deed}`, `into {taste}`, `{aside}`."""

    deeds: tuple[str, ...]
    tastes: tuple[str, ...]
    asides: tuple[str, ...]
    """`often bought …`, `most of them …`."""


def description_phrases(subject: Subject, words: Vocabulary) -> DescriptionPhrases:
    """The rule's conditions, the tastes and items told, and what most members share."""
    portrait = subject.portrait
    deeds = [" ".join(condition_deed(c, words)) for c in portrait.rule.conditions]
    told = [c for c in portrait.contrasts if c.feature in subject.cited]
    tastes = [
        written(plain(c.feature.removeprefix("category:")))
        for c in told
        if c.feature.startswith("category:") and c.above and c.coverage >= MOSTLY
    ]
    asides = [
        f"most of them {' '.join(deed(c.feature, c.threshold, words, bound_of(c)))}"
        for c in told
        if not c.feature.startswith(("attribute:", "action:"))
        and c.coverage >= MOSTLY
        and c.others == c.others
    ]
    often = "typically" if portrait.items and portrait.items[0].members >= 0.5 else "often"
    asides += [
        f"{often} {words.did} {written(plain(item.title, most=TITLE_LENGTH))}"
        for item in portrait.items[:2]
    ]
    return DescriptionPhrases(tuple(deeds), tuple(tastes), tuple(asides))
