"""The watch page in a real browser: it plays, it waits to be asked, and it works for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import opened, playing, served, shifted
from playwright.sync_api import Browser

BLUE = (0x1F, 0x3A, 0x5F)
"""The fixture's flat colour."""


@pytest.fixture(scope="module")
def origin(static: Path) -> Iterator[str]:
    with served(static) as address:
        yield address


def _close(color: list[int], wanted: tuple[int, int, int], tolerance: int = 12) -> bool:
    return all(abs(one - other) <= tolerance for one, other in zip(color, wanted, strict=True))


def test_nothing_is_asked_for_before_play_and_nothing_elsewhere(browser: Browser, origin: str) -> None:
    with opened(browser, f"{origin}/videos/drex/index.html") as (page, seen):
        assert seen.media() == []
        assert seen.elsewhere(origin) == []
        assert shifted(page) == 0
        assert seen.errors == []
        assert (
            page.locator("script:not([src])").count()
            == page.locator('script[type="application/ld+json"]').count()
        )


def test_av1_is_chosen_and_a_chapter_button_seeks(browser: Browser, origin: str) -> None:
    with opened(browser, f"{origin}/videos/drex/index.html") as (page, seen):
        page.get_by_role("button", name="Race").click()
        state = playing(page)
        assert state["file"] == "video.av1.mp4"
        assert state["size"] == [640, 360] and _close(state["color"], BLUE)
        assert state["time"] >= 3
        assert ["captions", "en", "showing"] in state["tracks"]
        assert page.locator(".xv-chapters [aria-current]").inner_text().endswith("Race")
        assert any("video.av1.mp4" in url for url in seen.media())


def test_h264_plays_where_av1_does_not(browser: Browser, origin: str) -> None:
    with browser.new_context() as profile:
        page = profile.new_page()
        page.route("**/video.av1.mp4*", lambda route: route.abort())
        page.goto(f"{origin}/videos/drex/index.html")
        page.get_by_role("button", name="Race").click()
        state = playing(page)
        assert state["file"] == "video.mp4" and _close(state["color"], BLUE)


def test_the_transcript_seeks_and_marks_the_line(browser: Browser, origin: str) -> None:
    with opened(browser, f"{origin}/videos/drex/index.html") as (page, _):
        page.locator(".xv-transcript li", has_text="Hard ones wait").click()
        page.wait_for_function("document.querySelector('video').currentTime >= 2")
        page.evaluate("document.querySelector('video').pause()")
        page.evaluate("document.querySelector('video').currentTime = 2.4")
        page.wait_for_function("document.querySelector('.xv-transcript [aria-current]').dataset.t === '2'")
        assert "Hard ones wait" in page.locator(".xv-transcript [aria-current]").inner_text()
        assert page.url.endswith("index.html")


@pytest.mark.parametrize(
    ("asked", "at_s"), [("?t=4", 4), ("?t=0:03", 3), ("?t=0m5s", 5), ("#t=4", 4), ("?t=x", None)]
)
def test_a_link_with_a_time_starts_there_and_loads_nothing(
    browser: Browser, origin: str, asked: str, at_s: float | None
) -> None:
    with opened(browser, f"{origin}/videos/drex/index.html{asked}") as (page, seen):
        assert seen.media() == []
        assert page.evaluate("document.querySelector('video').currentTime") == (at_s or 0)
        if at_s:
            page.evaluate("document.querySelector('video').play()")
            assert playing(page)["time"] >= at_s


def test_only_one_video_plays(browser: Browser, static: Path, origin: str) -> None:
    both = "".join((static / f"videos/{name}/player.html").read_text() for name in ("drex", "segmentation"))
    head = '<script type="module" src="/videos/player.js"></script>'
    (static / "both.html").write_text(f"<!doctype html><html><head>{head}</head><body>{both}</body></html>")
    with opened(browser, f"{origin}/both.html") as (page, _):
        page.locator("#xv-drex button").last.click()
        playing(page, "#xv-drex video")
        page.locator("#xv-segmentation button").first.click()
        playing(page, "#xv-segmentation video")
        assert page.evaluate("document.querySelector('#xv-drex video').paused")


