"""Every word the pages say of themselves, from `strings.toml`; another language, another file.

What comes from a run (titles, answers, facts) is not here; it is shown as it stands there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

Words = Mapping[str, Mapping[str, str]]
"""Section → key → text; `{name}` in a text is filled in where it is shown."""


@cache
def strings(language: str = "") -> Words:
    """The strings of a language: `strings.toml` for English, `strings_zh.toml` for Chinese."""
    name = f"strings_{language}.toml" if language else "strings.toml"
    found: Words = tomllib.loads((files("agent.ui") / name).read_text("utf-8"))
    return found
