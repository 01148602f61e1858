"""Labels by a language model: siblings jointly, their names among those found true and tested.

What it returns is not verified yet; `agent.segments.writing` does that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agent.errors import RefusedError
from agent.models.failures import CUT_OFF, TOO_LONG
from agent.profiles.model_writer import SPLIT, Asked, marker_beside
from agent.profiles.telling import finish
from agent.prompting import prompt_hash, render
from agent.records import Sentence
from agent.segments.families import Family, Subject
from agent.segments.label_grammar import LONGEST_TEXT, label_constraint
from agent.segments.label_phrases import told_facts
from agent.segments.lexicon import plain
from agent.segments.phrasing import people
from agent.segments.writing import Draft

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

PROMPT = "label"
SHORT_PROMPT = "short_label"
"""For a model trained on this very task, which labels one segment at a time."""
MAX_TOKENS = 260
"""Of one label: a description and three reasons."""


class ModelLabels:
    """Has a language model label; `words` may be used freely (`agent.models.grounding.free_words`).

    One request a family; with `short`, for a model trained on this task, one a segment. For any
    number of threads, as far as the model is.
    """

    def __init__(self, model: Asked, words: frozenset[str], *, short: bool = False) -> None:
        self._model, self._words, self._short = model, words, short

    @property
    def name(self) -> str:
        """The model's, as records have it."""
        return self._model.name

    def write(self, family: Family, *, seed: int) -> Mapping[str, Draft]:
        """A draft for each subject.

        A prompt that the model finds too long, or whose answer finds no room beside it, is tried
        again in two halves. Raises RefusedError where nothing usable comes, ModelError where the
        model cannot be used at all.
        """
        if self._short and len(family.subjects) > 1:
            return self._parts([(subject,) for subject in family.subjects], family, seed)
        messages = label_messages(family, short=self._short)
        told = "\n".join(str(message.content) for message in messages)
        try:
            reply = self._model.ask(
                messages,
                label_constraint(family, self._words),
                seed=seed,
                max_tokens=MAX_TOKENS * len(family.subjects),
                prompt_hash=prompt_hash(SHORT_PROMPT if self._short else PROMPT),
                evidence_hash=hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:16],
            )
        except RefusedError as error:
            half = len(family.subjects) // 2
            if not half or not str(error).startswith((TOO_LONG, CUT_OFF)):
                raise
            return self._parts([family.subjects[:half], family.subjects[half:]], family, seed)
        return read_labels(reply.text, family)

    def _parts(
        self, parts: Sequence[tuple[Subject, ...]], family: Family, seed: int
    ) -> dict[str, Draft]:
        drafts: dict[str, Draft] = {}
        for part in parts:
            drafts |= self.write(Family(part, family.called, family.vocabulary), seed=seed)
        return drafts


def label_messages(family: Family, *, short: bool = False) -> list[BaseMessage]:
    """The prompt: what to do from the system, the groups as delimited data from the user."""
    # LangChain takes two seconds to import; only a build with a model waits for it.
    from langchain_core.messages import HumanMessage, SystemMessage

    system, user = label_parts(family, short=short)
    return [SystemMessage(system), HumanMessage(user)]


def label_parts(family: Family, *, short: bool = False) -> tuple[str, str]:
    """The text of both messages, the system's and the user's."""
    system, _, user = (_short if short else _long)(family).partition(f"\n{SPLIT}\n")
    return system, user


def _short(family: Family) -> str:
    groups = [_told(subject) for subject in family.subjects]
    for group in groups:
        for part in ("names", "rule", "facts"):
            group[part] = [plain(text, most=LONGEST_TEXT) for text in group[part]]
    return render(SHORT_PROMPT, who=people(family.vocabulary), groups=groups)


def _long(family: Family) -> str:
    groups = [_told(subject) for subject in family.subjects]
    # JSON has no line ends inside a value, so no fact can be, or end, a line of its own.
    lines = [json.dumps(g, ensure_ascii=False, separators=(",", ":")) for g in groups]
    together = {subject.id for subject in family.subjects}
    return render(
        PROMPT,
        who=people(family.vocabulary),
        groups=groups,
        lines=lines,
        others=[name for segment, name in family.called.items() if segment not in together],
        marker=marker_beside(lines),
    )


def _told(subject: Subject) -> dict[str, Any]:
    return {
        "id": subject.id,
        "size": subject.portrait.size,
        "names": [name.text for name in subject.names],
        "rule": [plain(predicate.text, most=LONGEST_TEXT) for predicate in subject.rule],
        "facts": [f"{fact.id}: {fact.text}" for fact in told_facts(subject)],
    }


def read_labels(text: str, family: Family) -> dict[str, Draft]:
    """What an answer says of each subject; whatever is of another form is left out.

    A name that was not offered is not taken.
    """
    said = json.loads(text)
    return {s.id: _draft(s, said.get(s.id)) for s in family.subjects}


def _draft(subject: Subject, said: Any) -> Draft:
    label = said if isinstance(said, dict) else {}
    offered = {name.text for name in subject.names}
    name = label.get("name")
    parts = label.get("why")
    sentences = [_sentence(part) for part in parts] if isinstance(parts, list) else []
    return Draft(
        name=name if name in offered else subject.names[0].text,
        description=_line(label.get("description")),
        why=tuple(dict.fromkeys(s for s in sentences if s is not None)),
    )


def _sentence(part: Any) -> Sentence | None:
    text = _line(part.get("text")) if isinstance(part, dict) else ""
    cited = part.get("facts") if text else None
    ids = [one for one in cited if isinstance(one, str)] if isinstance(cited, list) else []
    return Sentence(text=text, facts=tuple(dict.fromkeys(ids))) if ids else None


def _line(said: Any) -> str:
    """A text on one line, without characters that nobody sees, with a full stop."""
    text = plain(said, most=LONGEST_TEXT) if isinstance(said, str) else ""
    return finish(text) if text else ""
