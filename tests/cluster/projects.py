"""Projects that a cluster renders: drawn shots, a capture, and a kind that is code beside the storyboard."""

from __future__ import annotations

from pathlib import Path

from explainers.kinds import discover
from explainers.plan import load_plan
from explainers.project import Project
from explainers.render.cluster import place_of
from explainers.render.cluster.executor import Cluster
from explainers.render.progress import RenderResult

from small import write_project, render  # isort: skip

SLOW = """\
storyboard: 1
title: Slow
canvas: {size: 320x180, fps: 10}
shots:
  - {id: ant, kind: slow, words: Ants, duration: 2s}
  - {id: bee, kind: slow, words: Bees, duration: 2s}
  - {id: cat, kind: slow, words: Cats, duration: 2s}
  - {id: dog, kind: title, heading: Dogs, duration: 2s}
"""
SLOW_KIND = '''
"""Words that take a second to lay out, and whose shot can be seen being drawn where it is drawn."""
import time
from pathlib import Path

from explainers.kinds.base import KindParams, SceneKind
from explainers.storyboard.types import ShownText


class Params(KindParams):
    words: ShownText


class Own(SceneKind):
    params = Params

    def picture(self, shot, stage):
        Path(f"drawing-{shot.id}").touch()
        time.sleep(1)
        text = (Path(__file__).with_name("more") / "word.txt").read_text().strip()
        stage.words(f"{shot.params.words} {text}", 200, 500).enter(0.2)
'''


def slow_project(root: Path) -> Project:
    """Shots of a kind that is code beside the storyboard and reads a file beside it; each takes a while."""
    project = write_project(root, SLOW, "slow")
    folder = project.scene_dir("slow")
    (folder / "slow.py").write_text(SLOW_KIND, encoding="utf-8")
    (folder / "more").mkdir()
    (folder / "more" / "word.txt").write_text("run", encoding="utf-8")
    return project


def capture_project(root: Path) -> Project:
    """The `capture` kind's example, smaller: its GIF must reach the worker."""
    root.mkdir(parents=True, exist_ok=True)
    project = discover()["capture"].write_example(root)
    path = project.storyboard_path("capture")
    path.write_text(path.read_text().replace("shots:", "canvas: {size: 320x180, fps: 10}\nshots:"))
    return project


def drawn_by(cluster: str, project: Project, video: str, shared: str, **more) -> RenderResult:
    """Render a video on a cluster; `warn`, `endpoint` and `allow_code` as they are called there."""
    plan = load_plan(project, video, allow_code=more.get("allow_code"), allow_slates=True)
    place = place_of(cluster, shared, more.get("endpoint"))
    return render(plan, executor=Cluster(place, more.get("warn", print)), listener=more.get("listener"))


def same_files(one: Path, other: Path) -> None:
    """Every file of two finished videos is the same, byte for byte."""
    names = sorted(path.name for path in one.iterdir())
    assert names == sorted(path.name for path in other.iterdir()) and "video.mp4" in names
    for name in names:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name
