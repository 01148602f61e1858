"""A scene as a picture for a slide: 1920 × 1080, light, with the names beside their people."""

from __future__ import annotations

import io
import textwrap
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from agent.map.palette import GROUNDS, NOISE
from agent.map.scene import NONE, Group, Scene

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

WIDTH, HEIGHT, DPI = 1920, 1080, 120
MARGIN, HEAD = 70, 150
"""Pixels around the people, and above them for the title."""
INK, QUIET = "#1d1e20", "#5c5f66"
NAME_SIZE, WIDEST = 13.5, 26
"""Points, and characters on one line of a name."""
SOME = 2_500
"""Dots that are looked at to see where a name would cover few."""

_Box = tuple[float, float, float, float]
"""Left, bottom, right, top in pixels."""


def draw_picture(scene: Scene, title: str) -> bytes:
    """The picture as PNG: the same bytes for the same scene, title and version of matplotlib."""
    # Importing matplotlib takes a second that no other command should pay.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor=GROUNDS[0])
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(0, HEIGHT)
    _draw_people(axes, scene)
    packed = io.BytesIO()
    with warnings.catch_warnings():
        # Names in scripts that the font lacks come out as boxes; the page shows them.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        _write_head(axes, scene, title)
        _write_names(figure, axes, scene)
        canvas.print_png(packed, metadata={"Software": None})  # type: ignore[no-untyped-call]
    return packed.getvalue()


def _on_canvas(places: np.ndarray) -> np.ndarray:
    """Places in 0..1 as pixels, y upwards."""
    room = np.array([WIDTH - 2 * MARGIN, HEIGHT - MARGIN - HEAD])
    return np.asarray(MARGIN + np.asarray(places).reshape(-1, 2) * room)


def _draw_people(axes: Axes, scene: Scene) -> None:
    dots = _on_canvas(scene.places)
    size = 11.0 * (100 / max(100, len(dots))) ** 0.22
    colours = np.array([NOISE[0], *(leaf.shade.light for leaf in scene.leaves)])
    none = scene.leaf == NONE
    axes.scatter(
        dots[none, 0], dots[none, 1], s=(0.75 * size) ** 2, facecolors="none",
        edgecolors=NOISE[0], linewidths=max(0.4, 0.1 * size), alpha=0.8,
    )  # fmt: skip
    axes.scatter(
        dots[~none, 0], dots[~none, 1], s=size**2, c=colours[scene.leaf[~none] + 1],
        alpha=0.85, linewidths=0,
    )  # fmt: skip


def _write_head(axes: Axes, scene: Scene, title: str) -> None:
    more = "+" if scene.rounded > 1 else ""
    people = f"{scene.people:,}{more} people"
    if len(scene.places) < scene.people:
        people = f"{len(scene.places):,} of {people}"
    leaves = len(scene.leaves)
    told = f"{people} in {leaves} segment{'' if leaves == 1 else 's'}"
    if scene.noise:
        told += f"; {scene.noise:,}{more} in none (grey rings)"
    title = textwrap.shorten(title, 80, placeholder=" …")
    for y, text, size, colour in ((58, title, 22, INK), (96, told, 13, QUIET)):
        axes.text(
            MARGIN, HEIGHT - y, text, size=size, color=colour, parse_math=False,
            weight="bold" if size == 22 else "normal",
        )  # fmt: skip


def _write_names(figure: Figure, axes: Axes, scene: Scene) -> None:
    """Larger segments first, each at the free spot nearest its people; never one over another."""
    from matplotlib.patheffects import withStroke

    dots = _on_canvas(scene.places[:: -(-len(scene.places) // SOME) or 1])
    taken: list[_Box] = [(0, HEIGHT - 110, WIDTH, HEIGHT)]
    halo = [withStroke(linewidth=4, foreground=GROUNDS[0])]
    for leaf in sorted(scene.leaves, key=lambda one: (-one.size, one.id)):
        if leaf.heart is None:
            continue
        x, y = _on_canvas(np.array(leaf.heart))[0]
        text = axes.text(
            x, y, _name(leaf), size=NAME_SIZE, weight="bold", color=INK, ha="center", va="center",
            parse_math=False, path_effects=halo, linespacing=1.1, zorder=4,
        )  # fmt: skip
        spot = _free_spot(text, figure, taken, dots)
        if spot is None:
            text.remove()
            continue
        box, middle, centre = spot
        taken.append(box)
        text.set_position((middle, centre))
        ends = np.clip([x, y], [box[0] + 20, box[1]], [box[2] - 20, box[3]])
        if abs(ends[1] - y) > 14:
            axes.plot([x, ends[0]], [y, ends[1]], color=INK, linewidth=0.9, alpha=0.6, zorder=3)


def _name(group: Group) -> str:
    """In at most two lines of about equal length."""
    longest = max(WIDEST // 2, -(-len(group.name) // 2))
    widths = range(longest, WIDEST + 1) if len(group.name) > WIDEST - 4 else [WIDEST]
    for width in widths:
        lines = textwrap.wrap(group.name, width, break_long_words=False, break_on_hyphens=False)
        if len(lines) <= 2 and max(map(len, lines), default=0) <= WIDEST:
            return "\n".join(lines)
    return "\n".join(textwrap.wrap(group.name, WIDEST, max_lines=2, placeholder=" …"))


def _free_spot(
    text: Text, figure: Figure, taken: list[_Box], dots: np.ndarray
) -> tuple[_Box, float, float] | None:
    """The free box near the text's place that lies over fewest dots, and its middle."""
    x, y = text.get_position()
    extent = text.get_window_extent(figure.canvas.get_renderer())  # type: ignore[attr-defined]
    wide, tall = extent.width / 2 + 8, extent.height / 2 + 5
    # Where dots are few and large, one under a name costs more.
    per_dot = 5 + 15 * (100 / max(100, len(dots))) ** 0.5
    best, least = None, np.inf
    for far, middle, centre in _spots(x, y):
        if far >= least:
            break
        box = (middle - wide, centre - tall, middle + wide, centre + tall)
        inside = box[0] >= 8 and box[1] >= 8 and box[2] <= WIDTH - 8 and box[3] <= HEIGHT - 8
        if not inside or any(_overlap(box, other) for other in taken):
            continue
        under = (dots >= box[:2]).all(axis=1) & (dots <= box[2:]).all(axis=1)
        cost = far + per_dot * min(20, int(under.sum()))
        if cost < least:
            best, least = (box, middle, centre), cost
    return best


def _spots(x: float, y: float) -> Iterator[tuple[float, float, float]]:
    """How far it is, and where: at once, then in rings: above first, then below and the sides."""
    yield 0.0, x, y
    for far in (20, 30, 44, 60, 80, 104, 134, 170, 210, 260):
        for turn in range(16):
            angle = (turn + 1) // 2 * (1 if turn % 2 else -1) * 2 * np.pi / 16
            yield far, x + 1.6 * far * float(np.sin(angle)), y + far * float(np.cos(angle))


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
