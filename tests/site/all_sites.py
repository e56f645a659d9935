"""Every engine builds a site below a path with two videos and a race in it, and Chromium plays what it built.
Firefox and WebKit show held frames, fades, captions and both codecs.

Minutes: not part of the tests, which take some of it; `make sites` runs it, and the variable ENGINES picks
some. The bio page is kept as pictures in the folder PICTURES, with the films of the folder PROJECT:

    make video && make sites ENGINES=nothing PROJECT=. PICTURES=docs/site
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import embed_fixtures as fixtures
import engines
import pytest
from browser import caption_boxes, opened, playing, served, shifted
from embed_commands import explainers
from PIL import Image, ImageChops
from playwright.sync_api import Browser
from small import geometries
from test_engines import bio_page_in_use
from test_held_frames import FPS, MOVES, SIDE, STEP, moved
from test_other_browsers import WATCHED
from webdriver import Tab, near, of_video

from explainers.api import load
from explainers.compositor.encoder import record
from explainers.render.publication import captions_vtt
from explainers.render.visible_text import _bands, placed_cues

BASE = "/my-lab"
PAGE = fixtures.PAGE + "\n## A race\n\n// put race here: pair:tracks\n"
HTML = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Bio</title>
</head>
<body><main>
{}
</main></body>
</html>
"""
HUGO = """baseURL = "https://example.org/my-lab/"
title = "x"
disableKinds = ["taxonomy", "term"]
"""
MKDOCS = """site_name: x
site_url: https://example.org/my-lab/
theme: {name: mkdocs, highlightjs: false}
plugins: [search]
"""
ELEVENTY = """export default function (config) {}
export const config = { pathPrefix: '/my-lab/' };
"""
PLACES = [
    "<p>// create video here: dynamic rebatching, early exit inference</p>",
    "<p>// put video here: semantic segmentation of streets</p>",
    "<p>// put race here: pair:tracks</p>",
]
LAYOUT = """export const metadata = { title: 'Bio' }
export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  )
}
"""
DOCUSAURUS = """export default {
  title: 'Lab', url: 'https://example.org', baseUrl: '/my-lab/', onBrokenLinks: 'throw',
  presets: [['classic', { docs: { routeBasePath: '/', sidebarPath: false }, blog: false }]],
};
"""
NUXT = f"""export default defineNuxtConfig({{
  app: {{ baseURL: '{BASE}/' }},
  telemetry: false,
  experimental: {{ payloadExtraction: false }},
  compatibilityDate: '2026-01-01',
}})
"""


@dataclass(frozen=True)
class Site:
    """A site of an engine: its files, the page among them, how it is built and where to.

    `npm` are its packages. `folder` is the one of `sites/` that is copied first. `at` is where the page is.
    """

    page: str
    files: dict[str, str]
    built: str = ""
    build: tuple[str, ...] = ()
    npm: tuple[str, ...] = ()
    folder: str = ""
    at: str = "/index.html"


