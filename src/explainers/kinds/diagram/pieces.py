"""Bars: one length, or pieces of it end to end over a bracket, with their sum behind them.

Pieces come one after another. The number counts those that have landed, and may be held against another bar.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import cairo

from explainers.compositor.layer import Layer, Note, Rect, Span, Track
from explainers.kinds.diagram import acts
from explainers.kinds.diagram.motion import free
from explainers.kinds.diagram.params import Node
from explainers.kinds.diagram.schedule import Look
from explainers.kinds.diagram.sizes import LABEL_GAP, LINE
from explainers.kinds.diagram.strips import BRACKET, SUM, SUM_GAP, bar_length, length_text, sum_below
from explainers.stage import Box, Handle, Point, Stage, material, shapes
from explainers.stage.ink import Ink
from explainers.stage.marks import NumberLayer
from explainers.theme import LABEL, REGULAR, STRONG, contrast, mix
from explainers.timing import ease_out, linear

if TYPE_CHECKING:
    from explainers.kinds.diagram.draw import Drawing

INSIDE, VALUE, LEAST = 24.0, 40.0, 28.0
"""Room beside words in a bar, the size of a number in one, and the smallest size of either."""
READABLE = 5.3
"""Least contrast of words with the bright end of the bar that they stand in, which is lit from above too."""
COMES_FROM = 24.0
"""How far from its place a piece begins to come."""
SWAP_S = 0.25
"""How long a label takes to go before the next one comes."""


@dataclass
class Bar:
    """A bar on stage: its pieces, its labels by text, the outline of what is to come, and over time how
    far each piece has grown, how many the number makes room for, when they landed, and whether it shows."""

    name: str
    node: Node
    box: Box
    step: float
    pieces: list[tuple[Handle, ...]] = field(default_factory=list)
    words: list[Handle] = field(default_factory=list)
    track: list[Handle] = field(default_factory=list)
    grown: list[Track] = field(default_factory=list)
    front: Track = field(default_factory=lambda: Track(0.0))
    shown: Track = field(default_factory=lambda: Track(1.0))
    landed: list[tuple[float, int]] = field(default_factory=list)
    mark: Handle | None = None

    def end_at(self, t: float) -> float:
        """How many pieces long it is, those that grow in part."""
        return max(
            (index + share for index, track in enumerate(self.grown) if (share := track.at(t))), default=0.0
        )

    def spans(self) -> list[Span]:
        """When its end or its number moves or changes."""
        moves = [span for track in (*self.grown, self.front, self.shown) for span in track.spans()]
        return [*moves, *((t, t + 0.02) for t, _ in self.landed)]

    def count_at(self, t: float) -> int:
        """How many pieces have landed."""
        return next((count for start, count in reversed(self.landed) if t >= start), 0)


class Bars:
    """The bars of a drawing by name."""

    def __init__(self, drawing: Drawing):
        self.drawing, self.stage = drawing, drawing.at.stage
        self.bars: dict[str, Bar] = {}

    def add(self, name: str, box: Box) -> None:
        """Put a bar on stage."""
        drawing, stage = self.drawing, self.stage
        node, dark = drawing.params.nodes[name], stage.theme.dark
        count = 1 if node.times is None else int(float(node.times))
        bar = self.bars[name] = Bar(name, node, box, box.width / count)
        line, color = drawing.timelines[name].without_text(), stage.theme.color(node.role)

        def note(look: Look) -> Note:
            return Note("frame", name)

        for index in range(count):
            left = box.left + index * bar.step
            piece = box._replace(left=left + (2 if index else 0), right=left + bar.step)
            with stage.named(name, "bar" if count == 1 else f"bar {index + 1}"):
                glow = material.glow(
                    piece.center, piece.width / 2 + 60, piece.height * 1.3, color, 0.4 if dark else 0.16
                )
                lit = stage.mobject(glow, z=2.4).hide()
                draw = partial(bar_inks, stage, piece)
                body = drawing._show(name, draw, 3.0, note, solid=True, line=line)
            inside = self._inside(bar, index, piece)
            assert body is not None
            drawing.handles[name] += inside
            bar.pieces.append((body, lit, *inside))
            bar.grown.append(Track(0.0))
        self._label(bar)
        if name in drawing.schedule.counted:
            with stage.named(name, "track"):
                dashes = mix(stage.theme.background, stage.theme.color("muted"), 0.6)
                track = shapes.panel(stage.snapped(box), dashes, None, 9.0, 2.0, dashed=True)
                bar.track.append(stage.mobject(track, z=2.2))
            drawing.handles[name] += bar.track
        if node.times is not None:
            with stage.named(name, "bracket"):
                stage.drawn(BracketLayer(bar, stage.theme.color("muted"), stage.scale))
            if node.format:
                self._sum(bar)

    def _inside(self, bar: Bar, index: int, piece: Box) -> list[Handle]:
        """The words of a piece, or the number of a bar that is one length."""
        node, stage = bar.node, self.stage
        fill, room = bar_colors(stage, Look("", node.role))[1], piece.width - INSIDE
        if index < len(node.each):
            words = node.each[index]
            size = stage.fitting_size(words, room, LABEL, LEAST, STRONG)
            (x, y), half = piece.center, stage.text_width(words, size, STRONG, mono=True) / 2 + 10
            mark = self.drawing.at.layout.nodes[node.against].right if node.against else 0.0
            if abs(mark - x) < half:
                # The end of the other bar is drawn right through the middle: they stand beside it.
                x = mark + half if mark + half < piece.right - half else mark - half
            with stage.named(bar.name, "label"):
                return [stage.middle(words, x, y, size, mono=True, weight=STRONG, z=6.2, over=fill)]
        if node.times is not None or node.format is None:
            return []
        side, label = self.drawing.sizes.label_at(bar.name), self.drawing.sizes.label(bar.name)
        x, anchor = (
            (piece.right - INSIDE, "right") if side == "center" and label else (piece.center[0], "center")
        )
        length = bar_length(node)
        if side == "center" and label:
            room -= self.drawing.sizes.text_size(label)[0] + INSIDE
        texts = [length_text(node, length), length_text(node.model_copy(update={"unit": None}), length)]
        sized = [
            (text, min(VALUE, VALUE * room / stage.text_width(text, VALUE, STRONG, mono=True)))
            for text in texts
        ]
        # Rather without its unit than too small to read.
        readable = [one for one in sized if one[1] >= stage.least_label / stage.zoom]
        text, size = (readable or [one for one in sized if one[1] >= LEAST] or sized[-1:])[0]
        if size < LEAST:
            # A bar too short for its number has it behind its end, and behind a label there.
            aside = self.drawing.sizes.text_size(label)[0] + LABEL_GAP if side == "right" and label else 0.0
            x, anchor, size, fill = piece.right + LABEL_GAP + aside, "left", VALUE, stage.theme.background
        with stage.named(bar.name, "value"):
            return [
                stage.middle(
                    text, x, piece.center[1], size, anchor=anchor, mono=True, weight=STRONG, z=6.2, over=fill
                )
            ]

    def _label(self, bar: Bar) -> None:
        """A handle for every text of its label: a new one comes when the one before has gone."""
        drawing, (x, y, anchor) = self.drawing, self._label_place(bar)
        inside = drawing.sizes.label_at(bar.name) == "center"
        timeline = drawing.timelines[bar.name]
        now, shown = timeline.first.text, None
        for t, look in [(0.0, timeline.first), *((t, look) for t, _, look in timeline.moments())]:
            if shown is not None and look.text == now:
                continue
            with self.stage.named(bar.name, "label"):
                handle = self._words(bar, look.text, (x, y), anchor, inside) if look.text else None
            if shown is not None:
                if bar.words and now:
                    bar.words[-1].leave(free(bar.words[-1], t), duration_s=SWAP_S)
                if handle:
                    handle.enter(t + SWAP_S, dy=24)
            bar.words += [handle] if handle else []
            drawing.handles[bar.name] += [handle] if handle else []
            now, shown = look.text, look.text

    def _label_place(self, bar: Bar) -> tuple[float, float, str]:
        box, y = bar.box, bar.box.center[1]
        match self.drawing.sizes.label_at(bar.name):
            case "left":
                return box.left - LABEL_GAP, y, "right"
            case "right":
                return box.right + LABEL_GAP, y, "left"
            case "top":
                return box.left, box.top - 14 - LABEL * LINE / 2, "left"
            case "bottom":
                below = BRACKET if bar.node.times is not None else 0.0
                return box.left, box.bottom + below + 14 + LABEL * LINE / 2, "left"
        return box.left + INSIDE, y, "left"

    def _words(self, bar: Bar, text: str, at: Point, anchor: str, inside: bool) -> Handle:
        """Lines of a label, mathematics set by Typst; inside a bar they shrink to leave room for a number."""
        stage, sizes, lines = self.stage, self.drawing.sizes, text.split("\n")
        room = bar.box.width - 2 * INSIDE if inside else 0.0
        if room and bar.node.format and bar.node.times is None:
            room -= (
                stage.text_width(length_text(bar.node, bar_length(bar.node)), VALUE, STRONG, mono=True) + 16
            )
        inks: list[Ink] = []
        shift = {"top": len(lines) - 1, "bottom": 0.0}.get(sizes.label_at(bar.name), (len(lines) - 1) / 2)
        for index, line in enumerate(lines):
            x, y = at[0], at[1] + (index - shift) * LABEL * LINE
            if line in sizes.typeset:
                typeset = sizes.typeset[line]
                share = min(1.0, max(LEAST / LABEL, room / typeset.width)) if room else 1.0
                left = x - (typeset.width * share if anchor == "right" else 0.0)
                inks.append(typeset.placed("", left, y, stage.theme.color("text"), share))
                continue
            size = stage.fitting_size(line, room, LABEL, LEAST, STRONG) if room else float(LABEL)
            style = stage.style(size, REGULAR if inside else STRONG, "text")
            inks.append(stage.middle_run(line, x, y, style, anchor))
        over = bar_colors(stage, Look("", bar.node.role))[1] if inside else stage.theme.background
        note = Note(
            "text", text.replace("\n", " "), LABEL * stage.zoom, stage.theme.color("text"), over, "text"
        )
        return stage.mobject(*inks, z=6.3, note=note)

    def _sum(self, bar: Bar) -> None:
        """The number behind the end: muted until it is longer than what it is held against."""
        stage, length = self.stage, float(bar.node.length or 0)
        other = self.bars.get(bar.node.against or "")
        nodes, against = self.drawing.params.nodes, bar.node.against
        least = bar_length(nodes[against]) if against else 0.0
        below = sum_below(self.drawing.sizes)
        baseline = bar.box.bottom + BRACKET + 0.73 * SUM if below else bar.box.center[1] + 0.365 * SUM

        def number(enough: bool) -> Callable[[float], tuple[str, float, float, float] | None]:
            def text_at(t: float) -> tuple[str, float, float, float] | None:
                count = bar.count_at(t)
                if not count or (length * count > least) != enough:
                    return None
                # Before it is enough the number stands behind the line that it has not reached.
                end = bar.box.left + bar.step * bar.front.at(t)
                x = bar.box.left if below else max(end, other.box.right if other else end) + SUM_GAP
                return length_text(bar.node, length * count), x, baseline, bar.shown.at(t)

            return text_at

        role = "text" if bar.node.role == "baseline" else bar.node.role
        for enough, words in ((True, role), (False, "muted")):
            note = Note(
                "text",
                length_text(bar.node, length),
                SUM * stage.zoom,
                stage.theme.color(words),
                stage.theme.background,
                words,
            )
            with stage.named(bar.name, "value"):
                style = stage.style(SUM, STRONG, words, mono=True)
                stage.drawn(NumberLayer(number(enough), style, stage.scale, bar.spans, 8.0, note=note))

    # -- what happens --------------------------------------------------------------------------

    def enter(self, name: str, t: float) -> None:
        """Stand up from its left, piece by piece, if it comes later. A bar whose pieces come by a verb waits
        for it, and what is there from the start stands in the first frame."""
        bar, schedule = self.bars[name], self.drawing.schedule
        later = name in schedule.entered
        for handle in [*bar.words[:1], *bar.track] if later else ():
            handle.enter(t + 0.2, dy=24)
        if name in schedule.counted:
            for handle in (handle for piece in bar.pieces for handle in piece):
                handle.hide()
            return
        if not later:
            bar.landed.append((0.0, len(bar.pieces)))
            bar.grown = [Track(1.0) for _ in bar.pieces]
            bar.front.initial = float(len(bar.pieces))
            return
        self._grow(
            bar, 0, len(bar.pieces), t, 0.7 if len(bar.pieces) == 1 else acts.pieces_s(len(bar.pieces))
        )

    def perform(self, act: acts.Act) -> None:
        match act:
            case acts.Pieces(node=name):
                bar = self.bars[name]
                self._mark(bar, act.start_s)
                for handle in bar.track:
                    # The number will stand where the rest of the outline is.
                    handle.fade(free(handle, act.start_s), 0.0, act.duration_s)
                if act.count >= act.before:
                    self._grow(bar, act.before, act.count, act.start_s, act.duration_s)
                else:
                    self._shrink(bar, act)
            case acts.Leave(name=name) if name in self.bars:
                self.bars[name].shown.to(0.0, act.start_s, act.duration_s)
                if mark := self.bars[name].mark:
                    mark.leave(free(mark, act.start_s))

    def _grow(self, bar: Bar, before: int, count: int, t: float, duration_s: float) -> None:
        """Pieces from `before` to `count` come, one after another, within `duration_s`; a whole bar grows."""
        pace = duration_s / acts.pieces_s(count - before) if count - before > 1 else 1.0
        took = acts.PIECE_S * pace if count - before > 1 else duration_s
        # The number is out of the way before a piece comes.
        lag = acts.PIECE_LAG_S * pace
        bar.front.to(float(count), max(0.0, t - lag), max(lag, (count - before) * lag), linear)
        for index in range(before, count):
            start, (body, lit, *inside) = t + (index - before) * lag, bar.pieces[index]
            bar.grown[index].to(1.0, start, took, ease_out)
            if bar.node.times is None:
                body.fade(free(body, start), 1.0, 0.0).reveal(start, took, "left", ease_out)
                for handle in inside:
                    handle.hide().fade(free(handle, start + took * 0.6), 1.0, 0.25)
            else:
                dx, dy = self._origin(bar, index)
                body.enter(free(body, start), dx, dy, took, fade_s=took * 0.4)
                for handle in inside:
                    handle.enter(free(handle, start + took * 0.6), COMES_FROM, 0.0, took * 0.4)
            bar.landed.append((start + took * 0.9, index + 1))
            lit.hide().fade(start, 1.0, took).fade(start + took + 0.5, 0.0, 0.6)

    def _origin(self, bar: Bar, index: int) -> Point:
        """How far from its place a piece begins: in the bar that is as long as it, if there is one."""
        for other in self.bars.values():
            if other.node.times is None and other.node.length == bar.node.length:
                (x, y), left = other.box.center, bar.box.left + index * bar.step
                return x - left - bar.step / 2, y - bar.box.center[1]
        return COMES_FROM, 0.0

    def _shrink(self, bar: Bar, act: acts.Pieces) -> None:
        for handle in (handle for piece in bar.pieces[act.count : act.before] for handle in piece):
            handle.fade(free(handle, act.start_s), 0.0, act.duration_s)
        bar.landed.append((act.start_s, act.count))
        bar.front.to(float(act.count), act.start_s, act.duration_s)
        for track in bar.grown[act.count : act.before]:
            track.to(0.0, act.start_s, act.duration_s)

    def _mark(self, bar: Bar, t: float) -> None:
        """The end of the bar it is held against, drawn down to it as a dotted line, once."""
        other = self.bars.get(bar.node.against or "")
        if other is None or bar.mark is not None:
            return
        x = other.box.right
        below = other.box.bottom < bar.box.top
        first = other.box.bottom + BRACKET if below else other.box.top
        if any(word.box.right > x - 12 for word in bar.words):
            # No line runs through words: it stands at the bar alone.
            first = bar.box.top - 10 if below else bar.box.bottom + 10
        line = [(x, first), (x, bar.box.bottom + 12 if below else bar.box.top - 12)]
        with self.stage.named(bar.name, "mark"):
            color = self.stage.theme.color("text")
            bar.mark = self.stage.mobject(shapes.route(line, color, 4.0, dashed=True), z=5.0)
        bar.mark.reveal(t, 0.3, "top" if below else "bottom", ease_out)


def bar_colors(stage: Stage, look: Look) -> tuple[str, str, str]:
    """The dark end, the bright end and the edge of a bar."""
    theme, words = stage.theme, stage.theme.color("text")
    quiet = look.role in ("baseline", "text", "muted")
    color = theme.fills.get("baseline", theme.color("muted")) if quiet else theme.color(look.role)
    bright = (0.83 if theme.dark else 0.58) if quiet else (0.52 if theme.dark else 0.36)
    while contrast(words, mix(theme.background, color, bright)) < READABLE:
        bright -= 0.02
    dark = bright * 0.6
    if look.emphasis == "dim":
        dark, bright = dark * 0.6, bright * 0.6
    edge = mix(color, theme.color("text"), 0.2)
    return mix(theme.background, color, dark), mix(theme.background, color, bright), edge


def bar_inks(stage: Stage, box: Box, look: Look) -> list[Ink]:
    """A bar, dark at its tail and bright at its head, with a lit edge at its end."""
    box = stage.snapped(box)
    tail, head, edge = bar_colors(stage, look)

    def paint(ctx: cairo.Context) -> None:
        ctx.save()
        material.rounded(ctx, box, 9.0)
        ctx.clip()
        material.use_shade(ctx, box, [(0, tail, 1.0), (1, head, 1.0)], across=True)
        ctx.paint()
        top = box.top + box.height * 0.5
        ctx.set_source(material.shade((0, box.top), (0, top), [(0, "#FFFFFF", 0.12), (1, "#FFFFFF", 0.0)]))
        ctx.paint()
        material.use(ctx, edge)
        ctx.rectangle(box.right - 6, box.top, 6, box.height)
        ctx.fill()
        ctx.restore()

    inks: list[Ink] = [material.Painted(box, paint)]
    if look.emphasis == "out":
        inks.append(shapes.panel(box, stage.theme.color("text"), None, 9.0, 4.0))
    return inks


@dataclass
class BracketLayer(Layer):
    """A bracket under the pieces of a bar, as wide as they are at each moment."""

    bar: Bar
    color: str
    scale: float
    z: float = 3.2
    note: Note | None = None

    def state(self, t: float) -> Any:
        count, shown = self.bar.end_at(t), self.bar.shown.at(t)
        if count * self.bar.step < 12 or shown <= 0.001:
            return None
        return round((self.bar.box.left + count * self.bar.step) * self.scale, 1), round(shown, 3)

    def _edges(self) -> tuple[float, float, float]:
        top = round((self.bar.box.bottom + 8) * self.scale)
        return round(self.bar.box.left * self.scale), top, top + round((BRACKET - 18) * self.scale)

    def box(self, state: Any) -> Rect:
        left, top, bottom = self._edges()
        pad = int(4 * self.scale) + 2
        return Rect(int(left) - pad, int(top) - pad, int(state[0]) + pad + 1, int(bottom) + pad)

    def spans(self) -> list[Span]:
        return self.bar.spans()

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        (left, top, bottom), half = self._edges(), 1.75 * self.scale
        material.use(ctx, self.color, state[1])
        ctx.set_line_width(3.5 * self.scale)
        ctx.move_to(left + half, top)
        ctx.line_to(left + half, bottom)
        ctx.line_to(state[0] - half, bottom)
        ctx.line_to(state[0] - half, top)
        ctx.stroke()
