"""`folkmap segments`, `profile`, `map` and `export`: what a run holds."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from agent.cli.shared import JsonOption, RunOption, print_json
from agent.settings import LabelSettings

if TYPE_CHECKING:
    from agent.cards import ProfileCard, SegmentCard
    from agent.records import Recommendation


def segments(run: RunOption, as_json: JsonOption = False) -> None:
    """List the labelled segments: who they are, why they are one, and how well the rule holds."""
    from agent.segment_agent import SegmentAgent

    agent = SegmentAgent.open(run)
    cards = agent.segments()
    if as_json:
        print_json([card.model_dump(mode="json") for card in cards])
        return
    print("\n\n".join(_by_parent(cards)))
    print(f"\n{agent.report['noise']:.0%} of users belong to no segment.")


def profile(
    user: Annotated[str, typer.Argument(help="The user's id, as in the log.")],
    run: RunOption,
    edit: Annotated[
        bool, typer.Option("--edit", help="Ask which interests to add, strike out or take back.")
    ] = False,
    add: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="State an interest: a category, or any words."),
    ] = None,
    strike: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="State that this is no interest.")
    ] = None,
    withdraw: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Take back what was stated of this.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show a user's profile, the evidence it cites, and the segments the user belongs to.

    What is stated with --edit, --add, --strike or --withdraw is kept beside what was observed,
    outlives rebuilds, and moves the user's recommendations.
    """
    from agent.segment_agent import SegmentAgent

    agent = SegmentAgent.open(run)
    names = {segment.id: segment.name for segment in agent.segments()}
    card = agent.profile(user)
    edits = {"add": add or [], "strike": strike or [], "withdraw": withdraw or []}
    if edit and not any(edits.values()):
        if not sys.stdin.isatty():
            raise typer.BadParameter(
                "asks on a terminal; elsewhere use --add, --strike or --withdraw",
                param_hint="--edit",
            )
        print(card.text(names), file=sys.stderr)
        edits = _asked_edits(card)
    if any(edits.values()):
        before = agent.recommend(card.user_id).items
        card = agent.edit_profile(card.user_id, **edits)
        after = agent.recommend(card.user_id).items
        print(_moved(before, after), file=sys.stderr)
    if as_json:
        print_json(card.model_dump(mode="json"))
        return
    print(card.text(names))


def draw_map(
    run: RunOption,
    to: Annotated[Path, typer.Option(help="File to write: .html for a page, .png for a slide.")],
    scope: Annotated[
        Literal["analyst", "aggregate"],
        typer.Option(help="analyst shows user ids; aggregate shows no person."),
    ] = "analyst",
    min_group: Annotated[
        int, typer.Option(min=2, help="With aggregate: the smallest group to show.")
    ] = LabelSettings().min_group,
    as_json: JsonOption = False,
) -> None:
    """Draw the map of people again: an offline page, or a picture for a slide."""
    from agent.map.drawing import redraw_map
    from agent.runs import Run

    scene = redraw_map(Run.open(run), to, scope=scope, min_group=min_group)
    about = {"to": str(to), "scope": scope, "people": scene.people, "shown": len(scene.places)}
    if as_json:
        print_json(about)
        return
    print(f"{len(scene.places):,} of {scene.people:,} people drawn in {to}")


def export(
    segment: Annotated[str, typer.Argument(help="A segment's id or name.")],
    run: RunOption,
    to: Annotated[Path, typer.Option(help="CSV file to write.")],
    as_json: JsonOption = False,
) -> None:
    """Write a segment's members as CSV: user_id, weight, headline."""
    from agent.segment_agent import SegmentAgent

    agent = SegmentAgent.open(run)
    card = agent.segment(segment)
    users = agent.export(card.id, to)
    if as_json:
        print_json({"segment": card.id, "name": card.name, "users": users, "to": str(to)})
        return
    print(f"{users:,} users of {card.id} ({card.name}) written to {to}")


def _by_parent(cards: list[SegmentCard]) -> list[str]:
    """Leaves under their parents, then those that stand alone."""
    lines = []
    for parent in (card for card in cards if card.level == 0):
        lines.append(f"=== {parent}")
        lines += [str(card) for card in cards if card.parent == parent.id]
    alone = [str(card) for card in cards if card.level == 1 and card.parent is None]
    return lines + alone


_EDITS = (
    ("add", "Interest to add", "a category, or any words"),
    ("strike", "Interest to strike out", "a category, or any words"),
    ("withdraw", "Statement to take back", "as it was stated"),
)


def _asked_edits(card: ProfileCard) -> dict[str, list[str]]:
    """What a person at the terminal wants changed; an empty line goes on to the next question."""
    edits: dict[str, list[str]] = {}
    for kind, question, hint in _EDITS:
        edits[kind] = []
        if kind == "withdraw" and not card.statements:
            continue
        while said := typer.prompt(
            f"{question} ({hint}; empty: none)", default="", show_default=False, err=True
        ).strip():
            edits[kind].append(said)
    return edits


def _moved(before: Sequence[Recommendation], after: Sequence[Recommendation]) -> str:
    """What entered and what left the recommendations, in one line."""
    from agent.profiles.names import shown

    was, now = ({one.item_id: shown(one.title) for one in items} for items in (before, after))
    entered = [title for item, title in now.items() if item not in was]
    left = [title for item, title in was.items() if item not in now]
    if not entered and not left:
        return "Kept. The top ten recommendations stay as they are."
    told = [f"in: {', '.join(entered)}"] if entered else []
    told += [f"out: {', '.join(left)}"] if left else []
    return f"Kept. Top ten recommendations, {'; '.join(told)}."
