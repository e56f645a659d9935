"""Light and material: plates, slabs, chips, glow, soft shadows, tails and hatching, rasterised once as tiles.

Each function gives a `Drawable` in design units (see `ink.Ink`), for `stage.mobject` and `stage.looks`.
Soft gradients are dithered: in eight bits they would show as bands on a dark ground.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cairo
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from explainers.compositor.layer import Rect, Tile, blank
from explainers.stage.shapes import Box, Point
from explainers.theme import channels, mix


@dataclass(frozen=True, eq=False)
class Painted:
    """Something painted with Cairo in design units, within `box`.

    Where it is a panel, `corner` is how much of its edges stays as it is when it becomes another size.
    """

    box: Box
    paint: Callable[[cairo.Context], None]
    corner: float = 0.0

    def draw(self, ctx: cairo.Context, scale: float) -> None:
        ctx.save()
        ctx.scale(scale, scale)
        self.paint(ctx)
        ctx.restore()


@dataclass(frozen=True, eq=False)
class Field:
    """A soft field of one colour, within `box`, dithered so that it does not band.

    `alpha_at(x, y)` gives its opacity, 0 to 1, for places in design units: a row of `x` and a column of `y`,
    which it broadcasts as far as it depends on them. What is not `still` has no dither: bands are not seen in
    what moves, and a pattern that moves costs many bits.
    """

    box: Box
    color: str
    alpha_at: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
    still: bool = True

    def draw(self, ctx: cairo.Context, scale: float) -> None:
        left, top = math.floor(self.box.left * scale), math.floor(self.box.top * scale)
        right, bottom = math.ceil(self.box.right * scale), math.ceil(self.box.bottom * scale)
        tile = blank(right - left, bottom - top)
        # A row of places and a column of them: what depends on one of the two alone is computed once.
        y, x = np.ogrid[top:bottom, left:right]
        alpha = self.alpha_at((x + 0.5) / scale, (y + 0.5) / scale)
        _fill(tile, alpha, self.color, self.still)
        ctx.set_source_surface(tile.surface, left, top)
        ctx.get_source().set_filter(cairo.FILTER_NEAREST)
        ctx.paint()


def _fill(tile: Tile, alpha: NDArray[np.float64], color: str, still: bool) -> None:
    """Premultiplied pixels of one colour at these opacities, each rounded up or down by the dither if any."""
    noise = dither(tile.height, tile.width) if still else 0.5
    alpha = np.clip(alpha, 0.0, 1.0)
    # Truncating rounds down: neither opacities nor thresholds are ever negative.
    opacity = (alpha * 255.0 + noise).astype(np.uint8)
    tile.pixels[:, :, 3] = opacity
    for index, level in enumerate(reversed(channels(color))):
        tile.pixels[:, :, index] = np.minimum((alpha * level + noise).astype(np.uint8), opacity)
    tile.surface.mark_dirty()


@lru_cache(maxsize=1)
def _noise() -> NDArray[np.float32]:
    return np.random.default_rng(20).random((1024, 1024), dtype=np.float32)


def dither(height: int, width: int) -> NDArray[np.float32]:
    """A fixed pattern of thresholds, 0 to 1, of shape (height, width), always the same."""
    noise = _noise()
    return np.tile(noise, (-(-height // 1024), -(-width // 1024)))[:height, :width]


def _grains(height: int, width: int) -> NDArray[np.float32]:
    """The ground's dither in levels, -1.5 to 1.5, of shape (height, width).

    The same in every channel it changes lightness alone, which chroma at half size keeps. Its grains are two
    pixels wide: finer ones are what encoders leave out first, and then bands are seen.
    """
    grains = dither(-(-height // 2), -(-width // 2))
    noise = 1.5 * (grains - np.roll(grains, 517, axis=1))
    return noise.repeat(2, axis=0).repeat(2, axis=1)[:height, :width]


def ground(width: int, height: int, colors: Sequence[str], at: Point = (0.56, 0.45)) -> NDArray[np.uint8]:
    """The lit ground as BGRA, uint8 of shape (height, width, 4), with a fixed dither of a level or two.

    `colors` are those in the middle, half the way and at the edge; `at` places the light, as shares.
    """
    return _ground(width, height, tuple(colors), at).copy()


@lru_cache(maxsize=2)
def _ground(width: int, height: int, colors: tuple[str, ...], at: Point) -> NDArray[np.uint8]:
    reach = 0.8 * math.hypot(width, height)
    x = (np.arange(width, dtype=np.float32) + 0.5 - at[0] * width) / reach
    y = (np.arange(height, dtype=np.float32) + 0.5 - at[1] * height) / reach
    far = (np.sqrt(x[None, :] ** 2 + y[:, None] ** 2) * 4096).astype(np.int32)
    stops = np.array([channels(color) for color in colors], float)
    # A kink in a gradient is seen as a line, so the way through the stops is smoothed.
    steps = np.linspace(-0.5, 1.5, 801)
    kernel = np.hanning(161) / np.hanning(161).sum()
    noise = _grains(height, width)
    pixels = np.full((height, width, 4), 255, np.uint8)
    for place, channel in enumerate((2, 1, 0)):
        values = np.interp(np.abs(steps), [0.0, 0.5, 1.0], stops[:, channel])
        smooth = np.convolve(np.pad(values, 80, mode="edge"), kernel, "valid")
        table = np.interp(np.arange(6144) / 4096, steps, smooth).astype(np.float32)
        pixels[:, :, place] = np.clip(np.rint(table[far] + noise), 0, 255)
    pixels.flags.writeable = False
    return pixels


@lru_cache(maxsize=2)
def _ground_surface(width: int, height: int, colors: tuple[str, ...]) -> cairo.ImageSurface:
    stride = cairo.ImageSurface.format_stride_for_width(cairo.FORMAT_RGB24, width)
    memory = np.zeros((height, stride // 4, 4), np.uint8)
    memory[:, :width] = ground(width, height, colors)
    return cairo.ImageSurface.create_for_data(memory.data, cairo.FORMAT_RGB24, width, height, stride)


@dataclass(frozen=True)
class Ground:
    """The lit ground of a frame of `width` x `height` pixels, for what hides the lines under it."""

    width: int
    height: int
    colors: tuple[str, ...]

    def fill(self, ctx: cairo.Context, alpha: float = 1.0, zoom: float = 1.0) -> None:
        """Fill the context's path with the ground that lies there.

        The context's user space is frame pixels, `zoom` times as large; where the camera scales it, the
        ground stays on the screen.
        """
        pattern = cairo.SurfacePattern(_ground_surface(self.width, self.height, self.colors))
        pattern.set_filter(cairo.FILTER_NEAREST)
        pattern.set_extend(cairo.EXTEND_PAD)
        matrix = ctx.get_matrix()
        pattern.set_matrix(cairo.Matrix(1 / zoom, 0, 0, 1 / zoom) if matrix.xx == 1.0 else matrix)
        ctx.save()
        ctx.clip()
        ctx.set_source(pattern)
        ctx.paint_with_alpha(alpha)
        ctx.restore()


def rounded(ctx: cairo.Context, box: Box, radius: float) -> None:
    """Make a box with round corners the context's path."""
    ctx.new_path()
    add_rounded(ctx, box, max(0.0, min(radius, box.width / 2, box.height / 2)))


