"""Manim scenes and Matplotlib figures of files beside a storyboard: beats, cameras, refusals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explainers.compositor.picture import still
from explainers.errors import InvalidInput, RenderFailed
from explainers.kinds import draw
from explainers.plan import Plan, load_plan
from explainers.project import Project, Settings
from explainers.render.planner import code_folder

SCENES = """
from manim import RIGHT, UP, Cube, Dot, MovingCameraScene, Scene, Square, ThreeDScene


class Steps(Scene):
    def construct(self):
        square = Square(color=self.theme.color("accent"), fill_opacity=1)
        self.add(square)
        self.wait(0.4)
        self.next_section("moves")
        self.play(square.animate.shift(3 * RIGHT), run_time=0.4)
        self.next_section("rises")
        self.play(square.animate.shift(2 * UP), run_time=0.4)


class Closer(MovingCameraScene):
    def construct(self):
        self.add(Dot(color="#FFFFFF"))
        self.next_section("moves")
        self.play(self.camera.frame.animate.scale(0.25), run_time=0.5)


class Solid(ThreeDScene):
    def construct(self):
        self.set_camera_orientation(phi=1, theta=0.5)
        self.add(Cube(fill_color="#FFFFFF", fill_opacity=1))
        self.next_section("moves")
        self.begin_ambient_camera_rotation(rate=1)
        self.wait(0.5)


def level(figure, given):
    axes = figure.add_subplot()
    axes.bar(["one"], [given.values["height"] if given.beat == "moves" else 1.0], color="#FFFFFF")
    axes.set_ylim(0, 4)
"""
FILE = "- {{id: a, kind: {kind}, layout: picture, {field}, beats: [{beats}]}}"
BEATS = "{id: stands, duration: 1s}, {id: moves, duration: 1s}"


def planned(root: Path, shot: str, code: bool = True) -> Plan:
    folder = root / "scenes/v"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pictures.py").write_text(SCENES)
    (folder / "storyboard.yaml").write_text(f"storyboard: 1\ntitle: t\nshots:\n{shot}\n")
    return load_plan(Project(root.resolve(), Settings(allow_code=code)), "v", "draft")


def frames(plan: Plan, *seconds: float) -> list[np.ndarray]:
    picture = draw(plan.shots[0], plan.kinds)
    return [still(picture, round(t * picture.fps))[:, :, :3].astype(int) for t in seconds]


def scene(name: str, beats: str = BEATS) -> str:
    return FILE.format(kind="manim", field=f"scene: pictures.py:{name}", beats=beats)


def test_a_section_begins_with_its_beat_however_early_the_scene_was_there(tmp_path: Path) -> None:
    late = "{id: stands, duration: 1s}, {id: moves, duration: 2s}, {id: up, section: rises, duration: 1s}"
    start, held, gone, waits, risen = frames(planned(tmp_path, scene("Steps", late)), 0.2, 0.9, 1.6, 2.9, 3.7)
    assert (start == held).all() and (gone == waits).all()
    assert (held != gone).any() and (waits != risen).any()


@pytest.mark.parametrize("name", ["Closer", "Solid"])
def test_a_scene_has_the_camera_of_its_class(name: str, tmp_path: Path) -> None:
    plan = planned(tmp_path, scene(name))
    before, after = frames(plan, 0.5, 1.8)
    assert ((before > 200).any(axis=2).sum() > 0) and (before != after).any()
    if name == "Closer":
        assert (after > 200).all(axis=2).sum() > 8 * (before > 200).all(axis=2).sum()
    # What is drawn is the folder's code, and so its digest is in the key.
    assert code_folder(plan, plan.shots[0]) == plan.project.scene_dir("v")


SHORT = "{id: stands, duration: 1s}, {id: moves, duration: 0.2s}, {id: rises, duration: 1s}"
REFUSED_DRAWN = {
    "no such section": (
        scene("Steps", "{id: a, duration: 2s}, {id: flies, duration: 2s}"),
        "no section 'flies'",
    ),
    "a section longer than its beat": (scene("Steps", SHORT), r"'moves' ends 0\.2.* moves 0\.40s"),
}
REFUSED = {
    "a scene that is not there": (scene("Step"), "unknown-code", "Steps"),
    "a scene in a figure's place": (
        FILE.format(kind="matplotlib", field="figure: pictures.py:Steps", beats=BEATS), "wrong-code", "",
    ),
    "a figure in a scene's place": (scene("level"), "wrong-code", ""),
    "one section for two beats": (
        scene("Steps", "{id: moves, duration: 1s}, {id: b, section: moves, duration: 1s}"),
        "same-section",
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED_DRAWN)
def test_sections_that_do_not_fit_their_beats_are_refused(case: str, tmp_path: Path) -> None:
    shot, words = REFUSED_DRAWN[case]
    with pytest.raises(RenderFailed, match=words):
        frames(planned(tmp_path, shot), 0.0)


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_scene_or_no_figure_is_refused(case: str, tmp_path: Path) -> None:
    shot, code, near = REFUSED[case]
    with pytest.raises(InvalidInput) as caught:
        planned(tmp_path, shot)
    (problem,) = caught.value.problems
    assert problem.code == code and near in (problem.did_you_mean or "")


def test_without_leave_no_code_is_run(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="code beside the storyboard may bring it, but"):
        planned(tmp_path, scene("Steps"), code=False)


def test_a_figure_is_drawn_from_its_values_once_a_beat(tmp_path: Path) -> None:
    field = "figure: pictures.py:level, values: {height: 3}"
    plan = planned(tmp_path, FILE.format(kind="matplotlib", field=field, beats=BEATS))
    before, later, after = frames(plan, 0.2, 0.9, 1.5)
    assert (before == later).all()
    white = [(one > 250).all(axis=2).sum() for one in (before, after)]
    assert 2.8 < white[1] / white[0] < 3.2
