"""How fast profiles come from a served model, against the server's own ceiling.

    python -m agent.evaluation.concurrency FOLDER-OR-NAME

serves the model with vLLM and has it write profiles of demo shoppers at 1, 8, 32 and 64 requests at
once, in two ways:

    ours   as a build does: prompt and grammar made, asked, kept on disk, read
    bare   the same requests as finished bytes, one connection a worker, answers thrown away

Every round has its own seeds, the same for both ways, which take turns at going first. The first
round, in which the server meets the prompts, is not counted. `ratio` is ours / bare in tokens
written a second: the median over the rounds, the lowest and the highest.
"""

from __future__ import annotations

import http.client
import json
import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlsplit

import typer

from agent.behaviour.demo import write_demo
from agent.behaviour.measures import load_measures
from agent.errors import ModelError, RefusedError
from agent.inputs import Inputs
from agent.models.answers import Answers
from agent.models.asking import LanguageModel
from agent.models.connection import Served
from agent.models.grounding import free_words
from agent.models.serving import VllmServer
from agent.models.window import in_order
from agent.pipeline import build_run
from agent.profiles.grammar import profile_constraint
from agent.profiles.model_writer import MAX_TOKENS, ModelWriter, profile_messages
from agent.recordfile import read_records
from agent.records import Evidence, Record, Vocabulary
from agent.runs import Run
from agent.settings import BuildSettings, ModelSettings

AT_ONCE = (1, 8, 32, 64)
USERS = 64
FEWEST = 8
"""Requests of a measurement; otherwise `FOR_EACH` for each worker."""
FOR_EACH = 4
"""With two, a round of 16 requests was over when its one longest answer was: .69 to 1.48 of the
bare client's rate, and neither was true."""
TIMEOUT_S = 600.0
ROLES = {"system": "system", "human": "user"}


class Shop(NamedTuple):
    """What is to be written about."""

    evidences: tuple[Evidence, ...]
    vocabulary: Vocabulary
    names: tuple[str, ...]


class Speed(NamedTuple):
    """One measurement."""

    requests: int
    tokens: int
    """Written by the model."""
    seconds: float

    @property
    def rate(self) -> float:
        """Tokens a second."""
        return self.tokens / self.seconds


class Ratio(Record):
    """Ours against bare at one number of requests at once."""

    at_once: int
    ours: float
    """Tokens a second, the median over the rounds."""
    bare: float
    ratio: float
    lowest: float
    highest: float
    rounds: int


def compared(at_once: int, rounds: Sequence[tuple[Speed, Speed]]) -> Ratio:
    """(ours, bare) of each round, put together; the ratio is taken within rounds."""
    ratios = [ours.rate / bare.rate for ours, bare in rounds]
    return Ratio(
        at_once=at_once,
        ours=statistics.median(ours.rate for ours, _ in rounds),
        bare=statistics.median(bare.rate for _, bare in rounds),
        ratio=statistics.median(ratios),
        lowest=min(ratios),
        highest=max(ratios),
        rounds=len(rounds),
    )


def demo_evidence(folder: Path, users: int = USERS) -> Shop:
    """The facts about demo shoppers, as a build counts them."""
    shop, run = folder / "shop", folder / "run"
    write_demo(shop, users=users, seed=0)
    inputs = Inputs(events=(shop / "events.csv",), items=shop / "items.csv")
    build_run(inputs, run, BuildSettings())
    opened = Run.open(run)
    evidences = tuple(read_records(opened.folder("evidence") / "facts.jsonl", Evidence))
    measures = load_measures(opened.folder("evidence"))
    catalogue = measures.catalogue
    names = (*catalogue["title"], *catalogue["categories"].explode().drop_nulls().unique().sort())
    return Shop(evidences, measures.vocabulary, names)


