"""Ctrl-C and kills in the middle of the work: nothing is left running, and the next run goes on."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from explainers.project import Project
from explainers.render import store as care
from explainers.render.store import Store

from session import Session, begun, patient, ran  # isort: skip
from processes import conforming  # isort: skip
from small import SMALL, write_project  # isort: skip
from small_films import drawing, filming  # isort: skip


def busy_ffmpeg(now: dict[int, str]) -> bool:
    return bool(conforming(now))


def workers_drawing(now: dict[int, str]) -> bool:
    # The command, the process that workers are forked from, and two of them.
    return sum("multiprocessing" in words and "tracker" not in words for words in now.values()) >= 3


def stopped_well(session: Session, took: float, root: Path) -> None:
    code, words = session.end()
    assert code == 130, words
    assert "interrupted" in words and "Traceback" not in words
    assert took < patient(2.0)
    assert care.damaged(Store(Project(root).store_dir)) == []
    assert not (root / "renders/small/video.mp4").exists()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_stops_drawing(tmp_path: Path, jobs: str) -> None:
    root = drawing(tmp_path)
    session = begun(root, "render", "small", "--jobs", jobs)
    if jobs == "2":
        session.when(workers_drawing)
    time.sleep(1.0)
    stopped_well(session, session.interrupt(), root)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_stops_a_batch_and_the_next_one_goes_on_from_there(tmp_path: Path, jobs: str) -> None:
    root = drawing(tmp_path, 10)
    write_project(root, SMALL, "tiny")
    session = begun(root, "batch", "tiny", "small", "--jobs", jobs)
    session.when(lambda _: (root / "renders/.store").is_dir())
    if jobs == "2":
        session.when(workers_drawing)
    time.sleep(1.0)
    stopped_well(session, session.interrupt(), root)
    page = (root / "renders/index.html").read_text()
    assert "The batch was interrupted." in page and "not rendered" in page
    code, words = ran(root, "batch", "--jobs", jobs)
    assert code == 0, words
    made = {video: (root / f"renders/{video}/video.mp4").read_bytes() for video in ("small", "tiny")}
    shutil.rmtree(root / "renders")
    assert ran(root, "batch", "--jobs", jobs)[0] == 0
    for video, content in made.items():
        assert (root / f"renders/{video}/video.mp4").read_bytes() == content


@pytest.fixture(scope="module")
def long_capture(tmp_path_factory) -> Path:
    return filming(tmp_path_factory.mktemp("film"), 40, "1280x720", "size: 1280x720, fps: 60")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_stops_ffmpeg_in_the_middle_of_a_capture(long_capture: Path, jobs: str) -> None:
    session = begun(long_capture, "render", "small", "--jobs", jobs)
    session.when(busy_ffmpeg)
    stopped_well(session, session.interrupt(), long_capture)


def test_ctrl_c_that_reaches_the_command_alone_stops_everything(long_capture: Path) -> None:
    session = begun(long_capture, "render", "small", "--jobs", "2")
    session.when(busy_ffmpeg)
    began = time.monotonic()
    session.command.send_signal(signal.SIGINT)
    stopped_well(session, session.until_gone(began), long_capture)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_killed_command_takes_everything_with_it(long_capture: Path, jobs: str) -> None:
    session = begun(long_capture, "render", "small", "--jobs", jobs)
    session.when(busy_ffmpeg)
    began = time.monotonic()
    session.command.kill()
    assert session.until_gone(began) < patient(2.0)
    session.end()


def test_a_render_survives_the_end_of_the_process_that_workers_are_forked_from(tmp_path: Path) -> None:
    session = begun(
        drawing(tmp_path, 3), "render", "small", "--jobs", "2", "--no-check", "--quality", "draft"
    )
    now = session.when(lambda now: any("forkserver" in words for words in now.values()))
    os.kill(next(process for process, words in now.items() if "forkserver" in words), signal.SIGKILL)
    code, words = session.end()
    assert code == 0 and "Traceback" not in words, words
    assert session.until_gone(time.monotonic()) < patient(2.0)


def test_a_killed_ffmpeg_is_told_as_that(long_capture: Path) -> None:
    session = begun(long_capture, "render", "small", "--jobs", "2")
    now = session.when(busy_ffmpeg)
    for process in conforming(now):
        os.kill(process, signal.SIGKILL)
    code, words = session.end()
    assert code in (3, 5) and "page.mp4" in words and "killed by SIGKILL" in words
    assert "Traceback" not in words
    assert session.until_gone(time.monotonic()) < patient(2.0)


def test_ctrl_c_stops_renditions(tmp_path: Path) -> None:
    root = filming(tmp_path, 20, "640x360", "size: 640x360, fps: 30")
    code, words = ran(root, "render", "small", "--no-check")
    assert code == 0, words
    session = begun(root, "render", "small", "--no-check", "--renditions", "web")
    session.when(lambda now: any("-crf" in line for line in now.values()), within_s=120)
    took = session.interrupt()
    code, words = session.end()
    assert code == 130 and "Traceback" not in words, words
    assert took < patient(2.0)
    assert care.damaged(Store(Project(root).store_dir)) == []
