"""What machines can tell of accessibility and validity: axe-core, html-validate, and JSON Schemas."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import engines
import jsonschema
import pytest
from browser import opened, served
from playwright.sync_api import Browser

from explainers.site.pages import figure_lines
from explainers.site.urls import Urls
from explainers.site.videos import Video

HERE = Path(__file__).parent
PAGES = ["videos/drex/index.html", "videos/index.html", "videos/drex/embed.html"]
TEXT = {"type": "string", "minLength": 1}
URL = {"type": "string", "pattern": "^https://example\\.org/"}
VIDEO_OBJECT = {
    "type": "object",
    "required": [
        "@context",
        "@type",
        "name",
        "description",
        "thumbnailUrl",
        "uploadDate",
        "contentUrl",
        "duration",
    ],
    "properties": {
        "@context": {"const": "https://schema.org"},
        "@type": {"const": "VideoObject"},
        "name": TEXT,
        "description": TEXT,
        "thumbnailUrl": {"type": "array", "minItems": 1, "items": URL},
        "uploadDate": {"type": "string", "pattern": "^\\d{4}-\\d\\d-\\d\\d$"},
        "duration": {"type": "string", "pattern": "^PT(\\d+M)?\\d+S$"},
        "contentUrl": URL,
        "embedUrl": URL,
        "transcript": TEXT,
        "hasPart": {
            "type": "array",
            "items": {
                "required": ["@type", "name", "startOffset", "endOffset", "url"],
                "properties": {
                    "@type": {"const": "Clip"},
                    "name": TEXT,
                    "url": URL,
                    "startOffset": {"minimum": 0},
                },
            },
        },
    },
    "not": {"required": ["potentialAction"]},
}
OEMBED = {
    "type": "object",
    "required": ["type", "version", "html", "width", "height"],
    "properties": {
        "type": {"const": "video"},
        "version": {"const": "1.0"},
        "html": {"type": "string", "pattern": '^<iframe src="https://example\\.org/'},
        "width": {"type": "integer", "minimum": 1},
        "height": {"type": "integer", "minimum": 1},
        "thumbnail_url": URL,
    },
}


def axe(browser: Browser, url: str, **context: Any) -> list[str]:
    """Violations axe-core finds on a page, with the elements they are on."""
    with opened(browser, url, **context) as (page, _):
        page.add_script_tag(path=str(engines.MODULES / "axe-core/axe.min.js"))
        found = page.evaluate("axe.run()")
        return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found["violations"]]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_no_violation_on_our_pages(browser: Browser, static: Path, path: str, scheme: str) -> None:
    with served(static) as origin:
        assert axe(browser, f"{origin}/{path}", color_scheme=scheme) == []


@pytest.mark.parametrize(
    "background", ["#ffffff;color:#444444", "#181c18;color:#c0f7e1", "#fdf6e3;color:#586e75"]
)
def test_axe_finds_no_violation_on_a_page_with_the_figure(
    browser: Browser, static: Path, background: str
) -> None:
    page = static / "embedded.html"
    page.write_text(page_with((static / "videos/drex/player.html").read_text(), background))
    with served(static) as origin:
        assert axe(browser, f"{origin}/embedded.html") == []


def page_with(figure: str, background: str = "#fff;color:#444") -> str:
    """A page of an author's own with the figure in it."""
    head = '<link rel="stylesheet" href="/videos/player.css">'
    head += '<script type="module" src="/videos/player.js"></script>'
    meta = '<meta charset="utf-8"><title>A page</title><meta name="viewport" content="width=device-width">'
    body = f'<body style="background:{background}"><main><h1>A page</h1>\n{figure}</main></body>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{meta}{head}</head>{body}</html>\n'


def validated(*pages: Path) -> str:
    """What html-validate says, empty where it has no complaint."""
    program = engines.MODULES / "html-validate/bin/html-validate.mjs"
    command = [
        "node",
        str(program),
        "--config",
        str(HERE / "html_rules.json"),
        "--formatter",
        "text",
        *map(str, pages),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_the_html_of_all_pages_is_valid(static: Path) -> None:
    embedded = static / "valid.html"
    embedded.write_text(page_with((static / "videos/drex/player.html").read_text()))
    assert validated(*(static / path for path in PAGES), embedded) == ""


def test_the_structured_data_is_valid_and_stays_inside_the_video(static: Path) -> None:
    page = (static / "videos/drex/index.html").read_text()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    assert found
    body = json.loads(found[1])
    jsonschema.validate(body, VIDEO_OBJECT)
    starts = [clip["startOffset"] for clip in body["hasPart"]]
    assert starts == sorted(starts) and all(
        clip["startOffset"] < clip["endOffset"] <= 6 for clip in body["hasPart"]
    )
    assert body["hasPart"][1]["url"] == "https://example.org/videos/drex/?t=3"
    jsonschema.validate(json.loads((static / "videos/drex/oembed.json").read_text()), OEMBED)


def test_links_for_chats_name_picture_and_video(static: Path) -> None:
    page = (static / "videos/drex/index.html").read_text()
    tags = dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', page))
    assert tags["og:image"] == "https://example.org/videos/drex/social.jpg"
    assert (tags["og:image:width"], tags["og:image:height"]) == ("1200", "630")
    assert tags["og:video"] == tags["og:video:secure_url"] == "https://example.org/videos/drex/video.mp4"
    assert tags["og:video:type"] == "video/mp4" and tags["twitter:card"] == "summary_large_image"


def test_the_sitemap_lists_watch_pages_only(static: Path) -> None:
    root = ElementTree.parse(static / "videos/sitemap.xml").getroot()
    places = [one.text for one in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert places == ["https://example.org/videos/drex/", "https://example.org/videos/segmentation/"]
    video = "{http://www.google.com/schemas/sitemap-video/1.1}"
    for tag in ("thumbnail_loc", "title", "description", "content_loc", "duration", "publication_date"):
        assert len(list(root.iter(video + tag))) == 2


def test_nothing_on_the_pages_comes_from_a_clock(project: Path, static: Path, tmp_path: Path) -> None:
    from embed_commands import explainers

    assert explainers("--project", project, "embed", "site", "-o", tmp_path / "again").code == 0
    for path in sorted((tmp_path / "again").rglob("*")):
        if path.is_file():
            assert (
                path.read_bytes() == (static / "videos" / path.relative_to(tmp_path / "again")).read_bytes()
            ), path


def test_without_a_base_nothing_absolute_is_claimed(web_renders: Path, tmp_path: Path) -> None:
    from embed_commands import explainers

    (tmp_path / "pyproject.toml").write_text("[tool.explainers]\n")
    ran = explainers("--project", tmp_path, "embed", "site", "-o", tmp_path / "out", "--renders", web_renders)
    assert ran.code == 0 and "no base_url" in ran.err
    page = (tmp_path / "out/drex/index.html").read_text()
    assert "og:" not in page and "ld+json" not in page and not (tmp_path / "out/sitemap.xml").exists()


def test_the_figure_is_one_block_for_every_markdown_reader(videos: tuple[Video, ...]) -> None:
    from markdown_it import MarkdownIt

    figure = "\n".join(figure_lines(videos[0], Urls("/videos")))
    assert all(line.strip() for line in figure.split("\n"))
    tokens = MarkdownIt("commonmark").parse(f"before\n\n{figure}\n\nafter")
    assert [token.type for token in tokens if token.type == "html_block"] == ["html_block"]
    assert tokens[3].content.strip() == figure
    order = re.findall(r"<(source|track|p)\b", figure.split("</video>")[0])
    assert order == sorted(order, key=("source", "track", "p").index)