def add_rounded(ctx: cairo.Context, box: Box, radius: float) -> None:
    """Add a box with round corners to the context's path."""
    quarter = math.pi / 2
    ctx.new_sub_path()
    ctx.arc(box.right - radius, box.top + radius, radius, -quarter, 0)
    ctx.arc(box.right - radius, box.bottom - radius, radius, 0, quarter)
    ctx.arc(box.left + radius, box.bottom - radius, radius, quarter, 2 * quarter)
    ctx.arc(box.left + radius, box.top + radius, radius, 2 * quarter, 3 * quarter)
    ctx.close_path()


def use(ctx: cairo.Context, color: str, alpha: float = 1.0) -> None:
    """Paint with `#RRGGBB` at an opacity of 0 to 1 from now on."""
    red, green, blue = channels(color)
    ctx.set_source_rgba(red / 255, green / 255, blue / 255, alpha)


def strokes(
    box: Box,
    paths: Sequence[Sequence[Point]],
    color: str,
    width: float,
    alpha: float = 1.0,
    dash: Sequence[float] = (),
    bent: bool = False,
) -> Painted:
    """Lines through the points of each path, or `bent` through four of them; dashes and curves end round."""

    def paint(ctx: cairo.Context) -> None:
        use(ctx, color, alpha)
        ctx.set_line_width(width)
        if dash or bent:
            ctx.set_line_cap(cairo.LINE_CAP_ROUND)
        ctx.set_dash(list(dash))
        for first, *others in paths:
            ctx.move_to(*first)
            if bent:
                ctx.curve_to(*others[0], *others[1], *others[2])
            closed = others[-1] == first
            for point in () if bent else others[: len(others) - closed]:
                ctx.line_to(*point)
            if closed:
                ctx.close_path()
        ctx.stroke()

    return Painted(box, paint)


