"""The view `lanes`: a lane a slot of the batch, a bar a request, a cell a token, early exits marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import cairo
import numpy as np

from explainers.film.layer import Layer, Note, Rect, TileLayer, blank
from explainers.film.tape import TapeLayer
from explainers.kinds.race.clock import START_S
from explainers.kinds.race.lane_marks import LaneLook, LanePainter
from explainers.kinds.race.lanes import BEFORE, EXIT, WORK, Lanes, lanes_of
from explainers.kinds.race.legend import Entry
from explainers.kinds.race.pen import Pen
from explainers.stage import Box, Stage
from explainers.theme import channels, mix

if TYPE_CHECKING:
    from explainers.runs.model import Run

CROSS_S = 4.5
"""Film seconds that a bar needs at least from one side of its window to the other."""
WHOLE_PX, WINDOW_PX = 26.0, 60.0
"""Design units of a typical bar: at least this wide, and the whole race is seen; else as wide in a window."""
NEARLY_WHOLE = 0.6
"""A window of this share of the race shows all of it."""
LEAST_PITCH, MOST_PITCH = 5.0, 76.0
"""Design units from lane to lane; slots that have no room are left out, and that is said."""
HELD_SHARE, BEFORE_SHARE, TRACK_SHARE = 0.3, 0.55, 0.3


@lru_cache(maxsize=8)
def lanes_once(run: Run) -> Lanes | None:
    """The lanes of a run, made once however often they are asked for."""
    return lanes_of(run)


@dataclass(frozen=True)
class LaneScale:
    """What all panes share: pixels a run second, run seconds in the window, lanes and the room for each."""

    rate: float
    window_s: float
    whole: bool
    slots: int
    pitch: float


def lane_scale(stage: Stage, pens: Sequence[Pen], box: Box) -> LaneScale:
    """One scale for all panes, so that equal lengths are equal times."""
    found = [lanes for pen in pens if (lanes := lanes_once(pen.run))]
    clock, width = pens[0].clock, round(box.right * stage.scale) - round(box.left * stage.scale)
    span = clock.until_s - clock.from_s
    window, whole = _window(found, span, width / stage.scale, clock.speed, pens[0].params.window)
    rate = width / span
    if not whole:
        # Whole pixels a frame: a tape that creeps by fractions of one would tremble.
        step = max(1, round(width / (window / clock.speed * stage.canvas.fps)))
        rate = step * stage.canvas.fps / clock.speed
        window = width / rate
    slots = max((lanes.slots for lanes in found), default=1)
    pitch = min(MOST_PITCH, max(LEAST_PITCH, box.height / slots))
    return LaneScale(rate, window, whole, min(slots, int(box.height / pitch + 1e-6)), pitch)


def _window(
    found: Sequence[Lanes], span: float, width: float, speed: float, asked: float | None
) -> tuple[float, bool]:
    """Run seconds seen at once, and whether that is the whole race."""
    if asked is not None:
        return min(asked, span), asked >= span
    typical = float(np.median([lanes.typical_bar_s for lanes in found])) if found else span
    if typical / span * width >= WHOLE_PX:
        return span, True
    window = max(typical * width / WINDOW_PX, speed * CROSS_S)
    return (span, True) if window >= span * NEARLY_WHOLE else (window, False)


def lane_layers(stage: Stage, pen: Pen, box: Box, scale: LaneScale, left: int, top: int) -> list[Layer]:
    """Empty lanes and the tape on them, in a picture whose corner is at (`left`, `top`) of the frame."""
    lanes = lanes_once(pen.run)
    if lanes is None:
        return []
    rows = _rows(scale, stage.scale, min(lanes.slots, scale.slots))
    above = round(box.top * stage.scale) - top
    window = Rect(
        round(box.left * stage.scale) - left,
        above,
        round(box.right * stage.scale) - left,
        above + rows[-1][1],
    )
    clock, end_s, rate = pen.clock, pen.end_s, scale.rate
    painter = LanePainter(lanes, rate, clock.from_s, rows, _look(stage, pen), max(1, round(2 * stage.scale)))

    def head_at(t: float) -> int:
        return int((min(clock.at(t), end_s) - clock.from_s) * rate + 1e-6)

    tape = TapeLayer(
        window,
        head_at,
        painter,
        ((START_S, pen.stops_s),),
        edge=stage.theme.color("text"),
        edge_width=max(1, round(2 * stage.scale)),
        z=1.0,
        note=Note("data", "the batch at work"),
    )
    return [_tracks(stage, window, rows), tape]


def _rows(scale: LaneScale, pixels: float, slots: int) -> list[tuple[int, int]]:
    """Top and bottom of each lane in pixels of the window."""
    gap = max(1, round(min(8.0, scale.pitch * 0.2) * pixels))
    edges = [round(slot * scale.pitch * pixels) for slot in range(slots + 1)]
    return [(top, max(top + 1, below - gap)) for top, below in pairwise(edges)]


def _look(stage: Stage, pen: Pen) -> LaneLook:
    theme = stage.theme
    return LaneLook(
        work=pen.color,
        exit=theme.color("exit"),
        before=mix(theme.panel, pen.color, BEFORE_SHARE),
        held=mix(theme.panel, pen.color, HELD_SHARE),
        failed=theme.color("warn"),
    )


def _tracks(stage: Stage, window: Rect, rows: Sequence[tuple[int, int]]) -> TileLayer:
    """The lanes themselves, seen where nothing runs."""
    tile = blank(window.right - window.left, window.bottom - window.top, window.left, window.top)
    ctx = cairo.Context(tile.surface)
    red, green, blue = channels(mix(stage.theme.panel, stage.theme.line, TRACK_SHARE))
    ctx.set_source_rgb(red / 255, green / 255, blue / 255)
    for top, bottom in rows:
        ctx.rectangle(0, top, tile.width, bottom - top)
    ctx.fill()
    tile.surface.flush()
    return TileLayer(tile)


def lane_legend(stage: Stage, pen: Pen, scale: LaneScale) -> tuple[list[Entry], list[str]]:
    """What the marks mean, those that there are, and what of the run is seen, in more and in fewer words."""
    lanes = lanes_once(pen.run)
    if lanes is None:
        return [], []
    look, kinds = _look(stage, pen), set(np.unique(lanes.part_kind).tolist())
    entries = []
    if WORK in kinds:
        entries.append(Entry(look.work, "tokens"))
    if EXIT in kinds:
        entries.append(Entry(look.exit, "left early", short=True))
    if BEFORE in kinds:
        entries.append(Entry(look.before, "prefill" if lanes.passes else "first token"))
    if bool(lanes.bar_failed.any()):
        entries.append(Entry(look.failed, pen.run.outcomes.verb))
    seen = [] if scale.whole else [f"last {_seconds(scale.window_s)}"]
    if lanes.slots > scale.slots:
        seen.insert(0, f"{scale.slots} of {lanes.slots} slots")
    return entries, [", ".join(seen), *seen]


def _seconds(value: float) -> str:
    if value >= 120:
        return f"{value / 60:.3g} min"
    return f"{value:.2g} s" if value < 10 else f"{value:.0f} s"
