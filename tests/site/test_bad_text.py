"""Titles, captions and labels are text wherever they are put; paths stay in the site's folder."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import embed_fixtures as fixtures
import engines
import pytest
from browser import opened, served
from embed_commands import apply, explainers
from markdown_it import MarkdownIt
from playwright.sync_api import Browser

from explainers.errors import ExplainersError, printable
from explainers.manifest import Shot
from explainers.render.renditions import descriptions_vtt

from webvtt import read_cues  # isort: skip
from explainers.site.text import html, isolated, json_for_comment, json_for_html, markdown, one_line
from explainers.site.videos import load_video

MakePage = Callable[..., Path]

NASTY = [
    "<script>window.pwned = 1</script>",
    "</script><img src=x onerror=window.pwned=1>",
    "\"double\" 'single' `back`",
    "--> arrow <!-- comment --",
    "]]> end of data",
    "\u202eright to left\u202c and \u2067unclosed",
    "emoji 🚀 👩‍💻 and é ü 漢字",
    "[brackets](javascript:alert) ![x] *stars* _under_ \\ back",
    "{{ template }} {% tag %} ${js} {jsx}",
    "a & b &amp; c &lt;",
    "two\nlines\r\nand\ttab",
    "https://example.org/ and a|pipe #1",
]
IDS = [str(number) for number in range(len(NASTY))]


def _nasty_renders(folder: Path, words: str) -> Path:
    fixtures.make_video(
        folder / "drex", "drex", **(fixtures.VIDEOS["drex"] | {"title": words, "description": words})
    )
    path = folder / "drex" / "manifest.json"
    record: dict[str, Any] = json.loads(path.read_text())
    record["poster"]["alt"] = words
    record["chapters"][0]["title"] = record["shots"][0]["title"] = words
    record["shots"][0]["statement"] = record["facts"][0]["text"] = record["facts"][0]["expression"] = words
    record["sources"][0] |= {"citation": words, "url": "javascript:window.pwned=1"}
    path.write_text(json.dumps(record))
    return folder


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One video whose every text is all of it at once."""
    return _nasty_renders(tmp_path_factory.mktemp("nasty"), " ".join(NASTY))


def test_a_page_shows_every_word_and_runs_none(browser: Browser, nasty: Path, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(fixtures.SETTINGS)
    out = tmp_path / "out"
    assert (
        explainers("--project", tmp_path, "embed", "site", "-o", out / "videos", "--renders", nasty).code == 0
    )
    words = isolated(one_line(" ".join(NASTY)))
    with served(out) as origin:
        for path in ("drex/index.html", "drex/embed.html", "index.html"):
            with opened(browser, f"{origin}/videos/{path}") as (page, seen):
                assert page.evaluate("window.pwned") is None and seen.errors == []
                assert seen.elsewhere(origin) == []
                assert page.locator('a[href^="javascript"]').count() == 0
        with opened(browser, f"{origin}/videos/drex/index.html") as (page, _):
            assert page.locator("h1").text_content() == words
            assert words in (page.locator("video").get_attribute("aria-label") or "")
            assert words in (page.locator(".xv-chapters button").first.text_content() or "")
            data = page.evaluate(
                "JSON.parse(document.querySelector('[type=\"application/ld+json\"]').textContent)"
            )
            assert data["name"] == one_line(" ".join(NASTY))
            assert data["hasPart"][0]["name"] == one_line(" ".join(NASTY))


@pytest.mark.parametrize("words", NASTY, ids=IDS)
def test_markdown_keeps_the_words(words: str) -> None:
    line = f"[![{markdown(words)}](/p.jpg)](/w/)"
    for reader in (MarkdownIt("commonmark"), MarkdownIt("gfm-like", {"linkify": False})):
        inline = reader.parse(line)[1].children or []
        assert [token.type for token in inline] == ["link_open", "image", "link_close"]
        shown = "".join(child.content for child in inline[1].children or [])
        assert shown == isolated(one_line(words))


@pytest.mark.parametrize("words", NASTY, ids=IDS)
def test_html_and_json_hold_no_character_that_ends_them(words: str) -> None:
    assert not set('<>"{}') & set(html(words)) and "'" not in html(words)
    data = json_for_html({"a": words})
    assert not set("<>&") & set(data) and json.loads(data) == {"a": words}


@pytest.mark.parametrize("words", [*NASTY, "--", "---->", "*/ }", "\\", 'a"b', "\ud7ff\x0b\x0c\x85\u2028"])
def test_the_replaced_words_come_back_from_a_comment(words: str) -> None:
    kept = json_for_comment(words)
    assert not set("<>{}*") & set(kept) and "--" not in kept and "\n" not in kept
    assert json.loads(kept) == words


def test_descriptions_hold_words_as_words(tmp_path: Path) -> None:
    shots = [Shot(id=f"shot-{n}", title=words, start_s=n, end_s=n + 1) for n, words in enumerate(NASTY)]
    path = tmp_path / "d.vtt"
    path.write_text(descriptions_vtt(shots))
    cues = read_cues(path)
    assert len(cues) == len(NASTY)
    # Characters that would turn the direction of text are written out.
    assert [one_line(cue.text).rstrip(".") for cue in cues] == [
        printable(one_line(words)).rstrip(".") for words in NASTY
    ]


def test_remark_html_shows_the_words_of_a_poster(nasty: Path, page: MakePage) -> None:
    path = page("# DREX rebatching inference\n\n// put video here\n")
    assert apply(path, nasty, "--form", "poster-link", "--match", "3=drex").code == 0
    script = """
import { readFileSync } from 'node:fs'; import { remark } from 'remark'; import html from 'remark-html';
process.stdout.write(String(await remark().use(html).process(readFileSync(process.argv[1]))));
"""
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script, str(path)],
        cwd=engines.MODULES.parent,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    tags: list[str] = []
    reader = HTMLParser()
    reader.handle_starttag = lambda tag, attrs: tags.append(tag)  # type: ignore[method-assign]
    reader.feed(done.stdout)
    assert tags == ["h1", "p", "a", "img"] and "explainers:" not in done.stdout


