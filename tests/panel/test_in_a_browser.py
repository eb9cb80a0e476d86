"""Does the panel do in a browser what it says? Chromium opens it, clicks, types and looks.

``COVET_SCREENSHOTS=docs/images`` has the pictures of the documentation made anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from .. import browsers
from .site import serving, site

pytestmark = pytest.mark.databases("sqlite")
DESK, PHONE = {"width": 1100, "height": 780}, {"width": 375, "height": 780}
EVIL = "<script>document.title = 'taken'</script>"

expect.set_options(timeout=5_000)


@pytest.fixture(scope="module")
def address(url: str) -> Iterator[str]:
    with serving(site(url)) as address:
        yield address


@pytest.fixture(scope="module")
def chromium(kind: str) -> Iterator[Browser]:
    path = os.environ.get(browsers.VARIABLE) or pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=browsers.OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens a page of the site; in the end, none of them may have complained."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def open_page(path: str, viewport: Any = DESK, **options: Any) -> Page:
        options = {"color_scheme": "light", **options}
        context = chromium.new_context(base_url=address, viewport=viewport, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def take_picture(page: Page, name: str, **options: Any) -> None:
    """A picture for the documentation, if it is to be made anew."""
    folder = os.environ.get("COVET_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", **options)


def fits(page: Page) -> bool:
    """Whether nothing is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def panel_of(page: Page) -> Page:
    """Follow the badge."""
    page.locator("#covet-badge").click()
    return page


def test_an_n_plus_one_is_seen_and_its_fix_copied(opened: Callable[..., Page]) -> None:
    page = opened("/users", permissions=["clipboard-read", "clipboard-write"])
    badge = page.get_by_role("link", name="covet: 47 queries")
    expect(badge).to_contain_text("N+1")
    page.set_viewport_size({"width": 800, "height": 240})
    take_picture(page, "query-panel-badge")
    page.set_viewport_size(DESK)
    badge.click()
    group = page.locator("details.group").first
    expect(group).to_have_attribute("open", "")
    expect(group.locator("summary").first).to_contain_text("46")
    expect(group).to_contain_text("N+1")
    expect(group).to_contain_text("profile = await user.profile")
    expect(group).to_contain_text('User.objects.fetch_mode(FETCH_ONE).order_by("name").fetch()')
    take_picture(page, "query-panel", full_page=True)
    group.get_by_role("button", name="Copy fix").click()
    expect(group.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == 'select_related("profile")'
    group.get_by_role("button", name="Copy SQL").click()
    expect(group.get_by_role("button", name="Copied")).to_have_count(2)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(r'SELECT .* WHERE "profile"."id" = \?\n-- \(\d+,\)', copied)


def test_the_list_shows_47_queries_become_one(opened: Callable[..., Page]) -> None:
    opened("/users")
    opened("/users/fast")
    page = opened("/__covet__/?q=/users/fast")
    row = page.locator("tbody tr:not([hidden])").first
    expect(row.locator("[data-label=Queries]")).to_have_text("1")
    page.goto("/__covet__/")
    take_picture(page, "query-panel-requests", clip={"x": 0, "y": 0, "width": 1100, "height": 330})
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", name="GET /users/fast 200")).to_be_visible()
    expect(page.locator(".tag")).to_have_count(0)


def test_a_plan_is_shown_below_its_query(opened: Callable[..., Page]) -> None:
    page = panel_of(opened("/users"))
    row = page.locator("#query-3")
    row.get_by_role("button", name="EXPLAIN query 3").click()
    plan = page.locator("#query-3 + tr .plan")
    expect(plan).to_have_text("SEARCH profile USING INTEGER PRIMARY KEY (rowid=?)")
    row.get_by_role("button").click()
    expect(plan).to_have_count(1)
    assert fits(page)


def test_the_filter_hides_while_one_types(opened: Callable[..., Page]) -> None:
    page = panel_of(opened("/users"))
    box = page.get_by_role("searchbox", name="Filter queries")
    box.press_sequentially("USER order")
    expect(page.locator("details.group:visible")).to_have_count(1)
    expect(page.locator("details.group:visible")).to_contain_text('ORDER BY "user"."name"')
    box.fill("no such words")
    expect(page.get_by_text("No query has these words.")).to_be_visible()
    box.fill("(12,)")
    expect(page.locator("tr[data-search]:visible")).to_have_count(1)
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/requests/\d+\?q=%2812%2C%29$"))
    expect(page.locator("tr[data-search]:visible")).to_have_count(1)
    box.fill("")
    expect(page.locator("tr[data-search]:visible")).to_have_count(47)  # both groups


def test_what_was_typed_stays_text(opened: Callable[..., Page]) -> None:
    page = opened("/__covet__/")
    page.request.get("/search", params={"q": EVIL})
    page.reload()
    expect(page.locator("tbody tr").first).to_contain_text("script")
    page.locator("tbody a").first.click()
    page.locator("details.group > summary").last.click()
    expect(page.locator("#query-4").get_by_text(EVIL)).to_be_visible()
    expect(page).to_have_title("GET /search · covet")


def test_a_bar_of_the_time_line_leads_to_its_query(opened: Callable[..., Page]) -> None:
    page = opened("/__covet__/")
    page.request.get("/search?q=user")
    page.reload()
    page.locator("tbody a").first.click()
    bars = page.locator(".bars .bar")
    expect(bars).to_have_count(4)
    lines = {bar.get_attribute("y") for bar in bars.all()}
    assert len(lines) > 1  # some ran at once
    row = page.locator("#query-4")
    expect(row).not_to_be_visible()
    page.locator(".bars a[href='#query-4']").click()
    expect(row).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_in_both_colours(opened: Callable[..., Page], scheme: str) -> None:
    page = panel_of(opened("/users", PHONE, color_scheme=scheme, device_scale_factor=1.5))
    page.get_by_role("button", name="EXPLAIN").first.click()
    expect(page.locator(".plan")).to_be_visible()
    assert fits(page)
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 19, 24)"
    assert dark is (scheme == "dark")
    page.evaluate("scrollTo(0, 0)")
    take_picture(page, f"query-panel-phone-{scheme}")
    page.goto("/__covet__/")
    assert fits(page)


def test_it_works_without_javascript(opened: Callable[..., Page]) -> None:
    page = panel_of(opened("/users", java_script_enabled=False))
    expect(page.get_by_role("button", name="Copy fix")).to_have_count(0)
    page.get_by_role("searchbox").fill("(12,)")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("tr[data-search]:visible")).to_have_count(1)
    page.get_by_role("button", name="EXPLAIN").click()
    expect(page.get_by_role("heading", name=re.compile("EXPLAIN of query"))).to_be_visible()
    expect(page.locator(".plan")).to_have_text("SEARCH profile USING INTEGER PRIMARY KEY (rowid=?)")
    page.get_by_role("link", name="Back to GET /users").click()
    expect(page.get_by_role("heading", name="GET /users 200")).to_be_visible()
    other = page.locator("details.group").last
    other.locator("summary").first.click()
    expect(other.locator("table")).to_be_visible()


def test_it_works_by_keyboard(opened: Callable[..., Page]) -> None:
    page = panel_of(opened("/users"))
    summary = page.locator("details.group").last.locator("summary").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#query-1")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert summary.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"


def test_a_page_with_a_policy_of_its_own_is_left_alone(opened: Callable[..., Page]) -> None:
    page = opened("/strict")
    expect(page.get_by_role("heading", name="Strict")).to_be_visible()
    expect(page.locator("#covet-badge")).to_have_count(0)
