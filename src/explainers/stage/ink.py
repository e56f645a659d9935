"""Manim's camera and fonts, set up once a process, and mobjects and texts rasterised to tiles."""

from __future__ import annotations

import atexit
import ctypes
import os
import shutil
import tempfile
from collections.abc import Sequence
from functools import cache, reduce
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import cairo
import manim
import manimpango
import numpy as np
from fontTools.ttLib import TTFont
from manim import Mobject, VMobject
from manimpango import cmanimpango

from explainers.compositor.layer import Drawing, Tile, blank
from explainers.errors import MissingDependency
from explainers.fonts import PACKAGES, font_files
from explainers.stage.shapes import UNIT, Box

_NO_FONTS = "<?xml version='1.0'?><fontconfig><rescan><int>0</int></rescan></fontconfig>"
"""Settings of fontconfig without any folder of fonts."""


@cache
def register_fonts() -> None:
    """Register the fonts with Pango; runs once a process, or once for all that are forked from it.

    Fontconfig reads its settings with the first font, and is given some in which no font of the machine is.
    """
    before = {name: value for name, value in os.environ.items() if name == "FONTCONFIG_FILE"}
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as settings:
        settings.write(_NO_FONTS)
        settings.flush()
        os.environ["FONTCONFIG_FILE"] = settings.name
        try:
            for name in PACKAGES:
                for path in font_files(name):
                    register(path)
        finally:
            del os.environ["FONTCONFIG_FILE"]
            os.environ.update(before)


@cache
def register(path: Path) -> None:
    """Register a font file with Pango, which finds a new font only with a new font map."""
    if not manimpango.register_font(str(path)):
        raise MissingDependency(f"Pango did not take the font {path.name}; run `explainers doctor`")
    ctypes.CDLL(cmanimpango.__file__).pango_cairo_font_map_set_default(None)


@cache
def setup() -> None:
    """Register the fonts and give Manim a scratch folder of its own; runs once a process."""
    register_fonts()
    manim.config.media_dir = str(scratch())
    manim.config.verbosity = "ERROR"


@cache
def scratch() -> Path:
    """A folder of this process, which goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="explainers-ink-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def font_measures(name: str) -> tuple[float, float, float]:
    """Cap height, advance of a digit and left bearing of `H`, in em."""
    font = TTFont(font_files(name)[0], lazy=True)
    em = font["head"].unitsPerEm
    names = font.getBestCmap()
    advance, _ = font["hmtx"][names[ord("0")]]
    _, bearing = font["hmtx"][names[ord("H")]]
    return font["OS/2"].sCapHeight / em, advance / em, bearing / em


class _TileCamera(manim.Camera):
    """Manim's Cairo camera, with colours in Cairo's own order, drawing on a context it is given."""

    def set_cairo_context_color(self, ctx: Any, rgbas: Any, vmobject: Any) -> Any:
        if len(rgbas) == 1:
            ctx.set_source_rgba(*rgbas[0])
            return self
        return super().set_cairo_context_color(ctx, np.asarray(rgbas)[:, [2, 1, 0, 3]], vmobject)


@cache
def camera() -> _TileCamera:
    setup()
    return _TileCamera(pixel_width=2, pixel_height=2)


class Drawable(Protocol):
    """Something other than a mobject that can be drawn in a tile, such as a line of text."""

    @property
    def box(self) -> Box: ...

    def draw(self, ctx: cairo.Context, scale: float) -> None: ...


Ink: TypeAlias = "Mobject | Drawable"
"""What a tile can be made of."""


def draw(ctx: cairo.Context, mobject: Mobject, scale: float) -> None:
    """Draw a mobject on a context whose user space is frame pixels; `scale` is pixels a design unit."""
    ctx.save()
    ctx.scale(scale * UNIT, -scale * UNIT)
    parts = [part for part in mobject.get_family() if isinstance(part, VMobject) and len(part.points)]
    for part in sorted(parts, key=lambda part: part.z_index):
        camera().display_vectorized(part, ctx)
    ctx.restore()


def bounds(inks: Sequence[Ink]) -> Box:
    """The box of mobjects and texts in design units, strokes included."""
    return reduce(Box.joined, (_mobject_box(i) if isinstance(i, Mobject) else i.box for i in inks))


def _mobject_box(mobject: Mobject) -> Box:
    parts = [part for part in mobject.get_family() if len(part.points)]
    if not parts:
        return Box(0, 0, 0, 0)
    points = np.concatenate([part.points for part in parts])
    stroke = max((part.get_stroke_width() for part in parts if isinstance(part, VMobject)), default=0.0)
    low, high = points.min(axis=0) * UNIT, points.max(axis=0) * UNIT
    box = Box(float(low[0]), float(-high[1]), float(high[0]), float(-low[1]))
    return box.inset(-float(stroke) / 2) if stroke else box


def raster(inks: Sequence[Ink], scale: float) -> Tile:
    """Mobjects and texts, one over the other, as a tile at their place; `scale` is pixels a unit."""
    box = bounds(inks)
    left, top = int(np.floor(box.left * scale)) - 2, int(np.floor(box.top * scale)) - 2
    right, bottom = int(np.ceil(box.right * scale)) + 2, int(np.ceil(box.bottom * scale)) + 2
    tile = blank(right - left, bottom - top, left, top)
    ctx = cairo.Context(tile.surface)
    ctx.translate(-left, -top)
    for one in inks:
        if isinstance(one, Mobject):
            draw(ctx, one, scale)
        else:
            one.draw(ctx, scale)
    tile.surface.flush()
    # Another tile of the same pixels: what a surface says of itself is lost when it is drawn on.
    return Tile(tile.pixels, left, top, Drawing(tuple(inks), scale, left, top))
