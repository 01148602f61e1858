"""What is said of one segment: its numbered facts, its description and why it is one.

Sentences are put together from the contrasts behind the facts they cite, so a figure in one is a
figure in the other, rounded the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.records import Fact, Sentence, Vocabulary
from agent.segments.choosing import Name
from agent.segments.contrast import Contrast, Group, TypicalItem
from agent.segments.lexicon import plain
from agent.segments.phrasing import (
    TITLE_LENGTH,
    clauses,
    contrast_fact,
    figure,
    items_fact,
    listed,
    people,
    phrase,
    size_fact,
)
from agent.segments.readable import Readable, share_family
from agent.segments.rules import Rule

MAX_FACTS = 9
"""Contrasts told per segment, besides its size and its items."""

MIN_SCORE = 0.08
"""A contrast weaker than this is no reason for anything."""

COVERED = 0.4
"""Share of members a contrast must be true of to be told, unless the name or rule rests on it."""

CLEAR_DELTA = 0.3
"""Cliff's delta from which one sibling is unlike another (.33 is a medium effect)."""


@dataclass(frozen=True)
class Portrait:
    """Everything found out about one group before it has a name."""

    group: Group
    size: int
    contrasts: tuple[Contrast, ...]
    items: tuple[TypicalItem, ...]
    rule: Rule
    exemplars: tuple[str, ...]


def tell_facts(
    portrait: Portrait, name: Name, called: dict[str, str], table: Readable
) -> tuple[tuple[Fact, ...], dict[str, str]]:
    """Facts in order, and feature → fact id. What the name claims is always among them."""
    words = table.vocabulary
    needed = {feature for claim in name.claims for feature in claim.features}
    needed |= {c.feature for c in portrait.rule.conditions}
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


def describe(portrait: Portrait, words: Vocabulary) -> str:
    """One sentence: who they are by their rule, then what they lean to."""
    who = people(words).capitalize()
    conditions = portrait.rule.conditions
    told = clauses(sorted(conditions, key=lambda c: c.op == "<="), words)
    ruled = {c.feature for c in conditions}
    leaning = [
        plain(c.feature.removeprefix("category:"))
        for c in portrait.contrasts
        if c.feature.startswith("category:")
        and c.above
        and c.coverage >= 0.5
        and c.score >= MIN_SCORE
        and c.feature not in ruled
    ][:2]
    tail = []
    if leaning:
        tail.append(f"{'also ' if told else ''}into {listed(leaning)}")
    if portrait.items:
        titles = [plain(item.title, most=TITLE_LENGTH) for item in portrait.items[:2]]
        often = "typically" if portrait.items[0].members >= 0.5 else "often"
        tail.append(f"{often} {words.did} {listed(titles)}")
    if not told:
        return f"{who} with no rule to tell them by{'; ' + '; '.join(tail) if tail else ''}."
    return f"{who} who {told}{'; ' + '; '.join(tail) if tail else ''}."


def give_reasons(
    portrait: Portrait,
    facts: Sequence[Fact],
    cited: Mapping[str, str],
    called: Mapping[str, str],
    words: Vocabulary,
) -> tuple[Sentence, ...]:
    """Two or three cited sentences: against the nearest siblings by name, then what is typical."""
    told = [c for c in portrait.contrasts if c.feature in cited]
    sentences, used = [], set[str]()
    for rival in portrait.group.nearest:
        against = [c for c in told if c.rival == rival and _clear(c)][:2]
        if against and rival in called:
            used.update(c.feature for c in against)
            sentences.append(_unlike(called[rival], against, cited, words))
    sentences.sort(key=lambda s: int(s.facts[0][1:]))
    rest = [c for c in told if c.feature not in used and c.others == c.others][:2]
    if rest and len(sentences) < 2:
        own = [_said(c.feature, c.members, words) for c in rest]
        theirs = [figure(c.feature, c.others, words)[0] for c in rest]
        sentences.append(
            Sentence(
                text=f"They have {listed(own)}, against {listed(theirs)} among everybody else.",
                facts=tuple(cited[c.feature] for c in rest),
            )
        )
    items = next((f for f in facts if f.kind == "items"), None)
    if items:
        share, title = items.numbers["members1"], items.names["item1"]
        sentences.append(
            Sentence(
                text=f"{share:g} % of them {words.did} {title}, "
                f"against {items.numbers['others1']:g} % of others.",
                facts=(items.id,),
            )
        )
    if not sentences:
        sentences.append(Sentence(text=f"{facts[0].text}.", facts=(facts[0].id,)))
    return tuple(sentences)


def _clear(contrast: Contrast) -> bool:
    """Whether the nearest sibling differs as clearly, and in the same direction, as others do."""
    same = (contrast.rival_delta > 0) == contrast.above
    return same and abs(contrast.rival_delta) >= CLEAR_DELTA


def _unlike(
    rival: str, against: Sequence[Contrast], cited: Mapping[str, str], words: Vocabulary
) -> Sentence:
    own = [_said(c.feature, c.members, words) for c in against]
    theirs = [figure(c.feature, c.rival_value, words)[0] for c in against]
    return Sentence(
        text=f"Unlike {rival} ({listed(theirs)}), they have {listed(own)}.",
        facts=tuple(cited[c.feature] for c in against),
    )


def _said(feature: str, value: float, words: Vocabulary) -> str:
    return phrase(feature, figure(feature, value, words)[0], words)[1]
