"""A video in several shapes: the room on the page decides, nothing moves, and without a script it is wide."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import embed_fixtures as fixtures
import pytest
from browser import opened, playing, served, shifted
from embed_commands import explainers
from playwright.sync_api import Browser, Page
from test_access import page_with, validated

from explainers.render.renditions import web_renditions
from explainers.site.videos import load_video

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1200, "height": 800}
UPRIGHT, SQUARE = (360, 640), (480, 480)


@pytest.fixture(scope="module")
def shapes(renders: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A served folder whose video is there wide, square, and upright in both themes; one of them has AV1."""
    root = tmp_path_factory.mktemp("shapes")
    shutil.copytree(renders / "drex", root / "renders/drex")
    words: dict[str, Any] = {k: v for k, v in fixtures.VIDEOS["drex"].items() if k != "color"}
    made = root / "renders/drex"
    fixtures.make_video(made / "upright", "drex", **words, color="0x1f3a5f", size=UPRIGHT)
    fixtures.make_video(
        made / "upright-paper", "drex", **words, color="0xffffff", size=UPRIGHT, theme="paper"
    )
    fixtures.make_video(made / "square", "drex", **words, color="0x1f3a5f", size=SQUARE)
    web_renditions(made / "upright", least_saving=None)
    ran = explainers("embed", "site", "-o", root / "out/videos", "--renders", root / "renders")
    assert ran.code == 0, ran.err
    figure = (root / "out/videos/drex/player.html").read_text()
    (root / "out/page.html").write_text(page_with(f"{figure}<p>What follows.</p>", "#181c18;color:#888"))
    (root / "out/white.html").write_text(page_with(figure, "#ffffff;color:#444"))
    asked = figure.replace("<explainer-video", '<explainer-video data-prefer="square"', 1)
    (root / "out/asked.html").write_text(page_with(asked, "#181c18;color:#888"))
    return root / "out"


def _played(page: Page) -> str:
    """The folder of what plays after a chapter was chosen."""
    page.locator(".xv-chapters button").last.click()
    assert playing(page)["time"] >= 3
    path: str = page.evaluate("new URL(document.querySelector('video').currentSrc).pathname")
    return path.split("/")[-2]


def test_variants_are_found_by_theme_and_shape(shapes: Path) -> None:
    video = load_video(shapes.parent / "renders/drex")
    assert [(one.manifest.theme, one.shape) for one in (video, *video.variants)] == [
        ("ink", "wide"),
        ("ink", "square"),
        ("ink", "upright"),
        ("paper", "upright"),
    ]
    assert (shapes / "videos/drex/upright/poster.jpg").is_file()
    assert validated(shapes / "videos/drex/index.html") == ""


@pytest.mark.parametrize(
    ("name", "screen", "folder", "size"),
    [
        ("page", PHONE, "upright", list(UPRIGHT)),
        ("page", DESK, "drex", [fixtures.WIDTH, fixtures.HEIGHT]),
        ("white", PHONE, "upright-paper", list(UPRIGHT)),
        ("white", DESK, "drex", [fixtures.WIDTH, fixtures.HEIGHT]),
        ("asked", DESK, "square", list(SQUARE)),
    ],
)
def test_the_room_chooses_the_shape_and_nothing_moves(
    browser: Browser, shapes: Path, name: str, screen: dict[str, int], folder: str, size: list[int]
) -> None:
    with served(shapes) as origin, opened(browser, f"{origin}/{name}.html", viewport=screen) as (page, seen):
        box = page.locator("video").bounding_box()
        assert box and box["width"] / box["height"] == pytest.approx(size[0] / size[1], abs=0.01)
        assert f"/{folder}/poster" in (page.locator("video").get_attribute("poster") or "")
        assert shifted(page) == 0 and seen.media() == [] and seen.errors == []
        assert _played(page) == folder and playing(page)["size"] == size
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_upright_variant_plays_av1_first(browser: Browser, shapes: Path) -> None:
    with served(shapes) as origin, opened(browser, f"{origin}/page.html", viewport=PHONE) as (page, _):
        _played(page)
        assert "av1" in playing(page)["file"]


def test_a_phone_that_is_turned_gets_the_other_shape(browser: Browser, shapes: Path) -> None:
    with served(shapes) as origin, opened(browser, f"{origin}/page.html", viewport=PHONE) as (page, seen):
        page.set_viewport_size({"width": 740, "height": 360})
        page.wait_for_function("document.querySelector('explainer-video').dataset.shape === 'wide'")
        page.set_viewport_size(PHONE)
        page.wait_for_function("document.querySelector('explainer-video').dataset.shape === 'upright'")
        assert seen.media() == [] and page.locator("video").count() == 1
        assert _played(page) == "upright"
        page.set_viewport_size({"width": 740, "height": 360})
        page.wait_for_timeout(300)
        assert "/upright/" in page.evaluate("document.querySelector('video').currentSrc")


def test_without_a_script_the_wide_one_stands_and_plays(browser: Browser, shapes: Path) -> None:
    with (
        served(shapes) as origin,
        opened(browser, f"{origin}/page.html", viewport=PHONE, java_script_enabled=False) as (page, seen),
    ):
        box = page.locator("video").bounding_box()
        assert box and box["width"] / box["height"] == pytest.approx(16 / 9, abs=0.01)
        assert page.locator("video").count() == 1 and seen.media() == []
