"""An opening or closing card: a large title, a subtitle, and muted lines below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainers.kinds.base import KindParams, SceneKind, ShotPlan
from explainers.storyboard.types import Label, Role, ShownText
from explainers.theme import DISPLAY, LABEL, STRONG

if TYPE_CHECKING:
    from explainers.stage import Stage


SHORT, INSET = 12, 56.0
"""Up to so many letters a heading is a number or a name; from the bar's edge to the words."""


class Params(KindParams):
    """The card's words."""

    heading: ShownText
    """The large line."""
    subtitle: ShownText | None = None
    """The line below it."""
    lines: tuple[Label, ...] = ()
    """Names and places, muted."""
    role: Role = "accent"
    """The colour of the bar beside them."""


def _heading_size(stage: Stage, text: str, width: float) -> float:
    # Two words or a number are the picture: as large as their line lets them be.
    size = (2.4 if len(text) <= SHORT else 1.75) * DISPLAY
    while size > 60:
        lines = stage.lines(text, width, size, STRONG)
        if len(lines) <= 2 and all(stage.text_width(line, size, STRONG) <= width for line in lines):
            break
        size -= 4
    return size


def _accent(stage: Stage, top: float, bottom: float, role: str) -> None:
    """A bar beside the words, drawn downwards, and its light on the ground."""
    from explainers.stage import Box, material

    color, middle = stage.theme.color(role), (top + bottom) / 2
    alpha = 0.24 if stage.theme.dark else 0.12
    light = material.glow((0.0, middle), 0.8 * stage.width, 0.9 * (bottom - top), color, alpha)
    stage.mobject(light, z=0.5).hide().fade(0.1, 1.0, 0.9)
    bar = Box(stage.safe.left, top, stage.safe.left + 12, bottom)
    stage.panel(bar, fill=color, radius=6).reveal(0.1, 0.7, "top")


_ASSETS = """
sources:
  rates: {kind: illustration, citation: Numbers made up for this example, label: made-up numbers}
tables:
  rates: {file: data/rates.csv, source: rates}
"""

EXAMPLE_FILES = {"assets.yaml": _ASSETS, "data/rates.csv": "gain,price\n0.083,0.026\n"}


class TitleKind(SceneKind):
    params = Params
    example_files = EXAMPLE_FILES

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """Heading, subtitle and lines, left-aligned on the optical middle; those below the heading arrive."""
        params: Params = shot.params
        # A high frame is filled by larger words with more room between them.
        tall = stage.height > 1.3 * stage.width
        width, loose = (stage.safe.width - INSET) * (1.0 if tall else 0.88), 1.3 if tall else 1.0
        # A number or a name in the colour of what it is.
        color = params.role if params.role != "accent" and len(params.heading) <= SHORT else "text"
        blocks = [(params.heading, _heading_size(stage, params.heading, width), STRONG, color, 34.0 * loose)]
        if params.subtitle:
            blocks.append((params.subtitle, 72.0 * loose, 400, "text", 40.0 * loose))
        blocks += [(line, LABEL * loose, 400, "muted", 14.0 * loose) for line in params.lines]
        wrapped = [
            (stage.lines(text, width, size, weight), size, weight, role, gap)
            for text, size, weight, role, gap in blocks
        ]
        height = sum(len(lines) * size * 1.22 + gap for lines, size, _, _, gap in wrapped)
        y = (stage.height - height) / 2 - 20
        _accent(stage, y + 10, y + height - wrapped[-1][-1], params.role)
        for index, (lines, size, weight, role, gap) in enumerate(wrapped):
            for line in lines:
                words = stage.words(line, stage.safe.left + INSET, y + size * 0.92, size, weight, role)
                # The heading stands from the first frame on: a card never begins as an empty page.
                if index:
                    words.enter(0.05 + 0.2 * index)
                y += size * 1.22
            y += gap
