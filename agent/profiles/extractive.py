"""The extractive writer: profiles from facts alone, no model.

A profile begins with what tells its user most from others. Each sentence tells one fact or a few
related ones in one of many frames; which frame is a hash of the user, the evidence and the seed,
so the same facts always give the same words and different users rarely get the same ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from math import sqrt, tanh

from agent.profiles.headlines import is_common_attribute, write_headline
from agent.profiles.pairing import GROUPS, PARTNERS, assign, misplaced
from agent.profiles.pieces import Slots
from agent.profiles.slots import common_slots, slots_of
from agent.profiles.telling import (
    FEW,
    FEW_TAIL,
    MAIN,
    TAIL,
    Dice,
    Frame,
    finish,
    fitting,
)
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


_FEW_ORDER = {"items": 1, "category": 2, "recency": 3, "spend": 4, "ties": 5}
TRIES = 6
"""Ways drawn before the shortest of them is taken for want of a short one."""

Option = tuple[tuple[Frame, tuple[Fact, ...]], ...]
"""A way to tell a sentence: one frame, or a main frame and a tail, each with its facts."""


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
        return _Teller(vocabulary, dice).sentence(list(facts), lonely=False)


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
        """Sentences on the facts, the most distinguishing first."""
        waiting = [fact for fact in facts if self._pieces(fact)]
        totals = next((fact for fact in waiting if fact.kind == "totals"), None)
        if totals is not None and totals.numbers.get("events", 9) <= FEW_EVENTS:
            return self._tell_few(totals, [fact for fact in waiting if fact is not totals])
        # As many sentences as there is something to say: about two facts in each.
        wanted = max(2, min(MOST_SENTENCES, (len(waiting) + self.dice.below(2)) // 2))
        sentences: list[Sentence] = []
        ordered = self._order(waiting)
        while ordered and len(sentences) < wanted:
            sentence = self.sentence(ordered, lonely=wanted - len(sentences) >= len(ordered))
            if sentence is None:
                ordered = ordered[1:]
                continue
            sentences.append(sentence)
            ordered = [fact for fact in ordered if fact.id not in sentence.facts]
        return sentences

    def _tell_few(self, totals: Fact, others: list[Fact]) -> list[Sentence]:
        """Two sentences: what little happened, and that it is too little."""
        others.sort(key=lambda fact: _FEW_ORDER.get(fact.kind, 9))
        pieces = [self._pieces(totals)]
        if others and self.dice.below(2):
            mains = self._fresh(MAIN["totals"], pieces)
            if mains:
                main, tail = self._one_of(mains), self._one_of(FEW_TAIL)
                text = main.fill(pieces, self.common) + tail.fill(pieces, self.common)
                told = (self.sentence(others[at:], lonely=False) for at in range(len(others)))
                second = next((sentence for sentence in told if sentence), None)
                first = Sentence(text=finish(text), facts=(totals.id,))
                return [first, second] if second else [first]
        lead = self.sentence([totals, *others], lonely=False)
        few = self._one_of(self._fresh(FEW, pieces)).fill(pieces, self.common)
        remark = Sentence(text=finish(few), facts=(totals.id,))
        return [lead, remark] if lead else [remark]

    def _one_of(self, frames: Sequence[Frame]) -> Frame:
        return frames[self.dice.below(len(frames))]

    def _order(self, facts: list[Fact]) -> list[Fact]:
        """The order of telling: the first fact leads; totals is told early, whatever its rank."""
        # What many declare is told last, whatever its rank.
        facts = sorted(facts, key=is_common_attribute)
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

    def sentence(self, facts: list[Fact], *, lonely: bool) -> Sentence | None:
        """A sentence on the first fact, with up to two others unless it is to be `lonely`."""
        lead = facts[0]
        options = [] if lonely else self._joined(lead, facts[1:])
        single = self._fresh(MAIN[lead.kind], [self._pieces(lead)])
        options += [((frame, (lead,)),) for frame in single]
        if not options:
            return None
        chosen, text = options[0], ""
        for _ in range(TRIES):
            option = options[self.dice.below(len(options))]
            told = self._fill(option)
            if not text or len(told) < len(text):
                chosen, text = option, told
            if len(text) <= LONGEST_SENTENCE:
                break
        self.used.update(frame for frame, _ in chosen)
        cited = [fact.id for _, facts in chosen for fact in facts]
        return Sentence(text=finish(text), facts=tuple(cited))

    def _fill(self, option: Option) -> str:
        return "".join(
            frame.fill([self._pieces(fact) for fact in facts], self.common)
            for frame, facts in option
        )

    def _joined(self, lead: Fact, others: list[Fact]) -> list[Option]:
        """Ways to tell the lead with one or two of the facts that follow it closely."""
        options: list[Option] = []
        near = others[:7]
        for kinds, frames in GROUPS.get(lead.kind, ()):
            group = assign(kinds, lead, near)
            if group is None or any(misplaced(one, group) for one in group):
                continue
            slots = [self._pieces(fact) for fact in group]
            fresh = self._fresh(frames, slots)
            options += [((frame, tuple(group)),) for frame in fresh]
        partners = [f for f in near if f.kind in PARTNERS[lead.kind] and not misplaced(f, [lead])][
            :3
        ]
        mains = self._fresh(MAIN[lead.kind], [self._pieces(lead)])
        for partner in partners:
            for tail in self._fresh(TAIL[partner.kind], [self._pieces(partner)]):
                # A second colon or bracket makes a list of the sentence.
                fitting = [main for main in mains if not main.marks & tail.marks]
                if fitting:
                    main = fitting[self.dice.below(len(fitting))]
                    options.append(((main, (lead,)), (tail, (partner,))))
        return options

    def _fresh(self, frames: Sequence[Frame], slots: list[Slots]) -> list[Frame]:
        """Frames that fit; those this profile has used already only if there are no others."""
        found = fitting(frames, slots, self.common)
        return [frame for frame in found if frame not in self.used] or found

    def _pieces(self, fact: Fact) -> Slots:
        if fact.id not in self.slots:
            self.slots[fact.id] = slots_of(fact, self.vocabulary)
        return self.slots[fact.id]
