"""What a checkpoint of ours says of itself, in `folkmap.json` beside its weights."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from agent.errors import ModelError
from agent.gpt.place import WEIGHTS

CARD = "folkmap.json"
FORMAT = 1
"""Raised when prompts or tokens are put together in another way: older weights are of no use."""


class Card(BaseModel):
    """Which tasks a network was trained for, by which version of the prompts."""

    model_config = ConfigDict(frozen=True)
    format: int = FORMAT
    tasks: frozenset[str] = frozenset({"profile"})


def read_card(folder: Path) -> Card:
    """Raises ModelError: no weights there, or of another version."""
    try:
        card = Card.model_validate(json.loads((folder / CARD).read_text("utf-8")))
    except FileNotFoundError:
        raise ModelError(
            "no weights of the bundled model are shipped with this version; make them with: "
            "make train"
            if folder == WEIGHTS
            else f"{folder} holds no checkpoint of ours: it has no {CARD}"
        ) from None
    except (OSError, ValueError, ValidationError) as error:
        said = " ".join(str(error).split())
        raise ModelError(f"{folder / CARD} cannot be read: {said}") from None
    if card.format != FORMAT:
        raise ModelError(
            f"{folder} holds weights of format {card.format}, this version of Folkmap uses format "
            f"{FORMAT}; make them anew with: make train"
        )
    return card


def write_card(folder: Path, tasks: frozenset[str]) -> None:
    said = {"format": FORMAT, "tasks": sorted(tasks)}
    (folder / CARD).write_text(json.dumps(said) + "\n", "utf-8")
