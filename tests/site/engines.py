"""Sites of real engines: copied from `sites/`, given videos by the real command, and really built."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import embed_fixtures as fixtures
from embed_commands import Ran, explainers

HERE = Path(__file__).parent
MODULES = HERE / "node" / "node_modules"


def copied(engine: str, folder: Path) -> Path:
    """A fresh copy of an engine's site, writable, with the author's page where the engine has its pages."""
    site = Path(shutil.copytree(HERE / "sites" / engine, folder / engine))
    pages = {"nextjs": "posts/bio.md", "hugo": "content/_index.md", "mkdocs": "docs/index.md"}
    if engine == "jekyll":
        (site / "index.md").write_text(fixtures.PAGE.replace("type: bio", "layout: default"))
    if engine in pages:
        (site / pages[engine]).parent.mkdir(parents=True, exist_ok=True)
        (site / pages[engine]).write_text(fixtures.PAGE)
    return site


def with_race(site: Path, race: str = "pair:tracks") -> Path:
    """The author's page, asking for a race too."""
    page = site / "posts/bio.md"
    page.write_text(f"{page.read_text()}\n## The race\n\n// put race here: {race}\n")
    return page


def embedded(site: Path, page: str, project: Path, *more: str) -> Ran:
    """`embed apply` on a page of the site, from a project whose settings name the site."""
    ran = explainers("--project", project, "embed", "apply", site / page, "--site", site, *more)
    assert ran.code == 0, ran.err
    return ran


def run(command: list[str | Path], folder: Path) -> str:
    """Run a builder; its whole output in the failure where it fails."""
    done = subprocess.run(
        [str(one) for one in command], cwd=folder, capture_output=True, text=True, env=_environment()
    )
    assert done.returncode == 0, f"{command[0]}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def _environment() -> dict[str, str]:
    return {**os.environ, "NEXT_TELEMETRY_DISABLED": "1", "NODE_ENV": "production"}


def build_next(site: Path) -> None:
    """`next build`, with the tests' npm packages."""
    assert MODULES.is_dir(), "no npm packages: run tests/site/setup.sh"
    (site / "node_modules").symlink_to(MODULES)
    run(["node", MODULES / "next/dist/bin/next", "build"], site)


@contextlib.contextmanager
def next_server(site: Path, base: str = "", mode: str = "start") -> Iterator[str]:
    """`next start`: the engine's own server, which answers differently from a static host. Or `dev`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["node", str(MODULES / "next/dist/bin/next"), mode, "-p", str(port), "-H", "127.0.0.1"]
    server = subprocess.Popen(
        command,
        cwd=site,
        env=_environment() | ({"NODE_ENV": "development"} if mode == "dev" else {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address + base, server)
        yield address
    finally:
        server.terminate()
        server.wait(10)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    for _attempt in range(150):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=2).close()
            return
        assert server.poll() is None, "the server stopped"
        time.sleep(0.2)
    raise AssertionError(f"no answer from {address}")


def build_hugo(site: Path) -> Path:
    run(["hugo", "--quiet"], site)
    return site / "public"


def build_mkdocs(site: Path) -> Path:
    run([sys.executable, "-m", "mkdocs", "build", "--strict", "-q"], site)
    return site / "site"


def build_jekyll(site: Path) -> Path:
    run(["jekyll", "build", "--quiet", "--disable-disk-cache"], site)
    return site / "_site"


def build_sphinx(site: Path) -> Path:
    run([sys.executable, "-m", "sphinx", "-b", "html", "-W", "-q", ".", "_build"], site)
    return site / "_build"


PARSE = """
const { Parser } = require('acorn');
const jsx = Parser.extend(require('acorn-jsx')());
let text = '';
process.stdin.on('data', part => text += part).on('end', () => {
  const found = [];
  for (const source of JSON.parse(text)) {
    try { jsx.parse(source, { ecmaVersion: 2022, sourceType: 'module' }); found.push(null); }
    catch (error) { found.push(String(error)); }
  }
  console.log(JSON.stringify(found));
});
"""


def parsed(sources: list[str]) -> list[str | None]:
    """What a parser of JSX says of each source; None where it is right."""
    done = subprocess.run(
        ["node", "-e", PARSE], input=json.dumps(sources), capture_output=True, text=True, cwd=MODULES.parent
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))
