"""Examples of the third task: why an item is recommended → one or two cited sentences.

Cases are made from what simulated people did; their scores are drawn, for a rationale tells them
and never computes any.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

import polars as pl

from agent.behaviour.wording import printed
from agent.gpt.corpus import clauses_reasons as english
from agent.gpt.corpus.labels import families_in
from agent.gpt.corpus.records import Example
from agent.gpt.corpus.worlds import World
from agent.profiles.names import written
from agent.profiles.telling import finish
from agent.recommend.model_rationale import did, part_of, rationale_parts
from agent.recommend.rationale import Case, Reason, check, facts_of
from agent.records import Sentence, Share

LIFTS = (1.2, 1.5, 1.8, 2.0, 2.4, 3.1, 4.0, 5.6, 8.3, 12.0)
WORTH = 5
"""Percent of the score from which a reason is told."""

Told = tuple[tuple[int, ...], str]
"""Places of the reasons a sentence cites, and its text."""


def rationale_examples(worlds: Iterator[World], rng: random.Random) -> Iterator[Example]:
    """Endless examples; what the check would not pass is left out."""
    for world in worlds:
        segments = [
            (f.subjects[0].id, f.subjects[0].names[0].text) for f in families_in(world, rng)
        ]
        for case in cases_in(world, segments, rng):
            example, found = rationale_example(case, world, rng)
            if not found:
                yield example


def cases_in(world: World, segments: list[tuple[str, str]], rng: random.Random) -> Iterator[Case]:
    """A recommendation for every person who did anything."""
    words, table = world.measures.vocabulary, world.measures.catalogue
    titles = dict(table.select("item_id", "title").iter_rows())
    rows = world.measures.items.select("user_id", "item_id", "visits", "value")
    for (_,), mine in rows.group_by("user_id", maintain_order=True):
        deeds = list(mine.select(pl.exclude("user_id")).iter_rows())
        rng.shuffle(deeds)
        unseen = [item for item in rng.sample(list(titles), k=min(8, len(titles)))
                  if item not in {deed[0] for deed in deeds}]  # fmt: skip
        if unseen:
            reasons = _reasons(deeds, titles, segments, words.domain == "ratings", world, rng)
            yield Case(unseen[0], titles[unseen[0]], 1.0, reasons, words)


def _reasons(
    deeds: list[tuple[str, int, float | None]],
    titles: dict[str, str],
    segments: list[tuple[str, str]],
    rated: bool,
    world: World,
    rng: random.Random,
) -> tuple[Reason, ...]:
    found: list[Reason] = []
    for item, visits, value in deeds[: rng.randint(0, 4)]:
        own = {"rating": printed(round(value, 1))} if rated and value is not None else {
            "visits": float(visits)}  # fmt: skip
        share = Share(kind="item", id=item, title=titles[item], share=0.0, facts=(f"item/{item}",))
        found.append(Reason(share, 0, own, rng.choice(("together", "together", "text"))))
    for name, title in rng.sample(segments, k=min(len(segments), rng.choice((0, 1, 1, 2)))):
        figures = {"lift": rng.choice(LIFTS)}
        if rng.random() < 0.85:
            figures["alpha"] = float(rng.randint(5, 98))
        facts = (f"segment/{name}/S{rng.randint(1, 9)}",)
        share = Share(kind="segment", id=name, title=title, share=0.0, facts=facts)
        found.append(Reason(share, 0, figures))
    if rng.random() < 0.12:
        names = world.measures.catalogue["categories"].explode().drop_nulls().unique().sort()
        name = rng.choice(names.to_list()) if len(names) else "lamps"
        stance = rng.choice(("stated", "stated", "struck"))
        share = Share(
            kind="taste", id=f"{stance}/{name}", title=name, share=1.0, facts=(f"stated/{name}",)
        )
        found.append(Reason(share, 0))
    parts = sorted((rng.random() ** 2 for _ in found), reverse=True)
    rest = rng.random() * 0.6
    total = sum(parts) + rest or 1.0
    rng.shuffle(found)
    weighed = []
    for reason, part in zip(found, parts, strict=True):
        negative = reason.share.id.startswith("struck/") or rng.random() < 0.06
        percent = round(100 * part / total) * (-1 if negative else 1)
        weighed.append(Reason(reason.share, percent, reason.figures, reason.through))
    weighed.sort(key=lambda reason: -abs(reason.percent))
    liked = {"liked": float(rng.randint(1, 70))} if rng.random() < 0.9 else {}
    last = Share(kind="rest", id="rest", title="popularity with everybody", share=0.0)
    return (*weighed, Reason(last, round(100 * rest / total), liked))


def rationale_example(case: Case, world: World, rng: random.Random) -> tuple[Example, list[str]]:
    """One example, and what the check has against it."""
    told = _tell(case, rng)
    found: list[str] = []
    for places, text in told:
        facts = [fact for at in places for fact in sorted(facts_of(case.reasons[at]))]
        found += check(Sentence(text=finish(text + "."), facts=tuple(facts)), case, world.lexicon)
    sentences = [
        {"facts": [f"R{at + 1}" for at in sorted(places)], "text": text + "."}
        for places, text in told
    ]
    answer = json.dumps({"sentences": sentences}, ensure_ascii=False, separators=(",", ":"))
    system, user = rationale_parts(case)
    return Example("rationale", system, user, answer), found


def _tell(case: Case, rng: random.Random) -> list[Told]:
    """The largest reasons of one kind, then what comes next, or what speaks against it."""
    reasons = list(enumerate(case.reasons))
    worth = [(at, r) for at, r in reasons if r.percent >= WORTH and r.share.kind != "rest"]
    told: list[tuple[int, Told]] = []
    items = [(at, r) for at, r in worth if r.share.kind == "item"][:2]
    if items:
        told.append((sum(r.percent for _, r in items), _of_items(items, case, rng)))
    for kind, tell in (("segment", _of_segment), ("taste", _of_taste)):
        found = [(at, r) for at, r in worth if r.share.kind == kind][:1]
        told += [(r.percent, tell(at, r, case, rng)) for at, r in found]
    told.sort(key=lambda one: -one[0])
    sentences = [sentence for _, sentence in told[:2]]
    against = [(at, r) for at, r in reasons if -r.percent >= 2 * WORTH]
    if len(sentences) < 2 and against:
        sentences.append(_against(*against[0], rng))
    if not sentences:
        last = len(case.reasons) - 1
        liked = case.reasons[last].figures.get("liked")
        frames = english.BARE if liked is None else english.REST
        sentences.append(((last,), rng.choice(frames).format(l=f"{liked:g}" if liked else "")))
    return sentences


def _of_items(items: list[tuple[int, Reason]], case: Case, rng: random.Random) -> Told:
    (at, first), rest = items[0], items[1:]
    fitting = english.ALIKE if first.through == "text" else english.TOGETHER
    frame = rng.choice(fitting if rng.random() < 0.5 else english.ITEM)
    text = frame.format(**_deed("a", first, case), p=part_of(first), item=case.words.item)
    if rest:
        other, second = rest[0]
        frame = rng.choice(english.SECOND)
        text += frame.format(**_deed("b", second, case), q=part_of(second))
        return (at, other), text
    return (at,), text


def _deed(letter: str, reason: Reason, case: Case) -> dict[str, str]:
    title, after = written(reason.share.title), did(reason, case)
    verb = case.words.did
    own = {letter: title, f"{letter}_did": f"{verb} {title}{after}"}
    own["after" if letter == "a" else f"{letter}_after"] = f"{verb}{after}"
    return own


def _of_segment(at: int, reason: Reason, case: Case, rng: random.Random) -> Told:
    figures = reason.figures
    frames = english.YOURS if "alpha" in figures and rng.random() < 0.8 else english.SEGMENT
    text = rng.choice(frames).format(
        s=written(reason.share.title), l=f"{figures['lift']:g}", p=part_of(reason),
        y=f"{figures.get('alpha', 0):g}", item=case.words.item,
    )  # fmt: skip
    return (at,), text


def _of_taste(at: int, reason: Reason, case: Case, rng: random.Random) -> Told:
    frame = rng.choice(english.STATED)
    return (at,), frame.format(t=f"“{reason.share.title}”", p=part_of(reason))


def _against(at: int, reason: Reason, rng: random.Random) -> Told:
    if reason.share.kind == "taste":
        return (at,), english.STRUCK[0].format(t=f"“{reason.share.title}”", q=part_of(reason))
    frame = rng.choice(english.AGAINST)
    return (at,), frame.format(b=written(reason.share.title), q=part_of(reason))
