"""What stands around a pane and points into it: frame, header, outlines, dimming, words, rings of clicks."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import cairo

from explainers.compositor.layer import Layer, Note, Rect, Span, Track
from explainers.footage.clips import ClipLayer, Footage
from explainers.footage.timeline import Area, Timeline, View, view_at
from explainers.kinds._panes.content import ZOOM_S, Windowed
from explainers.kinds._panes.params import Callout
from explainers.kinds.base import ShotPlan
from explainers.stage import Box, Handle, Stage, material, shapes
from explainers.theme import LABEL, STRONG
from explainers.timing import ease_in_out, ease_out

ENTER_AT_S, ENTER_S = 0.0, 0.0
REVEAL_S = 0.5
LINE_RISE = 22.0
"""From a pane's top edge up to the baseline of its label."""
DIM = 0.68
"""How much of the background lies over what the spotlight leaves out."""
RING_S, RING = 0.6, (14.0, 44.0)
"""How long a click's ring lasts, and its radius from and to, in design units."""
PLATE, REACH = 18.0, 96.0
"""Around a callout's words, and from its point to its plate."""


def box_of(rect: Rect, stage: Stage) -> Box:
    """Pixels in design units."""
    return Box(*(edge / stage.scale for edge in rect))


def show_clip(
    stage: Stage,
    clip: Footage,
    pane: Rect,
    frame: Box,
    fill: str,
    radius: float,
    text: str,
    role: str = "footage",
    enters: bool = True,
) -> None:
    """Put a clip in its pane, with a frame behind it; `text` and `role` are for the transcript.

    What does not enter is there from the shot's first frame.
    """
    panel = stage.mobject(shapes.panel(frame, stage.theme.line, fill, radius, 2), z=4)
    layer = ClipLayer(clip, pane.left, pane.top, note=Note("picture", text, role=role))
    if enters:
        panel.enter(ENTER_AT_S, dy=0, duration_s=ENTER_S)
        layer.track("opacity").initial = 0.0
        layer.track("opacity").to(1.0, ENTER_AT_S, ENTER_S, ease_out)
    stage.drawn(layer)


# -- above a pane ------------------------------------------------------------------------------


def header(stage: Stage, box: Box, label: str | None, clock: Timeline | None, pauses: str | None) -> None:
    """What a pane shows on the left, and on the right its speed wherever that is not real time."""
    baseline = box.top - LINE_RISE
    if label:
        stage.words(label, box.left, baseline, LABEL, STRONG).enter(ENTER_AT_S, dy=0)
    if clock is None:
        return
    texts = speed_texts(clock)
    if pauses:
        texts = [(f"{text}, {pauses}", start, end) for text, start, end in texts]
        texts = texts or [(pauses, 0.0, stage.duration_s)]
    show_texts(
        clock, texts, lambda text: stage.words(text, box.right, baseline, LABEL, role="muted", anchor="right")
    )


def speed_texts(clock: Timeline) -> list[tuple[str, float, float]]:
    """The words about speed, with their seconds of the shot: factors that are not 1, and pauses."""
    found = []
    for stretch in clock.factors():
        if stretch.speed not in (0.0, 1.0):
            found.append((f"shown at {stretch.speed:g}×", stretch.start_s, stretch.end_s))
        elif stretch.speed == 0.0 and len(clock.stretches) > 1:
            found.append(("paused", stretch.start_s, stretch.end_s))
    return found


def show_texts(
    clock: Timeline,
    texts: Sequence[tuple[str, float, float]],
    put: Callable[[str], Handle],
    ends: bool = False,
) -> None:
    """Texts one after the other; the last stays, unless it `ends` with the clock. `put` draws one of them."""
    for text, start_s, end_s in texts:
        words = put(text)
        words.enter(max(ENTER_AT_S, start_s), dy=0, duration_s=0.25)
        if end_s < clock.end_s - 1e-6 or ends:
            words.leave(end_s - 0.1, duration_s=0.1)


