"""The studio in a browser: a still after a scrub, an animatic after a save, and what it costs when idle."""

from __future__ import annotations

import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.measure import Row, environment, tree_cpu_s

ROOT = Path(__file__).parent.parent
VIDEO, CHROMIUM = "drex", "/usr/bin/chromium"
SCRUBS, EDITS, IDLE_S = 40, 12, 20.0
SHOWN = '#still[data-frame="{}"]'


def studio() -> Iterator[Row]:
    """The DREX video: 1920x1080 stills, 640x360 animatics."""
    with (
        tempfile.TemporaryDirectory() as folder,
        browsing() as browser,
        running(browser, Path(folder), ROOT, sys.executable, "--allow-code") as (page, pid, storyboard),
    ):
        chance = random.Random(1)
        stills, edits = [scrub(page, chance) for _ in range(SCRUBS)], _edits(page, storyboard)
        _calm(page)
        before = tree_cpu_s(pid)
        time.sleep(IDLE_S)
        idle = 100 * (tree_cpu_s(pid) - before) / IDLE_S
    for name, found, goal in (
        ("an exact still after a scrub", stills, 1.0),
        ("a save to its animatic", edits, 3.0),
    ):
        worst = statistics.quantiles(found, n=20)[-1]
        middle = f"median {statistics.median(found):.2f} s of {len(found)}"
        yield Row(f"studio: {name}, p95", f"{worst:.2f} s", middle, "", worst, "at most", goal, " s")
    yield Row("studio: idle, of one core", f"{idle:.2f} %", f"{IDLE_S:.0f} s", "", idle, "at most", 1.0, " %")


@contextmanager
def browsing() -> Iterator[Browser]:
    """A Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def running(
    browser: Browser, root: Path, film: Path, python: str, *options: str
) -> Iterator[tuple[Page, int, Path]]:
    """A page on the studio of a copy of the video, the studio's process, and the storyboard, with everything
    drawn once; another version's studio where `python` is its interpreter."""
    (root / "pyproject.toml").write_text("[tool.explainers]\nallow_code = true\n", encoding="utf-8")
    for room in ("scenes", "assets"):
        shutil.copytree(film / room / VIDEO, root / room / VIDEO)
    command = [python, "-m", "explainers", "studio", VIDEO, *options, "--no-browser", "--port", "0"]
    server = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True, env=environment())
    try:
        assert server.stdout is not None
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(300_000)
        page.goto(server.stdout.readline().strip())
        page.locator("#still[data-frame]").wait_for()
        _calm(page)
        yield page, server.pid, root / "scenes" / VIDEO / "storyboard.yaml"
        page.close()
    finally:
        server.terminate()
        server.wait()


def _calm(page: Page) -> None:
    page.locator("#status.good").wait_for()
    page.wait_for_timeout(1000)
    page.locator("#status.good").wait_for()


def scrub(page: Page, chance: random.Random) -> float:
    """Seconds from the end of a drag of several frames to the exact still, at a random place. Whether a film
    covers it then is not waited for: an older page let one that came late."""
    end = chance.randrange(page.evaluate("studio.model.state.frames") - 40)
    for step in range(8):
        page.evaluate("frame => studio.player.seek(frame)", end + 4 * step)
    began = time.perf_counter()
    page.locator(SHOWN.format(end + 28)).wait_for(state="attached")
    return time.perf_counter() - began


def _edits(page: Page, storyboard: Path) -> list[float]:
    """Seconds from saving another statement, in each shot in turn, to its new animatic being played."""
    page.locator("#play-changes").check()
    statements = list(
        re.finditer(r"(?m)^ +statement: .*?(\w+)\.\"?$", storyboard.read_text(encoding="utf-8"))
    )
    seconds = []
    for number in range(EDITS):
        text = storyboard.read_text(encoding="utf-8")
        found = list(re.finditer(r"(?m)^ +statement: .*?(\w+)([.!])\"?$", text))[number % len(statements)]
        mark = "!" if found[2] == "." else "."
        page.evaluate("studio.player.pause()")
        before = page.evaluate(
            "Object.values(studio.model.view.films).flatMap(one => one.pieces.map(two => two.key))"
        )
        began = time.perf_counter()
        storyboard.write_text(text[: found.start(2)] + mark + text[found.end(2) :], encoding="utf-8")
        page.wait_for_timeout(20)
        while not page.evaluate(_PLAYS, before):
            if time.perf_counter() - began > 120:
                raise RuntimeError("no animatic came")
            page.wait_for_timeout(15)
        seconds.append(time.perf_counter() - began)
        _calm(page)
    return seconds


_PLAYS = """before => [...document.querySelectorAll('#frame video')].some(video => !video.paused &&
  video.currentTime > 0 && video.src && !before.includes(video.src.split('/').pop().replace('.mp4', '')))"""
