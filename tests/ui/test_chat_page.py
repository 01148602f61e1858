"""The chat in a browser: questions, facts behind sentences, threads, feedback, export, outages."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from agent.service.host import Host
from agent.settings import ModelSettings
from agent.state import State
from tests.models.server import Answering, Body, little_server, says
from tests.ui.looking import ask, opened
from tests.ui.serving import serving

pytestmark = pytest.mark.browser

VALUABLE = "Who are my most valuable customers and what should I show them?"


def test_the_first_page_says_what_can_be_asked(page: Page, address: str) -> None:
    opened(page, address)
    expect(page.get_by_role("heading", name="Ask about your people")).to_be_visible()
    expect(page.get_by_role("button", name=VALUABLE)).to_be_visible()
    expect(page.locator("#model summary")).to_have_text("Answers by rules")
    expect(page).to_have_title("Ask · Folkmap")
    assert not page.locator("footer:visible").count()
    assert page.evaluate("document.fonts.size") == 0


def test_a_citation_opens_the_fact_behind_a_sentence(page: Page, address: str) -> None:
    opened(page, address).get_by_role("button", name=VALUABLE).click()
    turn = page.locator(".turn")
    expect(turn.locator(".foot")).to_be_visible()
    mark = turn.locator(".mark").first
    expect(turn.locator(".fact:visible")).to_have_count(0)
    mark.click()
    fact = turn.locator(".fact:visible")
    expect(fact).to_have_count(1)
    expect(fact).to_contain_text("customers")
    expect(fact.locator("code")).to_contain_text("segment/")
    expect(mark).to_have_attribute("aria-expanded", "true")
    mark.click()
    expect(turn.locator(".fact:visible")).to_have_count(0)
    turn.get_by_text("2 look-ups").click()
    expect(turn.locator(".behind li").first).to_contain_text("rank_segments")
    expect(turn.locator(".writer")).to_have_text("Put together by rules from counted facts")


def test_a_thread_goes_on_and_is_there_again_after_a_reload(page: Page, address: str) -> None:
    opened(page, address)
    ask(page, "Which segment is the largest?")
    second = ask(page, "and the second largest?")
    second.get_by_text("1 look-up").click()
    expect(second.locator(".behind li")).to_contain_text("start 2")
    page.reload()
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".turn").first.locator("h2")).to_have_text("Which segment is the largest?")
    third = ask(page, "why?")
    assert third.locator(".told").count()
    page.get_by_role("button", name="New question").click()
    expect(page.get_by_role("heading", name="Ask about your people")).to_be_visible()
    page.get_by_role("link", name="Which segment is the largest?").click()
    expect(page.locator(".turn")).to_have_count(3)
    page.get_by_role("button", name="Forget this conversation").click()
    expect(page.locator("#threads li")).to_have_count(0)


def test_a_thumb_and_a_word_are_kept_with_the_run(page: Page, address: str, host: Host) -> None:
    opened(page, address)
    turn = ask(page, "Which segments are there?")
    turn.get_by_role("button", name="Bad answer").click()
    turn.get_by_label("What was wrong?").fill("too <b>long</b>")
    turn.get_by_role("button", name="Keep").click()
    expect(page.locator("#telling")).to_have_text("Thank you, kept with the run.")
    expect(turn.locator(".words")).to_be_hidden()
    kept = State(host.run).feedback()[-1]
    assert (kept.verdict, kept.words) == ("down", "too <b>long</b>")
    assert kept.question == "Which segments are there?"


def test_an_export_asked_for_in_the_chat_waits_for_a_click(page: Page, address: str) -> None:
    opened(page, address)
    turn = ask(page, "Export the largest segment")
    expect(turn.locator(".confirm")).to_contain_text("customers of")
    with page.expect_download() as coming:
        turn.locator("[data-act=confirm]").click()
    rows = Path(coming.value.path()).read_text("utf-8").splitlines()
    assert rows[0] == "user_id,weight,headline"
    expect(turn.locator(".confirm")).to_contain_text(f"{len(rows) - 1} rows exported")


def test_titles_are_text_wherever_they_stand(page: Page, address: str) -> None:
    opened(page, address)
    turn = ask(page, "What are the most popular items?")
    expect(turn).to_contain_text("window.hacked")
    assert turn.locator("script, img, b, a[href^=javascript]").count() == 0
    turn.locator(".mark").first.hover()
    expect(page.locator("#tip")).to_be_visible()
    assert page.evaluate("window.hacked") is None


def test_everything_can_be_done_by_keyboard(page: Page, address: str) -> None:
    opened(page, address)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("Your question")).to_be_focused()
    page.keyboard.type("Which segments are there?")
    page.keyboard.press("Enter")
    expect(page.locator(".turn .foot")).to_be_visible()
    page.locator(".turn .mark").first.focus()
    expect(page.locator("#tip")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".fact:visible")).to_have_count(1)
    page.get_by_role("link", name="Segments", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Segments", exact=True)).to_be_focused()


def test_a_model_that_dies_in_mid_answer_is_told_and_rules_answer(
    page: Page, hostile_run: Path
) -> None:
    def dies(body: Body, number: int) -> Answering:
        if number:
            return Answering("", hang_up=True)
        called = {"name": "rank_segments", "arguments": '{"by": "size"}'}
        calls = [{"id": "1", "type": "function", "function": called}]
        return says(None, finish="tool_calls", tool_calls=calls)

    with (
        little_server(dies) as server,
        Host(hostile_run, ModelSettings(spec=f"{server.url}/v1", name="little")) as host,
        serving(host) as address,
    ):
        opened(page, address)
        expect(page.locator("#model summary")).to_have_text("Answers by little")
        turn = ask(page, "Which segment is the largest?")
        expect(turn.locator(".notice")).to_contain_text("The model could not be used")
        expect(turn.locator(".writer")).to_have_text("Put together by rules from counted facts")
        assert turn.locator(".mark").count()
        expect(page.locator("#model summary")).to_have_text("Model is down")
        assert len(server.requests) > 1


def test_an_answer_can_be_stopped_and_asked_for_again(page: Page, hostile_run: Path) -> None:
    slow = Answering(says("Nobody.").body, after_s=3.0)
    with (
        little_server(slow) as server,
        Host(hostile_run, ModelSettings(spec=f"{server.url}/v1", name="little")) as host,
        serving(host) as address,
    ):
        opened(page, address)
        page.get_by_label("Your question").fill("Which segments are there?")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Stop").click()
        expect(page.locator(".turn")).to_contain_text("nothing of this answer was kept")
        page.get_by_role("button", name="Ask again").click()
        expect(page.locator(".turn .foot")).to_be_visible()


def test_a_service_that_is_gone_is_told(browser: Browser, hostile_run: Path) -> None:
    page = browser.new_page()
    with Host(hostile_run) as host:
        with serving(host) as address:
            opened(page, address)
        page.get_by_role("link", name="Segments").click()
        expect(page.locator(".problem")).to_contain_text("The service does not answer")
    page.close()
