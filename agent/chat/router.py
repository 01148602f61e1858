"""without a model: a question → the tool calls it asks for, by rules, then by likeness."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from importlib.resources import files

import numpy as np
from pydantic import BaseModel, ConfigDict

from agent.chat.calls import Call
from agent.chat.figures import listed
from agent.chat.followups import ABOUT_PEOPLE, follow, same_audience
from agent.chat.intents import route
from agent.chat.leftovers import NARROWED, left_out, otherwise_counted
from agent.chat.question import Question
from agent.chat.reading import Reader
from agent.chat.refusals import forbidden, not_understood, refusal
from agent.chat.results import Result, Said
from agent.chat.threads import Turn
from agent.chat.toolbox import Toolbox
from agent.profiles.names import shown

ALIKE = 0.6
"""Cosine from which a question is taken to ask what an example asks."""
LONGEST = 2_000

_THEN = re.compile(
    r"[?.,;]?\s+(?:and|then)\s+"
    r"(?=(?:(?:also|please|kindly|could you|can you|would you|let me know|tell me),? )*"
    r"(?:(?:in|to|of|for|from|at|on|with) )?"
    r"(?:what|who|which|how|why|where|when|export|draft|show me|compare)\b)",
    re.I,
)
_STANDS_FOR = re.compile(
    r"\b(?:them|they|their|it|those|these|him|her"
    r"|(?:this|that) (?:user|customer|person|one|segment))\b",
    re.I,
)


_BEGINS = (
    r"(?:(?:and|so|but|now|well|ok|okay|please|roughly|then) )*"
    r"(?:who|whom|whose|what|which|where|when|why|how|is|are|do|does|did|can|could|would|should|give"
    r"|show|list|tell|name|find|rank|compare|export|draft|describe|recommend|suggest|count|break"
    r"|explain|build|get|make)\b"
)
_SENTENCE = re.compile(rf"(?<=[.!?;:])\s+(?={_BEGINS})", re.I)
"""Before a question only: `Star Wars: Episode IV` and `Dr. Strangelove` are one name each."""
_ASKS = re.compile(rf"\?\W*$|^\W*{_BEGINS}", re.I)


def _sentences(text: str) -> tuple[list[str], list[str]]:
    """What is told before a question is asked, and the questions, split where two are one.

    Where nothing looks like a question, or nothing is told beside it, the whole is asked.
    """
    parts = [part for part in _SENTENCE.split(text) if part.strip()]
    asking = [part for part in parts if _ASKS.search(part.strip())]
    if len(parts) == 1 or not asking:
        return [], _THEN.split(text)
    said = [part for part in parts if part not in asking]
    return said, [one for part in asking for one in _THEN.split(part)]


class Example(BaseModel):
    """A way to ask for a tool; `{segment}`, `{user}` and `{category}` stand for names."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    question: str
    tool: str
    needs: tuple[str, ...] = ()


class Router:
    """Answers questions about one run with its tools, by rules alone."""

    def __init__(self, toolbox: Toolbox) -> None:
        self.toolbox, self.desk = toolbox, toolbox.desk
        self.reader = Reader(self.desk)

    def answer(self, text: str, turns: Sequence[Turn] = ()) -> tuple[Result, ...]:
        """The results a question asks for, in order; a refusal is a result too."""
        text = text[:LONGEST]
        no = forbidden(self.reader.read(text), self.desk)
        if no is not None:
            return (no,)
        said, asked = _sentences(text)
        context = self.reader.read(" ".join(said)) if said else None
        found: list[Result] = []
        for part in asked:
            result = self._one(part, turns, found, context)
            if any((one.tool, one.arguments) == (result.tool, result.arguments) for one in found):
                continue
            if found and result.tool == "none" and found[-1].tool != "none":
                continue  # half of the question could be answered, and was
            found.append(result)
            if result.status == "refused" and result.tool == "none":
                break
        if said and all(result.tool == "none" for result in found):
            whole = self._one(text, turns, ())
            return (whole,) if whole.tool != "none" else tuple(found)
        return tuple(found)

    def asks_again(self, suggestion: str, results: Sequence[Result]) -> bool:
        """Whether a suggestion of one result asks for what another one is."""
        if len(results) < 2:
            return False
        call = route(self.reader.read(suggestion), self.desk)
        if call is None:
            return False
        return any(
            call.tool == result.tool
            and all(result.arguments.get(name) == value for name, value in call.arguments.items())
            for result in results
        )

    def warm(self) -> None:
        """Read and encode the examples before somebody waits for it."""
        _ = self._encoded

    def _one(
        self,
        text: str,
        turns: Sequence[Turn],
        before: Sequence[Result],
        context: Question | None = None,
    ) -> Result:
        question = self.reader.read(text)
        if context is not None and not question.names and _STANDS_FOR.search(question.bare):
            question = question.about(context)
        no = refusal(question, self.desk)
        if no is not None:
            return no
        call = None
        told = before[-1] if before else None
        if told and not question.names and _STANDS_FOR.search(text):
            call = self._about(question, told)
        call = call or follow(question, self.desk, turns) or route(question, self.desk)
        if call is None or not _whole(call):
            call = self._alike(question, text) or call
        if call is None or not _whole(call):
            return not_understood(self.desk)
        result = self.toolbox.call(call.tool, call.arguments)
        missed = left_out(question, result) if result.tool in NARROWED else []
        if missed and result.status == "found":
            words = listed([f"“{shown(one)}”" for one in missed])
            note = Said(text=f"This leaves out {words}.")
            result = result.model_copy(update={"said": (*result.said, note)})
        if other := otherwise_counted(question, result, self.desk.world.words):
            result = result.model_copy(update={"said": (*result.said, Said(text=other))})
        return result

    def _about(self, question: Question, told: Result) -> Call | None:
        """What is asked of `them` or `it` in the half of a question after the one just answered."""
        focus = told.focus
        if call := same_audience(question, self.desk, told):
            return call
        if focus.users and (told.tool in ABOUT_PEOPLE or not focus.segments):
            return route(replace(question, users=focus.users[:1]), self.desk)
        if focus.segments:
            return route(replace(question, segments=focus.segments[:1]), self.desk)
        return None

    def _alike(self, question: Question, text: str) -> Call | None:
        """The tool of the example worded most alike, when the question names what it needs."""
        given = {
            "segment": next(iter(question.segments), None),
            "user": next(iter(question.users), None),
            "category": next(iter(question.categories), None),
            "item": next(iter(question.items), None),
        }
        fitting = [
            at for at, one in enumerate(self._examples) if all(given.get(n) for n in one.needs)
        ]
        if not fitting or not re.search(r"[^\W\d_]{3}", text):
            return None
        likeness = (
            self._encoded[fitting] @ self.desk.world.encode([question.bare.replace("·", "")])[0]
        )
        best = int(likeness.argmax())
        if likeness[best] < ALIKE:
            return None
        example = self._examples[fitting[best]]
        return Call(example.tool, {name: given[name] for name in example.needs})

    @cached_property
    def _examples(self) -> list[Example]:
        lines = (files("agent.chat") / "examples.jsonl").read_text("utf-8").splitlines()
        return [Example.model_validate_json(line) for line in lines if line.strip()]

    @cached_property
    def _encoded(self) -> np.ndarray:
        return np.asarray(self.desk.world.encode([one.question for one in self._examples]))


def _whole(call: Call) -> bool:
    """Whether nothing the tool needs is missing."""
    if call.tool == "export_audience":
        return bool(call.arguments.get("segment") or call.arguments.get("conditions"))
    return True
