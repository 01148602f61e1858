"""A scene as one HTML file: nothing is fetched, nothing runs but the scripts beside this file.

What comes from data is JSON in a block that no browser runs; the scripts put it into the page as
text. The policy in the page's head names the hashes of its own style and script and forbids all
else, connections included.
"""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from typing import Any

import numpy as np
from jinja2 import Environment, StrictUndefined

from agent.map.palette import GROUNDS, NOISE
from agent.map.scene import NONE, Scene

SCRIPTS = ("points", "view", "labels", "legend", "search", "frame", "main")
"""In the order they are put together; each but the last only defines."""


def page_hash() -> str:
    """A hash of all that stands in a page besides its scene."""
    digest = hashlib.sha256()
    for file in sorted((files("agent.map") / "page").iterdir(), key=lambda file: file.name):
        if file.name.endswith((".js", ".css", ".html")):
            digest.update(f"{file.name}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def draw_page(scene: Scene, title: str) -> str:
    """The page: the same bytes for the same scene and title."""
    style = _text("map.css")
    script = "\n".join(_text(f"{name}.js") for name in SCRIPTS)
    environment = Environment(undefined=StrictUndefined, autoescape=True)
    return environment.from_string(_text("map.html")).render(
        title=title,
        policy="; ".join(
            (
                "default-src 'none'",
                f"script-src '{_hash(script)}'",
                f"style-src '{_hash(style)}'",
                "img-src data:",
                "base-uri 'none'",
                "form-action 'none'",
            )
        ),
        style=style,
        script=script,
        scene=_json(_content(scene, title)),
    )


def _content(scene: Scene, title: str) -> dict[str, Any]:
    """What the scripts are given; arrays as base64 of little-endian numbers, a dot after another.

    Segments are numbered from 1 in `leaf` and `strongest`, 0 being none; `weight` is in per cent.
    """
    return {
        "title": title,
        "scope": scene.scope,
        "people": scene.people,
        "noise": scene.noise,
        "rounded": scene.rounded,
        "grounds": GROUNDS,
        "grey": NOISE,
        "groups": [
            {
                "id": group.id,
                "name": group.name,
                "description": group.description,
                "why": group.why,
                "size": group.size,
                "parent": group.parent,
                "leaf": None if group.leaf is None else group.leaf + 1,
                "colours": (group.shade.light, group.shade.dark),
                "heart": group.heart,
            }
            for group in scene.groups
        ],
        "places": _packed(np.round(scene.places * 65_535), "<u2"),
        "leaf": _packed(scene.leaf - NONE, "<u2"),
        "strongest": _packed(scene.strongest - NONE, "<u2"),
        "weight": _packed(np.round(scene.weight * 100), "u1"),
        "users": scene.users,
        "headlines": scene.headlines,
    }


def _packed(values: np.ndarray, kind: str) -> str:
    return base64.b64encode(values.astype(kind).tobytes()).decode("ascii")


def _json(content: dict[str, Any]) -> str:
    """JSON without a character that could end its block, or open a comment in it."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _hash(text: str) -> str:
    """A source of the policy: this text and no other."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _text(name: str) -> str:
    return (files("agent.map") / "page" / name).read_text("utf-8")