def ours(server: VllmServer, shop: Shop, seeds: Iterable[int], at_once: int, kept: Path) -> Speed:
    """Write with the build's own parts; `kept` is a file for answers that does not exist yet."""
    settings = ModelSettings(concurrency=at_once, timeout_s=TIMEOUT_S)
    served = Served.at(
        server.url, server.key, server.name, timeout_s=TIMEOUT_S, retries=settings.retries,
        temperature=settings.temperature, direct=True,
    )  # fmt: skip
    with LanguageModel(
        lambda: (served, None),
        name=server.name,
        identity=server.name,
        settings=settings,
        answers=Answers(kept),
    ) as model:
        model.chat()  # connected and probed before the clock starts, once a build
        writer = ModelWriter(model, shop.names)

        def write(asked: tuple[Evidence, int]) -> None:
            with suppress(RefusedError):  # counted all the same: the server did the work
                writer.write(asked[0], shop.vocabulary, seed=asked[1])

        asked = list(zip(cycle(shop.evidences), seeds, strict=False))
        begun = time.monotonic()
        for _ in in_order(write, asked, workers=at_once):
            pass
        return Speed(len(asked), model.usage.tokens_out, time.monotonic() - begun)


def bare(server: VllmServer, bodies: Sequence[bytes], at_once: int) -> Speed:
    """Post finished bodies, each worker over one connection that stays open.

    Raises ModelError for anything but an answer.
    """
    place = urlsplit(server.url)
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}
    left = iter(list(bodies))
    tokens: list[int] = []

    def work(worker: int) -> None:
        del worker
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=TIMEOUT_S)
        with closing(connection):
            # One step of the interpreter takes a body off the list: no two workers get the same.
            for body in left:
                connection.request("POST", f"{place.path}/chat/completions", body, headers)
                answer = connection.getresponse()
                said = answer.read()
                if answer.status != http.HTTPStatus.OK:
                    raise ModelError(f"the server answered {answer.status}: {said[:200]!r}")
                tokens.append(json.loads(said)["usage"]["completion_tokens"])

    begun = time.monotonic()
    for _ in in_order(work, range(at_once), workers=at_once):
        pass
    return Speed(len(tokens), sum(tokens), time.monotonic() - begun)


def bodies(server: VllmServer, shop: Shop, seeds: Iterable[int]) -> list[bytes]:
    """What `ours` sends for the same seeds, as bytes."""
    words = free_words(shop.names)
    made = []
    for evidence, seed in zip(cycle(shop.evidences), seeds, strict=False):
        constraint = profile_constraint(evidence.facts, shop.vocabulary, words)
        body: dict[str, Any] = {
            "model": server.name,
            "messages": [
                {"role": ROLES[message.type], "content": message.content}
                for message in profile_messages(evidence.facts)
            ],
            "seed": seed,
            "temperature": ModelSettings().temperature,
            "max_tokens": MAX_TOKENS,
            "structured_outputs": {"grammar": constraint.grammar},
        }
        made.append(json.dumps(body).encode())
    return made


def measure(server: VllmServer, shop: Shop, at_once: int, rounds: int, folder: Path) -> Ratio:
    """One warm-up and `rounds` rounds at one number of requests at once."""
    requests = max(FEWEST, FOR_EACH * at_once)
    found = []
    for number in range(rounds + 1):
        seeds = range(number * requests, (number + 1) * requests)
        ready = bodies(server, shop, seeds)
        kept = folder / f"answers-{at_once}-{number}.sqlite"
        ways = (partial(ours, server, shop, seeds, at_once, kept),
                partial(bare, server, ready, at_once))  # fmt: skip
        first = number % 2
        speeds = {first: ways[first](), 1 - first: ways[1 - first]()}
        if number > 0:
            found.append((speeds[0], speeds[1]))
    return compared(at_once, found)


def main(
    model: Annotated[str, typer.Argument(help="A checkpoint's folder, or a name on a hub.")],
    at_once: Annotated[
        list[int] | None, typer.Option(min=1, help="Requests at once; may be repeated.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds that count.")] = 3,
) -> None:
    """Print our rate and the bare client's, in tokens a second."""
    with tempfile.TemporaryDirectory(prefix="folkmap-rate-") as made:
        folder = Path(made)
        shop = demo_evidence(folder)
        with VllmServer(model, log=folder / "vllm.log", tell=print) as server:
            print(f"{'at once':>8} {'ours':>8} {'bare':>8} {'ratio':>7}  lowest to highest")
            for number in at_once or AT_ONCE:
                one = measure(server, shop, number, rounds, folder)
                print(
                    f"{number:>8} {one.ours:>8.1f} {one.bare:>8.1f} {one.ratio:>7.3f}  "
                    f"{one.lowest:.3f} to {one.highest:.3f} over {one.rounds} rounds",
                    flush=True,
                )


if __name__ == "__main__":
    typer.run(main)
