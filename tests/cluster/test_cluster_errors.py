"""What can be wrong with a cluster, and the one clear message about it: never a hang, never a traceback."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from explainers import cli
from explainers.errors import MissingDependency, RenderFailed, UsageError
from explainers.render.cluster import place_of

from projects import drawn_by, slow_project  # isort: skip
from small import write_project  # isort: skip


@pytest.mark.parametrize(
    ("address", "store", "said"),
    [
        ("spark://host:1", "file:///x", "no executor 'spark://host:1'; expected dask://HOST:PORT"),
        ("dask://host", "file:///x", "it has no port; expected dask://HOST:PORT"),
        ("dask://:8786", "file:///x", "it has no host"),
        ("dask://host:many", "file:///x", "its port is not a number"),
        ("dask://host:99999", "file:///x", "its port is not a number"),
        ("dask://host:1/more", "file:///x", "more than a host and a port"),
        ("dask://host:1", None, "a cluster needs a store that all its machines reach: --shared-store URL"),
        ("dask://host:1", "shared", "'shared' is no address of a shared store; expected file:///"),
        ("dask://host:1", "file://shared", "is no address of a shared store"),
        ("dask://host:1", "s3://", "names no bucket"),
        ("dask://host:1", "ftp://host/x", "is no address of a shared store"),
    ],
)
def test_an_address_that_means_nothing(address, store, said):
    with pytest.raises(UsageError) as caught:
        place_of(address, store)
    assert said in str(caught.value)


def test_a_missing_package_says_how_to_get_it(monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "s3fs" else found(name))
    place_of("dask://host:1", "file:///x")
    with pytest.raises(MissingDependency, match=r"needs s3fs.*pip install 'explainers\[cluster\]'"):
        place_of("dask://host:1", "s3://bucket")


def test_nobody_listens_at_the_address(tmp_path, monkeypatch):
    monkeypatch.setattr("explainers.render.cluster.CONNECT_S", 1.0)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(RenderFailed, match=f"no Dask scheduler at 127.0.0.1:{port}: "):
        drawn_by(f"dask://127.0.0.1:{port}", write_project(tmp_path), "small", f"file://{tmp_path}/s")


def test_a_server_that_is_no_scheduler(tmp_path, monkeypatch):
    monkeypatch.setattr("explainers.render.cluster.CONNECT_S", 1.0)
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        port = mute.getsockname()[1]
        with pytest.raises(RenderFailed, match=f"no Dask scheduler at 127.0.0.1:{port}: "):
            drawn_by(f"dask://127.0.0.1:{port}", write_project(tmp_path), "small", f"file://{tmp_path}/s")


def test_no_worker_then_the_scheduler_goes(lone_scheduler, tmp_path, monkeypatch):
    monkeypatch.setattr("explainers.render.cluster.executor.WAIT_S", 1.0)
    project, shared = write_project(tmp_path / "away"), f"file://{tmp_path}/s"
    with pytest.raises(
        RenderFailed, match=r"no worker at .* is there within 1 s; start one with `dask worker"
    ):
        drawn_by(lone_scheduler.address, project, "small", shared)
    lone_scheduler.worker("one")
    slow = slow_project(tmp_path / "slow")

    def stop(progress) -> None:
        if progress.done:
            lone_scheduler.processes[0].kill()

    with pytest.raises(RenderFailed, match=r"the Dask scheduler at .* has gone; what was made is kept"):
        drawn_by(lone_scheduler.address, slow, "slow", shared, allow_code=True, listener=stop)
    assert list(slow.store_dir.rglob("clip.mp4")) and not slow.renders_dir("slow").exists()


def test_a_folder_that_is_not_shared_or_not_writable(two_workers, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RenderFailed, match=r"the shared store file:///.*/file/s can't be written: "):
        drawn_by(two_workers.address, write_project(tmp_path / "p"), "small", f"file://{tmp_path}/file/s")


def test_interrupted_it_ends_soon_and_leaves_the_workers_free(two_workers, tmp_path):
    project = slow_project(tmp_path)
    path = project.scene_dir("slow") / "slow.py"
    path.write_text(path.read_text().replace("time.sleep(1)", "time.sleep(3)"))
    command = [sys.executable, "-m", "explainers", "render", "slow", "--allow-code", "--no-check"]
    command += ["--executor", two_workers.address, "--shared-store", f"file://{tmp_path}/s"]
    marks = [
        two_workers.folder / name / f"drawing-{shot}"
        for name in ("one", "two")
        for shot in ("ant", "bee", "cat")
    ]
    for mark in marks:
        mark.unlink(missing_ok=True)
    process = subprocess.Popen(command, cwd=project.root, stderr=subprocess.PIPE, env=dict(os.environ))
    until = time.monotonic() + 30
    while not any(mark.exists() for mark in marks) and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    asked = time.monotonic()
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130 and b"Traceback" not in said and said.endswith(b"interrupted\n"), said
    assert time.monotonic() - asked < 3
    # What is left on a worker is stopped at its next frames; the next render has it for itself.
    drawn_by(two_workers.address, write_project(tmp_path / "next"), "small", f"file://{tmp_path}/s")


def test_options_that_do_not_go_together(small_project, monkeypatch, capsys):
    monkeypatch.chdir(small_project.root)
    assert cli.run(["render", "small", "--shared-store", "file:///x"]) == 2
    assert "--shared-store is for a cluster" in capsys.readouterr().err
    assert cli.run(["batch", "--executor", "dask://host:1", "-j2"]) == 2
    assert "--jobs is for this machine" in capsys.readouterr().err
    (small_project.root / "pyproject.toml").write_text('[tool.explainers.cluster]\nstor = "file:///x"\n')
    assert cli.run(["batch", "--executor", "dask://host:1"]) == 3
    assert "expected a table of store, endpoint" in capsys.readouterr().err


def test_nothing_of_a_cluster_is_imported_unless_it_is_asked_for(small_project):
    code = (
        "import sys; from explainers import cli; cli.run(['render', 'small', '-j1']);"
        "sys.exit(any(name in sys.modules for name in ('distributed', 'dask', 'fsspec', 's3fs')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=small_project.root).returncode == 0
