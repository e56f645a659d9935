"""Memory as strips of numbered places, an index that points into it, and what is struck through.

What lies in a memory never moves when an index picks it: only lines are drawn, from the entries of the index
to the places whose numbers they hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import cairo

from explainers.compositor.layer import Layer, Note, Rect, Span, Track
from explainers.kinds.diagram import acts
from explainers.kinds.diagram.motion import Sprite, free
from explainers.kinds.diagram.schedule import Look
from explainers.kinds.diagram.strips import CELL_HEAD, STRIP_HEAD, cells, heading_at
from explainers.stage import Box, Handle, Point, Stage, material, shapes
from explainers.stage.ink import Ink
from explainers.stage.marks import LineLayer
from explainers.theme import BODY, LABEL, REGULAR, STRONG, mix
from explainers.timing import ease_in_out, ease_out

if TYPE_CHECKING:
    from explainers.kinds.diagram.draw import Drawing

ADDRESS = 35
"""Size of the numbers of places and of the words over entries."""
CURVE_STEPS = 32
STRIKE = 3.0
"""Width of a line through something: less than a tenth of a word is covered, so that it is still read."""
NEUTRAL = ("text", "muted")
"""Roles without a colour of their own."""
QUIET_LINE = 0.3
"""Opacity of an index's lines while something else is highlighted."""


@dataclass
class Line:
    """A line from an entry of an index to a place: its layer's tracks, and what it ties together."""

    index: str
    memory: str
    drawn: Track
    light: Track
    marks: list[Handle] = field(default_factory=list)


