"""The view `lanes`: a lane a slot of the batch, a bar a request, a cell a token, early exits marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explainers.compositor.layer import Layer, Note, TileLayer, blank
from explainers.compositor.tape import TapeLayer
from explainers.kinds.race.batch import BEFORE, EXIT, WORK, Batch, Stretches, batch_of
from explainers.kinds.race.clock import START_S
from explainers.kinds.race.measures import Race
from explainers.kinds.race.view import LEGEND, Entry, View, draw_legend
from explainers.theme import channels, mix

if TYPE_CHECKING:
    from explainers.kinds.race.pane import Pen
    from explainers.runs.model import IntArray, Run
    from explainers.stage import Box

CROSS_S = 4.5
"""Film seconds that a bar needs at least from one side of its window to the other."""
WHOLE_PX, WINDOW_PX = 26.0, 60.0
"""Design units of a typical bar: at least this wide, and the whole race is seen; else as wide in a window."""
NEARLY_WHOLE = 0.6
"""A window of this share of the race shows all of it."""
LEAST_PITCH, MOST_PITCH = 5.0, 76.0
"""Design units from lane to lane; slots that have no room are left out, and that is said."""
HELD_SHARE, BEFORE_SHARE, TRACK_SHARE, WAIT_SHARE = 0.3, 0.55, 0.3, 0.6
HELD, FAILED, WAIT = 3, 4, 5
"""Besides the kinds of stretches, what has a colour: a slot that is held, the end of what failed, and a wait
from one token to the next that is too long to be work."""
STALLS = 10.0
"""Times the median from token to token of all runs: a longer one is a wait."""
STRIPE_PX, STRIPES_PX = 4, 14
"""Pixels of a stripe of a wait's hatching, and from one to the next, along a lane."""
FINE_PX = 2.5
"""Tokens at least this wide are cells of their own; narrower ones are a share of their column."""
GAP_PX = 6
"""Bars at least this wide end with a gap."""
SHORT = 0.55
"""How high a token that left early is, beside one that went through all layers."""

Pixels = NDArray[np.uint8]
batch_once = lru_cache(maxsize=8)(batch_of)
"""The batch of a run, worked out once however many views and checks need it."""


@dataclass(frozen=True)
class LaneScale:
    """What all panes share: pixels a run second, run seconds in the window, lanes and the room for each."""

    rate: float
    window_s: float
    whole: bool
    slots: int
    pitch: float


class LanesView(View):
    fields = ("window", "stall")

    @classmethod
    def meaning(cls, race: Race) -> str:
        return "each lane is a slot of the batch, each bar a request"

    @classmethod
    def footnotes(cls, race: Race) -> list[str]:
        notes = ["one lane = one slot, one bar = one request"]
        if any(batch is not None and not batch.starts for batch in map(batch_once, race.runs)):
            notes.append("bars begin at the first token")
        return notes

    @classmethod
    def lacks(cls, race: Race, run: Run) -> str | None:
        if batch_once(run) is not None:
            return None
        return "this run does not say when each request was at work, so there are no lanes"

    def layers(self, pen: Pen, box: Box) -> list[Layer]:
        batch, above = batch_once(pen.run), box._replace(bottom=box.bottom - LEGEND)
        if batch is None:
            return []
        scale, pixels, theme = self._scale(above), self.stage.scale, self.stage.theme
        stall = self._stall()
        batch = _with_waits(batch, stall)
        colors = {
            WORK: pen.color,
            EXIT: theme.color("exit"),
            BEFORE: mix(theme.panel, pen.color, BEFORE_SHARE),
            HELD: mix(theme.panel, pen.color, HELD_SHARE),
            FAILED: theme.color("warn"),
            WAIT: mix(theme.panel, pen.color, WAIT_SHARE),
        }
        draw_legend(pen, box, *_legend(pen.run, batch, colors, scale, stall))
        gap = max(1, round(min(8.0, scale.pitch * 0.2) * pixels))
        edges = [round(slot * scale.pitch * pixels) for slot in range(min(batch.slots, scale.slots) + 1)]
        rows = [(top, max(top + 1, below - gap)) for top, below in pairwise(edges)]
        window = pen.pixels(above)
        window = window._replace(bottom=window.top + rows[-1][1])
        tracks = blank(window.right - window.left, window.bottom - window.top, window.left, window.top)
        for top, bottom in rows:
            tracks.pixels[top:bottom] = _bgra(mix(theme.panel, theme.line, TRACK_SHARE))
        clock, end_s, line = self.clock, pen.end_s, max(1, round(2 * pixels))
        tape = TapeLayer(
            window,
            lambda t: int((min(clock.at(t), end_s) - clock.from_s) * scale.rate + 1e-6),
            LanePainter(batch, scale.rate, clock.from_s, rows, colors, line),
            ((START_S, pen.stop_s),),
            edge=theme.color("text"),
            edge_width=line,
            z=1.0,
            note=Note("data", "the batch at work"),
        )
        return [TileLayer(tracks), tape]

    def _scale(self, box: Box) -> LaneScale:
        """One scale for all panes, so that equal lengths are equal times."""
        batches = [batch for pen in self.pens if (batch := batch_once(pen.run))]
        clock, fps = self.clock, self.stage.canvas.fps
        width = round(box.right * self.stage.scale) - round(box.left * self.stage.scale)
        window, whole = self._window(batches, width / self.stage.scale)
        rate = width / clock.span_s
        if not whole:
            # Whole pixels a frame: a tape that creeps by fractions of one would tremble.
            step = max(1, round(width / (window / clock.speed * fps)))
            rate = step * fps / clock.speed
            window = width / rate
        slots = max((batch.slots for batch in batches), default=1)
        pitch = min(MOST_PITCH, max(LEAST_PITCH, box.height / slots))
        return LaneScale(rate, window, whole, min(slots, int(box.height / pitch + 1e-6)), pitch)

    def _stall(self) -> float:
        """Run seconds between two tokens of which a longer one is a wait, the same in all panes."""
        if self.race.params.stall is not None:
            return self.race.params.stall
        batches = [batch for pen in self.pens if (batch := batch_once(pen.run)) and batch.by_token]
        tokens = [batch.parts.at(batch.parts.kind != BEFORE) for batch in batches]
        every = np.concatenate([np.zeros(0), *(part.end_s - part.start_s for part in tokens)])
        return STALLS * float(np.median(every)) if every.size else np.inf

    def _window(self, batches: Sequence[Batch], width: float) -> tuple[float, bool]:
        """Run seconds seen at once in `width` design units, and whether that is the whole race."""
        span, wanted = self.clock.span_s, self.race.params.window
        if wanted is not None:
            return min(wanted, span), wanted >= span
        typical = float(np.median([batch.bars.typical_s() for batch in batches])) if batches else span
        if typical / span * width >= WHOLE_PX:
            return span, True
        window = max(typical * width / WINDOW_PX, self.clock.speed * CROSS_S)
        return (span, True) if window >= span * NEARLY_WHOLE else (window, False)


