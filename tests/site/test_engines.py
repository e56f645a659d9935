"""Real engines build real sites with the videos in them, and a real browser plays what they built."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import engines
import pytest
from browser import opened, playing, served, shifted
from playwright.sync_api import Browser, Page
from test_page_care import under


@pytest.fixture(scope="module")
def next_site(lab: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The author's kind of site: linked posters, a race, a project whose poster stands first, a token."""
    site = engines.copied("nextjs", tmp_path_factory.mktemp("next"))
    engines.with_race(site)
    ran = engines.embedded(site, ".", lab)
    assert "nextjs-remark: it has next.config.js and remark-html" in ran.err and not ran.out
    assert f"{site / 'pages/_document.js'}: the player's lines are put in" in ran.err
    _token_page(site, lab)
    engines.build_next(site)
    with engines.next_server(site) as address:
        yield address, site


def _token_page(site: Path, project: Path) -> None:
    (site / "posts/token.md").write_text("# DREX rebatching\n\n// put video here: early exit\n\nAfter.\n")
    ran = engines.embedded(site, "posts/token.md", project, "--form", "token")
    line = next(line for line in ran.out.splitlines() if line.startswith("content = "))
    render = site / "render.js"
    render.write_text(render.read_text().replace("// REPLACEMENTS", line))
    index = (site / "pages/index.js").read_text()
    (site / "pages/token.js").write_text(index.replace("bio.md", "token.md"))


def _plays_after_click(page: Page, origin: str) -> None:
    assert shifted(page) == 0
    page.locator("a.xv-poster").first.click()
    state = playing(page)
    assert state["file"] == "video.av1.mp4" and state["size"] == [640, 360]
    assert page.evaluate("document.activeElement.tagName") == "VIDEO"
    assert ["captions", "en", "showing"] in state["tracks"]
    page.locator("#xv-drex .xv-chapters button").last.click()
    page.wait_for_function("document.querySelector('#xv-drex video').currentTime >= 3")


def test_next_with_remark_html_shows_posters_that_become_players(
    browser: Browser, next_site: tuple[str, Path]
) -> None:
    origin, _ = next_site
    with opened(browser, origin) as (page, seen):
        assert page.locator("a.xv-poster img").count() == 2
        assert "create video here" not in page.locator("body").inner_text()
        assert seen.media() == [] and seen.elsewhere(origin) == []
        _plays_after_click(page, origin)
        assert seen.errors == []


@pytest.mark.parametrize("ground", ["#181C18", "#fff"])
@pytest.mark.parametrize("width", [390, 1280])
def test_next_has_the_bio_page_with_both_videos_and_the_race(
    browser: Browser, next_site: tuple[str, Path], width: int, ground: str
) -> None:
    origin, _ = next_site
    with opened(browser, origin, viewport={"width": width, "height": 800}) as (page, seen):
        bio_page_in_use(page, ground)
        assert page.evaluate("document.querySelector('#xv-drex video').paused")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert shifted(page) == 0 and seen.errors == []


def bio_page_in_use(page: Page, ground: str, share: float = 0.6) -> None:
    """On a dark or a light ground both videos have been played and rest at a share of them, and the race."""
    page.evaluate(
        """ground => Object.assign(document.body.style, { background: ground, color: ground === '#fff' ?
          '#1c2a24' : '#C0F7E1' })""",
        ground,
    )
    for name in ("segmentation", "drex"):
        page.locator(f'a.xv-poster[href*="/{name}/"]').click()
        assert playing(page, f"#xv-{name} video")["size"] == [640, 360]
        page.evaluate(
            """async ([name, share]) => {
              const video = document.querySelector(`#xv-${name} video`);
              video.pause();
              video.currentTime = share * video.duration;
              await new Promise(done => video.addEventListener('seeked', done, { once: true }));
            }""",
            [name, share],
        )
    race = page.locator("explainer-race[data-ready]").last
    race.evaluate("(race, share) => { race.step = share * race.steps; }", share)
    assert race.evaluate("race => race.numbers.length") >= 2


