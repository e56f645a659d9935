"""A figure on a sheet: what of it is seen when, and which parts wait to appear."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from explainers.compositor.layer import Rect
from explainers.errors import nearest
from explainers.footage.art import Art, open_art
from explainers.footage.timeline import STILL, View
from explainers.kinds._panes.content import Windowed
from explainers.kinds._panes.params import Printed
from explainers.kinds._panes.places import centered, grown, size_of
from explainers.storyboard.mistakes import Mistake, without_effect

if TYPE_CHECKING:
    from explainers.stage import Box, Stage

WHITE = "#FFFFFF"
PADDING = 26.0
"""Around the figure on its sheet, in design units."""
MOST_TIMES = 40
"""How many times larger a part of a figure may be shown than the whole."""


@dataclass
class SheetPane(Windowed):
    """A page of a PDF, an SVG or a picture; on a `white` sheet, or on the film's own panel."""

    fields: Printed

    name = "figure"
    reads = Printed

    @property
    def ground(self) -> str:
        """The sheet's colour."""
        return WHITE if self.fields.white else self.shot.theme.panel

    @cached_property
    def art(self) -> Art:
        return open_art(self.path, self.fields.page, self.ground)

    @property
    def size(self) -> tuple[float, float]:
        return self.art.width, self.art.height

    def fitted(self, area: Rect, scale: float) -> Rect:
        """The sheet, padding and all."""
        pad = round(PADDING * scale)
        return grown(centered(grown(area, -pad), self.aspect), pad)

    def inner(self, pane: Rect, scale: float) -> Rect:
        """The figure on its sheet."""
        return grown(pane, -round(PADDING * scale))

    def moving_size(self, view: View, pane: tuple[int, int]) -> tuple[int, int]:
        left, top, right, bottom = view.reach
        wide, high = (right - left) * pane[0] / view.narrowest, (bottom - top) * pane[0] / view.narrowest
        return round(wide), round(high)

    def show(self, stage: Stage, pane: Rect, window: Box | None = None) -> None:
        """The sheet and the figure on it: every rest drawn for its own pixels."""
        from explainers.footage.captured import Captured
        from explainers.kinds._panes.marks import box_of, show_clip

        inner = self.inner(pane, stage.scale)
        size, shot = size_of(inner), self.shot
        if window:
            stage.panel(window, stage.theme.line, stage.theme.panel, 12, 2, z=3)
        clip = Captured(size, shot.canvas.fps, shot.duration_s, STILL, self.views, self.drawn(self.art, size))
        sheet = stage.snapped(box_of(inner, stage).inset(-PADDING))
        show_clip(stage, clip, inner, sheet, self.ground, 10, "figure", "figure", window is None)

    def mistakes(self) -> Iterator[Mistake]:
        known = tuple(self.regions)
        for loc, part in self.parts():
            if isinstance(part, str) and part not in known:
                message, expected = f"the figure has no region {part!r}", ", ".join(known)
                expected = expected or "one of `regions`"
                yield Mistake(loc, "unknown-name", message, expected, nearest(part, known))
        yield from super().mistakes()

    def wrong(self) -> Iterator[Mistake]:
        """Regions outside the figure, and those that are too small a part of it to be enlarged."""
        width, height = self.size
        for loc, part in self.parts():
            if isinstance(part, str):
                continue
            left, top, right, bottom = self.area(part)
            wide, high = right - left, bottom - top
            if wide <= 0 or high <= 0:
                message = f"nothing of the figure, {width:g} x {height:g}, lies there"
                yield Mistake(loc, "region-outside", message)
            elif wide < width / MOST_TIMES or high < height / MOST_TIMES:
                message = f"{wide:g} x {high:g} of a figure of {width:g} x {height:g}"
                yield Mistake(loc, "region-outside", message, f"at least 1/{MOST_TIMES} of either side")
        if self.path.suffix.lower() != ".pdf":
            yield from without_effect(self.fields, ("page",), "anything but a PDF", self.loc)