NEXT_FILES = {"next.config.js": f"module.exports = {{ basePath: '{BASE}' }}\n"}
SITES = {
    "next-12": Site("posts/bio.md", NEXT_FILES, folder="nextjs", at=""),
    "next-app": Site(
        "bio.md",
        {
            "package.json": '{"dependencies": {"next": "16", "remark-html": "16"}}\n',
            "next.config.mjs": f"export default {{ basePath: '{BASE}', output: 'export' }}\n",
            "app/layout.js": LAYOUT,
            "app/page.js": """import fs from 'fs'
import { remark } from 'remark'
import html from 'remark-html'
export default async function Page() {
  const page = String(await remark().use(html).process(fs.readFileSync('bio.md', 'utf8')))
  return <main dangerouslySetInnerHTML={{ __html: page }} />
}
""",
        },
        built="out",
        build=("next", "build"),
        npm=("next@16.4.6", "react@19.3.1", "react-dom@19.3.1", "remark@15.0.1", "remark-html@16.0.1"),
    ),
    "hugo": Site(
        "content/_index.md", {"config.toml": HUGO}, built="public", build=("hugo", "--quiet"), folder="hugo"
    ),
    "jekyll": Site(
        "index.md",
        {"_config.yml": f"title: x\nbaseurl: {BASE}\n"},
        built="_site",
        build=("jekyll", "build", "--quiet", "--disable-disk-cache"),
        folder="jekyll",
    ),
    "mkdocs": Site(
        "docs/index.md",
        {"mkdocs.yml": MKDOCS},
        built="site",
        build=(sys.executable, "-m", "mkdocs", "build", "--strict", "-q"),
        folder="mkdocs",
    ),
    "sphinx": Site(
        "index.rst",
        {
            "conf.py": f'project = "x"\nhtml_theme = "alabaster"\nhtml_baseurl = "https://example.org{BASE}/"\n',
            "index.rst": "Work\n====\n\n" + "\n\n".join(one[3:-4] for one in PLACES) + "\n",
        },
        built="_build",
        build=(sys.executable, "-m", "sphinx", "-b", "html", "-W", "-q", ".", "_build"),
    ),
    "astro": Site(
        "src/pages/index.md",
        {
            "astro.config.mjs": f"export default {{ site: 'https://example.org', base: '{BASE}' }}\n",
            "src/layouts/Page.astro": HTML.format("<slot />"),
        },
        built="dist",
        build=("astro", "build"),
        npm=("astro@5.18.2",),
    ),
    "docusaurus": Site(
        "docs/index.md",
        {"docusaurus.config.js": DOCUSAURUS, "package.json": "{}\n"},
        built="build",
        build=("docusaurus", "build"),
        npm=(
            "@docusaurus/core@3.10.2",
            "@docusaurus/preset-classic@3.10.2",
            "react@19.3.1",
            "react-dom@19.3.1",
        ),
    ),
    "eleventy": Site(
        "index.md",
        {"eleventy.config.mjs": ELEVENTY, "_includes/page.html": HTML.format("{{ content }}")},
        built="_site",
        build=("eleventy",),
        npm=("@11ty/eleventy@3.1.8",),
    ),
    "nuxt": Site(
        "bio.md",
        {
            "nuxt.config.ts": NUXT,
            "app/app.vue": """<script setup>
import { remark } from 'remark'
import html from 'remark-html'
import bio from '../bio.md?raw'
const { data } = await useAsyncData('bio', async () => String(await remark().use(html).process(bio)))
</script>
<template><main v-html="data" /></template>
""",
        },
        built=".output/public",
        build=("nuxt", "generate"),
        npm=("nuxt@4.4.5", "remark@15.0.1", "remark-html@16.0.1"),
    ),
    "plain": Site("index.html", {"index.html": HTML.format("\n".join(PLACES))}, built="."),
}
FRONT = {
    "jekyll": "layout: default",
    "astro": "layout: ../layouts/Page.astro",
    "docusaurus": "slug: /",
    "eleventy": "layout: page.html",
}
CHOSEN = os.environ.get("ENGINES", " ".join(SITES)).split()


def _packages(name: str, site: Site) -> Path:
    """A folder with the packages of an engine, installed once."""
    folder = engines.HERE / "node/engines" / name
    stamp, wanted = folder / "node_modules/.installed", " ".join(site.npm)
    if not stamp.is_file() or stamp.read_text() != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}\n')
        engines.run(
            ["npm", "install", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error", *site.npm],
            folder,
        )
        stamp.write_text(wanted)
    return folder


def _made(name: str, folder: Path) -> Path:
    """The engine's site with the author's page; below its packages, where engines look for them."""
    site = SITES[name]
    root = (_packages(name, site) if site.npm else folder) / "site"
    shutil.rmtree(root, ignore_errors=True)
    if site.folder:
        shutil.copytree(engines.HERE / "sites" / site.folder, root)
    page = PAGE.replace("type: bio", FRONT[name]) if name in FRONT else PAGE
    for path, content in ({site.page: page} | site.files).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    return root


def _files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and "node_modules" not in path.parts
    }


