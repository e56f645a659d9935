"""The layers of a race's tracks: lanes, tracks up to their heads, start and finish lines.

A track is dark at its tail and bright at its head. Its cells and stripes are anchored to the axis: the head
uncovers them. What a lane looks like is rasterised once for each view; a frame only moves the light.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import cairo
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from explainers.compositor.layer import Layer, Note, Rect, Span, Tile, blank
from explainers.kinds.race.course import LINE, Course
from explainers.stage import Box, ink, material
from explainers.theme import channels, mix

if TYPE_CHECKING:
    from explainers.kinds.race.heads import Head

REACH = 1150.0
"""Design units behind its head over which a track fades to its tail."""
DIM = 90.0
"""Design units on either side of the end of a track's words over which its dark end becomes bright."""
EDGE = 8.0
"""Width of the bright line at a head."""
SQUARES = 15.5
"""Side of a square of the finish line, which is two of them wide."""


@dataclass(eq=False)
class Riding(Layer):
    """Tiles that ride: `place_at(t)` gives how far, in whole pixels, and the opacity, or None.

    With `after`, which lies at the same place, what is right of `split_at(t)` is painted from that tile.
    """

    tile: Tile
    place_at: Callable[[float], tuple[int, int, float] | None]
    changes: list[Span]
    z: float = 8.0
    note: Note | None = None
    after: Tile | None = None
    split_at: Callable[[float], int] | None = None

    def state(self, t: float) -> Any:
        place = self.place_at(t)
        if place is None or place[2] <= 0.001:
            return None
        return *place[:2], round(min(1.0, place[2]), 3), self._split(t, place[0])

    def alpha(self, state: Any) -> float:
        return float(state[2])

    def _split(self, t: float, dx: int) -> int:
        """How many columns of the tile are left of the split; all of them where there is none."""
        width = self.tile.width
        return min(width, max(0, self.split_at(t) - self.tile.x - dx)) if self.split_at else width

    def box(self, state: Any) -> Rect:
        left, top = self.tile.x + state[0], self.tile.y + state[1]
        return Rect(left, top, left + self.tile.width, top + self.tile.height)

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        box, split = self.box(state), state[3]
        parts = [(self.tile, box.left, split)]
        if self.after is not None and split < self.tile.width:
            parts.append((self.after, box.left + split, self.tile.width - split))
        for tile, left, width in parts:
            ctx.save()
            ctx.rectangle(left, box.top, width, tile.height)
            ctx.clip()
            ctx.set_source_surface(tile.surface, box.left, box.top)
            ctx.get_source().set_filter(cairo.FILTER_NEAREST)
            ctx.paint_with_alpha(state[2])
            ctx.restore()

    def spans(self) -> list[Span]:
        return self.changes


def shadow_tile(words: Tile, color: str, blur: float) -> Tile:
    """A soft shadow of words, so that they are read over seams, stripes and a head that passes under them.

    `blur` is how soft it is, in pixels.
    """
    reach = math.ceil(3 * blur)
    tile = blank(words.width + 2 * reach, words.height + 2 * reach, words.x - reach, words.y - reach)
    mask = np.zeros((tile.height, tile.width), np.uint8)
    mask[reach : reach + words.height, reach : reach + words.width] = words.pixels[:, :, 3]
    soft = Image.fromarray(mask).filter(ImageFilter.GaussianBlur(blur))
    alpha = np.minimum(np.asarray(soft) / 255 * 2.7, 0.8)[:, :, None]
    tile.pixels[:] = np.rint(alpha * np.array([*reversed(channels(color)), 255])).astype(np.uint8)
    return tile


@dataclass(frozen=True, eq=False)
class Looks:
    """What a lane is painted from in one view: its bed, its tail, what lies on the tail, and the light that
    ends at the head; tiles of the frame's width, but for the light."""

    bed: Tile
    tail: Tile
    marks: Tile
    light: Tile


