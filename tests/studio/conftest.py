"""One studio and one browser for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import studio_live as live
from playwright.sync_api import Browser, Page, expect, sync_playwright


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[live.Studio]:
    root = live.write_studio_project(tmp_path_factory.mktemp("studio"))
    with live.studio(root) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = live.launch(playwright)
        yield started
        started.close()


@pytest.fixture
def tab(browser: Browser, studio: live.Studio) -> Iterator[Page]:
    """A page on the studio as it was begun, whose console stays free of errors."""
    studio.storyboard.write_text(live.STORYBOARD, encoding="utf-8")
    studio.table.write_bytes(live.TABLE.encode())
    with browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True) as profile:
        page = profile.new_page()
        page.set_default_timeout(40_000)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(studio.url)
        live.at_rest(page, page.evaluate(live.OPENS_AT))
        page.evaluate("studio.player.seek(0, true)")
        live.at_rest(page, 0)
        expect(page.locator("#editor")).to_contain_text("A comment that stays.")
        yield page
        assert not errors
