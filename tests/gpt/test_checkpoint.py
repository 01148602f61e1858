"""Weights that are not what they should be are refused in one line that says what to do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models

from agent.errors import ModelError
from agent.gpt.card import CARD
from agent.gpt.checkpoint import SHARD, write_sums
from agent.gpt.engine import Engine


def damage(folder: Path) -> None:
    path = weights(folder)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def truncate(folder: Path) -> None:
    path = weights(folder)
    path.write_bytes(path.read_bytes()[:-100])


def truncate_and_sign(folder: Path) -> None:
    truncate(folder)
    write_sums(folder)


def remove(folder: Path) -> None:
    weights(folder).unlink()


def newer(folder: Path) -> None:
    (folder / CARD).write_text(json.dumps({"format": 99, "tasks": ["profile"]}))
    write_sums(folder)


def another_tokenizer(folder: Path) -> None:
    Tokenizer(models.BPE()).save(str(folder / "tokenizer.json"))
    write_sums(folder)


def garbled_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{")
    write_sums(folder)


def another_shape(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    config["hidden_size"] *= 2
    (folder / "config.json").write_text(json.dumps(config))
    write_sums(folder)


def no_card(folder: Path) -> None:
    (folder / CARD).unlink()


def weights(folder: Path) -> Path:
    return next(folder.glob("*.safetensors"))


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (damage, "is damaged or of another version"),
        (truncate, "is damaged or of another version"),
        (truncate_and_sign, "cannot be loaded"),
        (remove, "is missing"),
        (newer, "format 99"),
        (another_tokenizer, "no tokenizer of ours"),
        (garbled_tokenizer, "cannot be loaded"),
        (another_shape, "cannot be loaded"),
        (no_card, "holds no checkpoint of ours"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    checkpoint: Path, tmp_path: Path, harm: Callable[[Path], None], said: str
) -> None:
    folder = tmp_path / "harmed"
    shutil.copytree(checkpoint, folder)
    harm(folder)
    with pytest.raises(ModelError, match=said) as raised:
        Engine.load(folder)
    assert "\n" not in str(raised.value)
    assert str(folder) in str(raised.value)


def test_no_file_is_larger_than_a_shard(checkpoint: Path) -> None:
    assert all(path.stat().st_size <= SHARD + 1_000_000 for path in checkpoint.iterdir())
