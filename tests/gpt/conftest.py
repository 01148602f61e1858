from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.gpt.chat_model import BundledChat
from agent.gpt.engine import Engine
from tests.gpt.checkpoints import make_checkpoint


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_checkpoint(tmp_path_factory.mktemp("gpt") / "tiny")


@pytest.fixture(scope="session")
def engine(checkpoint: Path) -> Iterator[Engine]:
    loaded = Engine.load(checkpoint, slots=4)
    yield loaded
    loaded.close()


@pytest.fixture(scope="session")
def chat(checkpoint: Path) -> Iterator[BundledChat]:
    model = BundledChat(folder=checkpoint, max_tokens=24)
    yield model
    model.close()