def around(box: Box) -> list[Point]:
    """The corners of a box, from the upper left and back to it."""
    left, top, right, bottom = box
    return [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]


def shade(start: Point, end: Point, stops: Sequence[tuple[float, str, float]]) -> cairo.LinearGradient:
    """A linear gradient through stops of (share, colour, opacity)."""
    gradient = cairo.LinearGradient(*start, *end)
    for share, color, alpha in stops:
        red, green, blue = channels(color)
        gradient.add_color_stop_rgba(share, red / 255, green / 255, blue / 255, alpha)
    return gradient


def use_shade(
    ctx: cairo.Context, box: Box, stops: Sequence[tuple[float, str, float]], across: bool = False
) -> None:
    """Paint with a gradient over `box` from now on, downwards or `across`, with the ground's grains in it.

    Stops are (share, colour, opacity). Cairo's gradients have no dither: over a panel they show as bands.
    """
    (left, top), (right, bottom) = (ctx.user_to_device(*at) for at in (box[:2], box[2:]))
    x, y = math.floor(left), math.floor(top)
    width, height = math.ceil(right) - x, math.ceil(bottom) - y
    first, last, count = (left - x, right - x, width) if across else (top - y, bottom - y, height)
    shares = (np.arange(count) + 0.5 - first) / max(1e-6, last - first)
    colors = np.array([[*reversed(channels(color)), 255.0] for _, color, _ in stops])
    exact = colors * np.array([[alpha] for *_, alpha in stops])
    places = [share for share, *_ in stops]
    levels = [np.interp(shares, places, one).astype(np.float32) for one in exact.T]
    rows = [one[None, :] if across else one[:, None] for one in levels]
    tile = blank(width, height)
    noise, opacity = _grains(height, width), rows[3]
    for channel, level in enumerate(rows[:3]):
        tile.pixels[:, :, channel] = np.rint(np.clip(level + noise, 0.0, opacity))
    tile.pixels[:, :, 3] = np.rint(opacity)
    tile.surface.mark_dirty()
    matrix = ctx.get_matrix()
    ctx.identity_matrix()
    ctx.set_source_surface(tile.surface, x, y)
    ctx.get_source().set_filter(cairo.FILTER_NEAREST)
    ctx.get_source().set_extend(cairo.EXTEND_PAD)
    ctx.set_matrix(matrix)


def paint_glossy(ctx: cairo.Context, rect: Rect, tail: str, head: str, gloss: float = 0.16) -> None:
    """Fill whole pixels from `tail` at the left to `head` at the right, lighter at the top by `gloss`.

    It is dithered: over the length of a bar a gradient of few levels would show as stripes.
    """
    height, width = rect.bottom - rect.top, rect.width
    across = (np.arange(width) + 0.5)[None, :, None] / width
    down = ((np.arange(height) + 0.5) / height)[:, None, None]
    first, last = (np.array([*reversed(channels(color))], float) for color in (tail, head))
    exact = first + (last - first) * across
    exact = exact + (255.0 - exact) * gloss * np.clip(1 - down / 0.45, 0.0, 1.0)
    tile = blank(width, height)
    tile.pixels[:, :, :3] = np.floor(np.clip(exact + dither(height, width)[:, :, None], 0.0, 255.0))
    tile.pixels[:, :, 3] = 255
    tile.surface.mark_dirty()
    ctx.set_source_surface(tile.surface, rect.left, rect.top)
    ctx.get_source().set_filter(cairo.FILTER_NEAREST)
    ctx.paint()


PANEL = 40_000.0
"""What is larger, in square design units, is a panel; smaller things are chips, whose gradients are too short
to band, and which move."""


