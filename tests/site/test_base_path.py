"""Sites below a path, such as project pages: addresses carry the path that the engine states."""

from __future__ import annotations

import re
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

import embed_fixtures as fixtures
import engines
import pytest
from browser import served
from embed_commands import Ran, explainers
from engines import parsed

from explainers.errors import InvalidInput
from explainers.site.forms import engines as known_engines
from explainers.site.urls import SiteSettings, site_urls

STATED = [
    ("hugo", "hugo.toml", 'baseURL = "https://a.example/my-lab/"', "/my-lab"),
    ("hugo", "hugo.toml", 'title = "x"\nbaseurl = "/deep/er/"', "/deep/er"),
    ("hugo", "config.yaml", "title: x\nbaseURL: https://a.example/my-lab", "/my-lab"),
    ("hugo", "hugo.json", '{\n\t"baseURL": "https://a.example/my-lab"}', "/my-lab"),
    ("hugo", "config/_default/hugo.toml", 'baseURL = "https://a.example/my-lab"', "/my-lab"),
    ("hugo", "hugo.toml", 'baseURL = "https://a.example"', ""),
    ("hugo", "hugo.toml", '[params]\nbaseURL = "https://a.example/other"', None),
    ("jekyll", "_config.yml", 'url: "https://a.example"\nbaseurl: "/my-lab" # the repository', "/my-lab"),
    ("jekyll", "_config.yml", "baseurl:\n", ""),
    ("jekyll", "_config.yml", "baseurl: my lab\n", "/my%20lab"),
    ("mkdocs", "mkdocs.yml", "site_url: https://a.example/my-lab/\nplugins: !!python/name:x.y ''", "/my-lab"),
    ("mkdocs", "mkdocs.yml", "site_url: !ENV [SITE_URL, 'https://a.example/my-lab']", "computed"),
    ("mkdocs", "mkdocs.yml", "site_name: x", None),
    ("quarto", "_quarto.yml", "website:\n  site-url: https://a.example/my-lab", "/my-lab"),
    ("quarto", "_quarto.yml", "website:\n  site-url: https://a.example\n  site-path: /my-lab/", "/my-lab"),
    ("sphinx", "conf.py", "html_baseurl = 'https://a.example/my-lab/'", "/my-lab"),
    ("sphinx", "docs/conf.py", "import os\nhtml_baseurl = os.environ.get('URL', '/')", "computed"),
    (
        "docusaurus",
        "docusaurus.config.js",
        'export default { url: "https://a//b", baseUrl: "/my-lab/" };',
        "/my-lab",
    ),
    ("docusaurus", "docusaurus.config.ts", "const config: Config = {\n  baseUrl: '/my-lab/',\n};", "/my-lab"),
    ("docusaurus", "docusaurus.config.js", "export default { customFields: { baseUrl: '/no' } }", None),
    (
        "astro",
        "astro.config.mjs",
        'export default defineConfig({ site: "https://a", base: "/my-lab" });',
        "/my-lab",
    ),
    ("astro", "astro.config.mjs", "export default defineConfig({ vite: { base: '/no' } });", None),
    (
        "astro",
        "astro.config.mjs",
        "const base = `/my-lab`;\nexport default defineConfig({ base });",
        "/my-lab",
    ),
    (
        "nuxt",
        "nuxt.config.ts",
        "export default defineNuxtConfig({ app: { baseURL: '/my-lab/' } })",
        "/my-lab",
    ),
    ("nuxt", "nuxt.config.ts", "export default defineNuxtConfig({ http: { baseURL: '/api' } })", None),
    ("nextjs", "next.config.js", 'module.exports = { "basePath": "/my-lab" }', "/my-lab"),
    ("nextjs-mdx", "next.config.mjs", "const c = {}\nc.basePath = '/my-lab'\nexport default c", "/my-lab"),
    ("nextjs", "next.config.js", "// basePath: '/no'\n/* basePath: '/no' */\nmodule.exports = {}", None),
    ("nextjs", "next.config.js", "module.exports = { a: \"{ basePath: '/no' }\" }", None),
    ("nextjs", "next.config.js", "const p = '/my-lab'\nmodule.exports = { basePath: p }", "/my-lab"),
    ("nextjs", "next.config.js", "module.exports = { basePath: prod ? '/my-lab' : '' }", "computed"),
    ("nextjs", "next.config.js", "module.exports = { basePath: '/a' + name }", "computed"),
    ("nextjs", "next.config.js", "module.exports = { basePath: `/${name}` }", "computed"),
    ("nextjs", "next.config.js", "module.exports = { basePath: process.env.BASE }", "computed"),
    ("nextjs", "next.config.js", "if (a) c.basePath = '/a'\nelse c.basePath = '/b'", "computed"),
    ("plain", "hugo.txt", "baseURL", None),
]


