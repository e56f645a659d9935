"""Carrying on: what two shots both name travels; the seam, the way and the end, in decoded frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small import write_project

from explainers import kinds
from explainers.compositor.camera import Move, filmed
from explainers.compositor.carry import TRAVEL_S, Pair, carried, pairs
from explainers.compositor.picture import Painter, Picture, still
from explainers.errors import InvalidInput
from explainers.kinds.base import ShotPlan, Stretch
from explainers.plan import load_plan
from explainers.render.drawing import picture_of
from explainers.render.planner import ARRIVED_S, products_of
from explainers.render.production import Production
from explainers.render.scheduler import Agenda
from explainers.render.tasks import DrawTask
from explainers.stage import Box, Stage
from explainers.theme import INK

FPS = 20
RED, GREEN, BLUE = "#FF0000", "#00FF00", "#0000FF"


def shot(fill: Callable[[Stage], None], seconds: float = 3.0) -> Picture:
    stage = Stage(Stretch(640, 360, FPS), INK, seconds)
    fill(stage)
    return stage.picture()


def node(stage: Stage, name: str, box: Box, color: str, words: str = "") -> None:
    with stage.named(name, "panel"):
        stage.panel(box, fill=color)
    if words:
        with stage.named(name, "label"):
            stage.middle(words, *box.center, role="#FFFFFF")


def first(stage: Stage) -> None:
    node(stage, "a", Box(200, 200, 500, 400), RED, "Alpha")
    node(stage, "old", Box(900, 700, 1100, 800), GREEN)
    with stage.named("statement", pinned=True):
        stage.words("The first thing.", 96, 1000)


def second(stage: Stage) -> None:
    node(stage, "a", Box(1200, 500, 1800, 700), RED, "Alpha")
    node(stage, "new", Box(300, 700, 500, 800), BLUE)
    with stage.named("statement", pinned=True):
        stage.words("Another one.", 96, 1000).enter(0.25)


def center(picture: Picture, frame: int, color: str) -> tuple[float, float] | None:
    """The middle, in design units, of the pixels that have a colour; None where there are few."""
    wanted = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)])
    rows, columns = np.nonzero(np.abs(still(picture, frame).astype(int) - wanted).max(axis=2) < 16)
    return (float(columns.mean() * 3), float(rows.mean() * 3)) if len(rows) > 40 else None


def test_the_first_frame_is_the_last_one_of_the_shot_before_and_the_end_is_the_shot_alone() -> None:
    before, after = shot(first), shot(second)
    picture = carried(before, after, {})
    assert (still(picture, 0) == still(before, before.duration_frames - 1)).all()
    assert picture.duration_frames == after.duration_frames
    for frame in (round(TRAVEL_S * FPS) + 1, 59):
        assert (still(picture, frame) == still(after, frame)).all()


def test_what_both_name_travels_and_the_rest_leaves_or_enters() -> None:
    picture = carried(shot(first), shot(second), {})
    ways = [center(picture, frame, RED) for frame in range(0, 18, 2)]
    xs = [way[0] for way in ways if way]
    assert len(xs) == len(ways) and xs == sorted(xs)
    assert xs[0] == pytest.approx(350, abs=25) and xs[-1] == pytest.approx(1500, abs=25)
    assert center(picture, 0, GREEN) and not center(picture, 6, GREEN)
    assert not center(picture, 6, BLUE) and center(picture, 18, BLUE)


def test_looks_of_unlike_hues_follow_each_other_and_never_mix() -> None:
    sky, amber = "#56B4E9", "#E69F00"

    def of(color: str) -> Callable[[Stage], None]:
        return lambda stage: node(stage, "bar", Box(300, 300, 1500, 600), color)

    picture = carried(shot(of(sky)), shot(of(amber)), {})
    middle = still(picture, round(TRAVEL_S * FPS / 2)).astype(int)
    ends = [np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) for color in (sky, amber)]
    left, right = middle[150, 120], middle[150, 480]
    assert abs(left - ends[1]).max() < 16
    assert abs(right - ends[0]).max() < 16


def test_a_map_of_names_says_what_is_called_otherwise() -> None:
    assert pairs(shot(first), shot(second), {}) == [Pair("a", "a", ("panel", "label"))]
    travelling = pairs(shot(first), shot(second), {"new": "old"})
    assert Pair("new", "old", ("panel",)) in travelling


def test_words_that_change_do_so_on_a_clean_frame() -> None:
    def words(text: str) -> Callable[[Stage], None]:
        def fill(stage: Stage) -> None:
            with stage.named("value", "label"):
                stage.middle(text, 960, 540, 160)

        return fill

    picture = carried(shot(words("OOOO")), shot(words("IIII")), {})
    inks = [int((still(picture, frame).min(axis=2) > 120).sum()) for frame in range(18)]
    assert min(inks[6:12]) == 0 and inks[0] > 0 and inks[-1] > 0


def test_the_camera_of_the_first_shot_is_where_the_second_one_begins() -> None:
    before = filmed(shot(first), [Move(0.5, 2.0, ("a",), 2.5)])
    picture = carried(before, shot(second), {})
    assert (still(picture, 0) == still(before, before.duration_frames - 1)).all()


def test_a_frame_alone_is_the_frame_in_its_order() -> None:
    picture = carried(shot(first), shot(second), {"new": "old"})
    painter = Painter(picture)
    for frame in range(30):
        painter.paint(frame)
        assert (np.ascontiguousarray(painter.pixels[:, :, 2::-1]) == still(picture, frame)).all(), frame


STORYBOARD = """\
storyboard: 1
title: Three
canvas: {size: 320x180, fps: 10}
shots:
  - {id: one, kind: diagram, nodes: {a: Alpha, b: Beta}, place: [a, b], duration: 2s}
  - {id: two, kind: diagram, carry: true, nodes: {a: Alpha, c: Gamma}, place: [c, a], duration: 2s}
  - {id: three, kind: diagram, carry: {d: c}, nodes: {d: Delta}, place: [d], duration: 2s}