# -- into a pane -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Window:
    """A pane's window in the frame: from units of what is seen through it to design units."""

    pane: Rect
    views: tuple[View, ...]
    scale: float

    @property
    def box(self) -> Box:
        return Box(*(edge / self.scale for edge in self.pane))

    def point(self, x: float, y: float, t: float) -> tuple[float, float]:
        """A point at `t`, in design units."""
        left, top, right, bottom = self.views[view_at(self.views, t)].at(t)
        wide, high = self.pane.right - self.pane.left, self.pane.bottom - self.pane.top
        px = self.pane.left + (x - left) / (right - left) * wide
        py = self.pane.top + (y - top) / (bottom - top) * high
        return px / self.scale, py / self.scale

    def area(self, area: Area, t: float) -> Box:
        """An area at `t`, cut at the pane's edges."""
        (left, top), (right, bottom) = self.point(area[0], area[1], t), self.point(area[2], area[3], t)
        box = self.box
        return Box(max(left, box.left), max(top, box.top), min(right, box.right), min(bottom, box.bottom))


def point_at_parts(stage: Stage, shot: ShotPlan, content: Windowed, window: Window) -> None:
    """What the beats point at: spotlights, outlines, callouts."""
    for beat in shot.beats:
        params = beat.params
        # The window may be on its way when the beat begins: marks wait until it is there.
        start = beat.start_s + (min(ZOOM_S, beat.duration_s) if params.zoom is not None else 0.15)
        end, then = beat.end_s, start + 1e-3
        if params.spotlight is not None:
            bright = window.area(content.area(params.spotlight), then)
            stage.drawn(Spotlight(stage, window.pane, bright, start, end))
        for part in params.box:
            outline(stage, window.area(content.area(part), then), start, end)
        for words in params.callout:
            callout(stage, words, window.point(*content.point(words.point), then), window.box, start, end)


def outline(stage: Stage, box: Box, start_s: float, end_s: float, size: float = 1.0) -> None:
    """A white outline on a dark one, so that it is seen on any footage; around small things of a smaller
    `size`."""
    around = stage.snapped(box.inset(-6 * size))
    dark = shapes.panel(around.inset(-3 * size), stage.theme.background, None, 11, 10 * size, opacity=0.8)
    light = shapes.panel(around, stage.theme.color("text"), None, 8, max(2.5, 4 * size))
    mark = stage.mobject(dark, light, z=22).enter(start_s, dy=0, duration_s=0.3)
    if end_s < stage.duration_s:
        mark.leave(end_s - 0.25, duration_s=0.25)


def callout(
    stage: Stage, words: Callout, at: tuple[float, float], pane: Box, start_s: float, end_s: float
) -> None:
    """Words on a plate, and a line from it that ends in a dot on what they are about."""
    lines = stage.lines(words.text, min(520.0, pane.width * 0.45), LABEL, STRONG)
    width = max(stage.text_width(line, LABEL, STRONG) for line in lines) + 2 * PLATE
    height = len(lines) * LABEL * 1.25 + 2 * PLATE - 4
    x, y = at
    left, top, facing = {
        "right": (x + REACH, y - height / 2, "left"),
        "left": (x - REACH - width, y - height / 2, "right"),
        "above": (x - width / 2, y - REACH - height, "bottom"),
        "below": (x - width / 2, y + REACH, "top"),
    }[words.side]
    # The plate stays inside the pane, where the words are seen to belong to it.
    left = min(max(left, pane.left + 12), pane.right - 12 - width)
    top = min(max(top, pane.top + 12), pane.bottom - 12 - height)
    plate = stage.snapped(Box(left, top, left + width, top + height))
    end = plate.side(facing)
    white, dark, panel = stage.theme.color("text"), stage.theme.background, stage.theme.panel
    parts = [
        shapes.route([at, end], dark, 9),
        shapes.route([at, end], white, 3.5),
        shapes.disc(x, y, 13, dark),
        shapes.disc(x, y, 9, white),
        shapes.panel(plate, white, panel, 10, 3),
    ]
    handles = [stage.mobject(*parts, z=24)]
    for index, line in enumerate(lines):
        baseline = plate.top + PLATE + LABEL * 0.86 + index * LABEL * 1.25
        handles.append(stage.words(line, plate.left + PLATE, baseline, LABEL, STRONG, z=25, over=panel))
    for handle in handles:
        handle.enter(start_s, dy=10, duration_s=0.35)
        if end_s < stage.duration_s:
            handle.leave(end_s - 0.25, duration_s=0.25)


