"""Segments and their labels: facts, names chosen jointly, rules tested, reasons cited.

`label_segments` is the whole stage. Leaves are described against each other and everybody else,
then parents against each other, by what their leaves share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from agent.behaviour.measures import Measures
from agent.records import Fact, Label, Segment, Sentence, Vocabulary
from agent.segments.contrast import (
    Contrast,
    Group,
    TypicalItem,
    contrasts,
    find_groups,
    separating_ranks,
    typical_items,
)
from agent.segments.lexicon import plain
from agent.segments.naming import Name, Naming, name_segments
from agent.segments.phrasing import (
    TITLE_LENGTH,
    clauses,
    contrast_fact,
    figure,
    items_fact,
    listed,
    people,
    phrase,
    predicate,
    size_fact,
)
from agent.segments.readable import Readable, readable, share_family
from agent.segments.rules import Rule, learn_rule
from agent.settings import LabelSettings

MAX_FACTS = 9
"""Contrasts told per segment, besides its size and its items."""

MIN_SCORE = 0.08
"""A contrast weaker than this is no reason for anything."""

COVERED = 0.4
"""Share of members a contrast must be true of to be told, unless the name or rule rests on it."""

CLEAR_DELTA = 0.3
"""Cliff's delta from which one sibling is unlike another (.33 is a medium effect)."""

EXEMPLARS = 5
WRITER = "extractive"
EVERYONE = "Everyone"


@dataclass(frozen=True)
class Portrait:
    """Everything found out about one group before it has a name."""

    group: Group
    size: int
    contrasts: tuple[Contrast, ...]
    items: tuple[TypicalItem, ...]
    rule: Rule
    exemplars: tuple[str, ...]


def label_segments(
    measures: Measures,
    assignment: Mapping[str, str | None],
    parents: Mapping[str, str | None],
    *,
    probabilities: Mapping[str, float],
    settings: LabelSettings,
    seed: int,
) -> tuple[list[Segment], list[Label]]:
    """Describe, name and test every segment.

    `assignment` has each user's leaf (None: noise), `parents` each leaf's parent or None,
    `probabilities` how firmly each user belongs (HDBSCAN's), for exemplars. Segments smaller than
    `settings.min_group` are left out entirely. Segments come parents first, each level by size.
    """
    table = readable(measures, min_group=settings.min_group)
    leaves: dict[str, set[str]] = {}
    for user in table.users:
        leaf = assignment.get(user)
        if leaf is not None:
            leaves.setdefault(leaf, set()).add(user)
    only = len(leaves) == 1
    leaves = {s: leaves[s] for s in sorted(leaves) if len(leaves[s]) >= settings.min_group}
    if only and leaves:
        return _everyone(table, *next(iter(leaves.items())), probabilities)
    above: dict[str, set[str]] = {}
    for leaf in leaves:
        parent = parents.get(leaf)
        if parent is not None:
            above.setdefault(parent, set()).add(leaf)
    unions = {p: set().union(*(leaves[s] for s in above[p])) for p in sorted(above)}
    common = (measures, table, probabilities, settings, seed)
    low = _portraits(leaves, *common)
    high = _portraits(unions, *common)
    leaf_names = name_segments(table, [_naming(p, (p.group.members,)) for p in low])
    parent_names = name_segments(
        table,
        [_naming(p, tuple(table.mask(leaves[s]) for s in sorted(above[p.group.id]))) for p in high],
        taken=[name.text for name in leaf_names.values()],
    )
    segments, labels = [], []
    for level, portraits, names in ((0, high, parent_names), (1, low, leaf_names)):
        called = {segment: name.text for segment, name in names.items()}
        for portrait in sorted(portraits, key=lambda p: (-p.size, p.group.id)):
            segment_id = portrait.group.id
            facts, cited = _facts(portrait, names[segment_id], called, table)
            segments.append(
                Segment(
                    id=segment_id,
                    level=level,
                    parent=parents.get(segment_id) if level else None,
                    size=portrait.size,
                    share=round(portrait.size / len(table.users), 6),
                    facts=facts,
                    exemplars=portrait.exemplars,
                )
            )
            labels.append(
                Label(
                    segment=segment_id,
                    name=names[segment_id].text,
                    description=_description(portrait, table.vocabulary),
                    why=_why(portrait, facts, cited, called, table.vocabulary),
                    rule=tuple(predicate(c, table.vocabulary) for c in portrait.rule.conditions),
                    precision=portrait.rule.precision,
                    recall=portrait.rule.recall,
                    writer=WRITER,
                )
            )
    return segments, labels


def _portraits(
    members: Mapping[str, set[str]],
    measures: Measures,
    table: Readable,
    probabilities: Mapping[str, float],
    settings: LabelSettings,
    seed: int,
) -> list[Portrait]:
    groups = find_groups(table, members)
    masks = {group.id: group.members for group in groups}
    space = separating_ranks(table, list(masks.values()))
    found = []
    for group in groups:
        told = contrasts(table, group, masks)
        rule = learn_rule(
            table,
            group.members,
            space=space,
            telling={c.feature: c.score for c in told},
            seed=seed,
            share=settings.held_out,
            min_group=settings.min_group,
        )
        items = typical_items(measures, members[group.id], min_group=settings.min_group)
        chosen = _exemplars(table, group, rule, probabilities)
        found.append(
            Portrait(group, len(members[group.id]), tuple(told), tuple(items), rule, chosen)
        )
    return found


def _exemplars(
    table: Readable, group: Group, rule: Rule, probabilities: Mapping[str, float]
) -> tuple[str, ...]:
    """Members at the heart of the segment; of equals, those the rule finds."""
    held = rule.holds(table)
    order = sorted(
        (-round(probabilities.get(table.users[i], 0.0), 6), not held[i], table.users[i])
        for i in np.flatnonzero(group.members)
    )
    return tuple(user for _, _, user in order[:EXEMPLARS])


def _naming(portrait: Portrait, parts: tuple[np.ndarray, ...]) -> Naming:
    return Naming(
        id=portrait.group.id,
        members=portrait.group.members,
        parts=parts,
        nearest=portrait.group.nearest,
        rule_features=frozenset(c.feature for c in portrait.rule.conditions),
    )


def _facts(
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


def _description(portrait: Portrait, words: Vocabulary) -> str:
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


def _why(
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


def _everyone(
    table: Readable, segment: str, members: set[str], probabilities: Mapping[str, float]
) -> tuple[list[Segment], list[Label]]:
    """One segment and nobody to contrast it with, which is all that is said of it."""
    fact = size_fact(len(members), len(table.users), table.vocabulary)
    order = sorted((-round(probabilities.get(u, 0.0), 6), u) for u in members)
    who = people(table.vocabulary)
    everyone = Segment(
        id=segment,
        level=1,
        parent=None,
        size=len(members),
        share=round(len(members) / len(table.users), 6),
        facts=(fact,),
        exemplars=tuple(user for _, user in order[:EXEMPLARS]),
    )
    label = Label(
        segment=segment,
        name=EVERYONE,
        description=f"{len(members):,} {who}, among whom no groups could be told apart.",
        why=(Sentence(text=f"{fact.text}.", facts=(fact.id,)),),
        rule=(),
        precision=None,
        recall=None,
        writer=WRITER,
    )
    return [everyone], [label]
