"""The view `stream`: one request's text, token by token, on a ground of green where a token left early."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import cairo
import numpy as np

from explainers.compositor.layer import Layer, Note, Rect, Span, Tile, Track, blank
from explainers.errors import nearest
from explainers.fonts import SUBSTITUTE, missing, right_to_left, substituted
from explainers.kinds.race.clock import START_S
from explainers.kinds.race.measures import Race
from explainers.kinds.race.view import LEGEND, Entry, View, draw_legend
from explainers.theme import MONO, Theme, channels, mix
from explainers.timing import ease_out

if TYPE_CHECKING:
    from explainers.kinds.race.pane import Pen
    from explainers.runs.model import FloatArray, IntArray, Run
    from explainers.stage import Box

SIZE, LEADING = 38.0, 1.42
GLIDE_S = 0.25
GROUND = (0.6, 0.34)
"""How much green is in the ground of a token that left at the first of the ramps, and at the last."""
HEADING = 50.0
"""Room above the text for the name of the request, in design units."""


class StreamView(View):
    weight = 1.1
    fields = ("request",)

    @classmethod
    def meaning(cls, race: Race) -> str:
        return f"{'the same' if race.same_dataset else 'one'} request, token by token"

    @classmethod
    def footnotes(cls, race: Race) -> Sequence[str]:
        notes = []
        if any(run.tokens and run.tokens.pieces is None for run in race.runs):
            notes.append("words spread evenly over the tokens")
        texts = [found for run in race.runs if (found := text_of(race, run))]
        if any(text.substituted for text in texts):
            notes.append(f"{SUBSTITUTE} for characters that no font has")
        return notes

    @classmethod
    def lacks(cls, race: Race, run: Run) -> str | None:
        request = request_of(race)
        if request is not None and (run.requests is None or request not in run.requests.ids):
            ids = run.requests.ids if run.requests else ()
            near = nearest(request, ids)
            known = f"; did you mean {near!r}" if near else f"; it has {_listed(ids)}" if ids else ""
            return f"this run has no request {request!r} whose text could be shown{known}"
        text = text_of(race, run)
        if text is None:
            return "this run does not keep the text of its tokens"
        if right_to_left("".join(text.pieces)):
            return "its text is written from right to left, and this view sets letters in cells"
        return None

    @classmethod
    def text(cls, race: Race, run: Run) -> str | None:
        found = text_of(race, run)
        return f"{found.request} {''.join(found.pieces)}".replace("\t", " ") if found else None

    def layers(self, pen: Pen, box: Box) -> list[TextLayer]:
        text = text_of(self.race, pen.run)
        if text is None:
            return []
        pen.words(f"request {text.request}", box.left, box.top + 18, role="muted")
        # Of many ramps the legend names the first and the last.
        grounds = text.grounds(self.stage.theme)
        shown = list(grounds) if len(grounds) <= 2 else [min(grounds), max(grounds)]
        draw_legend(pen, box, [Entry(grounds[layer], f"left at layer {layer}") for layer in shown])
        # All panes have room for the legend, so that their lines stand side by side.
        return [TextLayer(pen, box._replace(top=box.top + HEADING, bottom=box.bottom - LEGEND), text)]


@dataclass(frozen=True, eq=False)
class RequestText:
    """A request's text. `at_s[i]` is when `pieces[i]` came, `layers[i]` where it left, 0 for the last layer.

    Pieces are tokens where the run keeps them; else words stand for tokens, spread evenly over them.
    """

    request: str
    pieces: tuple[str, ...]
    at_s: FloatArray
    layers: IntArray
    substituted: bool = False
    """Whether boxes stand for characters that no font has."""

    def grounds(self, theme: Theme) -> dict[int, str]:
        """A colour for each layer at which tokens left, the earliest one the greenest."""
        layers = sorted({int(layer) for layer in self.layers if layer > 0})
        step = (GROUND[1] - GROUND[0]) / max(1, len(layers) - 1)
        return {
            layer: mix(theme.panel, theme.color("exit"), GROUND[0] + step * index)
            for index, layer in enumerate(layers)
        }


def request_of(race: Race) -> str | None:
    """The id of the request whose text is shown: the author's, else the first that has text."""
    first = race.runs[0]
    ids = first.requests.ids if first.requests else ()
    wanted = race.params.request
    return wanted or next((name for row, name in enumerate(ids) if _text_in(first, row)), None)


def text_of(race: Race, run: Run) -> RequestText | None:
    """The text of the race's request in a run, as it can be drawn; None where the run does not keep it."""
    ids, request = run.requests.ids if run.requests else (), request_of(race)
    found = _text_in(run, ids.index(request)) if request in ids else None
    if found is None or not missing(found.pieces, race.letters):
        return found
    pieces = tuple(substituted(piece, race.letters) for piece in found.pieces)
    return replace(found, pieces=pieces, substituted=True)


