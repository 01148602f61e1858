"""What tests do on the pages, in a reader's terms."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


def opened(page: Page, address: str, view: str = "ask") -> Page:
    """The page at a view, once it is put together."""
    page.goto(f"{address}/#{view}")
    page.wait_for_selector("html[data-ready]")
    return page


def ask(page: Page, question: str) -> Locator:
    """Ask in the chat and wait for the whole answer; gives its part of the page."""
    turns = page.locator(".turn")
    before = turns.count()
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    expect(turns).to_have_count(before + 1)
    turn = turns.nth(before)
    expect(turn.locator(".foot, .problem")).to_be_visible()
    return turn


def view(page: Page, name: str) -> Locator:
    """The part of the page that holds a view."""
    return page.locator(f"section[data-view={name}]")
