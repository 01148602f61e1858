"""The model's writer: facts in a prompt, a profile out of the model's constrained answer.

What it returns is not verified yet; `agent.profiles.writer` does that with every writer's words.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from agent.errors import RefusedError
from agent.models.asking import Constraint, Reply
from agent.models.failures import NOT_JSON, TOO_LONG
from agent.models.grounding import free_words
from agent.models.spending import announce
from agent.profiles.extractive import MOST_SENTENCES, evidence_hash, interests
from agent.profiles.grammar import profile_constraint, sentence_bounds
from agent.profiles.phrases import told
from agent.profiles.telling import finish
from agent.prompting import prompt_hash, render
from agent.recordfile import read_records
from agent.records import Evidence, Fact, Profile, Sentence, Verification, Vocabulary

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from agent.models.asking import LanguageModel
    from agent.progress import Reporter

PROMPT = "profile"
SHORT_PROMPT = "short_profile"
"""For a model trained on this very task: the facts and nothing else."""
SPLIT = "=" * 20
"""The line of the prompt between the system's message and the user's."""
MAX_TOKENS = 700
"""Of an answer: a random model took 200 on average, and over 512 in one of five."""
PROMPTS_WEIGHED = 200
"""Prompts that what a model will cost is estimated from, at most."""
USUAL_TOKENS = 200
"""What an answer usually takes, for estimates."""
NO_FACTS = "no facts"
OVERRULED = "the grammar overruled the model"
FEWEST_FACTS = 3
"""A prompt that is too long with so few facts is given up."""
SHORT_FACTS = 12
"""Facts of a person that a model trained on this task is shown, the most distinguishing ones."""
PART = '{"facts":['
"""How a sentence of an answer begins."""
KEPT = 0.6
"""Share of the facts that the next try keeps when a prompt was too long."""


class Asked(Protocol):
    """The part of `agent.models.asking.LanguageModel` that a writer needs."""

    @property
    def name(self) -> str: ...

    def ask(
        self,
        messages: Sequence[BaseMessage],
        constraint: Constraint,
        *,
        seed: int,
        max_tokens: int,
        prompt_hash: str,
        evidence_hash: str,
    ) -> Reply: ...


class ModelWriter:
    """Has a language model write; `names` are all titles, categories and values of the log.

    `short` is for a model trained on this task, which needs no instructions. For any number of
    threads, as far as the model is.
    """

    def __init__(self, model: Asked, names: Iterable[str], *, short: bool = False) -> None:
        self.model = model
        self.words = free_words(names)
        self.short = short

    @property
    def name(self) -> str:
        """The model's, as records have it."""
        return self.model.name

    def write(self, evidence: Evidence, vocabulary: Vocabulary, *, seed: int) -> Profile:
        """A profile in the model's words.

        A prompt that the model finds too long is tried again with fewer facts, the least
        distinguishing left out. Raises RefusedError where nothing usable comes, ModelError where
        the model cannot be used at all.
        """
        digest = evidence_hash(evidence)
        prompted = prompt_hash(SHORT_PROMPT if self.short else PROMPT)
        facts = evidence.facts[:SHORT_FACTS] if self.short else evidence.facts
        if not facts:
            raise RefusedError(f"{NO_FACTS}: there is nothing to write about")
        while True:
            try:
                reply = self.model.ask(
                    profile_messages(facts, short=self.short),
                    profile_constraint(facts, vocabulary, self.words),
                    seed=seed,
                    max_tokens=MAX_TOKENS,
                    prompt_hash=prompted,
                    evidence_hash=digest,
                )
                break
            except RefusedError as error:
                fewer = max(FEWEST_FACTS, int(KEPT * len(facts)))
                if not str(error).startswith(TOO_LONG) or fewer >= len(facts):
                    raise
                facts = facts[:fewer]
        headline, sentences = read_answer(meant(reply.text, reply.overruled))
        if self.short:
            sentences = told_once(sentences)
        if reply.overruled and len(sentences) < sentence_bounds(len(facts))[0]:
            raise RefusedError(f"{OVERRULED}: too few of its sentences are its own")
        return Profile(
            user_id=evidence.user_id,
            headline=headline,
            sentences=sentences,
            interests=interests(evidence.facts),
            facts=evidence.facts,
            writer=self.name,
            prompt_hash=prompted,
            evidence_hash=digest,
            verification=Verification(sentences=len(sentences), passed=len(sentences)),
        )


def profile_messages(facts: Sequence[Fact], *, short: bool = False) -> list[BaseMessage]:
    """The prompt: what to do from the system, the facts as delimited data from the user."""
    # LangChain takes two seconds to import; only a build with a model waits for it.
    from langchain_core.messages import HumanMessage, SystemMessage

    system, user = profile_parts(facts, short=short)
    return [SystemMessage(system), HumanMessage(user)]


