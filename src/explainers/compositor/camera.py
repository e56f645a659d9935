"""The camera: it goes in on what is named and comes back, while the ground and what is pinned stay.

It is a transform over layers, from 1.0 to 2.5 times. Tiles are rasterised for the zoom at which they rest,
so that words and lines are as sharp there as anywhere; what has no such drawing is scaled.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from math import ceil, floor
from typing import Any, NamedTuple

import cairo

from explainers.compositor.layer import Layer, Rect, Span, Track
from explainers.compositor.picture import Picture
from explainers.errors import RenderFailed, nearest
from explainers.timing import ease_in_out

ALL = "all"
MOVE_S = 0.8
"""How long the camera travels."""
FILLS = 0.88
"""The share of the frame that what it looks at fills at most."""


@dataclass(frozen=True)
class Move:
    """From `start_s` on the camera goes to the things `names`, at most `zoom` times closer, and is there at
    `start_s + MOVE_S`, or from the first frame where that is 0. Where they stand is read at `seen_s`."""

    start_s: float
    seen_s: float
    names: Sequence[str]
    zoom: float
    where: str = ""


class View(NamedTuple):
    """The part of the frame that is seen: how much larger, and the pixel that comes to the corner."""

    zoom: float
    left: float
    top: float

    @property
    def whole(self) -> bool:
        return self.zoom == 1.0

    def seen(self, rect: Rect) -> Rect:
        """Where a rectangle is seen, a pixel wider than it is."""
        edges = (
            (rect.left - self.left) * self.zoom,
            (rect.top - self.top) * self.zoom,
            (rect.right - self.left) * self.zoom,
            (rect.bottom - self.top) * self.zoom,
        )
        return Rect(floor(edges[0]) - 1, floor(edges[1]) - 1, ceil(edges[2]) + 1, ceil(edges[3]) + 1)


WHOLE = View(1.0, 0.0, 0.0)
LIGHT = "light"
"""The part of a thing that lights the ground around it."""


class Camera:
    """Where the camera is at any time, for frames of `width` x `height` pixels."""

    def __init__(self, width: int, height: int):
        self.width, self.height = width, height
        self._left, self._top, self._width = Track(0.0), Track(0.0), Track(float(width))

    def go(self, view: View, start_s: float, duration_s: float = MOVE_S) -> None:
        """Travel to a view from `start_s`."""
        for track, value in (
            (self._left, view.left),
            (self._top, view.top),
            (self._width, self.width / view.zoom),
        ):
            track.to(value, start_s, duration_s, ease_in_out)

    def at(self, t: float) -> View:
        wide = self._width.at(t)
        if wide >= self.width - 0.01:
            return WHOLE
        return View(
            round(self.width / wide, 5), round(self._left.at(t) * 64) / 64, round(self._top.at(t) * 64) / 64
        )

    def spans(self) -> list[Span]:
        return [span for track in (self._left, self._top, self._width) for span in track.spans()]

    def departures(self) -> list[float]:
        """When it leaves for another view, or from one that is not the whole picture, in seconds."""
        keys, whole = self._width.keys(), float(self.width)
        return [start for start, _, before, after, _ in keys if not before == after == whole]

    def sharp_at(self, t: float) -> float:
        """The zoom for which things are drawn at `t`: while the camera travels, that of its closer end."""
        ends, keys = [float(self.width)], self._width.keys()
        for start, end, before, after, _ in keys:
            if start <= t < end:
                ends += [before, after]
        return round(self.width / min(*ends, self._width.at(t)), 5)

    def view_of(self, rect: Rect, zoom: float) -> View:
        """The view in which a rectangle is in the middle and fills `FILLS` of the frame at most.

        It never goes beyond the frame's edge, and its corner lies on a whole pixel of what is seen.
        """
        zoom = max(
            1.0,
            min(
                zoom,
                FILLS * self.width / max(1, rect.width),
                FILLS * self.height / max(1, rect.bottom - rect.top),
            ),
        )
        zoom = round(zoom, 5)
        wide, high = self.width / zoom, self.height / zoom
        left = min(max(0.0, (rect.left + rect.right - wide) / 2), self.width - wide)
        top = min(max(0.0, (rect.top + rect.bottom - high) / 2), self.height - high)
        return View(zoom, round(left * zoom) / zoom, round(top * zoom) / zoom)


@dataclass(eq=False)
class SeenLayer(Layer):
    """A layer as the camera sees it."""

    layer: Layer
    camera: Camera

    def __post_init__(self) -> None:
        self.z, self.note = self.layer.z, self.layer.note
        self.name, self.part = self.layer.name, self.layer.part

    def state(self, t: float) -> Hashable | None:
        inner = self.layer.state(t)
        return None if inner is None else (inner, self.camera.at(t), self.camera.sharp_at(t))

    def alpha(self, state: Any) -> float:
        return self.layer.alpha(state[0])

    def words(self, state: Any) -> str:
        return self.layer.words(state[0])

    def box(self, state: Any) -> Rect:
        inner, view, _ = state
        return self.layer.box(inner) if view.whole else view.seen(self.layer.box(inner))

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        inner, view, sharp = state
        if view.whole:
            self.layer.paint(ctx, inner)
            return
        ctx.save()
        ctx.scale(view.zoom, view.zoom)
        ctx.translate(-view.left, -view.top)
        self.layer.paint_closer(ctx, inner, sharp)
        ctx.restore()

    def paint_closer(self, ctx: cairo.Context, state: Any, zoom: float) -> None:
        inner, view, _ = state
        if view.whole:
            self.layer.paint_closer(ctx, inner, zoom)
        else:
            self.paint(ctx, state)

    def dirty(self, before: Any, after: Any) -> list[Rect]:
        if before is None or after is None or before[1:] != after[1:]:
            # While the camera travels the frame is painted whole, as it is when it is drawn alone.
            moving = before is not None and after is not None
            return (
                [Rect(0, 0, self.camera.width, self.camera.height)]
                if moving
                else super().dirty(before, after)
            )
        view = after[1]
        rects = self.layer.dirty(before[0], after[0])
        return rects if view.whole else [view.seen(rect) for rect in rects]

    def spans(self) -> list[Span]:
        return [*self.layer.spans(), *self.camera.spans()]


def camera_of(layer: Layer | None) -> Camera | None:
    """The camera by which a layer is seen, however often it is wrapped, as what travels into a shot is."""
    while layer is not None and not isinstance(layer, SeenLayer):
        layer = getattr(layer, "layer", None)
    return layer.camera if layer is not None else None


def extent(layers: Iterable[Layer], names: Iterable[str], t: float) -> Rect | None:
    """The rectangle around all things of these names that are seen at `t`, without the light in which they
    stand, which may reach from edge to edge; None where none is."""
    wanted, boxes = set(names), []
    for layer in layers:
        state = layer.state(t) if layer.name in wanted and layer.part != LIGHT else None
        if state is not None:
            boxes.append(layer.box(state))
    return reduce(Rect.joined, boxes) if boxes else None


def filmed(picture: Picture, moves: Sequence[Move]) -> Picture:
    """The picture seen by a camera that makes these moves.

    RenderFailed names a thing that is not in the picture, or not there when it is looked at.
    """
    if not moves:
        return picture
    camera = Camera(picture.width, picture.height)
    names = sorted({layer.name for layer in picture.layers if layer.name and not layer.pinned})
    for move in moves:
        view = WHOLE
        if ALL not in move.names:
            for name in move.names:
                if name not in names:
                    near = nearest(name, names)
                    hint = f"; did you mean {near!r}?" if near else f"; it may look at {', '.join(names)}"
                    raise RenderFailed(f"{move.where}there is nothing named {name!r} for the camera{hint}")
            found = extent(picture.layers, move.names, move.seen_s)
            if found is None:
                said = ", ".join(map(repr, move.names))
                raise RenderFailed(f"{move.where}the camera goes to {said}, which is not seen then")
            view = camera.view_of(found, move.zoom)
        # In the first frame it is there already: what came before is another picture.
        camera.go(view, move.start_s, MOVE_S if move.start_s > 0 else 0.0)
    layers = [layer if layer.pinned else SeenLayer(layer, camera) for layer in picture.layers]
    return replace(picture, layers=tuple(layers))