@pytest.mark.parametrize(("engine", "name", "config", "path"), STATED)
def test_the_path_is_read_from_the_configuration(
    tmp_path: Path, engine: str, name: str, config: str, path: str | None
) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(config)
    stated = known_engines()[engine].base_path(tmp_path)
    if path is None:
        assert stated is None
        return
    assert stated is not None and stated.path == (None if path == "computed" else path)
    shown = config.splitlines()[stated.place.line - 1]
    assert re.search("base|site|html_", shown, re.I) and stated.source == shown
    if path != "computed":
        assert site_urls(SiteSettings(), stated=stated).prefix == f"{path}/videos"
        return
    with pytest.raises(InvalidInput, match=r"is computed here[\s\S]*expected base_url"):
        site_urls(SiteSettings(), stated=stated)
    said = SiteSettings(base_url="https://a.example/said")
    assert site_urls(said, stated=stated).prefix == "/said/videos"


@pytest.mark.parametrize(
    ("base_url", "config", "prefix"),
    [
        ("https://a.example/my-lab", 'baseURL = "https://b.example/my-lab/"', "/my-lab/videos"),
        ("https://a.example/my-lab", 'baseURL = "https://a.example/"', "/my-lab/videos"),
        ("https://a.example/my-lab", "", "/my-lab/videos"),
        ("https://a.example", 'baseURL = "https://a.example/my-lab/"', None),
        ("https://a.example/lab", 'baseURL = "https://a.example/my-lab/"', None),
    ],
)
def test_settings_and_configuration_must_agree(
    tmp_path: Path, base_url: str, config: str, prefix: str | None
) -> None:
    (tmp_path / "hugo.toml").write_text(config)
    settings, stated = SiteSettings(base_url=base_url), known_engines()["hugo"].base_path(tmp_path)
    if prefix:
        assert site_urls(settings, stated=stated).prefix == prefix
        return
    with pytest.raises(InvalidInput) as refused:
        site_urls(settings, stated=stated)
    assert f"{tmp_path / 'hugo.toml'}:1:1: the site is served below /my-lab" in str(refused.value)
    assert base_url in str(refused.value)


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("hugo.toml", "baseURL = "),
        ("_config.yml", "a: [1\nbaseurl: x"),
        ("hugo.json", "{"),
        ("conf.py", "project = ("),
    ],
)
def test_a_configuration_that_cannot_be_read_is_refused_with_its_place(
    tmp_path: Path, renders: Path, name: str, config: str
) -> None:
    (tmp_path / name).write_text(config)
    (tmp_path / "bio.md").write_text(fixtures.PAGE)
    ran = explainers("embed", "apply", tmp_path / "bio.md", "--site", tmp_path, "--renders", renders)
    assert ran.code == 3 and f"{tmp_path / name}:" in ran.err and "can't be read" in ran.err
    assert (tmp_path / "bio.md").read_text() == fixtures.PAGE


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that says nothing of the site: what is known is in the engine's configuration."""
    folder = tmp_path_factory.mktemp("bare")
    (folder / "pyproject.toml").write_text("[tool.explainers]\n")
    return folder


def _embedded(site: Path, page: str, bare: Path, renders: Path, *more: str) -> Ran:
    return engines.embedded(site, page, bare, "--renders", str(renders), *more)


def _addresses(html: str) -> set[str]:
    found = re.findall(r'(?:src|href|poster)=[\'"]?([^\'" >]+)', html)
    return {one.split("#")[0] for one in found if "/videos/" in one}


def _all_reached(address: str) -> set[str]:
    """Every address of a video's file or page on the page at `address`; each answers."""
    with urllib.request.urlopen(address) as answer:
        found = {urljoin(address, one) for one in _addresses(answer.read().decode())}
    for one in found:
        with urllib.request.urlopen(one) as answer:
            assert answer.status == 200, one
    return found


