"""Every engine is told by its files, with the reason, and gets a form that it keeps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import embed_fixtures as fixtures
import pytest
from embed_commands import apply, explainers

from explainers.site.forms import detect

MakePage = Callable[..., Path]

SITES = [
    ("hugo", {"hugo.toml": ""}, "bio.md", '{{< explainer "drex" >}}', "hugo.toml"),
    (
        "hugo",
        {"config.toml": "", "content/x.md": ""},
        "bio.md",
        '{{< explainer "drex" >}}',
        "config.toml and content/",
    ),
    ("jekyll", {"_config.yml": ""}, "bio.md", '{% include explainer.html id="drex" %}', "_config.yml"),
    ("astro", {"astro.config.mjs": ""}, "bio.md", '<figure class="xv"', "astro.config.mjs"),
    ("astro", {"astro.config.mjs": ""}, "src/content/bio.mdx", "<ExplainerDrex />", "astro.config.mjs"),
    (
        "docusaurus",
        {"docusaurus.config.js": "export default {};"},
        "docs/bio.md",
        "<ExplainerDrex />",
        "docusaurus.config.js",
    ),
    (
        "nuxt",
        {"nuxt.config.ts": "export default defineNuxtConfig({})"},
        "content/bio.md",
        "[![DREX",
        "nuxt.config.ts",
    ),
    ("quarto", {"_quarto.yml": ""}, "bio.qmd", "{{< explainer drex >}}", "_quarto.yml"),
    ("mkdocs", {"mkdocs.yml": ""}, "docs/bio.md", '<figure class="xv"', "mkdocs.yml"),
    ("sphinx", {"conf.py": "project = 'x'\n"}, "bio.rst", ".. raw:: html", "conf.py"),
    (
        "nextjs-remark",
        {"next.config.js": "", "package.json": '{"dependencies": {"remark-html": "15"}}'},
        "bio.md",
        "[![DREX",
        "remark-html",
    ),
    (
        "nextjs-mdx",
        {"package.json": '{"dependencies": {"next": "12", "@next/mdx": "1"}}'},
        "bio.mdx",
        "<ExplainerDrex />",
        "@next/mdx",
    ),
    ("nextjs", {"next.config.mjs": ""}, "bio.md", "[![DREX", "next.config.mjs"),
    ("plain", {}, "bio.md", '<figure class="xv"', "no file of a known engine"),
]


@pytest.mark.parametrize(
    ("engine", "files", "name", "form", "reason"), SITES, ids=[f"{s[0]}-{s[2]}" for s in SITES]
)
def test_an_engine_is_told_by_its_files_and_gets_its_form(
    tmp_path: Path, renders: Path, engine: str, files: dict[str, str], name: str, form: str, reason: str
) -> None:
    site = tmp_path / "site"
    for path, content in {**files, name: fixtures.PAGE}.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(content)
    if name.endswith(".rst"):
        (site / name).write_text("DREX rebatching\n===============\n\n// put video here\n")
    arguments = ("embed", "apply", site / name, "--site", site, "--renders", renders)
    before = (site / name).read_bytes()
    ran = explainers(*arguments)
    assert ran.code == 0, ran.err
    assert ran.err.startswith(f"{engine}: ") and reason in ran.err.splitlines()[0]
    assert form in (site / name).read_text()
    assert explainers(*arguments, "--check").code == 0
    assert explainers(*arguments, "--remove").code == 0
    assert (site / name).read_bytes() == before


def test_files_go_where_the_engine_serves_them(page: MakePage, renders: Path) -> None:
    path = page()
    site = path.parent
    (site / "hugo.toml").write_text("")
    assert explainers("embed", "apply", path, "--site", site, "--renders", renders).code == 0
    assert (site / "static/videos/drex/video.mp4").is_file() and (site / "static/videos/player.js").is_file()
    partial = (site / "layouts/partials/explainers/drex.html").read_text()
    assert "{{" not in partial and "/videos/drex/video.mp4?v=" in partial


def test_jekyll_on_a_project_page_has_its_base_before_every_address(tmp_path: Path, renders: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.explainers.site]\nbase_url = "https://a.github.io/repo/"\nfolder = "media"\n'
    )
    site = tmp_path / "site"
    site.mkdir()
    (site / "_config.yml").write_text("")
    (site / "bio.md").write_text(fixtures.PAGE)
    assert (
        explainers(
            "--project", tmp_path, "embed", "apply", site / "bio.md", "--site", site, "--renders", renders
        ).code
        == 0
    )
    figure = (site / "_includes/explainers/drex.html").read_text()
    assert 'poster="/repo/media/drex/poster.jpg?v=' in figure
    assert (site / "media/drex/video.mp4").is_file()
    assert 'href="https://a.github.io/repo/media/drex/"' in (site / "media/drex/index.html").read_text()


def test_the_token_comes_with_the_line_to_paste(page: MakePage, renders: Path) -> None:
    path = page()
    ran = apply(path, renders, "--engine", "nextjs-remark", "--form", "token")
    assert "\n[VIDEO_DREX]\n" in path.read_text() and "\n[VIDEO_SEGMENTATION]\n" in path.read_text()
    line = next(line for line in ran.out.splitlines() if "VIDEO_DREX" in line)
    assert line.startswith('content = content.replace(/(?:<p>)?\\[VIDEO_DREX\\](?:<\\/p>)?/g, () => "<figure')
    html = json.loads(line.split("() => ", 1)[1].removesuffix(")"))
    assert html.endswith("</figure>")


def test_the_animated_form_is_a_picture_and_says_what_is_missing(
    page: MakePage, renders: Path, web_renders: Path
) -> None:
    path = page()
    ran = apply(path, renders, "--form", "animated")
    assert ran.code == 2 and "explainers embed renditions" in ran.err and path.read_text() == fixtures.PAGE
    assert apply(path, web_renders, "--form", "animated").code == 0
    assert (
        "![DREX: dynamic rebatching for early-exit inference (preview)](/videos/drex/preview.webp)"
        in path.read_text()
    )


def test_changing_the_form_changes_the_block_and_keeps_the_words(page: MakePage, renders: Path) -> None:
    path = page()
    for form in ("html", "poster-link", "token", "hugo"):
        assert apply(path, renders, "--form", form).code == 0
    apply(path, renders, "--remove")
    assert path.read_text() == fixtures.PAGE


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--engine", "hugoo"), "did you mean 'hugo'"),
        (("--form", "iframe"), "forms: animated, astro"),
        (("--form", "sphinx"), "can't be written into a .md page"),
        (("--video", "drx"), "did you mean 'drex'"),
    ],
)
def test_a_wrong_choice_is_a_usage_error_with_a_suggestion(
    page: MakePage, renders: Path, arguments: tuple[str, ...], said: str
) -> None:
    ran = apply(page(), renders, *arguments)
    assert ran.code == 2 and said in ran.err


def test_an_html_page_gets_players_and_its_head_the_script(page: MakePage, renders: Path) -> None:
    text = "<html><head></head><body><h2>DREX</h2><p>// put video here: rebatching</p></body></html>"
    path = page(text, "a.html")
    arguments = ("embed", "apply", path.parent, "--renders", renders)
    assert explainers(*arguments).code == 0
    written = path.read_text()
    assert '<figure class="xv" id="xv-drex"' in written
    assert written.index("player.js") < written.index("</head>")
    assert explainers(*arguments, "--check").code == 0
    assert explainers(*arguments, "--remove").code == 0
    assert path.read_text() == text and [one.name for one in path.parent.iterdir()] == ["a.html"]


def test_a_broken_package_json_is_no_engine(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{")
    assert detect(tmp_path)[0].name == "plain"


def test_another_projects_conf_py_is_no_sphinx(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text("import os\n")
    assert detect(tmp_path)[0].name == "plain"


def test_results_can_be_read_by_machines(page: MakePage, renders: Path) -> None:
    found = apply(page(), renders, "--dry-run", "--json").json
    assert [(one["line"], one["video"], one["how"]) for one in found["changes"]] == [
        (20, "drex", "placed"),
        (30, "segmentation", "placed"),
    ]
    assert found["embed"] == 1 and found["left"] == []


def test_neither_manim_nor_moviepy_is_loaded_to_embed() -> None:
    code = (
        "import sys, explainers.cli.embed, explainers.site.work\nprint({'manim', 'moviepy'} & {*sys.modules})"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"
    )


def test_the_index_on_the_site_lists_every_video_that_is_there(page: MakePage, renders: Path) -> None:
    site = page("## DREX rebatching\n\n// put video here\n", "one.md").parent
    page("## Semantic segmentation of streets\n\n// put video here\n", "two.md")
    for name in ("one.md", "two.md"):
        assert explainers("embed", "apply", site / name, "--site", site, "--renders", renders).code == 0
    index = (site / "videos/index.html").read_text()
    assert "./drex/index.html" in index and "./segmentation/index.html" in index
    assert (
        explainers("embed", "apply", site / "one.md", "--site", site, "--renders", renders, "--check").code
        == 0
    )


def test_mkdocs_may_have_its_pages_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\ndocs_dir: 'pages'\n")
    assert detect(tmp_path)[0].static == "pages"


def test_without_finished_videos_the_placeholders_are_listed(page: MakePage, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    ran = apply(page(), tmp_path / "none")
    assert ran.code == 1 and ran.err.count("no video is finished yet") == 2


ZOLA = """
from explainers.site.forms import Engine, Form
from explainers.site.pages import figure_lines

