"""A tape: a strip of columns far longer than its window, drawn in pieces as they come into sight.

What a frame costs depends on the window, not on the tape: a piece is drawn once, when a column of it is
first seen, and then only placed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import cairo
import numpy as np

from explainers.compositor.drawn import rgb
from explainers.compositor.layer import Layer, Note, Rect, Span, Tile, blank

PIECE = 128
"""Columns of a piece."""
KEPT = 32
"""Pieces kept, the ones seen last."""


@dataclass
class TapeLayer(Layer):
    """The tape up to `head_at(t)` columns, seen through `window`, in pixels.

    It is written from the window's left edge; once the window is full it runs out of sight on the left.
    `draw(first, pixels)` paints the columns from `first` on into premultiplied BGRA `pixels` of shape
    (window height, columns, 4). `edge` is the colour of a line at the head, `edge_width` its pixels.
    """

    window: Rect
    head_at: Callable[[float], int]
    draw: Callable[[int, np.ndarray], None]
    changes: tuple[Span, ...]
    edge: str | None = None
    edge_width: int = 2
    z: float = 0.0
    note: Note | None = None
    _pieces: OrderedDict[int, Tile] = field(default_factory=OrderedDict, repr=False)

    @property
    def width(self) -> int:
        return self.window.right - self.window.left

    def state(self, t: float) -> int:
        return max(0, self.head_at(t))

    def box(self, state: Any) -> Rect:
        return self.window

    def dirty(self, before: Any, after: Any) -> list[Rect]:
        if before is None or after is None or max(before, after) > self.width:
            return [self.window]
        first, last = sorted((before, after))
        left, reach = self.window.left, self.edge_width
        return [self.window._replace(left=left + first - reach, right=left + last + reach).cut(self.window)]

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        head: int = state
        first = max(0, head - self.width)
        left, top, _, bottom = self.window
        ctx.save()
        ctx.rectangle(left, top, head - first, bottom - top)
        ctx.clip()
        for index in range(first // PIECE, -(-head // PIECE)):
            ctx.set_source_surface(self._piece(index).surface, left + index * PIECE - first, top)
            ctx.get_source().set_filter(cairo.FILTER_NEAREST)
            ctx.paint()
        if self.edge and head:
            ctx.set_source_rgb(*rgb(self.edge))
            ctx.rectangle(left + head - first - self.edge_width, top, self.edge_width, bottom - top)
            ctx.fill()
        ctx.restore()

    def _piece(self, index: int) -> Tile:
        if index not in self._pieces:
            tile = blank(PIECE, self.window.bottom - self.window.top)
            self.draw(index * PIECE, tile.pixels)
            self._pieces[index] = tile
            if len(self._pieces) > KEPT:
                self._pieces.popitem(last=False)
        self._pieces.move_to_end(index)
        return self._pieces[index]

    def spans(self) -> list[Span]:
        return list(self.changes)
