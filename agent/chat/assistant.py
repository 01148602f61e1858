"""with a model: LangChain's agent over the tools; what it writes stands as far as it is covered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import (
    AgentMiddleware,
    ModelCallLimitMiddleware,
    ToolCallLimitMiddleware,
)
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)

from agent.chat.answering import EXTRACTIVE
from agent.chat.checking import Sheet, sentences
from agent.chat.langchain_tools import as_langchain
from agent.chat.results import Result, Said
from agent.chat.threads import Turn
from agent.chat.toolbox import Toolbox
from agent.errors import FolkmapError, ModelError, RefusedError
from agent.models.asking import LanguageModel
from agent.models.failures import read_failure
from agent.profiles.lexicon import Lexicon
from agent.prompting import render
from agent.records import Verification

PROMPT = "chat"
MODEL_CALLS = 8
"""Of one answer; an agent that goes round in circles is stopped."""
TOOL_CALLS = 12
SENTENCES = 6
REMEMBERED = 6
"""Turns of the thread that the model is shown."""


@dataclass(frozen=True)
class Reply:
    """What a model answered, after verification."""

    results: tuple[Result, ...]
    """Of the tools used for this answer."""
    records: tuple[Result, ...]
    """Those it may cite: of the thread before, too."""
    said: tuple[Said, ...]
    writer: str
    verification: Verification
    remark: str = ""


class Assistant:
    """An agent for one run and scope."""

    def __init__(self, toolbox: Toolbox, model: LanguageModel) -> None:
        self.toolbox, self.model = toolbox, model

    def answer(self, question: str, turns: Sequence[Turn] = ()) -> Reply:
        """Answer a question in a thread.

        A sentence that fails is asked for once more; what then fails is left out, and where too
        little stands the tools' own sentences are the answer. Raises ModelError when the model
        cannot be used, RefusedError when it used no tool where a record was needed.
        """
        asked = [*_history(turns), HumanMessage(question)]
        made = self._run(asked)
        used = tuple(_results(made))
        records = (*_earlier(turns), *used)
        sheet = Sheet(self.toolbox.desk.world, records, lexicon=self._lexicon)
        checked = _checked(sheet, sentences(_last(made))[:SENTENCES], question)
        failed = [(one.text, found) for one, found in checked if found]
        if failed and records:
            again = self._again([*asked, *made], failed)
            second = _checked(sheet, again, question)
            if _standing(second) >= _standing(checked):
                checked = second
        return self._reply(checked, used, records, retried=len(failed) if records else 0)

    def _reply(
        self,
        checked: Sequence[tuple[Said, list[str]]],
        used: tuple[Result, ...],
        records: tuple[Result, ...],
        *,
        retried: int,
    ) -> Reply:
        standing = tuple(one for one, found in checked if not found)
        problems = tuple(f"{one.text} ({'; '.join(found)})" for one, found in checked if found)
        verification = Verification(
            sentences=len(checked),
            passed=len(standing),
            retried=retried,
            replaced=len(problems),
            findings=problems,
        )
        if standing and len(standing) >= len(problems):
            remark = "Sentences that no record covers were left out." if problems else ""
            return Reply(used, records, standing, self.model.name, verification, remark)
        told = tuple(one for result in used for one in result.said)
        if not told:
            raise RefusedError(f"{self.model.name} answered with nothing that a record covers")
        remark = "What the model wrote is not covered by the records; these are the tools' words."
        return Reply(used, used, told, EXTRACTIVE, verification, remark)

    def _run(self, messages: Sequence[BaseMessage]) -> list[BaseMessage]:
        with self._failures():
            state: dict[str, Any] = self._agent.invoke({"messages": list(messages)})
        found: list[BaseMessage] = state["messages"][len(messages) :]
        return found

    def _again(
        self, messages: Sequence[BaseMessage], failed: Sequence[tuple[str, list[str]]]
    ) -> list[Said]:
        """The answer once more, told which sentences were not covered, and why; without tools."""
        told = "\n".join(f"- {text} ({'; '.join(found)})" for text, found in failed)
        request = HumanMessage(
            "These sentences are not covered by the records they cite:\n"
            f"{told}\n"
            "Write the whole answer again from the same records, and say no more than they do."
        )
        with self._failures():
            reply = self._chat.invoke([self._system, *messages, request])
        return sentences(reply.text)[:SENTENCES]

    @cached_property
    def _agent(self) -> Any:
        limits: list[AgentMiddleware[Any, Any, Any]] = [
            ModelCallLimitMiddleware(run_limit=MODEL_CALLS, exit_behavior="end"),
            ToolCallLimitMiddleware(run_limit=TOOL_CALLS, exit_behavior="continue"),
        ]
        tools = as_langchain(self.toolbox)
        return create_agent(self._chat, tools, system_prompt=self._system, middleware=limits)

    @cached_property
    def _chat(self) -> BaseChatModel:
        return self.model.chat()

    @cached_property
    def _system(self) -> SystemMessage:
        desk = self.toolbox.desk
        run = self.toolbox.call("overview", {}).said
        told = " ".join(one.text for one in run)
        return SystemMessage(render(PROMPT, scope=desk.scope, run=told, most=SENTENCES))

    @cached_property
    def _lexicon(self) -> Lexicon:
        """Every name of the log, those of segments included."""
        world = self.toolbox.desk.world
        return Lexicon.of(world.measures).beside(card.name for card in world.segments.values())

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """Whatever a client raises leaves as a ModelError that says what it means."""
        try:
            yield
        except FolkmapError:
            raise
        except Exception as error:  # clients of models share no narrower base
            raise ModelError(f"{self.model.name}: {read_failure(error)}") from error


def _history(turns: Sequence[Turn]) -> list[BaseMessage]:
    """The thread as messages: what was asked, and what was answered after verification."""
    messages: list[BaseMessage] = []
    for turn in turns[-REMEMBERED:]:
        messages += [HumanMessage(turn.question), AIMessage(turn.answer.text)]
    return messages


def _results(messages: Sequence[BaseMessage]) -> list[Result]:
    """What the tools found, in the order they were called."""
    return [
        message.artifact
        for message in messages
        if isinstance(message, ToolMessage) and isinstance(message.artifact, Result)
    ]


def _earlier(turns: Sequence[Turn]) -> tuple[Result, ...]:
    """Results of the thread so far: a follow-up may rest on what was found before."""
    return tuple(result for turn in turns[-REMEMBERED:] for result in turn.results)


def _last(messages: Sequence[BaseMessage]) -> str:
    """The text of the last message, if it is the model's and no further call of a tool."""
    last = messages[-1] if messages else None
    return last.text if isinstance(last, AIMessage) and not last.tool_calls else ""


def _checked(sheet: Sheet, said: Sequence[Said], question: str) -> list[tuple[Said, list[str]]]:
    return [(one, sheet.findings(one, question)) for one in said]


def _standing(checked: Sequence[tuple[Said, list[str]]]) -> int:
    return sum(not found for _, found in checked)
