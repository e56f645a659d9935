"""Size and rate of a video: what is written, in another shape, and at a quality."""

from __future__ import annotations

from explainers.kinds.base import Stretch
from explainers.storyboard.model import Canvas

_SMALLER = {"draft": (360, 15), "standard": (720, 30)}
"""The shorter side in pixels and the rate of the qualities below final."""

ASPECTS = {"16:9": (16, 9), "1:1": (1, 1), "9:16": (9, 16)}
"""Shapes a storyboard can be laid out in anew: width and height."""


def shaped(canvas: Canvas, aspect: str | None) -> Canvas:
    """The canvas with its shorter side kept and the longer one as `aspect` says; both even."""
    if aspect is None:
        return canvas
    across, down = ASPECTS[aspect]
    unit = min(canvas.width, canvas.height) / min(across, down)
    width, height = (2 * round(side * unit / 2) for side in (across, down))
    return canvas.model_copy(update={"size": f"{width}x{height}"})


def stretch(canvas: Canvas, quality: str) -> Stretch:
    """Size and rate at a quality; a smaller one keeps the canvas's shape, and both sides even."""
    if quality == "final":
        return Stretch(canvas.width, canvas.height, canvas.fps)
    side, fps = _SMALLER[quality]
    scale = min(1.0, side / min(canvas.width, canvas.height))
    return Stretch(
        2 * round(canvas.width * scale / 2), 2 * round(canvas.height * scale / 2), min(canvas.fps, fps)
    )