def test_next_has_the_bio_page_for_who_has_only_a_keyboard_under_a_strict_policy(
    browser: Browser, next_site: tuple[str, Path]
) -> None:
    origin, _ = next_site
    with browser.new_context() as profile:
        page = profile.new_page()
        # The site's own body has a style attribute.
        broken = under(page, "default-src 'self'; style-src-attr 'unsafe-inline'", f"{origin}/")
        page.goto(origin, wait_until="networkidle")
        page.wait_for_selector("a.xv-poster")

        def tab_to(there: str) -> None:
            for _ in range(60):
                page.keyboard.press("Tab")
                if page.evaluate(f"document.activeElement.matches({there!r})"):
                    return
            raise AssertionError(f"no way to {there}")

        tab_to("a.xv-poster[href*='/drex/']")
        page.keyboard.press("Enter")
        assert playing(page, "#xv-drex video")["file"] == "video.av1.mp4"
        page.keyboard.press("Space")
        page.wait_for_function("() => document.querySelector('#xv-drex video').paused")
        page.keyboard.press("]")
        page.wait_for_function("() => document.querySelector('#xv-drex video').currentTime === 3")
        tab_to("explainer-race")
        page.keyboard.press("Space")
        page.wait_for_function("() => document.querySelector('explainer-race').step > 5")
        assert broken == []


def test_next_in_development_finds_what_it_wrote(browser: Browser, lab: Path, tmp_path: Path) -> None:
    """React compares the page with what it would write, and says where they differ."""
    site = engines.copied("nextjs", tmp_path)
    engines.with_race(site)
    engines.embedded(site, ".", lab)
    (site / "node_modules").symlink_to(engines.MODULES)
    with engines.next_server(site, mode="dev") as origin, browser.new_context() as profile:
        for path in ("", "?t=4", "projects/drex"):
            page, said = profile.new_page(), list[str]()
            page.on("console", lambda message, said=said: said.append(message.text))
            page.goto(f"{origin}/{path}", wait_until="load")
            page.wait_for_selector("a.xv-poster, explainer-video")
            page.wait_for_function("window.next && document.querySelector('#__next').firstElementChild")
            page.wait_for_timeout(500)
            assert not [one for one in said if "did not match" in one or "ydrat" in one]
            page.close()


@pytest.mark.parametrize("name", ["next-app", "astro", "eleventy"])
def test_newer_engines_build_their_sites_below_a_path(
    browser: Browser, lab: Path, tmp_path: Path, name: str
) -> None:
    from all_sites import built_and_played

    built_and_played(browser, lab, tmp_path, name, (390,))


def test_next_without_javascript_leads_to_the_watch_page(
    browser: Browser, next_site: tuple[str, Path]
) -> None:
    origin, _ = next_site
    with opened(browser, origin, java_script_enabled=False) as (page, _):
        page.locator('a[href="/videos/drex/index.html"]').click()
        page.wait_for_url("**/videos/drex/index.html")
        assert page.locator("video source").count() == 2


def test_next_on_a_phone_fits_and_plays(browser: Browser, next_site: tuple[str, Path]) -> None:
    origin, _ = next_site
    viewport = {"width": 360, "height": 740}
    with opened(browser, origin, viewport=viewport, has_touch=True, reduced_motion="reduce") as (page, seen):
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert seen.media() == []
        _plays_after_click(page, origin)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_next_a_poster_that_stands_first_and_is_lifted_still_plays(
    browser: Browser, next_site: tuple[str, Path]
) -> None:
    origin, _ = next_site
    with opened(browser, f"{origin}/projects/drex") as (page, seen):
        link = page.locator("#media a.xv-poster")
        assert link.get_attribute("href", timeout=5000).endswith("/videos/drex/index.html")
        assert page.locator('a[href*="/videos/"]:visible').count() == 1
        assert seen.media() == [] and shifted(page) == 0
        link.click()
        assert playing(page, "#media video")["file"] == "video.av1.mp4"


def test_next_a_token_becomes_a_player_by_the_printed_line(
    browser: Browser, next_site: tuple[str, Path]
) -> None:
    origin, _ = next_site
    with opened(browser, f"{origin}/token") as (page, seen):
        assert "[VIDEO" not in page.locator("body").inner_text()
        assert shifted(page) == 0 and seen.media() == []
        page.get_by_role("button", name="Race").click()
        assert playing(page)["file"] == "video.av1.mp4"