def _with_waits(batch: Batch, stall_s: float) -> Batch:
    """The batch with stretches from token to token that are longer than `stall_s` seconds as waits."""
    parts = batch.parts
    waits = (parts.end_s - parts.start_s > stall_s) & (parts.kind != BEFORE)
    if not batch.by_token or not waits.any():
        return batch
    return replace(batch, parts=replace(parts, kind=np.where(waits, WAIT, parts.kind)))


def _legend(
    run: Run, batch: Batch, colors: Mapping[int, str], scale: LaneScale, stall_s: float
) -> tuple[list[Entry], list[str]]:
    """What the marks mean, those that there are, and what of the run is seen, in more and in fewer words."""
    marks = {
        WORK: Entry(colors[WORK], "tokens"),
        EXIT: Entry(colors[EXIT], "left early", short=True),
        BEFORE: Entry(colors[BEFORE], "prefill" if batch.by_pass else "first token"),
        WAIT: Entry(colors[WAIT], f"waits over {_seconds(stall_s)}"),
    }
    entries = [entry for kind, entry in marks.items() if (batch.parts.kind == kind).any()]
    if batch.bars.kind.any():
        entries.append(Entry(colors[FAILED], run.outcomes.verb))
    seen = [] if scale.whole else [f"last {_seconds(scale.window_s)}"]
    if batch.slots > scale.slots:
        seen.insert(0, f"{scale.slots} of {batch.slots} slots")
    return entries, [", ".join(seen), *seen]


def _seconds(value: float) -> str:
    if value >= 120:
        return f"{value / 60:.3g} min"
    return f"{value:.2g} s" if value < 10 else f"{value:.0f} s"


