"""The map of a run: places found once, page and picture drawn as often as asked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from agent.cores import apart
from agent.errors import SettingsError
from agent.map.aggregate import without_persons
from agent.map.layout import MOST, lay_out
from agent.map.page import draw_page
from agent.map.picture import draw_picture
from agent.map.scene import Scene, make_scene
from agent.recordfile import read_records, write_frame
from agent.records import Label, Membership, Profile, Scope, Segment
from agent.runs import Run
from agent.segments.vectors import Vectors

TITLE = "Folkmap: people and their segments"


def write_map(
    out: Path, vectors: Vectors, profiles: Path, segments: Path, labels: Path, seed: int,
    *, most: int = MOST,
) -> Mapping[str, Any]:  # fmt: skip
    """Write `places.parquet`, `map.html` and `map.png` into `out`; returns how many are shown.

    `profiles`, `segments` and `labels` are the folders of those stages. The page is the analyst's,
    with ids. Of more than `most` users a sample is shown, and the page says so.
    """
    places = apart(_placed, most, (vectors, seed), users=len(vectors.users))
    write_frame(out / "places.parquet", places)
    scene = _scene(places, profiles, segments, labels)
    (out / "map.html").write_text(draw_page(scene, TITLE), "utf-8")
    (out / "map.png").write_bytes(draw_picture(scene, TITLE))
    return {"people": scene.people, "shown": len(scene.places)}


def _placed(most: int, asked: tuple[Vectors, int]) -> pl.DataFrame:
    """`lay_out` as a job for a process."""
    vectors, seed = asked
    return lay_out(vectors, seed, most=most)


def redraw_map(
    run: Run, to: Path, *, scope: Scope = "analyst", min_group: int = 5, title: str = TITLE
) -> Scene:
    """Draw a run's map again as `to`, a page (.html) or a picture (.png); returns what it shows.

    Raises SettingsError when the file has another ending or cannot be written; an existing file is
    then as it was. Raises RunError when the run has no map.
    """
    kind = to.suffix.lower()
    if kind not in (".html", ".png"):
        raise SettingsError(f"{to}: a map is an .html or a .png file; name it so with --to")
    scene = read_scene(run, scope=scope, min_group=min_group)
    drawn = draw_picture(scene, title) if kind == ".png" else draw_page(scene, title).encode()
    temporary = to.with_name(f".{to.name}.{os.getpid()}")
    try:
        temporary.write_bytes(drawn)
        temporary.replace(to)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise SettingsError(
            f"{to} cannot be written ({error.strerror}); choose another file with --to"
        ) from error
    return scene


def read_scene(run: Run, *, scope: Scope = "analyst", min_group: int = 5) -> Scene:
    """What the map of a run shows in a scope; raises RunError when the run has no map."""
    places = pl.read_parquet(run.folder("map") / "places.parquet")
    folders = (run.folder(stage) for stage in ("profiles", "segments", "labels"))
    scene = _scene(places, *folders)
    return without_persons(scene, min_group) if scope == "aggregate" else scene


def _scene(places: pl.DataFrame, profiles: Path, segments: Path, labels: Path) -> Scene:
    return make_scene(
        places,
        read_records(profiles / "profiles.jsonl", Profile),
        read_records(segments / "memberships.jsonl", Membership),
        list(read_records(labels / "segments.jsonl", Segment)),
        list(read_records(labels / "labels.jsonl", Label)),
    )
