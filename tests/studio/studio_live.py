"""A studio as its user starts it, on a small project, and a real Chromium to look at it with."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Playwright

from explainers.trust import trust

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

STORYBOARD = """\
# A comment that stays.
storyboard: 1
title: "Bars and a card"
canvas: {size: 640x360, fps: 10}
facts:
  before: {table: runs, where: {run: before}, value: tok, format: .0f}
  after:  {table: runs, where: {run: after}, value: tok, format: .0f}
  gain: {value: after / before - 1, format: "+.0%"}
shots:
  - id: opening
    kind: title
    duration: 2s
    heading: First card   # the heading
    statement: What it says.
    cue: "Words of a caption."
  - id: speed
    kind: bars
    title: "Faster by {gain}"
    table: runs
    key: run
    value: tok
    unit: tok / s
    bars: [{row: before, label: Before}, {row: after, label: After, role: ours}]
    statement: "From {before} to {after} tokens per second."
    beats:
      - {id: grow, duration: 1.5s, cue: "They grow."}
      - {id: rest, duration: 1.5s}
"""
ASSETS = """\
sources:
  logs: {kind: measured, citation: The run logs, label: run logs}
tables:
  runs: {file: data/runs.csv, source: logs, units: {tok: tok / s}}
"""
TABLE = 'run,tok,"a note"\r\nbefore,100,"kept, as it is"\r\nafter,150,\r\n'


OVERLAP = """\
storyboard: 1
title: Words over words
canvas: {size: 640x360, fps: 10}
shots:
  - id: one
    kind: raw
    duration: 3s
    words:
      - {text: The first line of words, x: "200", y: "400"}
      - {text: Another line of words, x: "300", y: "410"}
"""
FADED = STORYBOARD.replace("    kind: bars\n", "    kind: bars\n    transition: {fade: 0.8s}\n")
"""The second shot comes in by a cross-fade of 16 frames, 8 on each side of the cut."""

RAW = Path(__file__).parent.parent / "check/raw.py"
"""A kind of scene beside a storyboard, that puts words anywhere."""


def write_studio_project(root: Path, **videos: str) -> Path:
    """A project with the video `small`, and others by name; code beside a storyboard is run."""
    (root / "pyproject.toml").write_text("[tool.explainers]\nallow_code = true\n", encoding="utf-8")
    trust(root)
    for video, storyboard in {"small": STORYBOARD, **videos}.items():
        for name, text in {
            f"scenes/{video}/storyboard.yaml": storyboard,
            f"assets/{video}/assets.yaml": ASSETS,
            f"assets/{video}/data/runs.csv": TABLE,
        }.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
    return root


@dataclass
class Studio:
    """A running studio. `url` ends in a slash."""

    root: Path
    process: subprocess.Popen[str]
    url: str

    @property
    def port(self) -> int:
        return int(urlsplit(self.url).port or 0)

    @property
    def storyboard(self) -> Path:
        return self.root / "scenes/small/storyboard.yaml"

    @property
    def table(self) -> Path:
        return self.root / "assets/small/data/runs.csv"

    def ask(
        self, path: str, method: str = "GET", body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of a request below the token; with the page's origin unless told."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Origin": f"http://127.0.0.1:{self.port}", **(headers or {})}
        data = None if body is None else json.dumps(body).encode()
        connection.request(method, urlsplit(self.url).path + path, data, sent)
        answer = connection.getresponse()
        found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        connection.close()
        return found

    def view(self) -> dict[str, Any]:
        """The video as the page is given it."""
        return json.loads(self.ask("api/view?video=small")[2])


@contextlib.contextmanager
def studio(root: Path, port: int = 0) -> Iterator[Studio]:
    """`explainers studio small` in a project, ended at the end."""
    command = [sys.executable, "-c", "from explainers.cli import main; main()", "studio", "small"]
    process = subprocess.Popen(
        [*command, "--no-browser", "--port", str(port)],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:"), url + process.stdout.read()
        yield Studio(root, process, url)
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def launch(playwright: Playwright) -> Browser:
    """Debian's Chromium; it fails, and does not skip, where there is none."""
    assert Path(CHROMIUM).is_file(), "no chromium: run tests/site/setup.sh"
    return playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


OPENS_AT = """new Promise(done => {
  const look = () => studio.model.state ? done(studio.model.frame) : setTimeout(look, 20);
  look();
})"""
"""The frame at which a page opens, once it knows its video."""


def at_rest(page: Page, frame: int, other_than: str | None = None) -> str:
    """Wait for the exact still of a frame, of another picture than `other_than`; its picture's key."""
    differs = f':not([data-key="{other_than}"])' if other_than else ""
    still = page.locator(f'#still[data-frame="{frame}"]{differs}')
    still.wait_for(timeout=20_000)
    return str(still.get_attribute("data-key"))
