"""From `--model` to something that can be asked: the one place that knows what its values mean.

extractive            no model: profiles and labels are written from the facts by rules
bundled               our own small GPT, in this process: no network, no GPU, no key
vllm:bundled          the same, served by a vLLM of our own
vllm:FOLDER-OR-NAME   a checkpoint, served by a vLLM of our own, started when first needed
http://…, https://…   an OpenAI-compatible server that runs already
scripted:FILE         written replies, for tests and demonstrations
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urlsplit

from agent.errors import ModelError, SettingsError
from agent.models.answers import Answers
from agent.models.asking import LanguageModel, Server
from agent.models.failures import last_line, read_failure
from agent.settings import ModelSettings

if TYPE_CHECKING:
    from agent.models.connection import Connection, Served

ANSWERS = Path("cache", "answers.sqlite")
"""In the run folder."""
LOG = Path("logs", "vllm.log")
BUNDLED = "bundled"
KEYS = ("FOLKMAP_API_KEY", "OPENAI_API_KEY")
"""Environment variables a server's key is looked for in, in this order."""
NO_KEY = "none"
"""Sent where no key is set: most servers of one's own want none, and the client must send one."""

Opened = tuple["Connection", Server | None]


@dataclass(frozen=True)
class Spec:
    """A value of `--model`, taken apart."""

    kind: Literal["extractive", "bundled", "vllm", "scripted", "url"]
    target: str


def read_spec(settings: ModelSettings) -> Spec:
    """What `--model` and `--model-name` ask for. Raises SettingsError for what makes no sense."""
    said = settings.spec.strip()
    kind, colon, target = said.partition(":")
    spec: Spec
    if said == "extractive":
        spec = Spec("extractive", "")
    elif said == BUNDLED:
        spec = Spec("bundled", "")
    elif kind == "vllm" and colon and target:
        spec = Spec("vllm", target)
    elif kind == "scripted" and colon and target:
        spec = Spec("scripted", target)
    elif kind in ("http", "https"):
        spec = Spec("url", _address(said))
    else:
        raise SettingsError(
            f"--model {said!r} is not known; write extractive, bundled, vllm:bundled, "
            "vllm:FOLDER-OR-NAME, the URL of an OpenAI-compatible server, or scripted:FILE"
        )
    if settings.name is not None and spec.kind != "url":
        raise SettingsError(
            f"--model-name goes with the URL of a server; --model {said} names its model itself"
        )
    return spec


def open_model(
    settings: ModelSettings, *, run: Path, note: Callable[[str], None] | None = None
) -> LanguageModel | None:
    """The model that is to write, or None for the extractive writer.

    Nothing is started and hardly anything imported. A server is asked only for the name of its
    model, and only when `settings.name` does not give it. `note` is told in a line what matters
    while the model is used. Raises SettingsError for a bad value, ModelError for what is not there.
    """
    spec = read_spec(settings)
    match spec.kind:
        case "extractive":
            return None
        case "bundled":
            way = _bundled(settings)
        case "vllm":
            way = _vllm(spec.target, settings, run / LOG, note)
        case "scripted":
            way = _scripted(spec.target, settings)
        case "url":
            way = _url(spec.target, settings)
    priced = settings.price_in > 0 or settings.price_out > 0
    return LanguageModel(
        way.connect,
        name=way.name,
        identity=way.identity,
        settings=settings,
        answers=Answers(run / ANSWERS),
        place=way.place,
        tasks=way.tasks,
        paid=priced or (spec.kind == "url" and not is_loopback(spec.target)),
        note=note,
    )


def is_loopback(url: str) -> bool:
    """Whether a URL names this machine's own addresses."""
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


class _Way(NamedTuple):
    """How one kind of model is reached, and what it is called."""

    name: str
    identity: str
    place: str
    connect: Callable[[], Opened]
    tasks: frozenset[str] | None = None