class Mark(Layer):
    """A layer that is painted whole wherever its state changes."""

    note: Note | None = None

    def draw(self, ctx: cairo.Context, state: Any) -> None:
        """Paint a state; the context is restored afterwards."""
        raise NotImplementedError

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        ctx.save()
        self.draw(ctx, state)
        ctx.restore()

    def dirty(self, before: Any, after: Any) -> list[Rect]:
        return [self.box(state) for state in (before, after) if state is not None]


@dataclass
class Spotlight(Mark):
    """Everything in a pane but `bright`, a box with round corners, is dimmed."""

    stage: Stage
    pane: Rect
    bright: Box
    start_s: float
    end_s: float

    z = 18.0

    def __post_init__(self) -> None:
        self._light = Track(0.0).to(1.0, self.start_s, 0.4, ease_in_out)
        if self.end_s < self.stage.duration_s:
            self._light.to(0.0, self.end_s - 0.3, 0.3, ease_in_out)

    def state(self, t: float) -> Hashable | None:
        shown = round(self._light.at(t), 3)
        return shown if shown > 0.001 else None

    def box(self, state: Any) -> Rect:
        return self.pane

    def draw(self, ctx: cairo.Context, state: Any) -> None:
        pane, scale = self.pane, self.stage.scale
        ctx.rectangle(pane.left, pane.top, pane.right - pane.left, pane.bottom - pane.top)
        material.add_rounded(ctx, Box(*(round(edge * scale) for edge in self.bright)), 10 * scale)
        ctx.set_fill_rule(cairo.FILL_RULE_EVEN_ODD)
        material.use(ctx, self.stage.theme.background, DIM * state)
        ctx.fill()

    def spans(self) -> list[Span]:
        return self._light.spans()


@dataclass
class Ring(Mark):
    """A ring that opens at (`x`, `y`), in design units, where something was clicked."""

    stage: Stage
    x: float
    y: float
    when_s: float

    z = 23.0

    def state(self, t: float) -> Hashable | None:
        share = (t - self.when_s) / RING_S
        return round(share, 3) if 0 <= share < 1 else None

    def box(self, state: Any) -> Rect:
        scale = self.stage.scale
        x, y, most = self.x * scale, self.y * scale, (RING[1] + 8) * scale
        return Rect(math.floor(x - most), math.floor(y - most), math.ceil(x + most), math.ceil(y + most))

    def draw(self, ctx: cairo.Context, state: Any) -> None:
        theme, scale = self.stage.theme, self.stage.scale
        radius = (RING[0] + (RING[1] - RING[0]) * ease_out(state)) * scale
        opacity = 1 - ease_in_out(state)
        for color, width, strength in ((theme.background, 9, 0.7), (theme.color("text"), 4.5, 1.0)):
            ctx.arc(self.x * scale, self.y * scale, radius, 0, 2 * math.pi)
            ctx.set_line_width(width * scale)
            material.use(ctx, color, opacity * strength)
            ctx.stroke()

    def spans(self) -> list[Span]:
        return [(self.when_s, self.when_s + RING_S)]


@dataclass
class Cover(Mark):
    """Hides an area in a colour, until it fades in at `until_s`; it follows the window."""

    window: Window
    area: Area
    color: str
    until_s: float

    z = 6.0

    def __post_init__(self) -> None:
        self._strength = Track(1.0).to(0.0, self.until_s + 0.1, REVEAL_S, ease_in_out)

    def state(self, t: float) -> Hashable | None:
        strength = round(self._strength.at(t), 3) if t > ENTER_AT_S else 0.0
        if strength <= 0.001:
            return None
        box = self.window.area(self.area, t)
        return strength, *(round(edge * self.window.scale, 2) for edge in box)

    def box(self, state: Any) -> Rect:
        left, top, right, bottom = (int(edge) for edge in state[1:])
        return Rect(left - 1, top - 1, right + 2, bottom + 2).cut(self.window.pane)

    def draw(self, ctx: cairo.Context, state: Any) -> None:
        strength, left, top, right, bottom = state
        ctx.rectangle(left, top, right - left, bottom - top)
        material.use(ctx, self.color, strength)
        ctx.fill()

    def spans(self) -> list[Span]:
        moving = [(view.start_s, view.end_s) for view in self.window.views if view.moves]
        return [(0.0, ENTER_AT_S + 0.1), *self._strength.spans(), *moving]
