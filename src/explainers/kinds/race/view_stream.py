"""The view `stream`: one request's text, token by token, on a ground of green where a token left early."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

import cairo
import numpy as np

from explainers.film.layer import DrawnLayer, Layer, Note, Rect, Tile, Track, blank
from explainers.kinds.race.clock import START_S
from explainers.kinds.race.legend import Entry
from explainers.kinds.race.pen import Pen
from explainers.kinds.race.written import Cluster, SetText, Written, cells_of, set_text
from explainers.stage import Box, Stage
from explainers.stage.ink import font_measures
from explainers.stage.numbers import draw_number
from explainers.theme import MONO, Theme, channels, mix
from explainers.timing import ease_out

SIZE, LEADING = 38.0, 1.42
GLIDE_S = 0.25
GROUND = (0.6, 0.34)
"""How much green is in the ground of a token that left at the first of the ramps, and at the last."""
HEADING = 50.0
"""Room above the text for the name of the request, in design units."""


def stream_layer(stage: Stage, pen: Pen, box: Box, written: Written, left: int, top: int) -> Layer:
    """The text in `box`, in a picture whose corner is at (`left`, `top`) of the frame."""
    return _Stream(stage, pen, box._replace(top=box.top + HEADING), written, left, top).layer()


def stream_legend(stage: Stage, written: Written) -> list[Entry]:
    """The grounds of the text, those that there are; of many ramps the first and the last."""
    layers = sorted({int(layer) for layer in written.layers if layer > 0})
    shown = layers if len(layers) <= 2 else [layers[0], layers[-1]]
    grounds = _grounds(stage.theme, layers)
    return [Entry(grounds[layer], f"left at layer {layer}") for layer in shown]


def _grounds(theme: Theme, layers: Sequence[int]) -> Mapping[int, str]:
    """A ground for each layer at which tokens left, the earliest one the greenest."""
    steps = max(1, len(layers) - 1)
    shares = [GROUND[0] + (GROUND[1] - GROUND[0]) * index / steps for index in range(len(layers))]
    return {
        layer: mix(theme.panel, theme.color("exit"), share)
        for layer, share in zip(layers, shares, strict=True)
    }


class _Stream:
    """A request's text in its box. Lines are drawn once, when they come into sight."""

    def __init__(self, stage: Stage, pen: Pen, box: Box, written: Written, left: int, top: int):
        self.stage, self.pen, self.written, self.scale = stage, pen, written, stage.scale
        self.left, self.top = round(box.left * self.scale) - left, round(box.top * self.scale) - top
        self.style = stage.style(SIZE, mono=True)
        self.step = font_measures(MONO)[1] * SIZE * self.scale
        self.pitch = round(SIZE * LEADING * self.scale)
        self.columns = max(8, int((box.width * self.scale) / self.step))
        self.rows = max(1, int(box.height * self.scale / self.pitch))
        self.width = round(box.width * self.scale)
        self.film_s = np.array([pen.clock.film(at_s) for at_s in written.at_s.tolist()])
        self.line = lru_cache(maxsize=4 * self.rows)(self._line)

    @cached_property
    def text(self) -> SetText:
        return set_text(self.written.pieces, self.columns)

    @cached_property
    def scroll(self) -> Track:
        """The first line that is seen; it glides on when a line is begun that has no room."""
        track, line = Track(0.0), self.rows - 1
        for token, here in enumerate(self.text.line_of):
            at_s = self.written.at_s[token]
            if here > line and self.pen.clock.from_s <= at_s <= self.pen.end_s:
                line = here
                track.to(float(line - self.rows + 1), float(self.film_s[token]), GLIDE_S, ease_out)
            elif here > line:
                # What was written before the clock began is there from the start.
                line = here
                if at_s < self.pen.clock.from_s:
                    track.initial = float(line - self.rows + 1)
        return track

    @cached_property
    def grounds(self) -> Mapping[int, str]:
        return _grounds(self.stage.theme, sorted({int(x) for x in self.written.layers if x > 0}))

    def layer(self) -> DrawnLayer:
        note = Note("picture", "".join(self.written.pieces)[:200], SIZE)
        spans = [(START_S, self.pen.stops_s), *self.scroll.spans()]
        return DrawnLayer(
            self._look, self._box, self._draw, lambda: spans, note=note,
            between=self._between,
        )  # fmt: skip

    def _look(self, t: float) -> tuple[int, int]:
        now_s = min(self.pen.clock.at(t), self.pen.end_s)
        seen = int(np.searchsorted(self.written.at_s, now_s, side="right"))
        return seen, round(self.scroll.at(t) * self.pitch)

    def _box(self, state: Any) -> Rect:
        return Rect(self.left, self.top, self.left + self.width, self.top + self.rows * self.pitch)

    def _end(self, seen: int) -> tuple[int, int]:
        """Line and column after the last token that is seen."""
        return (self.text.line_of[seen - 1], self.text.end_of[seen - 1]) if seen else (0, 0)

    def _between(self, before: Any, after: Any) -> list[Rect]:
        whole = self._box(after)
        if before[1] != after[1]:
            return [whole]
        lines = sorted((self._end(before[0])[0], self._end(after[0])[0]))
        top = self.top - after[1]
        rect = whole._replace(top=top + lines[0] * self.pitch, bottom=top + (lines[1] + 1) * self.pitch)
        return [rect.cut(whole)]

    def _draw(self, ctx: cairo.Context, state: Any) -> None:
        seen, offset = state
        last, column = self._end(seen)
        box = self._box(state)
        ctx.rectangle(box.left, box.top, self.width, box.bottom - box.top)
        ctx.clip()
        for index in range(offset // self.pitch, min(last, offset // self.pitch + self.rows) + 1):
            if not seen or index >= len(self.text.lines):
                break
            y = self.top - offset + index * self.pitch
            tile = self.line(index)
            ctx.save()
            shown = self.width if index < last else round(column * self.step)
            ctx.rectangle(self.left, y, shown, self.pitch)
            ctx.clip()
            ctx.set_source_surface(tile.surface, self.left, y)
            ctx.get_source().set_filter(cairo.FILTER_NEAREST)
            ctx.paint()
            ctx.restore()
        if seen < len(self.written.pieces):
            self._caret(ctx, round(column * self.step), self.top - offset + last * self.pitch)

    def _caret(self, ctx: cairo.Context, x: int, y: int) -> None:
        red, green, blue = channels(self.pen.color)
        ctx.set_source_rgb(red / 255, green / 255, blue / 255)
        ctx.rectangle(
            self.left + x + round(2 * self.scale), y + self.pitch * 0.14, 4 * self.scale, self.pitch * 0.72
        )
        ctx.fill()

    def _line(self, index: int) -> Tile:
        """One whole line: the grounds of its tokens, and its letters."""
        tile = blank(self.width, self.pitch)
        ctx = cairo.Context(tile.surface)
        line = self.text.lines[index]
        for token in dict.fromkeys(one.token for one in line):
            layer = int(self.written.layers[token])
            if layer > 0:
                self._ground(ctx, [one for one in line if one.token == token], self.grounds[layer])
        baseline = self.pitch / 2 + font_measures(MONO)[0] * SIZE * self.scale / 2
        for one in line:
            draw_number(ctx, (one.text,), self.style, one.column * self.step, baseline, self.scale)
        tile.surface.flush()
        return tile

    def _ground(self, ctx: cairo.Context, own: Sequence[Cluster], color: str) -> None:
        red, green, blue = channels(color)
        ctx.set_source_rgb(red / 255, green / 255, blue / 255)
        left = round(own[0].column * self.step)
        right = round((own[-1].column + cells_of(own[-1].text)) * self.step)
        pad = round(self.pitch * 0.08)
        ctx.rectangle(left + 1, pad, right - left - 2, self.pitch - 2 * pad)
        ctx.fill()