def _bundled(settings: ModelSettings) -> _Way:
    from agent.gpt.card import read_card
    from agent.gpt.place import WEIGHTS
    from agent.models.checkpoints import model_identity

    card = read_card(WEIGHTS)

    def connect() -> Opened:
        from agent.gpt.chat_model import BundledChat
        from agent.models.connection import Bundled

        return Bundled(BundledChat(folder=WEIGHTS), temperature=settings.temperature), None

    identity = f"bundled {model_identity(str(WEIGHTS))}"
    return _Way(BUNDLED, identity, "the bundled model", connect, card.tasks)


def _vllm(
    target: str, settings: ModelSettings, log: Path, note: Callable[[str], None] | None
) -> _Way:
    from agent.models.checkpoints import model_identity
    from agent.models.serving import VllmServer

    tasks = None
    if target == BUNDLED:
        from agent.gpt.card import read_card
        from agent.gpt.place import WEIGHTS

        tasks = read_card(WEIGHTS).tasks
        target = str(WEIGHTS)
    server = VllmServer(target, log=log) if note is None else VllmServer(target, log=log, tell=note)
    if tasks is not None:
        server.name = BUNDLED  # its folder is called `weights`, which says nothing
    name = f"vllm:{server.name}"

    def connect() -> Opened:
        server.start()
        return _served(server.url, server.key, server.name, settings), server

    place = f"the vLLM server for {server.name}"
    return _Way(name, f"{name} {model_identity(target)}", place, connect, tasks)


def _scripted(target: str, settings: ModelSettings) -> _Way:
    from agent.models.scripted import ScriptedModel

    script = ScriptedModel.read(Path(target))
    name = f"scripted:{script.name}"

    def connect() -> Opened:
        from agent.models.connection import Scripted

        return Scripted(script, temperature=settings.temperature), None

    return _Way(name, f"{name} {script.digest}", f"the script {target}", connect)


def _url(target: str, settings: ModelSettings) -> _Way:
    key = next((os.environ[name] for name in KEYS if os.environ.get(name)), NO_KEY)
    place = f"the server at {target}"
    name = settings.name or _only_model(target, key, place, settings)
    return _Way(name, name, place, lambda: (_served(target, key, name, settings), None))


def _served(url: str, key: str, model: str, settings: ModelSettings) -> Served:
    from agent.models.connection import Served

    return Served.at(
        url,
        key,
        model,
        timeout_s=settings.timeout_s,
        retries=settings.retries,
        temperature=settings.temperature,
        direct=is_loopback(url),
    )


def _only_model(url: str, key: str, place: str, settings: ModelSettings) -> str:
    """The one model a server offers. Raises ModelError when there are more, or none."""
    server = _served(url, key, "", settings)
    try:
        offered = server.offered()
    except Exception as error:
        tries = settings.retries + 1
        raise ModelError(
            last_line(read_failure(error), name="", place=place, offered=[], tries=tries)
        ) from error
    finally:
        server.close()
    if len(offered) != 1:
        there = f"offers {', '.join(offered)}" if offered else "does not say what it offers"
        raise ModelError(f"{place} {there}: name a model with --model-name")
    return offered[0]


def _address(said: str) -> str:
    """A server's URL as the client wants it: `http://host:8000` stands for its `/v1`."""
    try:
        url = urlsplit(said)
        port = url.port
    except ValueError as error:
        raise SettingsError(f"--model {said}: no proper URL ({error})") from error
    if not url.hostname:
        raise SettingsError(f"--model {said}: the URL names no server, as in http://localhost:8000")
    if url.username or url.password or url.query or url.fragment:
        raise SettingsError(
            f"--model {url.scheme}://{url.hostname}{f':{port}' if port else ''}: a URL alone, "
            f"please; a key goes into the environment as {KEYS[0]}, where nobody can read it"
        )
    path = url.path.rstrip("/").removesuffix("/chat/completions")
    return f"{url.scheme}://{url.netloc}{path or '/v1'}"
