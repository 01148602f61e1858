"""Prompts as files: find them, fill them in, and hash them.

They stand in the package `prompts`, which a checkout and an installed wheel both have.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template


@cache
def prompt_source(name: str) -> str:
    """The text of `prompts/<name>.jinja`. Raises FileNotFoundError when there is none."""
    return (files("prompts") / f"{name}.jinja").read_text("utf-8")


def prompt_hash(name: str) -> str:
    """16 hex digits of SHA-256 over the prompt's text; every output made with it carries them."""
    return hashlib.sha256(prompt_source(name).encode()).hexdigest()[:16]


def render(name: str, **values: object) -> str:
    """The prompt with its values filled in. Raises jinja2.UndefinedError when one is missing."""
    return _template(name).render(values)


@cache
def _template(name: str) -> Template:
    # Plain text for a model or an encoder, never HTML, so nothing is escaped.
    environment = Environment(
        undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False
    )
    return environment.from_string(prompt_source(name))
