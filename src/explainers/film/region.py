"""Rectangles of pixels: what changed, what a layer covers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Rect(NamedTuple):
    """Half-open pixel rectangle: columns `left` to `right`, rows `top` to `bottom`, ends excluded."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def empty(self) -> bool:
        return self.left >= self.right or self.top >= self.bottom

    @property
    def area(self) -> int:
        return max(0, self.right - self.left) * max(0, self.bottom - self.top)

    def meets(self, other: Rect) -> bool:
        """Whether the two share a pixel."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def cut(self, other: Rect) -> Rect:
        """The part inside `other`; may be empty."""
        return Rect(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def joined(self, other: Rect) -> Rect:
        """The smallest rectangle around both."""
        return Rect(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


def merged(rects: Iterable[Rect], most: int = 12) -> list[Rect]:
    """Rectangles that cover the same pixels, overlapping ones joined, at most `most` of them."""
    result: list[Rect] = []
    for rect in rects:
        if rect.empty:
            continue
        pending = rect
        for other in [r for r in result if r.meets(rect)]:
            pending = pending.joined(other)
            result.remove(other)
        result.append(pending)
    while len(result) > most:
        # Join the pair that wastes the fewest pixels; lists are short, so trying all is cheap.
        pairs = [
            (a.joined(b).area - a.area - b.area, i, j)
            for i, a in enumerate(result)
            for j, b in enumerate(result)
            if i < j
        ]
        _, i, j = min(pairs)
        joined = result[i].joined(result[j])
        result = [r for k, r in enumerate(result) if k not in (i, j)] + [joined]
    return result
