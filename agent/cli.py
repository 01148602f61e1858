"""The `folkmap` command. Every command prints its result on stdout and all else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from agent.behaviour.demo import write_demo
from agent.cards import SegmentCard
from agent.chat.conversation import Conversation
from agent.errors import FolkmapError, ModelError, SettingsError
from agent.inputs import Inputs
from agent.map.drawing import redraw_map
from agent.models.opening import open_model, read_spec
from agent.pipeline import build_run, resume_run
from agent.progress import Terminal
from agent.recommend.cards import PlacementCard, Recommendations
from agent.runs import Run
from agent.segment_agent import SegmentAgent
from agent.segments.vectors import parse_by
from agent.settings import (
    BuildSettings,
    EvidenceSettings,
    LabelSettings,
    ModelSettings,
    ReadSettings,
    VectorSettings,
)

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

RunOption = Annotated[Path, typer.Option("--run", help="The run folder that `build` wrote.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder for the five files.")],
    users: Annotated[int, typer.Option(min=30, help="People to simulate.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same bytes.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Write a simulated shop: events, items, attributes, ties, and the truth about its people."""
    summary = write_demo(out, users=users, seed=seed)
    if as_json:
        _print_json(summary.model_dump(mode="json"))
        return
    print(
        f"{summary.users:,} people, {summary.items:,} items, {summary.events:,} events from "
        f"{summary.first_day} to {summary.last_day}, {summary.ties:,} ties, in {out}"
    )
    print(
        f"\nNext: folkmap build {out}/events.csv --items {out}/items.csv "
        f"--attributes {out}/attributes.csv --ties {out}/ties.csv --run runs/demo"
    )


@app.command()
def build(
    run: Annotated[Path, typer.Option("--run", help="Folder for the run; made when missing.")],
    events: Annotated[
        list[Path] | None,
        typer.Argument(help="CSV, TSV, JSONL or Parquet files, also gzipped, or folders of them."),
    ] = None,
    items: Annotated[Path | None, typer.Option(help="Items: id, title, categories.")] = None,
    attributes: Annotated[
        Path | None, typer.Option(help="What users declare: a column an attribute.")
    ] = None,
    ties: Annotated[
        Path | None, typer.Option(help="Who is tied to whom: from, to, weight.")
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="Name a column that is not found."),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            help="What groups people: behaviour, interest, attribute, social, a block (tastes, "
            "text, rhythm, value, attributes, ties), or a mix such as interest=0.7,social=0.3."
        ),
    ] = None,
    model: Annotated[
        str,
        typer.Option(
            help="Who writes profiles and labels. extractive: rules, no model, the same words each "
            "time. vllm:FOLDER-OR-NAME: a checkpoint that Folkmap serves with a vLLM of its own "
            "(make vllm installs it). A URL such as http://localhost:8000/v1: an OpenAI-compatible "
            "server; its key is read from FOLKMAP_API_KEY, else OPENAI_API_KEY. scripted:FILE: "
            "replies written beforehand. Whoever writes, sentences are checked against their facts."
        ),
    ] = ModelSettings().spec,
    model_name: Annotated[
        str | None,
        typer.Option(help="The model on a server given by URL, where it offers more than one."),
    ] = None,
    concurrency: Annotated[
        int, typer.Option(min=1, help="Requests to the model under way at once.")
    ] = ModelSettings().concurrency,
    temperature: Annotated[
        float, typer.Option(min=0, max=2, help="How freely the model words things.")
    ] = ModelSettings().temperature,
    price_in: Annotated[
        float, typer.Option(min=0, help="Price of a million tokens read, to be shown the cost.")
    ] = ModelSettings().price_in,
    price_out: Annotated[
        float, typer.Option(min=0, help="Price of a million tokens written.")
    ] = ModelSettings().price_out,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask before a build that may cost money.")
    ] = False,
    currency: Annotated[str, typer.Option(help="Sign before amounts; a log does not say.")] = (
        EvidenceSettings().currency
    ),
    allow_sensitive: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Use a sensitive attribute, such as gender."),
    ] = None,
    min_group: Annotated[int, typer.Option(min=2, help="Smallest group to speak of.")] = (
        LabelSettings().min_group
    ),
    seed: Annotated[int, typer.Option(min=0, help="Same inputs and seed, same bytes.")] = (
        BuildSettings().seed
    ),
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with a stopped build, with its files and options."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Build a run from a log: profiles, segments, labels and a search index.

    Finished stages are reused: a stopped build goes on where it stopped, and building again with
    nothing changed does nothing.
    """
    asked = ModelSettings(
        spec=model,
        name=model_name,
        concurrency=concurrency,
        temperature=temperature,
        price_in=price_in,
        price_out=price_out,
    )
    read_spec(asked)
    if resume and events:
        raise typer.BadParameter("takes its files from the stopped build", param_hint="--resume")
    if not resume and not events:
        raise typer.BadParameter("name at least one file, or --resume", param_hint="EVENTS")
    with Terminal(yes=yes) as terminal, _way_on(run):
        if resume:
            report = resume_run(run, reporter=terminal)
        else:
            settings = BuildSettings(
                seed=seed,
                read=ReadSettings(
                    columns=_mapping(columns or []), allow_sensitive=tuple(allow_sensitive or ())
                ),
                evidence=EvidenceSettings(currency=currency),
                vectors=VectorSettings(weights=parse_by(by) if by else {}),
                model=asked,
                labels=LabelSettings(min_group=min_group),
            )
            inputs = Inputs(
                events=tuple(events or ()), items=items, attributes=attributes, ties=ties
            )
            report = build_run(inputs, run, settings, reporter=terminal)
    if as_json:
        _print_json(report.model_dump(mode="json"))
        return
    print(report)
    print(f"\nNext: folkmap segments --run {run}")


@app.command()
def segments(run: RunOption, as_json: JsonOption = False) -> None:
    """List the labelled segments: who they are, why they are one, and how well the rule holds."""
    agent = SegmentAgent.open(run)
    cards = agent.segments()
    if as_json:
        _print_json([card.model_dump(mode="json") for card in cards])
        return
    print("\n\n".join(_by_parent(cards)))
    print(f"\n{agent.report['noise']:.0%} of users belong to no segment.")


@app.command()
def profile(
    user: Annotated[str, typer.Argument(help="The user's id, as in the log.")],
    run: RunOption,
    as_json: JsonOption = False,
) -> None:
    """Show a user's profile, the evidence it cites, and the segments the user belongs to."""
    agent = SegmentAgent.open(run)
    card = agent.profile(user)
    if as_json:
        _print_json(card.model_dump(mode="json"))
        return
    print(card.text({segment.id: segment.name for segment in agent.segments()}))


