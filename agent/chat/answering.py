"""results as an answer: their own sentences, each with the records it rests on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from agent.chat.results import Result, Said
from agent.records import Answer, Citation, ToolCall, Verification

EXTRACTIVE = "extractive"
SUGGESTED = 3


def write_answer(
    results: Sequence[Result],
    thread: str,
    *,
    said: Sequence[Said] | None = None,
    records: Sequence[Result] = (),
    writer: str = EXTRACTIVE,
    verification: Verification | None = None,
    remark: str = "",
    answered: Callable[[str], bool] = lambda question: False,
) -> Answer:
    """An answer from results: in their own words, or in `said`, which may rest on `records` too.

    Every citation is a record of the results; what no sentence cites is left out. What could be
    asked next is a suggestion of the results that is not `answered` already.
    """
    if said is None:
        told = [one for result in results for one in result.said]
        text = "\n\n".join(result.text() for result in results)
    else:
        told, text = list(said), " ".join(str(one) for one in said)
    cited = {fact for one in told for fact in one.facts}
    known = {c.id: c for result in (*records, *results) for c in result.citations if c.id in cited}
    suggestions = dict.fromkeys(one for result in reversed(results) for one in result.could_ask)
    return Answer(
        text=text,
        citations=tuple(Citation(id=c.id, text=c.text) for c in known.values()),
        tool_calls=tuple(
            ToolCall(tool=result.tool, arguments=result.arguments)
            for result in results
            if result.tool != "none"
        ),
        writer=writer,
        thread=thread,
        could_ask=tuple(islice((one for one in suggestions if not answered(one)), SUGGESTED)),
        verification=verification,
        remark=remark,
    )
