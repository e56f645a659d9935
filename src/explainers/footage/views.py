"""What part of a capture is seen when: windows at rest, and moves from one to the next.

A rest is conformed to the pane's own pixels; only while the window moves is a frame resized as it is drawn.
Windows are (left, top, right, bottom) in pixels of the capture as it is shown.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from explainers.timing import ease_in_out

Area = tuple[float, float, float, float]


@dataclass(frozen=True)
class View:
    """From `start_s` to `end_s` of the shot the window goes from `before` to `after`."""

    start_s: float
    end_s: float
    before: Area
    after: Area

    @property
    def moves(self) -> bool:
        return self.before != self.after

    def at(self, t: float) -> Area:
        """The window at `t` seconds of the shot."""
        if not self.moves:
            return self.after
        share = ease_in_out(min(1.0, max(0.0, (t - self.start_s) / (self.end_s - self.start_s))))
        mixed = [round(a + (b - a) * share, 3) for a, b in zip(self.before, self.after, strict=True)]
        return mixed[0], mixed[1], mixed[2], mixed[3]

    @property
    def reach(self) -> Area:
        """Everything that is seen during the view."""
        pairs = list(zip(self.before, self.after, strict=True))
        return min(pairs[0]), min(pairs[1]), max(pairs[2]), max(pairs[3])


def views(first: Area, moves: Sequence[tuple[float, float, Area]], end_s: float) -> tuple[View, ...]:
    """Rests and moves in order, from 0 to `end_s`; `moves` are (start, duration, window) in order."""
    found: list[View] = []
    at, window = 0.0, first
    for start, duration, target in moves:
        if target == window:
            continue
        if start > at:
            found.append(View(at, start, window, window))
        found.append(View(start, start + duration, window, target))
        at, window = start + duration, target
    if at < end_s or not found:
        found.append(View(at, max(end_s, at), window, window))
    return tuple(found)


def view_at(all_views: Sequence[View], t: float) -> int:
    """The number of the view at `t` seconds of the shot."""
    return max(0, bisect_right([one.start_s for one in all_views], t) - 1)


def fitted(area: Area, aspect: float, inside: Area) -> Area:
    """The smallest area of that aspect around `area`, moved and shrunk to lie in `inside`."""
    left, top, right, bottom = area
    width, height = right - left, bottom - top
    if width / height < aspect:
        width = height * aspect
    else:
        height = width / aspect
    most_width, most_height = inside[2] - inside[0], inside[3] - inside[1]
    shrink = min(1.0, most_width / width, most_height / height)
    width, height = width * shrink, height * shrink
    x = min(max((left + right - width) / 2, inside[0]), inside[2] - width)
    y = min(max((top + bottom - height) / 2, inside[1]), inside[3] - height)
    return x, y, x + width, y + height


def even(area: Area, inside: Area) -> tuple[int, int, int, int]:
    """The area on even pixels, where colour samples begin; the far edges of `inside` stay as they are."""
    left, top = int(area[0] / 2 + 1e-6) * 2, int(area[1] / 2 + 1e-6) * 2
    right = int(inside[2]) if area[2] >= inside[2] - 1 else round(area[2] / 2) * 2
    bottom = int(inside[3]) if area[3] >= inside[3] - 1 else round(area[3] / 2) * 2
    return left, top, max(right, left + 2), max(bottom, top + 2)
