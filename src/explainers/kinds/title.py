"""An opening or closing card: a large title, a subtitle, and muted lines below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainers.kinds.base import KindParams, SceneKind, ShotPlan
from explainers.storyboard.types import Label, Role, ShownText
from explainers.theme import DISPLAY, LABEL, STRONG

if TYPE_CHECKING:
    from explainers.stage import Stage


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
    size = 1.6 * DISPLAY
    while size > 60 and len(stage.lines(text, width, size, STRONG)) > 2:
        size -= 4
    return size


def _accent(stage: Stage, y: float, role: str) -> None:
    """A bar beside the heading, drawn downwards."""
    from explainers.stage import Box

    bottom = stage.height - y - 60
    bar = Box(stage.safe.left, y + 12, stage.safe.left + 8, max(bottom, y + 120))
    stage.panel(bar, fill=stage.theme.color(role), radius=4).reveal(0.1, 0.7, "top")


EXAMPLE = """
storyboard: 1
title: A title card
shots:
  - id: opening
    kind: title
    duration: 3s
    heading: Dynamic rebatching
    subtitle: How a batch learns to split while it runs
    lines: [Ada Example and Ben, arXiv 0000.00000]
"""


class TitleKind(SceneKind):
    params = Params
    example = EXAMPLE

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """Heading, subtitle and lines, left-aligned on the optical middle; those below the heading arrive."""
        params: Params = shot.params
        # A high frame is filled by larger words with more room between them.
        tall = stage.height > 1.3 * stage.width
        width, loose = stage.safe.width * (0.94 if tall else 0.86), 1.3 if tall else 1.0
        blocks = [(params.heading, _heading_size(stage, params.heading, width), STRONG, "text", 34.0 * loose)]
        if params.subtitle:
            blocks.append((params.subtitle, 72.0 * loose, 400, "text", 40.0 * loose))
        blocks += [(line, LABEL * loose, 400, "muted", 14.0 * loose) for line in params.lines]
        wrapped = [
            (stage.lines(text, width, size, weight), size, weight, role, gap)
            for text, size, weight, role, gap in blocks
        ]
        height = sum(len(lines) * size * 1.22 + gap for lines, size, _, _, gap in wrapped)
        y = (stage.height - height) / 2 - 20
        _accent(stage, y, params.role)
        for index, (lines, size, weight, role, gap) in enumerate(wrapped):
            for line in lines:
                words = stage.words(line, stage.safe.left + 40, y + size * 0.92, size, weight, role)
                # The heading stands from the first frame on: a card never begins as an empty page.
                if index:
                    words.enter(0.05 + 0.2 * index)
                y += size * 1.22
            y += gap
