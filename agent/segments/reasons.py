"""What is said of one segment: its numbered facts, its description and why it is one.

Sentences are put together from the contrasts behind the facts they cite, so a figure in one is a
figure in the other, rounded the same way.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence, Set

from agent.profiles.names import written
from agent.records import Fact, Sentence, Vocabulary
from agent.segments.choosing import Name
from agent.segments.contrast import Contrast, TypicalItem
from agent.segments.deeds import Deed, being, clauses, deed, listed, together
from agent.segments.lexicon import capital, plain
from agent.segments.phrasing import (
    TITLE_LENGTH,
    bound_of,
    contrast_fact,
    figure,
    items_fact,
    people,
    size_fact,
)
from agent.segments.portraits import Portrait
from agent.segments.readable import Readable, share_family

MAX_FACTS = 9
"""Contrasts told per segment, besides its size and its items."""

MIN_SCORE = 0.08
"""A contrast weaker than this is no reason for anything."""

COVERED = 0.4
"""Share of members a contrast must be true of to be told, unless the name or rule rests on it."""

CLEAR_DELTA = 0.3
"""Cliff's delta from which one sibling is unlike another (.33 is a medium effect)."""

MOSTLY = 0.6
"""Share of members of whom what is said of `most of them` must be true."""

ENOUGH = 3
"""Conditions, tastes and items from which a description needs nothing more to be told by."""


def tell_facts(
    portrait: Portrait, names: Sequence[Name], called: Mapping[str, str], table: Readable
) -> tuple[tuple[Fact, ...], dict[str, str]]:
    """Facts in order, and feature → fact id. What any of `names` claims is always among them."""
    words = table.vocabulary
    needed = {feature for name in names for claim in name.claims for feature in claim.features}
    needed |= {c.feature for c in portrait.rule.conditions}
    needed |= {c.feature for c in _leanings(portrait)}
    wanted = [c for c in portrait.contrasts if c.feature in needed]
    for contrast in portrait.contrasts:
        if len(wanted) >= MAX_FACTS:
            break
        if contrast.feature in needed or contrast.score < MIN_SCORE or contrast.coverage < COVERED:
            continue
        if contrast.above or not _implied(contrast.feature, wanted):
            wanted.append(contrast)
    wanted.sort(key=lambda c: (-c.score, c.feature))
    facts = [size_fact(portrait.size, len(table.users), words)]
    cited = {}
    for contrast in wanted:
        facts.append(contrast_fact(contrast, f"S{len(facts) + 1}", words, called))
        cited[contrast.feature] = facts[-1].id
    if portrait.items:
        facts.append(items_fact(portrait.items, f"S{len(facts) + 1}", words))
    return tuple(facts), cited


def _implied(feature: str, wanted: Sequence[Contrast]) -> bool:
    """Whether a share below the usual follows from one above it: app 77 %, so web 21 %."""
    if feature.startswith(("category:", "attribute:")):
        return True
    family = share_family(feature)
    return any(c.above and share_family(c.feature) == family for c in wanted if family)


def _leanings(portrait: Portrait) -> list[Contrast]:
    """Up to two categories most members are after and of which the rule says nothing."""
    ruled = {c.feature for c in portrait.rule.conditions}
    found = [
        c
        for c in portrait.contrasts
        if c.feature.startswith("category:")
        and c.above
        and c.coverage >= 0.5
        and c.score >= MIN_SCORE
        and c.feature not in ruled
    ]
    return found[:2]


def describe(portrait: Portrait, cited: Container[str], words: Vocabulary) -> str:
    """One sentence: who they are by their rule, what they lean to, and what most of them share."""
    who = people(words).capitalize()
    conditions = portrait.rule.conditions
    told = clauses(sorted(conditions, key=lambda c: c.op == "<="), words)
    ruled = {c.feature for c in conditions}
    leaning = [written(plain(c.feature.removeprefix("category:"))) for c in _leanings(portrait)]
    tail = []
    if leaning and any(feature.startswith("category:") for feature in ruled):
        tail.append(f"also into {listed(leaning)}")
    elif leaning:
        # What they are after says more than a bound on how much of it they take.
        who = f"{who} into {listed(leaning)}"
    if portrait.items:
        titles = [title_of(item) for item in portrait.items[:2]]
        often = "typically" if portrait.items[0].members >= 0.5 else "often"
        tail.append(f"{often} {words.did} {listed(titles)}")
    if len(ruled) + len(leaning) + bool(portrait.items) < ENOUGH:
        tail += _most([c for c in portrait.contrasts if c.feature in cited], ruled, words)
    said = f"{who} who {told}" if told else who
    return f"{'; '.join([said, *tail])}."


