"""Segments and their labels: facts, names chosen jointly, rules tested, reasons cited.

`label_segments` is the whole stage. Leaves are described against each other and everybody else,
then parents against each other, by what their leaves share. What can be said is settled first
(portraits, names that hold, facts); then it is written, extractively or by a model, and verified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.behaviour.measures import Measures
from agent.profiles.lexicon import Lexicon
from agent.records import Label, Segment, Sentence
from agent.segments.choosing import Name, choose_names, offer_names
from agent.segments.families import Family, Subject, families_of
from agent.segments.naming import Naming, name_choices
from agent.segments.phrasing import people, predicate, size_fact
from agent.segments.portraits import EXEMPLARS, Portrait, portray
from agent.segments.readable import Mask, Readable, readable
from agent.segments.reasons import tell_facts
from agent.segments.writing import (
    EXTRACTIVE,
    Draft,
    LabelTally,
    LabelWriter,
    finish_label,
    write_drafts,
)
from agent.settings import LabelSettings

EVERYONE = "Everyone"

FAINT = 0.1
"""Score of a name under which it hardly tells a parent from everybody else."""


def label_segments(
    measures: Measures,
    assignment: Mapping[str, str | None],
    parents: Mapping[str, str | None],
    *,
    probabilities: Mapping[str, float],
    settings: LabelSettings,
    seed: int,
    writer: LabelWriter | None = None,
    tally: LabelTally | None = None,
    concurrency: int = 1,
) -> tuple[list[Segment], list[Label]]:
    """Describe, name and test every segment.

    `assignment` has each user's leaf (None: noise), `parents` each leaf's parent or None,
    `probabilities` how firmly each user belongs (HDBSCAN's), for exemplars. Segments smaller than
    `settings.min_group` are left out entirely. Segments come parents first, each level by size.
    With a `writer` its model chooses among the names found and writes the sentences, `concurrency`
    families at once; `tally` is filled. Raises what the writer raises, RefusedError aside.
    """
    tally = tally if tally is not None else LabelTally()
    table = readable(measures, min_group=settings.min_group)
    leaves: dict[str, set[str]] = {}
    for user in table.users:
        leaf = assignment.get(user)
        if leaf is not None:
            leaves.setdefault(leaf, set()).add(user)
    only = len(leaves) == 1
    leaves = {s: leaves[s] for s in sorted(leaves) if len(leaves[s]) >= settings.min_group}
    if only and leaves:
        return _everyone(table, *next(iter(leaves.items())), probabilities, tally)
    above: dict[str, set[str]] = {}
    for leaf in leaves:
        parent = parents.get(leaf)
        if parent is not None:
            above.setdefault(parent, set()).add(leaf)
    unions = {p: set().union(*(leaves[s] for s in above[p])) for p in sorted(above)}
    common = (measures, table, probabilities, settings, seed)
    low, high = portray(leaves, *common), portray(unions, *common)
    leaf_choices = name_choices(table, [_naming(p, (p.group.members,)) for p in low])
    leaf_names = choose_names(leaf_choices)
    taken = [name.text for name in leaf_names.values()]
    parent_choices = name_choices(
        table,
        [_naming(p, tuple(table.mask(leaves[s]) for s in sorted(above[p.id]))) for p in high],
        taken=taken,
    )
    parent_names = choose_names(parent_choices)
    # A parent of which nothing can be said is no group to a reader: its leaves stand alone.
    high = [p for p in high if parent_names[p.id].claims and parent_names[p.id].score >= FAINT]
    told = {portrait.id for portrait in high}
    above_of = {leaf: parent if parent in told else None for leaf, parent in parents.items()}
    chosen = leaf_names | parent_names
    offered: dict[str, tuple[Name, ...]] = {s: (name,) for s, name in chosen.items()}
    if writer is not None:
        offered |= offer_names(parent_choices, parent_names, taken=taken)
        given = [name.text for names in offered.values() for name in names]
        offered |= offer_names(leaf_choices, leaf_names, taken=given)
    lexicon = Lexicon.of(measures)
    segments: list[Segment] = []
    labels: list[Label] = []
    for level, portraits in ((0, high), (1, low)):
        called = {p.id: offered[p.id][0].text for p in portraits}
        subjects = [_subject(p, offered[p.id], called, table) for p in portraits]
        families = families_of(subjects, above_of if level else {}, called, table.vocabulary)
        kept = write_drafts(families, lexicon, writer=writer, seed=seed, concurrency=concurrency)
        final = {s: kept[s].name for s in called}
        renamed = {called[s]: final[s] for s in called if called[s] != final[s]}
        for portrait in sorted(portraits, key=lambda p: (-p.size, p.id)):
            subject = _subject(portrait, offered[portrait.id], final, table)
            family = Family((subject,), final, table.vocabulary)
            draft, by, replaced = finish_label(kept[subject.id], subject, family, lexicon, renamed)
            tally.add(draft, by, kept[subject.id], replaced)
            parent = above_of.get(subject.id) if level else None
            segments.append(_segment(subject, level, parent, len(table.users)))
            labels.append(
                Label(
                    segment=subject.id,
                    name=draft.name,
                    description=draft.description,
                    why=draft.why,
                    rule=subject.rule,
                    precision=portrait.rule.precision,
                    recall=portrait.rule.recall,
                    writer=by,
                )
            )
    return segments, labels


def _subject(
    portrait: Portrait, names: Sequence[Name], called: Mapping[str, str], table: Readable
) -> Subject:
    facts, cited = tell_facts(portrait, names, called, table)
    rule = tuple(predicate(c, table.vocabulary) for c in portrait.rule.conditions)
    return Subject(portrait, tuple(names), facts, cited, rule)


def _segment(subject: Subject, level: int, parent: str | None, users: int) -> Segment:
    return Segment(
        id=subject.id,
        level=level,
        parent=parent,
        size=subject.portrait.size,
        share=round(subject.portrait.size / users, 6),
        facts=subject.facts,
        exemplars=subject.portrait.exemplars,
    )


def _naming(portrait: Portrait, parts: tuple[Mask, ...]) -> Naming:
    return Naming(
        id=portrait.id,
        members=portrait.group.members,
        parts=parts,
        nearest=portrait.group.nearest,
        rule_features=frozenset(c.feature for c in portrait.rule.conditions),
    )


def _everyone(
    table: Readable,
    segment: str,
    members: set[str],
    probabilities: Mapping[str, float],
    tally: LabelTally,
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
    draft = Draft(
        EVERYONE,
        f"{len(members):,} {who}, among whom no groups could be told apart.",
        (Sentence(text=f"{fact.text}.", facts=(fact.id,)),),
    )
    tally.add(draft, EXTRACTIVE)
    label = Label(
        segment=segment,
        name=draft.name,
        description=draft.description,
        why=draft.why,
        rule=(),
        precision=None,
        recall=None,
        writer=EXTRACTIVE,
    )
    return [everyone], [label]
