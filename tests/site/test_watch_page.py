"""The watch page: whose work it is, how to cite and share it, and numbers that lead to moment and source."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import engines
import pytest
from browser import opened, served
from playwright.sync_api import Browser

from explainers.manifest import Number
from explainers.site.videos import Video, _marked, numbers, row_id

SENTENCE = "In 2,160 articles: 144,319 tokens pushed out, 2,160 again, 26\u202f% of all."


@pytest.fixture(scope="module")
def origin(static: Path) -> Iterator[str]:
    with served(static) as address:
        yield address


@pytest.mark.parametrize(
    ("words", "marked"),
    [
        (SENTENCE, ["2,160", "144,319", "26\u202f%"]),
        ("In 2,160 articles: 144,319 tokens", ["2,160", "144,319"]),  # A caption is cut into several cues.
        ("Title. " + SENTENCE, ["2,160", "144,319", "26\u202f%"]),
        ("Another sentence with 2,160.", []),
        ("In 2,160", ["2,160"]),
    ],
)
def test_numbers_are_marked_in_their_own_sentence_only(words: str, marked: list[str]) -> None:
    written = "26\u202f%", "144,319", "2,160"
    found = [Number(start_s=0, text=one, words=SENTENCE, expression=one) for one in written]
    parts = _marked(words, found)
    assert "".join(text for text, _ in parts) == words
    assert [text for text, row in parts if row] == marked


def test_a_row_tells_what_a_number_means_and_what_it_was_worked_out_from(videos: tuple[Video, ...]) -> None:
    rows = {row.id: row for row in numbers(videos[0])}
    assert list(rows) == ["number-gain", "number-race-1", "number-tok_s", "number-off"]
    gain = rows["number-gain"]
    assert gain.readings == ((3.0, "DREX writes 8.3% more."),)
    assert gain.terms == (
        ("122.1 tok/s", "number-tok_s"),
        (" / ", None),
        ("112.8 tok/s", "number-off"),
        (" \u2212 1", None),
    )
    assert rows["number-off"].origin == "throughput_tok_s in runs where run = a100-70b-off"
    assert rows["number-race-1"].shown == "1:44" and rows["number-race-1"].sources == ("logs",)
    assert row_id("(after - 1) * b") != row_id("(after + 1) * b")


def test_every_number_of_the_page_leads_to_a_row_a_moment_and_a_source(browser: Browser, origin: str) -> None:
    with opened(browser, f"{origin}/videos/drex/index.html") as (page, seen):
        targets = page.locator("a[href^='#']").evaluate_all("all => all.map(one => one.hash.slice(1))")
        assert {"number-gain", "number-race-1", "source-logs", "number-off"} <= set(targets)
        assert page.evaluate("ids => ids.filter(id => !document.getElementById(id))", targets) == []
        line = page.locator(".xv-transcript li", has_text="DREX writes")
        assert line.inner_text().split() == ["0:03", "Race.", "DREX", "writes", "8.3%", "more."]
        line.locator("a.xv-number").click()
        assert (
            page.url.endswith("#number-gain")
            and page.evaluate("document.querySelector('video').currentTime") == 0
        )
        page.locator("#number-race-1 a[data-t]").click()
        page.wait_for_function("document.querySelector('video').currentTime >= 4")
        assert seen.errors == [] and "fact" not in page.locator("main").inner_text().lower()


def test_elsewhere_a_number_leads_to_the_watch_page(static: Path) -> None:
    player = (static / "videos/drex/player.html").read_text()
    assert 'href="/videos/drex/#number-gain"' in player


def test_the_page_says_whose_work_it_is(static: Path) -> None:
    page = (static / "videos/drex/index.html").read_text()
    assert '<p class="byline">Ann Áuthor, Bo Writer</p>' in page
    assert 'Paper: <a href="https://example.org/p">Early exits</a>, arXiv:2512.00001, 2025' in page
    assert '<meta property="og:locale" content="en_US">' in page
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    assert found
    body = json.loads(found[1])
    assert [one["name"] for one in body["author"]] == ["Ann Áuthor", "Bo Writer"]
    assert body["citation"]["@type"] == "ScholarlyArticle" and body["citation"]["datePublished"] == "2025"


def test_a_moment_a_citation_and_the_frame_can_be_copied(browser: Browser, origin: str) -> None:
    with opened(browser, f"{origin}/videos/drex/index.html", permissions=["clipboard-read"]) as (page, _):
        page.evaluate("document.querySelector('video').currentTime = 4.6")
        page.get_by_role("button", name="Copy link at this moment").click()
        page.wait_for_function("document.querySelector('.share [role=status]').textContent.includes('t=4')")
        assert page.evaluate("navigator.clipboard.readText()") == "https://example.org/videos/drex/?t=4"
        page.get_by_text("Cite: the paper").click()
        page.get_by_role("button", name="Copy BibTeX").first.click()
        assert page.evaluate("navigator.clipboard.readText()").splitlines() == [
            "@misc{author2025early,",
            "  author = {Ann Áuthor and Bo Writer},",
            "  title = {{Early exits}},",
            "  howpublished = {arXiv:2512.00001, 2025},",
            "  year = {2025},",
            "  url = {https://example.org/p},",
            "}",
        ]
        page.get_by_text("Embed", exact=True).click()
        page.get_by_role("button", name="Copy HTML").click()
        assert page.evaluate("navigator.clipboard.readText()").startswith('<iframe src="https://example.org/')


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_nothing_where_everything_is_open_and_the_video_has_played(
    browser: Browser, origin: str, scheme: str
) -> None:
    with opened(browser, f"{origin}/videos/drex/index.html", color_scheme=scheme) as (page, _):
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        page.get_by_role("button", name="Race").click()
        page.locator("#number-gain a[data-t]").click()
        page.add_script_tag(path=str(engines.MODULES / "axe-core/axe.min.js"))
        found = page.evaluate("axe.run()")["violations"]
        assert [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found] == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_page_fits_the_screen_and_shows_the_whole_transcript(
    browser: Browser, origin: str, width: int
) -> None:
    viewport = {"width": width, "height": 800}
    with opened(browser, f"{origin}/videos/drex/index.html", viewport=viewport) as (page, _):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        hidden = page.locator(".xv-transcript ol").evaluate("list => list.scrollHeight - list.clientHeight")
        assert hidden <= 0