def _check(browser: Browser, address: str, widths: tuple[int, ...]) -> None:
    """Both videos play and the race runs, on a page that nothing moves and that complains of nothing."""
    for width in widths:
        with opened(browser, address, viewport={"width": width, "height": 900}) as (page, seen):
            assert "here:" not in page.locator("main, [role=main], body").first.inner_text()
            page.wait_for_selector("explainer-race[data-ready]")
            assert shifted(page) == 0 and seen.media() == []
            for video in ("drex", "segmentation"):
                poster = page.locator(f'a.xv-poster[href*="/{video}/"]')
                if poster.count():
                    poster.click()
                else:
                    page.locator(f"#xv-{video} .xv-chapters button").first.click()
                assert playing(page, f"#xv-{video} video")["size"] == [640, 360]
            page.locator("explainer-race").evaluate("race => { race.step = 30; race.play(); }")
            page.wait_for_function("document.querySelector('explainer-race').step > 35")
            assert page.evaluate("document.documentElement.scrollWidth") <= width and seen.errors == []


@pytest.mark.parametrize("name", CHOSEN)
def test_an_engine_builds_its_site_below_a_path(
    browser: Browser, lab: Path, tmp_path: Path, name: str
) -> None:
    built_and_played(browser, lab, tmp_path, name, (390, 1280))


def built_and_played(browser: Browser, lab: Path, tmp_path: Path, name: str, widths: tuple[int, ...]) -> None:
    """An engine's site gets the videos, is built and opened, and is as it was without them."""
    site, root = SITES[name], _made(name, tmp_path)
    before = _files(root)
    arguments = ("--project", lab, "embed", "apply", root, "--site", root)
    if name == "plain":
        settings = f'[tool.explainers]\n[tool.explainers.site]\nbase_url = "https://example.org{BASE}"\n'
        (lab / "pyproject.toml").write_text(settings)
    ran = explainers(*arguments)
    (lab / "pyproject.toml").write_text("[tool.explainers]\n")
    assert ran.code == 0, ran.err
    embedded = _files(root)
    if name == "next-12":
        engines.build_next(root)
        with engines.next_server(root, BASE) as address:
            _check(browser, address + BASE, widths)
    else:
        if site.build:
            program = engines.HERE / "node/engines" / name / "node_modules/.bin" / site.build[0]
            command = [str(program), *site.build[1:]] if site.npm else list(site.build)
            engines.run(list(command), root)
        (tmp_path / "root").mkdir()
        shutil.copytree(root / site.built, tmp_path / "root" / BASE[1:])
        with served(tmp_path / "root") as origin:
            _check(browser, f"{origin}{BASE}{site.at}", widths)
    # The build may leave its own files; those of the site are again as they were.
    assert explainers(*arguments, "--remove").code == 0
    after = _files(root)
    assert {path: after.get(path) for path in before} == before
    assert not [path for path in embedded.keys() - before.keys() if path in after]


RACE_ALONE = ("hugo", "jekyll", "mkdocs")


@pytest.mark.parametrize("name", [name for name in RACE_ALONE if name in CHOSEN])
def test_a_page_with_nothing_but_a_race_plays_it(
    browser: Browser, lab: Path, tmp_path: Path, name: str
) -> None:
    site, root = SITES[name], _made(name, tmp_path)
    front = f"---\n{FRONT.get(name, 'title: x')}\n---\n"
    (root / site.page).write_text(f"{front}# A race\n\n// put race here: pair:tracks\n")
    assert explainers("--project", lab, "embed", "apply", root, "--site", root).code == 0
    engines.run(list(site.build), root)
    (tmp_path / "root").mkdir()
    shutil.copytree(root / site.built, tmp_path / "root" / BASE[1:])
    with served(tmp_path / "root") as origin, opened(browser, f"{origin}{BASE}{site.at}") as (page, seen):
        page.wait_for_selector("explainer-race[data-ready]")
        assert page.locator("explainer-race").evaluate("race => race.numbers.length") == 2
        assert seen.errors == []


