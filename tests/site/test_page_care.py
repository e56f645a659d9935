"""What a page owes its readers: captions beside the picture, a strict policy, no jumps, links that seek."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import embed_fixtures as fixtures
import pytest
from browser import caption_boxes, opened, playing, served
from embed_commands import explainers
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, Route
from test_access import axe, page_with

from explainers.render.visible_text import LINE_SHARE, _width

STRICT = "default-src 'self'"
"""The policy of a careful host: nothing inline, nothing from elsewhere."""


@pytest.fixture(scope="module")
def origin(static: Path) -> Iterator[str]:
    figures = {name: (static / f"videos/{name}/player.html").read_text() for name in fixtures.VIDEOS}
    both = figures["drex"] + "<div style='height:3000px'></div>" + figures["segmentation"]
    (static / "two.html").write_text(page_with(both))
    (static / "figure.html").write_text(page_with(figures["drex"]))
    broken = figures["drex"].replace("/videos/drex/video", "/videos/drex/gone")
    (static / "broken.html").write_text(page_with(broken))
    posters = "".join(
        f'<p><a href="/videos/{name}/"><img src="/videos/{name}/poster-play.jpg" alt=""></a></p>'
        for name in fixtures.VIDEOS
    )
    (static / "posters.html").write_text(page_with(posters))
    with served(static) as address:
        yield address


def under(page: Page, policy: str, addresses: str = "**/*.html*") -> list[str]:
    """The page's violations of a policy that each of its documents gets, as they come."""
    broken: list[str] = []

    def with_policy(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": policy})

    page.route(addresses, with_policy)
    page.expose_function("violated", lambda what: broken.append(what))
    page.add_init_script(
        "addEventListener('securitypolicyviolation', e => violated(e.violatedDirective + ' ' + e.blockedURI"
        " + ' ' + e.sample))"
    )
    return broken


@pytest.mark.parametrize("path", ["videos/drex/index.html", "videos/index.html", "videos/drex/embed.html"])
def test_our_pages_work_and_look_right_under_a_strict_policy(
    browser: Browser, origin: str, path: str
) -> None:
    looks = []
    for policy in (STRICT, ""):
        with browser.new_context(viewport={"width": 900, "height": 700}, reduced_motion="reduce") as profile:
            page = profile.new_page()
            broken = under(page, policy) if policy else []
            page.goto(f"{origin}/{path}", wait_until="networkidle")
            looks.append(page.screenshot(full_page=True))
            if "drex" in path:
                page.evaluate("document.querySelector('video').play()")
                assert playing(page)["file"] == "video.av1.mp4"
                page.wait_for_timeout(400)
            assert broken == []
            assert page.locator("style, [style], [onclick], script:not([src]):not([type*=json])").count() == 0
    strict, free = (Image.open(io.BytesIO(look)).convert("L") for look in looks)
    differing = sum(ImageChops.difference(strict, free).histogram()[24:])
    # The video's own controls fade when they like.
    assert strict.size == free.size and differing < 0.005 * strict.width * strict.height


def test_a_linked_poster_opens_under_a_strict_policy_and_is_fetched_once(
    browser: Browser, origin: str, static: Path
) -> None:
    page_text = (static / "posters.html").read_text().replace(' style="background:#fff;color:#444"', "")
    (static / "strict.html").write_text(page_text)
    with browser.new_context(viewport={"width": 390, "height": 800}, device_scale_factor=3) as profile:
        page = profile.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        broken = under(page, STRICT)
        page.goto(f"{origin}/strict.html", wait_until="networkidle")
        names = [page.locator("a.xv-poster").nth(n).get_attribute("aria-label") for n in (0, 1)]
        assert names == ["Video: drex", "Video: segmentation"]
        page.locator("a.xv-poster").first.click()
        assert playing(page)["size"] == [640, 360]
        assert broken == []
        assert [one for one in asked if "/drex/poster" in one] == [f"{origin}/videos/drex/poster-play.jpg"]
        assert (static / "videos/drex/poster-play.jpg").stat().st_size < 60_000


def test_captions_stand_under_the_picture_and_hide_none_of_it(browser: Browser, origin: str) -> None:
    with opened(browser, f"{origin}/figure.html", viewport={"width": 900, "height": 900}) as (page, _):
        strip, video = page.locator(".xv-captions"), page.locator("video")
        before = strip.bounding_box()
        _rest_at(page, 1)
        page.wait_for_function("document.querySelector('.xv-captions').textContent === 'Easy tokens leave.'")
        picture, box = video.bounding_box(), strip.bounding_box()
        assert picture and box and box == before and box["y"] >= picture["y"] + picture["height"] - 1
        assert playing_tracks(page) == [["captions", "showing"]]
        page.mouse.move(5, 5)
        page.wait_for_timeout(300)
        with_captions = video.screenshot()
        page.evaluate("document.querySelector('video').textTracks[0].mode = 'disabled'")
        page.wait_for_function("document.querySelector('.xv-captions').textContent === ''")
        page.wait_for_timeout(300)
        # Not one pixel of the picture is a caption's.
        assert video.screenshot() == with_captions
        assert strip.bounding_box() == before


def test_a_caption_that_the_browser_draws_takes_no_more_room_than_is_kept_for_it(
    browser: Browser, origin: str, static: Path
) -> None:
    cues = [
        "ill, till; fill it!",
        "WWW MMM\nwomen 100 %",
        "Hard ones wait, and are rebatched.",
        "“(x) — [y]”",
    ]
    blocks = [f"00:00:0{n}.000 --> 00:00:0{n + 1}.000 line:40%\n{words}" for n, words in enumerate(cues)]
    (static / "videos/drex/native.vtt").write_text("\n\n".join(["WEBVTT", *blocks]))
    track = '<track kind="captions" srclang="en" src="native.vtt" default>'
    video = f'<video muted preload="auto" width="WIDTH" src="video.mp4">{track}</video>'
    for width in (390, 900):
        page_text = page_with(video.replace("WIDTH", str(width)))
        (static / "videos/drex/native.html").write_text(page_text)
        with opened(browser, f"{origin}/videos/drex/native.html") as (page, _):
            boxes = caption_boxes(page)
        assert [words for _, _, words, _ in boxes] == cues
        for _, _, words, (left, top, right, bottom) in boxes:
            lines = words.split("\n")
            assert top == pytest.approx(40, abs=0.2) and bottom - top <= LINE_SHARE * len(lines)
            assert 0.7 < (right - left) / (max(map(_width, lines)) * 9 / 16) <= 1, words


def _rest_at(page: Page, moment: float) -> None:
    """Play until there are frames, and stand still at a moment."""
    page.evaluate("document.querySelector('video').play()")
    playing(page)
    page.evaluate(
        """moment => new Promise(done => {
          const video = document.querySelector('video');
          video.pause();
          video.addEventListener('seeked', done, { once: true });
          video.currentTime = moment;
        })""",
        moment,
    )


def playing_tracks(page: Page) -> list[list[str]]:
    found: list[list[str]] = page.evaluate(
        "[...document.querySelector('video').textTracks].filter(t => t.mode === 'showing')"
        ".map(t => [t.kind, t.mode])"
    )
    return found


def test_where_there_is_no_strip_the_browser_draws_the_captions(browser: Browser, origin: str) -> None:
    with opened(browser, f"{origin}/videos/drex/embed.html") as (page, _):
        _rest_at(page, 1)
        assert not page.locator(".xv-captions").is_visible()
        assert page.evaluate("document.querySelector('[data-strip]')") is None
        assert playing_tracks(page) == [["captions", "showing"]]


def _at(page: Page, name: str) -> float:
    return float(page.evaluate("name => document.querySelector(`#xv-${name} video`).currentTime", name))


@pytest.mark.parametrize(
    ("query", "drex", "segmentation"),
    [
        ("?t=4", 4, 0),
        ("?v=segmentation&t=4", 0, 4),
        ("?v=drex&t=0:05", 5, 0),
        ("?v=nothing&t=4", 0, 0),
        ("#t=3", 3, 0),
        ("?t=99999", 0, 0),
        ("?t=-3", 0, 0),
        ("?v=segmentation", 0, 0),
    ],
)
def test_a_time_in_the_address_belongs_to_one_video(
    browser: Browser, origin: str, query: str, drex: float, segmentation: float
) -> None:
    with opened(browser, f"{origin}/two.html{query}") as (page, seen):
        assert (_at(page, "drex"), _at(page, "segmentation")) == (drex, segmentation)
        assert seen.media() == []
        shown = page.locator("#xv-segmentation video").bounding_box()
        assert shown and (0 <= shown["y"] < 720) == bool(segmentation)
        page.evaluate("location.hash = 't=2'")
        page.wait_for_function("location.hash === '#t=2'")
        wanted = 2 if "?v" not in query or "v=drex" in query else drex
        page.wait_for_function(
            "wanted => document.querySelector('#xv-drex video').currentTime === wanted",
            arg=wanted,
            timeout=5000,
        )


def test_a_time_opens_the_linked_poster_that_it_means_and_no_other(browser: Browser, origin: str) -> None:
    for query, name in (("?v=segmentation&t=4", "segmentation"), ("?t=4", "drex")):
        with opened(browser, f"{origin}/posters.html{query}") as (page, _):
            page.wait_for_selector(f"#xv-{name} video")
            assert _at(page, name) == 4 and page.locator("explainer-video").count() == 1


def test_chapters_seek_without_a_script_in_the_file_itself(browser: Browser, origin: str) -> None:
    with opened(browser, f"{origin}/figure.html", java_script_enabled=False) as (page, _):
        assert page.locator(".xv-chapters a").last.get_attribute("href") == "/videos/drex/video.mp4#t=3"
        assert not page.locator(".xv-captions").is_visible()
    with opened(browser, f"{origin}/videos/drex/video.mp4#t=3", wait=False) as (page, _):
        page.wait_for_function("document.querySelector('video').currentTime >= 3")


def test_a_video_that_is_missing_is_told_where_it_should_be(browser: Browser, origin: str) -> None:
    with opened(browser, f"{origin}/broken.html") as (page, _):
        page.locator(".xv-chapters button").first.click()
        note = page.get_by_role("alert")
        note.wait_for(timeout=10_000)
        assert "could not be loaded" in note.inner_text() and page.locator(".xv-error").count() == 1


@pytest.mark.parametrize(
    ("background", "wanted"),
    [
        ("oklch(0.2 0.03 250)", "dark"),
        ("oklch(96% 0.01 90)", "light"),
        ("color(display-p3 0.05 0.05 0.1)", "dark"),
        ("color(srgb 0.95 0.95 0.9)", "light"),
        ("lab(15% 0 0)", "dark"),
        ("lch(90% 5 80)", "light"),
        ("color-mix(in oklab, black 80%, white)", "dark"),
        ("rgb(0 0 0 / 0.8)", "dark"),
        ("rgb(0 0 0 / 0.2)", "light"),
        ("hsl(0 0% 100% / 0.05)", "light"),
        ("transparent", "light"),
    ],
)
def test_every_colour_of_css_is_read_as_it_looks(
    browser: Browser, origin: str, background: str, wanted: str
) -> None:
    with opened(browser, f"{origin}/figure.html") as (page, _):
        script = """async background => {
          const { tone } = await import('/videos/player.js');
          document.documentElement.style.background = '#fff';
          document.body.style.background = background;
          return tone(document.querySelector('figure'));
        }"""
        assert page.evaluate(script, background) == wanted


def test_a_switch_of_the_pages_theme_is_followed_while_nothing_has_played(
    browser: Browser, renders: Path, tmp_path: Path
) -> None:
    shutil.copytree(renders / "drex", tmp_path / "renders/drex")
    words: dict[str, Any] = {k: v for k, v in fixtures.VIDEOS["drex"].items() if k != "color"}
    made = tmp_path / "renders/drex/paper"
    fixtures.make_video(made, "drex", **words, color="0xffffff", theme="paper")
    ran = explainers("embed", "site", "-o", tmp_path / "out/videos", "--renders", tmp_path / "renders")
    assert ran.code == 0, ran.err
    figure = (tmp_path / "out/videos/drex/player.html").read_text()
    (tmp_path / "out/page.html").write_text(page_with(figure, "#181c18;color:#ccc"))
    with served(tmp_path / "out") as origin, opened(browser, f"{origin}/page.html") as (page, _):
        tone = "document.querySelector('explainer-video').dataset.tone"
        assert page.evaluate(tone) == "dark"
        page.evaluate("document.body.style.background = '#fff'")
        page.wait_for_function(f"{tone} === 'light'", timeout=5000)
        assert "/paper/" in page.locator("video source").first.get_attribute("src")  # type: ignore[operator]
        page.evaluate("document.body.style.background = '#111'")
        page.wait_for_function(f"{tone} === 'dark'", timeout=5000)


def test_brackets_on_altgr_change_the_chapter_and_shortcuts_of_others_do_not(
    browser: Browser, origin: str
) -> None:
    press = """([key, altgr]) => document.querySelector('figure').dispatchEvent(new KeyboardEvent('keydown',
      { key, bubbles: true, ctrlKey: true, altKey: true, modifierAltGraph: altgr }))"""
    with opened(browser, f"{origin}/figure.html") as (page, _):
        page.evaluate(press, ["]", False])
        assert _at(page, "drex") == 0
        page.evaluate(press, ["]", True])
        assert _at(page, "drex") == 3


def test_nothing_of_the_authors_is_removed_and_empty_links_go_out_of_sight(
    browser: Browser, origin: str, static: Path
) -> None:
    (static / "lifted.html").write_text(page_with('<p id="p"><a href="/videos/drex/"></a></p><p>x</p>'))
    with opened(browser, f"{origin}/lifted.html") as (page, _):
        link = page.locator("#p a")
        assert link.count() == 1 and not link.is_visible()
    assert axe(browser, f"{origin}/lifted.html") == []


def test_a_player_that_leaves_the_page_lets_go_of_what_it_loaded(browser: Browser, origin: str) -> None:
    with opened(browser, f"{origin}/figure.html") as (page, _):
        page.locator(".xv-chapters button").last.click()
        playing(page)
        loaded = page.evaluate(
            """async () => {
              const video = document.querySelector('video'), figure = document.querySelector('figure');
              figure.parentElement.append(figure);
              await new Promise(done => setTimeout(done, 200));
              const moved = video.buffered.length;
              const parent = figure.parentElement;
              figure.remove();
              await new Promise(done => setTimeout(done, 500));
              window.gone = () => parent.append(figure);
              return [moved, video.buffered.length, video.paused];
            }"""
        )
        assert loaded == [1, 0, True]
        page.evaluate("gone()")
        page.locator(".xv-chapters button").last.click()
        assert playing(page)["file"] == "video.av1.mp4"


def test_a_card_of_the_index_opens_its_watch_page(browser: Browser, origin: str) -> None:
    with opened(browser, f"{origin}/videos/index.html", reduced_motion="reduce") as (page, _):
        assert page.get_by_role("button", name="Play preview").count() == 2
        card = page.locator(".videos li").first.bounding_box()
        assert card
        page.mouse.click(card["x"] + card["width"] / 2, card["y"] + 40)
        page.wait_for_url("**/videos/drex/index.html")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_nothing_after_a_click_either(browser: Browser, origin: str, scheme: str) -> None:
    import engines

    clicked = {
        "posters.html": "a.xv-poster",
        "videos/drex/index.html": ".xv-transcript li:last-child a",
        "videos/index.html": ".xv-loop",
    }
    for path, wanted in clicked.items():
        with opened(browser, f"{origin}/{path}", color_scheme=scheme) as (page, _):
            page.locator(wanted).first.click()
            if "videos/index" not in path:
                playing(page)
            page.add_script_tag(path=str(engines.MODULES / "axe-core/axe.min.js"))
            found = page.evaluate("axe.run()")
            assert [one["id"] for one in found["violations"]] == [], path


@pytest.mark.parametrize("path", ["videos/index.html", "videos/drex/index.html"])
@pytest.mark.parametrize("width", [390, 1280])
def test_what_scripts_bring_has_its_place_before_they_run(
    browser: Browser, origin: str, path: str, width: int
) -> None:
    places = []
    for scripts in (True, False):
        with browser.new_context(viewport={"width": width, "height": 800}) as profile:
            page = profile.new_page()
            if not scripts:
                page.route("**/*.js", lambda route: route.abort())
            page.goto(f"{origin}/{path}", wait_until="networkidle")
            assert page.locator(".xv-loop, .share > button:not([hidden])").count() == scripts * (
                2 if path == "videos/index.html" else 1
            )
            places.append(
                page.evaluate(
                    "[...document.querySelectorAll('h2, .note, summary, li, footer, figcaption')]"
                    ".map(one => one.getBoundingClientRect().top)"
                )
            )
    assert places[0] == places[1]
