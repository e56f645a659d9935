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


_ASSETS = """
sources:
  demo: {kind: illustration, citation: A drawn page, label: a drawn page}
files:
  captures/page.gif: {shows: A page on which a bay is labelled, from: demo}
"""

_BOXES = (
    ("House", "#FFB23E", (46, 264, 98, 314)),
    ("House", "#FFB23E", (98, 256, 144, 306)),
    ("House", "#FFB23E", (142, 270, 198, 320)),
    ("Boat", "#FF5A4F", (44, 204, 76, 243)),
    ("Boat", "#FF5A4F", (248, 216, 292, 270)),
    ("Boat", "#FF5A4F", (382, 229, 438, 298)),
)
"""What is labelled, its colour and its box, in the picture's own units."""


def page_gif() -> bytes:
    """Five seconds of a page on which a drawn bay is labelled, at 10 frames a second, 960 x 560 pixels."""
    from PIL import Image, ImageDraw, ImageFont

    from explainers.fonts import SANS, font_files
    from explainers.kinds._example_pictures import PICTURES

    font, page = ImageFont.truetype(font_files(SANS)[0], 46), Image.new("RGB", (1920, 1120), "#F4F6FA")
    bay, frames, times = Image.new("RGB", (1344, 896)), list[Image.Image](), 1344 / 576
    for patch in PICTURES["bay"].patches(0.0):
        center, reach = patch.points[0], patch.points[1]
        shape = [center - reach, center + reach] if patch.oval else patch.points
        paint = ImageDraw.Draw(bay).ellipse if patch.oval else ImageDraw.Draw(bay).polygon
        if patch.opacity == 1:
            paint(
                [float(v) * times for point in shape for v in point],
                tuple(round(255 * v) for v in patch.color),
            )
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, 1920, 104), fill="#28324A")
    draw.rounded_rectangle((48, 24, 1392, 80), 28, fill="#E8ECF4")
    page.paste(bay, (48, 168))
    for number in range(50):
        image = page.copy()
        draw = ImageDraw.Draw(image)
        for index, (name, color, box) in enumerate(_BOXES):
            share = min(1.0, (number - 7 * index) / 5)
            if share <= 0:
                break
            left, top, right, bottom = (v * times + (48, 168)[i % 2] for i, v in enumerate(box))
            corner = left + (right - left) * share, top + (bottom - top) * share
            draw.rectangle((left, top, *corner), outline=color, width=6)
            if share == 1:
                row = 170 + 152 * index
                draw.rounded_rectangle((1440, row, 1872, row + 126), 20, fill="#FFFFFF")
                draw.rounded_rectangle((1468, row + 36, 1522, row + 90), 10, fill=color)
                draw.text((1556, row + 63), f"{name} {index % 3 + 1}", "#22304A", font, anchor="lm")
        frames.append(image.resize((960, 560), Image.Resampling.LANCZOS))
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100, loop=0)
    return out.getvalue()


EXAMPLE_FILES: dict[str, str | Callable[[], bytes]] = {"assets.yaml": _ASSETS, "captures/page.gif": page_gif}


class CaptureKind(PaneKind):
    params = Params
    beat_params = BeatParams
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