"""


def keys(project: Path, text: str) -> dict[str, str]:
    plan = load_plan(write_project(project, text, "three"), "three")
    return {one.shot.id: one.picture_key for one in products_of(plan).shots}


def test_only_a_shot_that_carries_depends_on_its_neighbour_and_on_no_other(tmp_path: Path) -> None:
    before = keys(tmp_path, STORYBOARD)
    after = keys(tmp_path, STORYBOARD.replace("b: Beta", "b: Better"))
    assert [before[name] == after[name] for name in before] == [False, False, True]


def test_what_comes_after_the_way_is_drawn_once_whatever_was_before(tmp_path: Path) -> None:
    def segments(text: str) -> list[str]:
        plan = load_plan(write_project(tmp_path, text, "three"), "three")
        (shot,) = (one for one in products_of(plan).shots if one.shot.id == "two")
        return [segment.key for segment in shot.clip.segments]

    long = STORYBOARD.replace("place: [c, a], duration: 2s", "place: [c, a], duration: 12s")
    before, after = segments(long), segments(long.replace("b: Beta", "b: Better"))
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, True, True]


def test_segments_after_the_way_do_not_lay_out_the_shot_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = STORYBOARD.replace("place: [c, a], duration: 2s", "place: [c, a], duration: 12s")
    plan, agenda = load_plan(write_project(tmp_path, long, "three"), "three"), Agenda()
    production = Production.of(plan)
    production.find(agenda, only=["two"])
    tasks = sorted(_drawing(agenda), key=lambda task: task.segment.first)
    assert [task.alone for task in tasks] == [False, True, True]
    laid_out, draw = list[str](), kinds.draw

    def recorded(shot: ShotPlan, *more: Any) -> Picture:
        laid_out.append(shot.id)
        return draw(shot, *more)

    monkeypatch.setattr(kinds, "draw", recorded)
    alone = picture_of(tasks[1].packed, production.store, alone=True)
    assert laid_out == ["two"]
    whole = picture_of(tasks[0].packed, production.store)
    assert laid_out == ["two", "two", "one"]
    arrived = round(ARRIVED_S * alone.fps)
    assert tasks[0].segment.first < arrived <= tasks[1].segment.first
    assert (still(alone, 0) != still(whole, 0)).any()
    for frame in range(arrived, alone.duration_frames, 10):
        assert (still(alone, frame) == still(whole, frame)).all(), frame


def _drawing(agenda: Agenda) -> list[DrawTask]:
    """The drawing tasks of an agenda that can be done now."""
    tasks = []
    while (task := agenda.next()) is not None:
        tasks += [task] if isinstance(task, DrawTask) else []
    return tasks


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{d: c}", "{d: x}", r"the shot before, 'two', has nothing named 'x'"),
        ("{d: c}", "{e: c}", r"the shot 'three' has nothing named 'e'"),
        (
            "kind: diagram, nodes: {a: Alpha, b",
            "kind: diagram, carry: true, nodes: {a: Alpha, b",
            "the first shot",
        ),
        ("carry: true,", "carry: true, transition: {fade: 0.2s},", "without a fade"),
    ],
)
def test_what_cant_be_carried_is_told_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    project = write_project(tmp_path, STORYBOARD.replace(old, new, 1), "three")
    with pytest.raises(InvalidInput, match=said) as caught:
        load_plan(project, "three")
    assert caught.value.problems[0].place is not None
