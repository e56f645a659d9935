"""One command puts videos into a whole site, in the way of its engine, and takes every byte of it back."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import embed_fixtures as fixtures
import pytest
import yaml
from embed_commands import Ran, explainers
from engines import parsed
from hypothesis import example, given
from hypothesis import strategies as st

from explainers.digest import digest_file
from explainers.site.install import Finder, Spot, edited, in_html, in_jsx, in_object, in_yaml, removed

ADDRESSES = {"css": "/videos/player.css", "js": "/videos/player.js"}
NEXT = {"next.config.js": "module.exports = {}\n", "package.json": '{"dependencies": {"remark-html": "15"}}'}
DOCUMENT = """import { Head, Html, Main, NextScript } from 'next/document'
// The <Head> of every page.
export default function Page() {
  return (
    <Html lang="en">
      HEAD
      <body><Main /><NextScript /></body>
    </Html>
  )
}
"""
LAYOUT = """import './x.css'
/* <head> comes with the <html>. */
export default function Layout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en" className={`${a} ${b({ c: 1 })}`} style={{ color: 'red' }}>
      <body>{children}</body>
    </html>
  )
}
"""
HTML = "<!doctype html>\n<html>\n<head>\n  <!-- </head> -->\n  <title>x</title>\n  </head>\n<body>{}</body>\n"
CONFIG = "const config = {\n  title: 'x', // scripts: [\n  baseUrl: '/',\n};\nmodule.exports = config;\n"

SITES: dict[str, tuple[dict[str, str], str, str]] = {
    "next, a head with children": (
        NEXT
        | {"pages/_document.js": DOCUMENT.replace("HEAD", "<Head>\n        <title>x</title>\n      </Head>")},
        "posts/bio.md",
        "pages/_document.js",
    ),
    "next, an empty head on one line": (
        NEXT | {"pages/_document.js": DOCUMENT.replace("HEAD", "<Head>{/* x */}</Head>")},
        "posts/bio.md",
        "pages/_document.js",
    ),
    "next, a closed head": (
        NEXT | {"pages/_document.js": DOCUMENT.replace("HEAD", "<Head />")},
        "posts/bio.md",
        "pages/_document.js",
    ),
    "next, a closed head among others": (
        NEXT | {"src/pages/_document.js": DOCUMENT.replace("HEAD", "<Head/><Other a='b'/>")},
        "posts/bio.md",
        "src/pages/_document.js",
    ),
    "next, no document": (NEXT | {"pages/index.js": ""}, "posts/bio.md", "pages/_document.js"),
    "next, windows lines": (
        NEXT
        | {"pages/_document.js": DOCUMENT.replace("HEAD", "<Head>\n      </Head>").replace("\n", "\r\n")},
        "posts/bio.md",
        "pages/_document.js",
    ),
    "next, app router": (
        NEXT | {"app/layout.js": LAYOUT.replace(": { children: React.ReactNode }", "")},
        "bio.md",
        "app/layout.js",
    ),
    "next, app router in TypeScript": (
        NEXT | {"src/app/layout.tsx": LAYOUT, "tsconfig.json": "{}"},
        "bio.md",
        "src/app/layout.tsx",
    ),
    "next, both routers": (
        NEXT | {"app/layout.tsx": LAYOUT, "src/pages/_document.js": DOCUMENT.replace("HEAD", "<Head />")},
        "bio.md",
        "src/pages/_document.js",
    ),
    "next, TypeScript without a document": (
        NEXT | {"app/layout.tsx": LAYOUT, "pages/index.tsx": "", "tsconfig.json": "{}"},
        "bio.md",
        "pages/_document.tsx",
    ),
    "docusaurus": ({"docusaurus.config.js": CONFIG}, "docs/bio.md", ""),
    "docusaurus, linked posters": (
        {"docusaurus.config.js": CONFIG, "--form": "poster-link"},
        "docs/bio.md",
        "docusaurus.config.js",
    ),
    "docusaurus, lists of its own": (
        {
            "docusaurus.config.js": "export default {\n  stylesheets: ['a'],\n  scripts: [\n  ],\n}\n",
            "--form": "poster-link",
        },
        "docs/bio.md",
        "docusaurus.config.js",
    ),
    "nuxt": (
        {"nuxt.config.ts": "export default defineNuxtConfig({\n  ssr: true,\n})\n"},
        "content/bio.md",
        "nuxt.config.ts",
    ),
    "mkdocs": ({"mkdocs.yml": "site_name: x\n"}, "docs/bio.md", "mkdocs.yml"),
    "mkdocs, no last newline": ({"mkdocs.yml": "site_name: x\nnav:\n  - a.md"}, "docs/bio.md", "mkdocs.yml"),
    "mkdocs, lists of its own": (
        {"mkdocs.yml": "extra_css:\n  - a.css # mine\n\nextra_javascript: [b.js, c.js] # and\nx: !ENV Y\n"},
        "docs/bio.md",
        "mkdocs.yml",
    ),
    "mkdocs, empty lists": (
        {"mkdocs.yml": "extra_css:\nextra_javascript: []\nsite_name: x\n"},
        "docs/bio.md",
        "mkdocs.yml",
    ),
    "astro": (
        {"astro.config.mjs": "", "src/layouts/Base.astro": HTML},
        "src/pages/bio.md",
        "src/layouts/Base.astro",
    ),
    "hugo": ({"hugo.toml": ""}, "content/bio.md", ""),
    "hugo, linked posters": (
        {"hugo.toml": "", "layouts/partials/head.html": HTML, "--form": "poster-link"},
        "content/bio.md",
        "layouts/partials/head.html",
    ),
    "hugo, a theme's hook": (
        {
            "hugo.toml": "",
            "themes/x/layouts/baseof.html": '<head>{{ partial "extend_head.html" . }}</head>',
            "--form": "poster-link",
        },
        "content/bio.md",
        "layouts/partials/extend_head.html",
    ),
    "jekyll": ({"_config.yml": ""}, "bio.md", ""),
    "jekyll, linked posters": (
        {"_config.yml": "", "_layouts/default.html": HTML, "--form": "poster-link"},
        "bio.md",
        "_layouts/default.html",
    ),
    "quarto": ({"_quarto.yml": "project:\n  type: website\n"}, "bio.qmd", ""),
    "quarto, linked posters": (
        {"_quarto.yml": "format:\n  html:\n    toc: true\n", "--form": "poster-link"},
        "bio.qmd",
        "_quarto.yml",
    ),
    "sphinx": ({"conf.py": "project = 'x'\nhtml_css_files = ['a.css']"}, "bio.rst", "conf.py"),
    "plain": ({}, "bio.html", "bio.html"),
}


def _tree(site: Path) -> dict[str, bytes]:
    return {
        path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()
    }


def _check_source(path: Path) -> None:
    """That the file is right in its own language, and that it names the player once."""
    text = path.read_text()
    assert text.count("/videos/player.js") == text.count("/videos/player.css") == 1, text
    if path.suffix in (".yml", ".yaml"):
        found = yaml.load(text.replace("!ENV", ""), yaml.SafeLoader)
        if path.name == "mkdocs.yml":
            assert found["extra_css"][-1] == "/videos/player.css"
            assert found["extra_javascript"][-1] == {"path": "/videos/player.js", "type": "module"}
            assert len(found["extra_css"]) == 1 + text.count("a.css")
            assert len(found["extra_javascript"]) == 1 + 2 * text.count("b.js, c.js, ")
        else:
            assert "player.js" in found["format"]["html"]["include-in-header"][0]["text"]
    elif path.suffix == ".py":
        values: dict[str, object] = {}
        exec(compile(text, str(path), "exec"), values)
        assert values["html_css_files"] == ["a.css", "/videos/player.css"] or "_static" in str(values)
        assert values["html_static_path"] == ["_static"]
    elif path.suffix in (".js", ".ts"):
        assert parsed([text]) == [None], text
    else:
        assert text.index("/videos/player.js") < text.rindex("</head>") if "</head>" in text else True


@pytest.mark.parametrize("name", SITES)
def test_a_site_gets_everything_and_gives_back_every_byte(tmp_path: Path, renders: Path, name: str) -> None:
    files, page, head = SITES[name]
    more = ["--form", files["--form"]] if "--form" in files else []
    site = tmp_path / "site"
    content = fixtures.PAGE
    if page.endswith(".rst"):
        content = "DREX rebatching\n===============\n\n// put video here\n"
    elif page.endswith(".html"):
        content = HTML.replace("{}", "<h2>DREX</h2>\n<p>// put video here: rebatching</p>")
    for path, text in {**files, page: content, "other.md": "# Nothing to do with it\n"}.items():
        if not path.startswith("--"):
            (site / path).parent.mkdir(parents=True, exist_ok=True)
            (site / path).write_bytes(text.encode())
    before = _tree(site)
    arguments = ("embed", "apply", site, "--renders", renders, *more)
    dry = explainers(*arguments, "--dry-run")
    assert dry.code == 0 and _tree(site) == before, dry.err
    ran = explainers(*arguments)
    assert ran.code == 0, ran.err
    assert "Look at it: " in ran.err
    layout = site / "app/layout.tsx"
    assert not layout.is_file() or layout.read_text().count("/videos/player.js") == 1
    if head:
        _check_source(site / head)
        assert re.search(rf"^\+\+\+ b/.*{re.escape(head)}$", dry.out, re.M)
    once = _tree(site)
    again = explainers(*arguments)
    assert again.code == 0 and "nothing to do" in again.err and _tree(site) == once, again.err
    assert explainers(*arguments, "--check").code == 0
    assert explainers(*arguments, "--remove", "--dry-run").code == 0 and _tree(site) == once
    taken = explainers(*arguments, "--remove")
    assert taken.code == 0, taken.err
    assert _tree(site) == before


FINDERS: list[tuple[str, Finder]] = [
    ("x.html", in_html()),
    ("x.js", in_jsx("Head", around="Html")),
    ("x.js", in_object(r"export\s+default\s*\{", {"a": '"$css"', "b": '"$js"'})),
    ("x.yml", in_yaml({"a": ["- $css"], "b.c": ["- $js"]})),
]
_WORDS = "<head> </head> <Head> </Head> <Head/> <Html> <!-- --> /* */ // { } a: b: c: [ ] - é ' \" \\"
_LINES = [
    "\n",
    "\r\n",
    "  ",
    "\t",
    "a: [1]\n",
    "b:\n  c:\n  - 1\n",
    "a:\n- 1\n",
    "    <Head />\n",
    "export default {",
]
_PIECES = st.sampled_from([*_WORDS.split(), *_LINES])


@given(st.lists(_PIECES, max_size=25).map("".join), st.sampled_from(range(len(FINDERS))))
@example("a:", 3)
def test_whatever_a_file_looks_like_it_comes_back(
    tmp_path_factory: pytest.TempPathFactory, text: str, which: int
) -> None:
    name, find = FINDERS[which]
    site = tmp_path_factory.getbasetemp()
    (site / name).write_bytes(text.encode())
    edit = edited(site, Spot(name, find), ADDRESSES)
    assert (edit.after == text) == bool(edit.why)
    (site / name).write_bytes(edit.after.encode())
    assert edited(site, Spot(name, find), ADDRESSES).after == edit.after
    moved = {key: f"/lab{value}" for key, value in ADDRESSES.items()}
    (site / name).write_bytes(edited(site, Spot(name, find), moved).after.encode())
    assert removed(site, name).after == text


def _next_site(folder: Path) -> Path:
    site = folder / "personal"
    for path, text in {**NEXT, "posts/bio.md": fixtures.PAGE, "pages/index.js": ""}.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text)
    return site


@pytest.fixture
def work(tmp_path: Path, own_renders: Path) -> Path:
    """A folder with a site and a project beside each other."""
    project = tmp_path / "films"
    project.mkdir()
    (project / "pyproject.toml").write_text("[tool.explainers]\n")
    shutil.move(own_renders, project / "renders")
    (_next_site(tmp_path) / ".git").mkdir()
    return tmp_path


def _run_in(folder: Path, *arguments: str) -> Ran:
    before = Path.cwd()
    os.chdir(folder)
    try:
        return explainers(*arguments)
    finally:
        os.chdir(before)


@pytest.mark.parametrize(
    ("folder", "arguments"),
    [
        ("films", ["../personal"]),
        ("films", ["../personal/posts/bio.md"]),
        ("films", ["posts/bio.md", "--site", "../personal"]),
        ("personal", ["."]),
        ("personal", ["posts/bio.md"]),
        ("personal/posts", ["bio.md"]),
        (".", ["personal"]),
        ("films/renders", ["posts/bio.md", "--site", "../personal"]),
    ],
)
def test_the_project_and_the_site_are_found_from_either_folder(
    work: Path, folder: str, arguments: list[str]
) -> None:
    ran = _run_in(work / folder, "embed", "apply", *arguments)
    assert ran.code == 0, ran.err
    assert "[![DREX" in (work / "personal/posts/bio.md").read_text()
    assert (work / "personal/public/videos/drex/video.mp4").is_file()
    assert parsed([(work / "personal/pages/_document.js").read_text()]) == [None]
    assert "npm run build && npm run start" in ran.err


def test_missing_renditions_are_made_first(work: Path) -> None:
    shutil.rmtree(work / "films/renders/segmentation")
    _variant(work / "films/renders/drex/square", "ink", (480, 480))
    ran = _run_in(work / "films", "embed", "apply", "../personal", "--renditions")
    assert ran.code == 1 and "no video shares enough words" in ran.err
    videos = work / "personal/public/videos/drex"
    assert (videos / "poster-play.jpg").is_file() and (videos / "square/poster-480.jpg").is_file()
    # A variant brings what its player asks for, and no loop or picture for links.
    assert not [*videos.glob("square/loop.*"), *videos.glob("square/social.*"), *videos.glob("square/*.webp")]


def _variant(folder: Path, theme: str, size: tuple[int, int]) -> None:
    """The drex film in another theme and shape."""
    words = fixtures.VIDEOS["drex"] | {"color": "0xffffff" if theme == "paper" else "0x1f3a5f"}
    fixtures.make_video(folder, "drex", **words, theme=theme, size=size)


def test_all_themes_and_shapes_come_with_one_command_and_go_as_the_render_loses_them(work: Path) -> None:
    site, film = work / "personal", work / "films/renders/drex"
    shapes = {"": (640, 360), "square": (480, 480), "upright": (360, 640)}
    for theme in ("ink", "paper"):
        for shape, size in shapes.items():
            if name := "-".join(part for part in (shape, theme if theme == "paper" else "") if part):
                _variant(film / name, theme, size)
    assert _run_in(site, "embed", "apply", ".").code == 0
    videos = site / "public/videos/drex"
    names = {"paper", "square", "square-paper", "upright", "upright-paper"}
    assert {one.parent.name for one in videos.glob("*/video.mp4")} == names
    assert all((videos / name / "poster.jpg").is_file() for name in names)
    figure = (videos / "player.html").read_text()
    assert figure.count("<template ") == 5 and 'data-shapes="wide square upright"' in figure
    before = (site / "posts/bio.md").read_bytes()
    for gone in ("square", "square-paper"):
        shutil.rmtree(film / gone)
    assert _run_in(site, "embed", "apply", ".").code == 0
    assert {one.name for one in videos.iterdir() if one.is_dir()} == {"paper", "upright", "upright-paper"}
    assert (site / "posts/bio.md").read_bytes() == before
    assert _run_in(site, "embed", "apply", ".", "--check").code == 0


def test_two_projects_beside_a_site_are_named_and_none_is_guessed(work: Path) -> None:
    (work / "other").mkdir()
    (work / "other/pyproject.toml").write_text("[tool.explainers]\n")
    ran = _run_in(work / "personal", "embed", "apply", ".")
    assert ran.code == 2 and "--project says which" in ran.err and "films" in ran.err


def test_a_path_that_is_nowhere_is_named_with_where_it_was_looked_for(work: Path) -> None:
    ran = _run_in(work / "films", "embed", "apply", "posts/bioo.md", "--site", "../personal")
    assert ran.code == 2 and "no page or site posts/bioo.md; looked at" in ran.err


def test_taking_one_of_two_videos_out_leaves_the_other_whole(work: Path) -> None:
    site = work / "personal"
    assert _run_in(site, "embed", "apply", ".").code == 0
    assert _run_in(site, "embed", "apply", ".", "--remove", "--video", "drex").code == 0
    assert not (site / "public/videos/drex").exists()
    assert (site / "public/videos/segmentation/video.mp4").is_file()
    assert "drex" not in (site / "public/videos/index.html").read_text()
    assert "player.js" in (site / "pages/_document.js").read_text()


def test_files_that_a_new_render_no_longer_has_are_removed_and_changed_ones_are_left(work: Path) -> None:
    site, video = work / "personal", work / "films/renders/drex"
    (video / "transcript.md").write_text("# x\n")
    assert _run_in(site, "embed", "apply", ".").code == 0
    (video / "transcript.md").unlink()
    ran = _run_in(site, "embed", "apply", ".")
    assert ran.code == 0 and not (site / "public/videos/drex/transcript.md").exists()
    (site / "pages/_document.js").write_text((site / "pages/_document.js").read_text() + "// mine\n")
    assert _run_in(site, "embed", "apply", ".").code == 0
    ran = _run_in(site, "embed", "apply", ".", "--remove")
    assert ran.code == 1 and "changed since it was written" in ran.err
    left = (site / "pages/_document.js").read_text()
    assert left.endswith("// mine\n") and "player" not in left and parsed([left]) == [None]


def test_a_video_that_came_with_a_link_out_of_its_folder_is_not_shown(work: Path) -> None:
    site, video = work / "personal", work / "films/renders/drex"
    (work / "private.txt").write_text("secret")
    (video / "transcript.md").unlink(missing_ok=True)
    (video / "transcript.md").symlink_to(work / "private.txt")
    ran = _run_in(site, "embed", "apply", ".")
    assert ran.code == 3 and "transcript.md leads out of the video's folder" in ran.err
    assert not (site / "public/videos/drex").exists()


@pytest.mark.parametrize("path", ["../films/pyproject.toml", "/etc/hostname", "a/../../x", ""])
def test_a_ledger_that_points_out_of_the_site_is_refused(work: Path, path: str) -> None:
    site, outside = work / "personal", work / "films/pyproject.toml"
    assert _run_in(site, "embed", "apply", ".").code == 0
    ledger = site / ".explainers.json"
    written = json.loads(ledger.read_text())
    written["files"][path] = {"sha256": digest_file(outside), "video": ""}
    ledger.write_text(json.dumps(written))
    ran = _run_in(site, "embed", "apply", ".", "--remove")
    assert ran.code == 3 and ".explainers.json:1:1" in ran.err and "inside the site's folder" in ran.err
    assert outside.is_file() and "explainers:begin" in (site / "posts/bio.md").read_text()


def test_a_linked_folder_out_of_the_site_is_left_alone(work: Path) -> None:
    site, outside = work / "personal", work / "films/pyproject.toml"
    assert _run_in(site, "embed", "apply", ".").code == 0
    (site / "away").symlink_to(work / "films")
    ledger = site / ".explainers.json"
    written = json.loads(ledger.read_text())
    written["files"]["away/pyproject.toml"] = {"sha256": digest_file(outside), "video": ""}
    ledger.write_text(json.dumps(written))
    assert _run_in(site, "embed", "apply", ".", "--remove").code == 1
    assert outside.is_file()


def test_a_component_of_the_authors_is_not_overwritten(work: Path) -> None:
    site = work / "personal"
    (site / "components/explainers").mkdir(parents=True)
    (site / "components/explainers/ExplainerDrex.jsx").write_text("export default () => null\n")
    (site / "posts/bio.md").rename(site / "posts/bio.mdx")
    ran = _run_in(site, "embed", "apply", ".", "--form", "mdx")
    assert ran.code == 2 and "--force overwrites it" in ran.err
    assert (site / "posts/bio.mdx").read_text() == fixtures.PAGE
