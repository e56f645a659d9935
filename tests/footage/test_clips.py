"""Footage: MoviePy clips that know what changed, in one buffer and in a picture."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import cairo
import numpy as np
import pytest
from moviepy import CompositeVideoClip, VideoClip

from explainers.compositor.layer import Layer, Rect
from explainers.compositor.picture import Painter, Picture, still
from explainers.footage.clips import ClipLayer, Composed, Pane

FPS = 10


@dataclass
class Square(Layer):
    """A 10 x 10 square that goes 5 pixels to the right each second."""

    color: tuple[float, float, float]
    z: float = 0.0
    note: None = None

    def state(self, t: float) -> int:
        return int(t * 5 + 1e-6)

    def box(self, state: int) -> Rect:
        return Rect(state, 5, state + 10, 15)

    def paint(self, ctx: cairo.Context, state: int) -> None:
        ctx.set_source_rgb(*self.color)
        ctx.rectangle(state, 5, 10, 10)
        ctx.fill()

    def spans(self) -> list[tuple[float, float]]:
        return [(0.0, 4.0)]


def pane(color: tuple[float, float, float] = (1, 0, 0)) -> Pane:
    return Pane(Picture(40, 20, FPS, 40, np.full((20, 40, 4), 30, np.uint8), (Square(color),)))


def beside(first: Pane, second: Pane, gap: int = 0) -> Composed:
    """Two panes in a row, `gap` pixels between them."""
    return Composed([(first, 0, 0), (second, 40 + gap, 0)], (80 + gap, 20))


def framed(*layers: ClipLayer, frames: int = 40) -> Picture:
    return Picture(120, 60, FPS, frames, np.full((60, 120, 4), 80, np.uint8), layers)


def test_a_pane_is_a_moviepy_clip() -> None:
    clip = pane()
    assert isinstance(clip, VideoClip) and clip.size == (40, 20) and clip.duration == 4.0
    frame = clip.get_frame(2.0)
    assert frame.shape == (20, 40, 3)
    assert tuple(frame[10, 15]) == (255, 0, 0) and tuple(frame[10, 5]) == (30, 30, 30)
    both = CompositeVideoClip([clip.with_position((5, 5))], size=(60, 30)).get_frame(2.0)
    assert tuple(both[15, 20]) == (255, 0, 0)


def test_side_by_side_panes_share_one_buffer() -> None:
    clip = beside(pane((1, 0, 0)), pane((0, 1, 0)), gap=10)
    assert clip.size == (90, 20)
    first, second = clip.pixels(clip.look(1.0)), clip.pixels(clip.look(3.0))
    assert first is second
    frame = clip.get_frame(2.0)
    assert tuple(frame[10, 15]) == (255, 0, 0) and tuple(frame[10, 65]) == (0, 255, 0)
    assert not frame[:, 40:50].any()


def test_a_layer_is_dirty_only_where_its_footage_changed() -> None:
    layer = ClipLayer(beside(pane(), pane(), gap=10), 10, 20)
    painter = Painter(framed(layer))
    painter.paint(0)
    assert painter.paint(1) == []
    changed = painter.paint(2)
    assert changed and sum(rect.area for rect in changed) <= 2 * 2 * 100
    assert all(rect.top >= 20 and rect.bottom <= 40 for rect in changed)


def test_footage_in_a_picture_is_the_same_in_sequence_and_alone() -> None:
    def picture() -> Picture:
        layer = ClipLayer(beside(pane(), pane((0, 0, 1)), gap=10), 10, 20)
        layer.track("opacity").initial = 0.0
        layer.track("opacity").to(1.0, 0.5, 0.5)
        layer.track("dy").to(10, 2.0, 1.0)
        return framed(layer)

    painter, shared = Painter(picture()), picture()
    for frame in range(40):
        painter.paint(frame)
        if frame in (0, 7, 12, 26, 39):
            assert np.array_equal(painter.pixels[:, :, 2::-1], still(shared, frame)), frame


def test_pixels_between_panes_are_the_picture_s_own() -> None:
    image = still(framed(ClipLayer(beside(pane(), pane(), gap=10), 10, 20)), 5)
    assert (image[20:40, 50:60] == 80).all() and (image[20:40, 10:50] != 80).any()


def test_footage_plays_from_its_start() -> None:
    late, early = framed(ClipLayer(pane(), 5, 5, start_s=1.0)), framed(ClipLayer(pane(), 5, 5))
    assert tuple(still(late, 5)[15, 10]) == (80, 80, 80)
    assert np.array_equal(still(late, 32), still(early, 22))


def test_footage_is_not_scaled_or_uncovered() -> None:
    with pytest.raises(ValueError, match="footage has no 'scale'"):
        ClipLayer(pane(), 0, 0).track("scale")


def test_the_way_through_footage_costs_little() -> None:
    layer = ClipLayer(beside(pane(), pane()), 0, 0)
    layer.footage.pixels(layer.state(0.0)[0])  # type: ignore[index]
    before, started = layer.state(0.0), perf_counter()
    for step in range(400):
        after = layer.state(step / 100)
        if after != before:
            layer.dirty(before, after)
            layer.footage.pixels(after[0])  # type: ignore[index]
        before = after
    # A generous bound: tests share their machine; about a tenth of a millisecond is usual.
    assert (perf_counter() - started) / 400 < 0.005
