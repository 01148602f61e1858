"""The extractive writer: profiles from facts alone, no model.

A profile begins with what tells its user most from others. Each sentence tells one fact or a few
related ones in one of many frames; which frame is a hash of the user, the evidence and the seed,
so the same facts always give the same words and different users rarely get the same ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from math import sqrt, tanh

from agent.profiles.headlines import write_headline
from agent.profiles.slots import Slots, common_slots, slots_of
from agent.profiles.telling import FEW, MAIN, TAIL, TOGETHER, Dice, Frame, finish
from agent.records import (
    Evidence,
    Fact,
    Interest,
    Profile,
    Sentence,
    Verification,
    Vocabulary,
)

MOST_SENTENCES = 5
MOST_INTERESTS = 6
LONGEST_SENTENCE = 260
"""Characters; longer ways of telling are passed over while there is a shorter one."""

FEW_EVENTS = 3
"""Up to this many events a profile says that they are too few."""

PARTNERS: dict[str, tuple[str, ...]] = {
    "totals": ("cadence", "recency", "spend", "breadth", "returns", "items", "ties"),
    "cadence": ("totals", "daypart", "weekpart", "recency", "season", "basket"),
    "recency": ("totals", "cadence"),
    "daypart": ("weekpart", "cadence", "season", "channel"),
    "weekpart": ("daypart", "cadence"),
    "season": ("daypart", "totals", "recency"),
    "trend": ("recency", "shift", "spend"),
    "shift": ("trend", "category"),
    "category": ("items", "category", "quantity", "breadth", "price", "words"),
    "opinion": ("rating", "items", "opinion"),
    "items": ("breadth", "repeat", "category", "quantity"),
    "breadth": ("repeat", "items", "tail"),
    "repeat": ("items", "breadth"),
    "tail": ("breadth", "category"),
    "words": ("items", "category"),
    "spend": ("basket", "quantity", "totals", "price", "returns"),
    "basket": ("spend", "quantity", "price", "cadence"),
    "quantity": ("price", "spend", "basket", "category"),
    "price": ("quantity", "basket"),
    "returns": ("totals", "spend"),
    "rating": ("opinion", "totals"),
    "ties": ("audience", "totals"),
    "audience": ("ties",),
    "channel": ("daypart", "action"),
    "action": ("channel", "totals"),
    "attribute": ("channel", "totals"),
}
"""Kind → the kinds that may follow it in one sentence, as a tail."""


class ExtractiveWriter:
    """Writes profiles out of frames; a pure function of its arguments."""

    name = "extractive"

    def write(self, evidence: Evidence, vocabulary: Vocabulary, *, seed: int) -> Profile:
        """A headline, two to five cited sentences and interests.

        A user whose facts can be told in one sentence only gets that one.
        """
        digest = evidence_hash(evidence)
        dice = Dice(evidence.user_id, digest, str(seed))
        sentences = _Teller(vocabulary, dice).tell(evidence.facts)
        return Profile(
            user_id=evidence.user_id,
            headline=write_headline(evidence.facts, vocabulary, dice),
            sentences=tuple(sentences),
            interests=interests(evidence.facts),
            facts=evidence.facts,
            writer=self.name,
            evidence_hash=digest,
            verification=Verification(sentences=len(sentences), passed=len(sentences)),
        )

    def say(self, facts: Sequence[Fact], vocabulary: Vocabulary, *, seed: int) -> Sentence | None:
        """One sentence on as many of `facts` as go together, the first one always among them.

        This is what stands in for a sentence of another writer that failed verification. None if
        the first fact lacks the pieces of every frame.
        """
        dice = Dice(str(seed), *(fact.id + fact.text for fact in facts))
        told = _Teller(vocabulary, dice).sentence(list(facts), lonely=False)
        return told[0] if told else None


def evidence_hash(evidence: Evidence) -> str:
    """SHA-256 of the evidence, in 16 hex digits: the same facts give the same profile."""
    return sha256(evidence.model_dump_json().encode()).hexdigest()[:16]


def interests(facts: Sequence[Fact]) -> tuple[Interest, ...]:
    """What a user is after, strongest first.

    A category's strength is the geometric mean of its share and of how far that share is above
    the population's (share / (share + population)). A liked category's is 0.5 + 0.5 · tanh of how
    many points it is rated above the user's own mean. Without either, the items a user comes
    back to stand in, by their part of the counts.
    """
    found: dict[str, float] = {}
    for fact in facts:
        n, name = fact.numbers, fact.names.get("category", "")
        if fact.kind == "category" and n["share"] > n.get("population", 0.0):
            share = n["share"] / 100
            strength = sqrt(share * share / (share + n.get("population", 0.0) / 100))
        elif fact.kind == "opinion" and fact.names.get("side") == "above":
            strength = 0.5 + 0.5 * tanh(n["mean"] - n["own"])
        else:
            continue
        found[name] = max(found.get(name, 0.0), strength)
    if not found:
        for fact in facts:
            if fact.kind == "items":
                counts = [fact.numbers.get(f"count{i}", 1.0) for i in (1, 2, 3)]
                for i, count in enumerate(counts, 1):
                    if f"item{i}" in fact.names:
                        found[fact.names[f"item{i}"]] = count / (sum(counts) + 1)
    ranked = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_INTERESTS]
    return tuple(Interest(name=n, strength=round(min(1.0, s), 3)) for n, s in ranked)


class _Teller:
    """Turns facts into sentences for one profile."""

    def __init__(self, vocabulary: Vocabulary, dice: Dice) -> None:
        self.vocabulary, self.dice = vocabulary, dice
        self.common = common_slots(vocabulary)
        self.slots: dict[str, Slots] = {}
        self.used: set[Frame] = set()

    def tell(self, facts: Sequence[Fact]) -> list[Sentence]:
        """Sentences on the facts, the most distinguishing first, silence and change last."""
        waiting = [fact for fact in facts if self._pieces(fact)]
        few = any(f.kind == "totals" and f.numbers.get("events", 9) <= FEW_EVENTS for f in waiting)
        # As many sentences as there is something to say: about two facts in each.
        wanted = 1 if few else max(2, min(MOST_SENTENCES, (len(waiting) + self.dice.below(2)) // 2))
        sentences: list[Sentence] = []
        ordered = self._order(waiting, few)
        while ordered and len(sentences) < wanted:
            last = wanted - len(sentences) >= len(ordered)
            told = self.sentence(ordered, lonely=last)
            if told is None:
                ordered = ordered[1:]
                continue
            sentence, spent = told
            sentences.append(sentence)
            ordered = [fact for fact in ordered if fact.id not in spent]
        if few:
            totals = next(fact for fact in waiting if fact.kind == "totals")
            text = FEW[self.dice.below(len(FEW))].fill((), self.common)
            sentences.append(Sentence(text=finish(text), facts=(totals.id,)))
        return sentences

    def _order(self, facts: list[Fact], few: bool) -> list[Fact]:
        """The order of telling: the first fact leads; totals is told early, whatever its rank."""
        if few:
            return sorted(facts, key=lambda fact: fact.kind != "totals")
        if len(facts) < 3:
            return facts
        rest = facts[1:]
        totals = [fact for fact in rest[4:] if fact.kind == "totals"]
        if totals:
            rest = [fact for fact in rest if fact is not totals[0]]
            rest.insert(1 + self.dice.below(3), totals[0])
        # What follows the lead may be told in more than one order; facts of a rank are close.
        turn = self.dice.below(3)
        return [facts[0], *(rest[turn:3] + rest[:turn]), *rest[3:]]

    def sentence(self, facts: list[Fact], *, lonely: bool) -> tuple[Sentence, set[str]] | None:
        """A sentence on the first fact, with up to two others unless it is to be `lonely`."""
        lead = facts[0]
        options = [] if lonely else self._joined(lead, facts[1:])
        options += self._single(lead)
        short = [option for option in options if len(option[0]) <= LONGEST_SENTENCE]
        options = short or sorted(options, key=lambda option: len(option[0]))[:1]
        if not options:
            return None
        text, cited, frames = options[self.dice.below(len(options))]
        self.used.update(frames)
        return Sentence(text=finish(text), facts=tuple(f.id for f in cited)), {f.id for f in cited}

    def _single(self, lead: Fact) -> list[tuple[str, list[Fact], list[Frame]]]:
        slots = [self._pieces(lead)]
        return [
            (frame.fill(slots, self.common), [lead], [frame])
            for frame in self._fresh(MAIN.get(lead.kind, ()), slots)
        ]

    def _joined(self, lead: Fact, others: list[Fact]) -> list[tuple[str, list[Fact], list[Frame]]]:
        """Ways to tell the lead with one or two of the facts that follow it closely."""
        options: list[tuple[str, list[Fact], list[Frame]]] = []
        near = others[:7]
        for kinds, frames in _GROUPS.get(lead.kind, ()):
            group = _assign(kinds, lead, near)
            if group is None:
                continue
            slots = [self._pieces(fact) for fact in group]
            fresh = self._fresh(frames, slots)
            options += [(frame.fill(slots, self.common), group, [frame]) for frame in fresh]
        partners = [f for f in near if f.kind in PARTNERS[lead.kind]][:3]
        mains = self._fresh(MAIN.get(lead.kind, ()), [self._pieces(lead)])
        if mains:
            for partner in partners:
                pieces = self._pieces(partner)
                tails = self._fresh(TAIL.get(partner.kind, ()), [pieces])
                for tail in tails[:4]:
                    main = mains[self.dice.below(len(mains))]
                    text = main.fill([self._pieces(lead)], self.common)
                    # Two lists in one sentence cannot be followed.
                    joint = tail.fill([pieces], self.common)
                    if joint[0] == ":" and ":" in text:
                        continue
                    options.append((text + joint, [lead, partner], [main, tail]))
        return options

    def _fresh(self, frames: Sequence[Frame], slots: list[Slots]) -> list[Frame]:
        """Frames that fit; those this profile has used already only if there are no others."""
        fitting = [frame for frame in frames if frame.fits(slots, self.common)]
        return [frame for frame in fitting if frame not in self.used] or fitting

    def _pieces(self, fact: Fact) -> Slots:
        if fact.id not in self.slots:
            self.slots[fact.id] = slots_of(fact, self.vocabulary)
        return self.slots[fact.id]


def _assign(kinds: tuple[str, ...], lead: Fact, others: list[Fact]) -> list[Fact] | None:
    """Facts for a group's places, the lead in the first place of its kind; None if one is missing.

    Shifts and opinions of the same kind are told apart by their order, as the frames are.
    """
    group: list[Fact] = []
    led = False
    for kind in kinds:
        if kind == lead.kind and not led:
            group.append(lead)
            led = True
            continue
        match = next((f for f in others if f.kind == kind and f not in group), None)
        if match is None:
            return None
        group.append(match)
    return group


_GROUPS: dict[str, list[tuple[tuple[str, ...], tuple[Frame, ...]]]] = {}
for _kinds, _frames in TOGETHER.items():
    for _kind in dict.fromkeys(_kinds):
        _GROUPS.setdefault(_kind, []).append((_kinds, _frames))
