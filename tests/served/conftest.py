"""One real vLLM server with a small random model, for all tests that may share it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.models.asking import LanguageModel
from agent.models.opening import open_model
from agent.models.serving import VllmServer
from agent.settings import ModelSettings
from tests.served.checkpoint import make_checkpoint

Opened = Callable[..., LanguageModel]


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_checkpoint(tmp_path_factory.mktemp("models") / "random-model")


@pytest.fixture(scope="session")
def server(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VllmServer]:
    log = tmp_path_factory.mktemp("server") / "vllm.log"
    with VllmServer(str(checkpoint), log=log) as started:
        yield started


@pytest.fixture
def opened(server: VllmServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """Opens the served model by URL, as somebody whose server runs already; closes it again."""
    monkeypatch.setenv("FOLKMAP_API_KEY", server.key)
    models = []

    def open_it(**settings: Any) -> LanguageModel:
        model = open_model(ModelSettings(spec=server.url, **settings), run=tmp_path / "run")
        assert model is not None
        models.append(model)
        return model

    yield open_it
    for model in models:
        model.close()
