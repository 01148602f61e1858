"""The other pages in a browser: map, segments side by side, a person, an audience, each screen."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from agent.chat.world import World
from agent.service.host import Host
from tests.ui.looking import ask, opened, view
from tests.ui.serving import serving

pytestmark = pytest.mark.browser


def largest(world: World) -> list[str]:
    """Ids of the leaves, larger ones first."""
    return sorted(world.leaves, key=lambda one: (-world.leaves[one].size, one))


def member(world: World) -> str:
    """Somebody who stands for the largest segment."""
    return world.leaves[largest(world)[0]].exemplars[0]


def swayed(host: Host) -> str:
    """Somebody whose list of ten changes when their first interest is struck out."""
    for card in host.world.leaves.values():
        for user in card.exemplars:
            interests = host.agent.profile(user).interests
            if not interests:
                continue
            before = [one.item_id for one in host.agent.recommend(user, k=10).items]
            host.agent.edit_profile(user, strike=[interests[0].name])
            after = [one.item_id for one in host.agent.recommend(user, k=10).items]
            host.agent.edit_profile(user, withdraw=[interests[0].name])
            if before != after:
                return user
    raise AssertionError("nobody's list depends on what they are into")


def settled(page: Page, one: Locator) -> FloatRect:
    """Where something stands once the map has come to rest."""
    before = one.bounding_box()
    for _ in range(50):
        page.wait_for_timeout(200)
        now = one.bounding_box()
        if now is not None and now == before:
            return now
        before = now
    raise AssertionError("the map does not come to rest")


def test_a_click_on_the_map_opens_a_person(page: Page, address: str, host: Host) -> None:
    user = member(host.world)
    opened(page, address, "map")
    frame = page.frame_locator("#map-frame iframe")
    frame.locator("#query").fill(user)
    frame.locator("#query").press("Enter")
    ring = frame.locator("svg .chosen")
    box = settled(page, ring)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    bar = page.locator("#map-bar")
    expect(bar).to_contain_text(user)
    bar.get_by_role("link", name="Open this person").click()
    expect(page.locator("#person header")).to_contain_text(user)


def test_the_map_shows_what_an_answer_talks_about(page: Page, address: str) -> None:
    opened(page, address)
    ask(page, "Which segment is worth most?")
    expect(page.locator("#map-bar")).to_contain_text("what the answer talks about")
    inside = page.frame_locator("#map-frame iframe").locator("html")
    expect(inside).to_have_class("framed")
    page.get_by_role("button", name="Show everybody").click()
    expect(page.locator("#map-bar")).to_be_hidden()


def test_two_segments_stand_side_by_side(page: Page, address: str, host: Host) -> None:
    names = [host.world.leaves[one].name for one in largest(host.world)[:2]]
    opened(page, address, "segments")
    for name in names:
        card = view(page, "segments").locator(f'.card[data-name="{name}"]')
        expect(card.get_by_text("Precision", exact=True)).to_be_visible()
        card.get_by_role("checkbox").check()
    page.locator("#tray").get_by_role("button", name="Compare").click()
    table = page.locator("table.compare")
    for name in names:
        expect(table.locator("thead")).to_contain_text(name)
    assert table.locator("tbody tr").count() > 5
    table.get_by_role("link", name=names[0]).click()
    expect(page.get_by_role("heading", name=names[0])).to_be_visible()
    expect(view(page, "segments")).to_contain_text("What to show them")


def test_a_person_has_facts_reasons_and_what_would_change_them(
    page: Page, address: str, host: Host
) -> None:
    found = [
        (user, n)
        for user in host.world.table.users[:20]
        for n, one in enumerate(host.agent.recommend(user, k=10).items)
        if host.agent.why(user, one.item_id).would_drop
    ]
    assert found
    user, rank = found[0]
    opened(page, address, f"people/{user}")
    person = page.locator("#person")
    expect(person.get_by_role("heading", level=1)).to_be_visible()
    person.locator(".mark").first.hover()
    tip = page.locator("#tip").inner_text()
    assert tip in {fact.text for fact in host.agent.profile(user).facts}
    entry = person.locator(".recommended > li").nth(rank)
    entry.get_by_role("button", name="Why this?").click()
    expect(entry.locator(".would")).to_contain_text("it would fall from")
    figures = entry.locator(".because .figure").all_inner_texts()
    *shares, score = [float(figure) for figure in figures]
    assert sum(shares) == pytest.approx(score, abs=0.001 * len(shares))
    person.locator("[data-act=belonging]").first.click()
    expect(person.locator("#belonging")).to_contain_text("speaks for")
    person.locator("#why-not-item").fill("mug")
    person.get_by_role("button", name="Explain").click()
    expect(person.locator("#why-not-answer .would")).to_be_visible()


def test_an_edit_moves_the_recommendations_and_stays(page: Page, address: str, host: Host) -> None:
    user = swayed(host)
    interest = host.agent.profile(user).interests[0].name
    opened(page, address, f"people/{user}")
    person = page.locator("#person")
    titles = person.locator(".recommended .title strong")
    expect(titles.first).to_be_visible()
    before = titles.all_inner_texts()
    person.get_by_role("button", name=f"Strike {interest}").click()
    expect(person.locator(".moved").first).to_be_visible()
    expect(page.locator("#telling")).to_contain_text("of the recommendations moved")
    assert titles.all_inner_texts() != before
    page.reload()
    expect(person.locator(".interests .struck").first).to_contain_text(interest)
    person.get_by_role("button", name=f"Take back {interest}").click()
    expect(person.locator(".moved").first).to_be_visible()
    assert titles.all_inner_texts() == before
    person.get_by_role("button", name="Hide").first.click()
    expect(person.get_by_role("button", name="Show again")).to_be_visible()
    assert before[0] not in titles.all_inner_texts()
    person.get_by_role("button", name="Show again").click()
    expect(person.get_by_role("button", name="Show again")).to_have_count(0)


def test_an_audience_is_counted_then_confirmed_then_exported(
    page: Page, address: str, host: Host
) -> None:
    segment = largest(host.world)[0]
    opened(page, address, f"audiences/{segment}")
    size = page.locator("#size")
    expect(size.locator(".big strong")).to_have_text(str(host.world.leaves[segment].size))
    page.get_by_role("button", name="Add a condition").click()
    row = page.locator(".condition")
    row.get_by_label("What the condition is about").select_option("visits")
    row.get_by_label("Compared how").select_option("at least")
    row.get_by_label("Bound").fill("2")
    inside = host.world.members[segment] & (host.world.table.of("visits") >= 2)
    expect(size.locator(".big strong")).to_have_text(str(int(inside.sum())))
    expect(size.locator(".told").first).to_contain_text("at least 2")
    size.get_by_role("button", name="Export…").click()
    confirm = size.locator(".confirm")
    expect(confirm.locator("[data-act=confirm]")).to_contain_text(str(int(inside.sum())))
    with page.expect_download() as coming:
        confirm.locator("[data-act=confirm]").click()
    rows = list(csv.DictReader(StringIO(Path(coming.value.path()).read_text("utf-8"))))
    users = {u for u, held in zip(host.world.table.users, inside, strict=True) if held}
    assert {row["user_id"] for row in rows} == users


def test_nobody_is_to_be_seen_in_the_aggregate_scope(page: Page, host: Host) -> None:
    with serving(host, "aggregate") as address:
        opened(page, address, f"people/{member(host.world)}")
        expect(page.get_by_role("heading", name="Ask about your people")).to_be_visible()
        expect(page.get_by_role("link", name="People")).to_have_count(0)
        assert "≈" not in view(page, "ask").inner_text()
        opened(page, address, f"audiences/{largest(host.world)[0]}")
        size = page.locator("#size")
        expect(size.locator(".big")).to_contain_text("≈")
        expect(size.get_by_role("button")).to_have_count(size.locator(".mark").count())
        opened(page, address, f"segments/{largest(host.world)[0]}")
        expect(view(page, "segments")).to_contain_text("about")
        shown = view(page, "segments").inner_text()
        assert not any(user in shown for user in host.world.table.users)
        opened(page, address, "map")
        frame = page.frame_locator("#map-frame iframe")
        expect(frame.locator("#query")).to_have_attribute("placeholder", "Name of a segment")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_every_page_fits_a_phone(browser: Browser, address: str, host: Host, colours: str) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        color_scheme="dark" if colours == "dark" else "light",
    )
    page = context.new_page()
    one, other = largest(host.world)[:2]
    waited = {
        "ask": ".welcome",
        "map": "#map-frame iframe",
        "segments": ".card",
        f"segments/{one}": ".columns",
        f"segments/compare/{one}/{other}": "table.compare",
        "people": ".persons",
        f"people/{member(host.world)}": ".recommended",
        "audiences": ".sized",
    }
    for name, element in waited.items():
        opened(page, address, name)
        page.reload()
        page.wait_for_selector(element)
        assert page.locator("html").get_attribute("data-theme") == colours
        wide = page.evaluate(
            "[...document.querySelectorAll('section[data-view]')].filter("
            "(s) => getComputedStyle(s).visibility === 'visible' && s.scrollWidth > s.clientWidth)"
            ".length + (document.documentElement.scrollWidth > innerWidth)"
        )
        assert not wide, f"{name} is wider than a phone"
    context.close()