def plate(
    box: Box,
    fill: str,
    edge: str | None = None,
    radius: float = 16.0,
    stroke: float = 3.0,
    lift: float = 0.13,
    alpha: float = 1.0,
) -> Painted:
    """A panel or chip: `fill`, lighter at the top by the share `lift` of white; its outline lies inside."""

    def paint(ctx: cairo.Context) -> None:
        inner = box.inset(stroke / 2) if edge else box
        rounded(ctx, inner, radius)
        top = mix(fill, "#FFFFFF", lift)
        stops = [(0.0, top, alpha), (1.0, fill, alpha)]
        if lift and box.width * box.height > PANEL:
            use_shade(ctx, box, stops)
        else:
            ctx.set_source(shade((0, box.top), (0, box.bottom), stops))
        ctx.fill_preserve()
        if edge:
            use(ctx, edge)
            ctx.set_line_width(stroke)
            ctx.stroke()
        ctx.new_path()

    return Painted(box, paint, radius + stroke)


def slab(box: Box, color: str, ground: str, radius: float = 10.0, share: float = 0.36) -> Painted:
    """A layer of a network seen from the front: a quiet bar of `color` with a bright upper edge."""

    def paint(ctx: cairo.Context) -> None:
        rounded(ctx, box, radius)
        left, right = mix(ground, color, share), mix(ground, color, share * 0.7)
        use_shade(ctx, box, [(0, left, 0.92), (1, right, 0.92)], across=True)
        ctx.fill()
        ctx.save()
        rounded(ctx, box, radius)
        ctx.clip()
        use(ctx, color, 0.75)
        ctx.rectangle(box.left, box.top, box.width, 2.5)
        ctx.fill()
        ctx.restore()

    return Painted(box, paint)


def hatch(
    box: Box,
    color: str,
    alpha: float = 0.28,
    step: float = 30.0,
    radius: float = 0.0,
    fixed: bool = False,
) -> Painted:
    """Diagonal stripes inside a box, so that a fill is told from another without a hue.

    `fixed` stripes lie as the box's lower left corner does, so that they rest while its right side moves.
    """
    origin = box.left + box.bottom if fixed else 0.0

    def paint(ctx: cairo.Context) -> None:
        ctx.save()
        rounded(ctx, box, radius)
        ctx.clip()
        use(ctx, color, alpha)
        ctx.set_line_width(step * 0.42)
        first = math.floor((box.left + box.top - origin) / step)
        last = math.ceil((box.right + box.bottom - origin) / step)
        for index in range(first, last + 1):
            ctx.move_to(origin + index * step - box.top, box.top)
            ctx.line_to(origin + index * step - box.bottom, box.bottom)
        ctx.stroke()
        ctx.restore()

    return Painted(box, paint)


