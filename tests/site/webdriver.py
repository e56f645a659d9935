"""Firefox and WebKit as Debian has them, through WebDriver: Firefox speaks its bidirectional form, WebKit the
classic one. Both open a page, run a script in it and take its picture, and that is all the tests need."""

from __future__ import annotations

import base64
import contextlib
import io
import itertools
import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from PIL import Image
from websockets.sync.client import connect

FIREFOX, WEBKIT = "firefox-esr", "WebKitWebDriver"
MINI_BROWSER = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser"
PREFERENCES = {
    "media.autoplay.default": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "remote.active-protocols": 1,
}


class Tab(Protocol):
    """A page in a browser."""

    def open(self, url: str) -> None:
        """Load an address, and wait until it is loaded."""

    def run(self, script: str) -> Any:
        """The value of a script's `return`, awaited; AssertionError with what it threw."""

    def picture(self) -> Image.Image:
        """What the window shows."""


Color = tuple[int, int, int]
WHERE = """const box = document.querySelector('video').getBoundingClientRect();
return [box.left, box.top, box.width, box.height, innerWidth];"""


def of_video(tab: Tab) -> Image.Image:
    """The page's video as the window shows it, in 640 by 360 pixels.

    A canvas is no way to its frames: WebKit without a graphics card draws them black there.
    """
    # A window that still scrolls, or draws late, would show something else at the place.
    before = None
    for _ in range(20):
        place, picture = tab.run(WHERE), tab.picture()
        if before == (place, picture.tobytes()):
            break
        before = place, picture.tobytes()
        time.sleep(0.3)
    left, top, width, height, window = place
    scale = picture.width / window
    box = (left * scale, top * scale, (left + width) * scale, (top + height) * scale)
    return picture.resize((640, 360), Image.Resampling.BILINEAR, box)


def near(found: Any, wanted: Color, within: int = 14) -> bool:
    """Whether two colours are the same up to what an encoder does to them."""
    return all(abs(a - b) <= within for a, b in zip(found, wanted, strict=True))


def _decoded(data: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until(what: Any, seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while True:
        try:
            return what()
        except (OSError, urllib.error.URLError):
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


@contextlib.contextmanager
def _process(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(20)


class _Firefox:
    def __init__(self, channel: Any):
        self._channel, self._numbers = channel, itertools.count(1)
        self._send("session.new", {"capabilities": {}})
        self._tab = self._send("browsingContext.getTree", {})["contexts"][0]["context"]

    def _send(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        number = next(self._numbers)
        self._channel.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._channel.recv(timeout=90))
            if answer.get("id") == number:
                assert answer["type"] == "success", answer
                return dict(answer["result"])

    def open(self, url: str) -> None:
        self._send("browsingContext.navigate", {"context": self._tab, "url": url, "wait": "complete"})

    def run(self, script: str) -> Any:
        code = f"(async () => JSON.stringify(await (async () => {{ {script} }})()) ?? 'null')()"
        wanted = {"expression": code, "target": {"context": self._tab}, "awaitPromise": True}
        wanted |= {"userActivation": True}
        answer = self._send("script.evaluate", wanted)
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return json.loads(answer["result"]["value"])

    def picture(self) -> Image.Image:
        return _decoded(self._send("browsingContext.captureScreenshot", {"context": self._tab})["data"])


class _WebKit:
    def __init__(self, address: str):
        self._address = address
        options = {"binary": MINI_BROWSER, "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        session = _until(lambda: self._send("/session", wanted))["sessionId"]
        self._address += f"/session/{session}"
        self._send("/timeouts", {"script": 90_000})

    def _send(self, path: str, body: dict[str, Any] | None, method: str = "POST") -> Any:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self._address + path, data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from None

    def open(self, url: str) -> None:
        self._send("/url", {"url": url})

    def run(self, script: str) -> Any:
        code = "const done = arguments[arguments.length - 1];"
        code += f"(async () => {{ {script} }})()"
        code += ".then(value => done({ value }), error => done({ error: String(error) }));"
        answer = self._send("/execute/async", {"script": code, "args": []})
        assert "error" not in answer, answer["error"]
        return answer.get("value")

    def picture(self) -> Image.Image:
        return _decoded(self._send("/screenshot", None, "GET"))

    def close(self) -> None:
        self._send("", None, "DELETE")


@contextlib.contextmanager
def firefox(profile: Path) -> Iterator[Tab]:
    """Debian's Firefox without a window, with a fresh profile in that folder."""
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items())
    (profile / "user.js").write_text("".join(lines))
    port = _free_port()
    command = [FIREFOX, "--headless", "--no-remote", "--profile", str(profile)]
    with _process([*command, f"--remote-debugging-port={port}"]):
        channel = _until(lambda: connect(f"ws://127.0.0.1:{port}/session", max_size=None, proxy=None))
        with channel:
            yield _Firefox(channel)


@contextlib.contextmanager
def webkit() -> Iterator[Tab]:
    """Debian's WebKitGTK in the small browser it brings, on a screen in memory."""
    port = _free_port()
    with _process(["xvfb-run", "-a", WEBKIT, f"--port={port}"]):
        tab = _WebKit(f"http://127.0.0.1:{port}")
        try:
            yield tab
        finally:
            tab.close()