@app.command()
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
            _print_json(answer.model_dump(mode="json"))
        else:
            print(answer.text)
            if answer.remark:
                print(f"({answer.remark})", file=sys.stderr)
            print(f"\nBy {answer.writer}. Go on with: --thread {answer.thread}", file=sys.stderr)
        for waiting in talk.pending() if to is not None else ():
            if sys.stdin.isatty() and typer.confirm(f"Write {waiting.text} to {to}?", err=True):
                written = talk.confirm(waiting.token, str(to))
                print(f"{written:,} users written to {to}", file=sys.stderr)


@app.command()
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
        _print_json(card.model_dump(mode="json"))
        return
    print(card)


@app.command("map")
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
        _print_json(about)
        return
    print(f"{len(scene.places):,} of {scene.people:,} people drawn in {to}")


@app.command()
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
        _print_json({"segment": card.id, "name": card.name, "users": users, "to": str(to)})
        return
    print(f"{users:,} users of {card.id} ({card.name}) written to {to}")


def main() -> None:
    """Run the command line: a FolkmapError is one line on stderr and exit status 1."""
    try:
        app()
    except FolkmapError as error:
        print(f"folkmap: {error}", file=sys.stderr)
        sys.exit(1)


@contextmanager
def _way_on(run: Path) -> Iterator[None]:
    """What a model's failure leaves standing, added to its line."""
    try:
        yield
    except ModelError as error:
        if (run / "store").is_dir():
            raise ModelError(
                f"{error}. What was done is kept; go on with: folkmap build --resume --run {run}"
            ) from error
        raise


def _mapping(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not equals or not field.strip() or not column.strip():
            raise SettingsError(f"--map {pair!r}: write FIELD=COLUMN, such as user=CustomerID")
        found[field.strip()] = column.strip()
    return found


def _by_parent(cards: list[SegmentCard]) -> list[str]:
    """Leaves under their parents, then those that stand alone."""
    lines = []
    for parent in (card for card in cards if card.level == 0):
        lines.append(f"=== {parent}")
        lines += [str(card) for card in cards if card.parent == parent.id]
    alone = [str(card) for card in cards if card.level == 1 and card.parent is None]
    return lines + alone


def _print_json(content: Any) -> None:
    print(json.dumps(content, ensure_ascii=False, indent=1))