@pytest.mark.parametrize("ground", ["#181C18", "#fff"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_bio_page_is_kept_as_a_picture(
    browser: Browser, lab: Path, tmp_path: Path, bio: str, width: int, ground: str
) -> None:
    viewport = {"width": width, "height": 800}
    with opened(browser, bio, viewport=viewport) as (page, seen):
        bio_page_in_use(page, ground, 0.45)
        page.mouse.move(1, 1)
        # The browser's own controls go when nobody points at them.
        page.wait_for_timeout(4000)
        shot = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
        assert shot.width == width and seen.errors == []
    folder = Path(os.environ.get("PICTURES") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"bio-{width}-{'light' if ground == '#fff' else 'dark'}.webp"
    shot.save(path, quality=80, method=6)
    assert path.stat().st_size < 200_000


@pytest.fixture(scope="module")
def bio(lab: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The author's set-up, with the finished films of PROJECT, or with those of the tests."""
    project, race = lab, "pair:tracks"
    if films := os.environ.get("PROJECT"):
        project, race = tmp_path_factory.mktemp("films"), "drex:race"
        hidden = shutil.ignore_patterns(".*")
        shutil.copytree(Path(films) / "renders", project / "renders", ignore=hidden)
        (project / "pyproject.toml").write_text("[tool.explainers]\n")
    site = engines.copied("nextjs", tmp_path_factory.mktemp("bio"))
    engines.with_race(site, race)
    engines.embedded(site, ".", project)
    engines.build_next(site)
    with engines.next_server(site) as address:
        yield address


@pytest.mark.parametrize("name", ["drex", "segmentation"])
def test_captions_that_the_browser_draws_cover_nothing_of_a_film(
    browser: Browser, tmp_path: Path, name: str
) -> None:
    plan = load(name, engines.HERE.parents[1], quality="draft", allow_code=True).plan
    geometry = geometries(plan)
    cues, places = placed_cues(plan, geometry)
    (tmp_path / "captions.vtt").write_text(captions_vtt(cues, plan.canvas, places))
    fixtures.film(tmp_path, f"color=0x1f3a5f:s=640x360:r=5:d={plan.duration_s},format=yuv420p")
    track = '<track kind="captions" srclang="en" src="captions.vtt" default>'
    video = f'<video muted preload="auto" width="640" src="video.mp4">{track}</video>'
    (tmp_path / "index.html").write_text(f"<!DOCTYPE html><title>x</title>{video}")
    with served(tmp_path) as origin, opened(browser, origin) as (page, _):
        boxes = caption_boxes(page)
    assert len(boxes) == len(cues) >= len(plan.cues) > 30
    shown = {shot: list(_bands(one)) for shot, one in geometry.items()}
    for cue, (start, end, words, box) in zip(cues, boxes, strict=True):
        offset = plan.start_frames[plan.shot(cue.shot_id).id] / plan.canvas.fps
        covered: Counter[tuple[int, ...]] = Counter()
        for band in shown[cue.shot_id]:
            seconds = min(end - offset, band.end_s) - max(start - offset, band.start_s)
            across = min(box[2], band.right) - max(box[0], band.left)
            down = min(box[3], band.bottom) - max(box[1], band.top)
            if min(across, down) > 0.1 and seconds > 0:
                covered[tuple(map(round, band[:4]))] += round(1000 * seconds)
        # What moves by may pass under it for half a second.
        assert max(covered.values(), default=0) <= 500, (words, box, covered)


# -- Firefox and WebKit ----------------------------------------------------------------------------------

GROUND = (31, 58, 95)
CAPTIONED = """
const track = video.textTracks[0];
track.mode = MODE;
await new Promise(go => setTimeout(go, 500));
return track.mode;
"""


@pytest.fixture(scope="module")
def films(web_renders: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Pages with nothing but a video: held frames, a fade, and the same film as AV1 and as H.264."""
    folder = tmp_path_factory.mktemp("films")
    record(moved(), folder / "held.mp4", (320, 180), FPS)
    fade = "color=0x1f3a5f:s=640x360:r=30:d=4,fade=t=in:st=1:d=2,format=yuv420p"
    (folder / "fade").mkdir()
    fixtures.film(folder / "fade", fade)
    names = {"held": "held.mp4", "fade": "fade/video.mp4", "h264": "video.mp4", "av1": "video.av1.mp4"}
    shutil.copy(web_renders / "drex/web/video.av1.mp4", folder)
    shutil.copy(web_renders / "drex/video.mp4", folder)
    shutil.copy(web_renders / "drex/captions.en.vtt", folder)
    for name, file in names.items():
        track = '<track kind="captions" srclang="en" src="captions.en.vtt">' if name == "h264" else ""
        video = f'<video muted preload="auto" width="640" height="360" src="{file}">{track}</video>'
        (folder / f"{name}.html").write_text(f"<!DOCTYPE html><title>{name}</title>{video}")
    with served(folder) as origin:
        yield origin


def test_held_frames_are_where_they_were_left(tab: Tab, films: str) -> None:
    tab.open(f"{films}/held.html")
    for frame in (140, 44, 48, 100, 109, len(MOVES) - 1):
        tab.run(f"{WATCHED} await rest({(frame + 0.5) / FPS});")
        picture, at = of_video(tab), MOVES[: frame + 1].count("M") - 1
        bright = [
            picture.getpixel((2 * (10 + STEP * n + SIDE // 2), 150))[0] > 128 for n in range(MOVES.count("M"))
        ]
        assert bright == [n == at for n in range(MOVES.count("M"))], frame


def test_a_fade_is_as_bright_as_the_file_says(tab: Tab, films: str, tmp_path: Path) -> None:
    tab.open(f"{films}/fade.html")
    for moment, share in ((0.5, 0.0), (1.5, 0.25), (2.0, 0.5), (2.5, 0.75), (3.5, 1.0)):
        tab.run(f"{WATCHED} await rest({moment});")
        wanted = tuple(round(share * channel) for channel in GROUND)
        assert near(of_video(tab).getpixel((320, 180)), wanted, 9), moment


@pytest.mark.parametrize("codec", ["av1", "h264"])
def test_both_codecs_show_the_same_frames(tab: Tab, films: str, codec: str) -> None:
    tab.open(f"{films}/{codec}.html")
    answer = tab.run(f"{WATCHED} return video.canPlayType('video/mp4; codecs=\"av01.0.04M.08\"');")
    if codec == "av1" and not answer:
        # WebKit has AV1 where GStreamer has a decoder for it; the page's next source is H.264.
        assert "WebKit" in type(tab).__name__
        return
    for moment in (1, 4):
        tab.run(f"{WATCHED} await rest({moment});")
        picture, left = of_video(tab), 60 + 80 * moment
        assert near(picture.getpixel((left + 60, 180)), (230, 159, 0)) and near(
            picture.getpixel((5, 5)), GROUND
        )
        assert near(picture.getpixel((left - 12, 180)), GROUND) and near(
            picture.getpixel((left + 132, 180)), GROUND
        )
    sound = tab.run(f"{WATCHED} return Boolean(video.mozHasAudio || video.webkitAudioDecodedByteCount);")
    assert sound is False


def test_the_browser_s_own_captions_stand_on_the_line_that_they_are_given(tab: Tab, films: str) -> None:
    tab.open(f"{films}/h264.html")
    tab.run(f"{WATCHED} await rest(1);")
    pictures = []
    for mode in ("disabled", "showing"):
        assert tab.run(WATCHED + CAPTIONED.replace("MODE", f"'{mode}'")) == mode
        pictures.append(of_video(tab))
    box = ImageChops.difference(*pictures).convert("L").point(lambda value: 255 * (value > 40)).getbbox()
    assert box and box[1] >= 0.66 * 360 and box[3] <= 0.85 * 360 and box[0] < 320 < box[2], box
