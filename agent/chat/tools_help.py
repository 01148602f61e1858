"""what can be asked, and what the words mean that answers are made of."""

from __future__ import annotations

from typing import Literal

from agent.chat.arguments import Arguments
from agent.chat.desk import Desk
from agent.chat.figures import called
from agent.chat.results import Draft, Result

Term = Literal[
    "segment", "noise", "lift", "rule", "precision", "recall", "exemplar", "membership", "fact",
    "core",
]  # fmt: skip

TERMS: dict[Term, str] = {
    "segment": "A segment is a group of people who are alike in what they do, found by clustering; "
    "nobody chose it beforehand.",
    "noise": "Noise are the people who are like no group in particular. They are left where they "
    "are instead of being pressed into a segment.",
    "lift": "A lift says how many times as common something is in a group as among everybody.",
    "rule": "A rule is at most three conditions that tell members from the people nearest to them. "
    "It is learnt on some members and tested on others.",
    "precision": "Precision is the share of those a rule picks who are members, measured on "
    "held-out members and as many of the nearest others.",
    "recall": "Recall is the share of held-out members that a rule picks.",
    "exemplar": "An exemplar is a member who stands for a segment, being close to its core.",
    "membership": "A membership is how far somebody belongs to each of up to three segments; the "
    "weights add up to 100 %.",
    "fact": "A fact is one numbered line that code has counted, such as [S2] of a segment; every "
    "sentence rests on some.",
    "core": "A core is the mean of a segment's firm members; distances to the cores decide who "
    "belongs where.",
}


class Helped(Arguments):
    term: Term | None = None
    """A word to explain; None: what can be asked."""


def help_(desk: Desk, asked: Helped) -> Result:
    """What a word means, or what can be asked here."""
    draft = Draft("help", asked.model_dump(mode="json"))
    if asked.term is not None:
        draft.say(TERMS[asked.term].replace("[S2]", "S2"))
        draft.could_ask += ["Which segments are there?"]
        return draft.result()
    draft.say(
        "Ask me which segments there are, what sets one apart, how two differ, what they are "
        f"after, how many {desk.who} meet conditions, or what to show whom."
    )
    if not desk.hidden:
        draft.say(
            "I can also tell who a user is, why they are in a segment, and prepare an export."
        )
    draft.could_ask += ["Which segments are there?", "Which segment is worth most?"]
    leaves = list(desk.world.leaves)
    if leaves:
        draft.could_ask += [f"What sets {called(desk.world, leaves[0])} apart?"]
    return draft.result()