def glow(
    center: Point, across: float, up: float, color: str, alpha: float = 0.4, still: bool = True
) -> Field:
    """A radial light of half axes `across` and `up`; `alpha` is its opacity in the middle."""
    x0, y0 = center

    def alpha_at(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        far = np.clip(np.hypot((x - x0) / across, (y - y0) / up), 0.0, 1.0)
        return alpha * (1 - far) ** 2 * (1 + 2 * far)

    return Field(Box(x0 - across, y0 - up, x0 + across, y0 + up), color, alpha_at, still)


def deck(front: Box, back: Point, color: str, face: float = 0.2, edge: float = 0.6) -> Painted:
    """A layer of a network seen from above, at an angle: its front edge is the bar `front`, its upper face
    goes back from there by `back`. `face` and `edge` are opacities at the left; both fade to the right."""
    far = front.shifted(*back)

    def paint(ctx: cairo.Context) -> None:
        ctx.move_to(front.left, front.top)
        for x, y in ((far.left, far.top), (far.right, far.top), (front.right, front.top)):
            ctx.line_to(x, y)
        ctx.close_path()
        stops = [(0, color, face), (0.55, color, face * 0.62), (1, color, face * 0.3)]
        ctx.set_source(shade((front.left, 0), (far.right, 0), stops))
        ctx.fill()
        for x, y, wide, tall, strength in (
            (far.left, far.top, front.width, 1.5, 0.45),
            (*front[:2], front.width, front.height, 0.9),
            (*front[:2], front.width, 2.0, 0.9),
        ):
            stops = [(0, color, edge * strength), (1, color, edge * strength * 0.45)]
            ctx.set_source(shade((x, 0), (x + wide, 0), stops))
            ctx.rectangle(x, y, wide, tall)
            ctx.fill()
        # The right end, which is seen because the eye is left of it.
        ctx.move_to(front.right, front.top)
        for x, y in ((far.right, far.top), (far.right, far.bottom), (front.right, front.bottom)):
            ctx.line_to(x, y)
        ctx.close_path()
        use(ctx, color, edge * 0.3)
        ctx.fill()

    return Painted(front.joined(far), paint)


def chip(box: Box, fill: str, edge: str, cell: float, dark: str, radius: float = 17.0) -> Painted:
    """A token: a plate whose first `cell` design units, darkened with `dark`, hold its request's name."""
    body, outline = plate(box, fill, None, radius, lift=0.12), plate(box, fill, edge, radius, 3.5, alpha=0.0)

    def paint(ctx: cairo.Context) -> None:
        ctx.push_group()
        body.paint(ctx)
        ctx.set_operator(cairo.OPERATOR_ATOP)
        use(ctx, dark, 0.5)
        ctx.rectangle(box.left, box.top, cell, box.height)
        ctx.fill()
        ctx.pop_group_to_source()
        ctx.paint()
        outline.paint(ctx)

    return Painted(box, paint)


def fade(box: Box, color: str, start: float, end: float, side: str = "left") -> Field:
    """A flat gradient of one colour, from opacity `start` at `side` to `end` at the other side."""
    across = side in ("left", "right")
    first, last = (start, end) if side in ("left", "top") else (end, start)

    def alpha_at(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        share = (x - box.left) / box.width if across else (y - box.top) / box.height
        share = np.clip(share, 0.0, 1.0)
        return first + (last - first) * share * share * (3 - 2 * share)

    return Field(box, color, alpha_at)


@dataclass(frozen=True, eq=False)
class Shadow:
    """A soft shadow of a rounded box: `blur` is its reach in design units, `drop` how far below it lies."""

    holder: Box
    radius: float = 16.0
    blur: float = 18.0
    drop: float = 6.0
    alpha: float = 0.45
    color: str = "#000000"
    still: bool = True

    @property
    def box(self) -> Box:
        return self.holder.inset(-self.blur * 1.6).shifted(0, self.drop)

    def draw(self, ctx: cairo.Context, scale: float) -> None:
        left, top = math.floor(self.box.left * scale), math.floor(self.box.top * scale)
        width = math.ceil(self.box.right * scale) - left
        height = math.ceil(self.box.bottom * scale) - top
        tile = blank(width, height)
        inner = cairo.Context(tile.surface)
        inner.translate(-left, -top)
        inner.scale(scale, scale)
        rounded(inner, self.holder.shifted(0, self.drop), self.radius)
        inner.fill()
        tile.surface.flush()
        blurred = Image.fromarray(np.ascontiguousarray(tile.pixels[:, :, 3])).filter(
            ImageFilter.GaussianBlur(self.blur * scale / 2)
        )
        _fill(tile, np.asarray(blurred) / 255 * self.alpha, self.color, self.still)
        ctx.set_source_surface(tile.surface, left, top)
        ctx.get_source().set_filter(cairo.FILTER_NEAREST)
        ctx.paint()


STREAKS = ((0.5, 0.84, 0.35), (0.16, 0.05, 1.0), (0.5, 0.05, 1.0), (0.84, 0.05, 1.0))
"""The streaks of a tail: middle and width as shares of what moves, and strength."""


def tail(box: Box, color: str, side: str = "top", reach: float = 90.0, alpha: float = 0.55) -> Painted:
    """Three streaks behind what moves away from `side` of `box`, fading over `reach` design units."""
    upright = side in ("top", "bottom")
    behind = -1 if side in ("top", "left") else 1
    edge = getattr(box, side)

    def paint(ctx: cairo.Context) -> None:
        for share, width, strength in STREAKS:
            if upright:
                middle, wide = box.left + share * box.width, width * box.width
                start, end = (0, edge), (0, edge + behind * reach)
                ctx.rectangle(middle - wide / 2, min(edge, edge + behind * reach), wide, reach)
            else:
                middle, wide = box.top + share * box.height, width * box.height
                start, end = (edge, 0), (edge + behind * reach, 0)
                ctx.rectangle(min(edge, edge + behind * reach), middle - wide / 2, reach, wide)
            ctx.set_source(shade(start, end, [(0, color, alpha * strength), (1, color, 0.0)]))
            ctx.fill()

    edges = {"left": box.left, "top": box.top, "right": box.right, "bottom": box.bottom}
    edges[side] += behind * reach
    return Painted(Box(**edges), paint)