def profile_parts(facts: Sequence[Fact], *, short: bool = False) -> tuple[str, str]:
    """The text of both messages, the system's and the user's."""
    prompt = short_profile_prompt(facts) if short else profile_prompt(facts)
    system, _, user = prompt.partition(f"\n{SPLIT}\n")
    return system, user


def profile_prompt(facts: Sequence[Fact]) -> str:
    """Both messages as one text, with the line `SPLIT` between them."""
    fewest, most = sentence_bounds(len(facts))
    # JSON has no line ends inside a value, so no fact can be, or end, a line of its own.
    lines = [
        json.dumps({"id": fact.id, "fact": told(fact)}, ensure_ascii=False, separators=(",", ":"))
        for fact in facts
    ]
    return render(PROMPT, facts=lines, marker=marker_beside(lines), fewest=fewest, most=most)


def short_profile_prompt(facts: Sequence[Fact]) -> str:
    """The same for a model that was trained on facts, one a line: `E1 bunting 31 % of spend …`."""
    return render(SHORT_PROMPT, facts=[f"{fact.id} {one_line(told(fact))}" for fact in facts])


def marker_beside(lines: Sequence[str]) -> str:
    """A line that stands nowhere in `lines`, the same whenever they are the same."""
    data = "\n".join(lines)
    marker = f"#facts-{sha256(data.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}#"
    while marker in data:
        marker = f"#{marker}#"
    return marker


def meant(text: str, overruled: Sequence[int], *, whole: bool = False) -> str:
    """The answer without the sentences in which the grammar overruled the model.

    Whatever stands there instead is true, for the grammar lets nothing else through, but may be no
    sentence: `Is outside 36 % of spend goes to lists`. Raises RefusedError where it overruled the
    headline, if not `whole`.
    """
    if not overruled:
        return text
    head, *parts = text.split(PART)  # it stands in no text: there its quotes would be escaped
    if not whole and any(at < len(head) for at in overruled):
        raise RefusedError(f"{OVERRULED}: in the headline")
    kept, end = [], len(head)
    for part in parts:
        start, end = end, end + len(PART) + len(part)
        if not any(start <= at < end for at in overruled):
            kept.append(part.removesuffix("]}").removesuffix(","))
    return head + ",".join(PART + part for part in kept) + "]}"


def told_once(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """Without those that give figures of nothing but facts that sentences before them cite.

    A small model says again in other words what it has said; a remark without a figure may stand.
    """
    seen: set[str] = set()
    kept = []
    for one in sentences:
        if not seen >= {*one.facts} or not any(c.isdigit() for c in one.text):
            kept.append(one)
        seen |= {*one.facts}
    return tuple(kept)


def read_answer(text: str) -> tuple[str, tuple[Sentence, ...]]:
    """The headline and the sentences of an answer.

    A sentence of another form, an empty one or one said before is left out. Raises RefusedError
    where no headline or no sentence remains.
    """
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"{NOT_JSON}: {error}") from None
    headline = one_line(answer.get("headline")) if isinstance(answer, dict) else ""
    if not headline:
        raise RefusedError(f"{NOT_JSON}: it has no headline")
    told_so_far: set[str] = set()
    sentences = []
    parts = answer.get("sentences")
    for part in parts if isinstance(parts, list) else ():
        sentence = _sentence(part)
        if sentence is not None and sentence.text not in told_so_far:
            told_so_far.add(sentence.text)
            sentences.append(sentence)
    if not sentences:
        raise RefusedError(f"{NOT_JSON}: it has no sentence that cites a fact")
    return finish(headline).removesuffix("."), tuple(sentences[:MOST_SENTENCES])


def _sentence(part: Any) -> Sentence | None:
    text = one_line(part.get("text")) if isinstance(part, dict) else ""
    cited = part.get("facts") if text else None
    ids = [one for one in cited if isinstance(one, str)] if isinstance(cited, list) else []
    if not ids:
        return None
    return Sentence(text=finish(text), facts=tuple(dict.fromkeys(ids)))


def one_line(said: Any) -> str:
    """What a model said as one line without characters that nobody sees."""
    if not isinstance(said, str):
        return ""
    seen = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in said)
    return " ".join(seen.split())


def announce_cost(model: LanguageModel, facts: Path, users: int, reporter: Reporter) -> None:
    """Say what the profiles will cost, judged by prompts of users spread over all.

    `facts` is the file of evidence. Does nothing for a model that costs nothing.
    """
    if model.paid:
        every = 1 + users // PROMPTS_WEIGHED
        spread = islice(read_records(facts, Evidence), 0, None, every)
        prompts = [profile_prompt(one.facts) for one in spread]
        announce(model, prompts, requests=users, tokens_out=USUAL_TOKENS, reporter=reporter)