def _most(contrasts: Sequence[Contrast], told: Set[str], words: Vocabulary) -> list[str]:
    """What most members share, where rule and tastes say little: `most of them …`."""
    families = {_family(feature) for feature in told}
    deeds = []
    for contrast in contrasts:
        feature = contrast.feature
        family = _family(feature)
        if (
            feature.startswith(("category:", "attribute:", "action:"))
            or contrast.coverage < MOSTLY
            or contrast.score < MIN_SCORE
            or contrast.others != contrast.others
            or family in families
        ):
            continue
        families.add(family)
        deeds.append(deed(feature, contrast.threshold, words, bound_of(contrast)))
        if len(deeds) == 2:
            break
    return [f"most of them {together(deeds)}"] if deeds else []


def give_reasons(
    portrait: Portrait,
    facts: Sequence[Fact],
    cited: Mapping[str, str],
    called: Mapping[str, str],
    words: Vocabulary,
) -> tuple[Sentence, ...]:
    """Two or three cited sentences: against the nearest siblings by name, then what is typical."""
    told = [c for c in portrait.contrasts if c.feature in cited and not _empty(c)]
    sentences, used = [], set[str]()
    for rival in portrait.group.nearest:
        clear = [c for c in told if c.rival == rival and _clear(c)]
        against = _two(clear, {c.feature: c.rival_value for c in clear}, words)
        if against and rival in called:
            used.update(c.feature for c in against)
            text = _compared(against, [c.rival_value for c in against], "against", words)
            sentences.append(_sentence(f"Unlike {called[rival]}, {text}.", against, cited))
    sentences.sort(key=lambda s: int(s.facts[0][1:]))
    rest = [c for c in told if c.feature not in used and c.others == c.others]
    rest = _two(rest, {c.feature: c.others for c in rest}, words)
    if rest and len(sentences) < 2:
        text = _compared(rest, [c.others for c in rest], "others:", words)
        sentences.append(_sentence(f"{capital(text)}.", rest, cited))
    items = next((f for f in facts if f.kind == "items"), None)
    if items:
        title = title_of(portrait.items[0])
        sentences.append(
            Sentence(
                text=f"{items.numbers['members1']:g} % of them {words.did} {title}, "
                f"against {items.numbers['others1']:g} % of others.",
                facts=(items.id,),
            )
        )
    if not sentences:
        sentences.append(Sentence(text=f"{facts[0].text}.", facts=(facts[0].id,)))
    return tuple(sentences)


def _two(
    told: Sequence[Contrast], others: Mapping[str, float], words: Vocabulary
) -> list[Contrast]:
    """The first two that say different things, each with two figures that print differently."""
    found: list[Contrast] = []
    for contrast in told:
        feature = contrast.feature
        same = figure(feature, contrast.members, words) == figure(feature, others[feature], words)
        if not same and _family(feature) not in {_family(c.feature) for c in found}:
            found.append(contrast)
    return found[:2]


def _family(feature: str) -> str:
    """Features of which one says what the others do: 268 ratings are of 268 movies."""
    if feature in ("items", "events"):
        return "volume"
    return feature if feature.startswith("category:") else share_family(feature) or feature


def title_of(item: TypicalItem) -> str:
    """A title as sentences write it."""
    return written(plain(item.title, most=TITLE_LENGTH))


def _clear(contrast: Contrast) -> bool:
    """Whether the nearest sibling differs as clearly, and in the same direction, as others do."""
    same = (contrast.rival_delta > 0) == contrast.above
    return same and abs(contrast.rival_delta) >= CLEAR_DELTA


def _empty(contrast: Contrast) -> bool:
    """Whether the figure says nothing as a deed: `active over 0 days` is one visit."""
    return contrast.feature == "span_days" and contrast.members < 1


def _sentence(text: str, told: Sequence[Contrast], cited: Mapping[str, str]) -> Sentence:
    return Sentence(text=text, facts=tuple(cited[c.feature] for c in told))


def _compared(
    told: Sequence[Contrast], others: Sequence[float], against: str, words: Vocabulary
) -> str:
    """`they put 31 % … into baking (against 2 %) and 90 % of them are based in France (…)`."""
    deeds: list[Deed] = []
    shares = []
    for contrast, other in zip(told, others, strict=True):
        feature = contrast.feature
        beside = f"({against} {figure(feature, other, words)[0]})"
        if feature.startswith("attribute:"):
            share = figure(feature, contrast.members, words)[0]
            shares.append(f"{share} of them {' '.join(being(feature))} {beside}")
        else:
            verb, rest = deed(feature, contrast.members, words)
            deeds.append((verb, f"{rest} {beside}"))
    return listed([*([f"they {together(deeds)}"] if deeds else []), *shares])
