"""A run whose titles were written by somebody hostile, its pages, and a browser to look at them."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import MadeOnce

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from agent.service.host import Host

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
PATIENCE_MS = 60_000
"""For a machine that does much else; what is there is seen at once."""

HOSTILE = (
    "<script>window.hacked=1</script> tea",
    "<img src=x onerror=window.hacked=1> jam",
    "[free](javascript:window.hacked=1) ![pixel](http://127.0.0.1:9/pixel.png)",
    "{{7*7}} ${window.hacked=1} {% raw %} soap",
    "\"'></bdi><b onmouseover=window.hacked=1>mug</b>",
)
"""Titles of the items that most people buy."""


@pytest.fixture(scope="session")
def hostile_run(made_once: MadeOnce, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small shop, built once, whose most bought items have hostile titles."""
    from agent.behaviour.demo import write_demo
    from tests.runs import beside, copy_run, folkmap

    def build(run: Path) -> None:
        shop = run.with_name("hostile-shop")
        write_demo(shop, users=120, seed=5)
        _retitle(shop)
        made = folkmap("build", shop / "events.csv", *beside(shop), "--run", run)
        assert made.status == 0, made.err

    return copy_run(made_once("hostile", build), tmp_path_factory.mktemp("ui") / "shop")


def _retitle(shop: Path) -> None:
    with (shop / "events.csv").open(newline="") as file:
        bought: dict[str, int] = {}
        for row in csv.DictReader(file):
            bought[row["item_id"]] = bought.get(row["item_id"], 0) + 1
    most = sorted(bought, key=lambda item: (-bought[item], item))
    titles = dict(zip((item for item in most if item), HOSTILE, strict=False))
    with (shop / "items.csv").open(newline="") as file:
        reader = csv.DictReader(file)
        fields, rows = reader.fieldnames or [], list(reader)
    with (shop / "items.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, fields)
        writer.writeheader()
        writer.writerows({**row, "title": titles.get(row["item_id"], row["title"])} for row in rows)


@pytest.fixture(scope="session")
def host(hostile_run: Path) -> Iterator[Host]:
    from agent.service.host import Host

    with Host(hostile_run) as host:
        yield host


@pytest.fixture(scope="session")
def address(host: Host) -> Iterator[str]:
    from tests.ui.serving import serving

    with serving(host) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no chromium here: apt-get install chromium")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that knows nothing yet; it must stay on this machine and without faults.

    1,300 pixels wide: the map stands beside the chat.
    """
    context = browser.new_context(viewport={"width": 1300, "height": 900}, accept_downloads=True)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    outside: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: outside.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    hacked = page.evaluate("window.hacked")
    context.close()
    here = ("http://127.0.0.1:", "data:", "blob:", "about:")
    assert [url for url in outside if not url.startswith(here) or ":9/" in url] == []
    assert faults == []
    assert hacked is None
