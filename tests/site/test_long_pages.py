"""A film of many chapters on pages: nothing moves at any width, both directions of writing; print; memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import embed_fixtures as fixtures
import pypdfium2
import pytest
from browser import opened, served, shifted
from embed_commands import explainers
from playwright.sync_api import Browser, Page
from test_access import axe, page_with

WIDTHS = (320, 340, 390, 480, 481, 560, 768, 1024, 1280, 1440)
CHAPTERS = [
    "Requests leave the model early",
    "Batch",
    "One waits for the slowest request of its batch",
    "What a batch that waits costs",
    "Rebatching",
    "How the cache is shared without a copy",
    "When it pays",
    "The race of three runs",
    "Read more",
]
SAID = "Sentence {} is as long as a sentence of a film may be, so that it breaks into lines on every phone."
BOXES = """() => [...document.querySelectorAll('main *')]
  .filter(one => !one.closest('.xv-captions, video'))
  .map(one => {
    // Lists scroll to the line that is said.
    const box = one.getBoundingClientRect(), list = one.parentElement.closest('.xv-transcript ol');
    const top = Math.round(box.top + scrollY + (list ? list.scrollTop : 0));
    return [one.tagName, one.textContent.trim().slice(0, 30), top, box.width, box.height].join(' ');
  })"""


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A watch page, and pages with the figure, written from left to right and from right to left."""
    root = tmp_path_factory.mktemp("long")
    words = fixtures.VIDEOS["drex"]
    starts = [n * fixtures.SECONDS / len(CHAPTERS) for n in range(len(CHAPTERS))]
    ends = [*starts[1:], float(fixtures.SECONDS)]
    cues = [
        {"start_s": start, "end_s": end, "text": SAID.format(n)}
        for n, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
    ]
    chapters = [{"start_s": start, "title": title} for start, title in zip(starts, CHAPTERS, strict=True)]
    for name, language in (("drex", "en"), ("arabic", "ar")):
        made = {**words, "cues": cues, "chapters": chapters, "language": language}
        fixtures.make_video(root / "renders" / name, name, **made)
    (root / "pyproject.toml").write_text(fixtures.SETTINGS)
    assert explainers("--project", root, "embed", "site", "-o", root / "out/videos").code == 0
    for page, name in (("page", "drex"), ("rtl", "arabic"), ("english", "drex")):
        html = page_with((root / f"out/videos/{name}/player.html").read_text() + "<p>What follows.</p>")
        if page != "page":
            html = html.replace('<html lang="en">', '<html lang="ar" dir="rtl">')
        (root / f"out/{page}.html").write_text(html)
    with served(root / "out") as address:
        yield address


def _played_through(page: Page) -> None:
    """The whole film, fast, from its beginning."""
    page.evaluate(
        """() => { const video = document.querySelector('video');
          video.currentTime = 0; video.playbackRate = 4; return video.play(); }"""
    )
    page.wait_for_function("document.querySelector('video').ended", timeout=20_000)


@pytest.mark.parametrize(
    ("path", "widths"), [("videos/drex/index.html", WIDTHS), ("rtl.html", (320, 481, 1280))]
)
def test_nothing_moves_while_a_film_plays_at_any_width(
    browser: Browser, origin: str, path: str, widths: tuple[int, ...]
) -> None:
    with opened(browser, f"{origin}/{path}", viewport={"width": 1440, "height": 900}) as (page, seen):
        page.evaluate("document.querySelector('.xv-transcript').open = true")
        _played_through(page)
        assert shifted(page) == 0
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            # What moves as a window is drawn larger is no fault for half a second.
            page.wait_for_timeout(700)
            page.evaluate("document.querySelector('video').currentTime = 0; window.__cls = 0")
            page.wait_for_function("document.querySelector('.xv-chapters li [aria-current]')")
            before = page.evaluate(BOXES)
            for at in (1.5, 3.1, 4.2, 5.8):
                page.evaluate("at => { document.querySelector('video').currentTime = at; }", at)
                page.wait_for_timeout(60)
                assert page.evaluate(BOXES) == before, (width, at)
            assert shifted(page) == 0, width
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert seen.errors == []


@pytest.mark.parametrize("path", ["page.html", "rtl.html"])
def test_on_a_phone_the_chapters_are_one_row_that_follows_the_film(
    browser: Browser, origin: str, path: str
) -> None:
    with opened(browser, f"{origin}/{path}", viewport={"width": 360, "height": 740}) as (page, _):
        _played_through(page)
        tops, row, current = page.evaluate(
            """() => [
              [...document.querySelectorAll('.xv-chapters button')].map(one => one.offsetTop),
              document.querySelector('.xv-chapters ol').getBoundingClientRect(),
              document.querySelector('.xv-chapters [aria-current]').getBoundingClientRect(),
            ]"""
        )
        assert len(set(tops)) == 1 and row["height"] < 60
        assert row["left"] - 1 <= current["left"] and current["right"] <= row["right"] + 1
        assert page.locator(".xv-chapters [aria-current]").inner_text().endswith("Read more")


