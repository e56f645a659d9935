"""A real scheduler with two real workers, shared by the tests that leave them as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dask_cluster import RunningCluster  # isort: skip


KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine's credentials for the bucket; the workers have theirs."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCluster]:
    cluster = RunningCluster(tmp_path_factory.mktemp("cluster"))
    try:
        cluster.start()
        cluster.worker("one", **KEYS)
        cluster.worker("two", **KEYS)
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture
def lone_scheduler(tmp_path: Path) -> Iterator[RunningCluster]:
    """A scheduler without workers, for tests that bring and lose their own."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    cluster = RunningCluster(folder)
    try:
        yield cluster.start()
    finally:
        cluster.stop()