def test_mdx_compiles_a_page_with_the_words(nasty: Path, page: MakePage) -> None:
    path = page("# DREX\n\nBefore.\n\n// put video here: */ } {x} <b>\n", "bio.mdx")
    ran = explainers(
        *(
            "embed",
            "apply",
            path,
            "--site",
            path.parent,
            "--renders",
            nasty,
            "--engine",
            "nextjs-mdx",
            "--match",
            "5=drex",
        )
    )
    assert ran.code == 0, ran.err
    script = """
import { readFileSync } from 'node:fs'; import { compile } from '@mdx-js/mdx';
process.stdout.write(String(await compile(readFileSync(process.argv[1]))));
"""
    command = ["node", "--input-type=module", "-e", script, str(path)]
    done = subprocess.run(command, cwd=engines.MODULES.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "import ExplainerDrex from" in done.stdout and "_jsx(ExplainerDrex" in done.stdout
    assert (path.parent / "components/explainers/ExplainerDrex.jsx").is_file()
    before = path.read_text()
    assert explainers("embed", "apply", path, "--site", path.parent, "--renders", nasty, "--remove").code == 0
    assert before != path.read_text() == "# DREX\n\nBefore.\n\n// put video here: */ } {x} <b>\n"


@pytest.mark.parametrize("field", ["poster", "captions", "renditions", "chapters_file", "video"])
@pytest.mark.parametrize("path", ["../../secret", "/etc/passwd", "a/b.mp4", "..", ".hidden"])
def test_a_manifest_cannot_reach_out_of_its_folder(own_renders: Path, field: str, path: str) -> None:
    manifest = own_renders / "drex" / "manifest.json"
    record = json.loads(manifest.read_text())
    if field == "poster":
        record["poster"]["jpg"] = path
    elif field in ("captions", "renditions"):
        record[field][0]["file"] = path
    else:
        record[field] = path
    manifest.write_text(json.dumps(record))
    with pytest.raises(ExplainersError, match="plain file name"):
        load_video(own_renders / "drex")


def test_a_link_that_leads_out_of_the_site_is_not_followed(
    page: MakePage, renders: Path, tmp_path: Path
) -> None:
    path, outside = page(), tmp_path / "outside"
    outside.mkdir()
    (path.parent / "videos").symlink_to(outside)
    ran = explainers("embed", "apply", path, "--site", path.parent, "--renders", renders)
    assert ran.code == 2 and "leads out of" in ran.err
    assert list(outside.iterdir()) == [] and path.read_text() == fixtures.PAGE


@pytest.mark.parametrize("folder", ["../videos", "/abs/../..", "a//b", "videos?x"])
def test_a_folder_setting_outside_the_site_is_refused(
    tmp_path: Path, renders: Path, page: MakePage, folder: str
) -> None:
    (tmp_path / "pyproject.toml").write_text(f'[tool.explainers.site]\nfolder = "{folder}"\n')
    ran = explainers(
        "--project", tmp_path, "embed", "apply", page(), "--site", tmp_path / "site", "--renders", renders
    )
    assert ran.code == 3 and "folder" in ran.err


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('base_url = "javascript:alert(1)"', "base_url"),
        ('upload_date = "yesterday"', "upload_date"),
        ('langauge = "en"', "langauge"),
        ('language = "<en>"', "language"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, renders: Path, setting: str, said: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.explainers.site]\n{setting}\n")
    ran = explainers("--project", tmp_path, "embed", "site", "-o", tmp_path / "out", "--renders", renders)
    assert ran.code == 3 and said in ran.err


@pytest.mark.parametrize("content", ["", "{", "[]", '{"video": "drex"}'])
def test_a_broken_manifest_is_named(own_renders: Path, content: str) -> None:
    (own_renders / "drex" / "manifest.json").write_text(content)
    with pytest.raises(ExplainersError, match="manifest"):
        load_video(own_renders / "drex")
