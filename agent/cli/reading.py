"""`folkmap segments`, `profile`, `map` and `export`: what a run holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from agent.cards import SegmentCard
from agent.cli.shared import JsonOption, RunOption, print_json
from agent.map.drawing import redraw_map
from agent.runs import Run
from agent.segment_agent import SegmentAgent
from agent.settings import LabelSettings


def segments(run: RunOption, as_json: JsonOption = False) -> None:
    """List the labelled segments: who they are, why they are one, and how well the rule holds."""
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
    as_json: JsonOption = False,
) -> None:
    """Show a user's profile, the evidence it cites, and the segments the user belongs to."""
    agent = SegmentAgent.open(run)
    card = agent.profile(user)
    if as_json:
        print_json(card.model_dump(mode="json"))
        return
    print(card.text({segment.id: segment.name for segment in agent.segments()}))


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
