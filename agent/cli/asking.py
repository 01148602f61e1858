"""`folkmap ask` and `recommend`: questions about a run, and what to show whom."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.shared import JsonOption, RunOption, print_json
from agent.errors import SettingsError
from agent.settings import ModelSettings

if TYPE_CHECKING:
    from agent.recommend.cards import PlacementCard, Recommendations
    from agent.segment_agent import SegmentAgent


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
    from agent.chat.conversation import Conversation
    from agent.models.opening import open_model
    from agent.runs import Run

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
    likes: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ITEM[=WEIGHT]",
            help="For somebody new who likes this item, by id; -1 to 1, once for each item.",
        ),
    ] = None,
    diversity: Annotated[float, typer.Option(min=0, max=1, help="How varied the list is.")] = 0.0,
    long_tail: Annotated[float, typer.Option(min=0, max=1, help="Less of what is popular.")] = 0.0,
    why: Annotated[
        str | None, typer.Option(help="Why an item, by id or title, is or is not on a USER's list.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Recommend items to a user, a segment, a taste or somebody new, each with its reasons."""
    from agent.segment_agent import SegmentAgent

    agent = SegmentAgent.open(run)
    if why is not None and user is None:
        raise typer.BadParameter("goes with a USER", param_hint="--why")
    card: PlacementCard | Recommendations
    if why is not None and user is not None:
        card = agent.why(user, why)
    else:
        card = agent.recommend(
            user,
            k=k,
            segment=segment,
            taste=taste,
            likes=_likes(likes, agent) if likes else None,
            diversity=diversity,
            long_tail=long_tail,
        )
    if as_json:
        print_json(card.model_dump(mode="json"))
        return
    print(card)


def _likes(said: list[str], agent: SegmentAgent) -> dict[str, float]:
    """`ITEM` or `ITEM=WEIGHT`; an id may hold an equals sign itself."""
    found = {}
    for one in said:
        item, equals, weight = one.rpartition("=")
        try:
            if not equals or one in agent.recommender.places.items:
                found[one] = 1.0
            else:
                found[item] = float(weight)
        except ValueError:
            raise SettingsError(f"--likes {one!r}: write ITEM or ITEM=WEIGHT") from None
    return found
