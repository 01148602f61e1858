"""Facts → a profile as a person might write it: what goes together, and in what words."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from agent.gpt.corpus import english
from agent.models.ordinary import ORDINARY
from agent.profiles.extractive import MOST_SENTENCES
from agent.profiles.grammar import citable, sentence_bounds
from agent.profiles.headlines import MOST_WORDS, is_common_attribute
from agent.profiles.pieces import Slots
from agent.profiles.slots import common_slots, slots_of
from agent.profiles.telling import Frame, fitting
from agent.records import Fact, Vocabulary

LONGEST = 240
"""Characters of a sentence."""
FEW_EVENTS = 3
_TASTES = frozenset({"category", "items", "opinion", "shift", "words", "tail"})
_DULL = frozenset({"audience", "attribute", "breadth", "cadence", "channel", "action", "basket"})
"""Told when they stand out, left out when they do not."""

_LATE = frozenset({"attribute", "audience"})

Told = tuple[tuple[str, ...], str]
"""Ids of the facts a sentence cites, and its text."""


class Teller:
    """Tells one person's facts; `words` are the ordinary words this catalogue leaves free."""

    def __init__(
        self,
        facts: Sequence[Fact],
        vocabulary: Vocabulary,
        words: frozenset[str],
        rng: random.Random,
    ) -> None:
        self.facts, self.rng = facts, rng
        self.taken = ORDINARY - words
        self.common = common_slots(vocabulary)
        self.slots: list[Slots] = [slots_of(fact, vocabulary) for fact in facts]
        if not any(fact.kind == "recency" for fact in facts):
            # Who still comes is told in other words than who has stopped.
            for fact, own in zip(facts, self.slots, strict=True):
                if fact.kind == "totals":
                    own["alive"] = ""
        self.groups = set(citable(facts))
        self.used: set[Frame] = set()

    def tell(self) -> tuple[str, list[Told]]:
        """The headline, and two to five sentences (one, where there is one fact)."""
        return self.headline(), self.sentences()

    # --- sentences -----------------------------------------------------------------------------

    def sentences(self) -> list[Told]:
        fewest, most = sentence_bounds(len(self.facts))
        few = self._few()
        if few is not None:
            return self._tell_few(few)[:most]
        waiting = self._order()
        wanted = min(most, max(fewest, 2, round(len(waiting) / 3 + self.rng.uniform(0, 1.4))))
        told: list[Told] = []
        while waiting and len(told) < min(wanted, MOST_SENTENCES):
            # Each sentence still needed keeps a fact for itself.
            spare = len(waiting) - (fewest - len(told) - 1)
            group = self._group(waiting, most=max(1, spare))
            text = self._text(group)
            if text is None:
                waiting = waiting[1:]
                continue
            told.append((self._ids(group), text))
            waiting = [at for at in waiting if at not in group]
        return told

    def _few(self) -> int | None:
        for at, fact in enumerate(self.facts):
            if fact.kind == "totals" and fact.numbers.get("events", 9) <= FEW_EVENTS:
                return at
        return None

    def _tell_few(self, totals: int) -> list[Told]:
        """What little happened, and that it is too little."""
        told: list[Told] = []
        others = [at for at in range(len(self.facts)) if at != totals]
        self.rng.shuffle(others)
        partners = [at for at in others if self._key((totals, at)) in self.groups]
        group = [totals, *partners[: self.rng.randint(0, 1)]]
        text = self._text(group)
        if text is None:
            return []
        told.append((self._ids(group), text))
        order = {"items": 0, "category": 1, "ties": 2, "recency": 3}
        rest = [at for at in others if at not in group and self.facts[at].kind in order]
        rest.sort(key=lambda at: order[self.facts[at].kind])
        if rest and len(self.facts) > 2 and self.rng.random() < 0.7:
            text = self._text([rest[0]])
            if text is not None:
                told.append((self._ids([rest[0]]), text))
        fitting = [line for line in english.FEW if self._sayable(line.split())]
        if fitting:
            told.append(((self.facts[totals].id,), self.rng.choice(fitting)))
        return told

    def _order(self) -> list[int]:
        """Positions in the order of telling: the leading facts, then what is worth a word."""
        kept = []
        for at, fact in enumerate(self.facts):
            if is_common_attribute(fact) and at > 1:
                continue
            if at > 3 and fact.kind in _DULL and self.rng.random() < 0.5:
                continue
            kept.append(at)
        # What somebody declares or is answered says little; it is told last, if at all.
        late = [at for at in kept if self.facts[at].kind in _LATE and len(kept) > 4]
        kept = [at for at in kept if at not in late]
        lead, rest = kept[:1], kept[1:]
        jittered = sorted(rest, key=lambda at: at + self.rng.gauss(0, 0.7))
        return lead + jittered + late

    def _group(self, waiting: list[int], *, most: int) -> list[int]:
        """The next fact, alone or with one or two that go with it."""
        lead = waiting[0]
        group = [lead]
        chance = self.rng.random()
        wanted = min(most, 1 if chance < 0.32 else 2 if chance < 0.9 else 3)
        for at in waiting[1:8]:
            if len(group) < wanted and self._key((*group, at)) in self.groups:
                group.append(at)
        return group

    @staticmethod
    def _key(group: Sequence[int]) -> tuple[int, ...]:
        return tuple(sorted(group))

    def _ids(self, group: Sequence[int]) -> tuple[str, ...]:
        return tuple(self.facts[at].id for at in sorted(group))

    def _text(self, group: list[int]) -> str | None:
        """The group in one sentence; the shortest of a few tries."""
        best: str | None = None
        for _ in range(3):
            text = self._try(group)
            if text is not None and (best is None or len(text) < len(best)):
                best = text
            if best is not None and len(best) <= LONGEST:
                return best
        return best

    def _try(self, group: list[int]) -> str | None:
        begun = self._begin(group)
        if begun is None:
            return None
        text, acts, last, rest = begun
        tailed = False
        for at in rest:
            kind = self.facts[at].kind
            tails = self._fitting(english.TAIL.get(kind, ()), [at])
            states = self._fitting(english.STATE.get(kind, ()), [at])
            if tails and not tailed and kind in english.TAILS_AFTER.get(last, ()):
                text += ", " + self._fill(self.rng.choice(tails), [at])
                tailed = True
            elif states:
                frame = self.rng.choice(states)
                both = acts and english.of_person(frame)
                joint = ", and " if both and self.rng.random() < 0.5 else "; "
                text += joint + self._fill(frame, [at])
                acts, last, tailed = english.of_person(frame), kind, False
            else:
                return None
        return text

    def _begin(self, group: list[int]) -> tuple[str, bool, str, list[int]] | None:
        """The first clause, on one fact or on two at once.

        Its text, whether it is about the person, the kind it ends on, and the facts still to tell.
        """
        if len(group) > 1 and self.rng.random() < 0.6:
            for one, other in ((group[0], group[1]), (group[1], group[0])):
                kinds = self.facts[one].kind, self.facts[other].kind
                frames = self._fitting(english.TOGETHER.get(kinds, ()), [one, other])
                if frames:
                    frame = self.rng.choice(frames)
                    text = self._fill(frame, [one, other])
                    return text, english.of_person(frame), "", group[2:]
        states = self._fitting(english.STATE.get(self.facts[group[0]].kind, ()), group[:1])
        if not states:
            return None
        frame = self.rng.choice(states)
        text = self._fill(frame, group[:1])
        return text, english.of_person(frame), self.facts[group[0]].kind, group[1:]

    def drill(self, *, alone: float, times: float) -> list[Told]:
        """Every fact told, `times` over on average, in no order: practice, not a profile.

        A sentence is on one fact in a share `alone` of cases, else on two that go together.
        """
        waiting: list[int] = []
        while len(waiting) < times * len(self.facts):
            waiting += self.rng.sample(range(len(self.facts)), len(self.facts))
        del waiting[max(1, round(times * len(self.facts))) :]
        told: list[Told] = []
        while waiting:
            group = [waiting.pop(0)]
            if self.rng.random() >= alone:
                fitting = (at for at in waiting if self._key((*group, at)) in self.groups)
                partner = next(fitting, None)
                if partner is not None:
                    waiting.remove(partner)
                    group.append(partner)
            text = self._text(group)
            if text is not None:
                told.append((self._ids(group), text))
        return told

    # --- headline ------------------------------------------------------------------------------

    def headline(self) -> str:
        """Who this is, in at most twelve words."""
        leading = list(range(min(8, len(self.facts))))
        leading = [at for at in leading if not is_common_attribute(self.facts[at])] or leading
        if self._few() is not None:
            leading.sort(key=lambda at: self.facts[at].kind not in ("totals", "items"))
        elif self.rng.random() < 0.7:
            # What somebody is after tells more than when they come for it.
            leading.sort(key=lambda at: (self.facts[at].kind not in _TASTES, at))
        for main in leading:
            heads = self._fitting(english.HEAD.get(self.facts[main].kind, ()), [main])
            heads = [frame for frame in heads if self._fits_head(frame, main, MOST_WORDS)]
            if not heads:
                continue
            frame = self.rng.choice(heads)
            text = frame.fill([self.slots[main]], self.common)
            slots = {**self.common, **self.slots[main]}
            said = [slots.get(piece) for _, _, piece in frame.parts if piece]
            joined = sum(bool(piece) for piece in said) > 1 or "again" in text or "," in text
            return text if joined else self._aside(text, main, leading)
        return ""

    def _aside(self, text: str, main: int, leading: list[int]) -> str:
        kind = self.facts[main].kind
        others = [at for at in leading if self.facts[at].kind != kind]
        self.rng.shuffle(others)
        others.sort(key=lambda at: at // 3)
        for at in others:
            if {kind, self.facts[at].kind} <= {"category", "opinion", "items", "words", "shift"}:
                continue
            room = MOST_WORDS - len(text.split()) - 1
            frames = self._fitting(english.ASIDE.get(self.facts[at].kind, ()), [at])
            frames = [frame for frame in frames if self._fits_head(frame, at, room)]
            if frames and self.rng.random() < 0.8:
                return f"{text}, {self._fill(self.rng.choice(frames), [at])}"
        return text

    def _fits_head(self, frame: Frame, at: int, room: int) -> bool:
        slots = self.slots[at]
        longest = max(
            (len(slots[piece].split()) for _, _, piece in frame.parts if piece in slots), default=0
        )
        return longest <= 5 and len(frame.fill([slots], self.common).split()) <= room

    # --- frames --------------------------------------------------------------------------------

    def _fitting(self, frames: Sequence[Frame], group: Sequence[int]) -> list[Frame]:
        slots = [self.slots[at] for at in group]
        found = [
            frame
            for frame in fitting(frames, slots, self.common)
            if self._sayable(english.words_of(frame))
        ]
        return [frame for frame in found if frame not in self.used] or found

    def _sayable(self, words: Iterable[str]) -> bool:
        """Whether no word belongs to this catalogue's names."""
        return self.taken.isdisjoint(words)

    def _fill(self, frame: Frame, group: Sequence[int]) -> str:
        self.used.add(frame)
        return frame.fill([self.slots[at] for at in group], self.common)
