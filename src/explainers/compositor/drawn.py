"""Drawn pictures: flat patches of colour that carry a label, so that picture and label map cannot differ.

A picture gives its patches at any time, back to front, in units of its own size. The picture fills them
with their colours, smoothed; the label map fills the very same patches with their labels, unsmoothed.
A patch without a label is paint on what lies under it (a shadow, a window, a lane marking).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explainers.theme import channels

Rgb = tuple[float, float, float]
"""Red, green and blue, 0 to 1."""


class Patch(NamedTuple):
    """A filled shape: the corners of a polygon, float of shape (n, 2), or with `oval` a centre and two
    half axes, of shape (2, 2). A `tag` names what it belongs to, for pointing at it."""

    points: NDArray[np.float64]
    color: Rgb
    label: str | None = None
    opacity: float = 1.0
    oval: bool = False
    tag: str = ""


class DrawnPicture(ABC):
    """A picture that code draws, and its exact label map; storyboards name it in `stand_in` and the like.

    `size` is width and height in the units of its patches, and `labels` are all that its patches may have.
    `beyond` is how far it goes on outside of its size: left, top, right, bottom.
    """

    name: str
    labels: tuple[str, ...]
    size: tuple[float, float]
    beyond: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)

    @abstractmethod
    def patches(self, t: float) -> Sequence[Patch]:
        """What is seen at `t` seconds, back to front; in a map, the first ones cover the whole picture."""


def rgb(color: str) -> Rgb:
    """The colour `#RRGGBB`, each channel from 0 to 1."""
    red, green, blue = channels(color)
    return red / 255, green / 255, blue / 255


def blended(one: Rgb, other: Rgb, share: float) -> Rgb:
    """`share` of `other` in `one`."""
    return (
        one[0] + (other[0] - one[0]) * share,
        one[1] + (other[1] - one[1]) * share,
        one[2] + (other[2] - one[2]) * share,
    )
