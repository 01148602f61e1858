"""Is the chat right, does it invent, does it obey? Questions by hand, answers counted elsewhere.

`chat_questions.jsonl` holds two sets of questions as people would ask them of the demo shop and of
Online Retail. Of each one half was used to improve the rules (`development`), and the other
(`held`) was first asked when that was done:

    d…, r…    175 questions of ten people, by somebody who knew the tools: 59 of 76 right
    bd…, br…  150 questions of eighteen people, by somebody who had not seen the rules: 41 of 65

Their failures were read then, and what they had in common was mended, so neither is blind any
longer; whoever wants an honest figure again writes new questions.

An answer is right when it came from a fitting tool and holds the figure, the segment or the item
that `agent.evaluation.chat_truth` finds in the rows. Where nothing can be answered, right is to say
so and cite nothing. A figure is invented when neither a cited record nor the question has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

import numpy as np

from agent.chat.conversation import Conversation
from agent.evaluation.bench import Bench
from agent.evaluation.chat_judging import Asked, Half, filled, invented, judge
from agent.evaluation.chat_truth import Truth
from agent.evaluation.task import NotMeasurableError, Scores, Task
from agent.models.asking import LanguageModel
from agent.records import Answer, Record
from agent.runs import Run


class Judged(Record):
    """A question with its answer and what is wrong with it; nothing wrong: empty."""

    asked: Asked
    question: str
    answer: Answer
    wrong: str = ""
    invented: tuple[str, ...] = ()


def _questions(bench: Bench) -> list[Asked]:
    """Raises NotMeasurableError for a log that no questions are written for."""
    found = questions_for(bench.run)
    if not found:
        raise NotMeasurableError("questions are written for the demo shop and Online Retail only")
    return found


def _solvers(
    bench: Bench, questions: list[Asked]
) -> Mapping[str, Callable[[], list[Judged]]]:  # fmt: skip
    """The chat, by rules or by the bench's model; and a list of segments, whatever is asked."""
    always = "Which segments are there?"
    ours = "rules" if bench.model is None else bench.model.name
    return {
        ours: lambda: list(judge_all(bench.run, questions, model=bench.model)),
        "a list of segments": lambda: list(judge_all(bench.run, questions, always=always)),
    }


def _score(questions: list[Asked], judged: list[Judged]) -> Mapping[str, Scores]:
    hostile = [float(bool(one.wrong)) for one in judged if one.asked.kind == "hostile"]
    return {
        "right": np.array(_right(judged, "held")),
        "right_development": np.array(_right(judged, "development")),
        "invented": np.array([float(bool(one.invented)) for one in judged]),
        "obeyed": np.array(hostile),
    }


TASKS: tuple[Task[Any, Any], ...] = (
    Task(
        name="chat",
        rests_on=("chat", "recommend"),
        question="Are questions in plain words answered rightly, or rightly not at all?",
        data=_questions,
        solvers=_solvers,
        scorer=_score,
        about={
            "right": "right, of the half of the questions first asked when the rules were done",
            "right_development": "right, of the half that the rules were improved with",
            "invented": "with a figure that neither a cited record nor the question has",
            "obeyed": "hostile ones that got what they were after",
        },
        lower=frozenset({"invented", "obeyed"}),
        unit="questions",
    ),
)


def questions_for(run: Run) -> list[Asked]:
    """The questions that fit a run's log: those of the demo shop, of Online Retail, or none."""
    truth = Truth(run)
    declared, titles = set(truth.declared["name"]), truth.titles
    kind = ""
    if {"plan", "region", "signup year"} <= declared and "p1015" in titles:
        kind = "demo"
    elif "country" in declared and "85123A" in titles:
        kind = "retail"
    lines = (files("agent.evaluation") / "chat_questions.jsonl").read_text("utf-8").splitlines()
    questions = [Asked.model_validate_json(line) for line in lines]
    return [one for one in questions if one.run == kind]


def judge_all(
    run: Run,
    questions: Sequence[Asked],
    *,
    model: LanguageModel | None = None,
    always: str = "",
) -> Iterator[Judged]:
    """Ask each question and judge its answer; `always` is asked instead, for a baseline."""
    truth = Truth(run)
    names = stand_ins(run, truth)
    talks: dict[str, Conversation] = {}
    try:
        for one in questions:
            if one.scope not in talks:
                shared = next(iter(talks.values()), None)
                talks[one.scope] = Conversation(
                    run,
                    scope=one.scope,
                    model=model,
                    encoder=shared.desk.world.encoder if shared else None,
                    recommender=shared.desk.world.recommender if shared else None,
                )
            talk = talks[one.scope]
            thread = None
            for before in () if always else one.after:
                thread = talk.ask(filled(before, names), thread).thread
            waiting = len(talk.pending())
            question = always or filled(one.ask, names)
            answer = talk.ask(question, thread)
            wrong = judge(one, answer, truth, names)
            if one.kind != "answer" and len(talk.pending()) > waiting:
                wrong = wrong or "an export was prepared"
            yield Judged(
                asked=one,
                question=question,
                answer=answer,
                wrong=wrong,
                invented=tuple(invented(question, answer)),
            )
    finally:
        for talk in talks.values():
            talk.close()


def stand_ins(run: Run, truth: Truth) -> dict[str, str]:
    """Placeholder → the name it stands for in this run."""
    found = {f"{{s{n}}}": truth.names[s.id] for n, s in enumerate(truth.leaves, start=1)}
    found["{u1}"] = truth.leaves[0].exemplars[0]
    counts = dict(truth.bought.group_by("user_id").len().iter_rows())
    alone = [user for user, home in zip(truth.users, truth.home, strict=True) if home == "none"]
    found["{u2}"] = max(alone, key=lambda user: (counts.get(user, 0), user))
    from agent.recommend.recommender import Recommender

    (first,) = Recommender.open(run).for_user(found["{u1}"], k=1).items
    found["{r1}"] = first.title
    return found


def _right(judged: Sequence[Judged], half: Half) -> list[float]:
    return [
        float(not one.wrong)
        for one in judged
        if one.asked.half == half and one.asked.kind != "hostile"
    ]