@dataclass(eq=False)
class TrackLayer(Layer):
    """A lane with its track, up to the head of its run."""

    head: Head
    z: float = 2.0
    note: Note | None = field(init=False)

    def __post_init__(self) -> None:
        head = self.head
        course, self.index, self.lane, self.run = head.course, head.index, head.lane, head.run
        self.course = course
        self.scale = course.stage.scale
        self.note = course.stage.data_note(course.names[self.index], course.fill(self.lane), self.lane.role)
        self.block = round(head.block_width * self.scale)
        self.reach, self.edge = round(REACH * self.scale), max(2, round(EDGE * self.scale))
        self.looks = lru_cache(maxsize=3)(self._drawn)

    def state(self, t: float) -> tuple[int, float, float]:
        u = round(self.course.u.at(t), 4)
        return (round(self.course.head(self.run, t) * self.scale), u, round(self.head.block.at(t), 3))

    def box(self, state: Any) -> Rect:
        lane, start = self.lane_box(state[1])
        start = max(0, start)
        return Rect(start, lane.top, max(state[0], start + self.edge), lane.bottom)

    def lane_box(self, u: float) -> tuple[Rect, int]:
        """The lane's pixels where the share `u` of the approach is over, and the column it starts at."""
        course, scale = self.course, self.scale
        box = course.stage.snapped(course.box(self.index, u))
        lane = Rect(*(round(edge * scale) for edge in box))
        return lane, round(course.x(0.0, u) * scale)

    def dirty(self, before: Any, after: Any) -> list[Rect]:
        if before is None or after is None or before[1:] != after[1:]:
            return super().dirty(before, after)
        low, high = sorted((self.box(before), self.box(after)), key=lambda box: box.right)
        return [high._replace(left=max(high.left, low.right - self.reach))]

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        head, u, blocked = state
        looks, box = self.looks(u), self.box(state)
        ctx.save()
        ctx.rectangle(box.left, box.top, box.right - box.left, box.bottom - box.top)
        ctx.clip()
        _blit(ctx, looks.tail)
        # A track that has only begun is not as bright as it will be: its name stands on it.
        grown = max(0.0, min(1.0, (head - self.lane_box(u)[1]) / (0.75 * self.reach)))
        _blit(ctx, looks.light, head - self.reach, 0.25 + 0.75 * grown)
        _blit(ctx, looks.marks)
        if blocked:
            material.use(ctx, self.head.block_color, blocked)
            top = box.top + round((box.bottom - box.top) * self.head.block_top)
            ctx.rectangle(head - self.block, top, self.block, box.bottom - top)
            ctx.fill()
        # A track that has not begun is a piece of its own colour, out of which others may come.
        fill = self.course.fill(self.lane)
        material.use(ctx, mix(fill, "#FFFFFF", 0.55) if box.right - box.left > self.edge else fill)
        ctx.rectangle(box.right - self.edge, box.top, self.edge, box.bottom - box.top)
        ctx.fill()
        ctx.restore()

    def spans(self) -> list[Span]:
        return [*self.course.running(self.run), *self.head.block.spans()]

    def _drawn(self, u: float) -> Looks:
        """The lane as it is where the share `u` of the approach is over."""
        course, theme = self.course, self.course.stage.theme
        box, fill = course.box(self.index, u), course.fill(self.lane)
        box = course.stage.snapped(box)
        # In the end there are cards on the lanes, and lines of equal time have no words any more.
        bare = box._replace(left=0.0, right=REACH)
        seams = _seams(course, box, u)
        bed = ink.raster(
            [
                material.plate(box, theme.panel, None, 0, 0, 0.0, 0.72 if theme.dark else 0.5),
                _lines(box, seams, theme.line, 0.5 * (1 - u), 2.0),
            ],
            self.scale,
        )
        dark = mix(theme.background, fill, 0.36 if theme.dark else 0.5)
        tail = ink.raster([material.plate(box, dark, None, 0, 0, 0.0)], self.scale)
        bright = 1.0 if theme.dark else 0.06
        light = [_light(bare, fill, bright if self.lane.role == "ours" else 2.4)]
        marks: list[Any] = [material.fade(box, "#FFFFFF", 0.12 if theme.dark else 0.03, 0.0, "top")]
        if self.lane.hatched:
            step = course.race.cell / 2 * (course.x(1.0, u) - course.x(0.0, u))
            step = step if step >= 14.0 else step * math.ceil(14.0 / step)
            marks.append(_stripes(box, course.x(0.0, u), step, theme.color("text")))
        marks.append(_lines(box, seams, "#FFFFFF", 0.16 if theme.dark else 0.05, 2.0))
        marks.append(self._dimmed(box, u))
        if course.every:
            at = [
                course.x(course.race.along(self.run, m), u)
                for m in course.moments
                if m <= course.until(self.run)
            ]
            marks.append(_lines(box, at, theme.background, 0.7 * (1 - u), 5.0))
        return Looks(
            bed,
            tail,
            ink.raster(marks, self.scale),
            ink.raster(light, self.scale),
        )

    def _dimmed(self, box: Box, u: float) -> material.Field:
        """The dark end of the track, on which its name stands; one's own name is dark on a bright track in
        the end."""
        theme, (whole, near) = self.course.stage.theme, self.head.words_ends
        end = whole + (near - whole) * u
        most = (0.58 if theme.dark else 0.5) * (1 - u if self.lane.role != "baseline" else 1.0)

        def alpha_at(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
            share = np.clip((end + DIM - x) / (2 * DIM), 0.0, 1.0)
            return most * share * share * (3 - 2 * share)

        return material.Field(box._replace(left=0.0, right=end + DIM), theme.background, alpha_at)


@dataclass(eq=False)
class BedLayer(Layer):
    """The lane that a track lies on, from edge to edge of the frame."""

    track: TrackLayer
    z: float = 1.0
    note: Note | None = None

    def state(self, t: float) -> float:
        return round(self.track.course.u.at(t), 4)

    def box(self, state: float) -> Rect:
        return self.track.lane_box(state)[0]._replace(left=0)

    def paint(self, ctx: cairo.Context, state: float) -> None:
        _blit(ctx, self.track.looks(state).bed)

    def spans(self) -> list[Span]:
        return self.track.course.moves


def _blit(ctx: cairo.Context, tile: Tile, x: int = 0, alpha: float = 1.0) -> None:
    """Copy a tile, moved by `x` columns."""
    ctx.set_source_surface(tile.surface, tile.x + x, tile.y)
    ctx.get_source().set_filter(cairo.FILTER_NEAREST)
    ctx.paint_with_alpha(alpha)


def _light(box: Box, color: str, power: float) -> material.Field:
    """The light of a head at the right end of `box`; the higher its power, the sooner the track is dark."""

    def alpha_at(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        share = np.clip((x - box.left) / box.width, 0.0, 1.0)
        return (share * share * (3 - 2 * share)) ** power

    return material.Field(box, color, alpha_at)


def _seams(course: Course, box: Box, u: float) -> list[float]:
    """The places between cells, over the whole width of the frame."""
    step = course.race.cell * (course.x(1.0, u) - course.x(0.0, u))
    step = step if step >= 6.0 else step * math.ceil(6.0 / step)
    first = course.x(0.0, u)
    return [
        first + step * k for k in range(math.ceil(-first / step), math.floor((box.right - first) / step) + 1)
    ]


def _lines(box: Box, places: list[float], color: str, alpha: float, width: float) -> material.Painted:
    """Upright lines through a lane."""

    def paint(ctx: cairo.Context) -> None:
        material.use(ctx, color, alpha)
        for x in places:
            ctx.rectangle(x - width / 2, box.top, width, box.height)
        ctx.fill()

    return material.Painted(box, paint)


def _stripes(box: Box, first: float, step: float, color: str) -> material.Painted:
    """Diagonal stripes that begin at `first` on the lane's lower edge, one each `step`."""

    def paint(ctx: cairo.Context) -> None:
        ctx.rectangle(*box[:2], box.width, box.height)
        ctx.clip()
        material.use(ctx, color, 0.12)
        ctx.set_line_width(step * 0.32)
        low = math.floor((box.left - box.height - first) / step)
        for k in range(low, math.ceil((box.right - first) / step) + 1):
            ctx.move_to(first + k * step, box.bottom)
            ctx.line_to(first + k * step + box.height, box.top)
        ctx.stroke()

    return material.Painted(box, paint)


@dataclass(eq=False)
class LinesLayer(Layer):
    """The start line and the chequered finish line."""

    course: Course
    z: float = 5.0
    note: Note | None = None

    def state(self, t: float) -> float:
        return round(self.course.u.at(t), 4)

    def _edges(self, u: float) -> tuple[int, int, int, int]:
        course, scale, last = self.course, self.course.stage.scale, len(self.course.names) - 1
        top, bottom = course.row(0, u)[0] - 13.0, course.row(last, u)[1] + 13.0
        places = course.x(0.0, u), top, course.x(course.race.goal, u), bottom
        left, top_px, right, bottom_px = (round(edge * scale) for edge in places)
        return left, top_px, right, bottom_px

    def box(self, state: float) -> Rect:
        left, top, right, bottom = self._edges(state)
        scale = self.course.stage.scale
        return Rect(left - math.ceil(6 * scale), top, right + math.ceil(LINE * scale) + 1, bottom)

    def paint(self, ctx: cairo.Context, state: float) -> None:
        left, top, right, bottom = self._edges(state)
        stage = self.course.stage
        scale, theme = stage.scale, stage.theme
        material.use(ctx, mix(theme.background, theme.color("muted"), 0.85))
        width = max(2, round(6 * scale))
        ctx.rectangle(left - width, top, width, bottom - top)
        ctx.fill()
        dark, light = (theme.background, theme.color("text"))[:: 1 if theme.dark else -1]
        material.use(ctx, dark)
        ctx.rectangle(right, top, round(LINE * scale), bottom - top)
        ctx.fill()
        material.use(ctx, light if theme.dark else theme.background)
        side = SQUARES * scale
        for row in range(math.ceil((bottom - top) / side)):
            first, end = top + round(row * side), min(bottom, top + round((row + 1) * side))
            x = right + (round(side) if row % 2 else 0)
            ctx.rectangle(x, first, round(side), end - first)
        ctx.fill()

    def spans(self) -> list[Span]:
        return self.course.moves
