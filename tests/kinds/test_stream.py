"""The stream of words that the DREX film opens and closes on: its order, its ways, its light, its frames."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from explainers.compositor.camera import SeenLayer
from explainers.compositor.layer import Rect, merged
from explainers.compositor.picture import Painter, Picture, still
from explainers.kinds import draw
from explainers.plan import load_plan
from explainers.project import find_project
from explainers.theme import contrast

ROOT = Path(__file__).parents[2]
SHAPES = ("16:9", "1:1", "9:16")


def picture(shot: str = "hook", theme: str = "ink", aspect: str = "16:9") -> Picture:
    plan = load_plan(find_project(ROOT), "drex", "draft", theme=theme, aspect=aspect, allow_code=True)
    return draw(plan.shot(shot), plan.kinds)


def words(made: Picture) -> list:
    """The layers of the words, in the order in which they enter; the source line has a chip too. Where the
    camera moves, they are those that it looks at."""
    chips = [layer for layer in made.layers if layer.part == "chip" and layer.name != "source"]
    return [layer.layer if isinstance(layer, SeenLayer) else layer for layer in chips]


def solid(layer, pose) -> Rect:
    """The pixels that a chip hides, without its light, shadow and tail."""
    *_, (tile, size, _) = layer._parts(pose)
    rows, columns = (np.flatnonzero((tile.pixels[:, :, 3] > 250).any(axis=axis)) for axis in (1, 0))
    x, y = pose.x + tile.x * size, pose.y + tile.y * size
    left, top = x + columns[0] * size, y + rows[0] * size
    right, bottom = x + columns[-1] * size, y + rows[-1] * size
    # Corners are round: of two chips that only touch there none hides the other.
    return Rect(round(left) + 2, round(top) + 2, round(right) - 2, round(bottom) - 2)


@pytest.mark.parametrize("shot", ["hook", "close"])
def test_a_frame_drawn_alone_is_the_frame_in_sequence(shot: str) -> None:
    made = picture(shot)
    painter = Painter(made)
    for frame in range(0, 40):
        painter.paint(frame)
        if frame % 7 == 0:
            assert (painter.pixels[:, :, 2::-1] == still(made, frame)).all(), frame


@pytest.mark.parametrize("aspect", SHAPES)
def test_no_word_lies_over_another_and_their_order_is_kept(aspect: str) -> None:
    made = picture(aspect=aspect)
    stream = words(made)
    for frame in range(made.duration_frames):
        seen = [(one, pose) for one in stream if (pose := one.state(frame / made.fps))]
        # What enters or sinks away is not yet, or no longer, a word that can be read.
        boxes = [(one.name, solid(one, pose)) for one, pose in seen if pose.opacity > 0.9]
        for (name, box), (other, second) in combinations(boxes, 2):
            assert not box.meets(second), (frame, name, other)
        falling = [pose.y for one, pose in seen if not one.flight.leaves]
        flying = [pose.flown for _, pose in seen if pose.flown is not None]
        assert falling == sorted(falling, reverse=True)
        assert flying == sorted(flying, reverse=True)


def test_words_fall_steadily_and_enter_one_after_another() -> None:
    made = picture()
    scale = made.width / 1920
    hard = next(one for one in words(made) if not one.flight.leaves and one.flight.enters_s > 0)
    start = hard.flight.enters_s
    places = [hard.state(start + 0.1 + step / 4).y for step in range(8)]
    assert np.allclose(np.diff(places), 260 * scale / 4, atol=1.01)
    assert np.allclose(np.diff([one.flight.enters_s for one in words(made)]), 0.42)


def test_easy_words_leave_green_sideways_and_grow_and_hard_ones_turn_blue() -> None:
    made = picture()
    for one in words(made):
        flight, times = one.flight, np.arange(0, made.duration_frames) / made.fps
        poses = [pose for t in times if (pose := one.state(float(t)))]
        if flight.leaves:
            ramp = (flight.view.ramp + 16) * flight.scale
            assert all(pose.blue == 0 for pose in poses)
            assert all(pose.green == 1 for pose in poses if pose.flown)
            # Never below the ramp while it is over the stack.
            over = [pose for pose in poses if pose.x > flight.view.left * flight.scale]
            assert all(pose.y <= ramp for pose in over)
        else:
            assert all(pose.green == 0 and pose.size == 1 for pose in poses)
    grown = {round(pose.size, 2) for one in words(made) for t in times if (pose := one.state(float(t)))}
    assert (min(grown), max(grown)) == (1.0, 2.1)


@pytest.mark.parametrize("aspect", SHAPES)
def test_the_first_frame_is_full(aspect: str) -> None:
    made = picture(aspect=aspect)
    assert sum(one.state(0.0) is not None for one in words(made)) >= 6
    assert {layer.name for layer in made.layers} >= {"shallow", "ramp", "deep", "s9"}


@pytest.mark.parametrize("theme", ["ink", "paper"])
@pytest.mark.parametrize("shot", ["hook", "close"])
def test_words_on_chips_can_be_read_in_every_light(shot: str, theme: str) -> None:
    made = picture(shot, theme)
    for one in words(made):
        for look in one.looks.values():
            pixels = look[-1][1].pixels
            middle = pixels[pixels.shape[0] // 2 - 8 : pixels.shape[0] // 2 + 8]
            colors = middle[middle[:, :, 3] == 255][:, 2::-1].astype(int)
            light = colors[colors.sum(axis=1).argmax()], colors[colors.sum(axis=1).argmin()]
            ground = np.median(colors, axis=0).astype(int)
            best = max(contrast(_hex(color), _hex(ground)) for color in light)
            assert best >= 4.5, (one.note, best)


def _hex(color) -> str:
    return "#" + "".join(f"{int(value):02X}" for value in color)


def test_the_numbers_are_those_of_the_sources() -> None:
    plan = load_plan(find_project(ROOT), "drex", "draft", allow_code=True)
    assert "30 of 80" in plan.shot("hook").statement
    assert plan.shot("hook").params.ramp == "exit after layer 50"
    assert "Llama 2" in plan.shot("hook").footer
    figures = [one.value.replace("\u202f", " ") for one in plan.shot("close").params.figures]
    assert figures == ["+8.3 %", "+74 %", "−2.6 %"]


def test_rectangles_are_joined_only_where_that_covers_hardly_more() -> None:
    near, beside, corner = Rect(0, 0, 10, 100), Rect(2, 0, 12, 100), Rect(8, 90, 100, 100)
    assert merged([near, beside]) == [Rect(0, 0, 12, 100)]
    assert sorted(merged([near, corner])) == [near, corner]
    many = [Rect(20 * n, 0, 20 * n + 15, 9) for n in range(40)]
    joined = merged([*many, Rect(0, 5, 0, 9)])
    assert len(joined) == 12
    assert all(any(one.cut(rect) == rect for one in joined) for rect in many)