def _listed(ids: Sequence[str]) -> str:
    return ", ".join(ids[:6]) + (f" and {len(ids) - 6:,} more" if len(ids) > 6 else "")


def _text_in(run: Run, row: int) -> RequestText | None:
    if run.requests is None or run.tokens is None:
        return None
    request = run.requests.ids[row]
    part = slice(int(run.tokens.offsets[row]), int(run.tokens.offsets[row + 1]))
    at_s, layers = run.tokens.at_s[part], np.zeros(part.stop - part.start, dtype=np.int64)
    if run.tokens.pieces is not None and any(run.tokens.pieces[part]):
        if run.tokens.exit_layers is not None:
            layers = run.tokens.exit_layers[part]
        return RequestText(request, run.tokens.pieces[part], at_s, layers)
    text = run.requests.texts[row] if run.requests.texts is not None else None
    if not text or not at_s.size:
        return None
    words = tuple(re.findall(r"\s*\S+|\s+$", text))
    token = np.minimum((np.arange(len(words)) * at_s.size) // len(words), at_s.size - 1)
    return RequestText(request, words, at_s[token], np.zeros(len(words), dtype=np.int64))


# -- text in lines of cells --------------------------------------------------------------------


@dataclass(frozen=True)
class Cluster:
    """What stands in one place of a line: a letter with its marks, and the token it belongs to."""

    text: str
    column: int
    token: int

    @property
    def end(self) -> int:
        """The column after it."""
        return self.column + cells_of(self.text[0])


@dataclass(frozen=True)
class SetText:
    """Text set in lines of cells. `line_of[i]` and `end_of[i]` are where token i ends: line, column."""

    lines: list[list[Cluster]]
    line_of: list[int]
    end_of: list[int]


def set_text(pieces: Sequence[str], columns: int) -> SetText:
    """Break the pieces into lines of `columns` cells, between words where that can be done."""
    text = SetText([[]], [], [])
    column = word_from = 0
    for token, piece in enumerate(pieces):
        for letter in _letters(piece):
            line = text.lines[-1]
            width = cells_of(letter)
            if letter == "\n":
                text.lines.append([])
                column = word_from = 0
            elif letter == " ":
                # A space that would begin a line, or stand past its end, is the break itself.
                column += 1 if 0 < column < columns else 0
                word_from = len(line)
            elif width == 0 and line:
                line[-1] = Cluster(line[-1].text + letter, line[-1].column, line[-1].token)
            else:
                if column + width > columns:
                    column, word_from = _break(text, word_from), 0
                text.lines[-1].append(Cluster(letter, column, token))
                column += width
        text.line_of.append(len(text.lines) - 1)
        text.end_of.append(column)
    return text


def _break(text: SetText, word_from: int) -> int:
    """Begin a line with the word that does not fit, and say where to go on in it."""
    line = text.lines[-1]
    word = line[word_from:] if word_from else []
    del line[len(line) - len(word) :]
    shift = word[0].column if word else 0
    text.lines.append([Cluster(each.text, each.column - shift, each.token) for each in word])
    for token in range(len(text.line_of) - 1, -1, -1):
        # Tokens that ended inside that word end on the new line now.
        if not word or text.line_of[token] != len(text.lines) - 2 or text.end_of[token] <= shift:
            break
        text.line_of[token] += 1
        text.end_of[token] -= shift
    return text.lines[-1][-1].end if word else 0


def _letters(piece: str) -> str:
    clean = piece.replace("\r\n", "\n").replace("\t", "    ")
    return "".join(letter if letter == "\n" or letter.isprintable() else " " for letter in clean)


def cells_of(letter: str) -> int:
    """Cells of the mono that a letter takes: none for a mark on the one before it, two for a wide one."""
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


@dataclass(eq=False)
class TextLayer(Layer):
    """A request's text in its box, and a caret; lines are drawn once, when they come into sight.

    The state is (tokens written, pixels that the text has scrolled).
    """

    pen: Pen
    area: Box
    text: RequestText
    z: float = 0.0

    def __post_init__(self) -> None:
        from explainers.stage.ink import font_measures

        stage = self.pen.stage
        self.scale, self.theme, self.style = stage.scale, stage.theme, stage.style(SIZE, mono=True)
        self.cap_height, step = (measure * SIZE * self.scale for measure in font_measures(MONO)[:2])
        self.step, self.pitch = step, round(SIZE * LEADING * self.scale)
        self.left, self.top, _, _ = self.pen.pixels(self.area)
        self.width = round(self.area.width * self.scale)
        self.rows = max(1, int(self.area.height * self.scale / self.pitch))
        self.line = lru_cache(maxsize=4 * self.rows)(self._line)
        self.note: Note | None = Note("picture", "".join(self.text.pieces)[:200], SIZE)

    @cached_property
    def lines(self) -> SetText:
        return set_text(self.text.pieces, max(8, int((self.area.width * self.scale) / self.step)))

    @cached_property
    def scroll(self) -> Track:
        """The first line that is seen; it glides on when a line is begun that has no room."""
        track, last, clock = Track(0.0), self.rows - 1, self.pen.clock
        for at_s, line in zip(self.text.at_s.tolist(), self.lines.line_of, strict=True):
            if line <= last:
                continue
            last, first = line, float(line - self.rows + 1)
            if at_s < clock.from_s:
                # What was written before the clock began is there from the start.
                track.initial = first
            elif at_s <= self.pen.end_s:
                track.to(first, clock.film(at_s), GLIDE_S, ease_out)
        return track

    def state(self, t: float) -> tuple[int, int]:
        now_s = min(self.pen.clock.at(t), self.pen.end_s)
        written = int(np.searchsorted(self.text.at_s, now_s, side="right"))
        return written, round(self.scroll.at(t) * self.pitch)

    def box(self, state: tuple[int, int] | None) -> Rect:
        return Rect(self.left, self.top, self.left + self.width, self.top + self.rows * self.pitch)

    def spans(self) -> list[Span]:
        return [(START_S, self.pen.stop_s), *self.scroll.spans()]

    def _end(self, written: int) -> tuple[int, int]:
        """Line and column after the last token that is written."""
        return (self.lines.line_of[written - 1], self.lines.end_of[written - 1]) if written else (0, 0)

    def dirty(self, before: tuple[int, int] | None, after: tuple[int, int] | None) -> list[Rect]:
        whole = self.box(after)
        if before is None or after is None or before[1] != after[1]:
            return [whole]
        first, last = sorted((self._end(before[0])[0], self._end(after[0])[0]))
        top = self.top - after[1]
        rect = whole._replace(top=top + first * self.pitch, bottom=top + (last + 1) * self.pitch)
        return [rect.cut(whole)]

    def paint(self, ctx: cairo.Context, state: tuple[int, int]) -> None:
        written, offset = state
        last, column = self._end(written)
        ctx.save()
        ctx.rectangle(self.left, self.top, self.width, self.rows * self.pitch)
        ctx.clip()
        first = offset // self.pitch
        for index in range(first, min(last, first + self.rows) + 1 if written else first):
            y = self.top - offset + index * self.pitch
            ctx.save()
            ctx.rectangle(self.left, y, self.width if index < last else round(column * self.step), self.pitch)
            ctx.clip()
            ctx.set_source_surface(self.line(index).surface, self.left, y)
            ctx.get_source().set_filter(cairo.FILTER_NEAREST)
            ctx.paint()
            ctx.restore()
        if written < len(self.text.pieces):
            x, y = round(column * self.step), self.top - offset + last * self.pitch
            left = self.left + x + round(2 * self.scale)
            self._fill(ctx, left, y + self.pitch * 0.14, 4 * self.scale, self.pitch * 0.72, self.pen.color)
        ctx.restore()

    def _line(self, index: int) -> Tile:
        """One whole line: the grounds of its tokens, and its letters."""
        from explainers.stage.marks import draw_number

        tile, line = blank(self.width, self.pitch), self.lines.lines[index]
        ctx, pad = cairo.Context(tile.surface), round(self.pitch * 0.08)
        for token in dict.fromkeys(cluster.token for cluster in line):
            if (layer := int(self.text.layers[token])) > 0:
                clusters = [cluster for cluster in line if cluster.token == token]
                left, right = (round(end * self.step) for end in (clusters[0].column, clusters[-1].end))
                color = self.text.grounds(self.theme)[layer]
                self._fill(ctx, left + 1, pad, right - left - 2, self.pitch - 2 * pad, color)
        baseline = self.pitch / 2 + self.cap_height / 2
        for cluster in line:
            draw_number(ctx, (cluster.text,), self.style, cluster.column * self.step, baseline, self.scale)
        tile.surface.flush()
        return tile

    def _fill(self, ctx: cairo.Context, x: float, y: float, width: float, height: float, color: str) -> None:
        ctx.set_source_rgb(*(channel / 255 for channel in channels(color)))
        ctx.rectangle(x, y, width, height)
        ctx.fill()