def _check_below(built: Path, root: Path, page: str = "") -> None:
    """The built site, put below the path of a server, with nothing else on it."""
    root.mkdir()
    built.rename(root / "my-lab")
    with served(root) as origin:
        found = _all_reached(f"{origin}/my-lab/{page}")
        assert any(re.search(r"/my-lab/(_static/)?videos/drex/video\.", one) for one in found), found


def test_hugo_below_a_path(bare: Path, renders: Path, tmp_path: Path) -> None:
    site = engines.copied("hugo", tmp_path)
    config = site / "config.toml"
    config.write_text(config.read_text().replace("https://example.org/", "https://example.org/my-lab/"))
    _embedded(site, "content/_index.md", bare, renders)
    _check_below(engines.build_hugo(site), tmp_path / "root")


def test_mkdocs_below_a_path(bare: Path, renders: Path, tmp_path: Path) -> None:
    site = engines.copied("mkdocs", tmp_path)
    config = site / "mkdocs.yml"
    _embedded(site, "docs/index.md", bare, renders)
    assert _prefixes(site / "docs/index.md") == {"/videos/"}
    config.write_text(config.read_text().replace("https://example.org/", "https://example.org/my-lab/"))
    _embedded(site, "docs/index.md", bare, renders)
    built = engines.build_mkdocs(site)
    assert {"/my-lab/videos/player.js", "/my-lab/videos/player.css"} <= _addresses(
        (built / "index.html").read_text()
    )
    _check_below(built, tmp_path / "root")


def _prefixes(page: Path) -> set[str]:
    return {one[: one.index("/videos/") + 8] for one in _addresses(page.read_text())}


def test_sphinx_below_a_path(bare: Path, renders: Path, tmp_path: Path) -> None:
    site = engines.copied("sphinx", tmp_path)
    with (site / "conf.py").open("a") as config:
        config.write("\nhtml_baseurl = 'https://example.org/my-lab/'\n")
    _embedded(site, "index.rst", bare, renders)
    _check_below(engines.build_sphinx(site), tmp_path / "root", "index.html")


def test_a_built_site_below_a_path_gets_it_from_the_sources_around_it(
    bare: Path, renders: Path, tmp_path: Path
) -> None:
    site = engines.copied("mkdocs", tmp_path)
    config = site / "mkdocs.yml"
    config.write_text(config.read_text().replace("https://example.org/", "https://example.org/my-lab/"))
    built = engines.build_mkdocs(site)
    assert explainers("--project", bare, "embed", "inject", built, "--renders", renders).code == 0
    _check_below(built, tmp_path / "root")


def test_next_below_a_path_with_a_document_that_is_made(bare: Path, renders: Path, tmp_path: Path) -> None:
    site = engines.copied("nextjs", tmp_path)
    (site / "next.config.js").write_text("module.exports = { basePath: '/my-lab' }\n")
    (site / "pages/_document.js").unlink()
    ran = _embedded(site, "posts/bio.md", bare, renders)
    assert "pages/_document.js: made, with the player's lines" in ran.err
    engines.build_next(site)
    with engines.next_server(site, "/my-lab") as address:
        found = _all_reached(f"{address}/my-lab")
        names = {one.removeprefix(f"{address}/my-lab/videos/") for one in found}
        assert {"player.js", "player.css", "drex/poster.jpg", "drex/index.html"} <= names
        watch = _all_reached(f"{address}/my-lab/videos/drex/index.html")
        assert f"{address}/my-lab/videos/drex/player.html" not in watch
        with urllib.request.urlopen(f"{address}/my-lab/videos/drex/player.html") as answer:
            figure = answer.read().decode()
    assert _addresses(figure) and all(one.startswith("/my-lab/videos/") for one in _addresses(figure))


def test_docusaurus_leaves_the_addresses_of_a_linked_poster_as_they_are(
    bare: Path, renders: Path, tmp_path: Path
) -> None:
    (tmp_path / "docusaurus.config.js").write_text("export default { baseUrl: '/my-lab/' };")
    (tmp_path / "bio.md").write_text(fixtures.PAGE)
    _embedded(tmp_path, "bio.md", bare, renders, "--form", "poster-link")
    page = (tmp_path / "bio.md").read_text()
    assert "](pathname:///my-lab/videos/drex/poster.jpg)](pathname:///my-lab/videos/drex/index.html)" in page
    config = (tmp_path / "docusaurus.config.js").read_text()
    assert parsed([config]) == [None] and "/my-lab/videos/player.js" in config
