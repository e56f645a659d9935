"""What ends: a render that is cancelled, a worker that dies, the studio itself."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from urllib.parse import urlsplit

import studio_live as live
from playwright.sync_api import Browser, expect

from explainers.plan import load_plan
from explainers.project import find_project

from small import render  # isort: skip

LONG = (
    live.STORYBOARD.replace("{id: grow, duration: 1.5s", "{id: grow, duration: 60s")
    .replace("unit: tok / s\n", "unit: tok / s\n    grow: 60s\n")
    .replace("{size: 640x360, fps: 10}", "{size: 1280x720, fps: 60}")
)
"""Bars that grow for a minute: what is held costs nothing."""


def test_a_studio_that_is_begun_again_has_another_token(browser: Browser, tmp_path: Path) -> None:
    """Also where a file of an earlier one, or of a stranger, gives one."""
    root = live.write_studio_project(tmp_path)
    with browser.new_context() as profile:
        page = profile.new_page()
        with live.studio(root) as first:
            page.goto(first.url)
            page.evaluate(live.OPENS_AT)
            page.evaluate("studio.player.seek(0, true)")
            live.at_rest(page, 0)
            first.process.kill()
            first.process.wait()
            expect(page.locator("#status")).to_contain_text("Studio away", timeout=10_000)
            port, token = first.port, urlsplit(first.url).path.strip("/")
        folder = root / "renders/.studio"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "token").write_text(token)
        (folder / "token").chmod(0o600)
        with live.studio(root, port) as second:
            assert token not in second.url
            assert page.evaluate(f"fetch('/{token}/api/state').then(answer => answer.status)") == 403
            texts = (path for path in folder.rglob("*") if path.is_file() and path.name != "token")
            assert not any(token.encode() in path.read_bytes() for path in texts)


def test_a_cancelled_render_leaves_nothing_running_and_the_store_sound(tmp_path: Path) -> None:
    root = live.write_studio_project(tmp_path, small=LONG)
    with live.studio(root) as running:
        assert running.ask("api/render?video=small", "POST", {"quality": "standard"})[0] == 200
        while True:
            facts = json.loads(running.ask("api/render")[2])
            assert facts["state"] == "running", facts
            if any(one["done"] for one in facts["shots"]):
                break
            time.sleep(0.05)
        status, _, body = running.ask("api/render?video=small", "DELETE", {})
        assert (status, json.loads(body)["state"]) == (200, "cancelled")
        assert not (root / "renders/small/video.mp4").exists()
        assert running.ask("api/downloads?video=small")[2] == b"[]"
    running.storyboard.write_text(live.STORYBOARD)
    plan = load_plan(find_project(root), "small", "draft")
    assert render(plan).frames == plan.total_frames


def test_a_drawing_process_that_dies_is_begun_anew(tmp_path: Path) -> None:
    root = live.write_studio_project(tmp_path)
    with live.studio(root) as running:
        shot = running.view()["state"]["shots"][0]
        still = f"api/still?key={shot['key']}&frame="
        assert running.ask(still + "3")[0] == 200
        for pid in children_of(running.process.pid):
            os.kill(pid, signal.SIGKILL)
        answers = [running.ask(f"{still}{frame}")[0] for frame in (4, 5)]
        assert answers[-1] == 200
        assert running.view()["state"]["shots"][0]["key"] == shot["key"]


def children_of(pid: int) -> list[int]:
    """The worker processes: not multiprocessing's own resource tracker."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
            command = (path.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == pid and b"spawn_main" in command:
            found.append(int(path.parent.name))
    return found


def test_asked_to_end_it_ends_without_a_word_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with live.studio(live.write_studio_project(tmp_path)) as running:
        assert running.view()["state"]["frames"] > 0
        running.process.terminate()
        said, _ = running.process.communicate(timeout=15)
        assert running.process.returncode == 128 + signal.SIGTERM
        assert said in ("", "Ctrl-C ends the studio\n")