def _check_built(browser: Browser, folder: Path, path: str = "/index.html") -> None:
    """The page plays without layout shift, AV1 first, H.264 without it; and shows without a script."""
    with served(folder) as origin:
        with opened(browser, origin + path) as (page, seen):
            assert "video here: side by side" not in page.locator("body").inner_text()
            assert page.locator("video").count() == 2 and seen.media() == []
            assert shifted(page) == 0
            page.locator("#xv-drex .xv-chapters button").last.click()
            state = playing(page, "#xv-drex video")
            assert state["file"] == "video.av1.mp4" and state["time"] >= 3
            assert ["captions", "en", "showing"] in state["tracks"]
        with browser.new_context() as profile:
            page = profile.new_page()
            page.route("**/video.av1.mp4*", lambda route: route.abort())
            page.goto(origin + path)
            page.locator("#xv-segmentation .xv-chapters button").first.click()
            assert playing(page, "#xv-segmentation video")["file"] == "video.mp4"
        with opened(browser, origin + path, java_script_enabled=False) as (page, _):
            assert page.locator("video[controls]").count() == 2
            assert all(one.bounding_box() for one in page.locator("video").all())


def test_hugo_builds_the_shortcode_and_it_plays(browser: Browser, project: Path, tmp_path: Path) -> None:
    site = engines.copied("hugo", tmp_path)
    ran = engines.embedded(site, "content/_index.md", project)
    assert "hugo: it has config.toml and content/; form hugo" in ran.err
    assert '{{< explainer "drex" >}}' in (site / "content/_index.md").read_text()
    built = engines.build_hugo(site)
    assert (built / "index.html").read_text().count("player.js") == 1
    _check_built(browser, built)


def test_hugo_builds_linked_posters_with_the_player_in_the_head(
    browser: Browser, project: Path, tmp_path: Path
) -> None:
    site = engines.copied("hugo", tmp_path)
    engines.embedded(site, "content/_index.md", project, "--form", "poster-link")
    with served(engines.build_hugo(site)) as origin, opened(browser, f"{origin}/index.html") as (page, seen):
        _plays_after_click(page, origin)
        assert seen.errors == []


def test_mkdocs_keeps_the_figure_and_it_plays(browser: Browser, project: Path, tmp_path: Path) -> None:
    site = engines.copied("mkdocs", tmp_path)
    ran = engines.embedded(site, "docs/index.md", project)
    assert "mkdocs: it has mkdocs.yml; form html" in ran.err
    _check_built(browser, engines.build_mkdocs(site))


def test_jekyll_builds_the_include_and_it_plays(browser: Browser, project: Path, tmp_path: Path) -> None:
    site = engines.copied("jekyll", tmp_path)
    before = (site / "index.md").read_bytes()
    ran = engines.embedded(site, "index.md", project)
    assert (
        "jekyll: it has" in ran.err
        and '{% include explainer.html id="drex" %}' in (site / "index.md").read_text()
    )
    _check_built(browser, engines.build_jekyll(site))
    engines.embedded(site, "index.md", project, "--remove")
    assert (site / "index.md").read_bytes() == before


def test_sphinx_builds_the_raw_block_and_it_plays(browser: Browser, project: Path, tmp_path: Path) -> None:
    site = engines.copied("sphinx", tmp_path)
    before = (site / "index.rst").read_bytes()
    ran = engines.embedded(site, "index.rst", project)
    assert "sphinx: it has conf.py; form sphinx" in ran.err
    _check_built(browser, engines.build_sphinx(site))
    engines.embedded(site, "index.rst", project, "--remove")
    assert (site / "index.rst").read_bytes() == before


def test_plain_html_that_was_built_already_gets_players_by_inject(
    browser: Browser, project: Path, tmp_path: Path
) -> None:
    from embed_commands import explainers

    site = engines.copied("mkdocs", tmp_path)
    built = engines.build_mkdocs(site)
    page = built / "index.html"
    before = page.read_bytes()
    ran = explainers("--project", project, "embed", "inject", built)
    assert ran.code == 0, ran.err
    _check_built(browser, built)
    assert explainers("--project", project, "embed", "inject", built, "--check").code == 0
    assert explainers("--project", project, "embed", "inject", built, "--remove").code == 0
    assert page.read_bytes() == before
