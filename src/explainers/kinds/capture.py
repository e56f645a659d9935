"""Footage in a pane: a recording of a screen, a driving video, a GIF, a folder of pictures, a screenshot.

It may be trimmed (`from`, `until`), cropped and played at any speed; each stretch that is not real time
says its factor above the pane. Beats zoom into a part, let it stand still, outline parts, dim the rest, and
name what is seen; `clicks` are rings where something was clicked. Regions are shares of the picture, or its
pixels.

The file is made ready once: its size, its constant rate and its colours are then the film's own. It lasts as
long as its pictures or as it says, whichever is longer; the last picture stays. A recording that was never
closed, because its program was killed, shows what can be read, and the footer says where it broke off.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from explainers.kinds._panes import PaneKind, freezes
from explainers.kinds._panes.footage import FootagePane
from explainers.kinds._panes.params import Callout, Played, Region, Spot
from explainers.kinds._panes.places import Placed
from explainers.kinds.base import KindBeat, KindParams, ShotPlan
from explainers.storyboard.types import Boolean, Frozen, Label, Seconds

if TYPE_CHECKING:
    from explainers.footage.conform import Request
    from explainers.stage import Stage


class Click(Frozen):
    """A ring where something was clicked."""

    at: Seconds
    """When, in the capture."""
    point: Spot
    """Where."""


class Params(KindParams, Played):
    """Footage, alone in its frame."""

    label: Label | None = None
    """What it is, above it."""
    clicks: tuple[Click, ...] = ()
    """Where it was clicked."""


class BeatParams(KindBeat):
    """What is pointed at during a beat."""

    zoom: Region | Literal["all"] | None = None
    """The part that fills the pane from now on; `all` goes back."""
    freeze: Boolean = False
    """The footage stands still for as long as the beat lasts."""
    box: Annotated[tuple[Region, ...], Field(max_length=8)] = ()
    """Parts with a white outline: look here."""
    spotlight: Region | None = None
    """The part that stays bright while everything else is dimmed."""
    callout: Annotated[tuple[Callout, ...], Field(max_length=4)] = ()
    """Words with a line to what they are about."""


EXAMPLE = """
storyboard: 1
title: A capture
shots:
  - id: demo
    kind: capture
    title: The page fills while the batch runs
    file: captures/page.gif
    label: Browser
    paces: [{from: 1s, until: 3s, speed: 2x}]
    clicks: [{at: 0.4s, point: [0.13, 0.82]}]
    statement: The first rows come before the batch is done.
    duration: 8.7s
    beats:
      - {id: start, duration: 3.2s}
      - {id: rows, duration: 3s, freeze: true, zoom: [0.05, 0.15, 0.6, 0.6],
         callout: [{point: [0.3, 0.42], text: Rows arrive in order, side: right}]}
      - {id: all, zoom: all, duration: 2.5s, box: [[0.05, 0.74, 0.2, 0.16]]}
"""

_ASSETS = """
sources:
  demo: {kind: illustration, citation: A drawn page, label: a drawn page}
files:
  captures/page.gif: {shows: A page that fills, from: demo}
"""


def page_gif() -> bytes:
    """Four seconds of a drawn page at 10 frames a second, 640 x 360 pixels."""
    from PIL import Image, ImageDraw

    frames = []
    for number in range(40):
        image = Image.new("RGB", (640, 360), "#F4F6FA")
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, 0, 640, 42), fill="#28324A")
        draw.rounded_rectangle((20, 10, 420, 32), 8, fill="#E8ECF4")
        for row in range(min(8, number // 4)):
            y = 66 + row * 24
            draw.rounded_rectangle((40, y, 40 + 240 + (row * 53) % 130, y + 12), 4, fill="#8E9BB5")
            draw.ellipse((560, y - 2, 576, y + 14), fill="#2E7D5B")
        draw.rounded_rectangle((40, 276, 150, 316), 8, fill="#1F6FB2" if number != 4 else "#154C7A")
        draw.rounded_rectangle((180, 290, 600, 302), 6, fill="#D4DAE6")
        draw.rounded_rectangle((180, 290, 180 + 420 * number // 39 or 181, 302), 6, fill="#1F6FB2")
        frames.append(image)
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100, loop=0)
    return out.getvalue()


EXAMPLE_FILES: dict[str, str | Callable[[], bytes]] = {"assets.yaml": _ASSETS, "captures/page.gif": page_gif}


class CaptureKind(PaneKind):
    params = Params
    beat_params = BeatParams
    example = EXAMPLE
    example_files = EXAMPLE_FILES
    still_s = 0.8

    def contents(self, shot: ShotPlan) -> tuple[FootagePane]:
        params: Params = shot.params
        return (FootagePane(params, shot, params.label, freezes=freezes(shot), beats=shot.beats),)

    def has_header(self, shot: ShotPlan) -> bool:
        params: Params = shot.params
        return bool(params.label or params.speed != 1 or params.paces or freezes(shot))

    def footage(self, shot: ShotPlan) -> tuple[Request, ...]:
        return self.requests(shot)

    def draw(self, shot: ShotPlan, stage: Stage, placed: Placed) -> None:
        """Label and speed above the pane, marks over it."""
        from explainers.kinds._panes import marks

        (content,), (pane,) = placed.contents, placed.panes
        assert isinstance(content, FootagePane)
        window = marks.Window(pane, content.views, stage.scale)
        marks.header(stage, window.box, content.label, content.clock, None)
        marks.point_at_parts(stage, shot, content, window)
        for click in shot.params.clicks:
            when = content.clock.moment_of(click.at) if content.clock else None
            if when is not None:
                stage.drawn(marks.Ring(stage, *window.point(*content.point(click.point), when), when))
