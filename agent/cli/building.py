"""`folkmap demo` and `folkmap build`: from a log to a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.shared import JsonOption, print_json
from agent.errors import ModelError, SettingsError
from agent.settings import (
    BuildSettings,
    Clusterer,
    ClusterSettings,
    EvidenceSettings,
    Features,
    LabelSettings,
    ModelSettings,
    ReadSettings,
    VectorSettings,
)

_USUAL = BuildSettings()


def demo(
    out: Annotated[Path, typer.Option(help="Folder for the five files.")],
    users: Annotated[int, typer.Option(min=30, help="People to simulate.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same bytes.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Write a simulated shop: events, items, attributes, ties, and the truth about its people."""
    from agent.behaviour.demo import CURRENCY, write_demo

    summary = write_demo(out, users=users, seed=seed)
    if as_json:
        print_json(summary.model_dump(mode="json"))
        return
    print(
        f"{summary.users:,} people, {summary.items:,} items, {summary.events:,} events from "
        f"{summary.first_day} to {summary.last_day}, {summary.ties:,} ties, in {out}"
    )
    print(
        f"\nNext: folkmap build {out}/events.csv --items {out}/items.csv "
        f"--attributes {out}/attributes.csv --ties {out}/ties.csv --currency {CURRENCY} "
        "--run runs/demo"
    )


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
    features: Annotated[
        Features,
        typer.Option(
            help="What users are compared by. ours: tastes, rhythm, value and more, each with its "
            "weight. tfidf: TF-IDF of their items, reduced by SVD. word2vec: the mean of their "
            "items' vectors. sentence: the embedding of their profile."
        ),
    ] = _USUAL.vectors.features,
    clusterer: Annotated[
        Clusterer,
        typer.Option(
            help="What finds the segments. hdbscan (on a UMAP embedding) and dbscan leave out whom "
            "they call noise; kmeans, agglomerative (Ward) and gmm put everybody somewhere."
        ),
    ] = _USUAL.clusters.clusterer,
    segment_count: Annotated[
        int | None,
        typer.Option(
            "--segments",
            min=2,
            help="How many, for kmeans, agglomerative and gmm; left out, the silhouette decides, "
            "or for gmm the BIC.",
        ),
    ] = None,
    model: Annotated[
        str,
        typer.Option(
            help="Who writes profiles and labels. extractive: rules, no model, the same words each "
            "time. bundled: our own small GPT, in this process (make train makes its weights). "
            "vllm:bundled: the same, served. vllm:FOLDER-OR-NAME: a checkpoint that Folkmap serves "
            "with a vLLM of its own (make vllm installs it). A URL such as "
            "http://localhost:8000/v1: an OpenAI-compatible server; its key is read from "
            "FOLKMAP_API_KEY, else OPENAI_API_KEY. scripted:FILE: replies written beforehand. "
            "Whoever writes, sentences are checked against their facts."
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
    relearn: Annotated[
        bool,
        typer.Option(
            "--relearn",
            help="Find segments anew in a rebuild. Left out, those of the version before are kept "
            "while the log has grown by a fifth at most and holds the same people.",
        ),
    ] = False,
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
    from agent.inputs import Inputs
    from agent.models.opening import read_spec
    from agent.pipeline import build_run, resume_run
    from agent.progress import Terminal
    from agent.segments.vectors import parse_by

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
    if segment_count is not None and clusterer in ("hdbscan", "dbscan"):
        raise typer.BadParameter(
            f"{clusterer} finds out itself how many there are", param_hint="--segments"
        )
    if by and features != "ours":
        raise typer.BadParameter(
            "mixes blocks of ours: leave one of --by and --features out", param_hint="--by"
        )
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
                vectors=VectorSettings(weights=parse_by(by) if by else {}, features=features),
                clusters=ClusterSettings(clusterer=clusterer, segments=segment_count),
                model=asked,
                labels=LabelSettings(min_group=min_group),
                relearn=relearn,
            )
            inputs = Inputs(
                events=tuple(events or ()), items=items, attributes=attributes, ties=ties
            )
            report = build_run(inputs, run, settings, reporter=terminal)
    if as_json:
        print_json(report.model_dump(mode="json"))
        return
    print(report)
    print(f"\nNext: folkmap segments --run {run}")


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