class Strips:
    """The memories and indices of a drawing."""

    def __init__(self, drawing: Drawing):
        self.drawing, self.stage = drawing, drawing.at.stage
        self.lines: list[Line] = []
        self.strikes: dict[str, list[Track]] = {}
        self.lit_until: dict[tuple[str, int], float] = {}

    def add(self, name: str, box: Box) -> None:
        """Put a strip on stage: its panel with a cell a slot, its heading, and the words over the slots."""
        drawing, stage = self.drawing, self.stage
        node, places = drawing.params.nodes[name], self.cells(name)
        with stage.named(name, "panel"):
            panel = partial(strip_inks, stage, box, places, node.shape == "memory")
            line = drawing.timelines[name].without_text()
            drawing._show(name, panel, 3.0, lambda look: Note("frame", name), solid=True, line=line)
        with stage.named(name, "label"):
            heading = partial(self._heading, name, box)
            drawing._show(name, heading, 3.3, drawing._text())
        heads = (
            [str(number) for number in range(1, len(places) + 1)] if node.shape == "memory" else node.heads
        )
        for index, (text, cell) in enumerate(zip(heads, places, strict=False), 1):
            with stage.named(name, f"head {index}"):
                drawing._show(name, partial(self._head, text, cell), 3.4, self._note(text))

    def cells(self, name: str) -> list[Box]:
        """The cells of a strip: each slot with the words over it."""
        return cells(self.drawing.sizes, name, self.drawing.at.layout.nodes[name])

    def _heading(self, name: str, box: Box, look: Look) -> list[Ink]:
        if not look.text:
            return []
        stage, role = self.stage, "text" if look.role in NEUTRAL else look.role
        style = stage.style(LABEL, STRONG, role)
        below = heading_at(self.drawing.params.nodes[name]) == "bottom"
        y = box.bottom - STRIP_HEAD * 0.5 - 6 if below else box.top + STRIP_HEAD * 0.5 + 8
        return [stage.middle_run(look.text, self.cells(name)[0].left, y, style, "left")]

    def _note(self, text: str) -> Callable[[Look], Note]:
        return lambda look: Note("text", text, ADDRESS * self.stage.zoom, role="muted")

    def _head(self, text: str, cell: Box, look: Look) -> list[Ink]:
        theme = self.stage.theme
        color = mix(theme.color("muted"), theme.color("text"), 0.5)
        style = self.stage.style(ADDRESS, REGULAR, color, mono=True)
        return [self.stage.middle_run(text, cell.center[0], cell.top + CELL_HEAD * 0.5 - 2, style)]

    # -- what happens --------------------------------------------------------------------------

    def enter(self, name: str, t: float) -> None:
        """Arrive at `t`; what is there from the start stands in the first frame."""
        drawing = self.drawing
        node, graph = drawing.params.nodes[name], drawing.graph
        later = name in drawing.schedule.entered
        for handle in drawing.handles[name] if later else ():
            handle.enter(t, dy=28)
        for entry, token in enumerate(node.picks):
            role = graph.nodes[node.of or ""].role
            self._pick(acts.Pick(t, acts.LINK_S, name, entry, graph.homes[token][1], role), there=not later)

    def perform(self, act: acts.Act) -> None:
        match act:
            case acts.Pick():
                self._pick(act)
            case acts.Strike():
                self._strike(act)
            case acts.Focus():
                lit = None if act.bright is None else act.bright | (act.outlined or frozenset())
                for line in self.lines:
                    bright = lit is None or bool(lit & {line.index, line.memory})
                    if line.drawn.last:
                        line.light.to(1.0 if bright else QUIET_LINE, act.start_s, act.duration_s)
            case acts.Leave(name=name) | acts.Unlink(start=name):
                for line in self.lines:
                    if name in (line.index, line.memory):
                        line.light.to(0.0, act.start_s, act.duration_s)
                        for handle in line.marks:
                            handle.fade(free(handle, act.start_s), 0.0, act.duration_s)
                for shown in self.strikes.get(name, ()) if isinstance(act, acts.Leave) else ():
                    shown.to(0.0, act.start_s, act.duration_s)

    def _pick(self, act: acts.Pick, there: bool = False) -> None:
        """An entry takes on the number of a place, and a line is drawn from one to the other."""
        drawing, stage = self.drawing, self.stage
        memory = drawing.params.nodes[act.index].of or ""
        entry, place = self.cells(act.index)[act.entry], self.cells(memory)[act.slot]
        color, start_s = stage.theme.color(act.role), act.start_s
        chip = _slot(entry)
        fill = mix(stage.theme.background, color, 0.22)
        style = stage.style(BODY, STRONG, "text", mono=True)
        number = str(act.slot + 1)
        note = Note("text", number, BODY * stage.zoom, style.color, fill)
        inks: list[Ink] = [
            material.plate(chip, fill, color, 12.0, 3.5),
            stage.middle_run(number, *chip.center, style),
        ]
        with stage.named(act.index, f"entry {act.entry + 1}"):
            held = stage.mobject(*inks, z=3.6, note=note)
        points = _curve(entry, place)
        line = Line(act.index, memory, Track(1.0 if there else 0.0), Track(1.0), [held])
        self.lines.append(line)
        with stage.named(act.index, f"line {act.entry + 1}"):
            stage.drawn(LineLayer(points, stage.scale, color, line.drawn, line.light, 4.5, 4.4))
            line.marks.append(stage.mobject(_tip(points[-1], color), z=4.45))
        if there:
            return
        held.enter(start_s, dy=24, duration_s=act.duration_s * 0.7)
        line.drawn.to(1.0, start_s + act.duration_s * 0.3, act.duration_s * 0.7, ease_out)
        line.marks[1].hide().fade(start_s + act.duration_s * 0.9, 1.0, 0.12)
        self._light(memory, act.slot, color, act.end_s)

    def _light(self, memory: str, slot: int, color: str, t: float) -> None:
        """A picked place glows for a moment; picked again meanwhile, it does not glow twice."""
        if t < self.lit_until.get((memory, slot), 0.0):
            return
        self.lit_until[memory, slot] = t + 1.5
        alpha = 0.28 if self.stage.theme.dark else 0.2
        width = self.cells(memory)[slot].width
        glow = material.glow(self.drawing.at.slots[memory][slot], width * 0.8, 74, color, alpha)
        with self.stage.named(memory, f"light {slot + 1}"):
            lit = self.stage.mobject(glow, z=3.2).hide()
        lit.fade(t - 0.1, 1.0, 0.25).fade(t + 0.9, 0.0, 0.6)

    def _strike(self, act: acts.Strike) -> None:
        drawing = self.drawing
        thing = drawing.sprites.get(act.name) or drawing.at.layout.nodes[act.name]
        drawn, shown = Track(0.0).to(1.0, act.start_s, act.duration_s, ease_in_out), Track(1.0)
        self.strikes.setdefault(act.name, []).append(shown)
        color = self.stage.theme.color("text")
        with self.stage.named(act.name, "strike"):
            width = STRIKE * (0.7 if drawing.sizes.narrow else min(1.0, drawing.at.zoom))
            self.stage.drawn(StrikeLayer(thing, color, self.stage.scale, width, drawn, shown))


