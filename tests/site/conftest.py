"""Fixtures shared by the embedding tests: finished videos, made once a run, and an author's site."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import embed_fixtures as fixtures
import pytest
from playwright.sync_api import Browser, sync_playwright
from webdriver import Tab, firefox, webkit

from explainers.project import Project
from explainers.site.videos import Video, load_videos


@pytest.fixture(scope="session")
def renders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `renders/` folder with two finished videos; not to be changed."""
    return fixtures.make_renders(tmp_path_factory.mktemp("made") / "renders")


@pytest.fixture(scope="session")
def videos(renders: Path) -> tuple[Video, ...]:
    return load_videos(renders)


@pytest.fixture
def own_renders(renders: Path, tmp_path: Path) -> Path:
    """A copy of the finished videos, to be changed."""
    return Path(shutil.copytree(renders, tmp_path / "renders"))


@pytest.fixture
def page(tmp_path: Path) -> Callable[..., Path]:
    """Writes a page into `tmp_path/site` and gives its path."""

    def write(content: str | bytes = fixtures.PAGE, name: str = "bio.md") -> Path:
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture(scope="session")
def web_renders(renders: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished videos with their web renditions; not to be changed."""
    from explainers.render.renditions import web_renditions

    folder = Path(shutil.copytree(renders, tmp_path_factory.mktemp("web") / "renders"))
    for name in fixtures.VIDEOS:
        web_renditions(folder / name, least_saving=None)
    return folder


@pytest.fixture(scope="session")
def project(web_renders: Path) -> Path:
    """A project whose settings say where its site is; its `renders/` has web renditions."""
    root = web_renders.parent
    (root / "pyproject.toml").write_text(fixtures.SETTINGS)
    return root


@pytest.fixture(scope="session")
def static(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `embed site` writes, in a folder named as it is on the site."""
    from embed_commands import explainers

    out = tmp_path_factory.mktemp("static")
    ran = explainers("--project", project, "embed", "site", "-o", out / "videos")
    assert ran.code == 0, ran.err
    return out


@pytest.fixture(scope="session")
def raced(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with a finished film and three races of it; not to be changed."""
    return fixtures.make_raced(tmp_path_factory.mktemp("raced"))


@pytest.fixture(scope="module", params=["firefox", "webkit"])
def tab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """A page in each of the other browsers."""
    started = firefox(tmp_path_factory.mktemp("profile")) if request.param == "firefox" else webkit()
    with started as found:
        yield found


@pytest.fixture(scope="session")
def lab(web_renders: Path, raced: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with both videos and a film with a race, which says nothing of the site."""
    root = tmp_path_factory.mktemp("lab")
    shutil.copytree(web_renders, root / "renders")
    shutil.copytree(raced.root / "renders/pair", root / "renders/pair")
    (root / "pyproject.toml").write_text("[tool.explainers]\n")
    return root


# Closed with the module: while it is open its event loop runs in this thread, and no other can.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    import browser as real

    with sync_playwright() as playwright:
        running = real.launch(playwright)
        yield running
        running.close()