def test_a_page_written_from_right_to_left_reads_well(browser: Browser, origin: str) -> None:
    assert [axe(browser, f"{origin}/{one}.html") for one in ("rtl", "english")] == [[], []]
    with opened(browser, f"{origin}/rtl.html", viewport={"width": 900, "height": 700}) as (page, _):
        first, second = (page.locator(".xv-chapters button").nth(n).bounding_box() for n in (0, 1))
        assert first and second and first["x"] > second["x"]
        page.locator(".xv-transcript summary").click()
        line = page.locator(".xv-transcript li").first
        moment, box = line.locator("a").bounding_box(), line.bounding_box()
        assert moment and box and moment["x"] > box["x"] + box["width"] - 80
        assert page.locator(".xv-captions").evaluate("one => getComputedStyle(one).direction") == "rtl"
    # English words on such a page have their full stops behind them.
    with opened(browser, f"{origin}/english.html", viewport={"width": 900, "height": 700}) as (page, _):
        assert page.locator("figure").evaluate("one => getComputedStyle(one).direction") == "ltr"
        assert page.locator("figure").get_attribute("lang") == "en"


@pytest.mark.parametrize("path", ["videos/drex/index.html", "page.html"])
def test_a_printed_page_has_the_poster_the_address_and_the_whole_transcript(
    browser: Browser, origin: str, tmp_path: Path, path: str
) -> None:
    with opened(browser, f"{origin}/{path}") as (page, _):
        assert page.locator(".xv-transcript").evaluate("one => one.open") == ("videos" in path)
        page.pdf(path=tmp_path / "page.pdf", print_background=True)
        assert page.locator(".xv-transcript").evaluate("one => one.open") == ("videos" in path)
    with pypdfium2.PdfDocument(tmp_path / "page.pdf") as document:
        sheets = list(document)
        text = " ".join("".join(sheet.get_textpage().get_text_bounded() for sheet in sheets).split())
        colors = {
            color
            for sheet in sheets
            for _, color in sheet.render().to_pil().convert("RGB").getcolors(2**24) or ()
        }
    for n in range(1, len(CHAPTERS) + 1):
        assert SAID.format(n) in text
    assert "https://example.org/videos/drex/" in text
    assert any(max(abs(a - b) for a, b in zip(one, (31, 58, 95), strict=True)) < 12 for one in colors)


def test_players_that_leave_a_page_are_freed(browser: Browser, origin: str) -> None:
    with opened(browser, f"{origin}/page.html") as (page, _):
        browser_of = page.context.new_cdp_session(page)

        def counted() -> tuple[int, int]:
            for _ in range(2):
                browser_of.send("HeapProfiler.collectGarbage")
            found = {
                one["name"]: int(one["value"]) for one in browser_of.send("Performance.getMetrics")["metrics"]
            }
            return found["Nodes"], found["JSEventListeners"]

        browser_of.send("Performance.enable")
        page.evaluate(
            """async () => {
              const figure = document.querySelector('figure');
              window.add = async () => {
                const one = figure.cloneNode(true);
                document.body.append(one);
                await new Promise(done => setTimeout(done, 30));
                one.querySelector('explainer-video').seek(1, false);
                await new Promise(done => setTimeout(done, 30));
                window.gone.push(new WeakRef(one), new WeakRef(one.querySelector('video')));
                one.remove();
              };
              window.gone = [];
              await add();
            }"""
        )
        page.wait_for_timeout(200)
        before = counted()
        page.evaluate("(async () => { for (let n = 0; n < 20; n++) await add(); })()")
        page.wait_for_timeout(300)
        after = counted()
        left = page.evaluate("gone.filter(one => one.deref()).length")
        # Each player has about a hundred nodes and ten listeners.
        assert left <= 2 and after[0] - before[0] < 200 and after[1] - before[1] < 20, (left, before, after)


def test_only_what_was_added_to_a_page_is_looked_at(browser: Browser, origin: str) -> None:
    with opened(browser, f"{origin}/page.html") as (page, _):
        looked = page.evaluate(
            """async () => {
              const links = Array.from({ length: 3000 }, (_, n) => `<a href="/x${n}">x</a>`).join('');
              document.body.insertAdjacentHTML('beforeend', `<div id="many">${links}</div>`);
              await new Promise(done => setTimeout(done, 100));
              let asked = 0, most = 0;
              for (const one of [Document.prototype, Element.prototype]) {
                const all = one.querySelectorAll, first = one.querySelector;
                const count = within => {
                  asked += 1;
                  most = Math.max(most, all.call(within, '*').length);
                };
                one.querySelectorAll = function (what) { count(this); return all.call(this, what); };
                one.querySelector = function (what) { count(this); return first.call(this, what); };
              }
              for (let n = 0; n < 200; n++) {
                document.getElementById('many').append(document.createElement('i'));
                await null;
              }
              await new Promise(done => setTimeout(done, 200));
              return [asked, most];
            }"""
        )
        # A handful of questions for each node, and none of anything else on the page.
        assert 200 <= looked[0] <= 200 * 6 and looked[1] == 0
