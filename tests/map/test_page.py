"""The page as text: what it may load, how data stands in it, how large it is."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from agent.map.aggregate import without_persons
from agent.map.page import draw_page
from agent.map.palette import GROUNDS
from tests.map.towns import town

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!--<script>",
    "]]>\u2028\u2029&lt;b&gt;",
    "\"'`;alert(1)//",
    "{{ 7*7 }}{% raw %}",
    "https://evil.example/x.js",
)


class Page(HTMLParser):
    """Elements with their attributes, and the text of each script and style."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.texts.append("")
        self.open = True

    def handle_endtag(self, tag: str) -> None:
        self.open = False

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts[-1] += data

    def text_of(self, tag: str, **attributes: str) -> str:
        (found,) = (
            text
            for (name, has), text in zip(self.elements, self.texts, strict=True)
            if name == tag and all(has.get(key) == value for key, value in attributes.items())
        )
        return found

    def scene(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.text_of("script", id="scene"))
        return content


def numbers(packed: str, kind: str) -> list[int]:
    found: list[int] = np.frombuffer(base64.b64decode(packed), dtype=kind).tolist()
    return found


def test_the_page_holds_what_the_scene_says() -> None:
    scene = town({"bakers": 7, "hosts": 6}, noise=2, unseen=5)
    content = Page(draw_page(scene, "Shop")).scene()
    assert (content["title"], content["people"], content["noise"]) == ("Shop", 20, 7)
    assert numbers(content["leaf"], "<u2") == [1] * 7 + [2] * 6 + [0] * 2
    assert numbers(content["strongest"], "<u2") == [1] * 7 + [2] * 6 + [1] * 2
    assert numbers(content["weight"], "u1") == [80] * 13 + [41] * 2
    places = np.array(numbers(content["places"], "<u2")).reshape(-1, 2) / 65_535
    assert np.allclose(places, scene.places, atol=1e-4)
    assert content["users"] == scene.users
    assert [group["leaf"] for group in content["groups"]] == [1, 2]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_texts_stay_texts(hostile: str) -> None:
    plain = draw_page(town({"bakers": 5}), "Shop")
    page = draw_page(
        town(
            {"bakers": 5}, names={"bakers": hostile}, whys={"bakers": hostile}, headline=hostile
        ),
        hostile,
    )  # fmt: skip
    read, usual = Page(page), Page(plain)
    assert [tag for tag, _ in read.elements] == [tag for tag, _ in usual.elements]
    assert read.text_of("title") == hostile
    content = read.scene()
    assert content["headlines"] == [hostile] * 5
    assert content["groups"][0]["name"] == content["groups"][0]["why"] == hostile
    block = page.partition('id="scene">')[2].partition("</script>")[0]
    assert not re.search("[<>&\u2028\u2029]", block)


def test_the_scripts_never_read_data_as_markup() -> None:
    page = Page(draw_page(town({"bakers": 5}), "Shop"))
    script = page.texts[-1]
    forbidden = r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function|fetch\("
    assert "textContent" in script
    assert not re.search(forbidden + r"|XMLHttp|WebSocket|import\(|sendBeacon", script)


def test_the_page_loads_nothing_and_its_policy_forbids_all_but_its_own() -> None:
    text = draw_page(town({"bakers": 5}, headline="plain"), "Shop")
    page = Page(text)
    links = [
        value
        for _, has in page.elements
        for name, value in has.items()
        if name in ("src", "href", "action", "srcset", "data", "poster")
    ]
    assert links == ["data:,"]
    assert "@import" not in text
    assert "url(" not in text
    assert set(re.findall(r"https?://[^\"'\s)]+", text)) <= {"http://www.w3.org/2000/svg"}
    policy = next(has["content"] for _, has in page.elements if "http-equiv" in has) or ""
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in policy
    for rule, told in (("script-src", page.texts[-1]), ("style-src", page.text_of("style"))):
        digest = base64.b64encode(hashlib.sha256(told.encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"


def test_no_element_has_a_handler_or_a_style_of_its_own() -> None:
    for tag, has in Page(draw_page(town({"bakers": 5}), "Shop")).elements:
        assert not [name for name in has if name.startswith("on") or name == "style"], tag


def test_an_aggregate_page_names_nobody() -> None:
    scene = town({"bakers": 23, "cooks": 4}, noise=9, headline="Secretly buys candles")
    page = draw_page(without_persons(scene, 5), "Shop")
    assert "candles" not in page
    assert "The cooks" not in page
    assert not [user for user in scene.users if user in page]


def test_the_same_scene_gives_the_same_bytes_within_bounds() -> None:
    scene = town({"bakers": 1_500, "hosts": 400}, noise=100)
    page = draw_page(scene, "Shop")
    assert page == draw_page(scene, "Shop")
    bare = len(draw_page(town({"bakers": 1}), "Shop"))
    assert bare < 60_000
    texts = sum(map(len, scene.headlines)) + sum(map(len, scene.users))
    assert len(page) - bare < texts + 20 * len(scene.users)


def test_the_style_and_the_palette_have_the_same_grounds() -> None:
    style = Page(draw_page(town({"bakers": 5}), "Shop")).text_of("style")
    assert tuple(re.findall(r"--ground: (#\w+)", style)) == GROUNDS


def test_a_map_of_nobody_is_a_page() -> None:
    empty = without_persons(town({"bakers": 4}), 5)
    content = Page(draw_page(empty, "Shop")).scene()
    assert (content["people"], content["groups"], content["places"]) == (0, [], "")