def test_it_fits_a_phone(browser: Browser, origin: str) -> None:
    viewport = {"width": 360, "height": 740}
    with opened(
        browser, f"{origin}/videos/drex/index.html", viewport=viewport, is_mobile=True, has_touch=True
    ) as (page, _):
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        box = page.locator("video").bounding_box()
        assert box and box["width"] <= 360 and abs(box["width"] / box["height"] - 16 / 9) < 0.02
        sizes = [one.bounding_box() for one in page.locator(".xv-chapters button").all()]
        assert all(size and size["height"] >= 24 and size["width"] >= 24 for size in sizes)
        page.get_by_role("button", name="Race").tap()
        assert playing(page)["file"] == "video.av1.mp4"
        assert shifted(page) == 0


def test_without_javascript_it_is_a_plain_video_with_links(browser: Browser, origin: str) -> None:
    with opened(browser, f"{origin}/videos/drex/index.html", java_script_enabled=False) as (page, seen):
        video = page.locator("video")
        assert video.get_attribute("controls") is not None and video.get_attribute("preload") == "none"
        assert page.locator(".xv-chapters a").last.get_attribute("href") == "../drex/video.mp4#t=3"
        box = video.bounding_box()
        assert box and box["height"] > 100
        assert seen.media() == []


def test_reduced_motion_leaves_every_loop_at_rest(browser: Browser, origin: str) -> None:
    with opened(browser, f"{origin}/videos/index.html", reduced_motion="reduce") as (page, seen):
        assert seen.media() == []
        assert page.evaluate("[...document.querySelectorAll('video')].every(v => v.paused)")
        assert page.get_by_role("button", name="Play preview").count() == 2


def test_a_loop_plays_where_motion_is_welcome_and_can_be_paused(browser: Browser, origin: str) -> None:
    with opened(browser, f"{origin}/videos/index.html") as (page, _):
        page.wait_for_function("!document.querySelector('video').paused")
        page.get_by_role("button", name="Pause preview").first.click()
        page.wait_for_function("document.querySelector('video').paused")


def test_who_saves_data_gets_no_loop(browser: Browser, origin: str) -> None:
    with browser.new_context() as profile:
        page = profile.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
        page.goto(f"{origin}/videos/index.html", wait_until="networkidle")
        assert not [url for url in asked if ".mp4" in url]


def test_keys_reach_everything_and_brackets_change_the_chapter(browser: Browser, origin: str) -> None:
    with opened(browser, f"{origin}/videos/drex/index.html") as (page, _):
        names = []
        for _press in range(30):
            page.keyboard.press("Tab")
            names.append(
                page.evaluate(
                    "document.activeElement.tagName + ' ' + (document.activeElement.textContent || '').trim()"
                )
            )
        for wanted in ("VIDEO", "BUTTON", "SUMMARY", "A 0:02"):
            assert any(name.startswith(wanted) for name in names), (wanted, names)
        page.get_by_role("button", name="Design").focus()
        page.keyboard.press("]")
        assert page.evaluate("document.querySelector('video').currentTime") == 3
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none"


def test_dark_and_light_pages_both_read_well(browser: Browser, origin: str) -> None:
    colors = set()
    for scheme in ("dark", "light"):
        with opened(browser, f"{origin}/videos/drex/index.html", color_scheme=scheme) as (page, _):
            colors.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colors == {"rgb(15, 23, 42)", "rgb(255, 255, 255)"}


def test_the_frame_page_holds_the_player_alone(browser: Browser, origin: str, static: Path) -> None:
    (static / "foreign.html").write_text(
        '<!doctype html><iframe src="/videos/drex/embed.html" width="640" height="360" title="x"></iframe>'
    )
    with opened(browser, f"{origin}/foreign.html") as (page, seen):
        frame = page.frame_locator("iframe")
        box = frame.locator("video").bounding_box()
        assert box and abs(box["width"] - 640) <= 1 and abs(box["height"] - 360) <= 1
        assert seen.media() == []
