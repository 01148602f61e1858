"""what a tool gives back: sentences with the records they cite, and what to ask next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import Field, JsonValue

from agent.records import Citation, Record, Sentence

Status = Literal["found", "nothing", "refused", "unknown"]
"""`refused`: the scope or a rule forbids it. `unknown`: a name that the run does not hold."""


class Said(Record):
    """A sentence for a person; `facts` are ids of citations, none for what no record says."""

    text: str
    facts: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join([self.text, "".join(f"[{fact}]" for fact in self.facts)]).strip()


class Focus(Record):
    """What a result is about, so that `they`, `the second one` and `why?` can be understood."""

    segments: tuple[str, ...] = ()
    """In the order told."""
    users: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


class Result(Record):
    """What one tool found."""

    tool: str
    arguments: dict[str, JsonValue]
    status: Status
    said: tuple[Said, ...]
    """The answer in sentences, the most important first."""
    citations: tuple[Citation, ...]
    focus: Focus = Focus()
    could_ask: tuple[str, ...] = ()
    data: dict[str, JsonValue] = Field(default_factory=dict)
    """The same for programs."""

    def text(self) -> str:
        """Plain text with the ids that each sentence rests on."""
        return " ".join(str(one) for one in self.said)


class Draft:
    """A result being put together: every sentence names the records it rests on."""

    def __init__(self, tool: str, arguments: Mapping[str, JsonValue]) -> None:
        self.tool = tool
        self.arguments = {name: value for name, value in arguments.items() if value is not None}
        self.said: list[Said] = []
        self.more: list[Said] = []
        self.could_ask: list[str] = []
        self.data: dict[str, JsonValue] = {}
        self._citations: dict[str, str] = {}

    def cite(self, record: str, text: str) -> str:
        """Make a record citable; returns its id."""
        self._citations[record] = text
        return record

    def say(self, text: str, *facts: str) -> None:
        """Add a sentence. The facts must have been cited before."""
        self.said.append(self._sentence(text, facts))

    def add(self, text: str, *facts: str) -> None:
        """Add a sentence to what is told only when every detail is asked for."""
        self.more.append(self._sentence(text, facts))

    def tell(self, sentences: Iterable[Sentence], prefix: str) -> None:
        """Add sentences of a profile or label, whose facts are under `prefix` (`segment/s3/`)."""
        for sentence in sentences:
            self.say(sentence.text, *(prefix + fact for fact in sentence.facts))

    def _sentence(self, text: str, facts: Iterable[str]) -> Said:
        facts = tuple(dict.fromkeys(facts))
        if text.startswith("about "):
            text = f"A{text[1:]}"
        missing = [fact for fact in facts if fact not in self._citations]
        assert not missing, f"{missing} were never made citable"
        return Said(text=text, facts=facts)

    def result(self, status: Status = "found", focus: Focus | None = None) -> Result:
        cited = {fact for one in self.said for fact in one.facts}
        kept = {i: text for i, text in self._citations.items() if i in cited}
        return Result(
            tool=self.tool,
            arguments=self.arguments,
            status=status,
            said=tuple(self.said),
            citations=tuple(Citation(id=i, text=text) for i, text in kept.items()),
            focus=focus or Focus(),
            could_ask=tuple(dict.fromkeys(self.could_ask)),
            data=self.data,
        )


def refused(tool: str, arguments: Mapping[str, JsonValue], why: str, *instead: str) -> Result:
    """A result that says no, why, and what could be asked instead."""
    draft = Draft(tool, arguments)
    draft.say(why)
    draft.could_ask += instead
    return draft.result("refused")
