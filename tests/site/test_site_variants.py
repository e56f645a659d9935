"""A video in two themes: the page's background decides, and without a script the first one stands."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import embed_fixtures as fixtures
import pytest
from browser import opened, playing, served, shifted
from embed_commands import explainers
from PIL import Image
from playwright.sync_api import Browser
from test_access import page_with, validated
from test_page_care import STRICT, under
from webdriver import near

from explainers.site.videos import load_video


@pytest.fixture(scope="module")
def two_themes(renders: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A served folder whose video is there in `ink` and, white, in `paper`."""
    root = tmp_path_factory.mktemp("themes")
    shutil.copytree(renders / "drex", root / "renders/drex")
    paper = root / "renders/drex/paper"
    words = {name: value for name, value in fixtures.VIDEOS["drex"].items() if name != "color"}
    fixtures.make_video(paper, "drex", **words, color="0xffffff", theme="paper")
    ran = explainers("embed", "site", "-o", root / "out/videos", "--renders", root / "renders")
    assert ran.code == 0, ran.err
    return root / "out"


def test_a_variant_is_found_by_its_theme(two_themes: Path) -> None:
    video = load_video(two_themes.parent / "renders/drex")
    assert [one.manifest.theme for one in video.variants] == ["paper"]
    assert (two_themes / "videos/drex/paper/video.mp4").is_file()
    assert validated(two_themes / "videos/drex/index.html") == ""


@pytest.mark.parametrize(
    ("background", "folder"), [("#181c18", "drex"), ("#002b36", "drex"), ("#ffffff", "paper")]
)
def test_the_background_of_the_page_chooses_the_theme(
    browser: Browser, two_themes: Path, background: str, folder: str
) -> None:
    figure = (two_themes / "videos/drex/player.html").read_text()
    (two_themes / "page.html").write_text(page_with(figure, f"{background};color:#888"))
    with served(two_themes) as origin, opened(browser, f"{origin}/page.html") as (tab, seen):
        assert tab.locator("video").count() == 1 and seen.media() == [] and shifted(tab) == 0
        tab.locator(".xv-chapters button").last.click()
        assert playing(tab)["time"] >= 3
        assert (
            tab.evaluate("new URL(document.querySelector('video').currentSrc).pathname").split("/")[-2]
            == folder
        )
        assert [url.split("/")[-2] for url in seen.requests if "/poster" in url] == [folder]


def test_a_linked_poster_on_a_light_page_plays_the_light_theme_at_one_click(
    browser: Browser, two_themes: Path
) -> None:
    poster = '<p><a href="/videos/drex/"><img src="/videos/drex/poster.jpg" alt="DREX"></a></p>'
    (two_themes / "poster.html").write_text(page_with(poster, "#ffffff;color:#444"))
    with served(two_themes) as origin, opened(browser, f"{origin}/poster.html") as (tab, seen):
        tab.locator("a.xv-poster").click()
        playing(tab)
        assert "/paper/" in tab.evaluate("document.querySelector('video').currentSrc")
        assert tab.evaluate("document.activeElement.tagName") == "VIDEO" and seen.errors == []
        assert [url for url in seen.requests if "drex/poster" in url] == [f"{origin}/videos/drex/poster.jpg"]


def test_without_a_script_the_first_theme_stands(browser: Browser, two_themes: Path) -> None:
    with (
        served(two_themes) as origin,
        opened(browser, f"{origin}/videos/drex/index.html", java_script_enabled=False) as (page, seen),
    ):
        assert page.locator("video").count() == 1
        assert [url.split("/")[-2] for url in seen.requests if "/poster" in url] == ["drex"]
        # Its poster is seen through the video, and lies where the video is.
        assert page.locator("noscript img").bounding_box() == page.locator("video").bounding_box()
        shown = Image.open(io.BytesIO(page.locator("video").screenshot())).convert("RGB")
        assert near(shown.getpixel((60, 30)), (31, 58, 95))


def test_two_themes_work_under_a_strict_policy(browser: Browser, two_themes: Path) -> None:
    with served(two_themes) as origin, browser.new_context(color_scheme="light") as profile:
        page = profile.new_page()
        broken = under(page, STRICT)
        page.goto(f"{origin}/videos/drex/index.html", wait_until="networkidle")
        page.locator(".xv-chapters button").last.click()
        assert playing(page)["time"] >= 3 and broken == []


def test_captions_in_the_picture_are_not_shown_twice(own_renders: Path) -> None:
    path = own_renders / "drex/manifest.json"
    record = json.loads(path.read_text())
    record["renditions"].append(
        record["renditions"][0] | {"file": "video.captions.mp4", "captions": "burned"}
    )
    path.write_text(json.dumps(record))
    assert [one.file for one in load_video(own_renders / "drex").sources_in_order] == ["video.mp4"]
