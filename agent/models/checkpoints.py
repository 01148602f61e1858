"""checkpoints: a folder or a name on a hub, what it is called, what decides its words"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from agent.artefacts import file_hash
from agent.errors import ModelError

DECIDES = {
    ".bin", ".gguf", ".jinja", ".json", ".model", ".pt", ".pth", ".py", ".safetensors",
    ".tiktoken", ".txt",
}  # fmt: skip
"""Kinds of files that can change what a model writes: config, tokenizer, template and weights."""


def model_folder(model: str) -> Path | None:
    """The folder of a checkpoint, absolute; None for a name on a hub.

    Raises ModelError for a folder that holds no checkpoint, and for a path where none is.
    """
    if not model:
        raise ModelError("name a checkpoint's folder, or a model on a hub")
    folder = Path(model).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise ModelError(f"{model} is no checkpoint: it has no config.json")
        return folder.absolute()
    if folder.exists() or folder.is_absolute() or model.startswith(("./", "../", "~")):
        raise ModelError(f"there is no checkpoint at {model}; name its folder")
    return None


def served_name(model: str) -> str:
    """What a model is called in requests and records: a folder's last part, or the hub's name."""
    folder = model_folder(model)
    return folder.resolve().name if folder else model


def context_length(folder: Path) -> int | None:
    """Tokens of prompt and answer together that a checkpoint was made for, where it says."""
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        said = config.get("max_position_embeddings") or config["text_config"].get(
            "max_position_embeddings"
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return said if isinstance(said, int) and said > 0 else None


def model_identity(model: str) -> str:
    """What decides a model's words: 32 hex digits of a folder's files, or the name on a hub.

    The folder's place and name do not count, nor does a file that cannot change an answer, such
    as a README. Raises ModelError as `model_folder` does, and for a file that cannot be read.
    """
    folder = model_folder(model)
    if folder is None:
        return model
    total = hashlib.sha256()
    try:
        for path in sorted(folder.iterdir()):
            if path.suffix in DECIDES and path.is_file():
                total.update(f"{path.name}\0{file_hash(path)}\n".encode())
    except OSError as error:
        raise ModelError(f"{model} cannot be read: {error.strerror}") from error
    return total.hexdigest()[:32]