def strip_inks(stage: Stage, box: Box, cells: Sequence[Box], solid: bool, look: Look) -> list[Ink]:
    """A strip's panel and its empty cells, outlined where `solid` and dashed where not."""
    theme, dim = stage.theme, look.emphasis == "dim"
    neutral = look.role in NEUTRAL
    color = theme.color("muted") if neutral else theme.color(look.role)
    share = (0.1 if dim else 0.17) if theme.dark else (0.05 if dim else 0.09)
    fill = mix(theme.panel if neutral else theme.background, color, share)
    edge = theme.color("text") if look.emphasis == "out" else mix(fill, color, 0.35 if dim else 0.85)
    box, cells = stage.snapped(box), [stage.snapped(cell) for cell in cells]
    inks: list[Ink] = [material.Shadow(box, 20.0, alpha=0.4 if theme.dark else 0.14)] if not dim else []
    inks.append(material.plate(box, fill, edge, 20.0, 4.0 if look.emphasis == "out" else 3.0, 0.05))
    quiet, inside = mix(fill, color, 0.3 if dim else 0.55), mix(fill, theme.ground[2], 0.35)
    for cell in cells:
        slot = _slot(cell)
        inks.append(material.plate(slot, inside, None, 12.0, lift=0.0))
        if solid:
            inks.append(shapes.panel(cell, quiet, None, 4.0, 2.0))
        else:
            inks.append(shapes.panel(slot, quiet, None, 12.0, 2.0, dashed=True))
    return inks


def _slot(cell: Box) -> Box:
    """The part of a cell under its words."""
    return cell._replace(top=cell.top + CELL_HEAD, bottom=cell.bottom - 6).inset(8, 0)


def _tip(at: Point, color: str) -> Ink:
    return shapes.disc(*at, 9.0, color)


def _curve(start: Box, end: Box) -> list[Point]:
    """An S from the facing side of one cell to that of another, as a line of points."""
    (x0, y0), (x3, y3) = start.center, end.center
    if max(end.top - start.bottom, start.top - end.bottom) > 0:
        y0, y3 = (start.bottom, end.top) if y3 > y0 else (start.top, end.bottom)
        x1, y1, x2, y2 = x0, (y0 + y3) / 2, x3, (y0 + y3) / 2
    else:
        x0, x3 = (start.right, end.left) if x3 > x0 else (start.left, end.right)
        x1, y1, x2, y2 = (x0 + x3) / 2, y0, (x0 + x3) / 2, y3
    points = []
    for step in range(CURVE_STEPS + 1):
        s = step / CURVE_STEPS
        a, b, c, d = (1 - s) ** 3, 3 * s * (1 - s) ** 2, 3 * s * s * (1 - s), s**3
        points.append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
    return points


@dataclass
class StrikeLayer(Layer):
    """A slanted line over a token or node, drawn on from the lower left; it stays with a moving token."""

    thing: Sprite | Box
    color: str
    scale: float
    width: float
    drawn: Track
    shown: Track
    z: float = 7.2
    note: Note | None = None

    def state(self, t: float) -> Any:
        share, opacity = self.drawn.at(t), self.shown.at(t)
        if share <= 0.001 or opacity <= 0.001:
            return None
        box = self.thing.box(t) if isinstance(self.thing, Sprite) else self.thing
        left, top, right, bottom = (round(edge * self.scale, 1) for edge in box.inset(-10, -4))
        x, y = left + (right - left) * share, bottom + (top - bottom) * share
        return left, bottom, round(x, 1), round(y, 1), round(opacity, 3)

    def box(self, state: Any) -> Rect:
        left, bottom, x, y, _ = state
        pad = 6 * self.scale + 2
        return Rect(int(left - pad), int(y - pad), int(x + pad) + 1, int(bottom + pad) + 1)

    def spans(self) -> list[Span]:
        moves = self.thing.moves if isinstance(self.thing, Sprite) else []
        return [*self.drawn.spans(), *self.shown.spans(), *moves]

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        left, bottom, x, y, opacity = state
        material.use(ctx, self.color, opacity)
        ctx.set_line_width(self.width * self.scale)
        ctx.set_line_cap(cairo.LINE_CAP_ROUND)
        ctx.move_to(left, bottom)
        ctx.line_to(x, y)
        ctx.stroke()
        ctx.set_line_cap(cairo.LINE_CAP_BUTT)
