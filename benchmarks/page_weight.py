"""What a page with videos costs its visitors, measured in Chromium.

    python benchmarks/page_weight.py SITE [PAGE ...]

Serves the folder SITE and opens each page as a phone and as a desk would: bytes and requests before anybody
presses play, layout shift after scrolling through and playing for two seconds, the longest task, and what
the script takes for 200 changes of a page with 3,000 links. Exit 1 where something moves, a video is loaded
before it is wanted (loops are), or the changes take 50 ms more than without the script. Needs `playwright`
and Debian's chromium.
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Response, sync_playwright

from explainers.site.serve import listen, preview, server_of

SCREENS = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 800}}
OBSERVED = """
window.shift = 0; window.task = 0;
new PerformanceObserver(list => { for (const one of list.getEntries())
  if (!one.hadRecentInput) window.shift += one.value; }).observe({ type: 'layout-shift', buffered: true });
new PerformanceObserver(list => { for (const one of list.getEntries())
  window.task = Math.max(window.task, one.duration); }).observe({ type: 'longtask', buffered: true });
"""


CHANGES = """async () => {
  const links = Array.from({ length: 3000 }, (_, n) => `<a href="/x${n}">x</a>`).join('');
  document.body.insertAdjacentHTML('beforeend', `<div id="many">${links}</div>`);
  await new Promise(done => setTimeout(done, 200));
  const start = performance.now();
  for (let n = 0; n < 200; n++) {
    document.getElementById('many').append(document.createElement('i'));
    await null;
  }
  return performance.now() - start;
}"""
MOST_MS = 50


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line a page and screen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("site", type=Path)
    parser.add_argument("pages", nargs="*", default=["videos/index.html"])
    options = parser.parse_args(arguments)
    listening = listen(0)
    server = server_of(preview(options.site))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
    heads = ["requests", "kB", "video", "shift", "task/ms", "changes/ms"]
    print(f"{'page':<32} {'screen':<6} " + " ".join(f"{one:>8}" for one in heads))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        good = [measured(browser, origin, page, screen) for page in options.pages for screen in SCREENS]
        browser.close()
    server.should_exit = True
    thread.join()
    return 0 if all(good) else 1


def measured(browser: Browser, origin: str, path: str, screen: str) -> bool:
    """Whether a page on a screen keeps still and loads no video before play; its line is printed."""
    size = SCREENS[screen]
    with browser.new_context(viewport={"width": size["width"], "height": size["height"]}) as profile:
        page, answers = profile.new_page(), list[Response]()
        page.on("response", lambda answer: answers.append(answer))
        page.add_init_script(OBSERVED)
        page.goto(f"{origin}/{path}", wait_until="networkidle")
        before = list(answers)
        size_kb = sum(int(one.headers.get("content-length") or 0) for one in before) / 1000
        videos = sum(".mp4" in one.url and "/loop." not in one.url for one in before)
        page.mouse.wheel(0, 20_000)
        page.wait_for_timeout(300)
        if page.locator(".xv-chapters button").count():
            page.locator(".xv-chapters button").first.click()
            page.wait_for_timeout(2000)
        shift, task = page.evaluate("[window.shift, window.task]")
        line = (
            f"{path:<32} {screen:<6} {len(before):>8} {size_kb:>8.1f} {videos:>8} {shift:>8.3f} {task:>8.0f}"
        )
        changes = page.evaluate(CHANGES)
        bare = profile.new_page()
        bare.goto("about:blank")
        changes -= bare.evaluate(CHANGES)
        print(f"{line} {changes:>8.1f}")
        return bool(shift == 0 and videos == 0 and changes < MOST_MS)


if __name__ == "__main__":
    sys.exit(main())
