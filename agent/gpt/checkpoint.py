"""A checkpoint's files: an ordinary Hugging Face folder, its weights checked before they are used.

config.json  tokenizer.json  tokenizer_config.json  model-0000N-of-0000M.safetensors  SHA256SUMS
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from agent.errors import ModelError
from agent.gpt.model import GPT, Shape

SHARD = 14_000_000
"""Bytes of one weight file, at most."""
SUMS = "SHA256SUMS"
BYTES = 2
"""Of a weight as it is kept: bfloat16, computed with as float32."""


def save_weights(network: GPT, folder: Path, *, end: int, pad: int) -> None:
    """Write config and weights; the tokenizer's files are there already. Then the checksums."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("model*.safetensors*"):
        old.unlink()
    config = network.shape.config(end=end, pad=pad)
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", "utf-8")
    groups: list[dict[str, torch.Tensor]] = [{}]
    size = 0
    for name, tensor in network.state_dict().items():
        more = tensor.numel() * BYTES
        if size and size + more > SHARD:
            groups.append({})
            size = 0
        groups[-1][name] = tensor.detach().to(torch.bfloat16).contiguous()
        size += more
    where: dict[str, str] = {}
    for number, group in enumerate(groups, 1):
        name = f"model-{number:05}-of-{len(groups):05}.safetensors"
        save_file(group, folder / name, metadata={"format": "pt"})
        where |= dict.fromkeys(group, name)
    total = sum(tensor.numel() * BYTES for tensor in network.state_dict().values())
    index = {"metadata": {"total_size": total}, "weight_map": where}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=1) + "\n")
    write_sums(folder)


def write_sums(folder: Path) -> None:
    """The checksums of all that decides what the network says."""
    names = sorted(
        path.name for path in folder.iterdir() if path.suffix in (".json", ".safetensors")
    )
    lines = [f"{_digest(folder / name)}  {name}\n" for name in names]
    (folder / SUMS).write_text("".join(lines), "utf-8")


def check_sums(folder: Path) -> None:
    """Raises ModelError for a file that is missing, damaged or another than was released."""
    try:
        listed = (folder / SUMS).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise ModelError(f"{folder} has no {SUMS}: it is no checkpoint of ours") from None
    for line in listed:
        digest, _, name = line.partition("  ")
        path = folder / name
        if not path.is_file():
            raise ModelError(f"{path} is missing; install Folkmap again, or make train")
        if _digest(path) != digest:
            raise ModelError(
                f"{path} is damaged or of another version (its SHA-256 is not the one in {SUMS}); "
                "install Folkmap again, or make train"
            )


def load_network(folder: Path) -> GPT:
    """The network of a checkpoint, in float32. Raises ModelError when it cannot be used."""
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        network = GPT(Shape.read(config))
        held: dict[str, torch.Tensor] = {}
        for path in sorted(folder.glob("*.safetensors")):
            held |= load_file(path)
        network.load_state_dict({name: tensor.float() for name, tensor in held.items()})
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise ModelError(f"{folder} cannot be loaded: {_line(error)}") from error
    except Exception as error:  # safetensors has an exception of its own, made in Rust
        raise ModelError(f"{folder} cannot be loaded: {_line(error)}") from error
    return network.eval()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
