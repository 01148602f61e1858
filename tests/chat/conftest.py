"""A conversation about the run of the small demo shop, in each scope."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.chat.conversation import Conversation
from agent.chat.world import World
from agent.runs import Run
from tests.chat.asking import Cast


@pytest.fixture(scope="session")
def world(built: Path) -> World:
    return World(Run.open(built))


@pytest.fixture(scope="session")
def cast(world: World) -> Cast:
    return Cast(world)


@pytest.fixture
def talk(built: Path) -> Iterator[Conversation]:
    with Conversation(Run.open(built)) as talk:
        yield talk


@pytest.fixture
def hidden(built: Path) -> Iterator[Conversation]:
    """The same for a reader who may not see individuals."""
    with Conversation(Run.open(built), scope="aggregate") as talk:
        yield talk
