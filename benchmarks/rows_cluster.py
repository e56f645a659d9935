"""Two Dask workers against one, on shots that keep a processor busy; the bytes are those of a local render.

python -m benchmarks.cluster
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Row, machine
from explainers.build import RenderResult, render
from explainers.build.cluster import place_of
from explainers.build.cluster.executor import Cluster
from explainers.plan import load_plan
from explainers.project import Project, find_project

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests" / "cluster"))

from dask_cluster import RunningCluster  # noqa: E402  # isort: skip

VIDEO, QUALITY = "drex", "final"


def on_a_cluster(folder: Path) -> list[Row]:
    """The DREX video drawn by one warm worker and by two, each with empty stores; RuntimeError where a byte
    differs from the local render."""
    drawn = {count: _drawn(folder / f"with-{count}", count) for count in (1, 2)}
    project = _project(folder / "local")
    local = render(load_plan(project, VIDEO, QUALITY), jobs=2)
    for result in drawn.values():
        _same(local.directory, result.directory)
    one, two = (drawn[count].seconds["working"] for count in (1, 2))
    against = f"one worker: {one:.1f} s; local, two: {local.seconds['working']:.1f} s"
    return [Row("DREX video's shots, two Dask workers", two, against, one / two, "1.6x")]


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
        render(load_plan(project, VIDEO, "draft"), executor=executor)
        shutil.rmtree(project.root / "renders")
        return render(load_plan(project, VIDEO, QUALITY), executor=executor)
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


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="explainers-bench-") as folder:
        for row in on_a_cluster(Path(folder)):
            print(f"{row.work}: {row.time_s:.1f} s; {row.against}; {row.ratio:.2f}x (goal {row.goal})")
    print(machine())


if __name__ == "__main__":
    main()
