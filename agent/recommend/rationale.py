"""A recommendation in one or two cited sentences: written from its shares, verified against them.

Writers see the reasons and nothing else. Whoever writes, each sentence is read again: a figure
must be one of the reasons it cites, a title or a segment's name must be theirs, and a word of the
catalogue's names must not slip in. A sentence that fails is asked for once more, then replaced by
the extractive writer's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from agent.profiles.lexicon import Lexicon
from agent.profiles.names import folded, stem, tokens, written
from agent.profiles.reading import read
from agent.profiles.rounding import NUMBER_WORDS
from agent.profiles.standing import standings
from agent.records import Fact, Sentence, Share, Vocabulary

TELLING = 5
"""Percent of the score from which a share is worth a sentence of its own."""
NEAR = 2.5
"""A second item is told beside the first unless that carries more than so many times as much."""
AGAINST = 10
"""Percent of the score from which a share that counts against an item is told."""

PROSE = frozenset(
    stem(word)
    for word in folded(
        "carry carries score add adds read reads like likes much tend comes lean leans answers "
        "stated everybody speaks against takes take off struck out reason stands single item rest "
        "share counts count"
    )
)
"""Words of this kind of sentence, even where a title of the catalogue uses them too."""


@dataclass(frozen=True)
class Reason:
    """A share with what may be said of it; figures are as printed."""

    share: Share
    percent: int
    """Of the score; negative when it counts against the item."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """`rating`, `visits`: what the user did. `alpha`, `lift`: percent of the user, times as often.
    `liked`: percent of everybody."""
    through: Literal["together", "text", ""] = ""
    """Whether an item counts more for what goes with it or for what it reads like."""


@dataclass(frozen=True)
class Case:
    """All a writer may use: one recommended item and its reasons, largest first, the rest last."""

    item_id: str
    title: str
    score: float
    reasons: tuple[Reason, ...]
    words: Vocabulary
    place: int = 0
    """On the list, from 0: neighbours are told in different ways."""


class RationaleWriter(Protocol):
    """Writes one or two sentences, each with the facts of the shares it rests on."""

    @property
    def name(self) -> str: ...

    def write(self, case: Case, attempt: int) -> tuple[Sentence, ...]:
        """The sentences; `attempt` is 0, or 1 after a first answer failed."""


class ExtractiveRationale:
    """Frames filled in with the largest reasons."""

    name = "extractive"

    def write(self, case: Case, attempt: int = 0) -> tuple[Sentence, ...]:
        """One sentence about the largest reasons of one kind, one about what comes next."""
        del attempt
        worth = [
            r
            for r in case.reasons
            if (r.percent >= TELLING and r.share.kind != "rest")
            or (r.share.id.startswith("stated/") and r.share.share > 0)
        ]
        against = [r for r in case.reasons if -r.percent >= AGAINST and r.share.kind != "rest"]
        items = [r for r in worth if r.share.kind == "item"]
        said = []
        if items:
            near = [r for r in items[1:2] if NEAR * r.percent >= items[0].percent]
            said.append(_of_items([items[0], *near], case.words, case.place))
        said += [_of_segment(r, case.words) for r in worth if r.share.kind == "segment"][:1]
        said += [_of_taste(r, case.reasons[-1]) for r in worth if r.share.kind == "taste"][:1]
        said.sort(key=lambda one: -one[0])
        told = [sentence for _, sentence in said[:2]]
        if len(told) < 2 and against:
            told.append(_against(against[0]))
        return tuple(told) or (_of_rest(case),)


def write_rationale(
    case: Case, lexicon: Lexicon, writer: RationaleWriter | None = None
) -> tuple[tuple[Sentence, ...], str]:
    """Sentences that hold, and who wrote them; the extractive writer's when another's do not."""
    for attempt in range(2 if writer is not None else 0):
        assert writer is not None
        said = writer.write(case, attempt)
        if 1 <= len(said) <= 2 and not any(check(one, case, lexicon) for one in said):
            return said, writer.name
    fallback = ExtractiveRationale()
    return fallback.write(case), fallback.name


def check(sentence: Sentence, case: Case, lexicon: Lexicon) -> list[str]:
    """What a sentence says beyond the reasons it cites; empty when it is covered."""
    cited = [r for r in case.reasons if facts_of(r) & set(sentence.facts)]
    known = {fact for reason in case.reasons for fact in facts_of(reason)}
    found = [f"{fact} is no reason of this item" for fact in sentence.facts if fact not in known]
    if not cited:
        return [*found, "cites no reason"]
    titles = [case.title, *(r.share.title for r in cited if r.share.kind != "rest")]
    names = Fact(
        id="R1",
        kind="items",
        text=" · ".join(titles),
        names={f"item{i}": title for i, title in enumerate(titles, start=1)},
    )
    figures = {float(abs(r.percent)) for r in cited} | {
        v for r in cited for v in r.figures.values()
    }
    reading = read(sentence.text, standings([names]), lexicon)
    found += [f"{name!r} is in no cited reason" for name in reading.strangers]
    own = {stem(token) for title in titles for _, _, token in tokens(title)}
    for word in reading.words:
        stated = _number(word.text)
        if stated is not None and stated not in figures:
            found.append(f"{word.raw!r} is no figure of a cited reason")
        if stated is None and lexicon.borrows(word.text) and stem(word.text) not in own | PROSE:
            found.append(f"{word.raw!r} is a word of the catalogue, in no cited reason")
    return found


def _number(word: str) -> float | None:
    if word[:1].isdigit():
        return float(word.replace(",", ""))
    # "one" is a pronoun more often than a figure.
    return float(NUMBER_WORDS[word]) if word in NUMBER_WORDS and word != "one" else None


def facts_of(reason: Reason) -> set[str]:
    """What a sentence cites that rests on the reason."""
    return set(reason.share.facts) or {f"{reason.share.kind}/{reason.share.id}"}


def _cited(*reasons: Reason) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fact for reason in reasons for fact in sorted(facts_of(reason))))


def _of_items(reasons: Sequence[Reason], words: Vocabulary, place: int) -> tuple[int, Sentence]:
    first, part = reasons[0], _part(reasons[0])
    title, did = written(first.share.title), _did(first, words)
    second = second_part = ""
    if len(reasons) == 2:
        second, second_part = written(reasons[1].share.title), _part(reasons[1])
    why = (
        f"this {words.item} reads much like it"
        if first.through == "text"
        else f"people who like it tend to like this {words.item} too"
    )
    after = " ".join(did.replace("{}", "").split())
    did = did.replace("{}", title)
    frames = (
        (f"You {did}; it carries {part} of this score", f", {second} {second_part}"),
        (f"You {did}, and {why}: {part} of the score", f"; {second} adds {second_part}"),
        (
            f"{part} of the score comes from {title}, which you {after}",
            f", and {second_part} from {second}",
        ),
    )
    head, tail = frames[place % len(frames)]
    together = sum(reason.percent for reason in reasons)
    text = f"{head}{tail if second else ''}."
    return together, Sentence(text=text, facts=_cited(*reasons))


def _did(reason: Reason, words: Vocabulary) -> str:
    """What the user did, with `{}` for the title: `rated {} 5`, `bought {} in 28 orders`."""
    figures = reason.figures
    if "rating" in figures:
        return f"{words.did} {{}} {figures['rating']:g}"
    if figures.get("visits", 0) > 1:
        return f"{words.did} {{}} in {figures['visits']:,.0f} {words.visits}"
    return f"{words.did} {{}}" if "visits" in figures else "like {}"


def _of_segment(reason: Reason, words: Vocabulary) -> tuple[int, Sentence]:
    figures = reason.figures
    lift = f"about {figures['lift']:g} times as often as" if figures["lift"] != 1 else "more than"
    like = f"like this {words.item} {lift} everybody does"
    name = written(reason.share.title)
    if "alpha" not in figures:
        return reason.percent, Sentence(text=f"{name} {like}.", facts=_cited(reason))
    text = f"You lean {figures['alpha']:g} % to {name}, who {like}: {_part(reason)} of the score."
    return reason.percent, Sentence(text=text, facts=_cited(reason))


def _of_taste(reason: Reason, rest: Reason) -> tuple[int, Sentence]:
    liked = f"{rest.figures['liked']:g} % of everybody like it" if "liked" in rest.figures else ""
    if reason.share.id.startswith("stated/"):  # popularity counts as far as it answers: no share
        text = f"It answers what you stated, {_quoted(reason)}{'; ' if liked else ''}{liked}."
        return reason.percent, Sentence(text=text, facts=_cited(reason, rest))
    text = f"It answers what you stated, {_quoted(reason)}: {_part(reason)} of the score."
    return reason.percent, Sentence(text=text, facts=_cited(reason))


def _against(reason: Reason) -> Sentence:
    part = f"takes {_part(reason)} off"
    if reason.share.kind == "taste":
        text = f"That you struck out {_quoted(reason)} {part}."
    elif reason.share.kind == "segment":
        text = f"{written(reason.share.title)} like it less than everybody does, which {part}."
    else:
        text = f"{written(reason.share.title)} speaks against it and {part}."
    return Sentence(text=text, facts=_cited(reason))


def _of_rest(case: Case) -> Sentence:
    rest = case.reasons[-1]
    text = "No single reason stands out"
    if "liked" in rest.figures:
        text += f"; {rest.figures['liked']:g} % of everybody like it"
    return Sentence(text=text + ".", facts=_cited(rest))


def _part(reason: Reason) -> str:
    percent = abs(reason.percent)
    # Where others count against the item, one reason can be worth more than what is left.
    return f"{percent} %" if percent <= 100 else "more than all"


def _quoted(reason: Reason) -> str:
    return f"“{reason.share.title}”"
