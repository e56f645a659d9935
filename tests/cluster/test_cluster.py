"""Renders on a real Dask cluster: the same bytes as a local one, whatever becomes of a worker."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from explainers.errors import RenderFailed
from explainers.plan import load_plan
from explainers.render.planner import products_of

from projects import capture_project, drawn_by, same_files, slow_project  # isort: skip
from small import write_project, render  # isort: skip


def local(project, video, **more) -> Path:
    return render(load_plan(project, video, allow_slates=True, **more), jobs=1).directory


def test_a_render_on_two_workers_gives_the_bytes_of_a_local_one(two_workers, tmp_path):
    project, shared = write_project(tmp_path / "away"), f"file://{tmp_path}/shared"
    heard = []
    result = drawn_by(two_workers.address, project, "small", shared, listener=heard.append)
    assert result.counts["segments"] == 3 and heard[-1].finished
    same_files(local(write_project(tmp_path / "here"), "small"), result.directory)
    # A third machine with an empty store finds all of it in the shared one.
    other = drawn_by(two_workers.address, write_project(tmp_path / "other"), "small", shared)
    assert not other.counts.get("frames") and other.counts["fetched"]
    same_files(result.directory, other.directory)


def test_captures_are_sent_and_keys_do_not_know_where_files_lie(two_workers, tmp_path):
    away, here = capture_project(tmp_path / "away"), capture_project(tmp_path / "elsewhere" / "here")
    result = drawn_by(two_workers.address, away, "capture", f"file://{tmp_path}/shared")
    assert result.counts["conformed"] >= 1
    same_files(local(here, "capture"), result.directory)
    keys = [[one.clip.key for one in products_of(load_plan(p, "capture")).shots] for p in (away, here)]
    assert keys[0] == keys[1]


def test_a_worker_killed_in_the_middle_costs_nothing_but_time(lone_scheduler, tmp_path, monkeypatch):
    victim = lone_scheduler.worker("victim")
    lone_scheduler.worker("other")
    said: list[str] = []

    def kill_once_it_draws() -> None:
        until = time.monotonic() + 30
        while not list((lone_scheduler.folder / "victim").glob("drawing-*")) and time.monotonic() < until:
            time.sleep(0.05)
        victim.kill()

    killer = threading.Thread(target=kill_once_it_draws)
    killer.start()
    away, shared = slow_project(tmp_path / "away"), f"file://{tmp_path}/shared"
    result = drawn_by(lone_scheduler.address, away, "slow", shared, warn=said.append, allow_code=True)
    killer.join()
    assert [line for line in said if "was lost with shot" in line], said
    monkeypatch.chdir(tmp_path)
    same_files(local(slow_project(tmp_path / "here"), "slow", allow_code=True), result.directory)


def test_a_shot_that_kills_every_worker_is_named_and_nothing_hangs(lone_scheduler, tmp_path, monkeypatch):
    monkeypatch.setattr("explainers.render.cluster.executor.TRIES", 2)
    project = slow_project(tmp_path / "away")
    path = project.scene_dir("slow") / "slow.py"
    kill = "if shot.id == 'ant': import os; os.kill(os.getpid(), 9)"
    path.write_text(path.read_text().replace("time.sleep(1)", kill))
    for name in ("one", "two"):
        lone_scheduler.worker(name)
    with pytest.raises(
        RenderFailed, match="shot ant: given up after 2 tries on the cluster; last, the worker"
    ):
        drawn_by(lone_scheduler.address, project, "slow", f"file://{tmp_path}/s", allow_code=True)


def test_a_worker_with_another_version_is_refused_by_name(lone_scheduler, tmp_path):
    found = tmp_path / "other" / "wcwidth-0.0.1.dist-info"
    found.mkdir(parents=True)
    (found / "METADATA").write_text("Metadata-Version: 2.1\nName: wcwidth\nVersion: 0.0.1\n")
    lone_scheduler.worker("odd", PYTHONPATH=str(found.parent))
    project, shared = write_project(tmp_path / "away"), f"file://{tmp_path}/shared"
    with pytest.raises(RenderFailed, match=r"every worker .* was refused:\n.* wcwidth 0\.0\.1 \(here "):
        drawn_by(lone_scheduler.address, project, "small", shared)
    lone_scheduler.worker("even")
    said: list[str] = []
    drawn_by(lone_scheduler.address, project, "small", shared, warn=said.append)
    assert len(said) == 1 and "is left out: it has wcwidth 0.0.1 (here " in said[0]


def test_a_damaged_product_or_input_in_the_shared_store_is_made_or_sent_again(two_workers, tmp_path):
    shared = tmp_path / "shared"
    first = drawn_by(two_workers.address, capture_project(tmp_path / "one"), "capture", f"file://{shared}")
    damaged = [path for path in (shared / "files").rglob("*") if path.is_file()]
    for path in damaged:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    again = drawn_by(two_workers.address, capture_project(tmp_path / "two"), "capture", f"file://{shared}")
    same_files(first.directory, again.directory)


def test_a_mistake_in_the_code_of_a_kind_names_the_shot(two_workers, tmp_path):
    project = slow_project(tmp_path / "away")
    path = project.scene_dir("slow") / "slow.py"
    path.write_text(path.read_text().replace("time.sleep(1)", "1 / 0"))
    with pytest.raises(RenderFailed, match=r"shot (ant|bee|cat): scenes/slow/slow.py:19:9: ZeroDiv"):
        drawn_by(two_workers.address, project, "slow", f"file://{tmp_path}/s", allow_code=True)