FORMS = [
    Form(
        "zola",
        lambda video, context: [f'{{{{ explainer(id="{video.name}") }}}}'],
        files=lambda video, context: {
            f"templates/explainers/{video.name}.html": "\\n".join(figure_lines(video, context.urls))
        },
        head_note="Put the player",
    )
]
ENGINES = [
    Engine(
        "zola",
        ("zola.toml",),
        ("zola",),
        static="static",
        base_path_keys=("base_url",),
        head_place="templates/base.html",
    )
]
"""


def test_a_package_brings_a_form_with_its_engine_in_one_file(
    page: MakePage, renders: Path, tmp_path: Path
) -> None:
    packages = tmp_path / "packages"
    (packages / "zola_videos-1.0.dist-info").mkdir(parents=True)
    (packages / "zola_videos.py").write_text(ZOLA)
    (packages / "zola_videos-1.0.dist-info/METADATA").write_text("Name: zola-videos\nVersion: 1.0\n")
    (packages / "zola_videos-1.0.dist-info/entry_points.txt").write_text(
        "[explainers.forms]\nzola = zola_videos\n"
    )
    path = page()
    site = path.parent
    (site / "zola.toml").write_text('base_url = "https://a.example/my-lab"\n')
    command = [sys.executable, "-m", "explainers", "embed", "apply", path, "--site", site]
    ran = subprocess.run(
        [*command, "--renders", renders, "--no-renditions"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(packages)},
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr.startswith("zola: it has zola.toml; form zola")
    assert '{{ explainer(id="drex") }}' in path.read_text()
    figure = (site / "templates/explainers/drex.html").read_text()
    assert 'poster="/my-lab/videos/drex/poster.jpg?v=' in figure
    assert (site / "static/videos/drex/video.mp4").is_file()
    note, css, _ = ran.stdout.splitlines()
    assert note == "Put the player in templates/base.html, once:" and "/my-lab/videos/player.css" in css
