"""The start of the `folkmap` command; installed as the top-level module `folkmap`.

`agent` is a common name. Were the script to import it straight away, another package of that name
earlier on the path would end in a traceback from somebody else's code; so this looks first, and
imports nothing of Folkmap until it has.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

MARKS = {
    "agent": "segment_agent.py",
    "retrieval": "embeddings.py",
    "prompts": "embed_profile.jinja",
}
"""Package → a file that ours has."""


def in_the_way() -> str | None:
    """One line about a package that hides one of ours; None when Python finds our own."""
    for name, mark in MARKS.items():
        spec = find_spec(name)
        folders = [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
        if not any((folder / mark).is_file() for folder in folders):
            found = folders[0] if folders else (spec.origin if spec else None)
            if found is None:
                return f"the package '{name}' is missing; install Folkmap again"
            return (
                f"another package called '{name}' is in the way ({found}); run Folkmap from a "
                f"virtual environment of its own, or take that folder out of PYTHONPATH"
            )
    return None


def main() -> None:
    """Run the command line; exit 1 with one line when another package hides ours."""
    problem = in_the_way()
    if problem is not None:
        sys.exit(f"folkmap: {problem}")
    from agent.cli import main as command

    command()


if __name__ == "__main__":
    main()
