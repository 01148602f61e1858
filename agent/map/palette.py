"""Colours for segments: hues for families, lightness for leaves, told apart by colour-blind eyes.

Colours are made in OKLCH (Ottosson 2020), where equal steps look equal, once for a light ground
and once for a dark one. Each next colour is the candidate farthest from those already given, as it
looks and, counted twice, as it looks to people without red or without green cones (Machado,
Oliveira & Fernandes 2009), whichever is least. A dozen can be told apart so; of thirty, a
colour-blind eye sees the family and needs the names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

Colours = npt.NDArray[np.float64]

GROUNDS = ("#fbfaf8", "#14161a")
"""What is drawn on, light and dark; the page's style has the same two."""
NOISE = ("#8b8b86", "#7d8087")
"""People in no segment, on either ground: grey, which no segment is."""
LIGHTNESS = ((0.38, 0.64), (0.60, 0.87))
"""Range on either ground; its ends keep a contrast of 3 : 1 with it (WCAG 2.2, 1.4.11)."""
CHROMA = 0.17
"""As much colour as most hues can have at these lightnesses; less where the screen has less."""
FIRST = 255.0
"""Hue of the first colour, from which the others follow: a blue."""
HUES = np.arange(24) * 15.0
STEPS = np.linspace(0.0, 1.0, 7)
BLIND = 2.0
"""How many times the distance counts that a colour-blind eye sees: it is never as large."""
FAMILY, SHARE = 20.0, 150.0
"""Degrees of hue that the leaves of one parent keep to either side of its first: so many, or its
share of all leaves times so many, for a parent of nearly all needs nearly all hues."""

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_SEEN = np.array(
    [
        np.eye(3),
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ],
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ],
    ]
)
"""Linear RGB as it is, without red cones and without green cones."""


@dataclass(frozen=True)
class Shade:
    """One colour on the two grounds, as `#rrggbb`."""

    light: str
    dark: str


def choose_colours(families: Sequence[int]) -> list[list[Shade]]:
    """Shades for families of so many leaves each (a leaf without a parent is a family of one).

    Every leaf has its own shade until there are some 160 of them.
    """
    candidates = _candidates()
    seen = np.stack([_seen(rgb) for rgb in candidates.rgb], axis=1)
    grey = np.stack([_seen(_linear(hexes)[None])[0] for hexes in NOISE])
    nearest = _distance(seen, grey)
    nearest[np.argmin(np.abs(candidates.hue - FIRST) + np.abs(candidates.step - 0.5))] = np.inf
    given: list[list[Shade]] = [[] for _ in families]
    # Families with many leaves first: they need a whole stretch of lightness free.
    for family in sorted(range(len(families)), key=lambda f: (-families[f], f)):
        hue: float | None = None
        reach = max(FAMILY, SHARE * families[family] / sum(families))
        for _ in range(families[family]):
            allowed = np.ones(len(candidates.hue), dtype=bool)
            if hue is not None:
                apart = np.abs((candidates.hue - hue + 180) % 360 - 180)
                allowed = apart <= reach
            chosen = int(np.where(allowed, nearest, -1.0).argmax())
            hue = float(candidates.hue[chosen]) if hue is None else hue
            light, dark = (_hex(rgb[chosen]) for rgb in candidates.rgb)
            given[family].append(Shade(light, dark))
            nearest = np.minimum(nearest, _distance(seen, seen[chosen]))
    return given


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.2)."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    low, high = sorted(float(_linear(colour) @ weights) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def blind_distance(one: str, other: str) -> float:
    """How far two colours are apart in OKLab to the eye that tells them apart least."""
    apart = _seen(_linear(one)[None]) - _seen(_linear(other)[None])
    return float(np.linalg.norm(apart, axis=-1).min())


@dataclass(frozen=True)
class _Candidates:
    hue: Colours
    step: Colours
    """Where in the range of lightness, 0 to 1."""
    rgb: tuple[Colours, Colours]
    """(candidates, 3) linear RGB on the light and on the dark ground."""


@cache
def _candidates() -> _Candidates:
    hue, step = (grid.ravel() for grid in np.meshgrid(HUES, STEPS, indexing="ij"))
    light, dark = (_in_gamut(low + (high - low) * step, hue) for low, high in LIGHTNESS)
    return _Candidates(hue, step, (light, dark))


def _in_gamut(lightness: Colours, hue: Colours) -> Colours:
    """(n, 3) linear RGB with as much of CHROMA as a screen can show."""
    rgb = np.zeros((len(hue), 3))
    fits = np.zeros(len(hue), dtype=bool)
    for chroma in np.arange(CHROMA, 0, -0.005):
        angle = np.radians(hue)
        lab = np.c_[lightness, chroma * np.cos(angle), chroma * np.sin(angle)]
        tried = (lab @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_LMS).T
        new = ~fits & (tried >= -1e-6).all(axis=1) & (tried <= 1 + 1e-6).all(axis=1)
        rgb[new], fits = tried[new], fits | new
    return np.clip(rgb, 0, 1)


def _seen(rgb: Colours) -> Colours:
    """(n, 3) linear RGB → (n, ways of seeing, 3) OKLab."""
    ways = np.clip(np.einsum("wij,nj->nwi", _SEEN, rgb), 0, 1)
    return np.asarray(np.cbrt(ways @ _TO_LMS.T) @ _TO_LAB.T)


def _distance(many: Colours, one: Colours) -> Colours:
    """(n, grounds, ways, 3) OKLab and one such → (n,) how far apart on the worse ground."""
    apart = np.linalg.norm(many - one, axis=-1)
    least = np.minimum(apart[..., 0], BLIND * apart[..., 1:].min(axis=-1))
    return np.asarray(least.min(axis=-1))


def _linear(colour: str) -> Colours:
    """`#rrggbb` → (3,) linear RGB."""
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.asarray(np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4))


def _hex(rgb: Colours) -> str:
    value = np.where(rgb <= 0.0031308, rgb * 12.92, 1.055 * rgb ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * float(part)):02x}" for part in value)
