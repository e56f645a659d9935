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


def caption_boxes(page: Page) -> list[tuple[float, float, str, tuple[float, ...]]]:
    """Each cue of the first track of the page's video: from when until when it is shown, its words, and its
    box as the browser lays it out, in percent of the video's width and height."""
    page.wait_for_function("document.querySelector('video').textTracks[0].cues?.length")
    cues = page.evaluate(
        "[...document.querySelector('video').textTracks[0].cues].map(c => [c.startTime, c.endTime, c.text])"
    )
    frame = page.locator("video").first.bounding_box() or {}
    wide, high = frame["width"], frame["height"]
    tools, found = page.context.new_cdp_session(page), []

    def parts(node: dict[str, Any]) -> Iterator[int]:
        if "cue" in node.get("attributes", ()):
            yield node["nodeId"]
        for child in (*node.get("children", ()), *node.get("shadowRoots", ())):
            yield from parts(child)

    for start, end, words in cues:
        page.evaluate(
            """moment => new Promise(done => {
              const video = document.querySelector('video');
              const shown = () => requestAnimationFrame(() => requestAnimationFrame(done));
              video.addEventListener('seeked', shown, { once: true });
              video.currentTime = moment;
            })""",
            (start + end) / 2,
        )
        root = tools.send("DOM.getDocument", {"depth": -1, "pierce": True})["root"]
        boxes = (tools.send("DOM.getContentQuads", {"nodeId": node}) for node in parts(root))
        quads = [quad for box in boxes for quad in box["quads"]]
        across, down = (
            [(x - frame["x"]) / wide for q in quads for x in q[::2]],
            [(y - frame["y"]) / high for q in quads for y in q[1::2]],
        )
        box = tuple(100 * edge for edge in (min(across), min(down), max(across), max(down)))
        found.append((start, end, words, box))
    return found
