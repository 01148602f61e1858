"""HTML from templates: everything a run says is escaped here, and nowhere else is HTML made."""

from __future__ import annotations

import json
from functools import cached_property
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from agent.behaviour.wording import number, percent
from agent.ui.strings import Words, strings

STYLES = ("base", "frame", "chat", "map", "segments", "people", "audiences")
SCRIPTS = ("base", "chat", "map", "segments", "people", "audiences", "start")
"""In the order they are put together; each but the last only defines."""


class Page:
    """The templates of `agent/ui/page` in one language."""

    def __init__(self, words: Words | None = None) -> None:
        self.words = words or strings()

    def draw(self, template: str, **values: Any) -> str:
        """A template filled in; whatever a value holds is shown as text."""
        return self._environment.get_template(f"{template}.html").render(t=self.words, **values)

    @cached_property
    def _environment(self) -> Environment:
        made = Environment(
            loader=PackageLoader("agent.ui", "page"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        made.filters["number"] = number
        made.filters["percent"] = lambda share: f"{number(percent(share))} %"
        made.filters["tojson_text"] = lambda value: json.dumps(value, ensure_ascii=False)
        return made


def text_of(name: str) -> str:
    """A file beside the templates, as it is."""
    return (files("agent.ui") / "page" / name).read_text("utf-8")


def style() -> str:
    """The style sheets as one."""
    return "\n".join(text_of(f"{name}.css") for name in STYLES)


def script() -> str:
    """The scripts as one."""
    return "\n".join(text_of(f"{name}.js") for name in SCRIPTS)
