"""The `folkmap` command. Every command prints its result on stdout and all else on stderr.

A command imports what it works with inside its function: `--help` and readers start at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from agent.cli import asking, building, evaluating, experimenting, reading, serving
from agent.errors import FolkmapError

app = typer.Typer(
    name="folkmap",
    help="Turn behaviour logs into cited profiles and explained segments.",
    epilog="Start with: folkmap demo --out shop, then folkmap build shop/events.csv "
    "--items shop/items.csv --attributes shop/attributes.csv --ties shop/ties.csv --run runs/shop",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.command()(building.demo)
app.command()(building.build)
app.command()(reading.segments)
app.command()(reading.profile)
app.command()(asking.ask)
app.command()(asking.recommend)
app.command("map")(reading.draw_map)
app.command()(reading.export)
app.command()(evaluating.evaluate)
app.command()(serving.serve)
app.command()(serving.mcp)
app.add_typer(experimenting.app, name="experiment")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line: a FolkmapError is one line on stderr and exit status 1.

    `arguments` stand for those the process was started with.
    """
    try:
        app(arguments)
    except FolkmapError as error:
        print(f"folkmap: {error}", file=sys.stderr)
        sys.exit(1)