@dataclass(frozen=True)
class LanePainter:
    """Paints lanes at `rate` pixels a run second from `from_s`; `rows` are each slot's top and bottom.

    Slots past the last row are left out. `colors` are `#RRGGBB`, `gap` is the pixels between two bars.
    """

    batch: Batch
    rate: float
    from_s: float
    rows: Sequence[tuple[int, int]]
    colors: Mapping[int, str]
    gap: int

    @property
    def fine(self) -> bool:
        return self.batch.typical_part_s * self.rate >= FINE_PX

    def __call__(self, first: int, pixels: Pixels) -> None:
        """Paint the columns from `first` on; see `film.tape`."""
        batch, columns = self.batch, pixels.shape[1]
        bars = self._in_sight(batch.bars, first, columns).T.tolist()
        for slot, left, right, _ in bars:
            self._fill(pixels, slot, left, right, self.colors[HELD])
        s = [self.from_s + column / self.rate for column in (first - 1, first + columns + 1)]
        parts = self._in_sight(batch.parts.at(batch.between(*s)), first, columns)
        waits = parts[3] == WAIT
        if self.fine:
            self._cells(pixels, parts[:, ~waits])
        else:
            self._shares(pixels, parts[:, ~waits])
        for slot, left, right, _ in parts[:, waits].T.tolist():
            self._hatch(pixels, slot, left, right, first)
        for slot, left, right, failed in bars:
            if failed:
                reach = max(2, min(3 * self.gap, (right - left) // 2))
                self._fill(pixels, slot, right - reach, right, self.colors[FAILED])
            if right - left >= GAP_PX:
                self._clear(pixels, slot, right - self.gap, right)

    def _columns(self, s: NDArray[np.float64], first: int) -> IntArray:
        return np.floor((s - self.from_s) * self.rate + 0.5).astype(np.int64) - first

    def _in_sight(self, stretches: Stretches, first: int, columns: int) -> IntArray:
        """Slot, first column, column after the last and kind of each stretch in sight, as four rows."""
        left, right = self._columns(stretches.start_s, first), self._columns(stretches.end_s, first)
        shown = (left < columns) & (right >= 0) & (stretches.row < len(self.rows))
        return np.stack((stretches.row, left, right, stretches.kind))[:, shown]

    def _cells(self, pixels: Pixels, parts: IntArray) -> None:
        for slot, left, right, kind in parts.T.tolist():
            right -= 1 if right - left >= 4 else 0
            if kind == EXIT:
                self._clear(pixels, slot, left, right)
            self._fill(pixels, slot, left, right, self.colors[kind], SHORT if kind == EXIT else 1.0)

    def _shares(self, pixels: Pixels, parts: IntArray) -> None:
        """Narrow tokens: the exits' colour rises from the bottom of each column by their share in it."""
        _, lefts, rights, kinds = parts
        for slot, left, right, _ in parts[:, (kinds == BEFORE) & (rights - lefts > 1)].T.tolist():
            self._fill(pixels, slot, left, right, self.colors[BEFORE])
        shape = len(self.rows), pixels.shape[1]
        tokens, exits = _covered(parts[:, kinds != BEFORE], shape), _covered(parts[:, kinds == EXIT], shape)
        for slot, (top, bottom) in enumerate(self.rows):
            busy = np.flatnonzero(tokens[slot])
            share = exits[slot, busy] / tokens[slot, busy]
            line = bottom - np.round(share * (bottom - top)).astype(int)
            exited = np.arange(top, bottom)[:, None] >= line[None, :]
            strip = np.where(exited[:, :, None], _bgra(self.colors[EXIT]), _bgra(self.colors[WORK]))
            pixels[top:bottom, busy] = strip

    def _fill(
        self, pixels: Pixels, slot: int, left: int, right: int, color: str, height: float = 1.0
    ) -> None:
        top, bottom = self.rows[slot]
        top = bottom - max(1, round((bottom - top) * height))
        pixels[top:bottom, max(0, left) : max(0, right)] = _bgra(color)

    def _hatch(self, pixels: Pixels, slot: int, left: int, right: int, first: int) -> None:
        """A wait: what a held slot is, with stripes, which lie alike in whatever piece they are painted."""
        self._fill(pixels, slot, left, right, self.colors[HELD])
        top, bottom = self.rows[slot]
        columns = np.arange(max(0, left), max(0, min(right, pixels.shape[1])))
        across = (columns[None, :] + first + np.arange(top, bottom)[:, None]) % STRIPES_PX
        rows, found = np.nonzero(across < STRIPE_PX)
        pixels[top + rows, columns[found]] = _bgra(self.colors[WAIT])

    def _clear(self, pixels: Pixels, slot: int, left: int, right: int) -> None:
        top, bottom = self.rows[slot]
        pixels[top:bottom, max(0, left) : max(0, right)] = 0


def _covered(parts: IntArray, shape: tuple[int, int]) -> IntArray:
    """How many of the stretches cover each column of each slot; each covers a column at least."""
    slots, lefts, rights, _ = parts
    edges = np.zeros((shape[0], shape[1] + 1), np.int64)
    np.add.at(edges, (slots, np.clip(lefts, 0, shape[1])), 1)
    np.add.at(edges, (slots, np.clip(np.maximum(rights, lefts + 1), 0, shape[1])), -1)
    return np.asarray(np.cumsum(edges, axis=1)[:, :-1])


def _bgra(color: str) -> Pixels:
    red, green, blue = channels(color)
    return np.array([blue, green, red, 255], np.uint8)
