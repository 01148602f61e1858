"""What several commands share: their common options, and how they print JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

RunOption = Annotated[Path, typer.Option("--run", help="The run folder that `build` wrote.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]


def print_json(content: Any) -> None:
    """One JSON document on stdout."""
    print(json.dumps(content, ensure_ascii=False, indent=1))
