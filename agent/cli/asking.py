"""`folkmap ask` and `recommend`: questions about a run, and what to show whom."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from agent.chat.conversation import Conversation
from agent.cli.shared import JsonOption, RunOption, print_json
from agent.models.opening import open_model
from agent.recommend.cards import PlacementCard, Recommendations
from agent.runs import Run
from agent.segment_agent import SegmentAgent
from agent.settings import ModelSettings


def ask(
    question: Annotated[str, typer.Argument(help="What you want to know, in your own words.")],
    run: RunOption,
    thread: Annotated[
        str | None,
        typer.Option(help="Go on with a conversation; every answer names the one it belongs to."),
    ] = None,
    model: Annotated[
        str, typer.Option(help="Who chooses the tools and writes; as for build.")
    ] = ModelSettings().spec,
    model_name: Annotated[
        str | None,
        typer.Option(help="The model on a server given by URL, where it offers more than one."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option(help="Where to write an export, after asking you.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a question about a run; every sentence of the answer cites its records."""
    opened = open_model(ModelSettings(spec=model, name=model_name), run=run)
    with opened or nullcontext(), Conversation(Run.open(run), model=opened) as talk:
        answer = talk.ask(question, thread)
        if as_json:
            print_json(answer.model_dump(mode="json"))
        else:
            print(answer.text)
            if answer.remark:
                print(f"({answer.remark})", file=sys.stderr)
            print(f"\nBy {answer.writer}. Go on with: --thread {answer.thread}", file=sys.stderr)
        for waiting in talk.pending() if to is not None else ():
            if sys.stdin.isatty() and typer.confirm(f"Write {waiting.text} to {to}?", err=True):
                written = talk.confirm(waiting.token, str(to))
                print(f"{written:,} users written to {to}", file=sys.stderr)


def recommend(
    run: RunOption,
    user: Annotated[str | None, typer.Argument(help="The user's id, as in the log.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many items.")] = 10,
    segment: Annotated[str | None, typer.Option(help="For a segment, by id or name.")] = None,
    taste: Annotated[str | None, typer.Option(help="For a taste in words.")] = None,
    diversity: Annotated[float, typer.Option(min=0, max=1, help="How varied the list is.")] = 0.0,
    long_tail: Annotated[float, typer.Option(min=0, max=1, help="Less of what is popular.")] = 0.0,
    why: Annotated[
        str | None, typer.Option(help="Why an item, by id or title, is or is not on a USER's list.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Recommend items to a user, a segment or a taste, each with the reasons of its score."""
    agent = SegmentAgent.open(run)
    if why is not None and user is None:
        raise typer.BadParameter("goes with a USER", param_hint="--why")
    card: PlacementCard | Recommendations
    if why is not None and user is not None:
        card = agent.why(user, why)
    else:
        card = agent.recommend(
            user, k=k, segment=segment, taste=taste, diversity=diversity, long_tail=long_tail
        )
    if as_json:
        print_json(card.model_dump(mode="json"))
        return
    print(card)
