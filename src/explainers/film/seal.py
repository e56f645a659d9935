"""What a stretch of frames looks like, as one digest: equal pixels have equal digests, whatever drew them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

from explainers.film.picture import Painter, Picture
from explainers.film.region import Rect


class Seal:
    """Sees the frames of a stretch in order: the first one whole, then what changed.

    Footage that goes past the painter is not among the pixels it sees; a stretch with some has no digest.
    """

    def __init__(self) -> None:
        self._state = hashlib.sha256()
        self._whole = True

    def see(self, pixels: np.ndarray, dirty: Iterable[Rect], footage: bool) -> None:
        """Take in a frame: a uint8 BGRA surface of shape (height, width, 4) and what changed in it."""
        self._whole = self._whole and not footage
        for rect in dirty:
            self._state.update(f"{tuple(rect)}".encode())
            seen = np.ascontiguousarray(pixels[rect.top : rect.bottom, rect.left : rect.right])
            self._state.update(seen.data)
        self._state.update(b"frame")

    def digest(self) -> str | None:
        """The digest of all that was seen; None where footage went past."""
        return self._state.hexdigest() if self._whole else None


def seal_of(picture: Picture, first: int, end_exclusive: int) -> str | None:
    """The digest that encoding these frames will come to, found by painting them alone."""
    painter, seal = Painter(picture, direct=True), Seal()
    for number in range(first, end_exclusive):
        dirty = painter.paint(number)
        seal.see(painter.pixels, dirty, bool(painter.direct))
        if painter.direct:
            return None
    return seal.digest()
