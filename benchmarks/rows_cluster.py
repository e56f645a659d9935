"""Two Dask workers against one on shots that keep a processor busy, with the bytes of a local render."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Row
from explainers.plan import load_plan
from explainers.project import Project, find_project
from explainers.render.cluster import place_of
from explainers.render.cluster.executor import Cluster
from explainers.render.pipeline import Request, run
from explainers.render.progress import RenderResult

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests" / "cluster"))

from dask_cluster import RunningCluster  # noqa: E402  # isort: skip

VIDEO, QUALITY = "drex", "standard"


def cluster() -> Iterator[Row]:
    """The DREX video's shots by one warm worker and by two, with empty stores; RuntimeError where a byte
    differs from the local render."""
    with tempfile.TemporaryDirectory(prefix="explainers-bench-") as name:
        folder = Path(name)
        drawn = {count: _drawn(folder / f"with-{count}", count) for count in (1, 2)}
        local = run(Request.of(load_plan(_project(folder / "local"), VIDEO, QUALITY)), jobs=2)
        for result in drawn.values():
            _same(local.directory, result.directory)
    one, two = (drawn[count].seconds["working"] for count in (1, 2))
    against = f"one worker: {one:.1f} s; local, two: {local.seconds['working']:.1f} s"
    work = f"DREX video's shots, {QUALITY}, two Dask workers"
    yield Row(work, f"{two:.1f} s", against, f"{one / two:.2f}x", one / two, "at least", 1.6, "x")


def _drawn(folder: Path, workers: int) -> RenderResult:
    project = _project(folder / "project")
    cluster = RunningCluster(folder / "cluster")
    cluster.folder.mkdir()
    try:
        cluster.start()
        for number in range(workers):
            cluster.worker(f"worker-{number}")
        executor = Cluster(place_of(cluster.address, f"file://{folder}/shared"), print)
        # What a worker imports once is no part of what is compared.
        run(Request.of(load_plan(project, VIDEO, "draft")), executor=executor)
        shutil.rmtree(project.root / "renders")
        return run(Request.of(load_plan(project, VIDEO, QUALITY)), executor=executor)
    finally:
        cluster.stop()


def _project(root: Path) -> Project:
    root.mkdir(parents=True)
    for name in ("scenes", "assets", "pyproject.toml"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, root / name)
    return find_project(root)


def _same(one: Path, other: Path) -> None:
    for path in one.iterdir():
        if path.read_bytes() != (other / path.name).read_bytes():
            raise RuntimeError(f"{path.name} is not the same as in a local render")
