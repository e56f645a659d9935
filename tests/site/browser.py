"""A real Chromium on a real server, and what the tests ask of a page in it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright, Request

from explainers.site.serve import listen, preview, server_of

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHIFTS = """
window.__cls = 0;
new PerformanceObserver(list => {
  // A theme's own icons moving in its navigation are not what is tested.
  const own = one => one.sources.every(s => s.node && s.node.closest && s.node.closest('nav, .navbar'));
  for (const one of list.getEntries()) if (!one.hadRecentInput && !own(one)) window.__cls += one.value;
}).observe({ type: 'layout-shift', buffered: true });
"""
COLOR = """video => {
  const size = { width: video.videoWidth, height: video.videoHeight };
  const canvas = Object.assign(document.createElement('canvas'), size);
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0);
  return [...context.getImageData(5, 5, 1, 1).data].slice(0, 3);
}"""


def launch(playwright: Playwright) -> Browser:
    """Debian's Chromium; it fails, and does not skip, where there is none."""
    assert Path(CHROMIUM).is_file(), "no chromium: run tests/site/setup.sh"
    return playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder on the preview server; its address without a slash at the end."""
    server, listening = server_of(preview(folder)), listen(0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@dataclass
class Seen:
    """What a page asked for, and what it complained about."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def media(self) -> list[str]:
        """Addresses of videos that were asked for."""
        return [url for url in self.requests if ".mp4" in url]

    def elsewhere(self, origin: str) -> list[str]:
        """Addresses on other sites."""
        return [url for url in self.requests if not url.startswith((origin, "data:", "blob:"))]


@contextlib.contextmanager
def opened(browser: Browser, url: str, wait: bool = True, **context: Any) -> Iterator[tuple[Page, Seen]]:
    """A page in a fresh profile, with its requests and layout shifts recorded."""
    with browser.new_context(**context) as profile:
        page, seen = profile.new_page(), Seen()

        def asked(request: Request) -> None:
            seen.requests.append(request.url)

        page.on("request", asked)
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.add_init_script(SHIFTS)
        page.goto(url, wait_until="networkidle" if wait else "load")
        yield page, seen


def playing(page: Page, selector: str = "video") -> dict[str, Any]:
    """Wait until frames have been decoded; what plays, and the colour of its upper left corner."""
    page.wait_for_function(
        "selector => { const v = document.querySelector(selector);"
        " const decoded = v && v.getVideoPlaybackQuality().totalVideoFrames > 2;"
        " return decoded && v.currentTime > 0 && v.readyState > 2; }",
        arg=selector,
        timeout=20_000,
    )
    video = page.locator(selector).first
    return {
        "file": video.evaluate("v => new URL(v.currentSrc).pathname.split('/').pop()"),
        "size": video.evaluate("v => [v.videoWidth, v.videoHeight]"),
        "color": video.evaluate(COLOR),
        "time": video.evaluate("v => v.currentTime"),
        "tracks": video.evaluate("v => [...v.textTracks].map(t => [t.kind, t.language, t.mode])"),
    }


def shifted(page: Page) -> float:
    """Cumulative layout shift so far."""
    page.wait_for_timeout(250)
    return float(page.evaluate("window.__cls"))
